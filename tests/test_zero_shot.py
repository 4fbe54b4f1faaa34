"""The command behind the curve of zero-shot scores, on a model that knows nothing."""

import json
from pathlib import Path

import pytest
import torch

import gpt1
from benchmarks import zero_shot
from gpt1 import GPT, GPTConfig
from gpt1.evaluate import Score
from gpt1.loading import load_model
from gpt1.plumbing.files import save_checkpoint
from gpt1.results import FOLDER, load_results
from gpt1.tales import SEPARATOR, Example
from gpt1.train.roll_call import SHARE
from gpt1.variants.lstm import LSTM
from lib.book.chapters import NOTEBOOKS, markdown

SIZES = {"context": 512, "width": 8, "layers": 1, "heads": 2}
FEW = ["--count", "4", "--seeds", "0", "5"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The weights of two updates, as a run keeps them, and what lies beside them."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    folder.mkdir()
    _, tokenizer = load_model("tales-tiny", "cpu")
    config = GPTConfig(vocab_size=tokenizer.vocab_size, **SIZES)
    for update in (7, 20):
        torch.manual_seed(update)
        contents = {"config": config.to_dict(), "tokenizer": tokenizer.to_dict()}
        contents["model"] = GPT(config).state_dict()
        save_checkpoint(folder / f"after-{update:06}.pth", contents)
    save_checkpoint(folder / "last.pth", {**contents, "options": {"seed": 3}})
    return folder


@pytest.fixture(scope="module")
def made(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "found.json"
    zero_shot.main([str(folder), "--out", str(path), *FEW])
    return path


@pytest.mark.weekly
def test_each_update_is_asked_all_tasks_with_each_seed(made):
    told = json.loads(made.read_text("utf8"))
    [run] = told["runs"]
    assert (run["name"], run["seed"]) == ("small", 3)
    assert [point["update"] for point in run["points"]] == [0, 7, 20]
    for point in run["points"]:
        assert 5 < point["loss"] < 12
        for task in zero_shot.ASKED:
            assert [4 * each["score"] % 0.5 for each in point[task]] == [0, 0]
    assert told["examples"] == {"seeds": [0, 5], "count": 4}
    blanks = told["controls"].pop(zero_shot.UNTRAINED)
    assert len(blanks) == zero_shot.BLANK
    assert len(set(blanks)) > 1  # of different models
    assert all(len(scores) == 2 for scores in told["controls"].values())
    assert 0 <= min(blanks) <= max(blanks) <= 1
    for kind in ("by the names", "by names and rest", "learned by bag of words"):
        assert f"who_is_meant, {kind}" in told["controls"]
    assert told["controls"]["in_order, learned by majority"] == [0.5, 0.5]


@pytest.mark.weekly
def test_nothing_is_asked_twice(made, folder, monkeypatch):
    before = made.read_text("utf8")
    monkeypatch.setattr(zero_shot, "asked_all", lambda *_: pytest.fail("asked again"))
    zero_shot.main([str(folder), "--out", str(made), *FEW])
    assert made.read_text("utf8") == before


@pytest.mark.weekly
def test_what_was_interrupted_comes_to_the_same(made, folder, tmp_path):
    told = json.loads(made.read_text("utf8"))
    del told["runs"][0]["points"][1:]
    told["controls"] = {}
    half = tmp_path / "half.json"
    half.write_text(json.dumps(told), "utf8")
    zero_shot.main([str(folder), "--out", str(half), *FEW])
    assert half.read_text("utf8") == made.read_text("utf8")


@pytest.mark.weekly
def test_an_lstm_is_asked_the_same_beside_the_transformer(made, folder, tmp_path):
    _, tokenizer = load_model("tales-tiny", "cpu")
    model = LSTM(GPTConfig(vocab_size=tokenizer.vocab_size, **SIZES))
    contents = {"config": model.config.to_dict(), "tokenizer": tokenizer.to_dict()}
    contents["model"] = model.state_dict()
    save_checkpoint(tmp_path / "after-000007.pth", contents)
    both = tmp_path / "both.json"
    both.write_text(made.read_text("utf8"), "utf8")
    told = [str(tmp_path), "--build", "lstm", "--out", str(both), *FEW]
    zero_shot.main(told)
    before, after = (json.loads(path.read_text("utf8")) for path in (made, both))
    *others, run = after["runs"]
    assert (others, after["controls"]) == (before["runs"], before["controls"])
    assert (run["name"], [point["update"] for point in run["points"]]) == (
        "lstm",
        [0, 7],
    )
    assert run["points"][1].keys() == others[0]["points"][1].keys()
    assert run["points"][1]["loss"] != run["points"][0]["loss"]


@pytest.mark.weekly
def test_other_examples_do_not_come_into_the_same_file(made, folder):
    with pytest.raises(SystemExit, match="made in another way"):
        zero_shot.main([str(folder), "--out", str(made), "--count", "5"])


def test_a_folder_without_weights_of_updates_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"expected after-000100\.pth"):
        zero_shot.main([str(tmp_path), "--out", str(tmp_path / "found.json")])


def test_a_tale_that_is_asked_about_follows_an_empty_line():
    example = zero_shot.begun(Example(("Once.", "A.", "B."), 1))
    assert example == Example((SEPARATOR + "Once.", "A.", "B."), 1)


def test_chance_is_0_and_no_mistake_is_1():
    assert [zero_shot.on_scale(score) for score in (0.5, 1.0, 0.25)] == [0, 1, -0.5]


def test_the_results_that_come_with_the_package_are_whole():
    told = load_results("zero-shot")
    assert told["versions"].keys() == {"python", "torch"}
    for run in told["runs"]:
        updates = [point["update"] for point in run["points"]]
        assert updates == sorted(set(updates))
        assert updates[0] == 0
        for point in run["points"]:
            for task in zero_shot.ASKED:
                assert len(point[task]) == len(told["examples"]["seeds"])


def test_results_that_are_not_there_are_asked_for_in_vain():
    with pytest.raises(FileNotFoundError, match="zero-shot"):
        load_results("one-shot")
    assert (FOLDER / "zero-shot.json").is_file()


@pytest.mark.parametrize(("likes", "share"), [("right", 1), ("wrong", 0), ("", 0.5)])
def test_who_is_meant_is_asked_by_names_and_by_what_follows_them(likes, share):
    """Of a scorer that knows who is meant, one that knows who is not, and ties."""
    seen = []

    def scorer(pairs):
        seen.extend(pairs)
        asked = zero_shot.who_is_meant(6, seed=3, split="validation")
        named = [name for example in asked for name in example.texts[2:]]
        wanted = [
            e.texts[2 + (e.label if likes == "right" else 1 - e.label)] for e in asked
        ]
        wanted = [name for name in wanted for _ in range(2)]
        liked = [
            likes and name == best for name, best in zip(named, wanted, strict=True)
        ]
        return [Score(-1.0 if each else -2.0, 1) for each in liked]

    found = zero_shot.other_ways(scorer, 3, 6)
    assert found == {
        "who_is_meant, by the names": share,
        "who_is_meant, by names and rest": share,
    }
    for example in zero_shot.who_is_meant(6, seed=3, split="validation"):
        text, rest, *names = example.texts
        for name in names:
            assert (SEPARATOR + text, name) in seen
            assert (SEPARATOR + text, name + rest) in seen


def test_of_two_names_the_one_named_first_is_asked_for():
    asked = zero_shot.who_is_meant(20, seed=4, split="validation")
    told = zero_shot.named_first(20, seed=4, split="validation")
    for example, made in zip(asked, told, strict=True):
        text, rest, *names = example.texts
        meant, other = names[example.label], names[1 - example.label]
        assert made.texts == (rest,)
        assert made.label == (text.index(meant) < text.index(other))
    assert {made.label for made in told} == {0, 1}


def test_the_chapter_says_how_the_run_of_its_figure_began():
    [chapter] = [path for path in NOTEBOOKS if path.stem == "12-zero-shot"]
    path = Path(gpt1.__file__).parent / "assets" / "tales-small.json"
    made = json.loads(path.read_text("utf8"))["options"]
    assert made["called"] == "facts"
    said = f"first {made['roll_call']:,} updates, up to {SHARE:.0%} of the tokens were"
    assert said in markdown(chapter)
