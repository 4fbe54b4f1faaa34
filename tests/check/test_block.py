"""Exercises about the block: other ways to be right, and what wrong ones are told."""

import statistics

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import Block, GPTConfig, MultiHeadAttention
from gpt1.check import judge
from gpt1.check.block import AS_TORCH, BRANCH_NORM, LAYER_NORM, NORM_BACKWARD, RMS_NORM


def assert_right(exercise, answer):
    assert judge(exercise, answer) == f"right. Verified: {exercise.verified}."


# LayerNorm of a list.


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
def test_layer_norm_may_be_written_in_other_ways(answer):
    assert_right(LAYER_NORM, answer)


def by_sample_variance(x, gain, bias, eps=1e-5):
    middle, spread = statistics.mean(x), (statistics.variance(x) + eps) ** 0.5
    return [
        g * (n - middle) / spread + b for n, g, b in zip(x, gain, bias, strict=True)
    ]


def by_deviation(x, gain, bias, eps=1e-5):
    middle, spread = statistics.mean(x), statistics.pstdev(x) + eps
    return [
        g * (n - middle) / spread + b for n, g, b in zip(x, gain, bias, strict=True)
    ]


def without_root(x, gain, bias, eps=1e-5):
    middle, spread = statistics.mean(x), statistics.pvariance(x) + eps
    return [
        g * (n - middle) / spread + b for n, g, b in zip(x, gain, bias, strict=True)
    ]


def with_its_own_epsilon(x, gain, bias, eps=1e-5):
    return by_torch(x, gain, bias)


def by_std(x, gain, bias, eps=1e-5):
    x, gain, bias = (torch.tensor(numbers) for numbers in (x, gain, bias))
    return gain * (x - x.mean()) / (x.std() + eps) + bias


def by_std_alone(x, gain, bias, eps=1e-5):
    return by_std(x, gain, bias, eps=0)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (by_sample_variance, "your variance is the unbiased one"),
        (
            by_std,
            "two slips: your deviation is the unbiased one, it divides by d - 1, ",
        ),
        (by_std, "and epsilon is added to it"),
        (by_std_alone, "and eps is not used"),
        (by_deviation, "epsilon is added to the root"),
        (without_root, "by the variance, not by its root"),
        (with_its_own_epsilon, "must change with eps"),
    ],
)
def test_layer_norm_names_the_mistake(answer, told):
    assert told in judge(LAYER_NORM, answer)


def test_layer_norm_shows_an_unknown_mistake():
    said = judge(LAYER_NORM, lambda x, gain, bias, eps=1e-5: x)
    assert "expected [-1, -0.3333, -0.3333, 1.667]" in said
    assert "got [2, 4, 4, 10]" in said


# RMSNorm.


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
def test_rms_norm_may_be_written_in_other_ways(answer):
    assert_right(RMS_NORM, answer)


def from_the_mean(x, gain, eps=1e-5):
    x = x - x.mean(-1, keepdim=True)
    return gain * x / (x.pow(2).mean(-1, keepdim=True) + eps) ** 0.5


def over_all(x, gain, eps=1e-5):
    return gain * x / torch.sqrt((x * x).mean() + eps)


def as_a_length(x, gain, eps=1e-5):
    return gain * F.normalize(x, dim=-1)


def length_with_eps(x, gain, eps=1e-5):
    return gain * x / torch.sqrt((x**2).sum(dim=-1, keepdim=True) + eps)


def plus_eps(x, gain, eps=1e-5):
    return gain * (x / (x.norm(dim=-1, keepdim=True) / x.size(-1) ** 0.5 + eps))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (from_the_mean, "this is LayerNorm"),
        (over_all, "for the whole tensor"),
        (length_with_eps, "by the length of the vector"),
        (plus_eps, "added to the root"),
    ],
)
def test_rms_norm_names_the_mistake(answer, told):
    assert told in judge(RMS_NORM, answer)


def test_rms_norm_shows_an_unknown_mistake():
    said = judge(RMS_NORM, as_a_length)
    assert "x [[3, 4]]" in said
    assert "expected [[0.8485, 1.131]], got [[0.6, 0.8]]" in said


def test_a_forgotten_keepdim_is_told_with_its_line():
    def rms_norm(x, gain, eps=1e-5):
        return gain * x / torch.sqrt(x.square().mean(-1) + eps)

    assert "stopped in rms_norm, at `return gain * x / torch" in judge(
        RMS_NORM, rms_norm
    )


def test_rms_norm_is_layer_norm_where_the_mean_is_zero():
    torch.manual_seed(0)
    x = torch.randn(5, 12) + 2
    centred, gain = x - x.mean(-1, keepdim=True), torch.randn(12)
    want = F.layer_norm(centred, (12,), gain)
    assert torch.allclose(RMS_NORM.right(centred, gain), want, atol=1e-5)
    assert not torch.allclose(RMS_NORM.right(x, gain), F.layer_norm(x, (12,), gain))


# The block in torch.nn.


def tanh_gelu(x):
    return x / 2 * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))


def by_state(block, bend=tanh_gelu, heads=None, skipped=(), options=()):
    """As someone might write it who works with the dictionary of the layer's state."""
    width = block.attention.projection.in_features
    layer = nn.TransformerEncoderLayer(
        width,
        heads or block.attention.heads,
        dim_feedforward=block.feed_forward.expand.out_features,
        dropout=0.0,
        activation=bend,
        **{"batch_first": True, **dict(options)},
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


def in_doubles(block):
    class Cast(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = by_state(block).double()

        def forward(self, x, src_mask):
            return self.layer(x.double(), src_mask=src_mask)

    return Cast().eval()


@pytest.mark.parametrize("answer", [by_state, in_doubles])
def test_the_layer_may_be_made_in_other_ways(answer):
    assert_right(AS_TORCH, answer)


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ({"bend": F.gelu}, "exact GELU"),
        ({"bend": nn.GELU()}, "exact GELU"),
        ({"heads": 12}, "heads are 12"),
        ({"options": [("norm_first", True)]}, "normalises first"),
        ({"options": [("batch_first", False)]}, "same place in other sentences"),
        ({"skipped": ["self_attn.in_proj_bias"]}, "still 0"),
    ],
)
def test_the_layer_names_the_mistake(slip, told):
    assert told in judge(AS_TORCH, lambda block: by_state(block, **slip))


def test_a_layer_that_shares_weights_with_the_block_is_told():
    def answer(block):
        layer = by_state(block)
        layer.norm2.weight = block.feed_forward_norm.weight
        return layer

    assert "shares weights with the block" in judge(AS_TORCH, answer)


def test_a_module_for_the_activation_is_told_that_pytorch_misreads_it():
    torch.manual_seed(0)
    block, x = Block(GPTConfig(width=8, heads=2)).eval(), torch.randn(1, 1, 8)
    layer = by_state(block, nn.GELU("tanh"))
    layer.linear1.bias.data.fill_(-1.0)
    with torch.no_grad():
        misread = not torch.allclose(layer(x), by_state(block, tanh_gelu)(x), 1e-7)
    told = "counts as the exact one" if misread else "right."
    assert told in judge(AS_TORCH, lambda block: by_state(block, nn.GELU("tanh")))


def test_a_layer_in_training_mode_is_told():
    def answer(block):
        layer = by_state(block)
        layer.dropout.p = layer.dropout1.p = layer.dropout2.p = 0.1
        return layer.train()

    assert "training mode" in judge(AS_TORCH, answer)


def test_the_layer_shows_an_unknown_mistake():
    said = judge(AS_TORCH, lambda block: by_state(block, skipped=["linear2.bias"]))
    assert "width 24, 4 heads, 3 texts of 3 tokens" in said
    assert "'its output': expected" in said


# A norm at the end of each branch.


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
        ours = Block(config)
        self.attention = MultiHeadAttention(config)
        self.attention_norm = nn.LayerNorm(config.width)
        self.feed_forward = ours.feed_forward
        self.feed_forward_norm = nn.LayerNorm(config.width)

    def forward(self, x, cache=None):
        x = self.attention_norm(self.attention(x, cache)) + x
        return self.feed_forward_norm(self.feed_forward(x)) + x


@pytest.mark.parametrize("answer", [Written, Positional, OfTheChapter])
def test_the_block_may_be_written_in_other_ways(answer):
    assert_right(BRANCH_NORM, answer)


class PostNorm(Block):
    def forward(self, x, cache=None):
        n = self.attention_norm(x + self.attention(x, cache))
        return self.feed_forward_norm(n + self.feed_forward(n))


class PreNorm(Block):
    def forward(self, x, cache=None):
        x = self.attention(self.attention_norm(x), cache) + x
        return self.feed_forward(self.feed_forward_norm(x)) + x


class Forgets(Block):
    def forward(self, x, cache=None):
        n = x + self.attention_norm(self.attention(x))
        return n + self.feed_forward_norm(self.feed_forward(n))


class ReadsX(Block):
    def forward(self, x, cache=None):
        n = x + self.attention_norm(self.attention(x, cache))
        return n + self.feed_forward_norm(self.feed_forward(x))


class SumsInPlace(Block):
    def forward(self, x, cache=None):
        x += self.attention_norm(self.attention(x, cache))
        x += self.feed_forward_norm(self.feed_forward(x))
        return x


class DropsTheStream(Block):
    def forward(self, x, cache=None):
        n = x + self.attention_norm(self.attention(x, cache))
        n = self.feed_forward_norm(self.feed_forward(n))
        return n


class AddsToX(Block):
    def forward(self, x, cache=None):
        n = x + self.attention_norm(self.attention(x, cache))
        return x + self.feed_forward_norm(self.feed_forward(n))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (PostNorm, "GPT-1's block"),
        (PreNorm, "this is pre-norm"),
        (Forgets, "not handed the cache"),
        (ReadsX, "reads what came into the block"),
        (AddsToX, "what attention added is lost"),
        (SumsInPlace, "+= changes the x that came in"),
        (DropsTheStream, "feed-forward layer's branch replaces the stream"),
    ],
)
def test_the_block_names_the_mistake(answer, told):
    assert told in judge(BRANCH_NORM, answer)


def test_a_block_changed_in_place_cannot_be_trained():
    torch.manual_seed(0)
    block = SumsInPlace(GPTConfig(width=8, heads=2))
    with pytest.raises(RuntimeError, match="inplace"):
        block(torch.randn(1, 4, 8).requires_grad_() * 1).sum().backward()


def test_a_block_that_returns_nothing_is_shown():
    class Nothing(Block):
        def forward(self, x, cache=None):
            self.attention(x, cache)

    assert judge(BRANCH_NORM, Nothing).endswith("got None")


def test_the_block_shows_an_unknown_mistake():
    class Answer(Block):
        def forward(self, x, cache=None):
            x = x + self.attention(x, cache)
            return x + self.feed_forward(x)

    said = judge(BRANCH_NORM, Answer)
    assert "width 8 and x of shape (1, 4, 8)" in said
    assert "at 'all at once': expected" in said


# Back through LayerNorm.


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
def test_the_way_back_may_be_written_in_other_ways(answer):
    assert_right(NORM_BACKWARD, answer)


def only_divided(x, grad, eps=1e-5):
    return grad / torch.sqrt(x.var(-1, keepdim=True, unbiased=False) + eps)


def only_centred(x, grad, eps=1e-5):
    grad = grad - grad.mean(-1, keepdim=True)
    return grad / torch.sqrt(x.var(-1, keepdim=True, unbiased=False) + eps)


def default_variance(x, grad, eps=1e-5):
    s = (x.var(-1, keepdim=True) + eps) ** 0.5
    y = (x - x.mean(-1, keepdim=True)) / s
    grad = grad - grad.mean(-1, keepdim=True) - y * (y * grad).mean(-1, keepdim=True)
    return grad / s


def not_divided(x, grad, eps=1e-5):
    y = F.layer_norm(x, x.shape[-1:], eps=eps)
    return grad - grad.mean(-1, keepdim=True) - y * (y * grad).mean(-1, keepdim=True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (only_divided, "taken as constants"),
        (only_centred, "part along y is still in it"),
        (default_variance, "unbiased"),
        (not_divided, "before the division"),
    ],
)
def test_the_way_back_names_the_mistake(answer, told):
    assert told in judge(NORM_BACKWARD, answer)


def test_the_way_back_shows_an_unknown_mistake():
    said = judge(NORM_BACKWARD, lambda x, grad, eps=1e-5: grad)
    assert "x and grad of shape (1, 3):\nexpected [[" in said


def test_the_gradient_halves_when_the_input_doubles():
    torch.manual_seed(0)
    x, grad = torch.randn(2, 5, 12)
    once, twice = (NORM_BACKWARD.right(n * x, grad) for n in (1, 2))
    assert torch.allclose(twice, once / 2, atol=1e-4)


def test_checks_of_the_block_do_not_touch_what_a_reader_has():
    torch.manual_seed(5)
    block = Block(GPTConfig(width=8, heads=2))
    before = {name: value.clone() for name, value in block.state_dict().items()}
    judge(AS_TORCH, lambda _: by_state(block))
    after = block.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
