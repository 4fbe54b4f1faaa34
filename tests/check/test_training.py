"""Right answers to the exercises of the chapter on training, in other ways."""

import math

import torch

from gpt1 import GPT, GPTConfig
from lib.verdicts import ALL, are_right


def linear_in_cases(x, w):
    return (x / w) * (1 - x) if x <= w else 1 - x


def half_life_by_counting(rate, decay):
    """Whole updates by a loop, then the rest of the last one."""
    weight, updates, keep = 1.0, 0, 1 - rate * decay
    while weight * keep > 0.5:
        weight *= keep
        updates += 1
    return updates + math.log2(2 * weight) / -math.log2(keep)


def clip_by_loops(parameters, limit):
    norm = math.hypot(*[n for p in parameters for n in p.grad.flatten().tolist()])
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

    whole = slope(batches)
    found = [math.dist(slope([pair]), whole) for pair in batches]
    return math.fsum(found) / math.hypot(*whole) / len(found)


def combined_by_index(gradients, counts):
    one, two = gradients
    total, found = counts[0] + counts[1], []
    for index in range(len(one)):
        both = counts[0] * one[index].double() + counts[1] * two[index].double()
        found.append(both / total)
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


OTHER_WAYS = {
    "linear-schedule": [linear_in_cases],
    "half-life": [half_life_by_counting],
    "clip-gradients": [clip_by_loops, clip_by_norms, clip_by_torch],
    "estimate-error": [error_by_means, error_by_loops],
    "combined-gradients": [combined_by_index, combined_in_place, combined_in_lists],
    "trapezoid": [trapezoid_in_cases, trapezoid_in_tensors],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_a_warm_up_of_two_thousandths_ends_at_0_998():
    assert ALL["linear-schedule"].right(0.002, 0.002) == 0.998


def test_gpt_1_would_take_277_000_updates():
    assert 277_000 < ALL["half-life"].right(2.5e-4, 0.01) < 278_000


def test_a_larger_batch_is_a_better_estimate_in_the_check_too():
    exercise = ALL["estimate-error"]
    (_, few), _ = exercise.all_cases
    model = GPT(GPTConfig.tiny(vocab_size=7, context=5, width=8, layers=1, heads=2))
    sixes = [tuple(p.cpu() for p in pair) for pair in few[1]]
    threes = [tuple(part[i : i + 3] for part in pair) for pair in sixes for i in (0, 3)]
    assert exercise.right(model, sixes) < exercise.right(model, threes)
