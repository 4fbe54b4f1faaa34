"""`gpt1 evaluate`: what a person types, what appears, and what is written."""

import json
from functools import partial

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.data.tasks import load_task
from gpt1.evaluate import __main__ as command, judge, likelihoods, measure
from gpt1.loading import load_model
from gpt1.plumbing.files import save_checkpoint
from gpt1.tokenizer import CharTokenizer

LETTERS = CharTokenizer("\n .abcdefghijklmnopqrstuvwxyz")
STORIES = [
    {"c": "a cab", "x": "a bad egg.", "y": "fed.", "l": 0},
    {"c": "a bee", "x": "fade.", "y": "a head.", "l": 1},
    {"c": "a cab had a bad head and a bad egg", "x": "fed.", "y": "fed.", "l": 1},
]
CHOICES = ["--form", "choice", "--context", "c", "--choices", "x,y", "--label", "l"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A checkpoint of a small model, as `gpt1 train` leaves one."""
    torch.manual_seed(0)
    sizes = {"context": 32, "width": 12, "layers": 2, "heads": 3, "init_std": 0.5}
    model = GPT(GPTConfig(vocab_size=LETTERS.vocab_size, **sizes))
    parts = {"model": model.state_dict(), "config": model.config.to_dict()}
    file = tmp_path_factory.mktemp("trained") / "best_model.pth"
    save_checkpoint(file, {**parts, "tokenizer": LETTERS.to_dict()})
    return file


@pytest.fixture
def typed(path, tmp_path, monkeypatch, capsys):
    """Type `gpt1 evaluate` in a folder with a text and stories; gives what is told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("a bad egg. a cab had a head. " * 12)
    rows = "".join(f"{json.dumps(row)}\n" for row in STORIES)
    (tmp_path / "stories.jsonl").write_text(rows)

    def run(*arguments):
        command.main(["--model", str(path), "--device", "cpu", *map(str, arguments)])
        return capsys.readouterr()

    return run


def told(out):
    """The lines of a table as a dictionary."""
    return {line[:14].strip(): line[14:] for line in out.splitlines() if line}


def results(path="out.json"):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["results"]


def test_a_text_has_loss_perplexity_and_bits_per_byte(typed, path):
    lines = told(typed("--text", "text.txt", "--json", "out.json").out)
    text = ("a bad egg. a cab had a head. " * 12)[-34:]
    model, tokenizer = load_model(path, "cpu")
    [found] = results()
    with open("text.txt") as file:
        whole = file.read()
    held_out = whole[round(len(whole) * 0.9) :]
    assert len(text) == 34
    wanted = measure(model, tokenizer, held_out)
    assert found["loss"] == pytest.approx(wanted.loss)
    assert found["tokens"] == len(held_out) - 1 == wanted.tokens
    assert lines["loss"] == f"{wanted.loss:.4f} nats per token"
    assert lines["bits per byte"] == f"{wanted.bits_per_byte:.4f}"
    assert lines["perplexity"] == f"{wanted.perplexity:.4g} per token"


def test_the_flags_reach_what_measures(typed, path):
    how = ["--text", "text.txt", "--split", "train", "--json", "out.json"]
    lines = told(typed(*how, "--stride", 5, "--batch_size", 3).out)
    assert lines["windows"] == "32 tokens, a new one every 5"
    with open("text.txt") as file:
        whole = file.read()
    model, tokenizer = load_model(path, "cpu")
    cut = whole[: results()[0]["tokens"] + 1]
    assert len(cut) == round(len(whole) * 0.9)
    wanted = measure(model, tokenizer, cut, stride=5)
    assert results()[0]["loss"] == pytest.approx(wanted.loss)


def test_a_task_of_ones_own(typed, path):
    lines = told(
        typed("--task_file", "stories.jsonl", *CHOICES, "--json", "out.json").out
    )
    [found] = results()
    model, tokenizer = load_model(path, "cpu")
    right = 0.5  # of the last story both endings are the same
    for row in STORIES[:2]:
        pairs = [(row["c"], f" {row[name]}") for name in "xy"]
        means = [score.mean for score in likelihoods(model, tokenizer, pairs)]
        right += means[row["l"]] == max(means)
    assert found["metrics"]["accuracy"] == pytest.approx(right / 3)
    assert (found["ties"], found["cut"], found["examples"]) == (1, 1, 3)
    assert lines["ties"].startswith("1,")
    assert lines["cut"].startswith("1 contexts")
    assert "lots would have 0.5000" in lines["accuracy"]


def test_no_more_than_the_first_examples_are_judged(typed):
    how = ["--task_file", "stories.jsonl", *CHOICES, "--limit", 2]
    assert told(typed(*how).out)["examples"] == "2"


def test_a_threshold_is_chosen_on_the_tuning_file(typed, tmp_path):
    (tmp_path / "a.csv").write_text("s,good\na bad egg,1\nzzqx,0\nfed,1\n")
    (tmp_path / "b.csv").write_text("s,good\nzzq,0\na bee,1\n")
    form = ["--form", "classification", "--text", "s", "--label", "good"]
    files = ["--task_file", "a.csv", "--tuning_file", "b.csv"]
    lines = told(typed(*form, *files).out)
    assert lines["threshold"].endswith("nats per token, chosen on others")
    assert {"accuracy", "mcc"} <= set(lines)
    with pytest.raises(SystemExit):
        typed(*form, "--task_file", "a.csv")


def test_a_task_by_name_from_a_local_file(typed, tmp_path):
    (tmp_path / "dev.tsv").write_text("sentence\tlabel\na bad egg \t0\na head \t1\n")
    lines = told(typed("--task", "sst2", "--task_file", "dev.tsv").out)
    assert lines["task"] == "sst2 (validation)"
    assert lines["heuristic"].startswith("sentiment: ")


@pytest.mark.slow
def test_tasks_of_tales_by_the_model_of_the_package(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command.main(["--task", "which-ending", "--limit", "60", "--json", "out.json"])
    lines = told(capsys.readouterr().out)
    assert (lines["model"], lines["examples"]) == ("tales-tiny", "60")
    [found] = results()
    task = load_task("which-ending", count=60)
    scorer = partial(likelihoods, *load_model("tales-tiny"))
    wanted = judge(scorer, task).metrics
    assert found["metrics"] == pytest.approx(wanted)
    assert lines["accuracy"].startswith(f"{wanted['accuracy']:.4f} +- ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to measure: give --text, --task or --task_file"),
        (
            ["--task", "cole"],
            "--task cole is unknown: the tasks are holds-together",
        ),
        (["--text", "text.txt", "--task", "cola"], "give --text or --task, not both"),
        (["--text", "text.txt", "--stride", "0"], "--stride must be at least 1, got 0"),
        (["--text", "text.txt", "--stride", "33"], "stride must be 1 to the context"),
        (["--text", "none.txt"], "no text file at none.txt"),
        (["--task_file", "stories.jsonl"], "--task_file needs --task, or --form"),
        (["--form", "choice"], "--form says what is in --task_file"),
        (["--form", "choice", "--task", "cola"], "--task has columns of its own"),
        (
            ["--task_file", "stories.jsonl", *CHOICES[:-2]],
            "--form choice needs the columns: give --label",
        ),
        (["--task", "cola", "--label", "x"], "--label is a column: give --form"),
        (
            ["--task", "cola,sst2", "--task_file", "stories.jsonl"],
            "--task_file has one task",
        ),
        (["--task", "sst2", "--tuning_file", "x.csv"], "goes with --task_file"),
        (
            ["--task_file", "stories.jsonl", *CHOICES[:-1], "m"],
            "there is no column 'm': the columns are c, x, y, l",
        ),
    ],
)
def test_a_mistake_is_one_line(typed, capsys, arguments, said):
    with pytest.raises(SystemExit) as stop:
        typed(*arguments)
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert (error[:7], error.count("\n")) == ("error: ", 1)
    assert said in error


def test_infinite_numbers_are_text_in_json():
    values = {"a": [float("-inf"), 1.5], "b": None, "c": "x"}
    assert command.finite(values) == {"a": ["-inf", 1.5], "b": None, "c": "x"}
