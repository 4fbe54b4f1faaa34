"""Exercises about training: what is done with gradients."""

import torch
from torch import nn

from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig
from gpt1.model import GPT
from gpt1.plumbing.device import pick_device

# Clipping by the norm of all gradients together.


def clip(parameters, limit):
    norm = whole_norm(parameters)
    for p in parameters:
        p.grad.mul_(min(1, limit / norm))
    return norm


def whole_norm(parameters):
    return torch.cat([p.grad.flatten() for p in parameters]).norm().item()


def clipped(answer, gradients, limit):
    """What parameters, their gradients and the answer's value are after a call."""
    parameters = [nn.Parameter(torch.ones_like(g)) for g in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    norm = answer(parameters, limit)
    return {
        "the gradients": [p.grad for p in parameters],
        "the norm": norm,
        "the weights": [p.detach() for p in parameters],
    }


def steep():
    dice = torch.Generator().manual_seed(4)
    pair = [torch.tensor([3.0]), torch.tensor([4.0])]
    uneven = [torch.tensor([6.0, 8.0]), torch.tensor([0.3])]
    sizes = {(3, 2): 1, (4,): 10, (2, 3): 0.1}
    three = [size * torch.randn(s, generator=dice) for s, size in sizes.items()]
    return [
        ("two gradients, [3] and [4], and a limit of 1:", (pair, 1.0)),
        ("two gradients, [3] and [4], and a limit of 9:", (pair, 9.0)),
        ("gradients [6, 8] and [0.3], and a limit of 2:", (uneven, 2.0)),
        ("three gradients and a limit of 0.25:", (three, 0.25)),
    ]


def ratio(limit, norm):
    return min(1, limit / norm)


def rescaled(factor, told):
    """Gradients times a factor of their own; what is told comes before or after."""

    def answer(parameters, limit):
        before = told(parameters)
        for p in parameters:
            p.grad = p.grad * factor(p.grad, limit)
        return before

    return answer


def by_another_norm(of):
    """Clipped by something else than the norm of all, which is then returned, too."""

    def answer(parameters, limit):
        norm = float(of([p.grad for p in parameters]))
        return rescaled(lambda _, limit: ratio(limit, norm), lambda _: norm)(
            parameters, limit
        )

    return answer


def per_tensor(told):
    return rescaled(lambda g, limit: ratio(limit, g.norm()), told)


def norms(parameters):
    return [p.grad.norm() for p in parameters]


def by_one_factor(factor):
    """All gradients times a factor of their norm and the limit."""

    def answer(parameters, limit):
        norm = whole_norm(parameters)
        return rescaled(lambda _, limit: factor(limit, norm), lambda _: norm)(
            parameters, limit
        )

    return answer


def measured_again(parameters, limit):
    for p in parameters:
        norm = whole_norm(parameters)
        p.grad = p.grad * ratio(limit, norm)
    return norm


def by_weights(parameters, limit):
    norm = torch.cat([p.detach().flatten() for p in parameters]).norm().item()
    return rescaled(lambda _, limit: ratio(limit, norm), lambda _: norm)(
        parameters, limit
    )


def always(parameters, limit):
    norm = whole_norm(parameters)
    return rescaled(lambda _, limit: limit / norm, lambda _: norm)(parameters, limit)


def norm_after(parameters, limit):
    clip(parameters, limit)
    return whole_norm(parameters)


def weights_too(parameters, limit):
    norm = whole_norm(parameters)
    for p in parameters:
        p.data = p.data * ratio(limit, norm)
    return norm


PER_TENSOR = (
    "you clipped each tensor, not the global norm: that turns the gradient into "
    "another direction"
)
UPSIDE_DOWN = "the factor is upside down: it is limit / norm, and at most 1"
UNCHANGED = "the gradients are what they were: the product has to go back into .grad"
BEFORE = "the gradients are right; return the norm that they had before the clipping"

CLIP = Exercise(
    name="clip-gradients",
    verified="one factor for all gradients, short ones untouched, the norm from before",
    cases=steep,
    right=clip,
    observe=clipped,
    mistakes=(
        Mistake(PER_TENSOR, per_tensor(whole_norm)),
        Mistake(PER_TENSOR, per_tensor(lambda parameters: None)),
        Mistake(PER_TENSOR, per_tensor(norms)),
        Mistake(PER_TENSOR, per_tensor(lambda parameters: norms(parameters)[-1])),
        Mistake(PER_TENSOR, per_tensor(lambda parameters: sum(norms(parameters)))),
        Mistake(
            "you clipped each number by itself, which changes the direction; all of "
            "them share one factor",
            rescaled(lambda g, limit: g.clamp(-limit, limit) / g, whole_norm),
        ),
        Mistake(
            "a gradient shorter than the limit stays as it is; you made it longer",
            always,
        ),
        Mistake(
            "you added up the norms of the tensors; the norm of all is the root of the "
            "sum of squares",
            by_another_norm(lambda gradients: sum(g.norm() for g in gradients)),
        ),
        Mistake(
            "the root is missing: this is the square of the norm",
            by_another_norm(lambda gradients: sum((g**2).sum() for g in gradients)),
        ),
        Mistake(
            "the squares are missing: you added up the sizes of the numbers",
            by_another_norm(lambda gradients: sum(g.abs().sum() for g in gradients)),
        ),
        Mistake(
            "you took the largest norm of a tensor for the norm of all together",
            by_another_norm(lambda gradients: max(g.norm() for g in gradients)),
        ),
        Mistake(
            "you took the norm of the last tensor for the norm of all together",
            by_another_norm(lambda gradients: gradients[-1].norm()),
        ),
        Mistake(UPSIDE_DOWN, by_one_factor(lambda limit, norm: norm / limit)),
        Mistake(UPSIDE_DOWN, by_one_factor(lambda limit, norm: max(1, norm / limit))),
        Mistake(
            "the factor is at most 1: the smaller of 1 and limit / norm, not the "
            "larger",
            by_one_factor(lambda limit, norm: max(1, limit / norm)),
        ),
        Mistake(
            "the limit is missing in the factor: a long gradient ends at a norm of 1",
            by_one_factor(lambda limit, norm: 1 / norm if norm > limit else 1),
        ),
        Mistake(
            "the norm is measured again for each tensor, when some are shortened "
            "already; measure it once, before the first",
            measured_again,
        ),
        Mistake(
            "this is the norm of the weights; asked is that of their gradients, in "
            ".grad",
            by_weights,
        ),
        Mistake(BEFORE, norm_after),
        Mistake(
            BEFORE, lambda parameters, limit: None if clip(parameters, limit) else 0
        ),
        Mistake(UNCHANGED, lambda parameters, limit: whole_norm(parameters)),
        Mistake(UNCHANGED, lambda parameters, limit: None),
        Mistake(
            "you changed the weights; clipping changes their gradients", weights_too
        ),
    ),
)


# How far a batch's gradient is from the gradient of all.


def gradient(model, batch):
    model.zero_grad()
    model.loss(*batch).backward()
    return flat(model)


def flat(model):
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def joined(batches):
    """All batches as one."""
    return [torch.cat(part) for part in zip(*batches, strict=True)]


def estimate_error(model, batches):
    whole = gradient(model, joined(batches))
    return mean_error([gradient(model, batch) for batch in batches], whole)


def mean_error(gradients, whole, of=torch.norm):
    return mean([of(g - whole) / of(whole) for g in gradients])


def mean(numbers):
    return (sum(numbers) / len(numbers)).item()


def sampled():
    device = pick_device()
    config = GPTConfig.tiny(
        vocab_size=7, context=5, layers=1, width=8, heads=2, init_std=0.2
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        model = GPT(config).to(device)
        windows = [torch.randint(7, (2, 12, 5)).to(device) for _ in range(2)]
    cut = [
        list(zip(*(part.split(size) for part in pair), strict=True))
        for pair, size in zip(windows, (6, 3), strict=True)
    ]
    return [
        ("a small model and 2 batches of 6 windows:", (model, cut[0])),
        ("a small model and 4 batches of 3 windows:", (model, cut[1])),
    ]


def without_noise(answer, model, batches):
    """The answer, 0 where it is a rounding error."""
    error = answer(model, batches)
    if isinstance(error, torch.Tensor) and error.numel() == 1:
        error = error.item()
    return 0.0 if isinstance(error, float) and abs(error) < 1e-5 else error


def without_zeroing(whole_first):
    """Gradients that are added to those from before."""

    def answer(model, batches):
        model.zero_grad()
        found = []
        every = [joined(batches), *batches]
        for batch in every if whole_first else [*every[1:], every[0]]:
            model.loss(*batch).backward()
            found.append(flat(model))
        whole = found.pop(0 if whole_first else -1)
        return mean_error(found, whole)

    return answer


def without_zeroing_batches(model, batches):
    found = []
    for batch in batches:
        model.loss(*batch).backward()
        found.append(flat(model))
    return mean_error(found, gradient(model, joined(batches)))


def errors(of):
    """A number for all batches, from their gradients and the whole's."""

    def answer(model, batches):
        whole = gradient(model, joined(batches))
        return of(torch.stack([gradient(model, batch) for batch in batches]), whole)

    return answer


def tensor_by_tensor(model, batches):
    sizes = [p.numel() for p in model.parameters()]
    whole = gradient(model, joined(batches))
    found = []
    for batch in batches:
        pairs = zip(
            gradient(model, batch).split(sizes), whole.split(sizes), strict=True
        )
        found.append(mean([(g - w).norm() / w.norm() for g, w in pairs]))
    return sum(found) / len(found)


FIRST = (
    "gradients of earlier batches are still in .grad: backward adds to what is there"
)

ESTIMATE_ERROR = Exercise(
    name="estimate-error",
    verified="the mean distance of a batch's gradient from that of all, in its lengths",
    cases=sampled,
    right=estimate_error,
    observe=without_noise,
    tolerance=1e-3,
    mistakes=(
        Mistake(FIRST, without_zeroing(True)),
        Mistake(FIRST, without_zeroing(False)),
        Mistake(FIRST, without_zeroing_batches),
        Mistake(
            "this is 0: you averaged the differences before their norm, where they "
            "cancel, or all batches share one .grad, kept without `.clone()`",
            errors(lambda g, whole: ((g - whole).mean(0).norm() / whole.norm()).item()),
        ),
        Mistake(
            "you divided by the norm of the batch's own gradient; the unit is that of "
            "all batches together",
            errors(
                lambda g, whole: mean([(one - whole).norm() / one.norm() for one in g])
            ),
        ),
        Mistake(
            "this is in the gradient's own units: divide by the norm of the whole",
            errors(lambda g, whole: (g - whole).norm(dim=1).mean().item()),
        ),
        Mistake(
            "this is the sum over the batches; their mean is asked for",
            errors(lambda g, whole: len(g) * mean_error(g, whole)),
        ),
        Mistake(
            "your whole is the sum of the batches' gradients; that of the mean loss "
            "over all windows is their mean",
            errors(lambda g, whole: mean_error(g, g.sum(0))),
        ),
        Mistake(
            "this is the root of the mean square; asked is the mean of the norms",
            errors(
                lambda g, whole: (
                    (g - whole).norm(dim=1).square().mean().sqrt() / whole.norm()
                ).item()
            ),
        ),
        Mistake(
            "these are squares: take the root of each distance before the mean",
            errors(
                lambda g, whole: mean_error(g, whole, lambda vector: (vector**2).sum())
            ),
        ),
        Mistake(
            "you measured each tensor by itself; the norm is that of all parameters as "
            "one vector",
            tensor_by_tensor,
        ),
        Mistake(
            "this compares lengths; gradients of one length can point anywhere: take "
            "the norm of their difference",
            errors(
                lambda g, whole: mean(
                    [(one.norm() - whole.norm()).abs() / whole.norm() for one in g]
                )
            ),
        ),
        Mistake(
            "this is the error of the first batch; average over all",
            errors(lambda g, whole: mean_error(g[:1], whole)),
        ),
    ),
)


# The gradient of two processes together.


def combined(gradients, counts):
    return weighted(gradients, [count / sum(counts) for count in counts])


def weighted(gradients, shares):
    return [
        sum(share * g for share, g in zip(shares, both, strict=True))
        for both in zip(*gradients, strict=True)
    ]


def two_processes():
    def case(counts, *shapes):
        dice = torch.Generator().manual_seed(len(shapes))
        both = [[torch.randn(s, generator=dice) for s in shapes] for _ in counts]
        return both, counts

    simple = [[torch.tensor([2.0])], [torch.tensor([6.0])]], [3, 1]
    return [
        ("gradients [2] and [6], of 3 targets and of 1:", simple),
        ("one tensor each, of 10 targets and of 30:", case([10, 30], (3,))),
        (
            "three tensors each, of 7 targets and of 2:",
            case([7, 2], (2, 3), (3,), (1, 4)),
        ),
    ]


COMBINED = Exercise(
    name="combined-gradients",
    verified="equal to the gradient of all windows in one process",
    cases=two_processes,
    right=combined,
    mistakes=(
        Mistake(
            "a mean of means: a process with more targets counts for more",
            lambda gradients, counts: weighted(gradients, [0.5, 0.5]),
        ),
        Mistake(
            "you added up the gradients of two means; that is no mean any more",
            lambda gradients, counts: weighted(gradients, [1, 1]),
        ),
        Mistake(
            "divide by the number of all targets: this is the gradient of the sum of "
            "the losses, not of their mean",
            lambda gradients, counts: weighted(gradients, counts),
        ),
        Mistake(
            "the shares are exchanged: each process has that of the other",
            lambda gradients, counts: weighted(
                gradients, [count / sum(counts) for count in reversed(counts)]
            ),
        ),
        Mistake(
            "after the shares you divided by the number of processes once more",
            lambda gradients, counts: weighted(
                gradients, [count / sum(counts) / 2 for count in counts]
            ),
        ),
        Mistake(
            "you divided each gradient by its own targets: it is a mean already",
            lambda gradients, counts: weighted(
                gradients, [1 / count for count in counts]
            ),
        ),
        Mistake(
            "this is one long vector; give a list with a tensor for each parameter",
            lambda gradients, counts: torch.cat(
                [tensor.flatten() for tensor in combined(gradients, counts)]
            ),
        ),
        Mistake(
            "there is one list for each process; their tensors are to be added",
            lambda gradients, counts: [
                [count / sum(counts) * g for g in own]
                for own, count in zip(gradients, counts, strict=True)
            ],
        ),
    ),
)
