"""The exercises of the chapter on training, answered in other ways, right and wrong."""

import math

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.check.training import (
    CLIP,
    COMBINED,
    ESTIMATE_ERROR,
    HALF_LIFE,
    LINEAR,
    TRAPEZOID,
)
from lib.verdicts import is_right, is_shown, is_told

# The schedule of fine-tuning.


def linear_in_cases(x, w):
    if x <= w:
        return (x / w) * (1 - x)
    return 1 - x


def linear_in_tensors(x, w):
    x = torch.tensor([x], dtype=torch.float64)
    return (x / w).clamp(max=1) * (1 - x)


@pytest.mark.parametrize("answer", [linear_in_cases, linear_in_tensors])
def test_linear_in_other_ways(answer):
    is_right(LINEAR, answer)


def test_linear_wrong_answers_are_named():
    it = LINEAR

    def continuous(x, w):
        if x <= w:
            return x / w
        return 1 - (x - w) / (1 - w)

    is_told(it, lambda x, w: x / w if x <= w else 1 - x, "the factor 1 - x is missing")
    is_told(it, continuous, "at 1 where the warm-up ends")
    is_told(it, lambda x, w: (1 - x) * x / w, "your rise never ends")
    is_told(it, lambda x, w: 1.0 - x, "the rise is missing")
    is_told(it, lambda x, w: min(1 - x, x / w), "the smaller of rise and fall")
    is_shown(it, lambda x, w: 0.3, "expected 0.5, got 0.3")


def test_a_warm_up_of_two_thousandths_ends_at_0_998():
    assert LINEAR.right(0.002, 0.002) == 0.998


# How long a weight lives.


def half_life_by_counting(rate, decay):
    """Whole updates by a loop, then the rest of the last one."""
    weight, updates, keep = 1.0, 0, 1 - rate * decay
    while weight * keep > 0.5:
        weight *= keep
        updates += 1
    return updates + math.log2(2 * weight) / -math.log2(keep)


def half_life_in_tensors(rate, decay):
    keep = torch.tensor(1 - rate * decay, dtype=torch.float64)
    return -math.log(2) / keep.log()


@pytest.mark.parametrize("answer", [half_life_by_counting, half_life_in_tensors])
def test_half_life_in_other_ways(answer):
    is_right(HALF_LIFE, answer)


def test_half_life_wrong_answers_are_named():
    it = HALF_LIFE

    def loop(rate, decay):
        weight, updates = 1.0, 0
        while weight > 0.5:
            weight -= rate * decay * weight
            updates += 1
        return updates

    def float32(rate, decay):
        keep = 1 - torch.tensor(rate) * decay
        return math.log(0.5) / keep.log().item()

    is_told(it, loop, "a whole number of updates")
    is_told(it, lambda rate, decay: math.log(2) / rate / decay, "gentle decays only")
    is_told(it, lambda rate, decay: 1 / (2 * rate * decay), "the same amount away")
    is_told(it, lambda r, d: math.log(0.5) / math.log(1 - d), "the learning rate is")
    is_told(it, lambda r, d: math.log(2) / math.log(1 - r * d), "turn the sign")
    is_told(it, float32, "use Python's floats")
    is_told(it, lambda r, d: math.log(2) / math.log(1 + r * d), "it would grow")
    is_told(it, lambda r, d: math.log(0.5) / math.log(1 + r * d), "it would grow")
    is_told(it, lambda r, d: math.log(1 - r * d) / math.log(0.5), "upside down")
    is_shown(it, lambda rate, decay: 2.0, "(0.5, 0.8)", "expected 1.357, got 2")


def test_gpt_1_would_take_277_000_updates():
    assert 277_000 < HALF_LIFE.right(2.5e-4, 0.01) < 278_000


# Clipping.


def clip_by_loops(parameters, limit):
    total = 0.0
    for p in parameters:
        for number in p.grad.flatten().tolist():
            total += number * number
    norm = math.sqrt(total)
    if norm > limit:
        for p in parameters:
            p.grad = p.grad * (limit / norm)
    return norm


def clip_by_norms(parameters, limit):
    norm = torch.stack([p.grad.double().norm() for p in parameters]).norm()
    for p in parameters:
        p.grad.data.mul_((limit / (norm + 1e-6)).clamp(max=1).float())
    return norm


def clip_by_torch(parameters, limit):
    return torch.nn.utils.clip_grad_norm_(parameters, limit)


@pytest.mark.parametrize("answer", [clip_by_loops, clip_by_norms, clip_by_torch])
def test_clipping_in_other_ways(answer):
    is_right(CLIP, answer)


def test_clipping_wrong_answers_are_named():
    it = CLIP

    def per_tensor(parameters, limit):
        for p in parameters:
            norm = p.grad.norm()
            if norm > limit:
                p.grad *= limit / norm
        return norm

    def per_tensor_by_torch(parameters, limit):
        found = []
        for p in parameters:
            found.append(torch.nn.utils.clip_grad_norm_([p], limit))
        return sum(found)

    def local(parameters, limit):
        norm = torch.cat([p.grad.flatten() for p in parameters]).norm()
        for p in parameters:
            g = p.grad
            g = g * min(1, limit / norm)
        return norm

    def no_value(parameters, limit):
        clip_by_loops(parameters, limit)

    def lengthens(parameters, limit):
        norm = torch.cat([p.grad.flatten() for p in parameters]).norm()
        for p in parameters:
            p.grad *= limit / norm
        return norm

    def adds_norms(parameters, limit):
        norm = sum(p.grad.norm() for p in parameters)
        for p in parameters:
            p.grad *= min(1, limit / norm)
        return norm

    def no_root(parameters, limit):
        norm = sum((p.grad**2).sum() for p in parameters)
        for p in parameters:
            p.grad *= min(1, limit / norm)
        return norm

    def norm_of(tensors):
        return torch.cat([tensor.flatten() for tensor in tensors]).norm()

    def longer(parameters, limit):
        norm = norm_of(p.grad for p in parameters)
        if norm > limit:
            for p in parameters:
                p.grad *= norm / limit
        return norm

    def larger(parameters, limit):
        norm = norm_of(p.grad for p in parameters)
        for p in parameters:
            p.grad *= max(1, limit / norm)
        return norm

    def to_one(parameters, limit):
        norm = norm_of(p.grad for p in parameters)
        if norm > limit:
            for p in parameters:
                p.grad /= norm
        return norm

    def one_loop(parameters, limit):
        for p in parameters:
            norm = norm_of(q.grad for q in parameters)
            p.grad *= min(1, limit / norm)
        return norm

    def of_weights(parameters, limit):
        norm = norm_of(p.detach() for p in parameters)
        for p in parameters:
            p.grad *= min(1, limit / norm)
        return norm

    is_told(it, longer, "the factor is upside down")
    is_told(it, larger, "the factor is at most 1")
    is_told(it, to_one, "ends at a norm of 1")
    is_told(it, one_loop, "measured again for each tensor")
    is_told(it, of_weights, "the norm of the weights")
    is_told(it, per_tensor, "you clipped each tensor, not the global norm")
    is_told(it, per_tensor_by_torch, "you clipped each tensor, not the global norm")
    is_told(it, local, "back into .grad")
    is_told(it, no_value, "before the clipping")
    is_told(it, lengthens, "shorter than the limit")
    is_told(it, adds_norms, "you added up the norms")
    is_told(it, no_root, "the root is missing")
    is_shown(it, lambda p, limit: 7.0, "[3] and [4]", "expected [0.6], got [3]")


# How good the estimate is.


def error_by_means(model, batches):
    """The whole as the mean of equally large batches."""
    rows = []
    for ids, targets in batches:
        loss = model.loss(ids, targets)
        slopes = torch.autograd.grad(loss, list(model.parameters()))
        rows.append(torch.cat([slope.flatten() for slope in slopes]).double())
    whole = sum(rows) / len(rows)
    return sum((row - whole).norm() for row in rows) / len(rows) / whole.norm()


def error_by_loops(model, batches):
    def slope(pairs):
        model.zero_grad()
        for pair in pairs:
            (model.loss(*pair) / len(pairs)).backward()
        return [
            number for p in model.parameters() for number in p.grad.view(-1).tolist()
        ]

    whole, found = slope(batches), []
    for pair in batches:
        found.append(math.dist(slope([pair]), whole) / math.hypot(*whole))
    return math.fsum(found) / len(found)


@pytest.mark.parametrize("answer", [error_by_means, error_by_loops])
def test_the_error_of_an_estimate_in_other_ways(answer):
    is_right(ESTIMATE_ERROR, answer)


def slope_of(model, ids, targets, zero=True):
    if zero:
        model.zero_grad()
    model.loss(ids, targets).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def test_errors_of_an_estimate_that_are_wrong_are_named():
    it = ESTIMATE_ERROR

    def with_whole(of, zero=True):
        def answer(model, batches):
            ids = torch.cat([ids for ids, _ in batches])
            targets = torch.cat([targets for _, targets in batches])
            whole = slope_of(model, ids, targets, zero)
            some = [slope_of(model, *batch, zero) for batch in batches]
            return of(some, whole)

        return answer

    def right(some, whole):
        return torch.stack([(g - whole).norm() for g in some]).mean() / whole.norm()

    is_right(it, with_whole(right))
    is_told(it, with_whole(right, zero=False), "earlier batches are still in .grad")
    is_told(
        it,
        with_whole(lambda some, whole: right([sum(some) / len(some)], whole)),
        "where they cancel",
    )
    is_told(
        it,
        with_whole(lambda some, whole: right(some, sum(some))),
        "the sum of the batches' gradients",
    )
    is_told(
        it,
        with_whole(
            lambda some, whole: (
                (sum((g - whole).square().sum() for g in some) / len(some)).sqrt()
                / whole.norm()
            )
        ),
        "the root of the mean square",
    )
    is_told(
        it,
        with_whole(lambda some, whole: right(some, whole) * whole.norm()),
        "divide by the norm of the whole",
    )
    is_told(
        it,
        with_whole(lambda some, whole: right(some, whole).item() * len(some)),
        "this is the sum over the batches",
    )
    is_told(
        it,
        with_whole(lambda some, whole: right(some[:1], whole)),
        "the error of the first batch",
    )
    is_shown(it, with_whole(lambda some, whole: 1.0), "2 batches", "got 1")


def test_gradients_that_are_one_tensor_are_told_of_it():
    def answer(model, batches):
        found = []
        for batch in batches:
            model.zero_grad(set_to_none=False)
            model.loss(*batch).backward()
            found.append([p.grad for p in model.parameters()])
        rows = [torch.cat([g.flatten() for g in one]) for one in found]
        whole = sum(rows) / len(rows)
        return sum((row - whole).norm() for row in rows) / len(rows) / whole.norm()

    is_told(ESTIMATE_ERROR, answer, "kept without `.clone()`")


def test_batches_whose_gradients_add_up_are_told_of_it():
    def answer(model, batches):
        some = [slope_of(model, *batch, zero=False) for batch in batches]
        whole = slope_of(model, *map(torch.cat, zip(*batches, strict=True)))
        return sum((g - whole).norm() for g in some) / len(some) / whole.norm()

    is_told(ESTIMATE_ERROR, answer, "earlier batches are still in .grad")


def test_a_larger_batch_is_a_better_estimate_in_the_check_too():
    (_, few), (_, many) = ESTIMATE_ERROR.all_cases()
    model = GPT(GPTConfig.tiny(vocab_size=7, context=5, width=8, layers=1, heads=2))
    right = ESTIMATE_ERROR.right
    sixes = [tuple(p.cpu() for p in pair) for pair in few[1]]
    threes = [tuple(part[i : i + 3] for part in pair) for pair in sixes for i in (0, 3)]
    assert right(model, sixes) < right(model, threes)


# Two processes.


def combined_by_index(gradients, counts):
    one, two = gradients
    total = counts[0] + counts[1]
    found = []
    for index in range(len(one)):
        a = counts[0] * one[index].double()
        b = counts[1] * two[index].double()
        found.append((a + b).mT.mT / total if a.dim() > 1 else (a + b) / total)
    return tuple(found)


def combined_in_place(gradients, counts):
    for own, count in zip(gradients, counts, strict=True):
        for tensor in own:
            tensor *= count / sum(counts)
    for mine, theirs in zip(*gradients, strict=True):
        mine += theirs
    return gradients[0]


def combined_in_lists(gradients, counts):
    shares = torch.tensor(counts) / sum(counts)
    return [
        (torch.stack(both, dim=-1) @ shares).tolist()
        for both in zip(*gradients, strict=True)
    ]


@pytest.mark.parametrize(
    "answer", [combined_by_index, combined_in_place, combined_in_lists]
)
def test_combined_in_other_ways(answer):
    is_right(COMBINED, answer)


def test_combined_wrong_answers_are_named():
    it = COMBINED

    def pairs(of):
        def answer(gradients, counts):
            n, m = counts
            return [of(a, b, n, m) for a, b in zip(*gradients, strict=True)]

        return answer

    is_told(it, pairs(lambda a, b, n, m: (a + b) / 2), "a mean of means")
    is_told(it, pairs(lambda a, b, n, m: a + b), "no mean any more")
    is_told(it, pairs(lambda a, b, n, m: n * a + m * b), "the number of all targets")
    is_told(it, pairs(lambda a, b, n, m: (m * a + n * b) / (n + m)), "exchanged")
    is_told(it, pairs(lambda a, b, n, m: a / n + b / m), "it is a mean already")
    is_shown(it, pairs(lambda a, b, n, m: a - b), "expected [3], got [-4]")


# The schedule that decides late.


def trapezoid_in_cases(step, total, warmup, cooldown):
    if step < warmup:
        return (step + 1) / warmup
    if step <= total - cooldown:
        return 1
    return 1 - (step - (total - cooldown)) / cooldown


def trapezoid_in_tensors(step, total, warmup, cooldown):
    rise = torch.linspace(1 / warmup, 1, warmup)
    top = torch.ones(total - cooldown - warmup)
    fall = torch.linspace(1, 0, cooldown + 1)
    return torch.cat([rise, top, fall])[step]


@pytest.mark.parametrize("answer", [trapezoid_in_cases, trapezoid_in_tensors])
def test_trapezoid_in_other_ways(answer):
    is_right(TRAPEZOID, answer)


def test_trapezoid_wrong_answers_are_named():
    it = TRAPEZOID

    def starts_at_zero(step, total, warmup, cooldown):
        if step < warmup:
            return step / warmup
        return trapezoid_in_cases(step, total, warmup, cooldown)

    def early(step, total, warmup, cooldown):
        if step < warmup:
            return (step + 1) / warmup
        if step < total - cooldown:
            return 1
        return (total - 1 - step) / cooldown

    def no_fall(step, total, warmup, cooldown):
        return (step + 1) / warmup if step < warmup else 1

    def from_cooldown(step, total, warmup, cooldown):
        return min((step + 1) / warmup, 1, (total - step) / (total - cooldown))

    def upwards(step, total, warmup, cooldown):
        if step > total - cooldown:
            return (step - (total - cooldown)) / cooldown
        return trapezoid_in_cases(step, total, warmup, cooldown)

    is_told(it, starts_at_zero, "moves nothing")
    is_told(it, early, "one step early")
    is_told(it, no_fall, "the cooldown is missing")
    is_told(it, from_cooldown, "that is how long it lasts")

    def one_step_more(step, total, warmup, cooldown):
        if step <= warmup:
            return (step + 1) / warmup
        return min(1, (total - step) / cooldown)

    def flat(step, total, warmup, cooldown):
        return min((step + 1) / warmup, 1, (total - step) / (cooldown + 1))

    def cosine(step, total, warmup, cooldown):
        done = (step - (total - cooldown)) / cooldown
        if done <= 0:
            return trapezoid_in_cases(step, total, warmup, cooldown)
        return 0.5 * (1 + math.cos(math.pi * done))

    is_told(it, upwards, "your rate rises")
    is_told(it, one_step_more, "goes on past 1")
    is_told(it, flat, "your fall is too flat")
    is_told(it, cosine, "your fall is a cosine")
    is_shown(it, lambda *given: 2.0, "(0, 10, 3, 4)", "expected 0.3333, got 2")
