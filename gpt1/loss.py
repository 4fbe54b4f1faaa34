"""Cross-entropy of a linear layer's output, without keeping that output.

With 40,478 tokens the logits are by far the largest tensor of a training step: for
2,048 positions they are 332 MB in float32, and the plain form holds them several times.
Here they are made for a few positions at a time.
"""

import torch
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

IGNORED = -100
"""The target that stands for "nothing to predict here", as in `F.cross_entropy`."""

WHOLE = 2**22
"""Logits up to this many numbers (17 MB) are made at once."""

ROWS = 256
"""Positions in one piece of `chunked`."""


def linear_cross_entropy(hidden, weight, targets):
    """Mean of -log softmax(hidden @ weightᵀ) at the targets.

    The same value and gradient as `plain`. Small problems are computed that way; for
    larger ones PyTorch's fused form is used where it exists (2.13), `chunked`
    elsewhere.

    Args:
        hidden: (rows, width).
        weight: (vocab, width).
        targets: int64, (rows,); rows with the target -100 do not count.

    Returns:
        A scalar in nats, in float32 or wider; not a number if no row counts.
    """
    hidden, weight = widen(hidden), widen(weight)
    if hidden.size(0) * weight.size(0) <= WHOLE:
        return plain(hidden, weight, targets)
    if hasattr(F, "linear_cross_entropy"):
        return fused(hidden, weight, targets)
    return chunked(hidden, weight, targets)


def plain(hidden, weight, targets):
    """All logits at once; arguments as for `linear_cross_entropy`."""
    return F.cross_entropy(widen(F.linear(hidden, weight)), targets)


def fused(hidden, weight, targets):
    """PyTorch's own; arguments as for `linear_cross_entropy`."""
    options = torch.nn.LinearCrossEntropyOptions(
        chunking_method="aspect_ratio",
        allow_retain_graph=torch.compiler.is_compiling(),
    )
    return F.linear_cross_entropy(hidden, weight, targets, options=options)


def chunked(hidden, weight, targets):
    """A piece at a time, each computed again for its gradient.

    Arguments as for `linear_cross_entropy`.
    """
    pieces = zip(hidden.split(ROWS), targets.split(ROWS), strict=True)
    total = sum(
        checkpoint(_piece, rows, weight, goals, use_reentrant=False)
        for rows, goals in pieces
    )
    return total / (targets != IGNORED).sum()


def _piece(hidden, weight, targets):
    logits = widen(F.linear(hidden, weight))
    return F.cross_entropy(logits, targets, reduction="sum")


def widen(tensor):
    """Half precision to float32; wider types as they are."""
    return tensor.float() if tensor.dtype.itemsize < 4 else tensor
