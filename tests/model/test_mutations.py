"""The tests have power: for each property, a model that is wrong fails its check.

Each line below is a wrong model and the check that must reject it. The same checks
accept the right model here, through the same doors, so that a failure is the fault of
the mutation and of nothing else.
"""

import copy
import math

import pytest
import torch

from gpt1 import GPT, attention_weights
from gpt1.variants import VARIANTS
from gpt1.variants.attention import written_out
from gpt1.variants.block import activation
from lib import checks
from lib.checks import SMALL
from lib.weights import numpy_weights, our_model, random_ids


def parity(size=1.0):
    """Block by block against NumPy, at 1e-5 on scaled weights."""

    def guard(spoil, _monkeypatch):
        weights = numpy_weights(SMALL, size=size)
        model = spoil(our_model(SMALL, weights))
        checks.check_against_numpy(model, weights, random_ids(SMALL, 2, 11))

    return guard


def scaled(check, *given):
    """A guard that runs a check on the model with scaled weights."""

    def guard(spoil, _monkeypatch):
        model = spoil(our_model(SMALL, numpy_weights(SMALL)))
        check(model, random_ids(SMALL, 2, 11), *given)

    return guard


def initial(check):
    """A guard that runs a check on a new model."""

    def guard(spoil, _monkeypatch):
        torch.manual_seed(0)
        check(spoil(GPT(SMALL).eval()), random_ids(SMALL, 2, 11))

    return guard


def dropout_places(spoil, monkeypatch):
    model = spoil(GPT(SMALL))
    checks.check_dropout_places(model, random_ids(SMALL, 2, 11), monkeypatch)


def initial_loss(spoil, _monkeypatch):
    torch.manual_seed(0)
    model = spoil(GPT(SMALL).eval())
    checks.check_initial_loss(model, random_ids(SMALL, 64, 16), within=0.05)


GUARDS = {
    "parity": parity(),
    "parity where epsilon matters": parity(size=0.02),
    "perturbation": scaled(checks.check_perturbation),
    "gradient reach": scaled(checks.check_gradient_reach),
    "batch independence": scaled(checks.check_batch_independence),
    "no final norm": scaled(checks.check_no_final_norm),
    "tied": scaled(checks.check_tied),
    "post-norm": initial(checks.check_post_norm),
    "initial weights": initial(lambda model, _ids: checks.check_initial_weights(model)),
    "initial loss": initial_loss,
    "dropout places": dropout_places,
    "chunks": scaled(checks.check_cache, [4, 4, 3]),
    "single steps": scaled(checks.check_cache, [8, 1, 1, 1]),
}


NOTICED = {
    "parity": "exact GELU; ReLU; SiLU; GELU after the second matrix; pre-norm; "
    "norms exchanged; a residual sum left out; a final norm; unbiased deviation; "
    "no mean taken off; scale by the width; no scale; mask one too wide; "
    "mask one too narrow; no mask; softmax over queries; softmax over heads; "
    "key and query exchanged; value and key exchanged; "
    "heads before query, key, value; heads mixed with time; positions from 1; "
    "embeddings times root of width; a mean over the batch; attention dropout in eval",
    "parity where epsilon matters": "another epsilon; epsilon outside the root",
    "perturbation": "mask one too wide; no mask; softmax over queries; "
    "heads mixed with time",
    "gradient reach": "mask one too wide; no mask; softmax over queries",
    "batch independence": "a mean over the batch",
    "no final norm": "a final norm",
    "tied": "an untied copy; an output without gradient",
    "post-norm": "pre-norm; no mean taken off; N(0, 1) positions",
    "initial weights": "scaled by depth; N(0, 1) positions; PyTorch's linear layers; "
    "uniform; random biases",
    "initial loss": "PyTorch's embeddings",
    "dropout places": "dropout after GELU; no embedding dropout; "
    "no attention dropout; attention dropout in eval",
    "chunks": "is_causal with a past; no mask in later chunks; a cache not read; "
    "positions from 0 again",
    "single steps": "is_causal for one query; a cache not read; positions from 0 again",
}
"""The checks, and those of `VARIANTS` that each must reject."""

PAIRS = [
    pytest.param(VARIANTS[name], GUARDS[guard], id=f"{name}-{guard}")
    for guard, names in NOTICED.items()
    for name in names.split("; ")
]
# Right models in other clothes: what the mutations share with them is no mutation.
RIGHT = {
    "a copy": copy.deepcopy,
    "attention written out": written_out(),
    "feed-forward written out": activation(
        lambda x: 0.5 * x * (1 + ((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3)).tanh())
    ),
}


def test_every_guard_has_a_mutation_that_fails_it():
    assert NOTICED.keys() == GUARDS.keys()
    assert set("; ".join(NOTICED.values()).split("; ")) == VARIANTS.keys()


@pytest.mark.parametrize(("spoil", "guard"), PAIRS)
def test_a_wrong_model_fails_its_check(spoil, guard, monkeypatch):
    with pytest.raises(AssertionError):
        guard(spoil, monkeypatch)


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_the_right_model_passes(guard, monkeypatch):
    guard(lambda model: model, monkeypatch)


@pytest.mark.parametrize("spoil", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("guard", ["parity", "perturbation", "gradient reach"])
def test_the_right_model_passes_in_other_clothes(spoil, guard, monkeypatch):
    GUARDS[guard](spoil, monkeypatch)


WEIGHTS = {
    "scaled by the width": {"scale": 24**0.5},
    "not scaled": {"scale": 1.0},
    "mask one too wide": {"shift": 1},
    "mask one too narrow": {"shift": -1},
    "mask lined up with the first key": {"shift": -2},
    "softmax over queries": {"axis": -2},
    "softmax over heads": {"axis": 1},
}


def weights_by_hand(query, key, scale=8**0.5, shift=0, axis=-1):
    past = key.size(-2) - query.size(-2)
    scores = query @ key.transpose(-2, -1) / scale
    mask = torch.ones_like(scores, dtype=torch.bool).tril(past + shift)
    return scores.masked_fill(~mask, -1e9).softmax(axis)


@pytest.mark.parametrize("steps", WEIGHTS.values(), ids=WEIGHTS)
def test_wrong_attention_weights_fail_their_check(steps):
    with pytest.raises(AssertionError):
        checks.check_attention_weights(lambda q, k: weights_by_hand(q, k, **steps))


@pytest.mark.parametrize("right", [weights_by_hand, attention_weights])
def test_right_attention_weights_pass(right):
    checks.check_attention_weights(right)
