"""Byte-pair encoding of bytes, as GPT-2 has it: no text is unknown to it.

Radford et al. (2019), section 2.2. A character is one to four bytes of UTF-8, and there
are only 256 bytes, so the vocabulary begins with all of them. Each byte is written as a
character that can be seen, GPT-2's own choice, so that tokens can be read and the rest
is `BPETokenizer`'s. What this file does not do: special tokens in a text, which are
letters here like any others.
"""

import codecs
import re
import sys
import unicodedata
from functools import cache
from itertools import chain
from pathlib import Path

from gpt1.plumbing.hub import hub_folder
from gpt1.plumbing.waiting import watched
from gpt1.tokenizer.bpe import apply_merges
from gpt1.tokenizer.original import read_merges
from gpt1.tokenizer.trained import BPETokenizer, learn

END_OF_TEXT = "<|endoftext|>"
"""What GPT-2 was trained to read between two documents; its last id."""

SEEN = [*range(33, 127), *range(161, 173), *range(174, 256)]
UNSEEN = [byte for byte in range(256) if byte not in SEEN]
SIGNS = dict(zip(SEEN + UNSEEN, map(chr, [*SEEN, *range(256, 324)]), strict=True))
"""The character that each byte is written as, in the order of the ids. A byte that is
no visible character of Latin-1 becomes one from 256 on: a space is Ġ, a line end Ċ."""

BYTES = {sign: byte for byte, sign in SIGNS.items()}
FILES = ("vocab.json", "merges.txt")


@cache
def pattern():
    """How GPT-2 splits a text: contractions, letters, numbers, marks, white space.

    A space belongs to the piece behind it. Python's `re` has no name for Unicode's
    letters and numbers, so the numbers that are no digits, such as ½, are listed here.
    And it counts four control characters as white space that Unicode does not.

    Returns:
        A compiled pattern.
    """
    characters = map(chr, range(sys.maxunicode + 1))
    others = (c for c in characters if unicodedata.category(c) in {"Nl", "No"})
    numbers = "".join(others)
    letter, number = rf"[^\W\d_{numbers}]", rf"[\d{numbers}]"
    space = r"[^\S\x1c-\x1f]"
    mark = rf"(?:(?!{letter}|{number})[\S\x1c-\x1f])"
    contracted = "'(?:s|t|re|ve|m|ll|d)"
    runs = "|".join(f" ?{kind}+" for kind in (letter, number, mark))
    return re.compile(f"{contracted}|{runs}|{space}+(?![\\S\\x1c-\\x1f])|{space}+")


def signs(piece):
    """The characters that stand for the bytes of a string, a list."""
    return [SIGNS[byte] for byte in piece.encode("utf-8", errors="surrogatepass")]


class ByteTokenizer(BPETokenizer):
    """`BPETokenizer` on bytes in the place of characters: every text comes back.

    Args:
        merges: pairs of symbols in the order learned, in the characters of `SIGNS`.
        added: tokens behind all others that no text becomes, such as `END_OF_TEXT`.
    """

    kind = "bytes"

    def __init__(self, merges, added=()):
        super().__init__(SIGNS.values(), merges)
        self.added = list(added)
        self.tokens = [*self.tokens[1:], *self.added]  # without the unknown one
        self.ids = {token: i for i, token in enumerate(self.tokens)}

    @classmethod
    def train(cls, texts, vocab_size):
        """Learn merges until the vocabulary has a size, or nothing is left to merge.

        Args:
            texts: one string or several.
            vocab_size: the 256 bytes and the merges together.

        Raises:
            ValueError: there is no room for the bytes.
        """
        if vocab_size < len(SIGNS):
            raise ValueError(f"vocab_size must be 256 or more, got {vocab_size}")
        texts = [texts] if isinstance(texts, str) else texts
        found = chain.from_iterable(map(pattern().findall, texts))
        pieces = ["".join(signs(piece)) for piece in found]
        known = len(set().union(*pieces))
        # `learn` counts the bytes that are there, and one token for the unknown.
        return cls(learn(pieces, vocab_size - len(SIGNS) + known + 1))

    @classmethod
    def from_pretrained(cls, source):
        """GPT-2's own, from its files.

        Args:
            source: a folder with `vocab.json` and `merges.txt`; or the id of a model on
                the hub, such as "openai-community/gpt2", which needs a network.

        Raises:
            FileNotFoundError: they are not there.
            ValueError: a file is not what its name says, or the vocabulary is not the
                256 bytes and the merges in turn.
        """
        folder = Path(source)
        folder = folder if folder.is_dir() else hub_folder(str(source), FILES)
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise FileNotFoundError(f"{folder} lacks {' and '.join(missing)}")
        vocabulary, merges = read_merges(*(folder / name for name in FILES))
        tokens = sorted(vocabulary, key=vocabulary.get)
        plain = cls(merges)
        if tokens[: plain.vocab_size] != plain.tokens:
            raise ValueError(
                f"{folder} is not GPT-2's tokenizer: expected the 256 bytes and then "
                f"the {len(merges)} merges as the ids of {FILES[0]}"
            )
        return cls(merges, tokens[plain.vocab_size :])

    def encode(self, text):
        """The ids of a text.

        Returns:
            A list of integers.
        """
        ids, known = [], self.known
        for piece in watched(pattern().findall(text), "text to tokens"):
            if piece not in known:
                symbols = apply_merges(signs(piece), self.ranks)
                known[piece] = [self.ids[symbol] for symbol in symbols]
            ids += known[piece]
        return ids

    def bytes(self, ids):
        """The bytes that ids stand for.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        return bytes(BYTES[sign] for sign in "".join(self.strings(ids)))

    def decode(self, ids):
        """The text that ids stand for; bytes that are no UTF-8 become U+FFFD.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        return self.bytes(ids).decode("utf-8", errors="replace")

    def settled(self, ids):
        """The beginning of `decode(ids)` that stays: without a character's first bytes.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        reader = codecs.getincrementaldecoder("utf-8")(errors="replace")
        return reader.decode(self.bytes(ids))

    def parted(self, ids):
        """See `Tokenizer.parted`: cut where no character is begun."""
        for cut in range(len(ids), 0, -1):
            text = self.settled(ids[:cut])
            if text == self.decode(ids[:cut]):
                return text, ids[cut:]
        return "", ids

    def lacking(self, text):
        """No character of any text, so an empty list."""
        return []

    def to_dict(self):
        """What `from_dict` needs, as plain values."""
        merges = [list(pair) for pair in self.merges]
        return {"kind": self.kind, "merges": merges, "added": self.added}

    @classmethod
    def from_dict(cls, values):
        """The inverse of `to_dict`."""
        return cls(values["merges"], values["added"])
