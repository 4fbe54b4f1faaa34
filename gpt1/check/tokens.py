"""Exercises about tokens."""

import functools
import math
from itertools import pairwise

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.merges import FEWEST, LEARN_FASTER
from gpt1.tokenizer.bpe import apply_merges, learn_merges
from gpt1.tokenizer.trained import PIECES

# What an id is.

GPT1S = {
    "unknown": 1,
    "inside": 238,
    "at an end": 238,
    "merge": 40_000,
    "line end": 1,
}
SISTERS = {"unknown": 1, "inside": 35, "at an end": 35, "merge": 300, "line end": 1}


def kind(token, zones):
    return walk(token, zones) or refuse(token)


def walk(rest, zones, lowest=0, reaches=lambda rest, count: rest < count):
    """The name of the zone that a number falls into, or None."""
    for name, count in zones.items():
        if lowest <= rest and reaches(rest, count):
            return name
        rest -= count
    return None


def refuse(token):
    raise ValueError(token)


def below_zero(token, zones):
    return "unknown" if token < 0 else kind(token, zones)


def by_sizes(token, zones):
    if token < 0:
        refuse(token)
    return next((n for n, count in zones.items() if token < count), None) or refuse(
        token
    )


def ids_to_judge():
    gpt1s = (0, 1, 238, 239, 476, 477, 3387, 40_476, 40_477, 40_478, -1)
    sisters = (35, 36, 70, 71, 370, 371, 372)
    return [
        *((f"kind({n}, zones), GPT-1's zones:", (n, GPT1S)) for n in gpt1s),
        *((f"kind({n}, zones), the sister's zones:", (n, SISTERS)) for n in sisters),
    ]


KIND = Exercise(
    name="kind-of-id",
    verified="the first and the last id of each zone, and numbers that are no ids",
    cases=ids_to_judge,
    right=kind,
    mistakes=(
        *(
            Mistake(
                "each zone reaches one id too far: with 1 unknown and 238 inside, id 1 "
                "is the first inside and id 239 the first at an end",
                lambda token, zones, lowest=lowest, end=end: (
                    walk(token, zones, lowest, lambda rest, count: rest <= count)
                    or end(token)
                ),
            )
            for lowest in (0, -math.inf)
            for end in (refuse, lambda token: None)
        ),
        Mistake(
            "you compare the id with each zone's size; a zone begins where the one "
            "before ends, so the sizes add up",
            by_sizes,
        ),
        Mistake(
            "id 0 is <unk>, and the others come after it: your zones begin one too "
            "early",
            lambda token, zones: kind(token + (token >= 0), zones),
        ),
        *(
            Mistake("-1 is no id; yours gives it a name", wrong)
            for wrong in (
                below_zero,
                lambda token, zones: (
                    kind(token % sum(zones.values()), zones)
                    if token < 0
                    else kind(token, zones)
                ),
            )
        ),
        Mistake(
            "what is left over is not always a line end: above the last id there is no "
            "id, so raise ValueError",
            lambda token, zones: (
                "line end" if token >= sum(zones.values()) else kind(token, zones)
            ),
        ),
        Mistake(
            "neither end is watched: -1 and numbers above the last id are no ids",
            lambda token, zones: (
                "line end" if token >= sum(zones.values()) else below_zero(token, zones)
            ),
        ),
        Mistake(
            "for a number that is no id yours returns None; raise ValueError",
            walk,
        ),
        Mistake(
            "right for GPT-1 alone: take the numbers from zones, and other "
            "vocabularies work too",
            lambda token, zones: kind(token, GPT1S),
        ),
    ),
)


# One word of GPT-1's.

END = "</w>"


def tokens_of(word, ranks):
    return apply_merges([*word[:-1], word[-1] + END], ranks)


def encode_word(word, ids, ranks):
    return [ids.get(token, 0) for token in tokens_of(word, ranks)]


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
    words = (
        "a",
        "at",
        "the",
        "cat",
        "that",
        "lathe",
        "rather",
        "theatre",
        "cheat",
        "café",
    )
    return [(f"the word {word!r}:", (word, *sister())) for word in words]


def spelled(spell):
    """Encode with another spelling of the word than the right one."""

    def answer(word, ids, ranks):
        return [ids.get(symbol, 0) for symbol in apply_merges(spell(word), ranks)]

    return answer


def marked_late(word, ids, ranks):
    *symbols, last = apply_merges(list(word), ranks)
    return [ids.get(symbol, 0) for symbol in (*symbols, last + END)]


def longest(word, ids, ranks):
    rest, found = word + END, []
    while rest:
        token = next((rest[:n] for n in range(len(rest), 0, -1) if rest[:n] in ids), "")
        if not token:
            token = rest if rest == rest[0] + END else rest[0]
        found.append(ids.get(token, 0))
        rest = rest[len(token) :]
    return found


def leftmost(word, ids, ranks):
    symbols = [*word[:-1], word[-1] + END]
    while any(pair in ranks for pair in pairwise(symbols)):
        i = next(i for i, pair in enumerate(pairwise(symbols)) if pair in ranks)
        symbols[i : i + 2] = ["".join(symbols[i : i + 2])]
    return [ids.get(symbol, 0) for symbol in symbols]


def without_unknown(word, ids, ranks):
    return [token for token in encode_word(word, ids, ranks) if token]


ENCODE_WORD = Exercise(
    name="encode-word",
    verified="the mark on the last character, the merges in order, 0 for the unknown",
    cases=some_words,
    right=encode_word,
    mistakes=(
        Mistake(
            "the mark </w> is missing: GPT-1 has one token for at inside a word and "
            "another for at where a word ends",
            spelled(list),
        ),
        Mistake(
            "the mark is a symbol of its own in yours; it belongs to the last "
            "character: t</w> is one symbol",
            spelled(lambda word: [*word, END]),
        ),
        Mistake(
            "the mark has taken the place of the last character; it belongs behind it, "
            "in one symbol: t</w>",
            spelled(lambda word: [*word[:-1], END]),
        ),
        Mistake(
            "the mark fell apart into <, /, w and >: t</w> is one symbol",
            spelled(lambda word: list(word + END)),
        ),
        Mistake(
            "every character has the mark; only the last one has",
            spelled(lambda word: [letter + END for letter in word]),
        ),
        Mistake(
            "the mark comes too late: it is on the last character before anything is "
            "merged, because the merges were learned that way",
            marked_late,
        ),
        Mistake(
            "you take the longest token that fits, from the left; the merge learned "
            "earliest goes first, wherever it is",
            longest,
        ),
        Mistake(
            "you join the leftmost pair that is known; the merge learned earliest goes "
            "first, wherever it is",
            leftmost,
        ),
        Mistake(
            "unknown characters are left out in yours; each becomes id 0",
            without_unknown,
        ),
        Mistake(
            "a symbol that the vocabulary lacks has no id of its own and stops your "
            "code; it becomes id 0",
            lambda word, ids, ranks: [ids[token] for token in tokens_of(word, ranks)],
        ),
        Mistake(
            "a symbol that the vocabulary lacks is None in yours; it becomes id 0",
            lambda word, ids, ranks: [
                ids.get(token) for token in tokens_of(word, ranks)
            ],
        ),
        Mistake(
            "these are the tokens; their ids are asked for",
            lambda word, ids, ranks: tokens_of(word, ranks),
        ),
    ),
)


# Nothing unknown.


def byte_pieces(text):
    return [as_bytes(piece).decode("latin-1") for piece in PIECES.findall(text)]


def as_bytes(piece):
    return piece.encode("utf-8")


BYTE_PIECES = Exercise(
    name="byte-pieces",
    verified="the pieces are those of the text, a character for each of their bytes",
    cases=lambda: [
        ("ł",),
        ("a cat",),
        ("café",),
        ("in Łódź ☃\n\nOne, “two”…",),
        ("",),
    ],
    right=byte_pieces,
    mistakes=(
        Mistake(
            "these are the pieces as they were; spell each by its UTF-8 bytes",
            PIECES.findall,
        ),
        Mistake(
            "first the pieces, then their bytes: a byte of ł is no letter, and the "
            "pattern cuts the word there",
            lambda text: PIECES.findall(as_bytes(text).decode("latin-1")),
        ),
        Mistake(
            "this is the whole text in one piece; cut it with PIECES first",
            lambda text: [as_bytes(text).decode("latin-1")] if text else [],
        ),
        Mistake(
            "this is one string; a list of pieces is asked for",
            lambda text: as_bytes(text).decode("latin-1"),
        ),
        Mistake(
            "each byte is a piece of its own in yours; the bytes of a piece stay "
            "together in one string",
            lambda text: [chr(byte) for byte in as_bytes(text)],
        ),
        Mistake(
            "these are bytes objects; turn each byte into the character of its number",
            lambda text: [as_bytes(piece) for piece in PIECES.findall(text)],
        ),
        Mistake(
            "these are lists of numbers; a piece is a string, with the character of "
            "each number",
            lambda text: [list(as_bytes(piece)) for piece in PIECES.findall(text)],
        ),
        Mistake(
            "these are backslashes and digits that print a byte; one character stands "
            "for one byte",
            lambda text: [str(as_bytes(piece))[2:-1] for piece in PIECES.findall(text)],
        ),
        Mistake(
            "the encodings are exchanged: encode as UTF-8, and read that as latin-1",
            lambda text: [
                piece.encode("latin-1").decode("utf-8")
                for piece in PIECES.findall(text)
            ],
        ),
        Mistake(
            "latin-1 has no ł: encode as UTF-8, and use latin-1 for the way back to "
            "characters alone",
            lambda text: [
                piece.encode("latin-1").decode("latin-1")
                for piece in PIECES.findall(text)
            ],
        ),
        *(
            Mistake(
                "characters are lost, ł among them: encode as UTF-8, which has all",
                lambda text, how=how: [
                    piece.encode("latin-1", how).decode("latin-1")
                    for piece in PIECES.findall(text)
                ],
            )
            for how in ("ignore", "replace")
        ),
        Mistake(
            "white space is lost; the pieces of PIECES have all of the text in them",
            lambda text: [as_bytes(word).decode("latin-1") for word in text.split()],
        ),
    ),
)


EXERCISES = (KIND, ENCODE_WORD, BYTE_PIECES, FEWEST, LEARN_FASTER)
