"""Right answers to the exercises of the chapter on the block, in other ways."""

import statistics

import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import Block, GPTConfig, MultiHeadAttention
from lib.verdicts import ALL, are_right, said


def norm_by_statistics(x, gain, bias, eps=1e-5):
    middle, spread = statistics.mean(x), (statistics.pvariance(x) + eps) ** 0.5
    return tuple(gain[i] * (x[i] - middle) / spread + bias[i] for i in range(len(x)))


def norm_by_torch(x, gain, bias, eps=1e-5):
    x, gain, bias = torch.tensor(x), torch.tensor(gain), torch.tensor(bias)
    return F.layer_norm(x, (len(x),), gain, bias, eps)


def norm_in_place(x, gain, bias, eps=1e-5):
    middle = sum(x) / len(x)
    for i in range(len(x)):
        x[i] -= middle
    spread = (sum(n * n for n in x) / len(x) + eps) ** 0.5
    for i in range(len(x)):
        x[i] = x[i] / spread * gain[i] + bias[i]
    return x


def rms_by_length(x, gain, eps=1e-5):
    squares = x.double().norm(dim=-1, keepdim=True) ** 2 / x.size(-1)
    return gain.double() * x.double() * (squares + eps).rsqrt()


def rms_by_vectors(x, gain, eps=1e-5):
    out = torch.empty_like(x)
    for vector, place in zip(x.reshape(-1, x.size(-1)), out.view(-1, x.size(-1))):  # noqa: B905
        place.copy_(vector / (sum(n**2 for n in vector) / len(vector) + eps) ** 0.5)
    return out * gain


def rms_in_place(x, gain, eps=1e-5):
    return x.copy_(F.rms_norm(x, (x.size(-1),), gain, eps))


def tanh_gelu(x):
    return x / 2 * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))


def by_state(block, bend=tanh_gelu):
    """As someone might write it who works with the dictionary of the layer's state."""
    width, inner = block.attention.projection.in_features, block.feed_forward.expand
    layer = nn.TransformerEncoderLayer(
        width, block.attention.heads, inner.out_features, 0.0, bend, batch_first=True
    )
    names = {
        "self_attn.in_proj_": "attention.query_key_value.",
        "self_attn.out_proj.": "attention.projection.",
        "linear1.": "feed_forward.expand.",
        "linear2.": "feed_forward.contract.",
        "norm1.": "attention_norm.",
        "norm2.": "feed_forward_norm.",
    }
    ours = block.state_dict()
    layer.load_state_dict(
        {
            there + kind: ours[here + kind]
            for there, here in names.items()
            for kind in ("weight", "bias")
        }
    )
    return layer.eval()


class InDoubles(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.layer = by_state(block).double()
        self.eval()

    def forward(self, x, src_mask):
        return self.layer(x.double(), src_mask=src_mask)


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
        y = f(x, *rest)
        y = y - y.mean(-1, keepdim=True)
        spread = y.var(-1, correction=0, keepdim=True)
        return x + norm.weight * y / torch.sqrt(spread + norm.eps) + norm.bias

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


def back_by_autograd(x, grad, eps=1e-5):
    x.requires_grad_()
    F.layer_norm(x, x.shape[-1:], eps=eps).backward(grad)
    return x.grad


def back_by_jacobian(x, grad, eps=1e-5):
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


def back_in_lists(x, grad, eps=1e-5):
    if x.ndim > 1:
        return [back_in_lists(*pair, eps) for pair in zip(x, grad, strict=True)]
    d, x, grad = len(x), x.tolist(), grad.tolist()
    middle = sum(x) / d
    s = (sum((n - middle) ** 2 for n in x) / d + eps) ** 0.5
    y = [(n - middle) / s for n in x]
    first = sum(grad) / d
    second = sum(a * b for a, b in zip(grad, y, strict=True)) / d
    return [(g - first - second * n) / s for g, n in zip(grad, y, strict=True)]


OTHER_WAYS = {
    "layer-norm": [norm_by_statistics, norm_by_torch, norm_in_place],
    "rms-norm": [rms_by_length, rms_by_vectors, rms_in_place],
    "as-torch": [by_state, InDoubles],
    "branch-norm": [Written, Positional, OfTheChapter],
    "norm-backward": [back_by_autograd, back_by_jacobian, back_in_lists],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_rms_norm_is_layer_norm_where_the_mean_is_zero():
    torch.manual_seed(0)
    x, rms_norm = torch.randn(5, 12) + 2, ALL["rms-norm"].right
    centred, gain = x - x.mean(-1, keepdim=True), torch.randn(12)
    want = F.layer_norm(centred, (12,), gain)
    assert torch.allclose(rms_norm(centred, gain), want, atol=1e-5)
    assert not torch.allclose(rms_norm(x, gain), F.layer_norm(x, (12,), gain))


def test_a_module_for_the_activation_is_told_that_pytorch_misreads_it():
    torch.manual_seed(0)
    block, x = Block(GPTConfig(width=8, heads=2)).eval(), torch.randn(1, 1, 8)
    layer = by_state(block, nn.GELU("tanh"))
    layer.linear1.bias.data.fill_(-1.0)
    with torch.no_grad():
        misread = not torch.allclose(layer(x), by_state(block, tanh_gelu)(x), 1e-7)
    told = "counts as the exact one" if misread else "right."
    assert told in said("as-torch", lambda block: by_state(block, nn.GELU("tanh")))


def test_the_gradient_halves_when_the_input_doubles():
    torch.manual_seed(0)
    x, grad = torch.randn(2, 5, 12)
    once, twice = (ALL["norm-backward"].right(n * x, grad) for n in (1, 2))
    assert torch.allclose(twice, once / 2, atol=1e-4)
