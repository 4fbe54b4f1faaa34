"""Accuracy with ties, correlations, thresholds: against slow and plain forms."""

import itertools
import math
import random

import pytest
import torch

from gpt1.evaluate import metrics


def test_a_tie_counts_a_half_and_of_three_a_third():
    assert metrics.credit([-1.0, -2.0], 0) == 1
    assert metrics.credit([-1.0, -2.0], 1) == 0
    assert metrics.credit([-1.0, -1.0], 0) == metrics.credit([-1.0, -1.0], 1) == 0.5
    assert metrics.credit([-1.0, -3.0, -1.0, -1.0], 2) == pytest.approx(1 / 3)
    assert metrics.credit([-1.0, -1.0, -2.0], 2) == 0


def test_what_float32_cannot_tell_apart_is_a_tie():
    a, b = -123.456, -123.456 - 3e-5
    assert torch.tensor(a).item() != torch.tensor(b).item()
    assert metrics.credit([a, b], 1) == 0.5
    assert metrics.credit([a, a - 3e-4], 1) == 0
    assert metrics.credit([-1e-9, -2e-9], 1) == 0.5


def test_accuracy_and_its_error():
    mean, error = metrics.accuracy([1, 0, 1, 1])
    assert mean == 0.75
    assert error == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    assert metrics.accuracy([0.5] * 7) == (0.5, 0)


def labels_and_guesses(seed):
    draw = random.Random(seed)
    return [[draw.random() < p for _ in range(40)] for p in (0.7, 0.4)]


@pytest.mark.parametrize("seed", range(5))
def test_matthews_correlation_is_pearsons_of_zeros_and_ones(seed):
    labels, guesses = labels_and_guesses(seed)
    both = torch.tensor([guesses, labels]).double()
    wanted = torch.corrcoef(both)[0, 1].item()
    assert metrics.matthews(guesses, labels) == pytest.approx(wanted)
    assert metrics.pearson(guesses, labels) == pytest.approx(wanted)
    assert metrics.matthews([not g for g in guesses], labels) == pytest.approx(-wanted)


def test_correlations_of_what_never_changes_are_zero():
    assert metrics.matthews([1, 1, 1], [1, 0, 1]) == 0
    assert metrics.matthews([1, 0, 1], [0, 0, 0]) == 0
    assert metrics.pearson([2.0, 2.0], [1.0, 3.0]) == 0
    assert metrics.f1([0, 0], [0, 0]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(seed):
    labels, guesses = labels_and_guesses(seed)
    hits = sum(g and x for g, x in zip(guesses, labels, strict=True))
    precision, recall = hits / sum(guesses), hits / sum(labels)
    wanted = 2 * precision * recall / (precision + recall)
    assert metrics.f1(guesses, labels) == pytest.approx(wanted)


@pytest.mark.parametrize("seed", range(12))
def test_no_threshold_has_a_higher_correlation(seed):
    draw = random.Random(seed)
    labels = [int(draw.random() < 0.6) for _ in range(25)]
    values = [round(draw.gauss(0.8 * label, 1), 1) for label in labels]

    def correlation(threshold):
        return metrics.matthews([value > threshold for value in values], labels)

    found = metrics.best_threshold(values, labels)
    highest = max(correlation(value - 0.05) for value in [*values, 99])
    assert correlation(found) == pytest.approx(max(highest, 0))
    assert found not in values, "it lies between two values"


def test_where_a_threshold_gains_nothing_all_are_guessed_alike():
    assert metrics.best_threshold([3.0, 2.0, 1.0], [0, 0, 1]) == -math.inf
    assert metrics.best_threshold([1.0, 1.0], [0, 1]) == -math.inf
    assert metrics.best_threshold([1.0, 2.0], [0, 1]) == 1.5


def balanced(values, labels, cuts, order):
    """The mean over the labels of the share that is guessed right."""
    right = {label: [] for label in labels}
    for value, label in zip(values, labels, strict=True):
        guess = order[metrics.stretch(value, cuts)]
        right[label].append(guess == label)
    return sum(sum(each) / len(each) for each in right.values()) / len(right)


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("seed", range(8))
def test_no_other_cuts_serve_the_labels_better(count, seed):
    draw = random.Random(seed)
    labels = [*range(count), *(draw.randrange(count) for _ in range(12))]
    values = [round(draw.gauss(-label, 1), 1) for label in labels]
    cuts, order = metrics.best_cuts(values, labels, count)
    assert cuts == sorted(cuts)
    assert len(cuts) == count - 1
    assert sorted(order) == list(range(count))
    places = [*(value + 0.05 for value in values), min(values) - 1]
    highest = max(
        balanced(values, labels, sorted(some), order)
        for some in itertools.combinations_with_replacement(places, count - 1)
    )
    assert balanced(values, labels, cuts, order) == pytest.approx(highest)


def test_cuts_are_found_whichever_label_is_high():
    assert metrics.best_cuts([1.0, 2.0, 7.0, 8.0], [1, 1, 0, 0], 2) == ([4.5], [1, 0])
    assert metrics.best_cuts([1.0, 2.0, 7.0, 8.0], [0, 0, 1, 1], 2) == ([4.5], [0, 1])
