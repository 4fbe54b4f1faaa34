"""Exercises about training: its schedules, its decay, and what gradients go through."""

import math

import torch
from torch import nn

from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig
from gpt1.model import GPT
from gpt1.plumbing.device import pick_device

# The schedule of fine-tuning: up and down in straight lines.


def linear(x, w):
    return min(x / w, 1) * (1 - x)


LINEAR = Exercise(
    name="linear-schedule",
    verified="in the warm-up, at its end, after it, and 0 at both ends of the run",
    cases=lambda: [
        *[(x, 0.25) for x in (0.5, 0.125, 0.24, 0.25, 0.0, 1.0)],
        *[(x, 0.002) for x in (0.001, 0.002)],
    ],
    right=linear,
    mistakes="""
        ... -> x / w if x < w else 1 - x
        ... -> x / w if x <= w else 1 - x
            in the warm-up the factor 1 - x is missing: the fall begins with the run,
            not where the warm-up ends
        ... -> min(x / w, (1 - x) / (1 - w))
            your fall begins at 1 where the warm-up ends; asked is the one that has been
            falling since the start of the run
        ... -> min(x / w, 1 - x)
            you took the smaller of rise and fall; in the warm-up their product is asked
            for
        min(x / w, 1) -> x / w
            your rise never ends: after the warm-up its factor stays at 1
        * (1 - x) ->
            it rises and then stays: the fall is missing
        min(x / w, 1) * ->
            it falls from the start: the rise is missing
        ... -> x / w if x < w else (1 + math.cos(math.pi * (x - w) / (1 - w))) / 2
            this is a cosine; asked is a straight fall
        * (1 - x) -> / (1 - x)
            the fall is a factor: multiply by 1 - x, do not divide by it
        (1 - x) -> x
        1 - x -> 1 + x
        1 - x -> 2 - x
            your run does not end at 0: the fall is 1 - x, 0 at x = 1
        1 - x -> x - 1
        1 - x -> 0 - x
            your rates are below 0: the fall is 1 - x, from 1 down to 0
        x / w -> x
            your rise takes the whole run; it takes the share w of it, x / w
        x / w -> w
        x / w -> x * w
            a warm-up goes from 0 at x = 0 up to 1 at x = w: its factor is x / w
        x / w -> w / x
            the rise is upside down: it is x, the share of the run, by w
        x / w -> x // w
            in the warm-up your rates are 0, as if x / w were rounded down
        min -> max
            the rise is at most 1: the smaller of x / w and 1, not the larger
        , 1) -> , 0)
            your rate is always 0; only both ends of the run are at 0
    """,
)

# The updates that halve a weight.


def half_life(rate, decay):
    return math.log(0.5) / math.log1p(-rate * decay)


HALF_LIFE = Exercise(
    name="half-life",
    verified="for a fast decay, a usual one, and GPT-1's",
    cases=lambda: [(0.5, 0.8), (0.1, 0.5), (0.01, 0.1), (2.5e-4, 0.01)],
    right=half_life,
    mistakes="""
        math.log1p(-rate * decay) -> (-rate * decay)
            close for gentle decays only: you took the logarithm of 1 - rate x decay for
            - rate x decay
        ... -> 0.5 / (rate * decay)
            you took the same amount away each time; an update takes a share of what is
            left
        ... -> 1 / (rate * decay)
            this many updates leave about 37%, which is 1 / e; a half is asked for
        -rate * decay -> -decay
            the learning rate is missing: it multiplies the decay, too
        -rate * decay -> -rate
            the decay is missing: you used the learning rate alone
        0.5 -> 2
            a number of updates is positive: turn the sign
        -rate -> rate
        -rate -> rate
        and 0.5 -> 2
            each update multiplies the weight by 1 - rate x decay; times 1 + rate x
            decay it would grow
        ... -> 1 / half_life(rate, decay)
            the ratio is upside down: the logarithm of a half, by that of what one
            update leaves
        ... -> math.ceil(half_life(rate, decay))
        ... -> math.floor(half_life(rate, decay))
        ... -> round(half_life(rate, decay))
            this is a whole number of updates; give the fraction too
        math.log1p(-rate * decay) -> torch.tensor(1 - rate * decay).log().item()
            the float32 number next to 1 - 0.0000025 is 2% off in what it takes away:
            use Python's floats, or log1p
        math.log(0.5) -> 0.5
        math.log(0.5) -> math.log(1.5)
        math.log(0.5) -> math.exp(0.5)
            a half is left in the end: its logarithm, math.log(0.5), is what is divided
        / math.log1p(-rate * decay) ->
        math.log(0.5) / ->
        / -> *
            divide the logarithm of a half by that of what one update leaves
        -rate * decay -> decay
            one update leaves 1 - rate x decay of a weight; yours leaves 1 + decay
        -rate * decay -> -rate / decay
            an update takes away the share rate x decay; you divided the two
    """,
)

# Clipping by the norm of all gradients together.


def clip(parameters, limit):
    gradients = [p.grad.flatten() for p in parameters]
    norm = torch.cat(gradients).norm().item()
    for p in parameters:
        p.grad *= min(1, limit / norm)
    return norm


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
        ("gradients [0.3] and [0.4], a limit of 0.1:", ([g / 10 for g in pair], 0.1)),
    ]


CLIP = Exercise(
    name="clip-gradients",
    verified="one factor for all gradients, short ones untouched, the norm from before",
    cases=steep,
    right=clip,
    observe=clipped,
    mistakes="""
        limit / norm -> limit / p.grad.norm()
        limit / norm -> limit / p.grad.norm()
        and return norm -> pass
        limit / norm -> limit / p.grad.norm()
        and torch.cat(gradients).norm().item() -> [g.norm() for g in gradients]
        limit / norm -> limit / p.grad.norm()
        and torch.cat(gradients) -> gradients[-1]
        limit / norm -> limit / p.grad.norm()
        and torch.cat(gradients).norm().item() -> sum(g.norm() for g in gradients)
            you clipped each tensor, not the global norm: that turns the gradient into
            another direction
        p.grad *= min(1, limit / norm) -> p.grad.clamp_(-limit, limit)
            you clipped each number by itself, which changes the direction; all of them
            share one factor
        min(1, limit / norm) -> limit / norm
            a gradient shorter than the limit stays as it is; you made it longer
        torch.cat(gradients).norm().item() -> sum(g.norm() for g in gradients)
            you added up the norms of the tensors; the norm of all is the root of the
            sum of squares
        .norm() -> .square().sum()
            the root is missing: this is the square of the norm
        .norm() -> .abs().sum()
            the squares are missing: you added up the sizes of the numbers
        torch.cat(gradients).norm().item() -> max(g.norm() for g in gradients)
            you took the largest norm of a tensor for the norm of all together
        torch.cat(gradients) -> gradients[-1]
            you took the norm of the last tensor for the norm of all together
        min(1, limit / norm) -> norm / limit
        min(1, limit / norm) -> max(1, norm / limit)
        limit / norm -> norm / limit
            the factor is upside down: it is limit / norm, and at most 1
        min -> max
            the factor is at most 1: the smaller of 1 and limit / norm, not the larger
        min(1, limit / norm) -> 1 / norm if norm > limit else 1
            the limit is missing in the factor: a long gradient ends at a norm of 1
        p.grad *= min(1, limit / norm) -> norm = torch.cat([q.grad.flatten() \
            for q in parameters]).norm(); p.grad *= min(1, limit / norm)
            the norm is measured again for each tensor, when some are shortened already;
            measure it once, before the first
        p.grad.flatten() -> p.detach().flatten()
            this is the norm of the weights; asked is that of their gradients, in .grad
        return norm -> return torch.cat(gradients).norm()
        return norm -> pass
            the gradients are right; return the norm that they had before the clipping
        p.grad *= min(1, limit / norm) -> pass
        p.grad *= min(1, limit / norm) -> pass
        and return norm -> pass
            the gradients are what they were: the product has to go back into .grad
        p.grad *= -> p.data *=
            you changed the weights; clipping changes their gradients
        limit / norm -> limit
        limit / norm -> norm
        limit / norm -> limit * norm
            the factor of a long gradient is limit / norm: then limit is its new norm
        limit / norm -> limit // norm
            a long gradient ends at 0 in yours, as if limit / norm were rounded down
        1, limit -> 0, limit
            your gradients are all 0; the factor is limit / norm, and at most 1
    """,
)

# How far a batch's gradient is from the gradient of all.


def estimate_error(model, batches):
    place = model.token_embedding.weight.device

    def slope(ids, targets):
        model.zero_grad()
        model.loss(ids.to(place), targets.to(place)).backward()
        slopes = [p.grad.flatten() for p in model.parameters()]
        return torch.cat(slopes)

    ids, targets = zip(*batches, strict=True)
    whole = slope(torch.cat(ids), torch.cat(targets))
    errors = [(slope(*batch) - whole).norm() for batch in batches]
    return (sum(errors) / len(errors) / whole.norm()).item()


def added_up(model, batches, between):
    """The gradient of all comes last, and those of the batches are left in .grad."""

    def slope(ids, targets):
        model.loss(ids, targets).backward()
        return torch.cat([p.grad.flatten() for p in model.parameters()])

    each = [slope(*batch) for batch in batches]
    between(model)
    whole = slope(*map(torch.cat, zip(*batches, strict=True)))
    return (sum((g - whole).norm() for g in each) / len(each) / whole.norm()).item()


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


ESTIMATE_ERROR = Exercise(
    name="estimate-error",
    verified="the mean distance of a batch's gradient from that of all, in its lengths",
    cases=sampled,
    right=estimate_error,
    observe=without_noise,
    tolerance=1e-3,
    mistakes="""
        model.zero_grad() -> pass
        ... -> added_up(model, batches, id)
        ... -> added_up(model, batches, GPT.zero_grad)
            gradients of earlier batches are still in .grad: backward adds to what is
            there
        ... -> 0.0
            this is 0: you averaged the differences before their norm, where they
            cancel, or all batches share one .grad, kept without `.clone()`
        whole).norm() -> whole).norm() / slope(*batch).norm()
        and / whole.norm() ->
            you divided by the norm of the batch's own gradient; the unit is that of all
            batches together
        / whole.norm() ->
            this is in the gradient's own units: divide by the norm of the whole
        / len(errors) ->
            this is the sum over the batches; their mean is asked for
        torch.cat(targets)) -> torch.cat(targets)) * len(batches)
            your whole is the sum of the batches' gradients; that of the mean loss over
            all windows is their mean
        sum(errors) / len(errors) -> (sum(e**2 for e in errors) / len(errors)).sqrt()
            this is the root of the mean square; asked is the mean of the norms
        whole).norm() -> whole).square().sum()
        and / whole.norm() -> / whole.square().sum()
            these are squares: take the root of each distance before the mean
        errors = [(slope(*batch) - whole).norm() for batch in batches] \
            -> sizes = [p.numel() for p in model.parameters()]; errors = [ \
            (part - all).norm() / all.norm() for batch in batches for part, all in \
            zip(slope(*batch).split(sizes), whole.split(sizes))]
        and / whole.norm() ->
            you measured each tensor by itself; the norm is that of all parameters as
            one vector
        (slope(*batch) - whole).norm() -> (slope(*batch).norm() - whole.norm()).abs()
            this compares lengths; gradients of one length can point anywhere: take the
            norm of their difference
        in batches] -> in batches[:1]]
            this is the error of the first batch; average over all
        torch.cat(ids), torch.cat(targets) -> torch.cat(targets), torch.cat(ids)
            in the whole, ids and targets are exchanged: the loss takes the ids first
        ids.to(place), targets.to(place) -> targets.to(place), ids.to(place)
            ids and targets are exchanged: the loss takes the ids first
        sum(errors) / len(errors) / whole -> whole
            this is the norm of the whole; the mean distance is divided by it
        (slope(*batch) - whole).norm() -> slope(*batch).norm()
            these are the lengths of the batches' gradients; how far each is from the
            whole is asked for
        slope(*batch) - whole -> slope(*batch) + whole
            two gradients are as far apart as their difference is long; you added them
        / whole -> * whole
            you multiplied by the norm of the whole; divide by it
        sum(errors) / len(errors) / whole.norm() \
            -> whole.norm() / (sum(errors) / len(errors))
            the ratio is upside down: the mean distance, by the norm of the whole
        / len(errors) -> * len(errors)
            you multiplied the sum by the number of batches; a mean divides by it
        sum(errors) / len(errors) -> len(errors) / sum(errors)
            the mean is upside down: it is the sum by the number of batches
    """,
)

# The gradient of two processes together.


def combined(gradients, counts):
    shares = [count / sum(counts) for count in counts]
    return [
        sum(s * g for s, g in zip(shares, both, strict=True))
        for both in zip(*gradients, strict=True)
    ]


def two_processes():
    def case(counts, *shapes):
        dice = torch.Generator().manual_seed(len(shapes))
        both = [[torch.randn(s, generator=dice) for s in shapes] for _ in counts]
        return both, counts

    simple = [[torch.tensor([2.0])], [torch.tensor([6.0])]], [3, 1]
    three = case([7, 2], (2, 3), (3,), (1, 4))
    return [
        ("gradients [2] and [6], of 3 targets and of 1:", simple),
        ("one tensor each, of 10 targets and of 30:", case([10, 30], (3,))),
        ("three tensors each, of 7 targets and of 2:", three),
    ]


COMBINED = Exercise(
    name="combined-gradients",
    verified="equal to the gradient of all windows in one process",
    cases=two_processes,
    right=combined,
    mistakes="""
        count / sum(counts) -> 0.5
            a mean of means: a process with more targets counts for more
        count / sum(counts) -> 1
            you added up the gradients of two means; that is no mean any more
        count / sum(counts) -> count
            divide by the number of all targets: this is the gradient of the sum of the
            losses, not of their mean
        in counts] -> in reversed(counts)]
            the shares are exchanged: each process has that of the other
        count / sum(counts) -> count / sum(counts) / 2
            after the shares you divided by the number of processes once more
        count / sum(counts) -> 1 / count
            you divided each gradient by its own targets: it is a mean already
        ... -> torch.cat([tensor.flatten() for tensor in combined(gradients, counts)])
            this is one long vector; give a list with a tensor for each parameter
        ... -> [[count / sum(counts) * g for g in own] \
            for own, count in zip(gradients, counts)]
            there is one list for each process; their tensors are to be added
        count / sum(counts) -> sum(counts)
        count / sum(counts) -> count * sum(counts)
        count / sum(counts) -> sum(counts) / count
            the factors of a mean add up to 1: a share is a count by the sum of all
        count / sum(counts) -> count // sum(counts)
            your gradients are all 0, as if each share were rounded down
        sum(s * g -> sum(s
            these are the sums of the shares; each share multiplies a gradient
        s * g -> s / g
            you divided the shares by the gradients; a gradient is multiplied by its
            share
    """,
)

# The schedule that decides late when to end.


def trapezoid(step, total, warmup, cooldown):
    rise = (step + 1) / warmup
    return min(rise, 1, (total - step) / cooldown)


LONG = (0, 39, 40, 100, 300, 301, 350, 398, 399, 400)

TRAPEZOID = Exercise(
    name="trapezoid",
    verified="at every corner: the first update, both ends of the top, and the last",
    cases=lambda: (
        [(step, 10, 3, 4) for step in range(11)]
        + [(step, 400, 40, 100) for step in LONG]
    ),
    right=trapezoid,
    mistakes="""
        step + 1 -> step
            the first update has a rate of 0 and moves nothing: `step` counts the
            updates done
        total - step -> total - step - 1
            the fall is one step early: step total - cooldown is the last at 1, and step
            total the first at 0
        total - step -> total - step + 1
            the fall is one step late: step total - cooldown is the last at 1
        , (total - step) / cooldown ->
            the rate never falls: the cooldown is missing
        / cooldown -> / (total - warmup)
            your fall begins right after the warm-up; it takes the last `cooldown`
            updates alone
        / cooldown -> / (total - cooldown)
            your fall begins at step `cooldown`; that is how long it lasts
        return min(rise, 1, -> return rise if step == warmup else min(rise, 1,
            your rise goes on past 1: step `warmup` - 1 is at 1, and step `warmup`
            belongs to the top
        / cooldown -> / (cooldown + 1)
            your fall is too flat: it goes from 1 to 0 in `cooldown` steps, not in one
            more
        return -> fall = (1 - math.cos(math.pi * (total - step) / cooldown)) / 2; \
            return fall if step > total - cooldown else
            your fall is a cosine; a straight line is asked for
        return -> fall = 1 - (total - step) / cooldown; \
            return fall if step > total - cooldown else
            in the cooldown your rate rises: it should go from 1 down to 0
        rise, 1, -> rise,
            nothing holds the rate at 1: the rise goes on
        return -> done = (step - warmup) / (total - warmup); \
            return (1 + math.cos(math.pi * done)) / 2 if done > 0 else
            this is the cosine of the chapter
        (step + 1) / warmup -> 1
            the warm-up is missing: your first update has the full rate
        step + 1 -> step + 2
            your rise is one step early: the first update, step 0, is at 1 / warmup
        step + 1 -> step - 1
            your first update has a rate below 0: it is at 1 / warmup
        step + 1 -> 1
            your rate stays at that of the first update: the rise goes on, up to 1
        1) / warmup -> 1) // warmup
        step) / cooldown -> step) // cooldown
            your rates below 1 are 0 in the warm-up or in the fall, as if rounded down
        (step + 1) / warmup -> warmup / (step + 1)
        (total - step) / cooldown -> cooldown / (total - step)
            a ratio is upside down: the rise is steps by `warmup`, the fall steps by \
            `cooldown`
        / cooldown ->
            your rate drops to 0 at the last step alone: the fall lasts `cooldown` steps
        total - step -> step
            a fall needs the steps that are left, total - step, not those done
        total - step -> step - total
            your rates are below 0: the steps that are left are total - step
        min -> max
            the rate is the smallest of rise, 1 and fall; you took the largest
        1, (total -> 2, (total
            your rate rises to 2, if there is time; it is at most 1
        1, (total -> 0, (total
            your rate is always 0; only the end of the run is at 0
    """,
)


EXERCISES = (LINEAR, HALF_LIFE, CLIP, ESTIMATE_ERROR, COMBINED, TRAPEZOID)
