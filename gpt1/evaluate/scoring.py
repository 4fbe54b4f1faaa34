"""The log-probability of one text after another.

All texts are read together with others of about their length, filled up on the right
with tokens that no earlier position can see. Texts that are the same are read once, and
in an order of their own: a score depends on nothing that was asked beside it before or
after, and two equal texts are a tie to the last bit.
"""

from dataclasses import dataclass
from itertools import takewhile

import torch

from gpt1.generate.texts import start_ids
from gpt1.plumbing.waiting import watched

ROWS = 512
"""Positions whose logits are held at once."""


@dataclass(frozen=True)
class Score:
    """What a model thinks of a text after another.

    Args:
        total: its log-probability in nats, 0 or less.
        tokens: how many were predicted.
        cut: tokens of the context that were left out because they don't fit.
    """

    total: float
    tokens: int
    cut: int = 0

    @property
    def mean(self):
        """Nats per token."""
        return self.total / self.tokens


@torch.no_grad()
def likelihoods(model, tokenizer, pairs, *, start=None, batch_size=16):
    """The log-probability of each text after its context, in float32.

    Both are encoded together. The tokens of the text are those from the first on that
    the context alone does not have: where a token reaches over the seam, it belongs to
    the text. So does the white space at the end of a context, as in lm-eval.

    Args:
        model: a `GPT`; its mode is restored afterwards.
        tokenizer: the model's.
        pairs: of a context, which may be empty, and a text, which may not.
        start: ids that stand in for an empty context; None means those of an empty
            line, see `gpt1.generate.start_ids`. With none of them, the first token of
            the text is not predicted.
        batch_size: texts that are read at once.

    Returns:
        A `Score` for each pair, in their order. A context that is too long is cut at
        its beginning.

    Raises:
        ValueError: a text has no token to predict, or more than the model can see; or
            the tokenizer lacks a character.
    """
    start = start_ids(tokenizer) if start is None else list(start)
    pairs, context = list(pairs), model.config.context
    known = {before: tokenizer.encode(before.rstrip() or before) for before, _ in pairs}
    asked = [
        fitted(tokenizer, before, text, known[before] if before else start, context)
        for before, text in watched(pairs, "text to tokens")
    ]
    unique = sorted({(ids, first) for ids, first, _ in asked}, key=_by_length)
    training = model.training
    model.eval()
    totals = {}
    for begin in watched(range(0, len(unique), batch_size), "scoring"):
        batch = unique[begin : begin + batch_size]
        totals.update(zip(batch, _totals(model, batch), strict=True))
    model.train(training)
    return [
        Score(totals[ids, first], len(ids) - first, cut) for ids, first, cut in asked
    ]


def fitted(tokenizer, before, text, known, context):
    """The ids of a pair, as many as fit.

    Args:
        tokenizer: of both.
        before: the context, and so is `text` the text.
        known: the ids of the context alone, without white space at its end, or those
            that stand in for an empty one.
        context: the most tokens that the model sees; it predicts one more.

    Returns:
        The ids, a tuple; the place of the first that is predicted; how many were cut.

    Raises:
        ValueError: none is predicted, or more than fit.
    """
    ids = tokenizer.encode(before + text)
    if before:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(ids, known, strict=False))
        first = max(len(list(same)), 1)
    else:
        ids, first = [*known, *ids], max(len(known), 1)
    predicted = len(ids) - first
    if predicted < 1:
        raise ValueError(
            f"{text!r:.60} has no token to predict after {before[-40:]!r}: expected a "
            f"text that adds at least one"
        )
    if predicted > context:
        raise ValueError(
            f"{text!r:.60} has {predicted} tokens to predict: the model sees {context}"
        )
    cut = max(0, len(ids) - context - 1)
    return tuple(ids[cut:]), first - cut, cut


def _by_length(sequence):
    ids, first = sequence
    return len(ids), ids, first


def _totals(model, batch):
    """The log-probability of the last ids of each sequence.

    Args:
        model: a `GPT` in evaluation mode.
        batch: pairs of ids, and of the place of the first that is predicted.

    Returns:
        Nats, a list of floats.
    """
    device = model.token_embedding.weight.device
    time = max(len(ids) for ids, _ in batch) - 1
    padded = torch.zeros(len(batch), time, dtype=torch.long)  # (batch, time)
    for row, (ids, _) in enumerate(batch):
        padded[row, : len(ids) - 1] = torch.tensor(ids[:-1])
    hidden = model.hidden(padded.to(device))  # (batch, time, width)
    states = torch.cat(
        [hidden[i, first - 1 : len(ids) - 1] for i, (ids, first) in enumerate(batch)]
    )  # (targets, width)
    targets = torch.tensor([i for ids, first in batch for i in ids[first:]])
    logs = [
        model.logits(some).float().log_softmax(-1).gather(-1, right[:, None])[:, 0]
        for some, right in zip(
            states.split(ROWS), targets.to(device).split(ROWS), strict=True
        )
    ]
    sizes = [len(ids) - first for ids, first in batch]
    return [part.sum().item() for part in torch.cat(logs).split(sizes)]
