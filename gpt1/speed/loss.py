"""Cross-entropy of a linear layer's output, without keeping that output.

With 40,478 tokens the logits are by far the largest tensor of a training step: for
2,048 positions they are 332 MB in float32, and the plain form holds them several times.
Here they are made for a few positions at a time.

On a CPU the gradient is computed with the loss, from the same logits. Elsewhere, and
in a compiled model, it is PyTorch's own fused form (2.13), or the logits are made a
second time for the gradient.
"""

import torch
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from gpt1.speed.products import by_onednn, product

IGNORED = -100
"""The target that stands for "nothing to predict here", as in `F.cross_entropy`."""

WHOLE = 2**22
"""Logits up to this many numbers (17 MB) are made at once."""

ROWS = 256
"""Positions in one piece."""


def linear_cross_entropy(hidden, weight, targets, shares=None):
    """Mean of -log softmax(hidden @ weightᵀ) at the targets.

    The same value and gradient as `plain`. Small problems are computed that way, larger
    ones by whichever of the other forms is the fastest there.

    Args:
        hidden: (rows, width).
        weight: (vocab, width).
        targets: int64, (rows,); rows with the target -100 do not count.
        shares: what each row counts, (rows,), for a weighted sum in place of the mean.

    Returns:
        A scalar in nats, in float32 or wider. It is 0 if no row counts, where the other
        forms give what is not a number: a piece of a batch may be without targets.
    """
    hidden, weight = widen(hidden), widen(weight)
    form = fastest(hidden, weight)
    if shares is not None:  # PyTorch's own form has none
        form = chunked if form is fused else form
        return form(hidden, weight, targets, shares.to(hidden.dtype))
    some = (targets != IGNORED).any()
    return form(hidden, weight, targets.where(some, 0)) * some


def fastest(hidden, weight):
    """The form for these sizes and this device, as a function of the same arguments."""
    if hidden.size(0) * weight.size(0) <= WHOLE:
        return plain
    if not torch.is_grad_enabled():
        return chunked
    if hidden.device.type == "cpu" and not torch.compiler.is_compiling():
        return in_one_pass
    return fused if hasattr(F, "linear_cross_entropy") else chunked


def plain(hidden, weight, targets, shares=None):
    """All logits at once; arguments as for `linear_cross_entropy`."""
    logits = widen(F.linear(hidden, weight))
    if shares is None:
        return F.cross_entropy(logits, targets)
    return F.cross_entropy(logits, targets, reduction="none") @ shares


def fused(hidden, weight, targets):
    """PyTorch's own; arguments as for `linear_cross_entropy`."""
    options = torch.nn.LinearCrossEntropyOptions(
        chunking_method="aspect_ratio", allow_retain_graph=torch.compiler.is_compiling()
    )
    return F.linear_cross_entropy(hidden, weight, targets, options=options)


def chunked(hidden, weight, targets, shares=None):
    """A piece at a time, each computed again for its gradient.

    Arguments as for `linear_cross_entropy`.
    """
    pieces = _pieces(hidden, targets, shares)
    total = sum(
        checkpoint(_piece, rows, weight, goals, parts, use_reentrant=False)
        for rows, goals, parts in pieces
    )
    return total if shares is not None else total / (targets != IGNORED).sum()


def _pieces(hidden, targets, shares):
    """Rows, targets and shares (None where there are none), `ROWS` at a time."""
    rows, goals = hidden.split(ROWS), targets.split(ROWS)
    parts = [None] * len(rows) if shares is None else shares.split(ROWS)
    return zip(rows, goals, parts, strict=True)


def _piece(hidden, weight, targets, shares):
    logits = widen(F.linear(hidden, weight))
    if shares is None:
        return F.cross_entropy(logits, targets, reduction="sum")
    return F.cross_entropy(logits, targets, reduction="none") @ shares


def in_one_pass(hidden, weight, targets, shares=None):
    """The loss and its gradient from the same logits, a piece at a time.

    Arguments as for `linear_cross_entropy`. Under autocast the products are made in
    its type, but only by a processor that is faster in it.
    """
    low = torch.is_autocast_enabled("cpu") and has_matrix_unit()
    kind = torch.get_autocast_dtype("cpu") if low else hidden.dtype
    return _InOnePass.apply(hidden, weight, targets, kind, shares)


def has_matrix_unit():
    """Whether this CPU multiplies bf16 matrices faster than float32 ones (AMX)."""
    return getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)()


class _InOnePass(torch.autograd.Function):
    """d loss / d logits is softmax - one_hot: known as soon as the logits are."""

    @staticmethod
    @torch.autocast("cpu", enabled=False)
    def forward(ctx, hidden, weight, targets, kind, shares):
        kept = (targets != IGNORED).to(hidden.dtype)
        share = kept / kept.sum() if shares is None else kept * shares
        share = share.unsqueeze(1)  # of each row in the mean, or the sum
        matrix, scaled = weight.to(kind), (hidden * share).to(kind)
        total, to_hidden, to_weight = 0.0, [], torch.zeros_like(weight)
        pieces = zip(_pieces(hidden, targets, shares), scaled.split(ROWS), strict=True)
        for (rows, goals, parts), scaled_rows in pieces:
            logits = product(rows.to(kind), matrix.t()).to(hidden.dtype)
            logits = logits.log_softmax(dim=1)
            if shares is None:
                total = total + F.nll_loss(logits, goals, reduction="sum")
            else:
                total = total + F.nll_loss(logits, goals, reduction="none") @ parts
            slope = logits.exp_()
            goals = goals.clamp(min=0).unsqueeze(1)  # an ignored row has no share
            slope.scatter_add_(1, goals, slope.new_full(goals.shape, -1.0))
            slope = slope.to(kind)
            to_hidden.append(product(slope, matrix))
            _add_product(to_weight, slope.t(), scaled_rows)
        to_hidden = torch.cat(to_hidden).to(hidden.dtype).mul_(share)
        ctx.save_for_backward(to_hidden, to_weight)
        return total if shares is not None else total / kept.sum()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, scale):
        to_hidden, to_weight = ctx.saved_tensors
        if scale != 1:  # a second backward pass would then be refused by autograd
            to_hidden, to_weight = to_hidden.mul_(scale), to_weight.mul_(scale)
        return to_hidden, to_weight, None, None, None


def _add_product(total, left, right):
    """total += left @ right, which may be of a narrower type."""
    if left.dtype == total.dtype and not by_onednn(left, right):
        total.addmm_(left, right)
    else:
        total.add_(product(left, right))


def widen(tensor):
    """Half precision to float32; wider types as they are."""
    return tensor.float() if tensor.dtype.itemsize < 4 else tensor
