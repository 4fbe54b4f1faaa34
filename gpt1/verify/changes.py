"""Ways in which a model can differ from GPT-1, in words.

Most are those of `gpt1.variants`; added are some that need a model's own parameters or
that only other architectures have. Each is of one stage: embeddings, block, output.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from gpt1.model import Block
from gpt1.variants import VARIANTS
from gpt1.variants.attention import written_out
from gpt1.variants.block import activation
from gpt1.variants.swapping import swapped


@dataclass(frozen=True)
class Change:
    """One way to differ.

    Args:
        name: as in `VARIANTS`, or one of ours.
        stage: "embeddings", "block" or "output".
        aspect: what of the model it concerns.
        told: what the model has instead, in a few words.
        apply: from a `GPT` to one that differs; of the stage "output" see there.
    """

    name: str
    stage: str
    aspect: str
    told: str
    apply: Callable


# --- the sentences of the variants ----------------------------------------------------

IN_BLOCK = {
    "exact GELU": ("activation", "the exact GELU (erf; GPT-1's is the tanh form)"),
    "ReLU": ("activation", "ReLU (the first Transformer's) in the place of GELU"),
    "SiLU": ("activation", "SiLU in the place of GELU"),
    "GELU after the second matrix": (
        "activation",
        "GELU after the second feed-forward matrix, and nothing between the two",
    ),
    "pre-norm": ("place of LayerNorm", "LayerNorm before each sub-layer (GPT-2's)"),
    "norms exchanged": (
        "place of LayerNorm",
        "the two LayerNorms of a block exchanged",
    ),
    "a residual sum left out": (
        "residual sums",
        "no residual sum around the feed-forward layer",
    ),
    "unbiased deviation": (
        "LayerNorm",
        "LayerNorm with the unbiased variance (n - 1; GPT-1 divides by n)",
    ),
    "no mean taken off": (
        "LayerNorm",
        "RMSNorm (no mean taken off, as in LLaMA) in the place of LayerNorm",
    ),
    "another epsilon": ("epsilon", "LayerNorm's epsilon 1e-12 (GPT-1's is 1e-5)"),
    "epsilon outside the root": (
        "epsilon",
        "LayerNorm's epsilon added to the deviation (GPT-1's is inside the root)",
    ),
    "scale by the width": ("scale", "scores divided by √width (GPT-1: √head size)"),
    "no scale": ("scale", "scores not divided by √head size"),
    "mask one too wide": ("mask", "a mask one too wide: each sees the next token"),
    "mask one too narrow": ("mask", "a mask one too narrow: none sees itself"),
    "no mask": ("mask", "no causal mask: each sees all that follow"),
    "softmax over queries": ("softmax", "softmax over the queries, not over the keys"),
    "softmax over heads": ("softmax", "softmax over the heads, not over the keys"),
    "key and query exchanged": (
        "order of q, k, v",
        "key and query exchanged (order k, q, v)",
    ),
    "value and key exchanged": (
        "order of q, k, v",
        "value and key exchanged (order q, v, k)",
    ),
    "heads before query, key, value": (
        "split into heads",
        "the fused projection cut by head first, then into q, k, v",
    ),
    "heads mixed with time": (
        "split into heads",
        "heads joined without moving them behind time, which mixes positions",
    ),
}
IN_EMBEDDINGS = {
    "positions from 1": ("positions", "positions counted from 1"),
    "embeddings times root of width": (
        "embedding scale",
        "token embeddings times √width (the first Transformer's)",
    ),
    "a mean over the batch": (
        "batch",
        "a mean over the batch: texts depend on their neighbours",
    ),
}
LATER = {
    "cache": (
        "is_causal with a past",
        "is_causal for one query",
        "no mask in later chunks",
        "a cache not read",
        "positions from 0 again",
    ),
    "tying": ("an untied copy", "an output without gradient"),
    "initial weights": (
        "scaled by depth",
        "N(0, 1) positions",
        "PyTorch's linear layers",
        "PyTorch's embeddings",
        "uniform",
        "random biases",
    ),
    "dropout": (
        "dropout after GELU",
        "no embedding dropout",
        "no attention dropout",
        "attention dropout in eval",
    ),
    "output": ("a final norm",),
}
"""The variants that other means than a forward pass find, by what they concern."""


# --- more of them ---------------------------------------------------------------------


def epsilon(value):
    """The variant with another epsilon."""

    def apply(model):
        for part in model.modules():
            if isinstance(part, nn.LayerNorm):
                part.eps = value
        return model

    return apply


class NormedFirst(Block):
    """Takes the residual from behind the norm."""

    def forward(self, x, cache=None):
        x = self.attention_norm(x)
        x = self.feed_forward_norm(x + self.attention(x, cache))
        return x + self.feed_forward(x)


class NormInside(Block):
    """Normalises what a sub-layer gives, before the sum."""

    def forward(self, x, cache=None):
        x = x + self.attention_norm(self.attention(x, cache))
        return x + self.feed_forward_norm(self.feed_forward(x))


class Parallel(Block):
    """Both sub-layers read the same, as in GPT-J."""

    def forward(self, x, cache=None):
        given = self.attention_norm(x)
        return x + self.attention(given, cache) + self.feed_forward(given)


class NoNorm(Block):
    """Has none."""

    def forward(self, x, cache=None):
        x = x + self.attention(x, cache)
        return x + self.feed_forward(x)


def sinusoids(time, width, halves=False):
    """The first Transformer's positions, (time, width); sines and cosines in turn."""
    place = torch.arange(time, dtype=torch.float64)[:, None]
    rate = torch.exp(-math.log(1e4) * torch.arange(0, width, 2).double() / width)
    waves = place * rate
    parts = [waves.sin(), waves.cos()]
    return torch.cat(parts, 1) if halves else torch.stack(parts, 2).flatten(1)


def fixed_positions(halves):
    def apply(model):
        config = model.config
        table = sinusoids(config.context, config.width, halves)
        model.position_embedding.weight = nn.Parameter(table)
        return model

    return apply


def normed_embedding(model):
    """Normalises the embeddings, as BERT does."""
    norm = model.embedding_norm
    model.dropout.register_forward_hook(lambda _part, _given, made: norm(made))
    return model


MORE_IN_BLOCK = {
    "quick GELU": (
        "activation",
        "x·sigmoid(1.702x) (CLIP's) in the place of GELU's tanh form",
        activation(lambda x: x * torch.sigmoid(1.702 * x)),
    ),
    "tanh": ("activation", "tanh in the place of GELU", activation(torch.tanh)),
    "no activation": (
        "activation",
        "no activation in the feed-forward layer",
        activation(lambda x: x),
    ),
    "residual from the norm": (
        "place of LayerNorm",
        "the residual sum taken from behind the norm",
        swapped(Block, NormedFirst),
    ),
    "norm inside the sum": (
        "place of LayerNorm",
        "LayerNorm on what a sub-layer gives, before the sum",
        swapped(Block, NormInside),
    ),
    "parallel sub-layers": (
        "place of LayerNorm",
        "attention and feed-forward side by side (GPT-J's)",
        swapped(Block, Parallel),
    ),
    "no norm": (
        "place of LayerNorm",
        "no LayerNorm in a block",
        swapped(Block, NoNorm),
    ),
}
for value in (1e-3, 1e-6, 1e-8):
    MORE_IN_BLOCK[f"epsilon {value:.0e}"] = (
        "epsilon",
        f"LayerNorm's epsilon {value:.0e} (GPT-1's is 1e-5)".replace("e-0", "e-"),
        epsilon(value),
    )
for order in ((2, 1, 0), (1, 2, 0), (2, 0, 1)):
    letters = ", ".join("qkv"[order.index(part)] for part in range(3))
    MORE_IN_BLOCK[f"order {letters}"] = (
        "order of q, k, v",
        f"the order {letters} in the fused projection",
        written_out(order=order),
    )


USUAL = {"pre-norm": 0, "exact GELU": 1, "ReLU": 1, "no mean taken off": 2}
USUAL |= {"no scale": 3, "scale by the width": 3}
"""What is tried first, and by threes, since it is what people do."""


def in_block():
    """All changes within a block, the usual first."""
    known = [(n, a, t, VARIANTS[n]) for n, (a, t) in IN_BLOCK.items()]
    more = [(n, a, t, change) for n, (a, t, change) in MORE_IN_BLOCK.items()]
    made = [Change(n, "block", a, t, apply) for n, a, t, apply in known + more]
    return sorted(made, key=lambda change: USUAL.get(change.name, 9))


def in_embeddings(names):
    """All changes of the embeddings that a model with these names can have."""
    found = [(n, a, t, VARIANTS[n]) for n, (a, t) in IN_EMBEDDINGS.items()]
    if not names.has("position_embedding.weight"):
        for halves in (False, True):
            told = "sines and cosines for positions (the first Transformer's)"
            name = "sinusoids in halves" if halves else "sinusoids"
            found.append((name, "positions", told, fixed_positions(halves)))
    if names.has("embedding_norm.weight"):
        told = "a LayerNorm on the embeddings (BERT's)"
        found.append(("an embedding norm", "embedding norm", told, normed_embedding))
    return [Change(n, "embeddings", a, t, apply) for n, a, t, apply in found]


# --- the output -----------------------------------------------------------------------


def normed(hidden, known, eps=1e-5, mean=True, correction=0):
    """A final norm of some kind, with the model's own gain and bias."""
    if mean:
        hidden = hidden - hidden.mean(-1, keepdim=True)
    if correction:
        size = hidden.var(-1, keepdim=True, correction=1)
    else:
        size = hidden.square().mean(-1, keepdim=True)
    normal = hidden / (size + eps).sqrt()
    return normal * known["final_norm.weight"] + known["final_norm.bias"]


FINAL = {
    "": {},
    ", its epsilon 1e-12": {"eps": 1e-12},
    ", its epsilon 1e-8": {"eps": 1e-8},
    ", its epsilon 1e-6": {"eps": 1e-6},
    ", with the unbiased variance": {"correction": 1},
    ", as RMSNorm": {"mean": False},
    ", as RMSNorm, its epsilon 1e-6": {"mean": False, "eps": 1e-6},
}


def behind_the_blocks():
    """All changes between the last block and the output matrix.

    Their `apply` goes from final states and known tensors to final states.
    """
    told = "a LayerNorm after the last block (GPT-2's){}"
    return [
        Change(
            "a final norm",
            "output",
            "final norm",
            told.format(more),
            partial(normed, **how),
        )
        for more, how in FINAL.items()
    ]


def on_logits(config):
    """All changes of the logits; their `apply` goes from logits to logits."""
    root = math.sqrt(config.width)
    chances = "log-probabilities returned in the place of logits"
    return [
        Change(
            "logits by root of width",
            "output",
            "output",
            "logits divided by √width",
            lambda x: x / root,
        ),
        Change(
            "log-probabilities",
            "output",
            "output",
            chances,
            lambda x: x.log_softmax(-1),
        ),
        Change(
            "probabilities",
            "output",
            "output",
            "probabilities returned in the place of logits",
            lambda x: x.softmax(-1),
        ),
    ]
