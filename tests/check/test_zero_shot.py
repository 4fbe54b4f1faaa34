"""Right answers to the exercises of the chapter on zero-shot tasks, in other ways."""

import math

import torch
from torch.nn import functional as F

from gpt1.evaluate import metrics
from lib.verdicts import ALL, are_right


def scale_in_steps(score, chance, best):
    room = best - chance
    return score / room - chance / room


def credit_of_places(scores, right):
    best = [place for place, score in enumerate(scores) if score == max(scores)]
    return (right in best) / len(best)


def credit_of_tensors(scores, right):
    scores = torch.tensor(scores)
    winners = scores == scores.max()
    return (winners[right] / winners.sum()).item()


def matthews_by_torch(guesses, labels):
    both = torch.tensor([guesses, labels]).double()
    if (both.std(1, correction=0) == 0).any():
        return 0
    return torch.corrcoef(both)[0, 1]


def matthews_by_counts(guesses, labels):
    return metrics.matthews(guesses, labels)


def difference_of_tensors(first, second):
    gaps = torch.tensor(second).double() - torch.tensor(first).double()
    return gaps.mean(), gaps.std(correction=0) / math.sqrt(len(gaps))


def totals_by_cross_entropy(model, texts, firsts):
    rows = [torch.tensor(text) for text in texts]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=7)
    targets = ids[:, 1:].clone()
    for row, text, first in zip(targets, texts, firsts, strict=True):
        row[: first - 1] = -100
        row[len(text) - 1 :] = -100
    logits = model(ids)[:, :-1].transpose(1, 2)
    return -F.cross_entropy(logits, targets, reduction="none").sum(1)


def totals_with_a_mask(model, texts, firsts):
    longest = max(map(len, texts))
    ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
    logs = torch.log_softmax(model(ids), dim=-1)
    places = torch.arange(1, longest)
    chosen = logs[:, :-1].gather(2, ids[:, 1:].unsqueeze(2)).squeeze(2)
    lengths = torch.tensor([len(text) for text in texts])[:, None]
    counts = (places >= torch.tensor(firsts)[:, None]) & (places < lengths)
    return (chosen * counts).sum(-1).tolist()


OTHER_WAYS = {
    "on-scale": [scale_in_steps],
    "credit": [credit_of_places, credit_of_tensors, metrics.credit],
    "matthews": [matthews_by_torch, matthews_by_counts],
    "difference": [difference_of_tensors],
    "many-at-once": [totals_by_cross_entropy, totals_with_a_mask],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_the_places_on_the_scale_are_those_of_the_chapter():
    answer = ALL["on-scale"].right
    assert round(answer(0.45, 0.25, 0.59), 3) == 0.588
    assert round(answer(0.4, 0.25, 0.65), 3) == 0.375
