"""Exercises about counting words."""

import math
from collections import Counter
from statistics import fmean

import torch

from gpt1.check.exercise import Exercise, Mistake

# Perplexity.


def surprises(probabilities):
    return [-math.log(p) for p in probabilities]


def perplexity(probabilities):
    return math.exp(fmean(surprises(probabilities)))


def or_infinite(answer, probabilities):
    """What an answer returns; a number too large for Python is infinite."""
    try:
        return answer(probabilities)
    except ArithmeticError:
        return math.inf


PERPLEXITY = Exercise(
    name="perplexity",
    verified="the exponential of the mean surprise, for texts of 1 to 1,000 words",
    cases=lambda: [
        ([0.5],),
        ([1 / 8] * 5,),
        ([1 / 2, 1, 1, 1, 1 / 2, 1],),
        ([0.9, 0.1, 0.25],),
        ([0.01] * 1000,),
    ],
    right=perplexity,
    observe=or_infinite,
    mistakes=(
        Mistake(
            "this is the mean surprise, the loss; the perplexity is e to its power",
            lambda probabilities: fmean(surprises(probabilities)),
        ),
        Mistake(
            "this is the mean surprise in bits; the perplexity is 2 to its power",
            lambda probabilities: fmean(surprises(probabilities)) / math.log(2),
        ),
        Mistake(
            "your surprises are in nats, so raise e to their mean; you raised 2",
            lambda probabilities: 2 ** fmean(surprises(probabilities)),
        ),
        Mistake(
            "your surprises are in bits, so raise 2 to their mean; you raised e",
            lambda probabilities: math.exp(
                fmean(surprises(probabilities)) / math.log(2)
            ),
        ),
        Mistake(
            "you raised e to the sum of the surprises; it is their mean, so that long "
            "texts can be compared with short ones",
            lambda probabilities: 1 / math.prod(probabilities),
        ),
        Mistake(
            "right for short texts, but the product of 1,000 probabilities is 0 to a "
            "computer: add logarithms instead",
            lambda probabilities: math.prod(probabilities) ** (-1 / len(probabilities)),
        ),
        Mistake(
            "you averaged the probabilities; what is averaged are the surprises, their "
            "logarithms",
            lambda probabilities: 1 / fmean(probabilities),
        ),
        Mistake(
            "you averaged 1 / p; that is dearer than the exponential of the mean "
            "surprise wherever the probabilities differ",
            lambda probabilities: fmean(1 / p for p in probabilities),
        ),
        *(
            Mistake(
                "you weighted each surprise with its probability; the words that came "
                "count once each",
                lambda probabilities, last=last: last(
                    sum(-p * math.log(p) for p in probabilities)
                ),
            )
            for last in (math.exp, float)
        ),
        Mistake(
            "the sign is lost: yours is at most 1, and a perplexity is at least 1",
            lambda probabilities: 1 / perplexity(probabilities),
        ),
    ),
)


# What a wrong belief costs.


def cross_entropy(p, q):
    return -sum(a * math.log(b) for a, b in zip(p, q, strict=True) if a)


def entropy(p):
    return cross_entropy(p, p)


def extra_nats(truth, belief):
    return cross_entropy(truth, belief) - entropy(truth)


def finite(answer, truth, belief):
    """What an answer returns; all that is no number is alike where a truth is 0."""
    if 0 not in truth:
        return answer(truth, belief)
    try:
        number = float(answer(truth, belief))
    except (ValueError, ArithmeticError):
        number = math.nan
    return number if math.isfinite(number) else "no finite number"


def with_zeros(says, formula):
    """A mistake, made by answers that take care of zeros and by those that do not."""

    def unless_zero(truth, belief):
        return math.nan if 0 in truth else formula(truth, belief)

    return Mistake(says, formula), Mistake(says, unless_zero)


EXTRA_NATS = Exercise(
    name="extra-nats",
    verified="the cross-entropy less the entropy, also where a word never comes",
    cases=lambda: [
        ([0.5, 0.5], [0.25, 0.75]),
        ([1 / 2, 1 / 4, 1 / 4], [1 / 3, 1 / 3, 1 / 3]),
        ([0.1, 0.2, 0.7], [0.6, 0.3, 0.1]),
        ([1, 0], [0.5, 0.5]),
        ([0.5, 0.0, 0.3, 0.2], [0.1, 0.2, 0.3, 0.4]),
    ],
    right=extra_nats,
    observe=finite,
    mistakes=(
        Mistake(
            "right, except where the truth has a 0: that word never comes and costs "
            "nothing, but a computer does not know 0 times the logarithm of 0",
            lambda truth, belief: math.nan if 0 in truth else extra_nats(truth, belief),
        ),
        *with_zeros(
            "truth and belief are exchanged: what comes is drawn from the truth, so "
            "the truth weighs the surprises",
            lambda truth, belief: sum(
                b * math.log(b / a) for a, b in zip(truth, belief, strict=True) if a
            ),
        ),
        *with_zeros(
            "this is the whole cross-entropy; take away the entropy, which nobody "
            "can avoid",
            cross_entropy,
        ),
        *with_zeros(
            "this is the entropy of the truth; what you pay beyond it is asked for",
            lambda truth, belief: entropy(truth),
        ),
        *with_zeros(
            "the sign is wrong: a wrong belief costs more than the truth, never less",
            lambda truth, belief: -extra_nats(truth, belief),
        ),
        *with_zeros(
            "this is in bits; nats are asked for, the natural logarithm",
            lambda truth, belief: extra_nats(truth, belief) / math.log(2),
        ),
        *with_zeros(
            "you took away the entropy of the belief; the floor is the entropy of the "
            "truth",
            lambda truth, belief: cross_entropy(truth, belief) - entropy(belief),
        ),
        *with_zeros(
            "you took the plain mean over the words of the list; a word counts as "
            "often as it comes, with its true probability",
            lambda truth, belief: fmean(
                math.log(a / b) for a, b in zip(truth, belief, strict=True) if a
            ),
        ),
        *with_zeros(
            "this is divided by the number of words; the probabilities are weights "
            "already, so the sum is the mean",
            lambda truth, belief: extra_nats(truth, belief) / len(truth),
        ),
    ),
)


# Add one.


def add_one(followers, word, vocab):
    return (followers[word] + 1) / (followers.total() + vocab)


ADD_ONE = Exercise(
    name="add-one",
    verified="the probabilities of all words sum to 1, and none of them is 0",
    cases=lambda: [
        (Counter(mat=1), "mat", 2),
        (Counter(mat=1), "cat", 2),
        (Counter(mat=3, cat=1), "mat", 6),
        (Counter(mat=3, cat=1), "dog", 6),
        (Counter(out=14, sat=13, ran=5, had=2), "sat", 50),
        (Counter(), "mat", 4),
    ],
    right=add_one,
    mistakes=(
        Mistake(
            "the total has not grown: with 1 more for each word of the dictionary it "
            "is larger by vocab, or the probabilities sum to more than 1",
            lambda followers, word, vocab: (followers[word] + 1) / followers.total(),
        ),
        Mistake(
            "you added 1 to the total; it grows by 1 for each word of the dictionary, "
            "by vocab in all",
            lambda followers, word, vocab: (
                (followers[word] + 1) / (followers.total() + 1)
            ),
        ),
        Mistake(
            "you added 1 for each word that was counted here; each word of the "
            "dictionary gets its 1, seen or not",
            lambda followers, word, vocab: (
                (followers[word] + 1) / (followers.total() + len(followers))
            ),
        ),
        Mistake(
            "the word's own count has not grown, so a word that never came still has "
            "probability 0",
            lambda followers, word, vocab: (
                followers[word] / (followers.total() + vocab)
            ),
        ),
        Mistake(
            "nothing was added: this is the plain share",
            lambda followers, word, vocab: followers[word] / followers.total(),
        ),
        Mistake(
            "you added 1 to the words that never came only; every count grows",
            lambda followers, word, vocab: (
                max(followers[word], 1) / (followers.total() + vocab - len(followers))
            ),
        ),
        Mistake(
            "len of a counter says how many different words it has; its total says how "
            "many were counted",
            lambda followers, word, vocab: (
                (followers[word] + 1) / (len(followers) + vocab)
            ),
        ),
    ),
)


# Shannon's game.


def ranked(followers):
    return [word for word, _ in followers.most_common()]


def guesses(followers, word):
    return rank(ranked(followers), word)


def rank(words, word, without=None):
    return words.index(word) + 1 if word in words else without


def after_cat():
    return Counter(ran=2, sat=13, had=5, out=14)


GUESSES = Exercise(
    name="guesses",
    verified="the most frequent follower takes 1 guess; what never followed, None",
    cases=lambda: [
        (Counter(mat=1), "mat"),
        (after_cat(), "out"),
        (after_cat(), "had"),
        (after_cat(), "ran"),
        (after_cat(), "sat"),
        (after_cat(), "flew"),
        (Counter(), "mat"),
    ],
    right=guesses,
    mistakes=(
        Mistake(
            "the first guess is guess 1; yours is 0, as an index counts",
            lambda followers, word: (
                ranked(followers).index(word) if word in followers else None
            ),
        ),
        Mistake(
            "the followers are in the order in which they were met; guess them in the "
            "order of their counts",
            lambda followers, word: rank(list(followers), word),
        ),
        Mistake(
            "the followers are in alphabetical order; guess them in the order of their "
            "counts",
            lambda followers, word: rank(sorted(followers), word),
        ),
        Mistake(
            "the rarest follower comes first in your list; the most frequent has to",
            lambda followers, word: rank(ranked(followers)[::-1], word),
        ),
        Mistake(
            "this is the word's count; asked for is its place among the counts",
            lambda followers, word: followers[word] or None,
        ),
        *(
            Mistake(
                "a word that never followed is never guessed: that is None, no number",
                lambda followers, word, value=value: rank(
                    ranked(followers), word, value(followers)
                ),
            )
            for value in (len, lambda found: len(found) + 1, lambda _: 0, lambda _: -1)
        ),
        *(
            Mistake(
                "right for words that followed; one that never did makes your code "
                "stop, and it has to return None",
                find,
            )
            for find in (
                lambda followers, word: ranked(followers).index(word) + 1,
                lambda followers, word: {
                    w: n for n, w in enumerate(ranked(followers), 1)
                }[word],
                lambda followers, word: next(
                    n for n, w in enumerate(ranked(followers), 1) if w == word
                ),
            )
        ),
    ),
)


# A model that remembers.


def remember(text, given, share):
    return fmean(mixed(text, given, share))


def so_far(memory, word, text):
    return memory[word] / memory.total()


def mixed(
    text, given, share, seen=so_far, mixes=lambda memory, word: memory, whole=False
):
    """The surprise at each word of a text.

    Args:
        text: words.
        given: the probability that each had before.
        share: of the memory.
        seen: function of the words so far, a word and the text: its share.
        mixes: function of the words so far and a word: whether it is mixed.
        whole: whether the probability before keeps its whole weight.
    """
    memory, found = Counter(), []
    for word, p in zip(text, given, strict=True):
        if mixes(memory, word):
            p = (1 if whole else 1 - share) * p + share * seen(memory, word, text)
        found.append(-math.log(p))
        memory[word] += 1
    return found


def remembering(seen=so_far, mixes=lambda memory, word: memory, whole=False):
    return lambda text, given, share: fmean(
        mixed(text, given, share, seen, mixes, whole)
    )


def always(memory, word):
    return True


def tales():
    dice = torch.Generator().manual_seed(4)
    words = ("Nell", " had", " a", " hoop", ".", " Nell", " ran", ",", " and")
    words += (" Nell", "'s", " hoop", " ran", ".")
    given = (0.05 + 0.9 * torch.rand(len(words), generator=dice)).tolist()
    return [
        (("a",), [0.5], 0.25),
        (("a", "b"), [0.5, 0.5], 0.25),
        (("a", "b", "b"), [0.5, 0.5, 0.25], 0.5),
        (("a", "b", "a", "a"), [0.5, 0.1, 0.1, 0.4], 0.1),
        (words, [round(p, 3) for p in given], 0.3),
    ]


REMEMBER = Exercise(
    name="remember",
    verified="each word is mixed with its share among the words before it",
    cases=tales,
    right=remember,
    mistakes=(
        *(
            Mistake(
                "the memory has the word before you predict it: put it there "
                "afterwards",
                remembering(
                    lambda memory, word, text: (
                        (memory[word] + 1) / (memory.total() + 1)
                    ),
                    mixes,
                ),
            )
            for mixes in (always, lambda memory, word: memory)
        ),
        Mistake(
            "c counts the word itself in yours, and i does not: put a word into the "
            "memory after its surprise is computed",
            remembering(lambda memory, word, text: (memory[word] + 1) / memory.total()),
        ),
        Mistake(
            "at the word with index i, i words have come; yours divides by i + 1",
            remembering(lambda memory, word, text: memory[word] / (memory.total() + 1)),
        ),
        Mistake(
            "the model's p keeps its whole weight: it gets 1 - share, or the "
            "probabilities of all words sum to more than 1",
            remembering(whole=True),
        ),
        Mistake(
            "this is in bits; nats are asked for, the natural logarithm",
            lambda text, given, share: remember(text, given, share) / math.log(2),
        ),
        Mistake(
            "the sign is lost: a surprise is minus the logarithm",
            lambda text, given, share: -remember(text, given, share),
        ),
        *(
            Mistake(
                "you looked at the whole tale; at each word the memory holds the words "
                "before it only",
                remembering(
                    lambda memory, word, text: text.count(word) / len(text), mixes
                ),
            )
            for mixes in (always, lambda memory, word: memory)
        ),
        *(
            Mistake(
                "divide by the number of words so far, not by the length of the tale",
                remembering(lambda memory, word, text: memory[word] / len(text), mixes),
            )
            for mixes in (always, lambda memory, word: memory)
        ),
        Mistake(
            "at the first word nothing has been seen: take p as it is, the model's "
            "whole probability",
            remembering(
                lambda memory, word, text: memory[word] / max(memory.total(), 1), always
            ),
        ),
        Mistake(
            "the shares are exchanged: the memory gets share, the model 1 - share",
            lambda text, given, share: fmean(mixed(text, given, 1 - share)),
        ),
        Mistake(
            "a word that is new in the tale keeps the whole of p in yours; its "
            "probability shrinks, or all of them sum to more than 1",
            remembering(mixes=lambda memory, word: memory[word]),
        ),
        Mistake(
            "you divided by the number of different words; divide by all words so far",
            remembering(lambda memory, word, text: memory[word] / len(memory)),
        ),
        Mistake(
            "you ask only whether the word has come; its share is how often it came, "
            "divided by the words so far",
            remembering(lambda memory, word, text: bool(memory[word])),
        ),
        Mistake(
            "this is the sum of the surprises; return their mean",
            lambda text, given, share: sum(mixed(text, given, share)),
        ),
    ),
)


EXERCISES = (PERPLEXITY, EXTRA_NATS, ADD_ONE, GUESSES, REMEMBER)
