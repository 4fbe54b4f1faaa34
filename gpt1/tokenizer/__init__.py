"""Text to token ids and back, in four ways that share one interface.

- `CharTokenizer`: characters, for first runs on any text.
- `BPETokenizer`: byte-pair encoding learned from your own text; nothing is lost.
- `ByteTokenizer`: the same on bytes, as in GPT-2; it knows every character.
- `GPT1Tokenizer`: GPT-1's own, exact; capitals and spacing are lost, as they were then.

Each has `encode(text) -> list[int]`, `decode(ids) -> str`, `vocab_size`, `save(path)`
and `load(path)`.
"""

from gpt1.tokenizer.base import Tokenizer
from gpt1.tokenizer.byte_level import ByteTokenizer
from gpt1.tokenizer.characters import CharTokenizer
from gpt1.tokenizer.choice import make_tokenizer, tokenizer_from_dict
from gpt1.tokenizer.original import GPT1Tokenizer
from gpt1.tokenizer.trained import BPETokenizer

__all__ = ["BPETokenizer", "ByteTokenizer", "CharTokenizer", "GPT1Tokenizer"]
__all__ += ["Tokenizer", "make_tokenizer", "tokenizer_from_dict"]
