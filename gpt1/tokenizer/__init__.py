"""Text to token ids and back, in three ways that share one interface.

- `CharTokenizer`: characters, for first runs on any text.
- `BPETokenizer`: byte-pair encoding learned from your own text; nothing is lost.
- `GPT1Tokenizer`: GPT-1's own, exact; capitals and spacing are lost, as they were then.

Each has `encode(text) -> list[int]`, `decode(ids) -> str`, `vocab_size`, `save(path)`
and `load(path)`.
"""

from gpt1.tokenizer.base import Tokenizer
from gpt1.tokenizer.characters import CharTokenizer
from gpt1.tokenizer.original import GPT1Tokenizer
from gpt1.tokenizer.trained import BPETokenizer

KINDS = {cls.kind: cls for cls in (CharTokenizer, BPETokenizer, GPT1Tokenizer)}

__all__ = [
    "BPETokenizer",
    "CharTokenizer",
    "GPT1Tokenizer",
    "Tokenizer",
    "tokenizer_from_dict",
]


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
