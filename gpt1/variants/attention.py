"""Attention in other ways: other steps, another order of heads, a mask that is off."""

import math

import torch
from torch.nn import functional as F

from gpt1.model import MultiHeadAttention
from gpt1.variants.swapping import swapped


class WrittenOut(MultiHeadAttention):
    """Right, and written out so that each step can be made wrong."""

    root = property(lambda self: math.sqrt(self.head_size))
    diagonal, axis, order = 0, -1, (0, 1, 2)

    def forward(self, x, cache=None):
        parts = self.split(x)
        query, key, value = (parts[place] for place in self.order)
        scores = query @ key.transpose(-2, -1) / self.root
        mask = torch.ones_like(scores, dtype=torch.bool).tril(self.diagonal)
        mask[..., 0, 0] = True
        # As in OpenAI's code; a whole column of -inf would give no number at all.
        weights = scores.masked_fill(~mask, -1e9).softmax(self.axis)
        weights = F.dropout(weights, self.dropout.p, self.training)
        mixed = weights @ value
        return self.dropout(self.projection(mixed.transpose(1, 2).flatten(2)))


def written_out(**steps):
    """The variant with some steps of `WrittenOut` replaced."""
    return swapped(MultiHeadAttention, type("OtherAttention", (WrittenOut,), steps))


class AlwaysCausal(MultiHeadAttention):
    """Trusts is_causal with a cache: True whenever there are several queries."""

    is_causal = staticmethod(lambda queries, past: queries > 1)

    def forward(self, x, cache=None):
        query, key, value = self.split(x)
        past = 0 if cache is None else cache.length
        if cache is not None:
            key, value = cache.extend(key, value)
        options = {"is_causal": self.is_causal(query.size(2), past)}
        options["dropout_p"] = self.dropout.p if self.training else 0.0
        mixed = F.scaled_dot_product_attention(query, key, value, **options)
        return self.dropout(self.projection(mixed.transpose(1, 2).flatten(2)))


class CausalForOne(AlwaysCausal):
    """The same for a single query too, which then sees the first key alone."""

    is_causal = staticmethod(lambda queries, past: True)


class NoMask(AlwaysCausal):
    """Lets a chunk after a past see all of itself."""

    is_causal = staticmethod(lambda queries, past: past == 0)


class ForgetsThePast(MultiHeadAttention):
    """Fills the cache and does not read it."""

    def forward(self, x, cache=None):
        if cache is not None:
            cache.extend(*self.split(x)[1:])
        return super().forward(x)


class HeadsFirst(MultiHeadAttention):
    """Cuts the fused projection by head first, then into query, key and value."""

    def split(self, x):
        joint = self.query_key_value(x)
        joint = joint.view(*x.shape[:2], self.heads, 3, self.head_size)
        return joint.permute(3, 0, 2, 1, 4).unbind(0)


class MixedHeads(MultiHeadAttention):
    """Joins the heads without moving them behind time."""

    def forward(self, x, cache=None):
        options = {"dropout_p": self.dropout.p if self.training else 0.0}
        mixed = F.scaled_dot_product_attention(
            *self.split(x), is_causal=True, **options
        )
        return self.dropout(self.projection(mixed.reshape(x.shape)))


class NoAttentionDropout(MultiHeadAttention):
    """Drops in three of the four places."""

    def forward(self, x, cache=None):
        mixed = F.scaled_dot_product_attention(*self.split(x), is_causal=True)
        return self.dropout(self.projection(mixed.transpose(1, 2).flatten(2)))


class NoisyEval(MultiHeadAttention):
    """Drops attention weights outside training: SDPA knows no mode of its own."""

    def forward(self, x, cache=None):
        options = {"dropout_p": self.dropout.p, "is_causal": True}
        mixed = F.scaled_dot_product_attention(*self.split(x), **options)
        return self.dropout(self.projection(mixed.transpose(1, 2).flatten(2)))
