"""One folder, one run; what a run reads is known by its content, not by its place."""

import shutil

import pytest

from gpt1.train.recipe import resumed
from lib.runs import (
    assert_same_run,
    differences,
    flags,
    kept,
    outcome,
    small_text,
    train_here as train,
)

pytestmark = pytest.mark.slow

WORDS = flags(max_steps=20)
OTHER = flags(max_steps=20, layers=1)


@pytest.fixture
def stopped(here):
    """A folder with a run of 20 updates that was stopped after 14, one epoch done."""
    train(*WORDS, "--out", "straight")
    train(*WORDS, "--stop_after", 14)
    return here


def refused(capsys, *words):
    """The one line with which a command line is refused."""
    capsys.readouterr()
    assert outcome(*words) == 2
    error = capsys.readouterr().err
    assert (error[:7], error.count("\n")) == ("error: ", 1)
    return error


def names(folder):
    return {path.name for path in folder.iterdir()}


# --- one folder, one run --------------------------------------------------------------


def test_overwriting_leaves_nothing_of_the_old_run(stopped):
    train(*WORDS, "--resume", "checkpoints", "--export", "exported")
    train(*OTHER, "--overwrite", "--stop_after", 1, "--export", "exported")
    assert names(stopped / "checkpoints") == {
        *("last.pth", "curve.csv", "curve.svg", "ids")
    }
    assert kept(stopped / "checkpoints")["config"]["layers"] == 1
    assert names(stopped / "exported") <= {"README.md"}


def test_overwriting_keeps_the_old_run_until_the_new_one_can_begin(stopped, capsys):
    before = names(stopped / "checkpoints")
    refused(capsys, *flags(dataset="nowhere.txt"), "--overwrite")
    assert names(stopped / "checkpoints") == before


@pytest.mark.parametrize("name", ["best_model.pth", "curve.csv", "curve.svg"])
def test_no_file_of_a_person_is_replaced_unless_told(here, capsys, name):
    (here / "checkpoints").mkdir()
    (here / "checkpoints" / name).write_text("mine")
    assert f"already holds a run ({name})" in refused(capsys, *WORDS)
    assert (here / "checkpoints" / name).read_text() == "mine"


def test_an_export_replaces_no_model_unless_told(here, capsys):
    (here / "exported").mkdir()
    (here / "exported" / "config.json").write_text("mine")
    words = [*flags(max_steps=1), "--export", "exported"]
    assert "exported already holds a model (config.json)" in refused(capsys, *words)
    assert (here / "exported" / "config.json").read_text() == "mine"
    train(*words, "--overwrite")
    assert (here / "exported" / "model.safetensors").exists()


def test_a_last_pth_alone_says_so_and_gets_a_best_model(stopped, capsys):
    (stopped / "moved").mkdir()
    shutil.copy(stopped / "checkpoints" / "last.pth", stopped / "moved")
    train("--resume", "moved", "--export", "exported")
    assert "best_model.pth of this run is not there" in capsys.readouterr().out
    assert kept(stopped / "moved", "best_model.pth")["step"] == 20
    assert (stopped / "exported" / "model.safetensors").exists()


def test_a_finished_last_pth_alone_becomes_the_best_model(stopped):
    (stopped / "moved").mkdir()
    shutil.copy(stopped / "straight" / "last.pth", stopped / "moved")
    train("--resume", "moved", "--export", "exported")
    best, last = (kept(stopped / "moved", f"{n}.pth") for n in ("best_model", "last"))
    assert differences(best["model"], last["model"]) == []
    assert last["numbers"]["best"] == best["validation_loss"]


def test_the_best_model_of_another_run_is_not_taken_for_this_ones(stopped, capsys):
    # It has the same sizes and is further on: only its seed is another.
    train(*WORDS, "--seed", 1, "--out", "other")
    best = (stopped / "other" / "best_model.pth").read_bytes()
    shutil.copy(stopped / "checkpoints" / "last.pth", stopped / "other")
    error = refused(capsys, "--resume", "other")
    assert "other/best_model.pth belongs to a different run" in error.replace("\\", "/")
    assert (stopped / "other" / "best_model.pth").read_bytes() == best
    train("--resume", "other", "--overwrite")
    assert (stopped / "other" / "best_model.pth").read_bytes() != best


def test_a_refused_move_leaves_nothing_of_a_run_behind(stopped, capsys):
    (stopped / "text.txt").write_text(small_text(seed=1))
    refused(capsys, "--resume", "checkpoints", "--out", "elsewhere")
    assert not (stopped / "elsewhere").exists()


# --- inputs are known by their content ------------------------------------------------


def test_from_another_folder_a_run_goes_on_exactly(stopped, monkeypatch):
    (stopped / "below").mkdir()
    monkeypatch.chdir(stopped / "below")
    train("--resume", "../checkpoints")
    assert_same_run(stopped / "straight", stopped / "checkpoints")


def test_a_text_that_was_moved_is_the_same_text(stopped, capsys):
    (stopped / "texts").mkdir()
    (stopped / "text.txt").rename(stopped / "texts" / "renamed.txt")
    train("--resume", "--dataset", "texts")
    assert "so the run goes on exactly" in capsys.readouterr().out
    assert_same_run(stopped / "straight", stopped / "checkpoints")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [("cat", "tac", "training"), (small_text()[-90:], "a" * 89 + "\n", "validation")],
    ids=["training", "validation"],
)
def test_an_edited_text_of_the_same_length_is_told(stopped, capsys, old, new, part):
    text = (stopped / "text.txt").read_text()
    (stopped / "text.txt").write_text(text.replace(old, new))
    before = (stopped / "checkpoints" / "last.pth").read_bytes()
    error = refused(capsys, "--resume")
    assert f"the {part} text at" in error
    assert "is not the one that the run began with" in error
    assert (stopped / "checkpoints" / "last.pth").read_bytes() == before


def test_what_is_added_where_no_window_looks_changes_nothing(here):
    words = [*WORDS, "--subset", 51]
    train(*words, "--out", "straight")
    train(*words, "--stop_after", 3)
    train("--resume", "--num_workers", 1)
    assert_same_run(here / "straight", here / "checkpoints")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--grad_accumulation", 3], "grad_accumulation was 1 and is 3"),
        (["--precision", "bf16"], "precision was float32 and is bfloat16"),
    ],
)
def test_how_it_is_computed_may_change_and_is_said(stopped, capsys, words, told):
    train("--resume", *words)
    out = capsys.readouterr().out
    assert f"{told}: it learns the same, but the last digits may differ" in out
    assert kept(stopped / "checkpoints")["step"] == 20


@pytest.mark.parametrize("name", ["compile", "device", "num_workers", "dataset"])
def test_where_and_how_are_no_part_of_what_is_learned(name):
    value = {"compile": True, "num_workers": 2}.get(name, "elsewhere")
    assert getattr(resumed({"preset": "tiny"}, {name: value}), name) == value


@pytest.mark.parametrize("pair", [("tales", "tales.txt"), ("text.txt", "tales")])
def test_of_tales_more_is_known_than_their_text(pair):
    before, after = pair
    with pytest.raises(ValueError, match=f"--dataset {before}, not {after}"):
        resumed({"preset": "tiny", "dataset": before}, {"dataset": after})


def test_a_tokenizer_is_known_by_its_content_too(stopped, capsys):
    from gpt1.loading import load_model

    _, tokenizer = load_model(stopped / "checkpoints")
    tokenizer.save(stopped / "same.json")
    type(tokenizer)("xyz").save(stopped / "other.json")
    error = refused(capsys, "--resume", "--tokenizer", "other.json")
    assert "started with --tokenizer characters, but other" in error
    train("--resume", "--tokenizer", "same.json")
    assert_same_run(stopped / "straight", stopped / "checkpoints")
