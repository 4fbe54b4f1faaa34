"""Exercises about the norms of the block."""

import torch
from torch.nn import functional as F

from gpt1.check.exercise import Exercise, Mistake

# LayerNorm, from its formula.


def variant(correction=0, centred=True, outside=False, root=True, uses_eps=True):
    """LayerNorm of a list of numbers, with a slip."""

    def answer(x, gain, bias, eps=1e-5):
        x, gain, bias = (torch.tensor(v, dtype=torch.double) for v in (x, gain, bias))
        inside, after = (0, eps) if outside else (eps if uses_eps else 0, 0)
        size = x.var(correction=correction) + inside
        size = (size.sqrt() if root else size) + after
        return gain * (x - x.mean() * centred) / size + bias

    return answer


def summed(x, gain, bias, eps=1e-5):
    gap = torch.tensor(x) - sum(x) / len(x)
    spread = (gap.square().sum() + eps).sqrt()
    return torch.tensor(gain) * gap / spread + torch.tensor(bias)


def gain_last(x, gain, bias, eps=1e-5):
    nothing = [0.0] * len(x)
    plain = variant()(x, [1.0] * len(x), nothing, eps)
    return torch.tensor(gain) * (plain + torch.tensor(bias))


LAYER_NORM = Exercise(
    name="layer-norm",
    verified="gain, bias and epsilon in their places, and the variance divides by d",
    cases=lambda: [
        ([2.0, 4.0, 4.0, 10.0], [1.0] * 4, [0.0] * 4),
        ([2.0, 4.0, 4.0, 10.0], [1.0, 2.0, 3.0, 0.5], [0.0, 1.0, -1.0, 2.0]),
        ([1.0, 4.0], [1.0, 1.0], [0.0, 0.0], 0.75),
        ([-3.0, 1.5, 0.25, 8.0, -2.0], [0.5, -1.0, 2.0, 1.0, 3.0], [1.0] * 5, 0.5),
    ],
    right=variant(),
    mistakes=(
        Mistake(
            "your variance is the unbiased one, it divides by d - 1: every output is "
            "too small by the factor sqrt((d - 1) / d)",
            variant(correction=1),
        ),
        Mistake(
            "two slips: your deviation is the unbiased one, it divides by d - 1, and "
            "eps is not used",
            variant(correction=1, uses_eps=False),
        ),
        Mistake(
            "two slips: your deviation is the unbiased one, it divides by d - 1, and "
            "epsilon is added to it; it belongs under the root",
            variant(correction=1, outside=True),
        ),
        Mistake(
            "epsilon is added to the root; it belongs under it, to the variance",
            variant(outside=True),
        ),
        Mistake(
            "the result must change with eps: yours does not use the argument",
            variant(uses_eps=False),
        ),
        Mistake(
            "you divide by the variance, not by its root",
            variant(root=False),
        ),
        Mistake(
            "the mean is still in it: take it from every number before you divide",
            variant(centred=False),
        ),
        Mistake(
            "you sum the squares; the variance is their mean, so divide by d",
            summed,
        ),
        Mistake(
            "the gain multiplies the bias as well; the bias comes last",
            gain_last,
        ),
    ),
)


# RMSNorm.


def rms(mean_square=lambda x: x.square().mean(-1, keepdim=True), divide=None):
    """RMSNorm, with another mean square or another division."""

    def answer(x, gain, eps=1e-5):
        square = mean_square(x)
        scale = divide(square, eps) if divide else (square + eps).sqrt()
        return gain * x / scale

    return answer


def vectors():
    dice = torch.Generator().manual_seed(1)

    def case(*shape):
        x = 3 * torch.randn(shape, generator=dice) + 2
        return x, torch.randn(shape[-1], generator=dice)

    small = torch.tensor([[3.0, 4.0]])
    return [
        ("x [[3, 4]] and gain [1, 1]:", (small, torch.ones(2))),
        ("x [[3, 4]] and gain [1, 2]:", (small, torch.tensor([1.0, 2.0]))),
        ("x of shape (3, 5):", case(3, 5)),
        ("x of shape (3, 5) and eps=2:", (*case(3, 5), 2.0)),
        ("x of shape (2, 3, 5):", case(2, 3, 5)),
        ("x of shape (5,):", case(5)),
    ]


def layer_norm(x, gain, eps=1e-5):
    return gain * F.layer_norm(x, x.shape[-1:], eps=eps)


RMS_NORM = Exercise(
    name="rms-norm",
    verified="every vector by its own root mean square, for one, two and three axes",
    cases=vectors,
    right=rms(),
    mistakes=(
        Mistake(
            "you take the mean away first: this is LayerNorm",
            layer_norm,
        ),
        Mistake(
            "you divide by the standard deviation; the root mean square measures from "
            "0, not from the mean",
            rms(lambda x: x.var(-1, correction=0, keepdim=True)),
        ),
        Mistake(
            "epsilon is added to the root; it belongs under it, to the mean square",
            rms(divide=lambda square, eps: square.sqrt() + eps),
        ),
        Mistake(
            "the result must change with eps: yours does not use the argument",
            rms(divide=lambda square, eps: square.sqrt()),
        ),
        Mistake(
            "you divide by the mean square, not by its root",
            rms(divide=lambda square, eps: square + eps),
        ),
        Mistake(
            "two slips: you divide by the mean square, not by its root, and eps is not "
            "used",
            rms(divide=lambda square, eps: square),
        ),
        Mistake(
            "you divide by the length of the vector: the squares are summed, and not "
            "divided by d",
            rms(lambda x: x.square().sum(-1, keepdim=True)),
        ),
        Mistake(
            "the mean runs over positions, axis -2; every vector has a root mean "
            "square of its own, over the last axis",
            rms(lambda x: x.square().mean(-2, keepdim=True)),
        ),
        Mistake(
            "one root mean square for the whole tensor; every vector has its own, over "
            "the last axis",
            rms(lambda x: x.square().mean()),
        ),
        Mistake(
            "the gain is not used",
            lambda x, gain, eps=1e-5: rms()(x, 1, eps),
        ),
    ),
)


# Back through LayerNorm.


def backward(mean=1, along=1, correction=0, uses_eps=True, times=torch.div):
    """The gradient of LayerNorm, with a slip."""

    def answer(x, grad, eps=1e-5):
        variance = x.var(-1, correction=correction, keepdim=True)
        spread = (variance + (eps if uses_eps else 0)).sqrt()
        y = (x - x.mean(-1, keepdim=True)) / spread
        part = (grad * y).mean(-1, keepdim=True) * y
        rest = grad - mean * grad.mean(-1, keepdim=True) - along * part
        return times(rest, spread)

    return answer


def along_x(x, grad, eps=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    spread = (x.var(-1, correction=0, keepdim=True) + eps).sqrt()
    part = (grad * centred).mean(-1, keepdim=True) * centred
    return (grad - grad.mean(-1, keepdim=True) - part) / spread


def by_sums(x, grad, eps=1e-5):
    y = F.layer_norm(x, x.shape[-1:], eps=eps)
    spread = (x.var(-1, correction=0, keepdim=True) + eps).sqrt()
    part = (grad * y).sum(-1, keepdim=True) * y
    return (grad - grad.sum(-1, keepdim=True) - part) / spread


def gradients():
    dice = torch.Generator().manual_seed(5)

    def case(*shape):
        return tuple(torch.randn(2, *shape, generator=dice) * 2)

    return [
        ("x and grad of shape (1, 3):", case(1, 3)),
        ("x and grad of shape (2, 4):", case(2, 4)),
        ("x and grad of shape (2, 4) and eps=0.5:", (*case(2, 4), 0.5)),
        ("x and grad of shape (2, 3, 7):", case(2, 3, 7)),
    ]


NORM_BACKWARD = Exercise(
    name="norm-backward",
    verified="the gradient that autograd finds, also for a large epsilon",
    cases=gradients,
    right=backward(),
    mistakes=(
        Mistake(
            "mean and variance are taken as constants: they move with x, and two "
            "parts of the gradient go with that",
            backward(mean=0, along=0),
        ),
        Mistake(
            "the part along y is still in it: the variance moves with x too",
            backward(along=0),
        ),
        Mistake(
            "the part along (1, ..., 1) is still in it: the mean moves with x too",
            backward(mean=0),
        ),
        Mistake(
            "you add what should be taken out: both parts are subtracted",
            backward(mean=-1, along=-1),
        ),
        Mistake(
            "the part along y is added; take it out",
            backward(along=-1),
        ),
        Mistake(
            "your variance is the unbiased one, it divides by d - 1",
            backward(correction=1),
        ),
        Mistake(
            "two slips: your deviation is the unbiased one, it divides by d - 1, and "
            "eps is not used",
            backward(correction=1, uses_eps=False),
        ),
        Mistake(
            "the result must change with eps: yours does not use the argument",
            backward(uses_eps=False),
        ),
        Mistake(
            "you stop before the division: the gradient is divided by the spread, as "
            "the numbers are on the way forward",
            backward(times=lambda rest, spread: rest),
        ),
        Mistake(
            "you multiply by the spread; the way back divides by it once more",
            backward(times=torch.mul),
        ),
        Mistake(
            "take out the part along the output y, not along x minus its mean: y has "
            "mean square 1, and x has not",
            along_x,
        ),
        Mistake(
            "you take out sums; what is to be taken out are means over the vector",
            by_sums,
        ),
    ),
)
