"""Byte-pair encoding that is learned from your own text."""

import json
import math
import re
from itertools import chain

from gpt1.plumbing.waiting import watched
from gpt1.tokenizer.base import Tokenizer
from gpt1.tokenizer.bpe import apply_merges, learn_quickly

PIECES = re.compile(r" ?\w{1,128}| ?[^\w\s]{1,128}|\s")
"""A word or a run of marks, with the space before it; or other white space. A text
without spaces is cut, since the time for a piece grows with the square of its length.
"""

UNKNOWN = "<unk>"


MERGES = 4000
"""The most that are learned where nobody says how many."""


def fitting_size(text):
    """A vocabulary that fits a text: id 0, its characters, and some merges.

    As many as the square root of its length, so that tokens that join come often enough
    to be learned: 1,000 for a megabyte. More than `MERGES` do not pay on a laptop.
    """
    return 1 + len(set(text)) + min(MERGES, math.isqrt(len(text)))


class BPETokenizer(Tokenizer):
    """Byte-pair encoding in which spaces belong to the words that they precede.

    Any text made of the training text's characters comes back from `decode` as it was;
    other characters become id 0.

    Args:
        characters: the characters, in the order of their ids, which begin at 1.
        merges: pairs of symbols in the order learned.
    """

    kind = "bpe"

    def __init__(self, characters, merges):
        self.characters = list(characters)
        self.merges = [tuple(pair) for pair in merges]
        symbols = chain(self.characters, map("".join, self.merges))
        self.tokens = list(dict.fromkeys([UNKNOWN, *symbols]))
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self.known = {}

    @classmethod
    def train(cls, texts, vocab_size):
        """Learn merges until the vocabulary has a size, or nothing is left to merge.

        Hugging Face's tokenizers does the work where it is installed, plain Python
        elsewhere. The merges are the same; texts of many megabytes take it longer.

        Args:
            texts: one string or several.
            vocab_size: id 0, the characters and the merges together.

        Raises:
            ValueError: the texts have more characters than the vocabulary has room for.
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        characters = sorted(set(chain.from_iterable(texts)))
        if vocab_size <= len(characters):
            raise ValueError(
                f"vocab_size must be above {len(characters)}, the number of different "
                f"characters, got {vocab_size}"
            )
        found = (PIECES.findall(text) for text in texts)
        pieces = chain.from_iterable(watched(it, "learning tokens") for it in found)
        return cls(characters, learn(pieces, vocab_size))

    def encode(self, text):
        """The ids of a text.

        Returns:
            A list of integers.
        """
        ids, known = [], self.known
        for piece in watched(PIECES.findall(text), "text to tokens"):
            if piece not in known:
                symbols = apply_merges(list(piece), self.ranks)
                known[piece] = [self.ids.get(symbol, 0) for symbol in symbols]
            ids += known[piece]
        return ids

    def decode(self, ids):
        """The text that ids stand for; id 0 becomes U+FFFD, the replacement character.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        strings = self.strings(ids)
        return "".join("\ufffd" if token == UNKNOWN else token for token in strings)

    def to_dict(self):
        """What `from_dict` needs, as plain values."""
        merges = [list(pair) for pair in self.merges]
        characters = "".join(self.characters)
        return {"kind": self.kind, "characters": characters, "merges": merges}

    @classmethod
    def from_dict(cls, values):
        """The inverse of `to_dict`."""
        return cls(values["characters"], values["merges"])


def learn(pieces, vocab_size):
    """The merges that make a vocabulary of a size from a text's pieces."""
    try:
        from tokenizers import Tokenizer as Engine
        from tokenizers.models import BPE
        from tokenizers.trainers import BpeTrainer
    except ImportError:
        return learn_quickly(pieces, vocab_size - 1)  # id 0 is no symbol of the text
    engine = Engine(BPE())
    trainer = BpeTrainer(
        vocab_size=vocab_size, special_tokens=[UNKNOWN], show_progress=False
    )
    engine.train_from_iterator(pieces, trainer)
    return json.loads(engine.to_str())["model"]["merges"]
