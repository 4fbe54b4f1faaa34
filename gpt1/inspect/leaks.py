"""Does a model look ahead? `leaks(model)` changes each token and sees what moves.

A causal model leaves a full lower triangle: every output moves with its own token and
with all before it, and with none after it.
"""

import torch
from torch import nn

from gpt1.pictures.triangle import triangle_drawing


@torch.no_grad()
def reach(model, x, tolerance=1e-6):
    """Row i, column j: does output i move when input j changes?

    Args:
        model: maps (batch, time) ids or (batch, time, width) states to a tensor of
            shape (batch, time, anything). Switch dropout off first.
        x: what it is given; nothing else is tried.
        tolerance: a change up to it is rounding.

    Returns:
        A boolean tensor of shape (time, time).
    """
    before = model(x)
    moved = torch.zeros(x.size(1), x.size(1), dtype=torch.bool)
    for j in range(x.size(1)):
        changed = x.clone()
        if x.is_floating_point():
            changed[:, j] = 1 - x[:, j]
        else:
            changed[:, j] = x[:, j] == 0  # 0 becomes 1, others 0
        change = (model(changed) - before).abs().amax(dim=(0, 2))
        moved[:, j] = ~(change <= tolerance)  # NaN counts as moved
    return moved


def leaks(model, x=None, *, tolerance=1e-6):
    """Which outputs of a model move when one token of its input changes.

        found = leaks(model)
        assert not found

    shows the triangle and fails for a model that sees what it must not see. For one
    that returns an object, give `lambda ids: model(ids).logits`. The same call always
    gives the same answer: nothing in it is random. An `nn.Module` is put into eval mode
    and back; in front of any other callable, switch dropout off yourself.

    Args:
        model: any callable from (batch, time) ids to (batch, time, vocab), or from
            (batch, time, width) states to (batch, time, anything).
        x: the input whose positions are changed, one at a time; 8 ids, 0 and 1 in
            turn, if None (fewer if `model.config.context` is smaller).
        tolerance: a change up to it is rounding.

    Returns:
        A `Leaks`.

    Raises:
        ValueError: input or output have another shape, or the model gives two answers
            to the same input.
    """
    if x is None:
        context = getattr(getattr(model, "config", None), "context", 8)
        x = (torch.arange(min(8, context)) % 2)[None]
        x = x.to(next(model.parameters(), x).device) if is_module(model) else x
    check_input(x)
    training = [m for m in model.modules() if m.training] if is_module(model) else []
    for module in training:
        module.training = False
    try:
        check_answers(model, x)
        return Leaks(reach(model, x, tolerance))
    finally:
        for module in training:
            module.training = True


def is_module(model):
    return isinstance(model, nn.Module)


def check_input(x):
    if not torch.is_tensor(x) or x.dim() not in (2, 3) or x.size(1) < 2:
        got = tuple(x.shape) if torch.is_tensor(x) else type(x).__name__
        raise ValueError(
            f"leaks takes ids of shape (batch, time), or states of shape (batch, time, "
            f"width), with at least 2 positions; got {got}"
        )


@torch.no_grad()
def check_answers(model, x):
    """Two answers to one input: of the right shape, and equal."""
    once, again = model(x), model(x)
    if not torch.is_tensor(once):
        raise ValueError(
            f"the model must return a tensor of shape (batch, time, vocab), got "
            f"{type(once).__name__}: give leaks a function that picks the tensor, such "
            f"as lambda ids: model(ids).logits"
        )
    if once.dim() != 3 or once.shape[:2] != x.shape[:2]:
        batch, time = x.shape[:2]
        raise ValueError(
            f"the model must return a tensor of shape (batch, time, vocab), here "
            f"({batch}, {time}, vocab); got {tuple(once.shape)}"
        )
    if not torch.equal(once.nan_to_num(), again.nan_to_num()):
        raise ValueError(
            "the model gave different outputs for the same input: switch dropout off, "
            "with model.eval() or dropout 0, and start each call with a new cache"
        )


class Leaks:
    """What `leaks` found. It prints as a triangle, and is true if there is a leak.

    Attributes:
        moved: boolean (time, time) tensor: row i, column j is True if output i moves
            when input j changes.
        found: list of pairs (i, j), j > i: output i sees the later input j.
        missing: list of pairs (i, j), j <= i: output i does not see input j, though it
            may.
    """

    def __init__(self, moved):
        self.moved = moved
        self.found = [(i, j) for i, j in moved.nonzero().tolist() if j > i]
        self.missing = [(i, j) for i, j in (~moved).nonzero().tolist() if j <= i]

    def __bool__(self):
        return bool(self.found)

    @property
    def summary(self) -> str:
        """The finding as a sentence."""
        if not self.found and not self.missing:
            return "no leaks: each output moves with its own and all earlier inputs"
        parts = []
        if self.found:
            i, j = self.found[0]
            parts.append(f"{counted(self.found, 'leak')}, output {i} sees input {j}")
        if self.missing:
            i, j = self.missing[0]
            gaps = counted(self.missing, "gap")
            parts.append(f"{gaps}, output {i} does not see input {j}")
        return "; ".join(parts)

    def __repr__(self):
        time = len(self.moved)
        wide = len(str(time - 1))
        lines = [" " * wide + " " + " ".join(f"{j:{wide}}" for j in range(time))]
        for i, row in enumerate(self.moved.tolist()):
            marks = (("?.", "x!")[moved][j > i] for j, moved in enumerate(row))
            lines.append(f"{i:{wide}} " + " ".join(f"{mark:>{wide}}" for mark in marks))
        key = "row: output, column: changed input; x moved, ! moved and must not"
        key += ", ? did not and may" if self.missing else ""
        return "\n".join([*lines, key, self.summary])

    def drawing(self, title="Which outputs moved"):
        """The triangle as a `Drawing`.

        Args:
            title: what is drawn above it.
        """
        return triangle_drawing(self, title)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {**self.drawing()._repr_mimebundle_(), "text/plain": repr(self)}


def counted(found, what):
    return f"{len(found)} {what}{'s' if len(found) > 1 else ''}"
