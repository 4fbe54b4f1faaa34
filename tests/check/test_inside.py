"""Right answers to the exercises of the chapter on looking inside, in other ways."""

import math

import torch
from torch.nn import functional as F

from lib.verdicts import ALL, are_right


def mean_by_flattening(made, head):
    flat = made[:, head].reshape(-1, made.size(-1))  # (batch * time, head_size)
    changed = torch.clone(made)
    changed[:, head, :, :] = flat.sum(0) / len(flat)
    return changed


def mean_by_a_mask(made, head):
    chosen = torch.zeros(made.size(1)).bool()
    chosen[head] = True
    means = made.mean((0, 2), keepdim=True)
    return torch.where(chosen[None, :, None, None], means, made)


def surprise_of_tensors(p, q):
    p, q = torch.tensor(p), torch.tensor(q)
    return torch.special.xlogy(p, p / q).sum()


def surprise_by_parts(p, q):
    total = 0.0
    for true, believed in zip(p, q, strict=True):
        if true:
            total += true * math.log(true) - true * math.log(believed)
    return total


def surprise_of_functional(p, q):
    return F.kl_div(torch.tensor(q).log(), torch.tensor(p), reduction="sum").item()


def score_of_tensors(weights, ids):
    ids = torch.as_tensor(ids)
    same = (ids[:, None] == ids).tril(-1)  # (time, time)
    after = same.roll(1, dims=1)
    sums = (weights * after).sum(-1)  # (heads, time)
    return sums[:, same.any(-1)].mean(-1)


def score_in_loops(weights, ids):
    scores = []
    for head in weights:
        sums = []
        for i in range(1, len(ids)):
            if ids[i] in ids[:i]:
                places = [n for n, each in enumerate(ids[:i]) if each == ids[i]]
                sums.append(sum(head[i, n + 1].item() for n in places))
        scores.append(sum(sums) / len(sums))
    return scores


def both_by_masks(gap, clean, corrupted, place):
    rows = torch.arange(len(clean))[:, None] == place
    total = gap(clean) - gap(corrupted)
    denoised = torch.where(rows, clean, corrupted)
    noised = torch.where(rows, corrupted, clean)
    restored = 1 - (gap(clean) - gap(denoised)) / total
    return [restored, 1 - (gap(noised) - gap(corrupted)) / total]


OTHER_WAYS = {
    "mean-ablated": [mean_by_flattening, mean_by_a_mask],
    "extra-surprise": [
        surprise_of_tensors,
        surprise_by_parts,
        surprise_of_functional,
    ],
    "prefix-score": [score_of_tensors, score_in_loops],
    "both-directions": [both_by_masks],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_a_row_can_be_enough_without_being_needed():
    answer = ALL["both-directions"].right
    clean, corrupted = torch.ones(2, 1), torch.zeros(2, 1)
    assert answer(torch.max, clean, corrupted, 0) == (1, 0)
    assert answer(torch.min, clean, corrupted, 0) == (0, 1)
