"""What models after GPT-2 changed: five parts of today's language models.

Each of `CHANGES` takes a `GPT2`, puts another part in the place of one of its own, and
gives the model back; new parts begin with new weights. `Llama` has all five. It is the
architecture of Touvron et al. (2023), and with grouped queries of the larger models of
its second edition, but for its output, which is tied here.
"""

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.model import FeedForward, MultiHeadAttention
from gpt1.variants.gpt2 import GPT2
from gpt1.variants.swapping import swap

# --- attention ------------------------------------------------------------------------


class GroupedAttention(MultiHeadAttention):
    """Attention in which several heads share one key and one value.

    Args:
        config: as for `MultiHeadAttention`.
        groups: number of keys and of values; must divide `config.heads`.

    Raises:
        ValueError: `groups` does not divide the number of heads.

    Source: Ainslie et al. (2023); with one group, Shazeer (2019).
    """

    def __init__(self, config, groups):
        super().__init__(config)
        if groups < 1 or self.heads % groups:
            raise ValueError(
                f"groups must divide the number of heads, {self.heads}, got {groups}"
            )
        self.groups = groups
        size = (self.heads + 2 * groups) * self.head_size
        self.query_key_value = nn.Linear(config.width, size)

    def split(self, x):
        """Queries (batch, heads, ...), keys and values (batch, groups, ...)."""
        joint = self.query_key_value(x)
        joint = joint.unflatten(-1, (-1, self.head_size))
        joint = joint.transpose(1, 2)  # heads and groups before time
        return joint.split([self.heads, self.groups, self.groups], dim=1)

    def forward(self, x, cache=None):
        """As `MultiHeadAttention`'s; the cache holds the groups alone."""
        return super().forward(x, Repeated(cache, self.heads // self.groups))


class Repeated:
    """A cache whose keys and values are repeated for the heads that share them.

    Args:
        cache: a `KVCache`, or None.
        times: heads in a group.
    """

    def __init__(self, cache, times):
        self.cache, self.times = cache, times
        self.length = 0 if cache is None else cache.length

    def extend(self, key, value):
        """As `KVCache.extend`, and then each key and value `times` times."""
        if self.cache is not None:
            key, value = self.cache.extend(key, value)
        return [each.repeat_interleave(self.times, dim=1) for each in (key, value)]


class RotaryAttention(MultiHeadAttention):
    """Attention that turns queries and keys by an angle that grows with the position.

    Source: Su et al. (2021).
    """

    start = 0

    def split(self, x):
        """As `MultiHeadAttention.split`, with queries and keys turned."""
        query, key, value = super().split(x)
        return rotated(query, self.start), rotated(key, self.start), value

    def forward(self, x, cache=None):
        """As `MultiHeadAttention`'s."""
        self.start = 0 if cache is None else cache.length
        return super().forward(x, cache)


def rotated(x, start=0, base=10_000.0):
    """Vectors whose pairs of numbers are turned by their position times a frequency.

    Pair i is made of the numbers i and i + head_size / 2, as in Hugging Face's models.

    Args:
        x: (..., time, head_size), with an even head_size.
        start: position of the first.
        base: pair i turns by base^(-2i / head_size) for each position.

    Returns:
        A tensor of the shape of x.
    """
    time, half = x.size(-2), x.size(-1) // 2
    positions = torch.arange(start, start + time, device=x.device)
    speeds = base ** (-torch.arange(half, device=x.device) / half)
    angles = positions[:, None] * speeds  # (time, half)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class NoPositions(nn.Module):
    """In the place of the position embedding, where attention knows the positions."""

    def forward(self, _positions):
        """Nothing to add."""
        return 0.0


# --- the rest of the block ------------------------------------------------------------


class RMSNorm(nn.Module):
    """Division by the root mean square: LayerNorm without the mean and without bias.

    Args:
        width: size of the vectors.
        eps: inside the root.

    Source: Zhang and Sennrich (2019).
    """

    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        """Normalise each vector.

        Args:
            x: (..., width).

        Returns:
            (..., width).
        """
        mean_square = x.square().mean(-1, keepdim=True)
        return x * torch.rsqrt(mean_square + self.eps) * self.weight


class SwiGLU(FeedForward):
    """A feed-forward layer in which one matrix decides how much of another passes.

    It has three matrices in the place of two; with `feed_forward` at two thirds of what
    it was, it has as many parameters.

    Source: Shazeer (2020).
    """

    def __init__(self, config):
        super().__init__(config)
        self.gate = nn.Linear(config.width, config.feed_forward)

    def forward(self, x):
        """Transform each position.

        Args:
            x: (batch, time, width).

        Returns:
            (batch, time, width).
        """
        inner = F.silu(self.gate(x)) * self.expand(x)  # (batch, time, feed_forward)
        return self.dropout(self.contract(inner))  # (batch, time, width)


# --- one change at a time -------------------------------------------------------------


def grouped_queries(model, groups=None):
    """Four heads to a key and a value, or as many as leave a number of `groups`."""
    groups = groups or max(1, model.config.heads // 4)
    for block in model.blocks:
        block.attention = GroupedAttention(model.config, groups)
    return begun(model)


def rotary_positions(model):
    """No position embedding, and queries and keys that turn."""
    model.position_embedding = NoPositions()
    return swap(model, MultiHeadAttention, RotaryAttention)


def rms_norm(model):
    """Every LayerNorm, the final one too, becomes an RMSNorm."""
    for part in [*model.modules()]:
        for name, child in part.named_children():
            if isinstance(child, nn.LayerNorm):
                setattr(part, name, RMSNorm(model.config.width, child.eps))
    return model


def swiglu(model):
    """A gate in every feed-forward layer."""
    for block in model.blocks:
        block.feed_forward = SwiGLU(model.config)
    return begun(model)


def no_biases(model):
    """No linear layer and no norm adds anything."""
    for part in model.modules():
        if getattr(part, "bias", None) is not None:
            part.bias = None
    return model


def begun(model):
    """The model with initial weights drawn anew."""
    model.initialise()
    return model


CHANGES = {
    "grouped queries": grouped_queries,
    "rotary positions": rotary_positions,
    "RMSNorm": rms_norm,
    "SwiGLU": swiglu,
    "no biases": no_biases,
}
"""By what they bring, in an order in which all can follow one another."""


class Llama(GPT2):
    """GPT-2 with all five changes.

    Args:
        config: sizes; `feed_forward` is the size of the gate.
        groups: keys and values of each layer; None for a quarter of the heads.
    """

    def __init__(self, config, groups=None):
        super().__init__(config)
        grouped_queries(self, groups)
        for name, change in CHANGES.items():
            if name != "grouped queries":
                change(self)
