"""One token for each character: no training to speak of, long sequences."""

from gpt1.tokenizer.base import Tokenizer


class CharTokenizer(Tokenizer):
    """One token for each character that the training text has.

    Args:
        characters: the characters, all different; a character's place is its id.

    Raises:
        ValueError: there is no character, or one occurs twice.
    """

    kind = "characters"

    def __init__(self, characters):
        self.tokens = list(characters)
        self.ids = {character: i for i, character in enumerate(self.tokens)}
        if not self.ids or len(self.ids) < len(self.tokens):
            raise ValueError(
                f"a character tokenizer needs at least one character and each once, "
                f"got {len(self.tokens)}, {len(self.ids)} of them different"
            )

    @classmethod
    def train(cls, text):
        """The tokenizer of all characters in a text, in order of code point.

        Args:
            text: a string that is not empty.
        """
        return cls(sorted(set(text)))

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
                f"only the {self.vocab_size} characters of its training text; learn "
                f"one from all of the text, or use bpe, which has an id for the unknown"
            ) from None

    def decode(self, ids):
        """The text that ids stand for; inverse of `encode`.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        return "".join(self.strings(ids))

    def to_dict(self):
        """What `from_dict` needs, as plain values."""
        return {"kind": self.kind, "characters": "".join(self.tokens)}

    @classmethod
    def from_dict(cls, values):
        """The inverse of `to_dict`."""
        return cls(values["characters"])
