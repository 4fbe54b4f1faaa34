"""A cache gives the same logits as computing everything again, and fails cleanly."""

import pytest
import torch
from torch.nn import functional as F

from gpt1 import KVCache, causal_mask
from lib.checks import SMALL, check_cache, close
from lib.weights import random_ids

FULL = SMALL.context
SIZES = {
    "all at once": [FULL],
    "one by one": [1] * FULL,
    "prefill and steps": [5] + [1] * (FULL - 5),
    "a first token and the rest": [1, FULL - 1],
    "prefill and one last step": [FULL - 1, 1],
    "chunks": [4, 5, 7],
    "steps between chunks": [3, 1, 6, 1, 5],
}


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_pieces_give_the_logits_of_the_whole(small, sizes, batch):
    check_cache(small, random_ids(SMALL, batch, FULL), sizes)


@torch.no_grad()
def test_a_new_cache_is_empty_and_has_one_part_for_each_block(small):
    cache = small.new_cache()
    assert len(cache) == SMALL.layers
    assert all(isinstance(layer, KVCache) and layer.length == 0 for layer in cache)
    assert all(layer.context == SMALL.context for layer in cache)


@torch.no_grad()
def test_pytorchs_is_causal_is_wrong_once_there_is_a_past():
    """The trap: its mask is lined up with the first key, not with the last."""
    query, key, value = torch.randn(
        3, 1, 1, 7, 4, generator=torch.Generator().manual_seed(0)
    )
    whole = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    late = query[:, :, 4:]
    trap = F.scaled_dot_product_attention(late, key, value, is_causal=True)
    assert (trap - whole[:, :, 4:]).abs().max() > 0.1
    mask = causal_mask(3, 4)
    right = F.scaled_dot_product_attention(late, key, value, attn_mask=mask)
    close(right, whole[:, :, 4:], "with a mask", 1e-6)


@torch.no_grad()
def test_hidden_takes_a_cache_too(small, ids):
    cache = small.new_cache()
    got = torch.cat([small.hidden(part, cache=cache) for part in ids.split(4, 1)], 1)
    close(got, small.hidden(ids), "states")


@torch.no_grad()
def test_the_context_can_be_filled_to_the_last_position_and_no_further(small):
    ids = random_ids(SMALL, 1, FULL)
    cache = small.new_cache()
    small(ids[:, :-1], cache=cache)
    last = small(ids[:, -1:], cache=cache)
    close(last, small(ids)[:, -1:], "the last position")
    with pytest.raises(ValueError, match=r"context is 16 tokens, got 16 in the cache"):
        small(ids[:, :1], cache=cache)


@torch.no_grad()
def test_one_layers_cache_holds_what_it_was_given_and_no_more():
    cache = KVCache(5)
    key, value = torch.randn(2, 1, 2, 7, 3, generator=torch.Generator().manual_seed(0))
    for start, stop in ((0, 2), (2, 3), (3, 5)):
        held = cache.extend(key[:, :, start:stop], value[:, :, start:stop])
        assert torch.equal(held[0], key[:, :, :stop])
        assert torch.equal(held[1], value[:, :, :stop])
        assert cache.length == stop
    with pytest.raises(ValueError, match=r"holds 5 of 5 positions; 2 more do not fit"):
        cache.extend(key[:, :, 5:], value[:, :, 5:])
    assert cache.length == 5


REFUSED = {
    "too long": (lambda ids: ids[:, :7], "start a new cache"),
    "a batch of 1": (lambda ids: ids[:1, :2], "batch of 2, got a batch of 1"),
    "a batch of 3": (lambda ids: ids[[0, 1, 1], :2], "batch of 2, got a batch of 3"),
    "unknown ids": (lambda ids: ids[:, 10:] + SMALL.vocab_size, "ids must"),
    "no ids": (lambda ids: ids[:, :0], "ids must"),
    "floats": (lambda ids: ids[:, 10:].float(), "ids must"),
}


@pytest.mark.parametrize(("piece", "message"), REFUSED.values(), ids=REFUSED)
@torch.no_grad()
def test_what_is_refused_leaves_the_cache_as_it_was(small, piece, message):
    ids, cache = random_ids(SMALL, 2, FULL), small.new_cache()
    small(ids[:, :10], cache=cache)
    with pytest.raises(ValueError, match=message):
        small(piece(ids), cache=cache)
    close(small(ids[:, 10:], cache=cache), small(ids)[:, 10:], "after the error")


@pytest.mark.parametrize("frozen", [False, True])
def test_gradients_are_refused_and_leave_the_cache_as_it_was(small, frozen):
    """If the lower blocks need none, the refusal must not come half-way up."""
    ids, cache = random_ids(SMALL, 2, FULL), small.new_cache()
    with torch.no_grad():
        small(ids[:, :10], cache=cache)
    for part in (small.token_embedding, small.position_embedding, small.blocks[0]):
        part.requires_grad_(not frozen)
    with pytest.raises(ValueError, match=r"torch\.no_grad"):
        small(ids[:, 10:12], cache=cache)
    with torch.no_grad():
        close(small(ids[:, 10:], cache=cache), small(ids)[:, 10:], "after the error")


@torch.inference_mode()
def test_inference_mode_works(small, ids):
    cache = small.new_cache()
    small(ids[:, :4], cache=cache)
    close(small(ids[:, 4:], cache=cache), small(ids)[:, 4:], "logits")


@torch.no_grad()
def test_a_cache_follows_the_models_type(small, ids):
    small.double()
    cache = small.new_cache()
    parts = [small(part, cache=cache) for part in ids.split(4, 1)]
    close(torch.cat(parts, 1), small(ids), "float64", 1e-13)


@torch.no_grad()
def test_a_cache_works_under_bf16_autocast(small, ids):
    cache = small.new_cache()
    with torch.autocast("cpu", torch.bfloat16):
        parts = [small(part, cache=cache) for part in ids.split([4, 1, 6], 1)]
        whole = small(ids)
    assert cache[0].keys.dtype == torch.bfloat16
    # Sums of bf16 products in another order: a few units of its eight bits.
    close(torch.cat(parts, 1).float(), whole.float(), "bf16", 0.05)
