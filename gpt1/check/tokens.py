"""Exercises about tokens."""

import functools
from collections import Counter
from itertools import pairwise

import torch

from gpt1.check.edits import edits
from gpt1.check.exercise import Exercise, Mistake
from gpt1.tokenizer.bpe import apply_merges, join, learn_merges
from gpt1.tokenizer.trained import PIECES

# What an id is.

PARTS = ("unknown", "inside", "at an end", "merge", "line end")
GPT1S = dict(zip(PARTS, (1, 238, 238, 40_000, 1), strict=True))
SISTERS = dict(zip(PARTS, (1, 35, 35, 300, 1), strict=True))


def kind(token, zones):
    rest = token
    for name, count in zones.items():
        if 0 <= rest < count:
            return name
        rest -= count
    raise ValueError(token)


def ids_to_judge():
    gpt1s = (0, 1, 238, 239, 476, 477, 3387, 40_476, 40_477, 40_478, -1)
    sisters = (35, 36, 70, 71, 370, 371, 372)
    return [
        *((f"kind({n}, zones), GPT-1's zones:", (n, GPT1S)) for n in gpt1s),
        *((f"kind({n}, zones), the miniature's zones:", (n, SISTERS)) for n in sisters),
    ]


KIND = Exercise(
    name="kind-of-id",
    verified="the first and the last id of each zone, and numbers that are no ids",
    cases=ids_to_judge,
    right=kind,
    mistakes="""
        < count -> <= count
        < count -> <= count
        and raise ValueError(token) -> pass
        0 <= rest < count -> rest <= count
        0 <= rest < count -> rest <= count
        and raise ValueError(token) -> pass
            each zone reaches one id too far: with 1 unknown and 238 inside, id 1 is the
            first inside and id 239 the first at an end
        rest -= count -> pass
            you compare the id with each zone's size; a zone begins where the one before
            ends, so the sizes add up
        rest = token -> rest = token + (token >= 0)
            id 0 is <unk>, and the others come after it: your zones begin one too early
        0 <= rest -> rest
        rest = token -> rest = token % sum(zones.values()) if token < 0 else token
            -1 is no id; yours gives it a name
        rest = token -> rest = min(token, sum(zones.values()) - 1)
            what is left over is not always a line end: above the last id there is no
            id, so raise ValueError
        rest = token -> rest = min(token, sum(zones.values()) - 1)
        and 0 <= rest -> rest
            neither end is watched: -1 and numbers above the last id are no ids
        raise ValueError(token) -> pass
            for a number that is no id yours returns None; raise ValueError
        zones.items() -> GPT1S.items()
            right for GPT-1 alone: take the numbers from zones, and other vocabularies
            work too
        if 0 <= rest < count -> if True
            every number is in the first zone in yours
        -= -> +=
            the rest grows from zone to zone; take each count away from it
        0 <= rest -> 0 >= rest
            the rest in a zone is at least 0; yours has to be at most 0
    """,
)


# One word of GPT-1's.

END = "</w>"


def encode_word(word, ids, ranks):
    marked = [*word[:-1], word[-1] + END]
    symbols = apply_merges(marked, ranks)
    return [ids.get(symbol, 0) for symbol in symbols]


@functools.cache
def sister():
    """A vocabulary and ranks like GPT-1's, from the book's sentence and a few more."""
    text = "the cat sat on the mat . that chat at the theatre , then bathe the cat"
    found = text.split()
    merges = learn_merges([(*word[:-1], word[-1] + END) for word in found], 12)
    letters = sorted(set("".join(found)))
    ends = [letter + END for letter in letters]
    names = ["<unk>", *letters, *ends, *map("".join, merges), "\n" + END]
    ids = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return ids, {pair: rank for rank, pair in enumerate(merges)}


def some_words():
    words = ("a", "at", "the", "cat", "that", "lathe", "rather")
    words += ("theatre", "cheat", "café")
    return [(f"the word {word!r}:", (word, *sister())) for word in words]


def longest(word, ids, ranks):
    rest, found = word + END, []
    while rest:
        token = next((rest[:n] for n in range(len(rest), 0, -1) if rest[:n] in ids), "")
        if not token:
            token = rest if rest == rest[0] + END else rest[0]
        found.append(ids.get(token, 0))
        rest = rest[len(token) :]
    return found


ENCODE_WORD = Exercise(
    name="encode-word",
    verified="the mark on the last character, the merges in order, 0 for the unknown",
    cases=some_words,
    right=encode_word,
    mistakes=(
        """
        word[-1] + END -> word[-1]
            the mark </w> is missing: GPT-1 has one token for at inside a word and
            another for at where a word ends
        word[-1] + END -> word[-1], END
            the mark is a symbol of its own in yours; it belongs to the last character:
            t</w> is one symbol
        word[-1] + END -> END
            the mark has taken the place of the last character; it belongs behind it, in
            one symbol: t</w>
        [*word[:-1], word[-1] + END] -> list(word + END)
            the mark fell apart into <, /, w and >: t</w> is one symbol
        [*word[:-1], word[-1] + END] -> [letter + END for letter in word]
            every character has the mark; only the last one has
        apply_merges(marked, ranks) \
            -> apply_merges(list(word), ranks); symbols[-1] += END
            the mark comes too late: it is on the last character before anything is
            merged, because the merges were learned that way
        """,
        Mistake(
            "you take the longest token that fits, from the left; the merge learned "
            "earliest goes first, wherever it is",
            longest,
        ),
        """
        ranks.get(pair, len(ranks)) -> pair not in ranks
            you join the leftmost pair that is known; the merge learned earliest goes
            first, wherever it is
        for symbol in symbols -> for symbol in symbols if symbol in ids
            unknown characters are left out in yours; each becomes id 0
        ids.get(symbol, 0) -> ids[symbol]
            a symbol that the vocabulary lacks has no id of its own and stops your code;
            it becomes id 0
        ids.get(symbol, 0) -> ids.get(symbol)
            a symbol that the vocabulary lacks is None in yours; it becomes id 0
        ids.get(symbol, 0) -> symbol
            these are the tokens; their ids are asked for
        ids.get(symbol, 0) -> ids.get(symbol, 1)
        ids.get(symbol, 0) -> ids.get(symbol, -1)
            a symbol that the vocabulary lacks has another number in yours; it becomes
            id 0
        word[:-1] -> word
            the last character is there twice, once without the mark
        word[:-1] -> word[:0]
        word[:-1] -> word[:-2]
            characters are lost: all but the last, word[:-1], stand in front of it
        word[:-1] -> word[:1]
            of the characters before the last, yours has the first alone, even where
            there is none before it
        word[-1] + -> word[0] +
            at your end stands the first character with the mark; the last one has it
        """,
    ),
)


# Nothing unknown.


def byte_pieces(text):
    pieces = PIECES.findall(text)
    return [p.encode("utf-8").decode("latin-1") for p in pieces]


BYTE_PIECES = Exercise(
    name="byte-pieces",
    verified="the pieces are those of the text, a character for each of their bytes",
    cases=lambda: [("ł",), ("a cat",), ("café",), ("in Łódź ☃\n\nOne, “two”…",), ("",)],
    right=byte_pieces,
    mistakes="""
        .encode("utf-8").decode("latin-1") ->
            these are the pieces as they were; spell each by its UTF-8 bytes
        findall(text) -> findall(text.encode("utf-8").decode("latin-1"))
        and p.encode("utf-8").decode("latin-1") -> p
            first the pieces, then their bytes: a byte of ł is no letter, and the
            pattern cuts the word there
        PIECES.findall(text) -> [text] if text else []
            this is the whole text in one piece; cut it with PIECES first
        ... -> text.encode("utf-8").decode("latin-1")
            this is one string; a list of pieces is asked for
        ... -> [chr(byte) for byte in text.encode("utf-8")]
            each byte is a piece of its own in yours; the bytes of a piece stay together
            in one string
        .decode("latin-1") ->
            these are bytes objects; turn each byte into the character of its number
        p.encode("utf-8").decode("latin-1") -> list(p.encode("utf-8"))
            these are lists of numbers; a piece is a string, with the character of each
            number
        p.encode("utf-8").decode("latin-1") -> str(p.encode("utf-8"))[2:-1]
            these are backslashes and digits that print a byte; one character stands for
            one byte
        "utf-8").decode("latin-1") -> "latin-1").decode("utf-8")
            the encodings are exchanged: encode as UTF-8, and read that as latin-1
        "utf-8" -> "latin-1"
            latin-1 has no ł: encode as UTF-8, and use latin-1 for the way back to
            characters alone
        "utf-8" -> "latin-1", "ignore"
        "utf-8" -> "latin-1", "replace"
            characters are lost, ł among them: encode as UTF-8, which has all
        PIECES.findall(text) -> text.split()
            white space is lost; the pieces of PIECES have all of the text in them
    """,
)


# The fewest tokens.


def fewest(piece, known):
    best = [[]]
    for end in range(1, len(piece) + 1):
        lists = []
        for start in range(end):
            token = piece[start:end]
            if token in known and best[start] is not None:
                lists.append([*best[start], token])
        best.append(min(lists, key=len, default=None))
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
    for size in range(len(piece), 0, -1):
        for start in range(len(piece) - size + 1):
            token = piece[start : start + size]
            if token in known:
                left = longest_anywhere(piece[:start], known)
                right = longest_anywhere(piece[start + size :], known)
                ok = left is not None and right is not None
                return [*left, token, *right] if ok else None
    return None if piece else []


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
        """
        ... -> from_left(piece, known)
        ... -> from_left(piece, known, stuck=True)
            you take the longest token from the left: for here that is her and e, or you
            get stuck; a shorter first token can end in fewer
        ... -> from_right(piece, known)
            you take the longest token from the right; a shorter last token can end in
            fewer
        ... -> longest_anywhere(piece, known)
            you take the longest token anywhere first, and the rest has to make do;
            compare whole lists
        best[start] is not None -> best[start]
            an empty list counts as false: ask whether it is None, or no way ever begins
        best[-1] -> best[-1] or None
            an empty piece is made of no tokens: that is an empty list, not None
        best[-1] -> best[-1] or []
        best[-1] -> best[-1] or list(piece)
        best[-1] -> [piece] if best[-1] is None else best[-1]
            where there is no way to make the piece from known, return None
        best[-1] -> None if best[-1] is None else len(best[-1])
            this is how many tokens it takes; the list of them is asked for
        best[-1] -> best[-1] and best[-1][::-1]
            the tokens are in the order of the way back; turn the list round
        min -> max
            this is the longest list, the one with the most tokens
        token in known and ->
            your tokens are not asked whether they are in known
        best[-1] -> best[0]
        best[-1] -> best[1]
        best[-1] -> best[-2]
        len(piece) + 1 -> len(piece)
        len(piece) + 1 -> len(piece) - 1
            your list ends before the piece does: the last end is len(piece), and the
            best list for that is asked for
        range(1 -> range(0
            a character is lost: best has its list for no characters already, so the
            first end is 1
        start:end -> start + 1:end
        start:end -> start - 1:end
        start:end -> start:end + 1
        start:end -> start:end - 1
            characters are lost, or come twice: a token, piece[start:end], begins where
            the tokens before it end
        """,
    ),
)


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


def learn_faster(pieces, count):
    words = [(list(p), n) for p, n in Counter(pieces).items()]
    first = sorted({symbol for word, _ in words for symbol in word})
    age = {symbol: i for i, symbol in enumerate(first)}
    pairs, where, merges = Counter(), {}, []

    def add(i, sign):
        word, often = words[i]
        for pair in pairwise(word):
            pairs[pair] += sign * often
            where.setdefault(pair, set()).add(i)

    def order(pair):
        return -pairs[pair], age[pair[0]], age[pair[1]]

    for i in range(len(words)):
        add(i, 1)
    while len(merges) < count and any(pairs.values()):
        best = min(pairs, key=order)
        merges.append(best)
        age.setdefault("".join(best), len(age))
        for i in where.pop(best):
            add(i, -1)
            words[i] = join(words[i][0], best), words[i][1]
            add(i, 1)
    return merges


YOUNG_AGAIN = """
    age.setdefault("".join(best), len(age)) -> age["".join(best)] = len(age)
        a symbol that two merges give, or that was there before, keeps its first age;
        yours makes it the youngest again
"""

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
    mistakes=(  # 50 merges more than asked for tell of those who never stop
        """
        ... -> learn_merges(pieces, count)
            the right merges, but each costs a walk through the pairs of all words: keep
            the counts, and correct them where words change
        (list(p), n) -> (list(p), 1)
            each different piece counts once in yours; it counts as often as it is in
            the list
        pairwise(word) -> set(pairwise(word))
            a pair that stands twice in a word counts twice, and once in yours
        add(i, -1) -> pairs[best] = 0
            the old pairs of a word that changes keep their counts; subtract them before
            you add the new ones
        add(i, -1) -> pairs[best] = 0; pairs.subtract([pair for pair in pairwise( \
            join(words[i][0], best)) if "".join(best) not in pair] * words[i][1])
            a join also ends the pairs with the neighbours: where a and b become ab, x
            no longer stands before a, nor y after b
        -pairs[pair], age[pair[0]], age[pair[1]] -> -pairs[pair], pair
            ties go by the alphabet in yours; a symbol that a merge made is younger than
            all before it, whatever its letters
        age[pair[0]], age[pair[1]] -> age[pair[1]], age[pair[0]]
            ties ask the right symbols first in yours; the left ones decide, and the
            right ones only if the left are the same
        """,
        *edits(
            """
        -pairs[pair], age[pair[0]], age[pair[1]] -> -pairs[pair]
        -pairs[pair], age[pair[0]], age[pair[1]] -> -pairs[pair]
        and min(pairs -> min(reversed(pairs)
            ties go to the pair that was met first, or last; they go to the one whose
            left symbol is older, then to the older right one
        -pairs[pair], age[pair[0]], age[pair[1]] -> pairs[pair], pair
        and min(pairs -> max(pairs
            ties go by the alphabet in yours; a symbol that a merge made is younger than
            all before it, whatever its letters
        if not pairs -> if max(pairs.values(), default=0) < 2
            you stop when no pair comes twice; a pair that comes once is merged, too
        if not pairs -> if False
            when no pair is left, return the merges so far, fewer than count; yours
            looks for the best of none
        """,
            learn_merges,
        ),
        YOUNG_AGAIN,
        *edits(YOUNG_AGAIN, learn_merges),
        """
        Counter(pieces) -> Counter(map("".join, pieces))
            right for strings; a piece may also be a tuple of symbols, such as a and
            t</w>: each of them stays whole, and yours are cut into characters
        any(pairs.values()) -> max(pairs.values(), default=0) > 1
            you stop when no pair comes twice; a pair that comes once is merged, too
        any(pairs.values()) -> pairs
        and where.pop(best) -> where.pop(best, ())
            a pair whose count has fallen to 0 is gone; yours merges it again
        return merges -> return merges if len(merges) == count else min([])
            when no pair is left, return the merges so far, fewer than count; yours
            looks for the best of none
        return merges -> return ["".join(pair) for pair in merges]
            these are the symbols that the merges make; return the pairs
        ... -> learn_merges([sum(map(tuple, pieces), ())], count)
            pairs reach from one piece into the next; count inside the pieces only
        while len(merges) < count -> while False
            no merges come back: the pairs have to be counted, and each best one
            appended
        words[i] = join(words[i][0], best), words[i][1] -> pass
            the best pair stays the best: join it in the words that have it
        range(len(words)) -> range(len(words) - 1)
            the last of the different pieces is not counted
        len(merges) < count -> len(merges) < count + 50
            you go on until no pair is left; stop after count merges
        len(merges) < count -> len(merges) <= count
            this is one merge too many
        words[i][1] add(i, 1) -> words[i][1]
            the new pairs of a word that changes are not counted
        words[i][1] add(i, 1) -> words[i][1]; add(i, 2)
            the new pairs of a word that changes count twice
        any -> all
            you stop as soon as one pair is gone, though others are left
        sign * often -> sign / often
            you divided by how often a piece is in the list; multiply by it
        age[pair[1]] -> age[pair[0]]
            where the left symbols of two pairs are the same, yours does not ask which
            right symbol is older
        """,
    ),
)


EXERCISES = (KIND, ENCODE_WORD, BYTE_PIECES, FEWEST, LEARN_FASTER)
