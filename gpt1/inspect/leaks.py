"""Does a model look ahead? `leaks(model)` changes each token and sees what moves.

A causal model leaves a full lower triangle: every output moves with its own token and
with all before it, and with none after it.
"""

import torch
from torch import nn

from gpt1.svg import (
    FAINT,
    LARGE,
    LINE,
    SMALL,
    SOFT,
    TINTS,
    Drawing,
    canvas,
    element,
    text,
)


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
            "the model gives two answers to the same input: switch dropout off, by "
            "model.eval() or dropout 0, and start each call with a new cache"
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
        pairs = [
            (i, j) for i, row in enumerate(moved.tolist()) for j in range(len(row))
        ]
        self.found = [(i, j) for i, j in pairs if j > i and moved[i, j]]
        self.missing = [(i, j) for i, j in pairs if j <= i and not moved[i, j]]

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
            parts.append(
                f"{counted(self.missing, 'gap')}, output {i} does not see input {j}"
            )
        return "; ".join(parts)

    def __repr__(self):
        time = len(self.moved)
        wide = len(str(time - 1))
        lines = [" " * wide + " " + " ".join(f"{j:{wide}}" for j in range(time))]
        for i, row in enumerate(self.moved.tolist()):
            marks = (
                "x!"[j > i] if moved else "?."[j > i] for j, moved in enumerate(row)
            )
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


def triangle_drawing(found, title):
    """A `Leaks` as a `Drawing`: a square for each pair of output and input."""
    time = len(found.moved)
    cell, left, top = (24 if time <= 12 else 288 / time), 62.0, 72.0
    side = cell * time
    width = max(left + side + 16, 238)
    body = [
        text(width / 2, 22, title, LARGE, font_weight=600),
        text(left + side / 2, 44, "changed input", SMALL, SOFT, "g-soft"),
    ]
    middle = top + side / 2
    turn = f"rotate(-90 22 {middle:g})"
    body.append(text(22, middle, "moved output", SMALL, SOFT, "g-soft", transform=turn))
    every = max(1, round(time / 12))
    for index in range(0, time, every):
        at = (index + 0.5) * cell
        body.append(text(left + at, top - 7, str(index), SMALL))
        body.append(text(left - 7, top + at + 4, str(index), SMALL, anchor="end"))
    body += squares(found.moved.tolist(), cell, left, top)
    y, x = top + side + 22, left
    marks = [("moved", "attention"), ("leak", "forward"), ("gap", None)]
    for label, tint in marks if found.missing else marks[:2]:
        body += square(x, y - 11, 14, tint, cross=label == "leak")
        body.append(text(x + 19, y, label, SMALL, anchor="start"))
        x += 36 + 6.2 * len(label)
    axes = f"Rows are outputs, columns are changed inputs, {time} of each."
    description = f"{axes} {found.summary}."
    return Drawing(
        [canvas(width, y + 14, "".join(body), title, description, 1.2)], title
    )


def squares(moved, cell, left, top):
    """All squares: what moved, what leaked, what is missing."""
    for i, row in enumerate(moved):
        for j, change in enumerate(row):
            x, y = left + j * cell, top + i * cell
            if change:
                tint = "forward" if j > i else "attention"
            elif j <= i:
                tint = None
            else:
                tint = "muted"
            words = f"output {i}, input {j}: {'moved' if change else 'did not move'}"
            yield from square(x, y, cell, tint, words, cross=change and j > i)


def square(x, y, size, tint, words=None, cross=False):
    """One square; a leak is crossed, a gap is empty, so that no colour is needed."""
    fill, edge = TINTS.get(tint, (None, LINE))
    note = element("title", words) if words else ""
    gap = min(1.0, size / 16)
    shape = {"x": x + gap, "y": y + gap, "rx": min(3.0, size / 5)}
    shape |= {"width": float(size - 2 * gap), "height": float(size - 2 * gap)}
    if tint == "muted":
        look = {"class_": "g-unseen", "fill": FAINT, "fill_opacity": 0.4}
    elif tint is None:
        look = {"class_": "g-line", "fill": "none", "stroke": edge}
    else:
        look = {"class_": f"g-{tint}", "fill": fill, "stroke": edge}
    yield element("rect", note, **shape, **look)
    if cross:
        inset = size * 0.3
        low, high = inset, size - inset
        path = f"M{x + low:g} {y + low:g}L{x + high:g} {y + high:g}"
        path += f"M{x + high:g} {y + low:g}L{x + low:g} {y + high:g}"
        line = {"fill": "none", "stroke": edge, "stroke_width": 1.5}
        yield element("path", class_=f"g-{tint}", d=path, **line)
