"""Exercises about attention: its mask, its scores, its heads, and one key at a time."""

import math

import torch

from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig
from gpt1.model import MultiHeadAttention, attention, causal_mask

# The mask, from the positions.


def position_mask(time, past):
    queries = past + torch.arange(time)
    keys = torch.arange(past + time)
    return keys <= queries[:, None]


CAUSAL_MASK = Exercise(
    name="causal-mask",
    verified="each query sees the past, what came before it, itself, and nothing ahead",
    cases=lambda: [(1, 0), (2, 0), (1, 1), (4, 0), (3, 2), (2, 5), (1, 6)],
    right=position_mask,
    mistakes="""
        queries[:, None] -> queries[:, None] + 1
            position 0 can see position 1: the diagonal is one too high, and every
            query sees the token that it has to predict
        <= -> <
            no position can see itself: the diagonal is one too low, as with < in
            place of <=
        past + torch.arange(time) -> torch.arange(time)
            right without a past; with one, query 0 stands at position past, not at
            position 0, and sees all that came before
        past + torch.arange(time) -> torch.arange(time) - past
            the past is counted backwards: query i stands at position i + past, not
            at i - past
        past + torch -> past - torch
            your queries walk backwards: query i stands at position past + i, not at
            past - i
        ... -> causal_mask(time)
        past + time -> time
            the past has no columns: there are past + time keys to look at, and time
            queries that look
        past + time -> past
            the queries look at one another too: there are past + time keys
        ... -> causal_mask(past + time)
            a row belongs to a query, and there are time of them; those of the past
            are looked at, they do not look
        keys <= queries[:, None] -> (keys <= queries[:, None]) & (keys >= past)
            nothing of the past can be seen: its columns are True in every row
        ... -> causal_mask(time, past).roll(-past, 1)
            the past is on the right; the earliest positions are the first columns
        <= -> >
            True and False are exchanged: True is what a query may see
        keys <= queries[:, None] -> keys[:, None] <= queries
            rows and columns are exchanged: a row is a query, a column is a key
        <= -> >=
            the comparison points the other way: a query sees the keys up to its own
            position; yours sees those from there on
        ... -> torch.ones(time, past + time)
            position 0 can see position 1: you let everything be seen
        ... -> torch.zeros(time, past + time).masked_fill( \
            ~causal_mask(time, past), -math.inf)
            these are numbers to be added to scores; asked for are True and False
        keys = torch.arange(past + time) -> keys = torch.tensor(past + time)
            past + time is how many keys there are; their positions count up to it
            from 0
    """,
)


# A mask of the last positions.


def window_mask(time, window):
    return causal_mask(time).triu(diagonal=1 - window)


WINDOW_MASK = Exercise(
    name="window-mask",
    verified="each position sees itself and at most window - 1 positions before it",
    cases=lambda: [(3, 1), (3, 2), (4, 4), (7, 3), (1, 1)],
    right=window_mask,
    mistakes="""
        1 - window -> -window
            position 2 still sees position 0 when the window is 2: the lower diagonal
            is one too low, so every token remembers one position too many
        1 - window -> 2 - window
            with a window of 1 a position must see itself: yours sees one too few
        causal_mask(time) -> torch.ones(time, time)
        causal_mask(time) -> torch.ones(time, time).tril(window - 1)
            position 0 can see position 1: nothing cuts away what lies ahead
        causal_mask -> ~causal_mask
            True and False are exchanged: True is what a query may see
        1 - window) -> 1 - window).T
            rows and columns are exchanged: a row is a query, a column is a key
        .triu(diagonal=1 - window) ->
            this is the plain causal mask: the window is not used
        1 - window -> 0
            each position sees itself alone, whatever the window is
        triu -> tril
            yours sees what has left the window: tril keeps what is far back, triu
            what is near
        1 - window -> 1 + window
        1 - window -> window - 1
            diagonals below the middle one have negative numbers; yours is above it,
            and cuts away what a position may see
    """,
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


def attend(query, key, value):
    time, past = query.size(-2), key.size(-2) - query.size(-2)
    scores = query @ key.mT
    scores = scores / math.sqrt(query.size(-1))
    mask = causal_mask(time, past)
    scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ value


ATTENTION = Exercise(
    name="attention",
    verified="equal to the chapter's attention, for several heads, and for queries "
    "that are the last of the positions",
    cases=heads_of_size,
    right=attend,
    mistakes="""
        math.sqrt(query.size(-1)) -> math.sqrt(query.size(1) * query.size(-1))
            you divided by the root of the width, all heads together; a score is a
            sum over one head: divide by the root of the head size
        math.sqrt(query.size(-1)) -> math.sqrt(768)
            you divided by the root of 768, GPT-1's width; divide by the root of the
            head size, whatever it is here
        math.sqrt(query.size(-1)) -> 8
            you divided by 8, the root of GPT-1's head size; the queries' last axis
            says what the head size is here
        math.sqrt(query.size(-1)) -> query.size(-1)
            you divided by the head size, not by its root
        scores = scores / math.sqrt(query.size(-1)) -> pass
            the scores are not divided by the root of the head size
        scores / math -> scores * math
            you multiplied by the root of the head size; divide by it
        math.sqrt(query.size(-1)) -> math.sqrt(time)
            you divided by the root of the number of queries; that is axis -2, and
            the head size is the last axis
        math.sqrt(query.size(-1)) -> math.sqrt(query.size(0))
            you divided by the root of the size of the batch; that is axis 0, and the
            head size is the last axis
        math.sqrt(query.size(-1)) -> math.sqrt(query.size(1))
            you divided by the root of the number of heads; that is axis 1, and the
            head size is the last axis
        scores / math -> scores // math
            // rounds a score down to a whole number; / divides it
        scores / math.sqrt(query.size(-1)) -> math.sqrt(query.size(-1)) / scores
            the fraction is upside down: it is the score that is divided
        dim=-1 -> dim=-2
            your softmax runs over queries, axis -2; the weights of one query, a row,
            have to sum to 1
        dim=-1 -> dim=1
            your softmax runs over the heads, axis 1; the weights of one query, a row
            along the last axis, have to sum to 1
        dim=-1 -> dim=0
            your softmax runs over the batch, axis 0; the weights of one query, a row
            along the last axis, have to sum to 1
        scores = scores.masked_fill(~mask, -math.inf) -> pass
            no mask: position 0 can see position 1
        scores = scores.masked_fill(~mask, -math.inf) -> pass
        and softmax(dim=-1) -> softmax(dim=-1).masked_fill(~mask, 0)
            you masked after the softmax: the future still counts in what it divides
            by, so the weights of a row sum to less than 1
        -math.inf -> 0
            a masked score of 0 is a score like any other, e to the 0 is 1; minus
            infinity is what softmax turns into 0
        -math.inf -> math.inf
            plus infinity is the largest score there is; minus infinity is what
            softmax turns into 0
        ~mask -> mask
            you shut out what may be seen: causal_mask is True where a query may
            look, masked_fill fills where its mask is True
        causal_mask(time, past) -> torch.ones(time, past + time).tril(past + 1).bool()
            position 0 can see position 1: the diagonal is one too high
        causal_mask(time, past) -> torch.ones(time, past + time).tril(past - 1).bool()
            no position can see itself: the diagonal is one too low, and the first
            row has nothing to look at
        causal_mask(time, past) -> torch.ones(time, past + time).tril().bool()
            right without a past; with more keys than queries, the queries are the
            last positions, and your mask takes them for the first
        causal_mask(time, past) -> causal_mask(time)
            right without a past; with more keys than queries the mask needs a column
            for each key: take the last rows of the mask for all positions
        time, past = query.size(-2) -> time, past = query.size(-3)
        key.size(-2) -> key.size(-3)
            your mask counts the heads, axis -3, where it should count positions: they
            are axis -2 of queries and keys
        @ value ->
            these are the weights; multiply them with the values
        @ value -> @ key
            your weighted mean is one of the keys; the values are what is handed over
        .softmax(dim=-1) ->
            there is no softmax: it makes weights of the scores
        scores.softmax(dim=-1) @ value -> value @ scores.softmax(dim=-1)
            weights and values are exchanged: a row of weights is multiplied with the
            values, from the left
        query @ key.mT -> query
        query @ key.mT -> key.mT
            a score takes a query and a key: multiply them
        scores.softmax(dim=-1) @ value -> value
            these are the values; the weights of each query take a mean of them
        query @ key.mT -> query @ key
        query @ key.mT -> key.mT @ query
            a score is a sum over the head size, of a query, its row, and a key, its
            column: (time, head_size) times (head_size, keys)
    """,
)


# The spread of scores at the start.


def score_std(config):
    entry = config.width * config.init_std**2
    raw = math.sqrt(config.head_size) * entry
    return raw, raw / math.sqrt(config.head_size)


def configs():
    every = [
        GPTConfig(width=48, heads=4),
        GPTConfig(),
        GPTConfig(width=60, heads=5, init_std=0.1),
    ]
    return [
        (f"width {c.width}, head_size {c.head_size}, init_std {c.init_std}:", (c,))
        for c in every
    ]


SCORE_STD = Exercise(
    name="score-std",
    verified="both standard deviations, for three configurations",
    cases=configs,
    right=score_std,
    mistakes="""
        raw / math.sqrt(config.head_size) -> raw / math.sqrt(config.width)
            you scaled by the width, not by the head size: a score is a sum over the
            entries of one head
        raw = math.sqrt(config.head_size) -> raw = math.sqrt(config.width)
            a score sums the products of one head's entries, head_size of them;
            you summed over the whole width
        ... -> tuple(value**2 for value in score_std(config))
            these are variances; their roots are asked for
        raw / math.sqrt(config.head_size) -> raw / config.head_size
            divide by the root of the head size, not by the head size
        entry = config.width * config.init_std**2 \
            -> entry = math.sqrt(config.width) * config.init_std
            an entry of a query has the variance width * init_std ** 2; you took its
            standard deviation for the variance
        width * config -> width / config
        config.width * config.init_std**2 -> config.width
        config.width * config.init_std**2 -> config.init_std**2
        config.init_std**2 -> 2
        init_std**2 -> init_std
        init_std**2 -> init_std * 2
        init_std**2 -> init_std**3
            an entry of a query sums width products; each adds the variance of a
            weight, the square of its standard deviation
        raw = math.sqrt(config.head_size) * entry -> raw = math.sqrt(config.head_size)
            the spread of one product is missing: it is the variance of an entry
        raw = math.sqrt(config.head_size) * entry -> raw = entry
        raw = math.sqrt(config.head_size) -> raw = config.head_size
        raw = math.sqrt(config.head_size) * -> raw = math.sqrt(config.head_size) /
            the variances of the products add up: the standard deviation of a score
            grows with the root of their number, head_size
        raw / math -> raw * math
        raw / math.sqrt(config.head_size) -> raw
        raw / math.sqrt(config.head_size) -> math.sqrt(config.head_size)
        raw / math -> raw // math
        raw / math.sqrt(config.head_size) -> math.sqrt(config.head_size) / raw
            the second number is the first, divided by the root of the head size
    """,
)


# What each head adds.


def contributions(layer, x):
    mixed = attention(*layer.split(x))
    parts = layer.projection.weight.split(layer.head_size, dim=1)
    return torch.stack([mixed[:, n] @ part.T for n, part in enumerate(parts)])


def small_layers():
    config = GPTConfig.tiny(width=12, heads=3, context=8)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        layer = MultiHeadAttention(config).eval().requires_grad_(False)
        torch.nn.init.normal_(layer.projection.bias)
        return [
            ("a layer of 3 heads and x of shape (1, 2, 12):", (layer, x))
            for x in (torch.randn(1, 2, 12), torch.randn(2, 5, 12))
        ]


CONTRIBUTIONS = Exercise(
    name="contributions",
    verified="one part for each head, and with the bias they add up to the layer's "
    "output",
    cases=small_layers,
    right=contributions,
    mistakes="""
        dim=1 -> dim=0
        and part.T -> part
            you cut the projection's matrix by its rows, its outputs; nn.Linear
            stores (out, in), and a head owns head_size of the inputs: columns
        mixed[:, n] @ part.T -> mixed[:, n]
        mixed[:, n] @ part.T -> part.T
            a head adds its result times its columns of the projection: multiply the two
        part.T -> part.T + layer.projection.bias
            every part has the whole bias in it, so it is counted once a head; it
            belongs to none of them
        part.T -> part.T + layer.projection.bias / layer.heads
            you shared the bias among the heads; leave it out
        ... -> contributions(layer, x).transpose(0, 1)
            the heads come second; the shape asked for is (heads, batch, time, width)
        scores = scores.masked_fill(~mask, float("-inf")) -> pass
            no mask: in your heads position 0 can see position 1
        ... -> contributions(layer, x).sum(0)
            this is the sum over the heads; keep them apart
    """,
)


# Attention, one key at a time.


def streamed(query, keys, values):
    largest, total = -math.inf, 0.0
    mixed = torch.zeros_like(values[0])
    for key, value in zip(keys, values, strict=True):
        score = (query @ key).item() / math.sqrt(len(query))
        new = max(largest, score)
        shrink = math.exp(largest - new)
        grow = math.exp(score - new)
        total = total * shrink + grow
        mixed = mixed * shrink + grow * value
        largest = new
    return mixed / total


def queries():
    dice = torch.Generator().manual_seed(2)

    def case(time, size, scale):
        query = torch.randn(size, generator=dice) * scale
        return query, *torch.randn(2, time, size, generator=dice)

    query, keys, values = case(3, 4, 300)
    return [
        ("1 key of size 2:", case(1, 2, 1)),
        ("3 keys of size 4:", case(3, 4, 1)),
        ("9 keys of size 5:", case(9, 5, 1)),
        ("9 keys of size 5 and scores in the hundreds:", case(9, 5, 1800)),
        ("3 keys and scores below -200:", (query.abs(), -1 - keys.abs(), values)),
    ]


STREAMED = Exercise(
    name="streamed-attention",
    verified="equal to attention over all keys at once, also for scores in the "
    "hundreds; what you store is not looked at",
    cases=queries,
    right=streamed,
    mistakes="""
        / math.sqrt(len(query)) ->
            the scores are not divided by the root of the head size
        math.sqrt(len(query)) -> len(query)
            you divided by the head size, not by its root
        .item() / math -> .item() * math
            you multiplied by the root of the head size; divide by it
        .item() / math -> .item() // math
            // rounds a score down to a whole number; / divides it
        (query @ key).item() / math.sqrt(len(query)) \
            -> math.sqrt(len(query)) / (query @ key).item()
            the fraction is upside down: it is the score that is divided
        max(largest, score) -> 0.0
        max(largest, score) -> 0.0
        and math.exp(score - new) -> torch.tensor(score).exp()
        max(largest, score) -> 0.0
        and zeros_like(values[0]) -> zeros_like(values[0]).double()
        and grow * value -> grow * value.double()
            right for small scores, but exp(800) is more than a float holds: keep
            both sums relative to the largest score so far
        total * shrink -> total
        and mixed * shrink -> mixed
            when a larger score comes, both sums are still relative to the old one:
            rescale what they hold
        mixed * shrink -> mixed
            the sum of the weights is rescaled when a larger score comes, but not the
            weighted sum of values
        total * shrink -> total
            the weighted sum of values is rescaled when a larger score comes, but not
            the sum of the weights
        -math.inf -> 0.0
            your largest score starts at 0; where all scores are far below 0, every
            exponential is 0: start at minus infinity
        mixed / total -> mixed
            divide by the sum of the exponentials in the end
        mixed / total -> total
            this is the sum of the exponentials; the weighted sum of values is divided
            by it
        mixed / total -> mixed * total
        mixed / total -> mixed // total
        mixed / total -> total / mixed
            in the end the weighted sum of values is divided, /, by the sum of the
            exponentials
        largest = new -> pass
            yours is the last value alone: the largest score so far is not kept, and
            each key takes itself for the first
        max -> min
            your result is not a number: infinity less infinity, or 0 by 0; follow the
            first key, whose score is larger than minus infinity
        total = total * shrink + grow -> pass
            the sum of the weights stays 0: add each weight to it
        mixed = mixed * shrink + grow * value -> pass
            the weighted sum of values stays 0: add each value to it, by its weight
        keys, values, strict -> values, keys, strict
            keys and values are exchanged: a score is for a key, a weight for a value
        shrink + grow * -> shrink - grow *
        total * shrink + -> total * shrink -
            a sum grows with every key: add its part, do not take it away
        total * shrink + grow -> grow
        mixed * shrink + grow * value -> grow * value
        total * shrink -> shrink
        mixed * shrink -> shrink
            what a sum held before is lost: rescale it, and add to it
        grow * value -> grow
        grow * value -> value
        grow * value -> grow / value
            what is added to the weighted sum is a value times its weight
        math.exp(score - new) -> (score - new)
            e is missing: a weight is e to the power of how far its score is below the
            largest
        largest - new -> largest
        largest - new -> new
        score - new -> score
        score - new -> new
        largest - new -> largest + new
        score - new -> score + new
        score - new -> new - score
            an exponent says how far a score, or the largest one so far, is below
            the new largest: it is a difference, and never above 0
    """,
)


EXERCISES = (
    CAUSAL_MASK,
    WINDOW_MASK,
    ATTENTION,
    SCORE_STD,
    CONTRIBUTIONS,
    STREAMED,
)
