"""Right answers to the exercises of the chapter on ablations, in other ways."""

import math
import statistics
from itertools import combinations

import torch

from gpt1 import GPTConfig
from gpt1.variants.lstm import LSTM
from lib.verdicts import ALL, are_right


def paired_by_torch(ours, theirs):
    both = sorted(set(ours) & set(theirs))
    gaps = torch.tensor([float(ours[s]) - float(theirs[s]) for s in both])
    return gaps.mean(), gaps.std() / len(gaps) ** 0.5


def paired_by_hand(ours, theirs):
    gaps = []
    for seed, accuracy in ours.items():
        other = theirs.get(seed)
        if other is not None:
            gaps.append(accuracy - other)
    count = len(gaps)
    mean = sum(gaps) / count
    squares = sum((gap - mean) ** 2 for gap in gaps)
    return [mean, math.sqrt(squares / (count - 1) / count)]


def honest_by_loop(trials):
    highest, reported = -1, None
    for _, dev, test in trials:
        if dev > highest:
            highest, reported = dev, test
    return reported, max(trial[2] for trial in trials) - reported


def honest_by_index(trials):
    _, devs, tests = zip(*trials, strict=True)
    reported = tests[devs.index(max(devs))]
    return reported, sorted(tests)[-1] - reported


def lstm_by_torch(vocab, width, cells):
    gates = torch.nn.LSTM(width, cells)
    back = torch.nn.Linear(cells, width)
    table = torch.nn.Embedding(vocab, width)
    return sum(p.numel() for part in (gates, back, table) for p in part.parameters())


def lstm_by_parts(vocab, width, cells):
    gate = cells * width + cells + cells * cells + cells
    return 4 * gate + cells * width + width + vocab * width


def chance_by_halves(gaps):
    """Flipping all signs gives a sum as far from 0, so that the first can stay."""
    first, *rest = gaps
    sums = [first]
    for gap in rest:
        sums = [total + sign * gap for total in sums for sign in (1, -1)]
    return statistics.fmean(abs(total) >= abs(sum(gaps)) for total in sums)


def chance_by_subsets(gaps):
    total, seen, ways = sum(gaps), 0, 0
    for count in range(len(gaps) + 1):
        for flipped in combinations(gaps, count):
            ways += 1
            if abs(total - 2 * sum(flipped)) >= abs(total):
                seen += 1
    return seen / ways


OTHER_WAYS = {
    "paired-difference": [paired_by_torch, paired_by_hand],
    "honest-rate": [honest_by_loop, honest_by_index],
    "lstm-parameters": [lstm_by_torch, lstm_by_parts],
    "flipped-signs": [chance_by_halves, chance_by_subsets],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_the_parameters_are_those_of_the_packages_lstm():
    config = GPTConfig(vocab_size=31, context=8, width=12, layers=2, heads=3)
    with torch.device("meta"):
        lstm = LSTM(config)
    counted = sum(parameter.numel() for parameter in lstm.parameters())
    right = ALL["lstm-parameters"].right
    assert right(31, 12, lstm.lstm.hidden_size) == counted
