"""What can be guessed without reading: the floor that a reader of the tales must beat.

    >>> from gpt1.tales import baselines, examples
    >>> training, test = (examples("follows", 1000, seed=seed) for seed in (0, 1))
    >>> baselines.accuracies(training, test)

Each baseline turns the texts of an example into counts, and learns from them by
logistic regression, written out here because nothing in the tales needs torch. Where
two endings are to be compared, what counts is the second's count less the first's.

`BASELINES` are those by which tasks are usually caught. Each is a function from texts
to counts. A number (of words, say) is learned by the tenth of the training examples
that it falls in.
"""

import math
from collections import Counter
from itertools import combinations, product

from gpt1.tales.tasks import Example, words

ROUNDS = 6  # passes over the training examples
STEP = 0.3  # of AdaGrad, the same for each count
RARE = 3  # a count that fewer training examples have is not learned from


def accuracies(training: list[Example], test: list[Example]) -> dict[str, float]:
    """The share of the test that each baseline gets right, from 0 to 1.

    ValueError if there are no examples, or if some have another number of texts than
    the rest.
    """
    _check(training, test)
    return {name: _accuracy(kind, training, test) for name, kind in BASELINES.items()}


def word_pairs(training: list[Example], test: list[Example]) -> float:
    """The share of the test that counting pairs of words gets right, from 0 to 1.

    A pair is a word of the first text with one of the second, or of a single text any
    two of its words. Each speaks for the labels with which it was seen in training
    (naive Bayes, with half an example more for each label). It is not one of
    `BASELINES`: the tales have so few plots that with a few hundred labels it knows
    most pairs, and then does better than these, and than many a model.

    ValueError as for `accuracies`.
    """
    _check(training, test)
    labels = range(max(example.label for example in training) + 1)
    seen, often = Counter(), Counter()
    for example in training:
        for pairs, label in _told(example):
            often[label] += 1
            seen.update((pair, label) for pair in pairs)

    def scores(pairs):
        known = [pair for pair in pairs if any((pair, n) in seen for n in labels)]
        return [
            math.fsum(
                math.log((seen[pair, n] + 0.5) / (often[n] + 1)) for pair in known
            )
            for n in labels
        ]

    right = 0
    for example in test:
        found = [scores(pairs) for pairs, _ in _told(example)]
        if len(found) > 1:
            found = [[yes - no for no, yes in found]]
        right += found[0].index(max(found[0])) == example.label
    return right / len(test)


def _told(example):
    """The pairs of an example with its label; those of each choice, with 0 or 1."""
    first, *others = (set(words(text)) for text in example.texts)
    if not others:
        return [(set(combinations(sorted(first), 2)), example.label)]
    found = [set(product(first, other)) for other in others]
    if len(found) == 1:
        return [(found[0], example.label)]
    return [(pairs, int(at == example.label)) for at, pairs in enumerate(found)]


def _check(training, test):
    shapes = {len(example.texts) for example in [*training, *test]}
    if len(shapes) != 1 or not training or not test:
        raise ValueError(
            f"expected examples of one task, for training and for the test, got "
            f"{len(training)} and {len(test)} with {sorted(shapes)} texts"
        )


def bag(text: str) -> Counter:
    """How often a text has each word."""
    return Counter(words(text))


def shared(text: str, other: str) -> float:
    """The share of a text's different words that another has too."""
    return len(set(words(text)) & set(words(other))) / len(set(words(text)))


def unseen(text: str, other: str) -> int:
    """How many of a text's words another does not have."""
    there = set(words(other))
    return sum(word not in there for word in words(text))


def _each(count):
    """The counts of every text, kept apart; of two endings, the difference."""

    def counts(texts):
        story, *rest = texts
        if len(rest) == 2:
            both = Counter(count(rest[1]))
            both.subtract(count(rest[0]))
            return both
        apart = [(at, count(text)) for at, text in enumerate(texts)]
        return {(at, key): n for at, found in apart for key, n in found.items()}

    return counts


def _beside(number):
    """A number of each text beside the first, as counts; of two endings, both."""

    def counts(texts):
        story, *rest = texts
        values = [number(text, story) for text in rest]
        return values[1] - values[0] if len(values) == 2 else sum(values)

    return counts


def _majority(texts):
    return {}


def _length(texts):
    lengths = [len(words(text)) for text in texts]
    return lengths[2] - lengths[1] if len(texts) == 3 else lengths[-1]


def _last_only(texts):
    return _each(bag)(texts) if len(texts) == 3 else bag(texts[-1])


BASELINES = {
    "majority": _majority,
    "length": _length,
    "last text only": _last_only,
    "bag of words": _each(bag),
    "word overlap": _beside(shared),
    "unseen words": _beside(unseen),
}


def _accuracy(kind, training: list[Example], test: list[Example]) -> float:
    seen, asked = ([kind(e.texts) for e in examples] for examples in (training, test))
    if not hasattr(seen[0], "items"):
        seen, asked = _tenths(seen, asked)
    guess = _learn(seen, [example.label for example in training])
    right = sum(guess(x) == e.label for x, e in zip(asked, test, strict=True))
    return right / len(test)


def _tenths(seen: list[float], asked: list[float]) -> tuple[list[dict], list[dict]]:
    """Numbers as counts: one for each tenth of those seen, and one for the sign."""
    steps = sorted(seen)
    steps = [steps[len(steps) * tenth // 10] for tenth in range(1, 10)]

    def counts(x):
        return {("over", step): 1 for step in steps if x > step} | {(x > 0, x < 0): 1}

    return [counts(x) for x in seen], [counts(x) for x in asked]


def _learn(seen: list[dict], labels: list[int]):
    """A function from counts to a label, learned by logistic regression (AdaGrad).

    Of k labels the last has score 0, so that two labels need but one row of weights.
    """
    often = Counter(key for counts in seen for key, n in counts.items() if n)
    common = [key for key, n in often.items() if n >= RARE]
    places = {key: at for at, key in enumerate(common, start=1)}
    rows = range(max(labels))
    weights = [[0.0] * (len(places) + 1) for _ in rows]
    squares = [[1.0] + [1e-8] * len(places) for _ in rows]

    def known(counts):
        """Places of the known counts and the counts, with 1 for the bias at place 0."""
        items = [(places[key], n) for key, n in counts.items() if key in places]
        return [(0, 1), *items]

    def chances(items):
        scores = [sum([row[at] * n for at, n in items]) for row in weights]
        highest = max(0.0, *scores)
        powers = [math.exp(score - highest) for score in [*scores, 0.0]]
        return [power / sum(powers) for power in powers]

    seen = [known(counts) for counts in seen]
    for _ in range(ROUNDS):
        for items, label in zip(seen, labels, strict=True):
            found = chances(items)
            for row, (own, past) in enumerate(zip(weights, squares, strict=True)):
                error = found[row] - (row == label)
                for at, n in items:
                    slope = error * n
                    past[at] += slope * slope
                    own[at] -= STEP * slope / math.sqrt(past[at] + 1e-8)

    def guess(counts):
        found = chances(known(counts))
        return found.index(max(found))

    return guess
