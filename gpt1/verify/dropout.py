"""Where a model drops values in training, and whether it goes on in evaluation."""

import torch
from torch import nn

from gpt1.verify.report import DIFFERS, SAME, UNDECIDED, Finding
from gpt1.verify.running import Dropout, in_mode, logits_of

PLACES = "in GPT-1's four places"


@torch.no_grad()
def calls_in(model, ids, training, first=None):
    """Each dropout that acts in a forward pass: (shape, probability), in order.

    Returns:
        The calls, and how many of them come before the block `first`.
    """
    before = []
    parts = dict(model.named_modules())
    with in_mode(model, training), Dropout(quiet=False) as seen:
        if first in parts:
            hook = parts[first].register_forward_pre_hook(
                lambda _part, _given: before.append(len(seen.calls))
            )
        try:
            model(ids)
        finally:
            if first in parts:
                hook.remove()
    return seen.calls, (before or [None])[0]


def raised(model):
    """Let modules with dropout 0 drop something, so that they are seen."""
    zero = False
    for part in model.modules():
        if isinstance(part, nn.Dropout) and part.p == 0:
            part.p, zero = 0.1, True
    return zero


def in_training(model, names, ids):
    """The places of dropout beside GPT-1's four, as findings.

    Args:
        model: borrowed, since its rates may be changed.
        names: its `Names`.
        ids: (batch, time).
    """
    zero, aspect = raised(model), "dropout"
    calls, before = calls_in(model, ids, True, (names.blocks or [None])[0])
    if not calls:
        return [Finding(aspect, DIFFERS, "no dropout anywhere")]
    time = ids.size(1)
    attention = [c for c in calls if c[0][-2:] == (time, time)]
    others = calls[before or 0 :]
    others = [c for c in others if c not in attention]
    wide = [c for c in others if c[0][-1] > width_of(others)]
    outputs = len(others) - len(wide)
    rates = sorted({p for _, p in calls})
    told = {}
    if not attention:
        told["no attention dropout"] = "no dropout on attention weights"
    if wide:
        told["dropout after GELU"] = "dropout between the feed-forward matrices"
    if before == 0:
        told["no embedding dropout"] = "no dropout on the embeddings"
    if before is not None and outputs != 2 * names.layers:
        each = outputs / max(names.layers, 1)
        told["outputs"] = f"{each:.3g} dropouts on the outputs of a block (GPT-1's: 2)"
    if told:
        return [Finding(aspect, DIFFERS, told[name], name) for name in told]
    if before is None:
        return [Finding(aspect, UNDECIDED, "the blocks were not found")]
    rate = "" if zero else f", rate {', '.join(f'{p:g}' for p in rates)}"
    return [Finding(aspect, SAME, f"{PLACES}{rate}")]


def width_of(calls):
    """The size of a state: the smallest last size."""
    return min((shape[-1] for shape, _ in calls), default=0)


@torch.no_grad()
def in_evaluation(model, ids):
    """Whether anything is random in evaluation, as findings."""
    aspect = "dropout in evaluation"
    raised(model)
    calls, _ = calls_in(model, ids, False)
    time = ids.size(1)
    if calls:
        only = all(shape[-2:] == (time, time) for shape, _ in calls)
        what = "attention dropout" if only else "dropout"
        told = f"{what} is active in evaluation mode"
        return [Finding(aspect, DIFFERS, told, f"{what} in eval")]
    with in_mode(model, False):
        once, again = logits_of(model, ids), logits_of(model, ids)
    if not torch.equal(once.nan_to_num(), again.nan_to_num()):
        told = "two answers to the same text in evaluation mode"
        return [Finding(aspect, DIFFERS, told)]
    return [Finding(aspect, SAME, "none")]
