"""The file of tales to play with, beside the grammar that it was made from."""

import json

import pytest

from gpt1.loading import load_model
from gpt1.tales import SEPARATOR, next_tokens, read_tale
from scripts.site.play_data import LIKELIEST, PLACE, TALES, chosen, entry


@pytest.fixture(scope="module")
def written():
    return json.loads(PLACE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def read(written):
    return load_model(written["model"], "cpu")


def test_the_tales_are_of_different_plots_and_none_was_trained_on(written, read):
    model, tokenizer = read
    plots = set()
    for each in written["tales"]:
        text = tokenizer.decode(each["ids"])
        before, tale, after = text[:2], text[2:-2], text[-2:]
        assert before == after == SEPARATOR
        plots.add(read_tale(tale, "validation").facts.plot)
        assert len(each["ids"]) == len(each["truth"]) <= model.config.context
    assert len(plots) == len(written["tales"]) == TALES
    assert PLACE.stat().st_size < 300_000


def test_what_is_written_is_what_the_grammar_says(written, read):
    tales = chosen(TALES)
    for number in (0, 17, TALES - 1):
        assert entry(tales[number], read[1]) == written["tales"][number]


@pytest.mark.parametrize("at", [1, 2, 40, 41, 120])
def test_each_is_the_truth_about_the_token_after_it(at, written, read):
    for each in written["tales"][5:7]:
        text = read[1].decode(each["ids"][: at + 1]).removeprefix(SEPARATOR)
        truth = next_tokens(read[1], text, split="all")
        assert len(each["truth"][at]) == min(len(truth), LIKELIEST)
        for token, probability in each["truth"][at]:
            assert probability == pytest.approx(truth.pop(token), rel=0.005)
        assert max(truth.values(), default=0) <= probability * 1.005


def test_each_token_of_a_tale_can_follow(written):
    for each in written["tales"]:
        for truth, token in zip(each["truth"], each["ids"][1:], strict=False):
            assert len(truth) == LIKELIEST or token in dict(truth)
            chances = [probability for _, probability in truth]
            assert chances == sorted(chances, reverse=True)
            assert sum(chances) <= 1.005
            assert sum(chances) > 0.995 or len(truth) == LIKELIEST
