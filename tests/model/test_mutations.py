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


def unchanged(model):
    return model


def parity(spoil, _monkeypatch):
    """Block by block against NumPy, at 1e-5 on scaled weights."""
    weights = numpy_weights(SMALL)
    model = spoil(our_model(SMALL, weights))
    checks.check_against_numpy(model, weights, random_ids(SMALL, 2, 11))


def parity_where_epsilon_matters(spoil, _monkeypatch):
    weights = numpy_weights(SMALL, size=0.02)
    model = spoil(our_model(SMALL, weights))
    checks.check_against_numpy(model, weights, random_ids(SMALL, 2, 11))


def scaled(check):
    """A guard that runs a check on the model with scaled weights."""

    def guard(spoil, _monkeypatch):
        model = spoil(our_model(SMALL, numpy_weights(SMALL)))
        check(model, random_ids(SMALL, 2, 11))

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


def steps(sizes):
    return scaled(lambda model, ids: checks.check_cache(model, ids, sizes))


perturbation = scaled(checks.check_perturbation)
gradient_reach = scaled(checks.check_gradient_reach)
batch_independence = scaled(checks.check_batch_independence)
no_final_norm = scaled(checks.check_no_final_norm)
tied = scaled(checks.check_tied)
post_norm = initial(checks.check_post_norm)
initial_weights = initial(lambda model, _ids: checks.check_initial_weights(model))
chunks, single_steps = steps([4, 4, 3]), steps([8, 1, 1, 1])

GUARDS = {
    "parity": parity,
    "parity where epsilon matters": parity_where_epsilon_matters,
    "perturbation": perturbation,
    "gradient reach": gradient_reach,
    "batch independence": batch_independence,
    "no final norm": no_final_norm,
    "tied": tied,
    "post-norm": post_norm,
    "initial weights": initial_weights,
    "initial loss": initial_loss,
    "dropout places": dropout_places,
    "chunks": chunks,
    "single steps": single_steps,
}


NOTICED = {
    "exact GELU": [parity],
    "ReLU": [parity],
    "SiLU": [parity],
    "GELU after the second matrix": [parity],
    "pre-norm": [parity, post_norm],
    "norms exchanged": [parity],
    "a residual sum left out": [parity],
    "a final norm": [parity, no_final_norm],
    "unbiased deviation": [parity],
    "no mean taken off": [parity, post_norm],
    "another epsilon": [parity_where_epsilon_matters],
    "epsilon outside the root": [parity_where_epsilon_matters],
    "scale by the width": [parity],
    "no scale": [parity],
    "mask one too wide": [parity, perturbation, gradient_reach],
    "mask one too narrow": [parity],
    "no mask": [parity, perturbation, gradient_reach],
    "softmax over queries": [parity, perturbation, gradient_reach],
    "softmax over heads": [parity],
    "key and query exchanged": [parity],
    "value and key exchanged": [parity],
    "heads before query, key, value": [parity],
    "heads mixed with time": [parity, perturbation],
    "is_causal with a past": [chunks],
    "is_causal for one query": [single_steps],
    "no mask in later chunks": [chunks],
    "a cache not read": [chunks, single_steps],
    "positions from 0 again": [chunks, single_steps],
    "positions from 1": [parity],
    "embeddings times root of width": [parity],
    "an untied copy": [tied],
    "an output without gradient": [tied],
    "a mean over the batch": [parity, batch_independence],
    "scaled by depth": [initial_weights],
    "N(0, 1) positions": [initial_weights, post_norm],
    "PyTorch's linear layers": [initial_weights],
    "PyTorch's embeddings": [initial_loss],
    "uniform": [initial_weights],
    "random biases": [initial_weights],
    "dropout after GELU": [dropout_places],
    "no embedding dropout": [dropout_places],
    "no attention dropout": [dropout_places],
    "attention dropout in eval": [dropout_places, parity],
}
"""Each of `VARIANTS`, and the checks that must reject it."""

PAIRS = [
    pytest.param(VARIANTS[name], guard, id=f"{name}-{guard_name}")
    for name, guards in NOTICED.items()
    for guard_name, guard in GUARDS.items()
    if guard in guards
]
# Right models in other clothes: what the mutations share with them is no mutation.
RIGHT = {
    "unchanged": unchanged,
    "a copy": copy.deepcopy,
    "attention written out": written_out(),
    "feed-forward written out": activation(
        lambda x: 0.5 * x * (1 + ((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3)).tanh())
    ),
}


def test_every_guard_has_a_mutation_that_fails_it():
    assert NOTICED.keys() == VARIANTS.keys()
    assert len(PAIRS) == sum(map(len, NOTICED.values()))
    proven = [guard for guards in NOTICED.values() for guard in guards]
    assert [name for name, guard in GUARDS.items() if guard not in proven] == []


@pytest.mark.parametrize(("spoil", "guard"), PAIRS)
def test_a_wrong_model_fails_its_check(spoil, guard, monkeypatch):
    with pytest.raises(AssertionError):
        guard(spoil, monkeypatch)


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_the_right_model_passes(guard, monkeypatch):
    guard(unchanged, monkeypatch)


@pytest.mark.parametrize("spoil", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("guard", [parity, perturbation, gradient_reach])
def test_the_right_model_passes_in_other_clothes(spoil, guard, monkeypatch):
    guard(spoil, monkeypatch)


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
