"""What came after GPT-2: each part beside another implementation, and all together."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from gpt1.inspect import leaks
from gpt1.model import KVCache, MultiHeadAttention
from gpt1.variants.gpt2 import GPT2
from gpt1.variants.modern import (
    CHANGES,
    GroupedAttention,
    Llama,
    RMSNorm,
    RotaryAttention,
    SwiGLU,
    rotated,
)
from lib.checks import SMALL, close
from lib.weights import random_ids

CONFIG = replace(SMALL, heads=6, width=48, feed_forward=44, dropout=0.0, init_std=0.3)
GROUPS = 2


@pytest.fixture
def llama():
    torch.manual_seed(0)
    model = Llama(CONFIG, GROUPS).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight"):
                parameter.normal_(1.0, 0.3)
    return model


def their_llama(model):
    """transformers' with our weights: three matrices for one, and other names."""
    transformers = pytest.importorskip("transformers")
    config = model.config
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.width,
            intermediate_size=config.feed_forward,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=GROUPS,
            rms_norm_eps=config.norm_eps,
            max_position_embeddings=config.context,
            tie_word_embeddings=True,
            attention_bias=False,
            mlp_bias=False,
        )
    )
    state = {"model.embed_tokens.weight": model.token_embedding.weight}
    state["lm_head.weight"] = model.token_embedding.weight
    state["model.norm.weight"] = model.final_norm.weight
    for layer, block in enumerate(model.blocks):
        attention, inner = block.attention, block.feed_forward
        size, few = config.width, GROUPS * config.head_size
        query, key, value = attention.query_key_value.weight.split([size, few, few])
        found = {
            "self_attn.q_proj": query,
            "self_attn.k_proj": key,
            "self_attn.v_proj": value,
            "self_attn.o_proj": attention.projection.weight,
            "mlp.gate_proj": inner.gate.weight,
            "mlp.up_proj": inner.expand.weight,
            "mlp.down_proj": inner.contract.weight,
            "input_layernorm": block.attention_norm.weight,
            "post_attention_layernorm": block.feed_forward_norm.weight,
        }
        state |= {f"model.layers.{layer}.{k}.weight": v for k, v in found.items()}
    theirs.load_state_dict({name: t.detach().clone() for name, t in state.items()})
    return theirs.eval()


@torch.no_grad()
def test_all_together_are_transformers_llama(llama):
    ids = random_ids(CONFIG, 3, 16)
    wanted = their_llama(llama)(ids, output_hidden_states=True)
    close(llama.hidden(ids), wanted.hidden_states[-1], "the last states")
    close(llama(ids), wanted.logits, "logits")
    assert wanted.logits.std() > 0.3


@pytest.mark.parametrize("wrong", ["base", "groups", "activation", "norm"])
@torch.no_grad()
def test_the_comparison_notices_a_part_that_is_wrong(llama, wrong, monkeypatch):
    ids = random_ids(CONFIG, 3, 16)
    wanted = their_llama(llama)(ids).logits
    if wrong == "base":
        monkeypatch.setattr(rotated, "__defaults__", (0, 9_000.0))
    elif wrong == "groups":
        monkeypatch.setattr(
            torch.Tensor, "repeat_interleave", lambda x, n, dim: x.repeat(1, n, 1, 1)
        )
    elif wrong == "activation":
        monkeypatch.setattr(torch.nn.functional, "silu", torch.nn.functional.gelu)
    else:
        llama.final_norm.eps = 1e-2
    with pytest.raises(AssertionError, match="logits"):
        close(llama(ids), wanted, "logits")


@torch.no_grad()
def test_a_cache_goes_on_where_the_text_stood_and_holds_the_groups_alone(llama):
    ids = random_ids(CONFIG, 2, 16)
    cache = llama.new_cache()
    parts = [llama(part, cache=cache) for part in ids.split([9, 4, 1, 2], dim=1)]
    close(torch.cat(parts, dim=1), llama(ids), "logits")
    assert cache[0].keys.shape == (2, GROUPS, CONFIG.context, CONFIG.head_size)


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_runs_learns_and_does_not_look_ahead(name):
    torch.manual_seed(0)
    model = CHANGES[name](GPT2(CONFIG)).eval()
    assert not leaks(model)
    ids = random_ids(CONFIG, 4, 16)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    losses = []
    for _ in range(8):
        optimizer.zero_grad()
        loss = model.loss(ids)
        loss.backward()
        assert all(p.grad is not None for p in model.parameters())
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.1
    with torch.no_grad():
        cache = model.new_cache()
        parts = [model(part, cache=cache) for part in ids.split([9, 1, 6], dim=1)]
        close(torch.cat(parts, dim=1), model(ids), "logits")


def test_each_change_changes_what_its_name_says_and_no_more():
    with torch.device("meta"):
        before = {n: tuple(p.shape) for n, p in GPT2(CONFIG).named_parameters()}
    changed = {}
    for name, change in CHANGES.items():
        after = {n: tuple(p.shape) for n, p in change(GPT2(CONFIG)).named_parameters()}
        names = before.keys() | after.keys()
        other = {n for n in names if before.get(n) != after.get(n)}
        changed[name] = {n.replace("blocks.1", "blocks.0") for n in other}
        changed[name] = {n for n in changed[name] if "blocks.2" not in n}
    fused = "blocks.0.attention.query_key_value"
    norms = ("blocks.0.attention_norm", "blocks.0.feed_forward_norm", "final_norm")
    assert changed == {
        "grouped queries": {f"{fused}.weight", f"{fused}.bias"},
        "rotary positions": {"position_embedding.weight"},
        "RMSNorm": {f"{norm}.bias" for norm in norms},
        "SwiGLU": {f"blocks.0.feed_forward.gate.{kind}" for kind in ("weight", "bias")},
        "no biases": {
            n
            for n in before
            if n.endswith("bias") and "s.1" not in n and "s.2" not in n
        },
    }


def test_rms_norm_is_pytorchs():
    x, ours, theirs = 3 * torch.randn(5, 7, 24) + 1, RMSNorm(24), nn.RMSNorm(24, 1e-5)
    with torch.no_grad():
        theirs.weight.copy_(ours.weight.normal_())
    close(ours(x).detach(), theirs(x).detach(), "norm", 1e-6)


@torch.no_grad()
def test_scores_of_rotated_vectors_know_the_distance_alone():
    query, key = torch.randn(2, 8)
    queries = rotated(query.expand(20, 8))  # at each of 20 positions
    keys = rotated(key.expand(20, 8))
    scores = queries @ keys.T
    for distance in range(20):
        along = scores.diagonal(-distance)
        assert along.std(correction=0) < 1e-5
    assert scores[:, 0].std() > 0.1
    close(rotated(query.expand(7, 8), start=13), queries[13:], "from position 13")
    close(queries.norm(dim=-1), query.norm().expand(20), "lengths", 1e-6)


@torch.no_grad()
def test_rotation_by_hand():
    """Two numbers turn by one radian for each position."""
    x = torch.tensor([[1.0, 0.0]]).expand(3, 2)
    angles = torch.arange(3.0)
    wanted = torch.stack([angles.cos(), angles.sin()], dim=1)
    close(rotated(x), wanted, "turned", 1e-6)


@torch.no_grad()
def test_as_many_groups_as_heads_are_ordinary_attention():
    torch.manual_seed(0)
    plain, grouped = MultiHeadAttention(CONFIG), GroupedAttention(CONFIG, 6)
    grouped.load_state_dict(plain.state_dict())
    x = torch.randn(2, 9, 48)
    close(grouped.eval()(x), plain.eval()(x), "attention")


def test_groups_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="divide the number of heads, 6, got 4"):
        GroupedAttention(CONFIG, 4)


@torch.no_grad()
def test_rotary_attention_without_a_start_forgets_no_cache():
    """A cache in use, then a text without one, then the cache again."""
    torch.manual_seed(0)
    layer, x = RotaryAttention(CONFIG).eval(), torch.randn(2, 9, 48)
    cache = KVCache(CONFIG.context)
    whole = layer(x)
    first = layer(x[:, :5], cache)
    close(layer(x), whole, "without a cache")
    close(torch.cat([first, layer(x[:, 5:], cache)], dim=1), whole, "with one")


@torch.no_grad()
def test_the_gate_is_the_one_that_is_bent():
    layer, x = SwiGLU(CONFIG).eval(), torch.randn(2, 9, 48)
    gate = layer.gate(x)
    inner = gate * gate.sigmoid() * layer.expand(x)
    close(layer(x), layer.contract(inner), "SwiGLU")
