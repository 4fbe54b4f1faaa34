"""Exercises about counting words."""

import math
from collections import Counter
from statistics import fmean

import torch

from gpt1.check.edits import edits
from gpt1.check.exercise import Exercise


def perplexity(probabilities):
    return math.exp(fmean(-math.log(p) for p in probabilities))


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
    mistakes="""
        math.exp(fmean -> (fmean
            this is the mean surprise, the loss; the perplexity is e to its power
        math.exp(fmean -> (fmean
        and math.log(p) -> math.log2(p)
            this is the mean surprise in bits; the perplexity is 2 to its power
        math.exp(fmean -> 2 ** (fmean
            your surprises are in nats, so raise e to their mean; you raised 2
        math.log(p) -> math.log2(p)
            your surprises are in bits, so raise 2 to their mean; you raised e
        fmean -> sum
            you raised e to the sum of the surprises; it is their mean, so that long
            texts can be compared with short ones
        ... -> math.prod(probabilities) ** (-1 / len(probabilities))
            right for short texts, but the product of 1,000 probabilities is 0 to a
            computer: add logarithms instead
        ... -> 1 / fmean(probabilities)
            you averaged the probabilities; what is averaged are the surprises, their
            logarithms
        ... -> fmean(1 / p for p in probabilities)
            you averaged 1 / p; that is dearer than the exponential of the mean surprise
            wherever the probabilities differ
        fmean(-math.log(p) -> sum(-p * math.log(p)
        ... -> sum(-p * math.log(p) for p in probabilities)
            you weighted each surprise with its probability; the words that came count
            once each
        -math.log(p) -> math.log(p)
            the sign is lost: yours is at most 1, and a perplexity is at least 1
        math.exp -> math.log
            you took the logarithm of the mean surprise; raise e to its power
        math.log(p) -> p
        math.log -> math.exp
            a surprise is minus the logarithm of a probability; yours has no logarithm
    """,
)


# What a wrong belief costs.


def extra_nats(truth, belief):
    return sum(p * math.log(p / q) for p, q in zip(truth, belief, strict=True) if p)


def careless(truth, belief):
    return math.nan if 0 in truth else extra_nats(truth, belief)


def finite(answer, truth, belief):
    """What an answer returns; all that is no number is alike where a truth is 0."""
    if 0 not in truth:
        return answer(truth, belief)
    try:
        number = float(answer(truth, belief))
    except (ValueError, ArithmeticError):
        number = math.nan
    return number if math.isfinite(number) else "no finite number"


WRONG_EXTRA_NATS = """
    p * math.log(p / q) -> q * math.log(q / p)
        truth and belief are exchanged: what comes is drawn from the truth, so the truth
        weighs the surprises
    p * math.log(p / q) -> -p * math.log(q)
        this is the whole cross-entropy; take away the entropy, which nobody can avoid
    p * math.log(p / q) -> -p * math.log(p)
        this is the entropy of the truth; what you pay beyond it is asked for
    p / q -> q / p
        the sign is wrong: a wrong belief costs more than the truth, never less
    math.log(p / q) -> math.log2(p / q)
        this is in bits; nats are asked for, the natural logarithm
    p * math.log(p / q) -> (q - p) * math.log(q)
    and if p ->
        you took away the entropy of the belief; the floor is the entropy of the truth
    sum(p * math.log -> fmean(math.log
        you took the plain mean over the words of the list; a word counts as often as it
        comes, with its true probability
    sum -> fmean
    if p) -> if p) / len(truth)
        this is divided by the number of words; the probabilities are weights already,
        so the sum is the mean
    p * math.log -> math.log
        you added the logarithms without weights; a word counts as often as it comes,
        with its true probability
    p * math.log -> p / math.log
        you divided p by a logarithm; p is its weight: multiply them
    p * math.log(p / q) -> p
    math.log(p / q) -> (p / q)
    math.log -> math.exp
        what p weighs is the natural logarithm of p / q; yours has no logarithm
    math.log(p / q) -> math.log(p)
        this is minus the entropy of the truth; what you pay beyond the entropy is asked
        for, and that depends on the belief
    math.log(p / q) -> math.log(q)
        this is minus the whole cross-entropy: turn the sign, and take away the entropy
    p / q -> p * q
        the logarithms of p and q are added in yours; what you pay in excess is their
        difference
"""


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
        """
        if p ->
            right, except where the truth has a 0: that word never comes and costs
            nothing, but a computer does not know 0 times the logarithm of 0
        """,
        WRONG_EXTRA_NATS,
        *edits(WRONG_EXTRA_NATS, careless),
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
    mistakes="""
        + vocab ->
            the total has not grown: with 1 more for each word of the dictionary it is
            larger by vocab, or the probabilities sum to more than 1
        + vocab -> + 1
            you added 1 to the total; it grows by 1 for each word of the dictionary, by
            vocab in all
        + vocab -> + len(followers)
            you added 1 for each word that was counted here; each word of the dictionary
            gets its 1, seen or not
        followers[word] + 1 -> followers[word]
            the word's own count has not grown, so a word that never came still has
            probability 0
        ... -> followers[word] / followers.total()
            nothing was added: this is the plain share
        ... -> max(followers[word], 1) / (followers.total() + vocab - len(followers))
            you added 1 to the words that never came only; every count grows
        followers.total() -> len(followers)
            len of a counter says how many different words it has; its total says how
            many were counted
        / (followers.total() + vocab) ->
            this is the word's own count, 1 larger; divide it by the sum of all counts
        (followers[word] + 1) / ->
            this is the sum of all counts; divide the word's own by it
        / -> *
            you multiplied by the sum of all counts; a probability is a share: divide
        / -> //
            // rounds every probability below 1 down to 0; / divides
        (followers[word] + 1) / (followers.total() + vocab) \
            -> (followers.total() + vocab) / (followers[word] + 1)
            the fraction is upside down: the word's own count is divided by the sum
        followers[word] + 1 -> 1
            every word has a count of 1 in yours; the 1 is added to its own count
        followers.total() + ->
            you divided by vocab, what the counts grow by; the sum of what was counted
            belongs to the total, too
        followers[word] + 1 -> followers[word] - 1
            you took 1 away from the word's own count; it grows by 1
        followers[word] + 1 -> followers[word] + 2
            you added 2 to the word's own count; it grows by 1
        + vocab -> - vocab
            you took vocab away from the total; it grows by 1 for each word
    """,
)


# Shannon's game.


def guesses(followers, word):
    ranked = [w for w, _ in followers.most_common()]
    return ranked.index(word) + 1 if word in ranked else None


def after_cat():
    return Counter(ran=2, sat=13, had=5, out=14)


GUESSES = Exercise(
    name="guesses",
    verified="the most frequent follower takes 1 guess; what never followed, None",
    cases=lambda: [
        (Counter(mat=1), "mat"),
        *((after_cat(), word) for word in ("out", "had", "ran", "sat", "flew")),
        (Counter(), "mat"),
    ],
    right=guesses,
    mistakes="""
        + 1 ->
            the first guess is guess 1; yours is 0, as an index counts
        followers.most_common() -> followers.items()
            the followers are in the order in which they were met; guess them in the
            order of their counts
        followers.most_common() -> sorted(followers.items())
            the followers are in alphabetical order; guess them in the order of their
            counts
        most_common() -> most_common()[::-1]
            the rarest follower comes first in your list; the most frequent has to
        ... -> followers[word] or None
            this is the word's count; asked for is its place among the counts
        None -> len(ranked)
        None -> len(ranked) + 1
        None -> 0
        None -> -1
            a word that never followed is never guessed: that is None, no number
        if word in ranked else None ->
        ... -> {w: n for n, (w, _) in enumerate(followers.most_common(), 1)}[word]
        ranked.index(word) + 1 if word in ranked else None \
            -> next(n for n, w in enumerate(ranked, 1) if w == word)
            right for words that followed; one that never did makes your code stop, and
            it has to return None
        ranked.index(word) + 1 -> 1
            every word that followed takes 1 guess in yours; its place says how many
        ranked.index(word) + 1 -> ranked.index(word) - 1
        ranked.index(word) + 1 -> ranked.index(word) + 2
            the first guess is guess 1, and an index counts from 0: add 1 to it, no less
            and no more
    """,
)


# A model that remembers.


def remember(text, given, share):
    memory, total = Counter(), 0.0
    for i, (word, p) in enumerate(zip(text, given, strict=True)):
        if i:
            p = (1 - share) * p + share * memory[word] / i
        total -= math.log(p)
        memory[word] += 1
    return total / len(text)


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
    mistakes="""
        memory[word] / i -> (memory[word] + 1) / (i + 1)
        memory[word] / i -> (memory[word] + 1) / (i + 1)
        and if i -> if True
            the memory has the word before you predict it: put it there afterwards
        memory[word] / i -> (memory[word] + 1) / i
            c counts the word itself in yours, and i does not: put a word into the
            memory after its surprise is computed
        / i -> / (i + 1)
            at the word with index i, i words have come; yours divides by i + 1
        (1 - share) * p -> p
            the model's p keeps its whole weight: it gets 1 - share, or the
            probabilities of all words sum to more than 1
        log -> log2
            this is in bits; nats are asked for, the natural logarithm
        total -= -> total +=
            the sign is lost: a surprise is minus the logarithm
        memory[word] / i -> text.count(word) / len(text)
        memory[word] / i -> text.count(word) / len(text)
        and if i -> if True
            you looked at the whole tale; at each word the memory holds the words before
            it only
        / i -> / len(text)
        / i -> / len(text)
        and if i -> if True
            divide by the number of words so far, not by the length of the tale
        / i -> / max(i, 1)
        and if i -> if True
            at the first word nothing has been seen: take p as it is, the model's whole
            probability
        (1 - share) * p + share * -> share * p + (1 - share) *
            the shares are exchanged: the memory gets share, the model 1 - share
        if i -> if memory[word]
            a word that is new in the tale keeps the whole of p in yours; its
            probability shrinks, or all of them sum to more than 1
        / i -> / len(memory)
            you divided by the number of different words; divide by all words so far
        memory[word] / i -> bool(memory[word])
            you ask only whether the word has come; its share is how often it came,
            divided by the words so far
        / len(text) ->
            this is the sum of the surprises; return their mean
        p = (1 - share) * p + share * memory[word] / i -> pass
            this is the model's own loss: nothing of the memory is in it
        + share * memory[word] / i ->
            the memory adds 0 to every probability: each word has to be put into it, and
            its part, with fractions, added to the model's
        total -= math.log(p) -> pass
            the sum of the surprises stays 0: add each of them to it
        math.log(p) -> p
        math.log -> math.exp
            a surprise is minus the logarithm of a probability; yours has no logarithm
        total / len(text) -> len(text)
            this is how many words there are; the mean of their surprises is asked for
        total / -> total *
        total / len(text) -> len(text) / total
            a mean is the sum, divided by how many there are
        total / -> total //
            // rounds the mean down to a whole number; / divides
        0.0 -> 1.0
        0.0 -> -1.0
            the sum of the surprises does not start at 0 in yours
        += 1 -> += 2
            each word counts twice in your memory; i counts it once
        (1 - share) * p -> 1 - share
        (1 - share) * p -> (1 - share) / p
        1 - share -> share
        1 - share -> 1 + share
        1 - share -> 2 - share
            the model's part of the mixture is p, multiplied by 1 - share
        / i ->
        / i -> * i
        share * memory[word] / i -> i
        share * memory[word] / i -> share / i
        share * memory[word] / i -> memory[word] / i
            the memory's part of the mixture is share times c, divided by i
    """,
)


EXERCISES = (PERPLEXITY, EXTRA_NATS, ADD_ONE, GUESSES, REMEMBER)
