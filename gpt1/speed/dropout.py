"""Dropout that is fast on a CPU: the same distribution, from fewer random numbers.

    >>> with fast_dropout():
    ...     loss = model.loss(ids, targets)

PyTorch draws one random number for each value that may be dropped, in one thread, and
its attention with dropout makes the whole (time, time) matrix, upper half and all. Here
one 64-bit random number serves four values, and attention goes by blocks of queries
that never look at later keys.

A rate is rounded to a multiple of 1/65536 and what is kept is divided by exactly the
share that is kept, so the mean is right. The numbers come from PyTorch's global
generator: `torch.manual_seed` and `torch.set_rng_state` repeat them.
"""

import math

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

LEVELS = 2**16
"""A value is dropped if 16 random bits, as a number, are below rate * LEVELS."""

QUERIES = 64
"""Queries in one block of `attention`."""


class fast_dropout(TorchFunctionMode):  # noqa: N801  (used like a function)
    """A context in which dropout on a CPU is computed by this file.

    It stands in for `F.dropout` and `F.scaled_dot_product_attention` where they drop
    values of CPU tensors. Everything else stays PyTorch's, and so does all of it in a
    compiled function. What was computed inside may be differentiated outside.
    """

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Called by PyTorch in place of each function that takes a tensor."""
        kwargs = kwargs or {}
        other = OTHERS.get(function)
        if other and not torch.compiler.is_compiling():
            return other(*args, **kwargs)
        return function(*args, **kwargs)


def dropout(input, p=0.5, training=True, inplace=False):
    """`F.dropout`, faster where the tensor is on a CPU."""
    if not (training and possible(input, p)) or inplace:
        return F.dropout(input, p, training, inplace)
    return _Dropout.apply(input, p)


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, **options
):
    """`F.scaled_dot_product_attention`, faster where it is causal and drops weights."""
    alike = query.dim() == 4 and query.shape == key.shape == value.shape
    causal = is_causal and attn_mask is None and not options
    if not (alike and causal and possible(query, dropout_p)):
        return F.scaled_dot_product_attention(
            query, key, value, attn_mask, dropout_p, is_causal, **options
        )
    return _Attention.apply(query, key, value, dropout_p)


OTHERS = {F.dropout: dropout}
OTHERS[F.scaled_dot_product_attention] = scaled_dot_product_attention
"""What stands in for what."""


def possible(tensor, rate):
    """Whether `tensor` can be dropped at this rate by the functions below."""
    fits = 0 < round(rate * LEVELS) < LEVELS
    return fits and tensor.device.type == "cpu" and tensor.is_floating_point()


def random_bits(*shape):
    """Random 16-bit integers of PyTorch's global generator, all values alike."""
    count = math.prod(shape)
    words = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None)
    return words.view(torch.int16)[:count].view(shape)


def mask(bits, rate, dtype):
    """1 where a value is kept, 0 where it is dropped: a comparison for each value."""
    kept = torch.empty(bits.shape, dtype=dtype)
    return torch.ge(bits, round(rate * LEVELS) - LEVELS // 2, out=kept)


def scale(rate):
    """What a kept value is multiplied by: 1 / (1 - rate), of the rounded rate."""
    return LEVELS / (LEVELS - round(rate * LEVELS))


class _Dropout(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, rate):
        bits = random_bits(*x.shape)
        ctx.save_for_backward(bits)
        ctx.rate = rate
        return mask(bits, rate, x.dtype).mul_(x).mul_(scale(rate))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, slope):
        (bits,) = ctx.saved_tensors
        kept = mask(bits, ctx.rate, slope.dtype)
        return kept.mul_(slope).mul_(scale(ctx.rate)), None


class _Attention(torch.autograd.Function):
    """Causal attention with dropout on its weights, a block of queries at a time.

    Nothing of size (time, time) is kept for the backward pass but the random bits: the
    weights are computed again, which costs less than reading them back.
    """

    @staticmethod
    @torch.autocast("cpu", enabled=False)
    def forward(ctx, query, key, value, rate):
        q, k, v = _joined(query, key, value)  # each (all_heads, time, head_size)
        mixed, drawn = torch.empty_like(v), []
        for start, stop in _blocks(q.size(1)):
            weights = _weights(q, k, start, stop)  # (all_heads, stop - start, stop)
            bits = random_bits(*weights.shape)
            weights.mul_(mask(bits, rate, weights.dtype))
            mixed[:, start:stop] = weights @ v[:, :stop]
            drawn.append(bits)
        ctx.save_for_backward(query, key, value, *drawn)
        ctx.rate = rate
        return mixed.mul_(scale(rate)).view(query.shape).to(query.dtype)

    @staticmethod
    @torch.autograd.function.once_differentiable
    @torch.autocast("cpu", enabled=False)
    def backward(ctx, slope):
        query, key, value, *drawn = ctx.saved_tensors
        q, k, v = _joined(query, key, value)  # each (all_heads, time, head_size)
        slope = slope.to(q.dtype).mul(scale(ctx.rate)).flatten(0, 1)
        to_q, to_k, to_v = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for (start, stop), bits in zip(_blocks(q.size(1)), drawn, strict=True):
            weights = _weights(q, k, start, stop)  # (all_heads, stop - start, stop)
            kept = mask(bits, ctx.rate, weights.dtype)
            given = slope[:, start:stop]  # (all_heads, stop - start, head_size)
            to_weights = (given @ v[:, :stop].transpose(1, 2)).mul_(kept)
            to_v[:, :stop].baddbmm_(kept.mul_(weights).transpose(1, 2), given)
            to_scores = torch._softmax_backward_data(
                to_weights, weights, -1, weights.dtype
            )  # (all_heads, stop - start, stop)
            to_q[:, start:stop] = to_scores @ k[:, :stop]
            to_k[:, :stop].baddbmm_(to_scores.transpose(1, 2), q[:, start:stop])
        to_q.mul_(_shrink(query))
        slopes = (x.view(query.shape).to(query.dtype) for x in (to_q, to_k, to_v))
        return *slopes, None


def _joined(query, key, value):
    """All heads of all texts as one axis, in float32 or wider; queries over √head_size.

    Args:
        query, key, value: each (batch, heads, time, head_size).
    """
    kind = torch.promote_types(query.dtype, torch.float32)
    query = query.to(kind) * _shrink(query)
    return [x.to(kind).flatten(0, 1) for x in (query, key, value)]


def _shrink(query):
    return 1 / math.sqrt(query.size(-1))


def _blocks(time):
    """Where each block of queries starts and stops."""
    return [(i, min(i + QUERIES, time)) for i in range(0, time, QUERIES)]


def _weights(q, k, start, stop):
    """Attention weights of a block: softmax over the keys up to each query."""
    scores = q[:, start:stop] @ k[:, :stop].transpose(1, 2)
    later = torch.ones(stop - start, stop - start, dtype=torch.bool).triu(1)
    scores[:, :, start:].masked_fill_(later, float("-inf"))
    return scores.softmax(dim=-1)  # (all_heads, stop - start, stop)
