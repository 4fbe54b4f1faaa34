"""What a learner is told about the exercises of the chapter on training.

The answers here are typed as learners would type them, without the gallery: those that
are right, and those that are wrong in ways that `check/test_mutants.py` does not make.
"""

import math

import pytest
import torch

from gpt1 import GPT, GPTConfig
from lib.verdicts import ALL, right, said

# Right in another way.


def linear_in_cases(x, w):
    if x <= w:
        return (x / w) * (1 - x)
    return 1 - x


def linear_in_tensors(x, w):
    x = torch.tensor([x], dtype=torch.float64)
    return (x / w).clamp(max=1) * (1 - x)


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


def error_by_means(model, batches):
    """The whole as the mean of equally large batches."""
    rows = []
    for ids, targets in batches:
        slopes = torch.autograd.grad(model.loss(ids, targets), [*model.parameters()])
        rows.append(torch.cat([slope.flatten() for slope in slopes]).double())
    whole = sum(rows) / len(rows)
    return sum((row - whole).norm() for row in rows) / len(rows) / whole.norm()


def error_by_loops(model, batches):
    def slope(pairs):
        model.zero_grad()
        for pair in pairs:
            (model.loss(*pair) / len(pairs)).backward()
        return [n for p in model.parameters() for n in p.grad.view(-1).tolist()]

    whole, found = slope(batches), []
    for pair in batches:
        found.append(math.dist(slope([pair]), whole) / math.hypot(*whole))
    return math.fsum(found) / len(found)


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
    pairs = zip(*gradients, strict=True)
    return [(torch.stack(both, dim=-1) @ shares).tolist() for both in pairs]


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


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("linear-schedule", linear_in_cases),
        ("linear-schedule", linear_in_tensors),
        ("half-life", half_life_by_counting),
        ("half-life", half_life_in_tensors),
        ("clip-gradients", clip_by_loops),
        ("clip-gradients", clip_by_norms),
        ("clip-gradients", clip_by_torch),
        ("estimate-error", error_by_means),
        ("estimate-error", error_by_loops),
        ("combined-gradients", combined_by_index),
        ("combined-gradients", combined_in_place),
        ("combined-gradients", combined_in_lists),
        ("trapezoid", trapezoid_in_cases),
        ("trapezoid", trapezoid_in_tensors),
    ],
)
def test_another_way(name, answer):
    assert right(name, answer)


# Wrong.


def whole_updates(rate, decay):
    weight, updates = 1.0, 0
    while weight > 0.5:
        weight -= rate * decay * weight
        updates += 1
    return updates


def in_float32(rate, decay):
    keep = 1 - torch.tensor(rate) * decay
    return math.log(0.5) / keep.log().item()


def each_by_torch(parameters, limit):
    return sum(torch.nn.utils.clip_grad_norm_([p], limit) for p in parameters)


def not_put_back(parameters, limit):
    norm = torch.cat([p.grad.flatten() for p in parameters]).norm()
    for p in parameters:
        g = p.grad
        g = g * min(1, limit / norm)
    return norm


def one_loop(parameters, limit):
    for p in parameters:
        norm = torch.cat([q.grad.flatten() for q in parameters]).norm()
        p.grad *= min(1, limit / norm)
    return norm


def not_cloned(model, batches):
    found = []
    for batch in batches:
        model.zero_grad(set_to_none=False)
        model.loss(*batch).backward()
        found.append([p.grad for p in model.parameters()])
    rows = [torch.cat([g.flatten() for g in one]) for one in found]
    whole = sum(rows) / len(rows)
    return sum((row - whole).norm() for row in rows) / len(rows) / whole.norm()


def one_step_more(step, total, warmup, cooldown):
    if step <= warmup:
        return (step + 1) / warmup
    return min(1, (total - step) / cooldown)


def rising(step, total, warmup, cooldown):
    start = total - cooldown
    fall = (step - start) / cooldown
    return fall if step > start else trapezoid_in_cases(step, total, warmup, cooldown)


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("linear-schedule", lambda x, w: 0.3, "expected 0.5, got 0.3"),
        ("half-life", whole_updates, "a whole number of updates"),
        ("half-life", in_float32, "use Python's floats"),
        ("half-life", lambda *given: 2.0, "(0.5, 0.8):\nexpected 1.357, got 2"),
        ("clip-gradients", each_by_torch, "you clipped each tensor, not the global"),
        ("clip-gradients", not_put_back, "back into .grad"),
        ("clip-gradients", one_loop, "measured again for each tensor"),
        ("clip-gradients", lambda p, limit: 7.0, "at index 0: expected [0.6], got [3]"),
        ("estimate-error", not_cloned, "kept without `.clone()`"),
        ("estimate-error", lambda *given: 1.0, "2 batches of 6 windows:\nexpected 0."),
        (
            "combined-gradients",
            lambda both, counts: [a - b for a, b in zip(*both, strict=True)],
            "expected [3], got [-4]",
        ),
        ("trapezoid", one_step_more, "goes on past 1"),
        ("trapezoid", rising, "your rate rises"),
        ("trapezoid", lambda *given: 2.0, "(0, 10, 3, 4):\nexpected 0.3333, got 2"),
    ],
)
def test_gone_wrong(name, answer, told):
    assert told in said(name, answer)


# The numbers of the solutions.


def test_a_warm_up_of_two_thousandths_ends_at_0_998():
    assert ALL["linear-schedule"].right(0.002, 0.002) == 0.998


def test_gpt_1_would_take_277_000_updates():
    assert 277_000 < ALL["half-life"].right(2.5e-4, 0.01) < 278_000


def test_a_larger_batch_is_a_better_estimate_in_the_check_too():
    exercise = ALL["estimate-error"]
    (_, few), _ = exercise.all_cases()
    model = GPT(GPTConfig.tiny(vocab_size=7, context=5, width=8, layers=1, heads=2))
    sixes = [tuple(p.cpu() for p in pair) for pair in few[1]]
    threes = [tuple(part[i : i + 3] for part in pair) for pair in sixes for i in (0, 3)]
    assert exercise.right(model, sixes) < exercise.right(model, threes)
