"""Text to token ids and back.

So far one tokenizer: characters, for first runs on any text. Byte-pair encoding and
GPT-1's own pipeline will share its interface: `encode`, `decode`, `vocab_size`, `save`,
`load`.
"""

import json
from pathlib import Path

from gpt1.utils import atomic_write


class CharTokenizer:
    """One token for each character that the training text has.

    Args:
        characters: the characters, all different; a character's place is its id.

    Raises:
        ValueError: there is no character, or one occurs twice.
    """

    def __init__(self, characters):
        self.characters = list(characters)
        self.ids = {character: i for i, character in enumerate(self.characters)}
        if not self.ids or len(self.ids) < len(self.characters):
            raise ValueError(
                f"a character tokenizer needs at least one character and each once, "
                f"got {len(self.characters)}, {len(self.ids)} of them different"
            )

    @classmethod
    def train(cls, text):
        """The tokenizer of all characters in a text, in order of code point.

        Args:
            text: a string that is not empty.
        """
        return cls(sorted(set(text)))

    @property
    def vocab_size(self):
        """Number of different ids."""
        return len(self.characters)

    def encode(self, text):
        """The ids of a text's characters.

        Returns:
            A list of integers, one for each character.

        Raises:
            ValueError: a character that the training text did not have.
        """
        try:
            return [self.ids[character] for character in text]
        except KeyError as error:
            raise ValueError(
                f"the tokenizer does not know the character {error.args[0]!r}: it has "
                f"the {self.vocab_size} that its training text had"
            ) from None

    def decode(self, ids):
        """The text that ids stand for; inverse of `encode`.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        ids = [int(i) for i in ids]
        for i in ids:
            if not 0 <= i < self.vocab_size:
                raise ValueError(f"ids must be 0 to {self.vocab_size - 1}, got {i}")
        return "".join(self.characters[i] for i in ids)

    def to_dict(self):
        """What `from_dict` needs, as plain values."""
        return {"kind": "characters", "characters": "".join(self.characters)}

    @classmethod
    def from_dict(cls, values):
        """The inverse of `to_dict`.

        Raises:
            ValueError: `values` does not describe a character tokenizer.
        """
        if not isinstance(values, dict) or values.get("kind") != "characters":
            raise ValueError(
                f"expected the description of a character tokenizer, got {values!r:.80}"
            )
        return cls(values["characters"])

    def save(self, path):
        """Write the tokenizer as JSON, whole or not at all."""
        text = json.dumps(self.to_dict(), ensure_ascii=False)
        with atomic_write(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is not a tokenizer.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(f"no tokenizer at {path}") from None
        except ValueError:
            raise ValueError(f"{path} is not a tokenizer: expected JSON") from None
        return cls.from_dict(values)
