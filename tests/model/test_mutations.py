"""The tests have power: for each property, a model that is wrong fails its check.

Each line below is a wrong model and the check that must reject it. The same checks
accept the right model here, through the same doors, so that a failure is the fault of
the mutation and of nothing else.
"""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import GPT, Block, FeedForward, MultiHeadAttention, attention_weights
from lib import checks
from lib import wrong_attention as attention
from lib import wrong_models as wrong
from lib.checks import SMALL
from lib.weights import numpy_weights, our_model, random_ids
from lib.wrong_attention import swap, written_out


def swapped(old, new):
    return lambda model: swap(model, old, new)


def as_class(kind):
    return lambda model: swap(model, type(model), kind)


def unchanged(model):
    return model


# --- the guards -----------------------------------------------------------------------


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

# --- mutations, and who must notice ---------------------------------------------------

exact_gelu = wrong.activation(F.gelu)
MUTATIONS = {
    # The activation.
    "exact GELU": (exact_gelu, [parity]),
    "ReLU": (wrong.activation(F.relu), [parity]),
    "SiLU": (wrong.activation(F.silu), [parity]),
    "GELU after the second matrix": (
        swapped(FeedForward, wrong.GeluAtTheEnd),
        [parity],
    ),
    # Where and how it normalises.
    "pre-norm": (swapped(Block, wrong.PreNorm), [parity, post_norm]),
    "norms exchanged": (swapped(Block, wrong.SwappedNorms), [parity]),
    "a residual sum left out": (swapped(Block, wrong.NoResidual), [parity]),
    "a final norm": (as_class(wrong.FinalNorm), [parity, no_final_norm]),
    "unbiased deviation": (swapped(nn.LayerNorm, wrong.UnbiasedNorm), [parity]),
    "no mean taken off": (swapped(nn.LayerNorm, wrong.NoMean), [parity, post_norm]),
    "another epsilon": (wrong.other_epsilon, [parity_where_epsilon_matters]),
    "epsilon outside the root": (
        swapped(nn.LayerNorm, wrong.EpsilonOutside),
        [parity_where_epsilon_matters],
    ),
    # Attention.
    "scale by the width": (written_out(root=SMALL.width**0.5), [parity]),
    "no scale": (written_out(root=1.0), [parity]),
    "mask one too wide": (
        written_out(diagonal=1),
        [parity, perturbation, gradient_reach],
    ),
    "mask one too narrow": (
        written_out(diagonal=-1),
        [parity],
    ),
    "no mask": (
        written_out(diagonal=99),
        [parity, perturbation, gradient_reach],
    ),
    "softmax over queries": (
        written_out(axis=-2),
        [parity, perturbation, gradient_reach],
    ),
    "softmax over heads": (written_out(axis=1), [parity]),
    "key and query exchanged": (written_out(order=(1, 0, 2)), [parity]),
    "value and key exchanged": (written_out(order=(0, 2, 1)), [parity]),
    "heads before query, key, value": (
        swapped(MultiHeadAttention, attention.HeadsFirst),
        [parity],
    ),
    "heads mixed with time": (
        swapped(MultiHeadAttention, attention.MixedHeads),
        [parity, perturbation],
    ),
    # The cache.
    "is_causal with a past": (
        swapped(MultiHeadAttention, attention.AlwaysCausal),
        [chunks],
    ),
    "is_causal for one query": (
        swapped(MultiHeadAttention, attention.CausalForOne),
        [single_steps],
    ),
    "no mask in later chunks": (
        swapped(MultiHeadAttention, attention.NoMask),
        [chunks],
    ),
    "a cache not read": (
        swapped(MultiHeadAttention, attention.ForgetsThePast),
        [chunks, single_steps],
    ),
    "positions from 0 again": (wrong.positions_from_zero, [chunks, single_steps]),
    # Embeddings and output.
    "positions from 1": (wrong.positions_from_one, [parity]),
    "embeddings times root of width": (as_class(wrong.ScaledEmbedding), [parity]),
    "an untied copy": (wrong.untied, [tied]),
    "an output without gradient": (as_class(wrong.DetachedOutput), [tied]),
    "a mean over the batch": (wrong.batch_norm, [parity, batch_independence]),
    # Initial weights.
    "scaled by depth": (wrong.scaled_by_depth, [initial_weights]),
    "N(0, 1) positions": (wrong.normal_positions, [initial_weights, post_norm]),
    "PyTorch's linear layers": (wrong.reset(nn.Linear), [initial_weights]),
    "PyTorch's embeddings": (wrong.reset(nn.Embedding), [initial_loss]),
    "uniform": (wrong.uniform, [initial_weights]),
    "random biases": (wrong.random_biases, [initial_weights]),
    # Dropout.
    "dropout after GELU": (
        swapped(FeedForward, wrong.DropoutAfterGelu),
        [dropout_places],
    ),
    "no embedding dropout": (wrong.quiet_embedding, [dropout_places]),
    "no attention dropout": (
        swapped(MultiHeadAttention, attention.NoAttentionDropout),
        [dropout_places],
    ),
    "attention dropout in eval": (
        swapped(MultiHeadAttention, attention.NoisyEval),
        [dropout_places, parity],
    ),
}
PAIRS = [
    pytest.param(spoil, guard, id=f"{name}-{guard_name}")
    for name, (spoil, guards) in MUTATIONS.items()
    for guard_name, guard in GUARDS.items()
    if guard in guards
]
# Right models in other clothes: what the mutations share with them is no mutation.
RIGHT = {
    "unchanged": unchanged,
    "a copy": copy.deepcopy,
    "attention written out": written_out(),
    "feed-forward written out": wrong.activation(
        lambda x: 0.5 * x * (1 + ((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3)).tanh())
    ),
}


def test_every_guard_has_a_mutation_that_fails_it():
    assert len(PAIRS) == sum(len(guards) for _, guards in MUTATIONS.values())
    proven = [guard for _, guards in MUTATIONS.values() for guard in guards]
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
