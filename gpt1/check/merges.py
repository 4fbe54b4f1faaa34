"""Exercises about tokens: the two that look for merges and cuttings by themselves."""

import functools
from collections import Counter
from itertools import chain, pairwise

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.tokenizer.bpe import join, learn_merges

# The fewest tokens.


def fewest(piece, known):
    best = [[]]
    for end in range(1, len(piece) + 1):
        ways = [
            [*best[start], piece[start:end]]
            for start in range(end)
            if piece[start:end] in known and best[start] is not None
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1]


def facts(answer, piece, known):
    """What must hold about any shortest list."""
    known = set(known)
    tokens = answer(piece, set(known))
    if not isinstance(tokens, (list, tuple)):
        return tokens
    if not all(isinstance(token, str) for token in tokens):
        return list(tokens)
    if "".join(tokens) != piece == "".join(tokens[::-1]):
        return "the tokens from last to first"
    return {
        "joined": "".join(tokens),
        "not in known": sorted(set(tokens) - known),
        "number of tokens": len(tokens),
    }


def from_left(piece, known, stuck=None):
    """The longest token first; `stuck` says what to do where none fits."""
    found = []
    while piece:
        ends = range(len(piece), 0, -1)
        end = next((end for end in ends if piece[:end] in known), None)
        if end is None:
            return stuck and [*found, *piece]
        found.append(piece[:end])
        piece = piece[end:]
    return found


def from_right(piece, known):
    found = from_left(piece[::-1], {token[::-1] for token in known})
    return found and [token[::-1] for token in found[::-1]]


def longest_anywhere(piece, known):
    """The longest token in the piece, then the same to its left and to its right."""
    if not piece:
        return []
    for size in range(len(piece), 0, -1):
        for start in range(len(piece) - size + 1):
            token = piece[start : start + size]
            if token in known:
                left = longest_anywhere(piece[:start], known)
                right = longest_anywhere(piece[start + size :], known)
                ok = left is not None and right is not None
                return [*left, token, *right] if ok else None
    return None


def or_else(value):
    def answer(piece, known):
        found = fewest(piece, known)
        return value(piece) if found is None else found

    return answer


def pieces_to_cut():
    letters = set("abcdehlorst")
    return [
        ("at", {"a", "t", "at"}),
        ("her", letters | {"he", "er"}),
        ("here", letters | {"he", "her", "re"}),
        ("abcd", letters | {"ab", "abc", "bcd"}),
        ("three", letters | {"th", "hree", "ree", "thr"}),
        ("abc", {"ab", "a", "bc"}),
        ("abcab", {"a", "bc", "abc", "ca", "b"}),
        ("dog", letters),
        ("cats", {"c", "at", "s", "cat"}),
        ("bbb", {"ab", "bb"}),
        ("abcdehlost", letters | {"ab", "abc", "cde", "hlo", "ost", "st"}),
        ("", letters),
    ]


FEWEST = Exercise(
    name="fewest-tokens",
    verified="no list of known tokens is shorter; None where there is no list at all",
    cases=pieces_to_cut,
    right=fewest,
    observe=facts,
    mistakes=(
        *(
            Mistake(
                "you take the longest token from the left: for here that is her and e, "
                "or you get stuck; a shorter first token can end in fewer",
                greedy,
            )
            for greedy in (
                from_left,
                lambda piece, known: from_left(piece, known, stuck=True),
            )
        ),
        Mistake(
            "you take the longest token from the right; a shorter last token can end "
            "in fewer",
            from_right,
        ),
        Mistake(
            "you take the longest token anywhere first, and the rest has to make do; "
            "compare whole lists",
            longest_anywhere,
        ),
        Mistake(
            "an empty list counts as false: ask whether it is None, or no way ever "
            "begins",
            lambda piece, known: None if piece else [],
        ),
        Mistake(
            "an empty piece is made of no tokens: that is an empty list, not None",
            lambda piece, known: fewest(piece, known) if piece else None,
        ),
        *(
            Mistake(
                "where there is no way to make the piece from known, return None",
                or_else(value),
            )
            for value in (lambda piece: [], list, lambda piece: [piece])
        ),
        Mistake(
            "this is how many tokens it takes; the list of them is asked for",
            lambda piece, known: (
                None if fewest(piece, known) is None else len(fewest(piece, known))
            ),
        ),
        Mistake(
            "the tokens are in the order of the way back; turn the list round",
            lambda piece, known: fewest(piece, known) and fewest(piece, known)[::-1],
        ),
        Mistake(
            "this is the longest list, the one with the most tokens",
            lambda piece, known: most(piece, known),
        ),
    ),
)


def most(piece, known):
    if not piece:
        return []
    rests = {n: most(piece[n:], known) for n in range(1, len(piece) + 1)}
    ways = [
        [piece[:n], *rest]
        for n, rest in rests.items()
        if piece[:n] in known and rest is not None
    ]
    return max(ways, key=len, default=None)


# Learn faster.


class Symbol(str):
    """A character that counts how often it is looked up in a dictionary or a set."""

    looked_up = 0

    def __hash__(self):
        Symbol.looked_up += 1
        return str.__hash__(self)


MANY = 900
"""From so many pieces on, it is looked at how much work an answer does."""

PATIENCE = 42
"""Look-ups for each pair of neighbours in the different words. `learn_merges` needs
167 in the case below, and 63 if it is written sparingly; `learn_quickly` needs 28."""


@functools.cache
def many_words():
    """500 words that stay as they are, and 12 frequent ones that have all the merges.

    No letter is in words of both kinds.
    """
    dice = torch.Generator().manual_seed(3)
    rare = torch.randint(6, 16, (500, 6), generator=dice).tolist()
    frequent = torch.randint(6, (12, 6), generator=dice).tolist() * 40
    return ["".join(chr(ord("a") + n) for n in row) for row in rare + frequent]


@functools.cache
def many_merges(count):
    return learn_faster(many_words(), count)


def merges_and_work(answer, pieces, count):
    """The merges; of many pieces, whether they are right and how fast they came."""
    if len(pieces) < MANY:
        return plain(answer(pieces, count))
    before = Symbol.looked_up
    merges = plain(answer([tuple(map(Symbol, piece)) for piece in pieces], count))
    if merges != many_merges(count):
        return "other merges"
    pairs = sum(len(piece) - 1 for piece in set(pieces))
    slow = Symbol.looked_up - before > PATIENCE * pairs
    return f"the merges of learn_merges, {'slow' if slow else 'fast'}"


def plain(merges):
    """Merges as a list of tuples, with symbols that are strings and nothing else."""
    if not isinstance(merges, (list, tuple)):
        return merges
    return [
        tuple(str(part) if isinstance(part, str) else part for part in pair)
        if isinstance(pair, (list, tuple))
        else pair
        for pair in merges
    ]


def oldest(pair, often, age):
    return -often, age[pair[0]], age[pair[1]]


def learn_faster(
    pieces,
    count,
    order=oldest,
    least=1,
    often=int,
    each=pairwise,
    lower=None,
    again=False,
):
    """As `learn_merges`. What mistakes change are arguments.

    Args:
        pieces: strings, or tuples of symbols.
        count: of merges.
        order: function of a pair, its count and the ages; the least is merged.
        least: the smallest count of a pair that is merged.
        often: function of a piece's count: what is counted.
        each: function of a word: the pairs in it.
        lower: function of a word and the pair that is joined: the pairs whose counts
            fall, if that are not those of `each`.
        again: whether a symbol that is made a second time becomes the youngest.
    """
    words = [(list(piece), often(n)) for piece, n in Counter(pieces).items()]
    characters = sorted({symbol for word, _ in words for symbol in word})
    age = {symbol: n for n, symbol in enumerate(characters)}
    pairs, where, merges = Counter(), {}, []

    def add(number, found, sign=1):
        for pair in found:
            pairs[pair] += sign * words[number][1]
            where.setdefault(pair, set()).add(number)

    for number, (word, _) in enumerate(words):
        add(number, each(word))
    while len(merges) < count:
        left = {pair: n for pair, n in pairs.items() if n >= least}
        if not left:
            break
        best = min(left, key=lambda pair: order(pair, left[pair], age))
        merges.append(best)
        made = "".join(best)
        age[made] = len(age) if again else age.get(made, len(age))
        for number in sorted(where.pop(best, ())):
            word, n = words[number]
            add(number, lower(word, best) if lower else each(word), -1)
            words[number] = join(word, best), n
            add(number, each(words[number][0]))
        pairs[best] = 0
    return merges


def with_change(**changes):
    return lambda pieces, count: learn_faster(pieces, count, **changes)


def slowly(answer):
    """An answer that does all the work of `learn_merges` besides."""

    def slow(pieces, count):
        learn_merges(pieces, count)
        return answer(pieces, count)

    return slow


def kept(word, pair):
    """The pairs of a word that are still there after a join."""
    return [p for p in pairwise(join(word, pair)) if "".join(pair) not in p]


def met(choose):
    """Ties go to a pair by its place among those counted, as `max` or `sorted` do."""

    def answer(pieces, count):
        words, merges = [(list(p), n) for p, n in Counter(pieces).items()], []
        while len(merges) < count:
            pairs = Counter()
            for word, n in words:
                for pair in pairwise(word):
                    pairs[pair] += n
            if not pairs:
                break
            merges.append(choose(pairs))
            words = [(join(word, merges[-1]), n) for word, n in words]
        return merges

    return answer


def impatient(pieces, count):
    """Asks for the least of no pairs when none is left."""
    merges = learn_faster(pieces, count)
    return merges if len(merges) == count else min([])


LEARN_FASTER = Exercise(
    name="learn-faster",
    verified="the merges of learn_merges, ties included, with a part of its work",
    cases=lambda: [
        (["ab", "b"], 9),
        (["the", "cat", "sat", "on", "the", "mat", "."], 4),
        (["bddd", "aab", "aab"], 4),
        (["bb", "aaac", "bc", "bc"], 5),
        (["xabxab", "ab"], 9),
        ([("a", "t</w>"), ("c", "a", "t</w>"), ("a", "t", "e</w>")], 3),
        ([("ab", "a", "b", "b")], 9),
        ("980 pieces and 40 merges:", (many_words(), 40)),
    ],
    right=learn_faster,
    observe=merges_and_work,
    mistakes=(
        Mistake(
            "the right merges, but each costs a walk through the pairs of all words: "
            "keep the counts, and correct them where words change",
            learn_merges,
        ),
        Mistake(
            "each different piece counts once in yours; it counts as often as it is in "
            "the list",
            with_change(often=lambda n: 1),
        ),
        Mistake(
            "a pair that stands twice in a word counts twice, and once in yours",
            with_change(each=lambda word: set(pairwise(word))),
        ),
        Mistake(
            "the old pairs of a word that changes keep their counts; subtract them "
            "before you add the new ones",
            with_change(lower=lambda word, pair: ()),
        ),
        Mistake(
            "a join also ends the pairs with the neighbours: where a and b become ab, "
            "x no longer stands before a, nor y after b",
            with_change(lower=kept),
        ),
        *(
            Mistake(
                "ties go to the pair that was met first, or last; they go to the one "
                "whose left symbol is older, then to the older right one",
                met(choose),
            )
            for choose in (
                lambda pairs: max(pairs, key=pairs.get),
                lambda pairs: max(reversed(pairs), key=pairs.get),
            )
        ),
        *(
            Mistake(
                "ties go by the alphabet in yours; a symbol that a merge made is "
                "younger than all before it, whatever its letters",
                answer,
            )
            for answer in (
                with_change(order=lambda pair, n, age: (-n, pair)),
                met(lambda pairs: max(pairs, key=lambda pair: (pairs[pair], pair))),
            )
        ),
        Mistake(
            "ties ask the right symbols first in yours; the left ones decide, and the "
            "right ones only if the left are the same",
            with_change(order=lambda pair, n, age: (-n, age[pair[1]], age[pair[0]])),
        ),
        *(
            Mistake(
                "a symbol that two merges give, or that was there before, keeps its "
                "first age; yours makes it the youngest again",
                answer,
            )
            for answer in (with_change(again=True), slowly(with_change(again=True)))
        ),
        Mistake(
            "right for strings; a piece may also be a tuple of symbols, such as a and "
            "t</w>: each of them stays whole, and yours are cut into characters",
            lambda pieces, count: learn_faster(["".join(p) for p in pieces], count),
        ),
        *(
            Mistake(
                "you stop when no pair comes twice; a pair that comes once is merged, "
                "too",
                answer,
            )
            for answer in (with_change(least=2), slowly(with_change(least=2)))
        ),
        Mistake(
            "a pair whose count has fallen to 0 is gone; yours merges it again",
            with_change(least=0),
        ),
        *(
            Mistake(
                "when no pair is left, return the merges so far, fewer than count; "
                "yours looks for the best of none",
                answer,
            )
            for answer in (impatient, slowly(impatient))
        ),
        Mistake(
            "these are the symbols that the merges make; return the pairs",
            lambda pieces, count: ["".join(p) for p in learn_faster(pieces, count)],
        ),
        Mistake(
            "pairs reach from one piece into the next; count inside the pieces only",
            lambda pieces, count: learn_merges([tuple(chain(*pieces))], count),
        ),
    ),
)
