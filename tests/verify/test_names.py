"""Which parameter is what: by names, by shapes, by order."""

import pytest
import torch
from torch import nn

from gpt1 import GPT
from gpt1.verify import verify
from gpt1.verify.names import matrix_roles, norm_roles, roles_of, words
from gpt1.verify.running import Dropout
from lib import foreign
from lib.checks import SMALL

_ATTN = ["attn", "c", "attn"]
SQUARE, WIDE, TALL, JOINT = (24, 24), (24, 96), (96, 24), (72, 24)


def test_a_name_is_cut_into_words():
    assert words("transformer.h.0.attn.c_attn") == ["transformer", "h", "0", *_ATTN]
    assert words("wordEmbedding.W_q2") == ["word", "embedding", "w", "q", "2"]
    assert words("LMHead.lnF") == ["lm", "head", "ln", "f"]


@pytest.mark.parametrize(
    ("norms", "first"),
    [
        (["ln_1", "ln_2"], "ln_1"),
        (["norm2", "norm1"], "norm1"),
        (["mlp.norm", "attn.norm"], "attn.norm"),
        (["ffn_norm", "attention_norm"], "attention_norm"),
        (["sublayer.1.norm", "sublayer.0.norm"], "sublayer.0.norm"),
        (["input_layernorm", "post_attention_layernorm"], "input_layernorm"),
        (["alpha", "omega"], "alpha"),
    ],
)
def test_the_norm_of_attention_is_told_by_number_name_or_order(norms, first):
    found = norm_roles(norms)
    assert found[first] == "attention_norm"
    assert sorted(found.values()) == ["attention_norm", "feed_forward_norm"]


FORMS = {
    "fused": {
        "attn.c_attn": JOINT,
        "attn.c_proj": SQUARE,
        "mlp.fc": TALL,
        "mlp.o": WIDE,
    },
    "in_proj": {"attn.in_proj": JOINT, "attn.out_proj": SQUARE, "l1": TALL, "l2": WIDE},
    "named": {"a.k": SQUARE, "a.q": SQUARE, "a.v": SQUARE, "a.o": SQUARE}
    | {"ff.0": TALL, "ff.2": WIDE},
    "numbered": {f"attn.linears.{n}": SQUARE for n in range(4)}
    | {"ff.w1": TALL, "ff.w2": WIDE},
    "as narrow inside": {"sa.wq": SQUARE, "sa.wk": SQUARE, "sa.wv": SQUARE}
    | {"sa.wo": SQUARE, "mlp.0": SQUARE, "mlp.2": SQUARE},
    "a matrix a head": {"sa.heads.0.q": (6, 24), "sa.heads.1.v": (6, 24)}
    | {"sa.proj": SQUARE, "ff.up": TALL, "ff.down": WIDE},
}
WANT = {
    "fused": "query_key_value projection expand contract",
    "in_proj": "query_key_value projection expand contract",
    "named": "key query value projection expand contract",
    "numbered": "query key value projection expand contract",
    "as narrow inside": "query key value projection expand contract",
    "a matrix a head": "query[0] value[1] projection expand contract",
}


@pytest.mark.parametrize("form", FORMS)
def test_matrices_are_told_by_name_shape_and_order(form):
    found = matrix_roles(FORMS[form], {}, 24)
    roles = [found[module].rpartition(".")[2] for module in FORMS[form]]
    assert roles == WANT[form].split()


def test_a_bias_tells_which_feed_forward_matrix_is_the_first():
    both = {"ff.x": (96, 24), "ff.y": (24, 96)}
    found = matrix_roles(both, {"ff.y": (96,), "ff.x": (24,)}, 24)
    assert found["ff.y"] == "feed_forward.expand"


def test_square_matrices_lie_as_the_others_do():
    found = roles_of(foreign.Raw())
    assert found.turned["blocks.0.w_o"] is True
    found = roles_of(GPT(SMALL))
    assert not any(found.turned.values())


def test_tied_names_are_one_parameter():
    model = foreign.RightNano(foreign.NanoConfig(16, 61, 3, 4, 24))
    found = roles_of(model)
    assert found.also == {"lm_head.weight": "transformer.wte.weight"}
    assert not found.unknown
    assert found.blocks == [f"transformer.h.{n}" for n in range(3)]


# --- what is lent, is given back ------------------------------------------------------


def test_a_dropout_of_0_is_given_back():
    model = foreign.RightNano(foreign.NanoConfig(16, 61, 3, 4, 24, 0.0))
    model.transformer.wpe.weight.requires_grad_(False)
    verify(model)
    rates = {part.p for part in model.modules() if isinstance(part, nn.Dropout)}
    assert rates == {0.0}
    assert not model.transformer.wpe.weight.requires_grad


def test_pytorchs_attention_is_quieted_too():
    layer = nn.MultiheadAttention(8, 2, dropout=0.5, batch_first=True).train()
    x = torch.randn(2, 5, 8)
    with Dropout() as seen:
        once, again = (layer(x, x, x)[0] for _ in "ab")
    assert torch.equal(once, again)
    assert seen.calls == [((2, 2, 5, 5), 0.5)] * 2
    assert not torch.equal(layer(x, x, x)[0], layer(x, x, x)[0])
