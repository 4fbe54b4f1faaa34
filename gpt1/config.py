"""The numbers that make a GPT.

`GPTConfig` holds sizes and probabilities, and nothing else: no device, no file, no
training option. Its defaults are the published GPT-1.
"""

import math
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class GPTConfig:
    """The shape of a GPT. The defaults are GPT-1 (paper, section 4.1).

    Args:
        vocab_size: number of tokens; 40,478 for GPT-1's own tokenizer.
        context: the most tokens the model can see at once.
        width: size of the vector that stands for a token inside the model.
        layers: number of blocks.
        heads: attention heads in a block; must divide `width`.
        feed_forward: inner size of the feed-forward layer; `None` means `4 * width`.
        dropout: probability of dropping a value, in all four places where the
            paper drops: embeddings, attention weights, and the two outputs that join
            the residual stream.
        norm_eps: the epsilon inside LayerNorm's square root. The paper is silent;
            1e-5 is what OpenAI's released code uses.
        init_std: standard deviation of the initial weights.

    Raises:
        ValueError: a value is of the wrong type, out of its range, or `heads` does
            not divide `width`.
    """

    vocab_size: int = 40478
    context: int = 512
    width: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward: int | None = None
    dropout: float = 0.1
    norm_eps: float = 1e-5
    init_std: float = 0.02

    def __post_init__(self):
        if self.feed_forward is None and is_whole(self.width):
            object.__setattr__(self, "feed_forward", 4 * self.width)
        for name in (
            "vocab_size",
            "context",
            "width",
            "layers",
            "heads",
            "feed_forward",
        ):
            value = getattr(self, name)
            if not is_whole(value) or value < 1:
                raise ValueError(f"{name} must be a whole number >= 1, got {value!r}")
        if self.width % self.heads:
            raise ValueError(
                f"heads must divide width: {self.width} / {self.heads} is not whole; "
                f"change width or heads"
            )
        if not is_number(self.dropout) or not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout must be at least 0 and below 1, got {self.dropout!r}"
            )
        for name in ("norm_eps", "init_std"):
            value = getattr(self, name)
            if not is_number(value) or value <= 0:
                raise ValueError(f"{name} must be a number above 0, got {value!r}")

    @property
    def head_size(self) -> int:
        """Size of one head's queries, keys and values, width / heads."""
        return self.width // self.heads

    @classmethod
    def tiny(cls, **changes) -> "GPTConfig":
        """A GPT that a laptop trains in minutes: 4 layers, width 128, context 128.

        Its weights begin 2.5 times as large as GPT-1's, since a state has a sixth of
        the numbers: then products with them are as large as there (0.02 * √768 is
        about 0.05 * √128), and it trains at higher rates (benchmarks/recipes.md).

        Args:
            changes: any field of `GPTConfig`, in place of the tiny model's value.
        """
        small = {"vocab_size": 512, "context": 128, "width": 128}
        rest = {"layers": 4, "heads": 4, "dropout": 0.0, "init_std": 0.05}
        return cls(**{**small, **rest, **changes})

    @classmethod
    def from_dict(cls, values: dict) -> "GPTConfig":
        """The inverse of `to_dict`.

        Raises:
            ValueError: `values` is not a dictionary of this class's fields.
        """
        known = cls.__dataclass_fields__
        if not isinstance(values, dict) or not set(values) <= set(known):
            extra = sorted(set(values) - set(known)) if isinstance(values, dict) else []
            raise ValueError(
                f"expected a dictionary with the fields {', '.join(known)}; "
                f"got {f'also {extra}' if extra else type(values).__name__}"
            )
        return cls(**values)

    def to_dict(self) -> dict:
        """The fields as a plain dictionary, for JSON and checkpoints."""
        return asdict(self)


def is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value) -> bool:
    return is_whole(value) or (isinstance(value, float) and math.isfinite(value))


PRESETS = {"gpt1": GPTConfig, "tiny": GPTConfig.tiny}
"""Names for the command line: each is called with the fields to change."""
