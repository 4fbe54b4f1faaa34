"""Measures of how well guesses agree with labels, and thresholds that make guesses."""

import math
from collections import Counter

TIE = 1e-6
"""Scores that differ by less than this, absolutely or as a share, count as a tie."""


def best(scores):
    """The places of the highest score, more than one where they tie.

    Args:
        scores: a list of floats.
    """
    top = max(scores)
    return [
        place
        for place, score in enumerate(scores)
        if math.isclose(score, top, rel_tol=TIE, abs_tol=TIE)
    ]


def credit(scores, label):
    """1 where the label has the highest score, 0 where not; 1/2 where two tie.

    Args:
        scores: a float for each label.
        label: the right one's place.

    Returns:
        1/n where the label ties with n - 1 others: what drawing lots would give.
    """
    first = best(scores)
    return (label in first) / len(first)


def accuracy(credits):
    """The mean of what each example was credited, and its standard error.

    Args:
        credits: a list of numbers from 0 to 1.

    Returns:
        Two floats; the error is that of examples drawn at random.
    """
    mean = math.fsum(credits) / len(credits)
    spread = math.fsum((each - mean) ** 2 for each in credits) / len(credits)
    return mean, math.sqrt(spread / len(credits))


def matthews(guesses, labels):
    """Matthews' correlation of two lists of 0 and 1, which CoLA is judged by.

    Args:
        guesses: a list, and so is `labels`.

    Returns:
        -1 to 1; 0 where all guesses are the same, or all labels.
    """
    pairs = Counter(zip(map(bool, guesses), map(bool, labels), strict=True))
    hit, right = pairs[True, True], pairs[False, False]
    false, missed = pairs[True, False], pairs[False, True]
    return _matthews(hit, false, missed, right)


def _matthews(hit, false, missed, right):
    product = (hit + false) * (hit + missed) * (right + false) * (right + missed)
    return (hit * right - false * missed) / math.sqrt(product) if product else 0.0


def f1(guesses, labels):
    """The harmonic mean of precision and recall of label 1, for MRPC and QQP.

    Args:
        guesses: a list of 0 and 1, and so is `labels`.

    Returns:
        0 to 1; 0 where there is no 1 in either.
    """
    hits = sum(bool(g and x) for g, x in zip(guesses, labels, strict=True))
    both = sum(map(bool, guesses)) + sum(map(bool, labels))
    return 2 * hits / both if both else 0.0


def pearson(ours, theirs):
    """Pearson's correlation, which STS-B is judged by.

    Args:
        ours: a list of floats, and so is `theirs`.

    Returns:
        -1 to 1; 0 where one list is constant.
    """
    sums = [[each - math.fsum(x) / len(x) for each in x] for x in (ours, theirs)]
    product = math.fsum(a * b for a, b in zip(*sums, strict=True))
    scale = math.prod(math.sqrt(math.fsum(a * a for a in x)) for x in sums)
    return product / scale if scale else 0.0


def best_threshold(values, labels):
    """The threshold above which to guess 1, with the highest Matthews' correlation.

    Args:
        values: a list of floats; high ones speak for label 1.
        labels: 0 or 1 for each.

    Returns:
        A float in the middle between two neighbouring values; of several that are as
        good, the lowest. Minus infinity where nothing is gained by guessing 0.
    """
    pairs = sorted(zip(values, labels, strict=True))
    ones = sum(label for _, label in pairs)
    hit, false = ones, len(pairs) - ones  # all guessed 1
    found, threshold = 0.0, -math.inf
    for number, (value, label) in enumerate(pairs[:-1], start=1):
        hit, false = hit - label, false - (1 - label)
        following = pairs[number][0]
        if following == value:
            continue
        missed, right = ones - hit, len(pairs) - ones - false
        correlation = _matthews(hit, false, missed, right)
        if correlation > found:
            found, threshold = correlation, (value + following) / 2
    return threshold


def best_cuts(values, labels, count):
    """Cuts of a line into one stretch for each label, which serve all labels alike.

    They have the highest mean share of right guesses, each label counting the same. The
    stretches stand in the order of the labels' mean values.

    Args:
        values: a list of floats.
        labels: a label for each, 0 to count - 1.
        count: how many labels there are.

    Returns:
        The cuts, count - 1 floats in rising order, and the labels of the stretches.
    """
    sizes = Counter(labels)
    means = [
        math.fsum(v for v, x in zip(values, labels, strict=True) if x == label)
        / max(1, sizes[label])
        for label in range(count)
    ]
    order = sorted(range(count), key=means.__getitem__)
    pairs = sorted(zip(values, labels, strict=True))
    # For each stretch: what is gained if it is the current one, and its cuts so far.
    states = [(0.0, ())] + [(-math.inf, ())] * (count - 1)
    before = -math.inf
    for value, label in pairs:
        if value != before:
            middle = value if before == -math.inf else (before + value) / 2
            for stretch in range(1, count):
                gained, cuts = states[stretch - 1]
                if gained > states[stretch][0]:
                    states[stretch] = gained, (*cuts, middle)
        states = [
            (gained + (label == order[stretch]) / sizes[label], cuts)
            for stretch, (gained, cuts) in enumerate(states)
        ]
        before = value
    gained, cuts = max(states, key=lambda state: state[0])
    return [*cuts, *[math.inf] * (count - 1 - len(cuts))], order


def stretch(value, cuts):
    """Between which cuts a value lies: how many of them it is not below."""
    return sum(value >= cut for cut in cuts)
