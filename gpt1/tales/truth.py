"""The truth about the next token, which a language model can only guess.

    >>> from gpt1.tales import next_words
    >>> next_words("Nell got a hula hoop for", split="all")

Draw tales until one begins like this: what comes next, and how often? The grammar
knows. All derivations that agree with the beginning are kept (`unfold.py`), and what
each says next is summed, so the probabilities are exact, but for the rounding of floats
(1e-12 of their value).
"""

import math
import re
from collections import defaultdict
from typing import NamedTuple

from gpt1.tales.tell import SEPARATOR, stream_of
from gpt1.tales.unfold import START, Begun, next_words_of

PIECE = re.compile(r" ?\w+| ?[^\w\s]+|\s")
WORD = re.compile(r"\s\S*")
SHOWN = 40  # so many characters of a text stand in a message


def next_words(beginning: str = "", *, split: str = "train") -> dict[str, float]:
    """What can follow the beginning of a tale, and with which probability.

    Among the tales of a split that begin with this text, the probabilities of the piece
    of text that is next: the rest of a word that was begun; or else a word or a run of
    marks, with the space before it; or a line end. After a tale come an empty line and
    another tale, so whole tales may stand in front, each with its `SEPARATOR`.

    Returns a dictionary from pieces to probabilities, highest first; their sum is 1.

    ValueError if no tale of the split begins like this, which says how far one does;
    the split "all" has every tale of the grammar. Or for an unknown split.
    """
    stream_of(split)
    read, ways = _read(beginning, split)
    if read < len(beginning):
        raise _refusal(beginning, split)
    return _next_pieces(ways)


def next_tokens(
    tokenizer, beginning: str = "", *, split: str = "train"
) -> dict[int, float]:
    """The exact distribution of the next token, given the tokens of a beginning.

    It is what a model would say that knows all about the split's tales. Tales are drawn
    one after another, each behind an empty line, and all is encoded; of the texts whose
    first ids are those of `SEPARATOR + beginning`, these are the shares in which each
    id is next. So where the beginning ends inside a word, only those words can be meant
    whose own ids begin in the same way. See `next_words` for what may be a beginning.

    tokenizer: anything with encode(text) -> list of ids that cuts text before each
    white space, as `BPETokenizer` and `CharTokenizer` do: a white space and the word
    after it have the same ids wherever they stand.

    Returns a dictionary from ids to probabilities, highest first; their sum is 1.

    ValueError if no tale of the split begins with these tokens, which says how far one
    does; for an unknown split; for a tokenizer that cuts text in another way.
    """
    return next_tokens_along(tokenizer, beginning, split=split)[-1]


def next_tokens_along(
    tokenizer, text: str, *, split: str = "train"
) -> list[dict[int, float]]:
    """The exact distributions of the next token, at every token of a text.

    Like a model that reads `SEPARATOR + text`, it says for each of its tokens what the
    one after it will be; the last of the list is `next_tokens(tokenizer, text)`.
    Arguments and errors are those of `next_tokens`.
    """
    stream_of(split)
    known = {}

    def encode(word):
        if word not in known:
            known[word] = tuple(tokenizer.encode(word))
        return known[word]

    ids = list(tokenizer.encode(SEPARATOR + text))
    words = [encode(word) for word in WORD.findall(SEPARATOR + text)]
    if ids != [each for word in words for each in word] or () in words:
        raise ValueError(
            "expected a tokenizer that cuts text before each white space, "
            f"got one to which the words of {_end(text)} are not the same alone"
        )
    along = [
        _distribution((way.left[0], way.chance) for way in ways)
        for ways in _along(ids, encode, split)
    ]
    if len(along) < len(ids):
        raise _refusal(text, split)
    return along


class Way(NamedTuple):
    """A way in which a text can go on.

    left: what is left of the word that is being read, tokens or characters; tale: what
    has begun after it; chance: how likely this is, in the split, and open_chance
    without the split's say in what `tale` leaves open.
    """

    left: tuple | str
    tale: Begun
    chance: float
    open_chance: float


def _along(symbols, encode, split: str):
    """After each symbol, the ways on, as long as there are any; their chances sum to 1.

    encode: from a word to its symbols.
    """
    ways = _opened([Way((), START, 1.0, 1.0)], encode, split)
    for symbol in symbols:
        kept = [way for way in ways if way.left[0] == symbol]
        if not kept:
            return
        total = math.fsum(way.chance for way in kept)
        kept = [
            Way(left[1:], tale, chance / total, open_chance / total)
            for left, tale, chance, open_chance in kept
        ]
        ways = _opened(kept, encode, split)
        yield ways


def _opened(ways: list[Way], encode, split: str) -> list[Way]:
    """The same ways, but where nothing is left of a word, all that can be the next."""
    found = []
    for way in ways:
        if way.left:
            found.append(way)
            continue
        for word, part, tale in next_words_of(way.tale, split):
            share, chance = tale.share(split), way.open_chance * part
            if share:
                found.append(Way(encode(word), tale, chance * share, chance))
    return found


def _distribution(pairs) -> dict:
    """The chances of each outcome summed, highest first."""
    sums = defaultdict(float)
    for outcome, chance in pairs:
        sums[outcome] += chance
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def _next_pieces(ways: list[Way]) -> dict[str, float]:
    """The distribution of the next piece of text, from ways in characters."""
    return _distribution((PIECE.match(way.left)[0], way.chance) for way in ways)


def _read(text: str, split: str) -> tuple[int, list[Way]]:
    """How much of a text a tale can begin with, in characters, and the ways on."""
    along = list(_along(SEPARATOR + text, str, split))
    return len(along) - len(SEPARATOR), along[-1]


def _refusal(text: str, split: str) -> ValueError:
    """The error for a text that no tale of a split begins with, or none in tokens."""
    read, ways = _read(text, "all")
    if read < len(text):
        pieces = list(_next_pieces(ways))
        expected = " or ".join(map(repr, pieces[:3]))
        return ValueError(
            f"no tale begins like this: after {_end(text[:read])} expected {expected}"
            f"{', or the like' if len(pieces) > 3 else ''}, "
            f"got {text[read : read + SHOWN]!r}"
        )
    read, _ = _read(text, split)
    if read < len(text):
        return ValueError(
            f"no tale of the split {split!r} begins like this: after "
            f"{_end(text[:read])} none has {text[read : read + SHOWN]!r}; the split "
            f"'all' has every tale"
        )
    return ValueError(
        f"no tale is cut into tokens like this: {_end(text)} ends inside a word that "
        f"has other tokens when it is whole; leave the beginning of that word out"
    )


def _end(text: str) -> str:
    """The end of a text, for a message."""
    return repr(text if len(text) <= SHOWN else "..." + text[-SHOWN:])
