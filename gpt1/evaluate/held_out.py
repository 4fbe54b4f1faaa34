"""Loss, perplexity and bits per byte of a text that a model was not trained on.

The text is covered by windows side by side, as in training's validation; but here the
end that fills no window is read too, so each token but the first is predicted once. The
first tokens of a window have little before them to go by. With a stride below the
context, windows overlap, and only what no earlier window has predicted counts: it takes
longer, and the loss is lower.
"""

import math
from dataclasses import dataclass

import torch

from gpt1.plumbing.waiting import watched
from gpt1.speed.loss import IGNORED
from gpt1.train.step import total_loss


@dataclass(frozen=True)
class HeldOut:
    """What a text costs a model.

    Args:
        nats: the surprise of all the tokens that were predicted.
        tokens: how many they were.
        bytes: of the text that these tokens stand for, in UTF-8.
        kept: whether the tokens give the text back as it was. Where they don't, bits
            per byte are too low: what was lost did not have to be guessed.
    """

    nats: float
    tokens: int
    bytes: int
    kept: bool = True

    @property
    def loss(self):
        """Nats per token."""
        return self.nats / self.tokens

    @property
    def perplexity(self):
        """How many equally likely tokens would be as hard to guess."""
        return math.exp(self.loss) if self.loss < 700 else math.inf

    @property
    def bits_per_byte(self):
        """The surprise in bits for each byte of the text (chapter 9, equation S2)."""
        return self.nats / math.log(2) / self.bytes


def measure(model, tokenizer, text, *, stride=None, batch_size=16):
    """What a text costs a model.

    Args:
        model: a `GPT`; its mode is restored afterwards.
        tokenizer: the model's.
        text: a string of two tokens or more.
        stride: tokens from one window to the next; None means the context, so that no
            windows overlap.
        batch_size: windows that are read at once.

    Returns:
        A `HeldOut`. Its bytes are the text's, but for those of the first token.

    Raises:
        ValueError: the text is too short, the stride is not 1 to the context, or the
            tokenizer lacks a character.
    """
    ids = torch.tensor(tokenizer.encode(text))
    given, kept = tokenizer.decode(ids[:1]), tokenizer.decode(ids) == text
    nats, tokens = text_loss(model, ids, stride=stride, batch_size=batch_size)
    size = len(text.encode()) - len(given.encode())
    return HeldOut(nats, tokens, max(1, size), kept)


def text_loss(model, ids, *, stride=None, batch_size=16):
    """The loss summed over all tokens of a text but the first, and their number.

    Args:
        model: as for `measure`, and so are `stride` and `batch_size`.
        ids: the whole text, any integer type, (tokens,).

    Returns:
        Nats and tokens.
    """
    context = model.config.context
    stride = context if stride is None else stride
    if not 1 <= stride <= context:
        raise ValueError(f"stride must be 1 to the context, {context}, got {stride}")
    if len(ids) < 2:
        raise ValueError(
            f"the text has {len(ids)} tokens: expected two or more, since the first "
            f"is not predicted"
        )
    nats, tokens = total_loss(model, windows(ids, context, stride, batch_size))
    return nats, round(tokens)


def windows(ids, context, stride, batch_size):
    """Batches of windows in which each token but the first is a target once.

    Args:
        ids: the whole text, any integer type, (tokens,).
        context: length of a window.
        stride: tokens from one window to the next, 1 to context.
        batch_size: windows in a batch; the last may have fewer.

    Yields:
        Ids and targets, each int64, (batch, time); targets are -100 where an earlier
        window has predicted them, and beyond the end.
    """
    last = len(ids) - 1  # targets in all
    time = min(context, last)
    count = 1 + max(0, -(-(last - time) // stride))
    places = torch.arange(time)  # (time,)
    for begin in watched(range(0, count, batch_size), "measuring"):
        starts = stride * torch.arange(begin, min(begin + batch_size, count))
        at = starts[:, None] + places  # (batch, time)
        new = places >= time - stride  # (time,)
        counts = (new | (starts[:, None] == 0)) & (at < last)  # (batch, time)
        targets = ids[(at + 1).clamp(max=last)].long()  # (batch, time)
        yield ids[at.clamp(max=last)].long(), targets.where(counts, IGNORED)
