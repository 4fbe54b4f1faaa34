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
    verified="the rate in the warm-up, at its end and after it, and 0 at both ends of "
    "the run",
    cases=lambda: [
        *[(x, 0.25) for x in (0.5, 0.125, 0.24, 0.25, 0.0, 1.0)],
        *[(x, 0.002) for x in (0.001, 0.002)],
    ],
    right=linear,
    mistakes="""
        ... -> x / w if x < w else 1 - x
        ... -> x / w if x <= w else 1 - x
            in the warm-up you left out the factor 1 - x. The fall starts with the run,
            not where the warm-up ends
        ... -> min(x / w, (1 - x) / (1 - w))
            your fall starts at 1 where the warm-up ends. It should have been falling
            since the start of the run, as 1 - x
        ... -> min(x / w, 1 - x)
            you took the smaller of rise and fall. Multiply the two
        min(x / w, 1) -> x / w
            your rise never ends. After the warm-up, its factor should stay at 1
        * (1 - x) ->
            your rate rises and then stays. Multiply by the fall, 1 - x
        min(x / w, 1) * ->
            your rate falls from the start. Multiply by the rise of the warm-up
        ... -> x / w if x < w else (1 + math.cos(math.pi * (x - w) / (1 - w))) / 2
            this falls like a cosine. It should fall in a straight line
        * (1 - x) -> / (1 - x)
            you divided by 1 - x. Multiply by it
        (1 - x) -> x
        1 - x -> 1 + x
        1 - x -> 2 - x
            your run doesn't end at 0. The fall is 1 - x, which is 0 at x = 1
        1 - x -> x - 1
        1 - x -> 0 - x
            your rates are below 0. The fall is 1 - x, from 1 down to 0
        x / w -> x
            your rise takes the whole run. It should take the share w of it, so use x /
            w
        x / w -> w
        x / w -> x * w
            your warm-up has the wrong factor. It should rise from 0 at x = 0 to 1 at x
            = w, which is x / w
        x / w -> w / x
            the rise is upside down. It should be x / w, the share of the run divided by
            w
        x / w -> x // w
            your rates are 0 in the warm-up, as if x / w were rounded down. Divide with
            / instead
        min -> max
            the rise should be at most 1. Take the smaller of x / w and 1, not the
            larger
        , 1) -> , 0)
            your rate is always 0. It should be 0 only at the two ends of the run
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
            you're close, but only for small decays: you used - rate x decay where the
            logarithm of 1 - rate x decay belongs
        ... -> 0.5 / (rate * decay)
            you took away the same amount at every update. Each update takes a share of
            what is left
        ... -> 1 / (rate * decay)
            after this many updates about 37% is left, which is 1 / e. The exercise
            wants a half
        -rate * decay -> -decay
            you left out the learning rate. It multiplies the decay
        -rate * decay -> -rate
            you left out the decay. It multiplies the learning rate
        0.5 -> 2
            your number of updates is negative. Flip the sign
        -rate -> rate
        -rate -> rate
        and 0.5 -> 2
            you multiplied the weight by 1 + rate x decay, which makes it grow. Each
            update multiplies it by 1 - rate x decay
        ... -> 1 / half_life(rate, decay)
            the ratio is upside down. Divide the logarithm of a half by the logarithm of
            what one update leaves
        ... -> math.ceil(half_life(rate, decay))
        ... -> math.floor(half_life(rate, decay))
        ... -> round(half_life(rate, decay))
            this is a whole number of updates. Keep the fraction too
        math.log1p(-rate * decay) -> torch.tensor(1 - rate * decay).log().item()
            float32 is too coarse here: the number it has nearest to 1 - 0.0000025 is
            about 2% off in what it takes away. Use Python's floats, or log1p
        math.log(0.5) -> 0.5
        math.log(0.5) -> math.log(1.5)
        math.log(0.5) -> math.exp(0.5)
            a half should be left at the end. Divide its logarithm, math.log(0.5)
        / math.log1p(-rate * decay) ->
        math.log(0.5) / ->
        / -> *
            divide the logarithm of a half by the logarithm of what one update leaves
        -rate * decay -> decay
            you multiply the weight by 1 + decay. One update leaves 1 - rate x decay of
            it
        -rate * decay -> -rate / decay
            you divided the rate by the decay. Multiply them, because an update takes
            away the share rate x decay
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
    verified="one factor for all gradients, short gradients left alone, and the norm "
    "from before clipping",
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
            you clipped each tensor on its own, which changes the direction of the
            gradient. Use one norm for all tensors, the global norm
        p.grad *= min(1, limit / norm) -> p.grad.clamp_(-limit, limit)
            you clipped each number on its own, which changes the direction of the
            gradient. Multiply all the numbers by one factor
        min(1, limit / norm) -> limit / norm
            you lengthened a gradient that is shorter than the limit. It should stay as
            it is
        torch.cat(gradients).norm().item() -> sum(g.norm() for g in gradients)
            you added up the norms of the tensors. The norm of them all is the root of
            the sum of all squares
        .norm() -> .square().sum()
            this is the square of the norm. Take its root
        .norm() -> .abs().sum()
            you added up the sizes of the numbers. The norm is the root of the sum of
            their squares
        torch.cat(gradients).norm().item() -> max(g.norm() for g in gradients)
            you used the largest norm of a single tensor. Use the norm of all tensors
            together
        torch.cat(gradients) -> gradients[-1]
            you used the norm of the last tensor. Use the norm of all tensors together
        min(1, limit / norm) -> norm / limit
        min(1, limit / norm) -> max(1, norm / limit)
        limit / norm -> norm / limit
            the factor is upside down. It should be limit / norm, and at most 1
        min -> max
            the factor should be at most 1. Take the smaller of 1 and limit / norm, not
            the larger
        min(1, limit / norm) -> 1 / norm if norm > limit else 1
            you left the limit out of the factor, so a long gradient ends up with a norm
            of 1. Use limit / norm
        p.grad *= min(1, limit / norm) -> norm = torch.cat([q.grad.flatten() \
            for q in parameters]).norm(); p.grad *= min(1, limit / norm)
            you measured the norm again for each tensor, when some have been shortened
            already. Measure it once, before the first change
        p.grad.flatten() -> p.detach().flatten()
            this is the norm of the weights. Use their gradients, in .grad
        return norm -> return torch.cat(gradients).norm()
        return norm -> pass
            the gradients are right. Now return the norm that they had before clipping
        p.grad *= min(1, limit / norm) -> pass
        p.grad *= min(1, limit / norm) -> pass
        and return norm -> pass
            the gradients haven't changed. Write the product back into .grad
        p.grad *= -> p.data *=
            you changed the weights. Clipping changes their gradients
        limit / norm -> limit
        limit / norm -> norm
        limit / norm -> limit * norm
            the factor of a long gradient should be limit / norm, so that its new norm
            is limit
        limit / norm -> limit // norm
            a long gradient becomes 0 in yours, as if limit / norm were rounded down.
            Divide with / instead
        1, limit -> 0, limit
            your gradients are all 0. The factor should be limit / norm, and at most 1
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
    verified="the mean distance of a batch's gradient from the whole one, divided by "
    "the whole one's norm",
    cases=sampled,
    right=estimate_error,
    observe=without_noise,
    tolerance=1e-3,
    mistakes="""
        model.zero_grad() -> pass
        ... -> added_up(model, batches, id)
        ... -> added_up(model, batches, GPT.zero_grad)
            the gradients of earlier batches are still in .grad, and backward adds to
            them. Set the gradients to zero before each batch
        ... -> 0.0
            your result is 0. Either you averaged the differences before taking their
            norms, so they cancel, or all batches share one .grad, kept without
            `.clone()`
        whole).norm() -> whole).norm() / slope(*batch).norm()
        and / whole.norm() ->
            you divided by the norm of the batch's own gradient. Divide by the norm of
            the gradient of all batches together
        / whole.norm() ->
            this is an absolute distance. Divide it by the norm of the gradient of all
            batches
        / len(errors) ->
            this is the sum over the batches. Return their mean
        torch.cat(targets)) -> torch.cat(targets)) * len(batches)
            your whole gradient is the sum of the batches' gradients. The loss is a mean
            over all windows, so its gradient is their mean
        sum(errors) / len(errors) -> (sum(e**2 for e in errors) / len(errors)).sqrt()
            this is the root of the mean square. Take the mean of the norms
        whole).norm() -> whole).square().sum()
        and / whole.norm() -> / whole.square().sum()
            these are squares. Take the root of each distance before you average
        errors = [(slope(*batch) - whole).norm() for batch in batches] \
            -> sizes = [p.numel() for p in model.parameters()]; errors = [ \
            (part - all).norm() / all.norm() for batch in batches for part, all in \
            zip(slope(*batch).split(sizes), whole.split(sizes))]
        and / whole.norm() ->
            you measured each tensor on its own. Use one norm over all parameters, as
            one long vector
        (slope(*batch) - whole).norm() -> (slope(*batch).norm() - whole.norm()).abs()
            you compared lengths, but gradients of the same length can point in
            different directions. Take the norm of their difference
        in batches] -> in batches[:1]]
            this is the error of the first batch. Average over all the batches
        torch.cat(ids), torch.cat(targets) -> torch.cat(targets), torch.cat(ids)
            you've swapped ids and targets for the gradient of all batches. The loss
            takes the ids first
        ids.to(place), targets.to(place) -> targets.to(place), ids.to(place)
            you've swapped ids and targets. The loss takes the ids first
        sum(errors) / len(errors) / whole -> whole
            this is the norm of the whole gradient. Divide the mean distance by it
        (slope(*batch) - whole).norm() -> slope(*batch).norm()
            these are the lengths of the batches' gradients. Measure how far each one is
            from the whole gradient
        slope(*batch) - whole -> slope(*batch) + whole
            you added the two gradients. Their distance is the length of their
            difference, so subtract
        / whole -> * whole
            you multiplied by the norm of the whole gradient. Divide by it
        sum(errors) / len(errors) / whole.norm() \
            -> whole.norm() / (sum(errors) / len(errors))
            the ratio is upside down. Divide the mean distance by the norm of the whole
            gradient
        / len(errors) -> * len(errors)
            you multiplied the sum by the number of batches. For a mean, divide by it
        sum(errors) / len(errors) -> len(errors) / sum(errors)
            the mean is upside down. Divide the sum by the number of batches
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
    verified="the same gradient as for all windows in one process",
    cases=two_processes,
    right=combined,
    mistakes="""
        count / sum(counts) -> 0.5
            you gave both processes the same weight. One with more targets should count
            for more
        count / sum(counts) -> 1
            you added up two means, which isn't a mean any more. Weight each by its
            share of the targets
        count / sum(counts) -> count
            this is the gradient of the sum of the losses. For the gradient of their
            mean, divide by the number of all targets
        in counts] -> in reversed(counts)]
            you've swapped the shares, so each process has the other's
        count / sum(counts) -> count / sum(counts) / 2
            you weighted the gradients by their shares, and then divided by the number
            of processes as well. The shares are enough
        count / sum(counts) -> 1 / count
            you divided each gradient by its number of targets, but it is a mean
            already. Multiply it by its share of all targets
        ... -> torch.cat([tensor.flatten() for tensor in combined(gradients, counts)])
            this is one long vector. Return a list with a tensor for each parameter
        ... -> [[count / sum(counts) * g for g in own] \
            for own, count in zip(gradients, counts)]
            you returned one list for each process. Add their tensors together,
            parameter by parameter
        count / sum(counts) -> sum(counts)
        count / sum(counts) -> count * sum(counts)
        count / sum(counts) -> sum(counts) / count
            your weights should add up to 1. The share of a process is its count divided
            by the sum of all counts
        count / sum(counts) -> count // sum(counts)
            your gradients are all 0, as if each share were rounded down. Divide with /
            instead
        sum(s * g -> sum(s
            you added up only the shares. Multiply each gradient by its share first
        s * g -> s / g
            you divided the shares by the gradients. Multiply each gradient by its share
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
            the first update has a rate of 0, so it changes nothing. `step` counts the
            updates already done, so add 1 in the rise
        total - step -> total - step - 1
            your fall is one step early. Step total - cooldown should be the last at 1,
            and step total the first at 0
        total - step -> total - step + 1
            your fall is one step late. Step total - cooldown should be the last at 1
        , (total - step) / cooldown ->
            your rate never falls. Add the cooldown at the end
        / cooldown -> / (total - warmup)
            your fall starts right after the warm-up. It should take only the last
            `cooldown` updates
        / cooldown -> / (total - cooldown)
            your fall starts at step `cooldown`. `cooldown` is how many steps it lasts,
            so start it at total - cooldown
        return min(rise, 1, -> return rise if step == warmup else min(rise, 1,
            your rise goes on past 1. It reaches 1 at step `warmup` - 1, and from step
            `warmup` on the rate stays there
        / cooldown -> / (cooldown + 1)
            your fall is too slow. It should go from 1 to 0 in `cooldown` steps, not in
            one more
        return -> fall = (1 - math.cos(math.pi * (total - step) / cooldown)) / 2; \
            return fall if step > total - cooldown else
            this falls like a cosine. It should fall in a straight line
        return -> fall = 1 - (total - step) / cooldown; \
            return fall if step > total - cooldown else
            your rate rises in the cooldown. It should go from 1 down to 0
        rise, 1, -> rise,
            your rise goes on past 1. Hold the rate at 1 between the rise and the fall
        return -> done = (step - warmup) / (total - warmup); \
            return (1 + math.cos(math.pi * done)) / 2 if done > 0 else
            this is the cosine schedule of the chapter. The exercise wants a straight
            rise, a flat top and a straight fall
        (step + 1) / warmup -> 1
            the warm-up is missing, so your first update has the full rate. Rise from 1
            / warmup to 1
        step + 1 -> step + 2
            your rise is one step early. The first update, step 0, should be at 1 /
            warmup
        step + 1 -> step - 1
            your first update has a negative rate. It should be at 1 / warmup
        step + 1 -> 1
            your rate stays where it was at the first update. It should go on rising, up
            to 1
        1) / warmup -> 1) // warmup
        step) / cooldown -> step) // cooldown
            your rates below 1 become 0 in the warm-up or in the fall, as if rounded
            down. Divide with / instead
        (step + 1) / warmup -> warmup / (step + 1)
        (total - step) / cooldown -> cooldown / (total - step)
            a ratio is upside down. The rise is steps divided by `warmup`, and the fall
            is steps divided by `cooldown`
        / cooldown ->
            your rate drops to 0 only at the last step. The fall should last `cooldown`
            steps
        total - step -> step
            you used the steps already done for the fall. Use the steps that are left,
            total - step
        total - step -> step - total
            your rates are below 0. The number of steps left is total - step
        min -> max
            you took the largest of rise, 1 and fall. The rate is the smallest of the
            three
        1, (total -> 2, (total
            your rate can rise to 2. It should be at most 1
        1, (total -> 0, (total
            your rate is always 0. It should be 0 only at the end of the run
    """,
)


EXERCISES = (LINEAR, HALF_LIFE, CLIP, ESTIMATE_ERROR, COMBINED, TRAPEZOID)
