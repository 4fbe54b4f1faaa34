"""Exercises about attention."""

import math

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.heads import CONTRIBUTIONS, SCORE_STD, STREAMED
from gpt1.model import attention, attention_weights, causal_mask

# The mask, from the positions.


def ones(time, past):
    return torch.ones(time, past + time).bool()


def shut_out(mask):
    """The mask as what is added to scores: 0 where a query may look, -inf elsewhere."""
    return torch.zeros(mask.shape).masked_fill(~mask, -math.inf)


CAUSAL_MASK = Exercise(
    name="causal-mask",
    verified="each query sees the past, what came before it, itself, and nothing ahead",
    cases=lambda: [(1, 0), (2, 0), (1, 1), (4, 0), (3, 2), (2, 5), (1, 6)],
    right=causal_mask,
    mistakes=(
        Mistake(
            "position 0 can see position 1: the diagonal is one too high, and every "
            "query sees the token that it has to predict",
            lambda time, past: ones(time, past).tril(past + 1),
        ),
        Mistake(
            "no position can see itself: the diagonal is one too low, as with < in "
            "place of <=",
            lambda time, past: ones(time, past).tril(past - 1),
        ),
        Mistake(
            "right without a past; with one, query 0 stands at position past, not at "
            "position 0, and sees all that came before",
            lambda time, past: ones(time, past).tril(),
        ),
        Mistake(
            "the past is counted backwards: query i stands at position i + past, not "
            "at i - past",
            lambda time, past: ones(time, past).tril(-past),
        ),
        Mistake(
            "the past has no columns: there are past + time keys to look at, and time "
            "queries that look",
            lambda time, past: causal_mask(time),
        ),
        Mistake(
            "a row belongs to a query, and there are time of them; those of the past "
            "are looked at, they do not look",
            lambda time, past: causal_mask(past + time),
        ),
        Mistake(
            "nothing of the past can be seen: its columns are True in every row",
            lambda time, past: torch.cat(
                [torch.zeros(time, past).bool(), causal_mask(time)], dim=1
            ),
        ),
        Mistake(
            "the past is on the right; the earliest positions are the first columns",
            lambda time, past: torch.cat(
                [causal_mask(time), torch.ones(time, past).bool()], dim=1
            ),
        ),
        Mistake(
            "True and False are exchanged: True is what a query may see",
            lambda time, past: ~causal_mask(time, past),
        ),
        Mistake(
            "rows and columns are exchanged: a row is a query, a column is a key",
            lambda time, past: causal_mask(time, past).T,
        ),
        Mistake(
            "the comparison points the other way: a query sees the keys up to its own "
            "position; yours sees those from there on",
            lambda time, past: ones(time, past).triu(past),
        ),
        Mistake(
            "position 0 can see position 1: you let everything be seen",
            ones,
        ),
        Mistake(
            "these are numbers to be added to scores; asked for are True and False",
            lambda time, past: shut_out(causal_mask(time, past)),
        ),
    ),
)


# A mask of the last positions.


def window_mask(time, window):
    return causal_mask(time).triu(diagonal=1 - window)


WINDOW_MASK = Exercise(
    name="window-mask",
    verified="each position sees itself and at most window - 1 positions before it",
    cases=lambda: [(3, 1), (3, 2), (4, 4), (7, 3), (1, 1)],
    right=window_mask,
    mistakes=(
        Mistake(
            "position 2 still sees position 0 when the window is 2: the lower diagonal "
            "is one too low, so every token remembers one position too many",
            lambda time, window: causal_mask(time).triu(-window),
        ),
        Mistake(
            "with a window of 1 a position must see itself: yours sees one too few",
            lambda time, window: causal_mask(time).triu(2 - window),
        ),
        *(
            Mistake(
                "position 0 can see position 1: nothing cuts away what lies ahead",
                lambda time, window, ahead=ahead: (
                    torch.ones(time, time).bool().triu(1 - window).tril(ahead(window))
                ),
            )
            for ahead in (lambda window: 99, lambda window: window - 1)
        ),
        Mistake(
            "True and False are exchanged: True is what a query may see",
            lambda time, window: ~window_mask(time, window),
        ),
        Mistake(
            "rows and columns are exchanged: a row is a query, a column is a key",
            lambda time, window: window_mask(time, window).T,
        ),
        Mistake(
            "this is the plain causal mask: the window is not used",
            lambda time, window: causal_mask(time),
        ),
    ),
)


# Attention itself.


def heads_of_size():
    dice = torch.Generator().manual_seed(3)

    def case(batch, heads, time, past, size):
        query = torch.randn(batch, heads, time, size, generator=dice)
        both = torch.randn(2, batch, heads, past + time, size, generator=dice)
        return query, *both

    sizes = {
        "1 head of size 2, 2 positions:": (1, 1, 2, 0, 2),
        "a batch of 2, 3 heads of size 5, 4 positions:": (2, 3, 4, 0, 5),
        "3 heads of size 4, 6 positions:": (1, 3, 6, 0, 4),
        "2 queries of size 3, and 5 keys, 3 of them from the past:": (1, 2, 2, 3, 3),
        "1 query of size 3, and 4 keys:": (2, 2, 1, 3, 3),
    }
    return [(name, case(*each)) for name, each in sizes.items()]


def visible(scores):
    return causal_mask(scores.size(-2), scores.size(-1) - scores.size(-2))


def shut(scores, mask=visible, by=-math.inf):
    return scores.masked_fill(~mask(scores), by)


def attending(scale=lambda query: math.sqrt(query.size(-1)), shut=shut, axis=-1):
    """Attention with a divisor, a mask and an axis of softmax of one's own."""

    def answer(query, key, value):
        scores = query @ key.transpose(-2, -1) / scale(query)
        return shut(scores).softmax(axis) @ value

    return answer


def masking(diagonal):
    """Attention with another diagonal: a function of the shape of the scores."""

    def mask(scores):
        return torch.ones(scores.shape[-2:]).tril(diagonal(*scores.shape[-2:])).bool()

    return attending(shut=lambda scores: shut(scores, mask))


def late(query, key, value):
    weights = (query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))).softmax(-1)
    return shut(weights, by=0) @ value


ATTENTION = Exercise(
    name="attention",
    verified="equal to the chapter's attention, for several heads, and for queries "
    "that are the last of the positions",
    cases=heads_of_size,
    right=attention,
    mistakes=(
        Mistake(
            "you divided by the root of the width, all heads together; a score is a "
            "sum over one head: divide by the root of the head size",
            attending(lambda query: math.sqrt(query.size(1) * query.size(-1))),
        ),
        Mistake(
            "you divided by the root of 768, GPT-1's width; divide by the root of the "
            "head size, whatever it is here",
            attending(lambda query: math.sqrt(768)),
        ),
        Mistake(
            "you divided by 8, the root of GPT-1's head size; the queries' last axis "
            "says what the head size is here",
            attending(lambda query: 8),
        ),
        Mistake(
            "you divided by the head size, not by its root",
            attending(lambda query: query.size(-1)),
        ),
        Mistake(
            "the scores are not divided by the root of the head size",
            attending(lambda query: 1),
        ),
        Mistake(
            "you multiplied by the root of the head size; divide by it",
            attending(lambda query: 1 / math.sqrt(query.size(-1))),
        ),
        Mistake(
            "you divided by the root of the number of queries; that is axis -2, and "
            "the head size is the last axis",
            attending(lambda query: math.sqrt(query.size(-2))),
        ),
        Mistake(
            "your softmax runs over queries, axis -2; the weights of one query, a row, "
            "have to sum to 1",
            attending(axis=-2),
        ),
        Mistake(
            "your softmax runs over the heads, axis 1; the weights of one query, a row "
            "along the last axis, have to sum to 1",
            attending(axis=1),
        ),
        Mistake(
            "no mask: position 0 can see position 1",
            attending(shut=lambda scores: scores),
        ),
        Mistake(
            "you masked after the softmax: the future still counts in what it divides "
            "by, so the weights of a row sum to less than 1",
            late,
        ),
        Mistake(
            "a masked score of 0 is a score like any other, e to the 0 is 1; minus "
            "infinity is what softmax turns into 0",
            attending(shut=lambda scores: shut(scores, by=0)),
        ),
        Mistake(
            "you shut out what may be seen: causal_mask is True where a query may "
            "look, masked_fill fills where its mask is True",
            attending(
                shut=lambda scores: shut(scores, lambda scores: ~visible(scores))
            ),
        ),
        Mistake(
            "position 0 can see position 1: the diagonal is one too high",
            masking(lambda time, keys: keys - time + 1),
        ),
        Mistake(
            "no position can see itself: the diagonal is one too low, and the first "
            "row has nothing to look at",
            masking(lambda time, keys: keys - time - 1),
        ),
        Mistake(
            "right without a past; with more keys than queries, the queries are the "
            "last positions, and your mask takes them for the first",
            masking(lambda time, keys: 0),
        ),
        Mistake(
            "right without a past; with more keys than queries the mask needs a column "
            "for each key: causal_mask(time, past)",
            attending(
                shut=lambda scores: shut(scores, lambda s: causal_mask(s.size(-2)))
            ),
        ),
        Mistake(
            "these are the weights; multiply them with the values",
            lambda query, key, value: attention_weights(query, key),
        ),
        Mistake(
            "your weighted mean is one of the keys; the values are what is handed over",
            lambda query, key, value: attention(query, key, key),
        ),
    ),
)


EXERCISES = (
    CAUSAL_MASK,
    WINDOW_MASK,
    ATTENTION,
    SCORE_STD,
    CONTRIBUTIONS,
    STREAMED,
)
