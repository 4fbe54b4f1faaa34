"""Exercises about tasks without training: scales, ties, correlations, many at once."""

import functools
import math
from statistics import fmean

import torch

from gpt1.check.exercise import Exercise
from gpt1.check.sampling import Counted, small_model

# The paper's scale.


def on_scale(score, chance, best):
    return (score - chance) / (best - chance)


ON_SCALE = Exercise(
    name="on-scale",
    verified="0 for chance, 1 for the best known, below 0 for less than chance",
    cases=lambda: [
        (0.75, 0.5, 1.0),
        (0.25, 0.25, 0.6),
        (0.4, 0.5, 0.9),
        (0.59, 0.25, 0.59),
        (0.7, 0.25, 0.5),
    ],
    right=on_scale,
    mistakes="""
        (score - chance) / (best - chance) -> score / best
            chance isn't 0 on your scale. Subtract it from the score and from the best
        / (best - chance) ->
            chance is 0 on your scale, but the best isn't 1. Divide by what lies between
            chance and the best
        best - chance -> best
            you divided by the whole of the best score. Only the part above chance
            counts, so subtract chance there, too
        score - chance -> score
            you forgot to subtract chance from the score, so chance isn't 0
        best - chance -> 1 - chance
            you divided by the distance from chance to 1. The scale ends at the best
            known score
        ... -> max(0.0, on_scale(score, chance, best))
            a score below chance is below 0 on this scale. Don't cut it off
        ... -> min(1.0, max(0.0, on_scale(score, chance, best)))
        ... -> min(1.0, on_scale(score, chance, best))
            a score above the best known is above 1 on this scale. Don't cut it off
        score - chance -> best - score
            this is what is still missing, 0 for the best and 1 for chance. Measure from
            chance
        score - chance -> chance - score
        best - chance -> chance - best
            the sign is wrong: a score above chance has to be above 0
        ... -> abs(on_scale(score, chance, best))
            a score below chance has to be below 0, so leave the sign as it is
        / (best - chance) -> * (best - chance)
            you multiplied. Divide by the distance from chance to the best
        / (best - chance) -> // (best - chance)
            // rounds down to a whole number. Divide with / instead
        score - chance -> score + chance
        best - chance -> best + chance
            you added chance in one place. Subtract it in both
        score - chance -> chance
            the score doesn't count at all: subtract chance from it
        best - chance -> chance
            you divided by chance. Divide by the distance from chance to the best
        (score - chance) / (best - chance) -> best - chance
            this is the length of the scale. Divide the score's distance from chance by
            it
        (score - chance) / (best - chance) -> (best - chance) / (score - chance)
            your fraction is upside down: the score's distance from chance comes first
        ... -> 100 * on_scale(score, chance, best)
            these are per cent. The best known score is 1 on this scale
    """,
)


# Ties.


def credit(scores, right):
    best = max(scores)
    if scores[right] < best:
        return 0
    return 1 / scores.count(best)


CREDIT = Exercise(
    name="credit",
    verified="1, 0, or a share where several choices have the highest score",
    cases=lambda: [
        ([-1.0, -2.0], 0),
        ([-1.0, -2.0], 1),
        ([-1.5, -1.5], 1),
        ([-1.5, -1.5], 0),
        ([-3.0, -1.0, -1.0, -2.0], 2),
        ([-1.0, -3.0, -3.0], 1),
        ([-2.0, -2.0, -2.0, -2.0], 3),
        ([-2.5, -2.0, -2.0, -2.0], 0),
    ],
    right=credit,
    mistakes="""
        ... -> int(scores.index(max(scores)) == right)
            where scores tie, you took the first of them. Then a model that knows
            nothing is right whenever the right choice comes first. Share the 1 among
            those that tie
        ... -> int(len(scores) - 1 - scores[::-1].index(max(scores)) == right)
            where scores tie, you took the last of them. Share the 1 among those that
            tie
        1 / scores.count(best) -> 1
            a tie isn't a full success: drawing lots among two would be right half of
            the time. Share the 1 among those that tie
        1 / scores.count(best) -> int(scores.count(best) == 1)
        1 / -> 1 //
            a tie isn't a failure either: drawing lots among two would be right half of
            the time. Share the 1 among those that tie, and divide it with /, since //
            rounds down
        scores.count(best) -> len(scores)
            you shared the 1 among all choices. Share it only among those with the
            highest score
        ... -> 1 / scores.count(max(scores))
        return 0 -> pass
        < -> >
            you always give credit. Where the right choice has less than the best score,
            it is 0
        max -> min
            you looked for the lowest score. Log-probabilities are negative, and the
            highest is the one nearest to 0
        scores[right] < best -> scores[right] == best
        < -> >=
            it's the other way round: the credit is 0 where the right choice has less
            than the best score
        < -> <=
        1 / -> 0 /
            you never give any credit. A choice that alone has the highest score gets 1
        1 / scores.count(best) -> scores.count(best)
        1 / scores.count(best) -> scores.count(best) / 1
            this is how many choices tie. Each of them gets its share of 1
        scores.count(best) -> scores.count(best) + 1
            with a single best choice the credit is 1, so count only those that have the
            highest score
        1 / scores.count(best) -> scores.count(best) / len(scores)
            the more choices tie, the less each of them is worth: 1 divided by their
            number
        1 / scores.count(best) -> 0.5
            a tie of two is worth 1/2, but a single best choice is worth 1, and one of
            four that tie is worth 1/4
        return 0 -> return 1
            where the right choice is not among the best, the credit is 0, not 1
        return 0 -> return -1
            a wrong answer costs nothing: the credit is 0, not -1
        1 / -> 2 /
            a single best choice is worth 1, not 2
    """,
)


# Correlation.


def matthews(guesses, labels):
    guesses = torch.tensor(guesses).double()
    labels = torch.tensor(labels).double()
    guesses, labels = guesses - guesses.mean(), labels - labels.mean()
    scale = guesses.norm() * labels.norm()
    return (guesses @ labels / scale).item() if scale > 0 else 0.0


def _root_product(hits, false, missed, right):
    pairs = (hits + false, hits + missed, right + false, right + missed)
    return math.sqrt(math.prod(pairs))


def _f1(guesses, labels):
    hits = sum(g * y for g, y in zip(guesses, labels, strict=True))
    return 2 * hits / max(1, sum(guesses) + sum(labels))


def guesses_and_labels():
    return [
        ([0, 1], [0, 1]),
        ([1, 1, 0, 0], [1, 0, 1, 0]),
        ([1, 1, 1, 1], [1, 1, 0, 1]),
        ([1, 0, 0], [0, 1, 1]),
        ([1, 1, 1, 0, 1, 0], [1, 1, 0, 0, 1, 1]),
        ([1, 0, 1, 1, 1, 0, 0, 0, 1, 1], [1, 0, 1, 1, 0, 0, 0, 1, 1, 1]),
        ([0, 0, 0], [1, 0, 1]),
    ]


MATTHEWS = Exercise(
    name="matthews",
    verified="1 for all right, -1 for all wrong, 0 for guesses that don't vary",
    cases=guesses_and_labels,
    right=matthews,
    mistakes="""
        ... -> fmean(g == y for g, y in zip(guesses, labels, strict=True))
            this is the accuracy. It rewards always guessing the commoner label
        ... -> 2 * fmean(g == y for g, y in zip(guesses, labels, strict=True)) - 1
            you stretched the accuracy to run from -1 to 1. For labels that aren't half
            and half, that isn't the correlation
        ... -> _f1(guesses, labels)
            this is F1, the harmonic mean of precision and recall
        if scale > 0 else 0.0 ->
            where all guesses are the same, you divide 0 by 0. Return 0 there
        guesses, labels = guesses - guesses.mean(), labels - labels.mean() -> pass
            you didn't subtract the means, so always guessing 1 looks good. A
            correlation compares deviations from the mean
        guesses - guesses.mean(), -> guesses,
            you didn't subtract the mean of the guesses. Both lists need it for their
            lengths to be those of deviations
        labels - labels.mean() -> labels
            you didn't subtract the mean of the labels. Both lists need it for their
            lengths to be those of deviations
        guesses @ labels / scale -> guesses @ labels
            this is not divided by the two lengths, so it grows with the number of
            examples
        guesses @ labels / scale -> guesses @ labels / len(labels)
            this is the covariance. Divide by the deviations of both lists, too
        guesses.norm() * labels.norm() -> guesses.norm()
        guesses.norm() * labels.norm() -> labels.norm()
            you divided by one of the two lengths. Divide by both
        guesses.norm() * labels.norm() -> guesses.norm() + labels.norm()
            you added the two lengths. Multiply them
        guesses.norm() * labels.norm() -> (guesses.norm() * labels.norm()) ** 2
            you divided by the product of the variances. Take its root
        guesses @ labels / scale -> (guesses @ labels).abs() / scale
            you lost the sign: guesses that are all wrong have the correlation -1
        guesses @ labels / scale -> -guesses @ labels / scale
            the sign is wrong: guesses that are all right have the correlation 1
        if scale > 0 else 0.0 -> if scale > 0 else 1.0
        if scale > 0 else 0.0 -> if scale > 0 else -1.0
            guesses that don't vary say nothing, so their correlation is 0
        guesses - guesses.mean(), labels -> guesses + guesses.mean(), labels
        labels - labels.mean() -> labels + labels.mean()
            you added a mean. Subtract it, so that what is left are deviations
        guesses @ labels / scale -> guesses @ labels * scale
            you multiplied by the two lengths. Divide by them
        guesses @ labels / scale -> guesses @ labels // scale
            // rounds down to a whole number. Divide with / instead
        guesses @ labels / scale -> scale / (guesses @ labels)
            your fraction is upside down: the sum of products comes first
        guesses @ labels / scale -> scale
            this is the product of the two lengths. Divide the sum of products by it
        guesses - guesses.mean(), labels -> guesses - guesses.sum(), labels
        labels - labels.mean() -> labels - labels.sum()
            you subtracted a sum. Subtract the mean, so that what is left are deviations
        ... -> 0.0
            this is always 0. Either you return 0 too often, or nothing is left of a
            list once you have subtracted something from it
    """,
)


# Two heuristics on the same examples.


def difference(first, second):
    gaps = [b - a for a, b in zip(first, second, strict=True)]
    mean = fmean(gaps)
    spread = fmean((gap - mean) ** 2 for gap in gaps)
    return mean, math.sqrt(spread / len(gaps))


def _apart(first, second):
    """The error as if the two lists were of different examples."""
    spreads = []
    for credits in (first, second):
        mean = fmean(credits)
        spreads.append(fmean((c - mean) ** 2 for c in credits) / len(credits))
    return fmean(second) - fmean(first), math.sqrt(sum(spreads))


def credits():
    return [
        ([1, 0], [1, 1]),
        ([1, 0, 1, 0], [1, 0, 1, 0]),
        ([1, 1, 0, 0, 1], [0, 1, 0, 1, 1]),
        ([1, 0.5, 0, 1, 1, 0], [0, 0.5, 0, 1, 0, 0]),
        ([1, 1, 1, 0, 0, 1, 0, 1] * 5, [1, 1, 1, 0, 1, 1, 0, 0.5] * 5),
    ]


DIFFERENCE = Exercise(
    name="difference",
    verified="the mean difference, and how uncertain it is, example by example",
    cases=credits,
    right=difference,
    mistakes="""
        ... -> _apart(first, second)
            you added the uncertainties of the two accuracies. But both were asked the
            same examples, and where they agree nothing is uncertain. Work with the
            difference of each example
        b - a for -> a - b for
            you subtracted the second from the first. Positive has to mean that the
            second is better
        math.sqrt(spread / len(gaps)) -> math.sqrt(spread)
        spread = fmean( -> spread = sum(
            this is the spread of single examples. The mean of many is less uncertain:
            divide the mean square by their number, and then take the root
        math.sqrt(spread / len(gaps)) -> math.sqrt(spread) / len(gaps)
            you divided by the number after taking the root. Divide before it
        math.sqrt(spread / len(gaps)) -> spread / len(gaps)
            this is the square of the error. Take its root
        spread / len(gaps) -> spread / (len(gaps) - 1)
            you divided by one less than the number of examples. Here the spread is the
            plain mean of the squares, divided by the number
        mean = fmean(gaps) -> mean = sum(gaps)
            this is the sum of the differences. Divide by their number
        (gap - mean) ** 2 -> gap ** 2
            you took the squares of the differences themselves. Take those of their
            deviations from the mean
        (gap - mean) ** 2 -> abs(gap - mean)
            you averaged the sizes of the deviations. Average their squares
        (gap - mean) ** 2 -> (gap - mean)
        (gap - mean) ** 2 -> (gap - mean) * 2
        (gap - mean) ** 2 -> (gap - mean) ** 1
            deviations add up to 0. Square them first, with ** 2
        b - a for -> abs(b - a) for
            you lost the signs: examples that only the first gets right have to count
            against the second
        b - a for -> b for
        b - a for -> a for
            this looks at one of the two only. Subtract the first from the second,
            example by example
        b - a for -> b + a for
            you added the two. Subtract the first from the second
        return mean, -> return fmean(first),
        return mean, -> return fmean(second),
            the first number is the accuracy of one of them. Return the mean difference
        spread / len(gaps) -> spread * len(gaps)
            you multiplied by the number of examples. More examples make the mean less
            uncertain, so divide
        spread / len(gaps) -> len(gaps) / spread
            your fraction is upside down: the mean square comes first
        spread / len(gaps) -> spread // len(gaps)
            // rounds down to a whole number. Divide with / instead
        spread / len(gaps) -> len(gaps)
            the spread of the differences has to count. Divide it by their number
        (gap - mean) ** 2 -> (gap + mean) ** 2
            you added the mean. Subtract it, to get deviations
        (gap - mean) ** 2 -> mean ** 2
            the differences don't count. Square their deviations from the mean
        (gap - mean) ** 2 -> (gap - mean) ** 3
            these aren't squares. Use ** 2
    """,
)


# Many at once.


def totals(model, texts, firsts):
    longest = max(map(len, texts))
    padded = torch.zeros(len(texts), longest, dtype=torch.long)
    for row, text in zip(padded, texts, strict=True):
        row[: len(text)] = torch.tensor(text)
    logs = model(padded[:, :-1]).log_softmax(-1)
    chosen = logs.gather(-1, padded[:, 1:, None])[..., 0]
    pairs = zip(chosen, texts, firsts, strict=True)
    return torch.stack([row[n - 1 : len(t) - 1].sum() for row, t, n in pairs])


@functools.cache
def some_texts():
    small = small_model(5)
    model = Counted(small.config).eval().requires_grad_(False)
    model.load_state_dict(small.state_dict())
    texts = [[3, 7, 1], [4, 9, 2, 12, 5, 17], [8, 2, 11, 6], [1, 18, 3, 5, 14]]
    firsts = [1, 3, 2, 1]
    told = [
        ("1 text of 3 tokens, from token 1 on:", 1),
        ("2 texts, of 3 and 6 tokens, from tokens 1 and 3 on:", 2),
        ("4 texts of different lengths:", 4),
    ]
    return [(what, (model, texts[:n], firsts[:n])) for what, n in told]


@torch.no_grad()
def read(answer, model, texts, firsts):
    """The scores, and whether the model has read once for all, or for each text."""
    found = torch.as_tensor(answer(model, texts, firsts))
    often = "one for each text" if model.readings > 1 else "one for all"
    return {"scores": found, "readings": often}


def _alone(model, texts, firsts):
    rows = [totals(model, [t], [n]) for t, n in zip(texts, firsts, strict=True)]
    return torch.cat(rows)


def _from_the_left(model, texts, firsts):
    """Padding in front, which moves every token to a place that isn't its own."""
    longest = max(map(len, texts))
    padded = torch.zeros(len(texts), longest, dtype=torch.long)
    for row, text in zip(padded, texts, strict=True):
        row[longest - len(text) :] = torch.tensor(text)
    logs = model(padded[:, :-1]).log_softmax(-1)
    chosen = logs.gather(-1, padded[:, 1:, None])[..., 0]
    pairs = zip(chosen, texts, firsts, strict=True)
    rows = [row[longest - len(t) + n - 1 :].sum() for row, t, n in pairs]
    return torch.stack(rows)


TOTALS = Exercise(
    name="many-at-once",
    verified="the scores of single readings, from one reading of all texts",
    cases=some_texts,
    right=totals,
    observe=read,
    mistakes="""
        n - 1 : len(t) - 1 -> n - 1 :
            the padding counts. Stop at the text's own last token
        n - 1 : len(t) - 1 -> : len(t) - 1
            the context counts, too. Start where token `first` is predicted
        n - 1 : len(t) - 1 -> :
            the context and the padding count. Sum from where token `first` is predicted
            to the text's own last token
        n - 1 : len(t) - 1 -> n : len(t) - 1
            your first token is missing: token n is predicted at position n - 1
        n - 1 : len(t) - 1 -> n - 1 : len(t)
            a token of padding counts. The last prediction of a text of n tokens is made
            at position n - 2
        n - 1 : len(t) - 1 -> n : len(t)
            your sums begin and end one token late. Token n is predicted at position n -
            1
        n - 1 : len(t) - 1 -> n - 1 : len(t) - 2
            the last token is missing
        .sum() -> .mean()
        row[n - 1 : len(t) - 1].sum() -> row[n - 1 : len(t) - 1].sum() / (len(t) - n)
            these are means. Return sums
        padded[:, 1:, None] -> padded[:, :-1, None]
            you looked up the token that was read. Look up the one that comes after it
        .log_softmax(-1) ->
            these are logits. Take a log_softmax over the vocabulary
        .log_softmax(-1) -> .softmax(-1)
        .log_softmax(-1) -> .log_softmax(-1).exp()
            you added up probabilities. Add up their logarithms
        .log_softmax(-1) -> .softmax(-1).log2()
            these are bits. Use the natural logarithm
        .log_softmax(-1) -> .log_softmax(1)
        .log_softmax(-1) -> .log_softmax(-2)
            your softmax runs over the positions. Take it over the vocabulary, the last
            axis
        .log_softmax(-1) -> .log_softmax(0)
            your softmax runs over the texts. Take it over the vocabulary, the last axis
        return torch.stack([ -> return -torch.stack([
            the sign is wrong: log-probabilities are never above 0
        ... -> _alone(model, texts, firsts)
            the scores are right, but the model reads each text on its own. Fill up the
            shorter ones and read all of them at once
        ... -> _from_the_left(model, texts, firsts)
            you put the padding in front, so every token of a shorter text stands at
            another position than alone, and sees the padding. Put it behind
        row[: len(text)] = torch.tensor(text) -> pass
            your rows hold nothing but padding. Copy the texts into them
        row[n - 1 : len(t) - 1].sum() -> row[n - 1 : len(t) - 1].sum() / len(t)
            you divided by a number of tokens. Return sums
        n - 1 : len(t) - 1 -> n + 1 : len(t) - 1
        n - 1 : len(t) - 1 -> n - 2 : len(t) - 1
        n - 1 : len(t) - 1 -> n - 1 : len(t) + 1
            your sum doesn't begin or end where it should. It goes from position n - 1,
            which predicts token n, to the last but one
    """,
)


EXERCISES = (ON_SCALE, CREDIT, MATTHEWS, DIFFERENCE, TOTALS)
