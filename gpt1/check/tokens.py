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
    verified="the first and the last id of each zone, and a ValueError for numbers "
    "that aren't ids",
    cases=ids_to_judge,
    right=kind,
    mistakes="""
        < count -> <= count
        < count -> <= count
        and raise ValueError(token) -> pass
        0 <= rest < count -> rest <= count
        0 <= rest < count -> rest <= count
        and raise ValueError(token) -> pass
            each of your zones is one id too long. With 1 unknown and 238 inside, id 1
            is the first inside and id 239 the first at an end
        rest -= count -> pass
            you compared the id with the size of each zone. A zone starts where the one
            before ends, so add the sizes up as you go
        rest = token -> rest = token + (token >= 0)
            your zones start one id too early. Id 0 is <unk>, and the others follow it
        0 <= rest -> rest
        rest = token -> rest = token % sum(zones.values()) if token < 0 else token
            you gave -1 a name, but it isn't an id. Raise a ValueError for negative
            numbers
        rest = token -> rest = min(token, sum(zones.values()) - 1)
            you treat every number left over as a line end. Above the last id there are
            no ids, so raise a ValueError
        rest = token -> rest = min(token, sum(zones.values()) - 1)
        and 0 <= rest -> rest
            you don't check either end. Negative numbers and numbers above the last id
            aren't ids, so raise a ValueError for both
        raise ValueError(token) -> pass
            you return None for a number that isn't an id. Raise a ValueError instead
        zones.items() -> GPT1S.items()
            this is right for GPT-1 only. Take the numbers from zones, so that it works
            for other vocabularies too
        if 0 <= rest < count -> if True
            you put every number into the first zone. Check whether the rest is smaller
            than the zone's count
        -= -> +=
            your rest grows from zone to zone. Subtract each zone's count from it
        0 <= rest -> 0 >= rest
            your comparison with 0 points the wrong way. Inside a zone, the rest is at
            least 0
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
    verified="the mark is on the last character, merges come in order, and unknown "
    "symbols become 0",
    cases=some_words,
    right=encode_word,
    mistakes=(
        """
        word[-1] + END -> word[-1]
            you left out the mark </w>. GPT-1 has one token for "at" inside a word and
            another for "at" at the end of a word
        word[-1] + END -> word[-1], END
            you made the mark a symbol of its own. It should be joined to the last
            character, so that t</w> is one symbol
        word[-1] + END -> END
            you replaced the last character with the mark. It should come after the
            character, in the same symbol: t</w>
        [*word[:-1], word[-1] + END] -> list(word + END)
            you split the mark into <, /, w and >. It should stay joined to the last
            character, so that t</w> is one symbol
        [*word[:-1], word[-1] + END] -> [letter + END for letter in word]
            you put the mark on every character. It belongs only on the last one
        apply_merges(marked, ranks) \
            -> apply_merges(list(word), ranks); symbols[-1] += END
            you added the mark too late. The merges were learned with it on the last
            character, so add it before you merge
        """,
        Mistake(
            "you take the longest token that fits, from the left. Join the pair whose "
            "merge was learned earliest first, wherever it is in the word",
            longest,
        ),
        """
        ranks.get(pair, len(ranks)) -> pair not in ranks
            you joined the leftmost known pair first. The merge that was learned
            earliest comes first, wherever it is in the word
        for symbol in symbols -> for symbol in symbols if symbol in ids
            you left out unknown characters. Each of them becomes id 0
        ids.get(symbol, 0) -> ids[symbol]
            your code stops with an error at a symbol that isn't in the vocabulary. Such
            a symbol becomes id 0
        ids.get(symbol, 0) -> ids.get(symbol)
            a symbol that isn't in the vocabulary becomes None in yours. It should
            become id 0
        ids.get(symbol, 0) -> symbol
            these are the tokens. Return their ids
        ids.get(symbol, 0) -> ids.get(symbol, 1)
        ids.get(symbol, 0) -> ids.get(symbol, -1)
            a symbol that isn't in the vocabulary becomes another number in yours. It
            should become id 0
        word[:-1] -> word
            you have the last character twice, once without the mark. Use word[:-1] for
            the ones before it
        word[:-1] -> word[:0]
        word[:-1] -> word[:-2]
            you lost some characters. All except the last come first, word[:-1]
        word[:-1] -> word[:1]
            of the characters before the last, you kept only the first, even where there
            is none. Use word[:-1]
        word[-1] + -> word[0] +
            you put the first character with the mark at the end. The last character
            belongs there, word[-1]
        """,
    ),
)


# Nothing unknown.


def byte_pieces(text):
    pieces = PIECES.findall(text)
    return [p.encode("utf-8").decode("latin-1") for p in pieces]


BYTE_PIECES = Exercise(
    name="byte-pieces",
    verified="the same pieces as the text's, with one character for each of their "
    "bytes",
    cases=lambda: [("ł",), ("a cat",), ("café",), ("in Łódź ☃\n\nOne, “two”…",), ("",)],
    right=byte_pieces,
    mistakes="""
        .encode("utf-8").decode("latin-1") ->
            these are the pieces unchanged. Spell each of them by its UTF-8 bytes
        findall(text) -> findall(text.encode("utf-8").decode("latin-1"))
        and p.encode("utf-8").decode("latin-1") -> p
            you turned the text into bytes before you cut it. A byte of ł isn't a
            letter, so the pattern cuts the word there. Cut the text first
        PIECES.findall(text) -> [text] if text else []
            this is the whole text in one piece. Cut it with PIECES first
        ... -> text.encode("utf-8").decode("latin-1")
            this is one string. Return a list of pieces
        ... -> [chr(byte) for byte in text.encode("utf-8")]
            you made each byte a piece of its own. Keep all the bytes of a piece
            together in one string
        .decode("latin-1") ->
            these are bytes objects. Turn each byte into the character with that number
        p.encode("utf-8").decode("latin-1") -> list(p.encode("utf-8"))
            these are lists of numbers. Turn each piece into one string, with the
            character for each number
        p.encode("utf-8").decode("latin-1") -> str(p.encode("utf-8"))[2:-1]
            you spelled the bytes with backslashes and digits. Each byte should be a
            single character
        "utf-8").decode("latin-1") -> "latin-1").decode("utf-8")
            you've swapped the encodings. Encode as UTF-8, and decode the bytes as
            latin-1
        "utf-8" -> "latin-1"
            latin-1 has no ł. Encode as UTF-8, and use latin-1 only to turn the bytes
            into characters
        "utf-8" -> "latin-1", "ignore"
        "utf-8" -> "latin-1", "replace"
            you lost some characters, such as ł. Encode as UTF-8, which has all of them
        PIECES.findall(text) -> text.split()
            you lost the white space. Cut the text with PIECES, whose pieces contain all
            of it
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
        return "the tokens in reverse order"
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
    verified="no list of known tokens is shorter, and None where there is no list at "
    "all",
    cases=pieces_to_cut,
    right=fewest,
    observe=facts,
    mistakes=(
        """
        ... -> from_left(piece, known)
        ... -> from_left(piece, known, stuck=True)
            you take the longest token from the left, which gives "her" and "e" for
            "here", or gets stuck. A shorter first token can give fewer tokens in all
        ... -> from_right(piece, known)
            you take the longest token from the right. A shorter last token can give
            fewer tokens in all
        ... -> longest_anywhere(piece, known)
            you take the longest token anywhere first, and then cut what is left.
            Compare whole lists of tokens instead
        best[start] is not None -> best[start]
            you treat an empty list as if there were no way. Python counts it as false,
            so check for None instead, or no list can ever start
        best[-1] -> best[-1] or None
            you return None for an empty piece. It needs no tokens at all, so return an
            empty list
        best[-1] -> best[-1] or []
        best[-1] -> best[-1] or list(piece)
        best[-1] -> [piece] if best[-1] is None else best[-1]
            when the piece can't be made from the tokens in known, return None
        best[-1] -> None if best[-1] is None else len(best[-1])
            this is the number of tokens. Return the list of them
        best[-1] -> best[-1] and best[-1][::-1]
            your tokens are in reverse order, as you meet them on the way back. Reverse
            the list
        min -> max
            this is the longest list. Return the one with the fewest tokens
        token in known and ->
            you don't check whether your tokens are in known. Use only those that are
        best[-1] -> best[0]
        best[-1] -> best[1]
        best[-1] -> best[-2]
        len(piece) + 1 -> len(piece)
        len(piece) + 1 -> len(piece) - 1
            your list ends before the piece does. The last end is len(piece), so return
            the best list for that end
        range(1 -> range(0
            you lost a character. best already starts with the list for no characters,
            so the first end should be 1
        start:end -> start + 1:end
        start:end -> start - 1:end
        start:end -> start:end + 1
        start:end -> start:end - 1
            you lost or repeated some characters. Each token is piece[start:end], and
            starts where the tokens before it end
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
        return "different merges"
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
        when a merge makes a symbol that already exists, the symbol keeps its first age.
        Yours becomes the youngest again
"""

LEARN_FASTER = Exercise(
    name="learn-faster",
    verified="the same merges as learn_merges, ties included, with a fraction of its "
    "work",
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
            your merges are right, but each one takes a walk through the pairs of all
            words. Keep the counts, and update them only where words change
        (list(p), n) -> (list(p), 1)
            you counted each different piece once. Count it as often as it comes in the
            list
        pairwise(word) -> set(pairwise(word))
            you counted a pair once in each word. A pair that comes twice in a word
            counts twice
        add(i, -1) -> pairs[best] = 0
            when a word changes, its old pairs keep their counts. Subtract them before
            you add the new ones
        add(i, -1) -> pairs[best] = 0; pairs.subtract([pair for pair in pairwise( \
            join(words[i][0], best)) if "".join(best) not in pair] * words[i][1])
            you left old pairs in the counts. Once a and b have become ab, the pairs of
            a and b with their neighbours are gone too, so subtract them
        -pairs[pair], age[pair[0]], age[pair[1]] -> -pairs[pair], pair
            you break ties by the alphabet. The older symbol comes first, and a merged
            symbol is younger than all before it, whatever its letters
        age[pair[0]], age[pair[1]] -> age[pair[1]], age[pair[0]]
            you break ties by the right symbols first. Compare the left ones first, and
            the right ones only if the left are the same
        """,
        *edits(
            """
        -pairs[pair], age[pair[0]], age[pair[1]] -> -pairs[pair]
        -pairs[pair], age[pair[0]], age[pair[1]] -> -pairs[pair]
        and min(pairs -> min(reversed(pairs)
            you break ties by which pair was met first or last. Take the pair whose left
            symbol is older, then the one whose right symbol is older
        -pairs[pair], age[pair[0]], age[pair[1]] -> pairs[pair], pair
        and min(pairs -> max(pairs
            you break ties by the alphabet. The older symbol comes first, and a merged
            symbol is younger than all before it, whatever its letters
        if not pairs -> if max(pairs.values(), default=0) < 2
            you stop when no pair comes twice. A pair that comes only once is merged too
        if not pairs -> if False
            when no pair is left, you still look for the best one. Return the merges so
            far, even if there are fewer than count
        """,
            learn_merges,
        ),
        YOUNG_AGAIN,
        *edits(YOUNG_AGAIN, learn_merges),
        """
        Counter(pieces) -> Counter(map("".join, pieces))
            this is right for strings, but you cut tuples into characters. A piece may
            also be a tuple of symbols, such as a and t</w>, and each of them stays
            whole
        any(pairs.values()) -> max(pairs.values(), default=0) > 1
            you stop when no pair comes twice. A pair that comes only once is merged too
        any(pairs.values()) -> pairs
        and where.pop(best) -> where.pop(best, ())
            you merged a pair whose count has fallen to 0. Such a pair is gone, so don't
            choose it again
        return merges -> return merges if len(merges) == count else min([])
            when no pair is left, you still look for the best one. Return the merges so
            far, even if there are fewer than count
        return merges -> return ["".join(pair) for pair in merges]
            these are the symbols that the merges make. Return the pairs
        ... -> learn_merges([sum(map(tuple, pieces), ())], count)
            you counted pairs that reach from one piece into the next. Count only inside
            each piece
        while len(merges) < count -> while False
            you return no merges. Count the pairs, and append the best one each time
        words[i] = join(words[i][0], best), words[i][1] -> pass
            you never join the best pair, so it stays the best. Join it in every word
            that contains it
        range(len(words)) -> range(len(words) - 1)
            you left out the last of the different pieces. Count its pairs too
        len(merges) < count -> len(merges) < count + 50
            you go on until no pair is left. Stop after count merges
        len(merges) < count -> len(merges) <= count
            you made one merge too many. Stop after count merges
        words[i][1] add(i, 1) -> words[i][1]
            when a word changes, you don't count its new pairs. Add them
        words[i][1] add(i, 1) -> words[i][1]; add(i, 2)
            when a word changes, you count its new pairs twice. Count them once
        any -> all
            you stop as soon as a single pair is gone. Go on as long as any pair is left
        sign * often -> sign / often
            you divided by how often a piece comes in the list. Multiply by it
        age[pair[1]] -> age[pair[0]]
            when the left symbols of two pairs are the same, you don't compare the right
            ones. Choose the pair whose right symbol is older
        """,
    ),
)


EXERCISES = (KIND, ENCODE_WORD, BYTE_PIECES, FEWEST, LEARN_FASTER)
