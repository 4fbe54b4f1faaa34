"""Whether two results are the same, and if not, how they differ: shapes first."""

import math
from numbers import Number

import torch

from gpt1.check.exercise import Raised

SHOWN = 40
"""As many numbers of a tensor are printed whole."""


def difference(got, want, tolerance):
    """How a result differs from the one expected, or None if it does not.

    Types are taken lightly: a list of numbers is as good as a tensor, an array as a
    list, float64 as float32, a tensor of one element as a number.

    Args:
        got: the learner's result.
        want: the expected one: a tensor, number, string, None, `Raised`, or tuples,
            lists and dictionaries of these.
        tolerance: how far numbers may be off, as a share of the largest expected.

    Returns:
        Text of one or more lines: "expected ..., got ...", or None.
    """
    if isinstance(want, Raised) or isinstance(got, Raised):
        return None if got == want else told(shown(want), shown(got))
    if isinstance(want, torch.Tensor):
        return tensors(got, want, tolerance)
    if isinstance(want, Number):
        return numbers(got, want, tolerance)
    if isinstance(want, dict):
        return dictionaries(got, want, tolerance)
    if isinstance(want, (tuple, list)):
        return sequences(got, want, tolerance)
    same = type(got) is type(want) and got == want
    return None if same else told(shown(want), shown(got))


def told(want, got, where=""):
    one_line = "\n" not in want + got
    gap = " " if one_line else "\n"
    return f"{where}expected{gap}{want}{',' if one_line else ''}{gap}got{gap}{got}"


def tensors(got, want, tolerance):
    try:
        got = stacked(got).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        return told(f"a tensor of shape {tuple(want.shape)}", shown(got))
    want = want.detach().cpu()
    if got.shape != want.shape:
        shapes = f"{tuple(want.shape)}", f"{tuple(got.shape)}"
        return told(*shapes, "the shape is wrong: ")
    return None if close(got, want, tolerance) else told(shown(want), shown(got))


def stacked(value):
    """A tensor of what is one, or of lists, whose parts may be tensors or arrays."""
    parts = value if isinstance(value, (tuple, list)) else ()
    if any(hasattr(part, "shape") or isinstance(part, (tuple, list)) for part in parts):
        return torch.stack([stacked(part) for part in parts])
    return torch.as_tensor(value)


def numbers(got, want, tolerance):
    if isinstance(got, torch.Tensor) or hasattr(got, "item"):
        if getattr(got, "size", None) and torch.as_tensor(got).numel() != 1:
            shape = tuple(torch.as_tensor(got).shape)
            return told("one number", f"a tensor of shape {shape}")
        got = got.item()
    if not isinstance(got, Number):
        return told(shown(want), shown(got))
    pair = torch.tensor([float(got), float(want)], dtype=torch.float64)
    if close(*pair, tolerance):
        return None
    if shown(want) == shown(got):
        return told(f"{want:.8g}", f"{got:.8g}")
    return told(shown(want), shown(got))


def dictionaries(got, want, tolerance):
    if not isinstance(got, dict) or got.keys() != want.keys():
        return told(shown(want), shown(got))
    for key in want:
        found = difference(got[key], want[key], tolerance)
        if found:
            return f"at {key!r}: {found}"
    return None


def sequences(got, want, tolerance):
    if isinstance(got, torch.Tensor) or hasattr(got, "tolist"):
        got = got.tolist()
    if not isinstance(got, (tuple, list)):
        return told(shown(want), shown(got))
    if len(got) != len(want):
        both = f"{len(want)}: {shown(want)}", f"{len(got)}: {shown(got)}"
        return told(*both, "the length is wrong: ")
    for index, (mine, theirs) in enumerate(zip(got, want, strict=True)):
        found = difference(mine, theirs, tolerance)
        if found and isinstance(theirs, (torch.Tensor, tuple, list, dict)):
            return f"at index {index}: {found}"
        if found:
            return told(shown(want), shown(got))
    return None


def close(got, want, tolerance):
    """Whether two tensors of one shape hold the same numbers, infinities included."""
    got, want = got.double(), want.double()
    finite = want.isfinite()
    if not torch.equal(got.isfinite(), finite):
        return False
    if not torch.equal(got[~finite].nan_to_num(), want[~finite].nan_to_num()):
        return False
    got, want = got[finite], want[finite]
    scale = want.abs().max().item() if want.numel() else 0.0
    return bool(((got - want).abs() <= tolerance * scale + 1e-12).all())


def shown(value):
    """A value as a learner would print it, cut where it is long."""
    if isinstance(value, Raised):
        return f"a raised {type(value.error).__name__}"
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    if isinstance(value, float):
        return f"{value:.4g}" if math.isfinite(value) else str(value)
    if isinstance(value, torch.Tensor):
        return shown_tensor(value)
    text = " ".join(repr(short(value)).split("\n"))
    return text if len(text) <= 200 else f"{text[:196]} ..."


def short(value):
    """A value with the numbers that are inside it cut to four digits."""
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: short(inside) for key, inside in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(short, value))
    return value


def shown_tensor(value):
    value = value.detach().cpu()
    if value.ndim == 0:
        return shown(value.item())
    if value.numel() > SHOWN:
        corner = value
        while corner.ndim > 2:
            corner = corner[0]
        corner = corner[:5, :5] if corner.ndim == 2 else corner[:8]
        return f"{rounded(corner)}, the start of a tensor of shape {tuple(value.shape)}"
    return rounded(value)


def rounded(value):
    """A small tensor as nested lists, a row to a line."""
    if value.dtype == torch.bool:
        value = value.int()
    if value.ndim == 1:
        return "[" + ", ".join(f"{number:.4g}" for number in value.tolist()) + "]"
    return "[" + ",\n ".join(rounded(row) for row in value) + "]"
