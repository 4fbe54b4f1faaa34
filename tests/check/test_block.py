"""What a learner is told about the exercises of the chapter on the block.

The answers here are typed as learners would type them, without the gallery: those that
are right, and those that are wrong in ways that `check/test_mutants.py` does not make.
"""

import statistics

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import Block, GPTConfig, MultiHeadAttention
from lib.verdicts import ALL, right, said

# --- LayerNorm of a list --------------------------------------------------------------


def by_statistics(x, gain, bias, eps=1e-5):
    middle, spread = statistics.mean(x), (statistics.pvariance(x) + eps) ** 0.5
    return tuple(gain[i] * (x[i] - middle) / spread + bias[i] for i in range(len(x)))


def by_torch(x, gain, bias, eps=1e-5):
    x, gain, bias = torch.tensor(x), torch.tensor(gain), torch.tensor(bias)
    return F.layer_norm(x, (len(x),), gain, bias, eps)


def in_place(x, gain, bias, eps=1e-5):
    middle = sum(x) / len(x)
    for i in range(len(x)):
        x[i] -= middle
    spread = (sum(n * n for n in x) / len(x) + eps) ** 0.5
    for i in range(len(x)):
        x[i] = x[i] / spread * gain[i] + bias[i]
    return x


@pytest.mark.parametrize("answer", [by_statistics, by_torch, in_place])
def test_layer_norm_another_way(answer):
    assert right("layer-norm", answer)


def by_std(x, gain, bias, eps=1e-5):
    x, gain, bias = (torch.tensor(numbers) for numbers in (x, gain, bias))
    return gain * (x - x.mean()) / (x.std() + eps) + bias


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (by_std, "is the unbiased one, it divides by d - 1, and epsilon is added"),
        (lambda x, gain, bias, eps=1e-5: by_std(x, gain, bias, 0), "eps is not used"),
        (lambda x, gain, bias, eps=1e-5: by_torch(x, gain, bias), "change with eps"),
        (
            lambda x, gain, bias, eps=1e-5: x,
            "expected [-1, -0.3333, -0.3333, 1.667], got [2, 4, 4, 10]",
        ),
    ],
)
def test_layer_norm_gone_wrong(answer, told):
    assert told in said("layer-norm", answer)


# --- RMSNorm --------------------------------------------------------------------------


def by_length(x, gain, eps=1e-5):
    squares = x.double().norm(dim=-1, keepdim=True) ** 2 / x.size(-1)
    return gain.double() * x.double() * (squares + eps).rsqrt()


def by_vectors(x, gain, eps=1e-5):
    out = torch.empty_like(x)
    for vector, place in zip(x.reshape(-1, x.size(-1)), out.view(-1, x.size(-1))):  # noqa: B905
        place.copy_(vector / (sum(n**2 for n in vector) / len(vector) + eps) ** 0.5)
    return out * gain


def by_torch_and_in_place(x, gain, eps=1e-5):
    x.copy_(F.rms_norm(x, (x.size(-1),), gain, eps))
    return x.transpose(0, -1).contiguous().transpose(0, -1)  # not contiguous


@pytest.mark.parametrize("answer", [by_length, by_vectors, by_torch_and_in_place])
def test_rms_norm_another_way(answer):
    assert right("rms-norm", answer)


def without_keepdim(x, gain, eps=1e-5):
    return gain * x / torch.sqrt(x.square().mean(-1) + eps)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            lambda x, gain, eps=1e-5: gain * F.normalize(x, dim=-1),
            "x [[3, 4]] and gain [1, 1]:\nexpected [[0.8485, 1.131]], got [[0.6, 0.8]]",
        ),
        (without_keepdim, "stopped in without_keepdim, at `return gain * x / torch"),
    ],
)
def test_rms_norm_gone_wrong(answer, told):
    assert told in said("rms-norm", answer)


def test_rms_norm_is_layer_norm_where_the_mean_is_zero():
    torch.manual_seed(0)
    x, rms_norm = torch.randn(5, 12) + 2, ALL["rms-norm"].right
    centred, gain = x - x.mean(-1, keepdim=True), torch.randn(12)
    want = F.layer_norm(centred, (12,), gain)
    assert torch.allclose(rms_norm(centred, gain), want, atol=1e-5)
    assert not torch.allclose(rms_norm(x, gain), F.layer_norm(x, (12,), gain))


# --- the block in torch.nn ------------------------------------------------------------


def tanh_gelu(x):
    return x / 2 * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))


def by_state(block, bend=tanh_gelu, skipped=()):
    """As someone might write it who works with the dictionary of the layer's state."""
    layer = nn.TransformerEncoderLayer(
        block.attention.projection.in_features,
        block.attention.heads,
        dim_feedforward=block.feed_forward.expand.out_features,
        dropout=0.0,
        activation=bend,
        batch_first=True,
    )
    names = {
        "self_attn.in_proj_": "attention.query_key_value.",
        "self_attn.out_proj.": "attention.projection.",
        "linear1.": "feed_forward.expand.",
        "linear2.": "feed_forward.contract.",
        "norm1.": "attention_norm.",
        "norm2.": "feed_forward_norm.",
    }
    state, ours = layer.state_dict(), block.state_dict()
    for there, here in names.items():
        for kind in ("weight", "bias"):
            if there + kind not in skipped:
                state[there + kind] = ours[here + kind]
    layer.load_state_dict(state)
    layer.eval()
    return layer


class InDoubles(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.layer = by_state(block).double()
        self.eval()

    def forward(self, x, src_mask):
        return self.layer(x.double(), src_mask=src_mask)


@pytest.mark.parametrize("answer", [by_state, InDoubles])
def test_the_layer_another_way(answer):
    assert right("as-torch", answer)


def with_a_shared_gain(block):
    layer = by_state(block)
    layer.norm2.weight = block.feed_forward_norm.weight
    return layer


def that_drops_out(block):
    layer = by_state(block)
    layer.dropout.p = layer.dropout1.p = layer.dropout2.p = 0.1
    return layer.train()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda block: by_state(block, nn.GELU()), "exact GELU"),
        (with_a_shared_gain, "shares weights with the block"),
        (that_drops_out, "training mode"),
        (lambda block: by_state(block, skipped=["self_attn.in_proj_bias"]), "still 0"),
        (
            lambda block: by_state(block, skipped=["linear2.bias"]),
            "width 24, 4 heads, 3 texts of 3 tokens:\nat 'its output': expected",
        ),
    ],
)
def test_the_layer_gone_wrong(answer, told):
    assert told in said("as-torch", answer)


def test_a_module_for_the_activation_is_told_that_pytorch_misreads_it():
    torch.manual_seed(0)
    block, x = Block(GPTConfig(width=8, heads=2)).eval(), torch.randn(1, 1, 8)
    layer = by_state(block, nn.GELU("tanh"))
    layer.linear1.bias.data.fill_(-1.0)
    with torch.no_grad():
        misread = not torch.allclose(layer(x), by_state(block, tanh_gelu)(x), 1e-7)
    told = "counts as the exact one" if misread else "right."
    assert told in said("as-torch", lambda block: by_state(block, nn.GELU("tanh")))


# --- a norm at the end of each branch -------------------------------------------------


class Written(Block):
    """Written from nothing, with float64 at the end and a sum in place."""

    def forward(self, x, cache=None):
        x = x + self.attention_norm(self.attention(x, cache=cache))
        inner = self.feed_forward.expand(x)
        inner = F.gelu(inner, approximate="tanh")
        inner = self.feed_forward.dropout(self.feed_forward.contract(inner))
        x += self.feed_forward_norm(inner)
        return x.double()


class Positional(Block):
    def norm_after(self, f, norm, x, *rest):
        gain, bias = norm.weight, norm.bias
        y = f(x, *rest)
        y = y - y.mean(-1, keepdim=True)
        spread = y.var(-1, correction=0, keepdim=True)
        return x + gain * y / torch.sqrt(spread + norm.eps) + bias

    def forward(self, x, past=None):
        x = self.norm_after(self.attention, self.attention_norm, x, past)
        return self.norm_after(self.feed_forward, self.feed_forward_norm, x)


class OfTheChapter(nn.Module):
    """A chapter has a Block of its own: the check asks for no class of ours."""

    def __init__(self, config):
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_norm = nn.LayerNorm(config.width)
        self.feed_forward = Block(config).feed_forward
        self.feed_forward_norm = nn.LayerNorm(config.width)

    def forward(self, x, cache=None):
        x = self.attention_norm(self.attention(x, cache)) + x
        return self.feed_forward_norm(self.feed_forward(x)) + x


@pytest.mark.parametrize("answer", [Written, Positional, OfTheChapter])
def test_the_block_another_way(answer):
    assert right("branch-norm", answer)


class SumsInPlace(Block):
    def forward(self, x, cache=None):
        x += self.attention_norm(self.attention(x, cache))
        x += self.feed_forward_norm(self.feed_forward(x))
        return x


class NoNorms(Block):
    def forward(self, x, cache=None):
        x = x + self.attention(x, cache)
        return x + self.feed_forward(x)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (SumsInPlace, "+= changes the x that came in"),
        (NoNorms, "width 8 and x of shape (1, 4, 8):\nat 'all at once': expected"),
    ],
)
def test_the_block_gone_wrong(answer, told):
    assert told in said("branch-norm", answer)


def test_a_block_changed_in_place_cannot_be_trained():
    torch.manual_seed(0)
    block = SumsInPlace(GPTConfig(width=8, heads=2))
    with pytest.raises(RuntimeError, match="inplace"):
        block(torch.randn(1, 4, 8).requires_grad_() * 1).sum().backward()


# --- back through LayerNorm -----------------------------------------------------------


def by_autograd(x, grad, eps=1e-5):
    x.requires_grad_()
    F.layer_norm(x, x.shape[-1:], eps=eps).backward(grad)
    return x.grad


def by_jacobian(x, grad, eps=1e-5):
    out = torch.zeros_like(x, dtype=torch.double)
    for place in range(x.numel() // x.size(-1)):
        v, g = (t.reshape(-1, x.size(-1))[place].double() for t in (x, grad))
        d = len(v)
        c = v - v.mean()
        s = (c @ c / d + eps).sqrt()
        jacobian = (torch.eye(d) - torch.ones(d, d) / d) / s
        jacobian = jacobian - torch.outer(c, c) / (d * s**3)
        out.view(-1, d)[place] = jacobian @ g
    return out


def in_lists(x, grad, eps=1e-5):
    if x.ndim > 1:
        return [in_lists(*pair, eps) for pair in zip(x, grad, strict=True)]
    d, x, grad = len(x), x.tolist(), grad.tolist()
    middle = sum(x) / d
    s = (sum((n - middle) ** 2 for n in x) / d + eps) ** 0.5
    y = [(n - middle) / s for n in x]
    first = sum(grad) / d
    second = sum(a * b for a, b in zip(grad, y, strict=True)) / d
    return [(g - first - second * n) / s for g, n in zip(grad, y, strict=True)]


@pytest.mark.parametrize("answer", [by_autograd, by_jacobian, in_lists])
def test_the_way_back_another_way(answer):
    assert right("norm-backward", answer)


def test_the_way_back_gone_wrong():
    told = said("norm-backward", lambda x, grad, eps=1e-5: grad)
    assert "x and grad of shape (1, 3):\nexpected [[" in told


def test_the_gradient_halves_when_the_input_doubles():
    torch.manual_seed(0)
    x, grad = torch.randn(2, 5, 12)
    once, twice = (ALL["norm-backward"].right(n * x, grad) for n in (1, 2))
    assert torch.allclose(twice, once / 2, atol=1e-4)
