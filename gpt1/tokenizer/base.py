"""What all tokenizers share: an interface, files, and a check of ids."""

import json
from pathlib import Path

from gpt1.plumbing.files import atomic_write
from gpt1.tokenizer import hugging_face

FILE = "gpt1_tokenizer.json"
"""A tokenizer's file beside a model's."""


class Tokenizer:
    """Text to ids and back; the base of the tokenizers.

    A subclass gives `kind`, `tokens` (id to token, a list of strings), `ids` (token to
    id), `encode`, `decode`, `to_dict` and `from_dict`.
    """

    kind = None
    between = ()
    """Ids that belong between two texts that were encoded apart at a line end."""

    @property
    def vocab_size(self):
        """Number of different ids."""
        return len(self.tokens)

    def strings(self, ids):
        """The tokens themselves.

        Args:
            ids: integers, or a tensor (tokens,).

        Returns:
            A list of strings.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        ids = [int(i) for i in ids]
        for i in ids:
            if not 0 <= i < self.vocab_size:
                raise ValueError(f"ids must be 0 to {self.vocab_size - 1}, got {i}")
        return [self.tokens[i] for i in ids]

    def settled(self, ids):
        """The beginning of `decode(ids)` that stays, whatever ids follow.

        For text that is shown while it is written. Where the tokens' strings are joined
        as they are, it is all of the text.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        return self.decode(ids)

    def parted(self, ids):
        """Ids whose text is certain, read, and those that are read with what follows.

        Where the tokens' strings are joined as they are, that is all and none.

        Returns:
            A string and a list of ids: the text of `ids`, whatever follows them, is
            that string and the text of these ids with what follows.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        return self.decode(ids), []

    def lacking(self, text):
        """The characters of a text that there is no token for, each once."""
        return [mark for mark in dict.fromkeys(text) if mark not in self.ids]

    def save(self, path):
        """Write the tokenizer as JSON, whole or not at all."""
        text = json.dumps(self.to_dict(), ensure_ascii=False)
        with atomic_write(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def save_pretrained(self, folder):
        """Write what Hugging Face's `AutoTokenizer` opens, and what `load_model` does.

        GPT-1's own tokenizer has no equal there: what is written for it says so when it
        is opened.
        """
        hugging_face.write(self, folder)
        self.save(Path(folder) / FILE)

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is not a tokenizer of this class.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(f"no tokenizer at {path}") from None
        except ValueError:
            raise ValueError(f"{path} is not a tokenizer: expected JSON") from None
        kind = values.get("kind") if isinstance(values, dict) else None
        if kind != cls.kind:
            raise ValueError(
                f"{path} must hold a tokenizer of kind {cls.kind!r}, got {kind!r}"
            )
        return cls.from_dict(values)
