"""Where examples come from, and what is said of those that cannot be used."""

import csv
import json
from pathlib import Path

import pytest
import torch

from gpt1.data.tasks import task_names
from gpt1.finetune import load_finetuned
from gpt1.plumbing.files import load_checkpoint
from lib.finetuning import finetune_here, flags, outcome, place


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a small model and a file of sentences, which is the current one."""
    monkeypatch.chdir(place(tmp_path))
    return tmp_path


PARTS = [f"InputSentence{i}" for i in (1, 2, 3, 4)]
ENDINGS = ["RandomFifthSentenceQuiz1", "RandomFifthSentenceQuiz2"]
SNLI = ("sentence1", "sentence2", "gold_label")
RACE = ("article", "question", "options", "answer")
OPTIONS = ["a cat", "a dog", "a", "b"]
LAYOUTS = {
    "sst2.tsv": (("sentence", "label"), [("the cat", "1"), ("a dog", "0")]),
    "mrpc.tsv": (
        ("Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"),
        [("1", "1", "2", "a cat", "the cat"), ("0", "3", "4", "a cat", "a dog")],
    ),
    "snli.jsonl": (
        SNLI,
        [
            ("a cat", "a dog", "contradiction"),
            ("a cat", "a cat", "entailment"),
            ("a cat", "sat", "-"),
        ],
    ),
    "scitail.tsv": (None, [("a cat", "a dog", "neutral"), ("a", "a", "entails")]),
    "race.jsonl": (
        RACE,
        [("a cat", "who", OPTIONS, "A"), ("a dog", "who", OPTIONS, "B")],
    ),
    "story-cloze.csv": (
        (*PARTS, *ENDINGS, "AnswerRightEnding"),
        [(*"abcd", "a cat", "a dog", right) for right in "12"],
    ),
}


def written(name, header, rows):
    """A file of rows, in the layout that its ending says."""
    if name.endswith(".jsonl"):
        lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    else:
        mark = "\t" if name.endswith(".tsv") else ","
        lines = [mark.join(row) for row in [header, *rows] if row]
    Path(name).write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(("name", "given"), LAYOUTS.items(), ids=LAYOUTS)
def test_a_data_set_by_name_can_come_from_files_of_its_layout(here, name, given):
    written(name, *given)
    task, _, _ = name.partition(".")
    assert task in task_names()
    finetune_here(
        *("--task", task, "--train", name, "--validation", name, "--epochs", 1),
        *("--model", "small.pth", "--out", "run"),
    )
    kind = load_checkpoint(here / "run/best_model.pth")["finetuned"]
    assert kind["name"] == task
    rows = list(csv.reader((here / "run/predictions.csv").read_text().splitlines()))
    assert len(rows) == 3


def test_own_rows_can_be_json_and_choices_a_list_or_columns(here):
    rows = [("a cat", "who", OPTIONS[:2], 0), ("a dog", "who", OPTIONS[:2], 1)]
    written("own.jsonl", ("story", "ask", "ends", "right"), rows)
    rows = [("ab", "c", "d", "e", "x"), ("ab", "c", "d", "e", "y")]
    written("own.csv", ("story", "ask", "x", "y", "right"), rows)
    words = ["--form", "choice", "--context", "story", "--question", "ask"]
    words += ["--label", "right", "--model", "small.pth", "--epochs", 1]
    for name, choices in (("own.jsonl", "ends"), ("own.csv", "x,y")):
        where = ["--train", name, "--validation", name, "--out", name[4:]]
        finetune_here(*words, *where, "--choices", choices)
        kind = load_checkpoint(here / name[4:] / "best_model.pth")["finetuned"]
        assert (kind["form"], kind["classes"]) == ("choice", None)


BAD = {
    "nothing to learn": (
        [],
        {"form": None, "text": None, "label": None},
        "give a --task",
    ),
    "no column of labels": ([], {"label": None}, "needs --label"),
    "another column": ([], {"label": "colour"}, "no column 'colour'"),
    "another form's column": ([], {"form": "entailment"}, "needs --premise"),
    "a task with columns": (
        ["--task", "follows"],
        {"form": None, "train": None},
        "says itself what is what: leave out --label",
    ),
    "no model": ([], {"model": "nothing.pth"}, "no checkpoint at nothing.pth"),
    "too many blocks": ([], {"transfer": 9}, "to 2, got 9"),
    "no examples": ([], {"train": "nothing.csv"}, "nothing.csv"),
    "a lambda below 0": ([], {"lm_weight": -1}, "--lm_weight must be at least 0"),
    "a warm-up of 1": ([], {"warmup": 1.0}, "--warmup must be at least 0 and below 1"),
    "a referent": (
        ["--task", "wsc273"],
        {"form": None, "text": None, "label": None, "train": "schemas.jsonl"},
        "for evaluation only",
    ),
}


@pytest.mark.parametrize(("words", "changes", "told"), BAD.values(), ids=BAD)
def test_what_cannot_be_gets_one_line_and_leaves_nothing(
    here, capsys, words, changes, told
):
    schema = {"text": "a cat saw it", "pronoun": "it", "pronoun_loc": 10}
    rows = [{**schema, "options": ["a", "b"], "label": label} for label in (0, 1)]
    (here / "schemas.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert outcome(*flags(here, **changes), *words) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert told in error
    assert not Path("finetuned").exists()


FILES = {
    "one class": ("said,about\na,x\nb,x\n", "label 'x'"),
    "no label at all": ("said,about\na,\nb,\n", "no row of"),
    "a character that the model has none for": ("said,about\nÄ,x\nb,y\na,x\n", "'Ä'"),
    "one example": ("said,about\na,x\n", "error: "),
    "no example": ("said,about\n", "is empty"),
}


@pytest.mark.parametrize(("text", "told"), FILES.values(), ids=FILES)
def test_examples_that_teach_nothing_get_one_line(here, capsys, text, told):
    (here / "train.csv").write_text(text, encoding="utf-8")
    assert outcome(*flags(here)) == 2
    error = capsys.readouterr().err.splitlines()
    assert error[-1].startswith("error: ")
    assert told in error[-1]
    assert not Path("finetuned").exists()


def test_a_missing_label_is_left_out_and_told(here, capsys):
    with open("train.csv", "a") as file:
        file.write("the cat,\n")
    finetune_here(*flags(here, max_steps=1))
    assert "1 of 25 rows" in capsys.readouterr().err


def test_long_texts_are_cut_and_told_and_a_context_can_be_too_short(here, capsys):
    with open("train.csv", "a") as file:
        file.write(f"{'cat ' * 30},cat\nthe dog,dog\n")
    finetune_here(*flags(here, max_steps=1))
    told = capsys.readouterr().out
    assert "cut: 0 and 1 examples have a text of more than 22 tokens" in told


def test_a_finetuned_model_is_no_model_to_begin_with_or_to_write(here, capsys):
    finetune_here(*flags(here, max_steps=1))
    capsys.readouterr()
    assert outcome(*flags(here, model="finetuned/best_model.pth", out="again")) == 2
    assert "is a fine-tuned model" in capsys.readouterr().err
    with pytest.raises(ValueError, match="is no fine-tuned model"):
        load_finetuned("small.pth")


def test_a_run_of_gpt1_train_is_not_gone_on_with(here, capsys):
    finetune_here(*flags(here, max_steps=1))
    contents = load_checkpoint("finetuned/last.pth")
    del contents["finetuned"]
    torch.save(contents, "finetuned/last.pth")
    capsys.readouterr()
    assert outcome("--resume", "finetuned") == 2
    assert "is one of gpt1 train" in capsys.readouterr().err
