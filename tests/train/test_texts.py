"""What a run makes of the texts that it is given: parts, alphabets, sizes."""

import re

import pytest

from gpt1.tokenizer import CharTokenizer
from gpt1.train.pretraining import choose_tokenizer, prepare
from gpt1.train.recipe import TrainConfig
from gpt1.train.report import describe
from lib.runs import SMALL, flags, outcome, small_text


def options(**changes):
    return TrainConfig.tiny(**{**SMALL, **changes})


def test_characters_are_learned_from_all_parts(here):
    (here / "text.txt").write_text(small_text() + "Été — ☃", encoding="utf-8")
    run = prepare(options())
    text = (here / "text.txt").read_text(encoding="utf-8")
    assert run.tokenizer.tokens == sorted(set(text))


@pytest.mark.parametrize("split", ["validation", "test"])
def test_characters_of_files_for_other_parts_are_known_too(here, split):
    (here / f"{split}.txt").write_text("☃☃☃", encoding="utf-8")
    assert "☃" in choose_tokenizer(options(dataset=".")).tokens


def test_a_saved_alphabet_that_lacks_a_character_says_what_to_do(here, capsys):
    CharTokenizer.train(small_text().replace("t", "d")).save("saved.json")
    assert outcome(*flags(tokenizer="saved.json")) == 2
    told = (
        "does not know the character 't'.*; learn one from all of the text, or use bpe"
    )
    assert re.search(told, capsys.readouterr().err)


def test_a_run_says_which_files_it_trains_on(here):
    (here / "val.txt").write_text(small_text(seed=1), encoding="utf-8")
    words = describe(prepare(options(dataset="."))).splitlines()
    assert words[2] == "files: train on text.txt; validate on val.txt"
    assert words[3].startswith("data: ., ")
    assert "last tenth" in describe(prepare(options()))


@pytest.mark.parametrize("lines", [60, 16])
def test_too_little_text_is_told_with_the_size_that_would_do(here, capsys, lines):
    (here / "text.txt").write_text(small_text(lines), encoding="utf-8")
    size, context = len(small_text(lines)), 500
    assert outcome(*flags(context=context)) == 2
    error = capsys.readouterr().err
    split, part, whole, least = re.search(
        r"the (\w+) part of text.txt has ([\d,]+) of its ([\d,]+) tokens; one window "
        r"needs 501: take a longer text, or a --context of (\d+) or less\n",
        error,
    ).groups()
    assert split == ("validation" if lines == 60 else "train")
    assert int(whole.replace(",", "")) == size
    assert int(part) <= context
    assert outcome(*flags(context=int(least), max_steps=1)) == 0
    assert outcome(*flags(context=int(least) + 1, out="other")) == 2


def test_a_part_that_is_blank_is_named(here, capsys):
    (here / "text.txt").write_text(small_text() + "\n" * 500, encoding="utf-8")
    assert outcome(*flags()) == 2
    told = "error: the validation part of text.txt is empty: expected some text (its "
    assert capsys.readouterr().err.startswith(told)


def test_a_text_of_one_token_is_told_without_advice_that_cannot_help(here, capsys):
    (here / "text.txt").write_text("aaaaaaaaaab", encoding="utf-8")
    assert outcome(*flags()) == 2
    assert capsys.readouterr().err.endswith("one window needs 17: take a longer text\n")
