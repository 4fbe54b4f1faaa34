"""`likelihoods`: the log-probability of a text after a context."""

import random

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.evaluate.scoring import likelihoods
from gpt1.tokenizer import BPETokenizer, CharTokenizer
from lib.weights import numpy_weights, our_model, their_model

LETTERS = CharTokenizer("\n .abcdefgh")
SIZES = {"context": 12, "width": 16, "layers": 2, "heads": 2, "dropout": 0.1}
CONFIG = GPTConfig(vocab_size=LETTERS.vocab_size, **SIZES)
PAIRS = [
    ("a bad", " cab"),
    ("a bad", " egg."),
    ("", "a head"),
    ("fed", "."),
    ("gag a bee", " be"),
    ("a", "bcdefgh"),
    ("\n", "fade"),
]


@pytest.fixture(scope="module")
def weights():
    return numpy_weights(CONFIG)


@pytest.fixture(scope="module")
def model(weights):
    return our_model(CONFIG, weights)


def totals(model, pairs, **options):
    return [score.total for score in likelihoods(model, LETTERS, pairs, **options)]


def test_the_score_is_what_hugging_faces_model_says(model, weights):
    """One text at a time there, token by token."""
    theirs = their_model(CONFIG, weights)
    for (before, text), score in zip(
        PAIRS, likelihoods(model, LETTERS, PAIRS), strict=True
    ):
        known = LETTERS.encode(before or "\n\n")
        ids, nats = known + LETTERS.encode(text), 0.0
        for place in range(len(known), len(ids)):
            with torch.no_grad():
                logits = theirs(torch.tensor([ids[:place]])).logits[0, -1]
            nats += logits.double().log_softmax(-1)[ids[place]].item()
        assert score.total == pytest.approx(nats, abs=1e-4)
        assert score.tokens == len(text)
        assert score.mean == pytest.approx(nats / len(text), abs=1e-5)


def test_a_text_in_two_parts_costs_what_it_costs_in_one(model):
    whole, first, second = totals(
        model, [("a", " bad egg"), ("a", " bad"), ("a bad", " egg")]
    )
    assert whole == pytest.approx(first + second, abs=1e-5)


def test_what_is_read_beside_a_text_does_not_change_it(model):
    together = totals(model, PAIRS, batch_size=len(PAIRS))
    alone = totals(model, PAIRS, batch_size=1)
    assert together == pytest.approx(alone, abs=1e-5)
    assert len({round(total, 3) for total in alone}) == len(PAIRS)


def test_the_order_of_the_pairs_changes_no_bit(model):
    ours = dict(zip(PAIRS, totals(model, PAIRS, batch_size=2), strict=True))
    for seed in range(4):
        mixed = random.Random(seed).sample(PAIRS, len(PAIRS))
        assert totals(model, mixed, batch_size=2) == [ours[pair] for pair in mixed]


def test_the_same_pair_twice_is_a_tie_to_the_last_bit(model):
    scores = likelihoods(model, LETTERS, [*PAIRS, *PAIRS], batch_size=3)
    assert scores[: len(PAIRS)] == scores[len(PAIRS) :]


def test_a_long_context_is_cut_at_its_beginning_and_the_cut_is_told(model):
    [long] = likelihoods(model, LETTERS, [("gag a bad head", " cab")])
    [short] = likelihoods(model, LETTERS, [("g a bad head"[-9:], " cab")])
    assert (long.cut, short.cut) == (14 + 4 - 13, 0)
    assert long.total == short.total
    assert long.tokens == short.tokens == 4
    [fits] = likelihoods(model, LETTERS, [("a bad hea", " cab")])
    assert fits.cut == 0, "13 tokens: the last is predicted and not read"


def test_an_empty_context_is_an_empty_line_unless_something_else_is_given(model):
    [known] = totals(model, [("\n\n", "abc")])
    assert totals(model, [("", "abc")]) == [known]
    assert totals(model, [("", "abc")], start=LETTERS.encode("d")) == totals(
        model, [("d", "abc")]
    )
    [first] = likelihoods(model, LETTERS, [("", "abc")], start=[])
    assert first.tokens == 2
    assert [first.total] == totals(model, [("a", "bc")])


def test_a_token_over_the_seam_belongs_to_the_text():
    """So does a space before it: `the ` and `cat` are scored as `the` and ` cat`."""
    torch.manual_seed(0)
    pieces = BPETokenizer(" abcet", [(" ", "c"), (" c", "a"), (" ca", "t")])
    sizes = {**SIZES, "vocab_size": pieces.vocab_size, "init_std": 0.3}
    model = GPT(GPTConfig(**sizes)).eval()
    scores = likelihoods(
        model, pieces, [("bee", " cat"), ("bee ", "cat"), ("bee ca", "t")]
    )
    assert [score.tokens for score in scores] == [1, 1, 1]
    assert len({score.total for score in scores}) == 1
    assert likelihoods(model, pieces, [("bee cat", " ")])[0].tokens == 1


@pytest.mark.parametrize("space", [" ", "  ", "\n"])
def test_white_space_at_the_end_of_a_context_belongs_to_the_text(model, space):
    """As in lm-eval, which tests/weights/test_clients.py asks."""
    there, here = totals(model, [("a bad" + space, "egg"), ("a bad", space + "egg")])
    assert there == here


def test_dropout_is_off_and_the_mode_comes_back(model):
    model.train()
    dropped = totals(model, PAIRS)
    assert model.training
    model.eval()
    assert totals(model, PAIRS) == dropped
    assert not model.training


def test_no_pairs_have_no_scores(model):
    assert likelihoods(model, LETTERS, []) == []


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (("a", ""), "'' has no token to predict after 'a'"),
        (("", "abcdefghabcde"), "has 13 tokens to predict: the model sees 12"),
        (("a", "xyz"), "does not know the character 'x'"),
    ],
)
def test_what_cannot_be_scored_is_said(model, pair, told):
    with pytest.raises(ValueError, match=told):
        likelihoods(model, LETTERS, [("a", "b"), pair])
