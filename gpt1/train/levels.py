"""What a text costs those who only count: levels under which a model should get.

A unigram knows how frequent each token is, a bigram looks back one token, a trigram
two. They are smoothed as in chapter 1: a context mixes what it has counted with what
the context one token shorter believes, which is worth `strength` observations, and the
strength of each is chosen on a part of the training text that is left out of counting.
A run whose loss rests at one of them has not learned to use more context than it.
"""

import torch

from gpt1.plumbing.waiting import watched

NAMES = ("unigram", "bigram", "trigram")

STRENGTHS = (0.3, 1, 3, 10, 30, 100)
"""Those that are tried."""

TUNING = 10
"""One part in so many of the training text chooses among them."""

PIECE = 2**18
"""Tokens that are looked at together."""

REST = 0.03
"""Nats within which a loss rests at a level."""

RESTING = {
    "unigram": "the model knows only how often each token comes; look at the data, "
    "then lower the learning rate or lengthen the warm-up",
    "bigram": "the model does not use its context; look at the data, then lower the "
    "learning rate",
    "trigram": "the model does as well as counting three tokens in a row; more "
    "updates or more text may help",
}
ABOVE = "counting does better; train for longer, or lower the learning rate"
BY_HEART = "the loss rises again, because the model learns its text by heart; give "
BY_HEART += "more text or more dropout"
"""What there is to say of a loss that rests at a level, or is above the first two."""


def levels(training, validation, vocab_size):
    """What the validation text costs those who counted the training text.

    Time grows with the length of the texts, memory with that of the validation text.

    Args:
        training: token ids, any integer type, (tokens,); two at least.
        validation: token ids; all but the first are predicted, (tokens,); two at least.
        vocab_size: number of different tokens.

    Returns:
        Nats per token for each of `NAMES`, a dictionary.
    """
    cut = len(training) - max(1, len(training) // TUNING)
    tuning = surprises(training[:cut], training[cut - 1 :], vocab_size)
    judged = surprises(training, validation, vocab_size)  # (strengths, orders)
    best = judged.gather(0, tuning.argmin(0)[None])[0]  # (orders,)
    return dict(zip(NAMES, best.tolist(), strict=True))


def surprises(counted, text, vocab_size):
    """The mean surprise of each order at the tokens of a text, for all `STRENGTHS`.

    Args:
        counted: the ids that are counted, (tokens,).
        text: the ids that are judged, all but the first, (time + 1,).
        vocab_size: number of different tokens.

    Returns:
        Nats per token, float64, (strengths, orders).
    """
    time, orders = len(text) - 1, len(NAMES)
    # Of the first tokens' longer n-grams nothing is counted: they keep the shorter one.
    seen, followed = torch.zeros(2, orders, time, dtype=torch.int32)
    followed[0] = len(counted)
    for order in range(orders):
        size = order + 1
        grams = keys(text, size, vocab_size)
        counts = occurrences(counted, grams, size, vocab_size)
        seen[order, max(0, order - 1) :] = counts[int(order == 0) :]
        if size < orders:
            # The text's last n-gram was followed by nothing.
            end = torch.isin(grams[:-1], keys(counted[-size:], size, vocab_size))
            followed[size, order:] = counts[:-1] - end.int()
    strength = torch.tensor(STRENGTHS, dtype=torch.float64)[:, None]  # (strengths, 1)
    nats = torch.zeros(len(STRENGTHS), orders, dtype=torch.float64)
    for start in range(0, time, PIECE):
        p = 1 / vocab_size
        for order in range(orders):
            piece = order, slice(start, start + PIECE)
            p = (seen[piece] + strength * p) / (followed[piece] + strength)
            nats[:, order] -= p.log().sum(-1)  # of (strengths, piece)
    return nats / time


def occurrences(counted, grams, size, vocab_size):
    """How often each of some n-grams is in a text.

    Args:
        counted: the ids of the text, (tokens,).
        grams: what `keys` makes of n-grams, (n-grams,).
        size: their length.
        vocab_size: number of different tokens.

    Returns:
        Counts, (n-grams,).
    """
    wanted, place = grams.unique(return_inverse=True)
    counts = torch.zeros(len(wanted), dtype=torch.long)
    last = max(0, len(counted) - size + 1) if len(wanted) else 0
    for start in watched(range(0, last, PIECE), "counting"):
        there = keys(counted[start : start + PIECE + size - 1], size, vocab_size)
        at = torch.searchsorted(wanted, there).clamp(max=len(wanted) - 1)
        counts += torch.bincount(at[wanted[at] == there], minlength=len(wanted))
    return counts[place]


def keys(ids, size, vocab_size):
    """Each run of `size` tokens as one number, (tokens - size + 1,)."""
    ids, many = ids.long(), len(ids) - size + 1
    key = torch.zeros(many, dtype=torch.long)
    for first in range(size):
        key = key * vocab_size + ids[first : first + many]
    return key


def ahead(loss, levels):
    """The name of the next level that a loss is not under; the last, if under all."""
    return next((name for name, nats in levels.items() if loss >= nats), NAMES[-1])


def standing(loss, name, levels):
    """Where a loss is, seen from a level, such as "0.24 below the trigram level"."""
    distance = loss - levels[name]
    side = "above" if distance >= 0 else "below"
    return f"{abs(distance):.2f} {side} the {name} level"


def verdict(loss, last, levels):
    """What to say of a loss that counting reaches too.

    Args:
        loss: the best validation loss of a run.
        last: the one at its end.
        levels: what `levels` gave.

    Returns:
        A line; None where the loss is lower, but not at the trigram level. A level of
        next to 0 nats says nothing: no loss gets far under it.
    """
    for name, nats in levels.items():
        rests = abs(loss - nats) <= REST
        if nats > REST and (rests or (loss > nats and name != NAMES[-1])):
            advice = RESTING[name] if rests else ABOVE
            advice = BY_HEART if last > loss + REST else advice
            return f"Val Loss {loss:.4f} is {standing(loss, name, levels)}: {advice}"
    return None
