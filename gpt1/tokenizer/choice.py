"""A tokenizer by name, for the command line."""

import json
from pathlib import Path

from gpt1.tokenizer.byte_level import ByteTokenizer
from gpt1.tokenizer.characters import CharTokenizer
from gpt1.tokenizer.original import GPT1Tokenizer
from gpt1.tokenizer.trained import BPETokenizer, fitting_size

HUB = "openai-community/openai-gpt"
"""Where GPT-1's own vocabulary and merges are."""

CLASSES = (CharTokenizer, BPETokenizer, ByteTokenizer, GPT1Tokenizer)
KINDS = {cls.kind: cls for cls in CLASSES}


def make_tokenizer(name, text, vocab_size):
    """The tokenizer of a name, learned from a text if it is one that learns.

    Args:
        name: "characters" or "bpe", which learn; "gpt1", GPT-1's own, from the hub; a
            folder with GPT-1's vocabulary and merges; or a file that `save` wrote.
        text: a function that returns the text; called only if it is needed.
        vocab_size: for "bpe"; None for one that fits the text.

    Raises:
        FileNotFoundError, ValueError, ImportError: there is no such tokenizer, or it
            cannot learn from this text.
    """
    if not name:
        raise ValueError("a tokenizer needs a name, got an empty one")
    if name == "characters":
        return CharTokenizer.train(text())
    if name == "bpe":
        text = text()
        return BPETokenizer.train(text, vocab_size or fitting_size(text))
    path = Path(name)
    if name == "gpt1" or path.is_dir():
        return GPT1Tokenizer.from_pretrained(HUB if name == "gpt1" else name)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"no tokenizer {name}: expected characters, bpe, gpt1, or the file of a "
            f"saved tokenizer"
        ) from None
    except ValueError:
        raise ValueError(f"{name} is not a tokenizer: expected JSON") from None
    try:
        return tokenizer_from_dict(values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name} is not a saved tokenizer: {error}") from None


def tokenizer_from_dict(values):
    """The tokenizer that a checkpoint describes.

    Args:
        values: what `to_dict` gave.

    Raises:
        ValueError: `values` does not describe a tokenizer.
    """
    kind = values.get("kind") if isinstance(values, dict) else None
    if kind not in KINDS:
        raise ValueError(f"no tokenizer of kind {kind!r}: there are {', '.join(KINDS)}")
    return KINDS[kind].from_dict(values)
