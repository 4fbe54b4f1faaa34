"""Right answers to the exercises of the chapter on fine-tuning, in other ways."""

import bisect
import math
from statistics import fmean

import torch
from torch.nn import functional as F

from lib.verdicts import ALL, are_right


def l3_by_means(label_losses, token_losses, weight):
    return fmean(label_losses) + weight * fmean(map(fmean, token_losses))


def l3_by_weighing(label_losses, token_losses, weight):
    """Each token counts by the length of its sequence."""
    many, total = len(token_losses), sum(label_losses) / len(label_losses)
    for each in token_losses:
        for loss in each:
            total += weight * loss / len(each) / many
    return torch.tensor(total)


def fit_at_once(first, second, room):
    """The shorter one keeps all it has, as long as that is no more than half."""
    if len(first) + len(second) <= room:
        return first, second
    keep = max(room - len(second), min(len(first), (room + 1) // 2))
    return first[:keep], second[: room - keep]


def fit_by_slices(first, second, room):
    while len(first) + len(second) > room:
        if len(second) >= len(first):
            second = second[:-1]
        else:
            first = first[:-1]
    return [first, second]


def read_by_gather(hidden, ids, extract):
    place = (ids == extract).nonzero()[:, 1]
    place = place[:, None, None].expand(-1, 1, hidden.size(-1))
    return hidden.gather(1, place).squeeze(1)


def read_by_mask(hidden, ids, extract):
    return hidden[ids == extract]


def read_by_rows(hidden, ids, extract):
    found = [row.tolist().index(extract) for row in ids]
    return torch.stack([state[at] for state, at in zip(hidden, found, strict=True)])


def read_by_sum(hidden, ids, extract):
    return torch.einsum("btw,bt->bw", hidden, (ids == extract).float())


def between_by_floor(scores, classes):
    low, share = scores.floor().long(), scores - scores.floor()
    high = (low + 1).clamp(max=classes - 1)
    found = F.one_hot(low, classes) * (1 - share)[:, None]
    return found + F.one_hot(high, classes) * share[:, None]


def between_by_loops(scores, classes):
    rows = torch.zeros(len(scores), classes)
    for row, score in zip(rows, scores.tolist(), strict=True):
        low = int(score)
        row[low] = 1 - (score - low)
        if score > low:
            row[low + 1] = score - low
    return rows


def needed_by_logarithms(curve, accuracy):
    for place, (labels, high) in enumerate(curve):
        if high >= accuracy:
            if place == 0:
                return labels
            before, low = curve[place - 1]
            way = (accuracy - low) / (high - low)
            return math.exp(math.log(before) * (1 - way) + math.log(labels) * way)
    return float("inf")


def needed_by_search(curve, accuracy):
    best = [max(high for _, high in curve[: n + 1]) for n in range(len(curve))]
    place = bisect.bisect_left(best, accuracy)
    if place == len(curve):
        return math.inf
    if place == 0:
        return curve[0][0]
    (a, p), (b, q) = curve[place - 1 : place + 1]
    return 10 ** (math.log10(a) + math.log10(b / a) * (accuracy - p) / (q - p))


OTHER_WAYS = {
    "two-losses": [l3_by_means, l3_by_weighing],
    "longest-first": [fit_at_once, fit_by_slices],
    "read-out": [read_by_gather, read_by_mask, read_by_rows, read_by_sum],
    "soft-labels": [between_by_floor, between_by_loops],
    "labels-needed": [needed_by_logarithms, needed_by_search],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_the_scores_of_openai_s_code_are_shared_so():
    shares = ALL["soft-labels"].right(torch.tensor([2.25]), 6)
    assert shares.tolist() == [[0, 0, 0.75, 0.25, 0, 0]]


def test_the_package_shares_scores_in_the_same_way():
    from gpt1.finetune.model import label_loss

    scores, wanted = torch.randn(4, 6), torch.tensor([0.0, 2.25, 3.5, 5.0])
    shares = ALL["soft-labels"].right(wanted, 6)
    torch.testing.assert_close(
        label_loss(scores, wanted), F.cross_entropy(scores, shares)
    )
