"""Attention written out, attention as the model computes it, and who sees whom."""

import pytest
import torch
from torch.nn import functional as F

from gpt1 import attention, attention_weights, causal_mask
from lib.checks import (
    SMALL,
    check_attention_weights,
    check_batch_independence,
    check_gradient_reach,
    check_perturbation,
    close,
)
from lib.weights import random_ids


@pytest.mark.parametrize("past", [0, 1, 3])
@pytest.mark.parametrize("time", [1, 2, 5])
def test_the_mask_shows_each_position_itself_and_what_came_before(time, past):
    mask = causal_mask(time, past)
    assert mask.dtype == torch.bool
    want = [[seen <= past + now for seen in range(past + time)] for now in range(time)]
    assert mask.tolist() == want


def test_weights_are_the_softmax_of_scaled_scores_over_the_past():
    check_attention_weights(attention_weights)


def test_weights_stay_finite_for_scores_that_overflow_an_exponential():
    query = torch.full((1, 1, 3, 4), 60.0)
    weights = attention_weights(query, query)
    close(weights[0, 0], torch.ones(3, 3).tril() / torch.tensor([[1], [2], [3]]), "")


@pytest.mark.parametrize("past", [0, 3])
@pytest.mark.parametrize("time", [1, 4])
def test_written_out_attention_equals_pytorchs(time, past):
    generator = torch.Generator().manual_seed(0)
    shape = (2, 3, past + time, 5)
    key, value, query = (torch.randn(shape, generator=generator) for _ in range(3))
    query = query[:, :, -time:]
    mask = causal_mask(time, past)
    want = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    close(attention(query, key, value), want, "attention", 1e-6)


def test_attention_needs_no_batch_or_head_dimension():
    given = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))
    want = attention(*given[:, None, None])[0, 0]
    close(attention(*given), want, "attention", 1e-6)


def test_attention_drops_weights_and_keeps_their_mean():
    torch.manual_seed(0)
    query = torch.zeros(1, 1, 2000, 4)
    value = torch.ones(1, 1, 2000, 1)
    mixed = attention(query, query, value, dropout=0.25)[0, 0, 1000:, 0]
    assert mixed.std() > 0.005
    close(mixed.mean(), 1.0, "mean", 0.005)


def test_the_model_attends_as_the_written_out_form_does(small, ids):
    layer = small.blocks[0].attention
    x = small.token_embedding(ids)
    mixed = attention(*layer.split(x)).transpose(1, 2).flatten(2)
    close(layer(x).detach(), layer.projection(mixed).detach(), "layer", 1e-6)


def test_changing_a_future_token_leaves_earlier_logits_unchanged(small, ids):
    check_perturbation(small, ids)


def test_an_early_logit_has_no_gradient_at_later_embeddings(small, ids):
    check_gradient_reach(small, ids)


def test_causality_holds_while_training(fresh, ids):
    torch.manual_seed(1)
    before, other = fresh(ids), ids.clone()
    other[:, 7:] = 0
    torch.manual_seed(1)
    assert torch.equal(fresh(other)[:, :7], before[:, :7])


def test_a_sequence_does_not_depend_on_its_batch(small):
    check_batch_independence(small, random_ids(SMALL, 5, 9))


def test_hidden_and_logits_compose_to_forward(small, ids):
    assert torch.equal(small.logits(small.hidden(ids)), small(ids))
    assert small.hidden(ids).shape == (2, 11, SMALL.width)
    assert small(ids).shape == (2, 11, SMALL.vocab_size)
