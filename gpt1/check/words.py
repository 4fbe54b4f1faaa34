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
            this is the mean surprise, which is the loss. The perplexity is e to the
            power of it
        math.exp(fmean -> (fmean
        and math.log(p) -> math.log2(p)
            this is the mean surprise in bits. The perplexity is 2 to the power of it
        math.exp(fmean -> 2 ** (fmean
            your surprises are in nats, but you raised 2 to their mean. With nats, raise
            e instead
        math.log(p) -> math.log2(p)
            your surprises are in bits, but you raised e to their mean. With bits, raise
            2 instead
        fmean -> sum
            you raised e to the sum of the surprises. Use their mean, so that long texts
            can be compared with short ones
        ... -> math.prod(probabilities) ** (-1 / len(probabilities))
            this is right for short texts, but the product of 1,000 small probabilities
            is too small for a float and becomes 0. Add up logarithms instead
        ... -> 1 / fmean(probabilities)
            you averaged the probabilities. Average the surprises, which are minus their
            logarithms
        ... -> fmean(1 / p for p in probabilities)
            you averaged 1 / p, which is larger than the perplexity wherever the
            probabilities differ. Average the surprises, then raise e to that mean
        fmean(-math.log(p) -> sum(-p * math.log(p)
        ... -> sum(-p * math.log(p) for p in probabilities)
            you weighted each surprise by its probability. Here each word of the text
            counts once, so take a plain mean
        -math.log(p) -> math.log(p)
            the minus sign is missing, so your result is at most 1. A perplexity is at
            least 1
        math.exp -> math.log
            you took the logarithm of the mean surprise. Raise e to its power instead
        math.log(p) -> p
        math.log -> math.exp
            your surprises have no logarithm in them. A surprise is minus the logarithm
            of a probability
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
    return number if math.isfinite(number) else "not a finite number"


WRONG_EXTRA_NATS = """
    p * math.log(p / q) -> q * math.log(q / p)
        you've swapped truth and belief. The words are drawn from the truth, so the
        surprises are weighted by the truth
    p * math.log(p / q) -> -p * math.log(q)
        this is the whole cross-entropy. Subtract the entropy of the truth, the part
        that nobody can avoid
    p * math.log(p / q) -> -p * math.log(p)
        this is the entropy of the truth. The exercise wants what you pay on top of it:
        the cross-entropy minus this
    p / q -> q / p
        the sign is wrong. A wrong belief costs more than the truth, never less
    math.log(p / q) -> math.log2(p / q)
        this is in bits. The exercise wants nats, so use the natural logarithm
    p * math.log(p / q) -> (q - p) * math.log(q)
    and if p ->
        you subtracted the entropy of the belief. Subtract the entropy of the truth
        instead
    sum(p * math.log -> fmean(math.log
        you took the plain mean over the words in the list. Weight each word by its true
        probability instead, because that's how often it comes
    sum -> fmean
    if p) -> if p) / len(truth)
        you divided by the number of words. The probabilities are already weights that
        add up to 1, so the weighted sum is the mean
    p * math.log -> math.log
        you added up the logarithms without weights. Weight each one by the word's true
        probability, because that's how often it comes
    p * math.log -> p / math.log
        you divided p by the logarithm. p is a weight, so multiply the two
    p * math.log(p / q) -> p
    math.log(p / q) -> (p / q)
    math.log -> math.exp
        there's no logarithm in yours. Each p should multiply the natural logarithm of p
        / q
    math.log(p / q) -> math.log(p)
        this is minus the entropy of the truth, so it doesn't use the belief at all.
        Take the logarithm of p / q instead
    math.log(p / q) -> math.log(q)
        this is minus the whole cross-entropy. Flip the sign, and then subtract the
        entropy of the truth
    p / q -> p * q
        you added the logarithms of p and q. The extra cost is their difference, the
        logarithm of p / q
"""


EXTRA_NATS = Exercise(
    name="extra-nats",
    verified="the cross-entropy minus the entropy, even where a word never comes",
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
            this is right except where the truth has a 0. Such a word never comes and
            costs nothing, but Python can't compute 0 * log(0), so skip it
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
            the total hasn't grown. Every word of the vocabulary gets 1 more, so add
            vocab to the total, or the probabilities sum to more than 1
        + vocab -> + 1
            you added 1 to the total. Every word of the vocabulary gets 1 more, so add
            vocab
        + vocab -> + len(followers)
            you added 1 for each word counted here. Every word of the vocabulary gets 1
            more, seen or not, so add vocab to the total
        followers[word] + 1 -> followers[word]
            you didn't add 1 to the word's own count, so a word that never came still
            has probability 0
        ... -> followers[word] / followers.total()
            you added nothing: this is the plain share. Add 1 to the word's count and
            vocab to the total
        ... -> max(followers[word], 1) / (followers.total() + vocab - len(followers))
            you added 1 only to the words that never came. Add 1 to every count
        followers.total() -> len(followers)
            len of a Counter is the number of different words. Use its total(), the
            number of words counted
        / (followers.total() + vocab) ->
            this is the word's own count plus 1. Divide it by the new total, which is
            the old total plus vocab
        (followers[word] + 1) / ->
            this is the new total. Divide the word's own count plus 1 by it
        / -> *
            you multiplied by the total. A probability is a share, so divide by it
        / -> //
            // rounds every probability below 1 down to 0. Divide with / instead
        (followers[word] + 1) / (followers.total() + vocab) \
            -> (followers.total() + vocab) / (followers[word] + 1)
            the fraction is upside down. Divide the word's own count plus 1 by the total
        followers[word] + 1 -> 1
            every word has a count of 1 in yours. Add the 1 to the word's own count
            instead of replacing it
        followers.total() + ->
            you divided by vocab alone. The total also includes the words that were
            counted, so add followers.total()
        followers[word] + 1 -> followers[word] - 1
            you subtracted 1 from the word's own count. Add 1 to it
        followers[word] + 1 -> followers[word] + 2
            you added 2 to the word's own count. Add 1 to it
        + vocab -> - vocab
            you subtracted vocab from the total. Every word gets 1 more, so add vocab to
            it
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
    verified="the most frequent follower takes 1 guess, and a word that never "
    "followed gives None",
    cases=lambda: [
        (Counter(mat=1), "mat"),
        *((after_cat(), word) for word in ("out", "had", "ran", "sat", "flew")),
        (Counter(), "mat"),
    ],
    right=guesses,
    mistakes="""
        + 1 ->
            your guesses are numbered from 0, like an index. The first guess is number
            1, so add 1
        followers.most_common() -> followers.items()
            you guess the followers in the order in which they were first met. Guess the
            most frequent one first
        followers.most_common() -> sorted(followers.items())
            you guess the followers in alphabetical order. Guess the most frequent one
            first
        most_common() -> most_common()[::-1]
            you guess the rarest follower first. Guess the most frequent one first
        ... -> followers[word] or None
            this is the word's count. The exercise wants its place in the list, with the
            most frequent word first
        None -> len(ranked)
        None -> len(ranked) + 1
        None -> 0
        None -> -1
            a word that never followed is never guessed, so return None for it, not a
            number
        if word in ranked else None ->
        ... -> {w: n for n, (w, _) in enumerate(followers.most_common(), 1)}[word]
        ranked.index(word) + 1 if word in ranked else None \
            -> next(n for n, w in enumerate(ranked, 1) if w == word)
            this is right for words that followed, but a word that never did makes your
            code stop with an error. Return None for it
        ranked.index(word) + 1 -> 1
            every word that followed takes 1 guess in yours. The number of guesses is
            the word's place in the list
        ranked.index(word) + 1 -> ranked.index(word) - 1
        ranked.index(word) + 1 -> ranked.index(word) + 2
            your guesses are off by one or two. An index counts from 0 and guesses from
            1, so add exactly 1 to the index
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
    verified="each word's probability is mixed with its share among the words before "
    "it",
    cases=tales,
    right=remember,
    mistakes="""
        memory[word] / i -> (memory[word] + 1) / (i + 1)
        memory[word] / i -> (memory[word] + 1) / (i + 1)
        and if i -> if True
            you put the word into the memory before you predict it. Compute its surprise
            first, then put it in
        memory[word] / i -> (memory[word] + 1) / i
            your count c includes the word itself, but i doesn't. Compute the word's
            surprise first, then put it into the memory
        / i -> / (i + 1)
            you divided by i + 1. At the word with index i, exactly i words have come
            before, so divide by i
        (1 - share) * p -> p
            the model's p keeps its full weight. Multiply it by 1 - share, or the
            probabilities of all words sum to more than 1
        log -> log2
            this is in bits. The exercise wants nats, so use the natural logarithm
        total -= -> total +=
            the minus sign is missing. A surprise is minus the logarithm of a
            probability
        memory[word] / i -> text.count(word) / len(text)
        memory[word] / i -> text.count(word) / len(text)
        and if i -> if True
            you counted words in the whole tale. At each word, the memory may hold only
            the words before it
        / i -> / len(text)
        / i -> / len(text)
        and if i -> if True
            you divided by the length of the tale. Divide by the number of words so far
        / i -> / max(i, 1)
        and if i -> if True
            nothing has been seen before the first word, so there is nothing to mix in.
            Use the model's p as it is
        (1 - share) * p + share * -> share * p + (1 - share) *
            you've swapped the two weights. The memory gets share, and the model gets 1
            - share
        if i -> if memory[word]
            a word that hasn't come in the tale yet keeps the whole of p in yours. It
            too should get (1 - share) * p, or the probabilities sum to more than 1
        / i -> / len(memory)
            you divided by the number of different words so far. Divide by the number of
            all words so far
        memory[word] / i -> bool(memory[word])
            you only check whether the word has come before. Use its share: how often it
            has come, divided by the number of words so far
        / len(text) ->
            this is the sum of the surprises. Return their mean
        p = (1 - share) * p + share * memory[word] / i -> pass
            this is the model's own loss, because nothing of the memory is in it. Mix p
            with the memory's share of the word
        + share * memory[word] / i ->
            the memory adds 0 to every probability. Put each word into it after its
            surprise, divide with /, and add its part to the model's
        total -= math.log(p) -> pass
            the sum of the surprises stays at 0. Add the surprise of each word to it
        math.log(p) -> p
        math.log -> math.exp
            your surprises have no logarithm in them. A surprise is minus the logarithm
            of a probability
        total / len(text) -> len(text)
            this is the number of words. Return the mean of their surprises
        total / -> total *
        total / len(text) -> len(text) / total
            a mean is the sum of the surprises divided by their number
        total / -> total //
            // rounds the mean down to a whole number. Divide with / instead
        0.0 -> 1.0
        0.0 -> -1.0
            the sum of the surprises doesn't start at 0 in yours. Start it at 0
        += 1 -> += 2
            each word counts twice in your memory, but only once in i. Add 1 for each
            word
        (1 - share) * p -> 1 - share
        (1 - share) * p -> (1 - share) / p
        1 - share -> share
        1 - share -> 1 + share
        1 - share -> 2 - share
            the model's part of the mixture should be p multiplied by 1 - share
        / i ->
        / i -> * i
        share * memory[word] / i -> i
        share * memory[word] / i -> share / i
        share * memory[word] / i -> memory[word] / i
            the memory's part of the mixture should be share times c, divided by i
    """,
)


EXERCISES = (PERPLEXITY, EXTRA_NATS, ADD_ONE, GUESSES, REMEMBER)
