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
    verified="each query sees the past, the keys before it and itself, and nothing "
    "ahead",
    cases=lambda: [(1, 0), (2, 0), (1, 1), (4, 0), (3, 2), (2, 5), (1, 6)],
    right=position_mask,
    mistakes="""
        queries[:, None] -> queries[:, None] + 1
            position 0 can see position 1, so every query sees the token that it has to
            predict. Your diagonal is one too high
        <= -> <
            no position can see itself: your diagonal is one too low. Use <= instead of
            <
        past + torch.arange(time) -> torch.arange(time)
            this is right without a past. With one, query 0 is at position past, not at
            position 0, so it sees everything that came before
        past + torch.arange(time) -> torch.arange(time) - past
            you count the past backwards. Query i is at position i + past, not i - past
        past + torch -> past - torch
            your queries count backwards. Query i is at position past + i, not past - i
        ... -> causal_mask(time)
        past + time -> time
            your mask has no columns for the past. It needs past + time columns, one for
            each key, and time rows, one for each query
        past + time -> past
            your mask has columns only for the past. The queries also look at one
            another, so it needs past + time columns
        ... -> causal_mask(past + time)
            your mask has rows for the past positions too. Each row is a query, and
            there are only time queries. The past positions are keys, so they only need
            columns
        keys <= queries[:, None] -> (keys <= queries[:, None]) & (keys >= past)
            no query can see the past. Its columns should be True in every row
        ... -> causal_mask(time, past).roll(-past, 1)
            you put the past on the right. The earliest positions are the first columns,
            so the past belongs on the left
        <= -> >
            you've swapped True and False. True marks what a query may see
        keys <= queries[:, None] -> keys[:, None] <= queries
            you've swapped rows and columns. Each row is a query and each column is a
            key
        <= -> >=
            your comparison points the wrong way, so each query sees the keys from its
            own position onwards. It should see those up to its own position
        ... -> torch.ones(time, past + time)
            position 0 can see position 1, because your mask lets every query see
            everything. Make it False for the keys ahead of a query
        ... -> torch.zeros(time, past + time).masked_fill( \
            ~causal_mask(time, past), -math.inf)
            these are numbers to add to the scores. Return True and False instead: True
            where a query may look
        keys = torch.arange(past + time) -> keys = torch.tensor(past + time)
            past + time is the number of keys. You need their positions, which run from
            0 to past + time - 1
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
            with a window of 2, position 2 still sees position 0. Your lower diagonal is
            one too low, so every position sees one position too many
        1 - window -> 2 - window
            with a window of 1, a position should still see itself. Your window is one
            position too short
        causal_mask(time) -> torch.ones(time, time)
        causal_mask(time) -> torch.ones(time, time).tril(window - 1)
            position 0 can see position 1, because nothing hides the positions ahead.
            Combine the window with the causal mask
        causal_mask -> ~causal_mask
            you've swapped True and False. True marks what a query may see
        1 - window) -> 1 - window).T
            you've swapped rows and columns. Each row is a query and each column is a
            key
        .triu(diagonal=1 - window) ->
            this is the plain causal mask, because you don't use the window. Hide the
            positions that are window or more steps back
        1 - window -> 0
            each position sees only itself, whatever the window is. It should see itself
            and the window - 1 positions before it
        triu -> tril
            your mask keeps the positions that have left the window. tril keeps what is
            far back, and triu keeps what is near
        1 - window -> 1 + window
        1 - window -> window - 1
            your diagonal is above the main one, so the mask hides what a position
            should see. Diagonals below the main one have negative numbers
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
    verified="the same result as the chapter's attention, with several heads, with "
    "and without a past",
    cases=heads_of_size,
    right=attend,
    mistakes="""
        math.sqrt(query.size(-1)) -> math.sqrt(query.size(1) * query.size(-1))
            you divided by the root of the width, which is that of all heads together. A
            score is a sum over one head, so divide by the root of the head size
        math.sqrt(query.size(-1)) -> math.sqrt(768)
            you divided by the root of 768, the width of GPT-1. Divide by the root of
            the head size, which is the size of the queries' last axis
        math.sqrt(query.size(-1)) -> 8
            you divided by 8, the root of GPT-1's head size. The head size may differ
            here, so read it from the queries' last axis
        math.sqrt(query.size(-1)) -> query.size(-1)
            you divided by the head size. Divide by its square root
        scores = scores / math.sqrt(query.size(-1)) -> pass
            you didn't scale the scores. Divide them by the root of the head size
        scores / math -> scores * math
            you multiplied by the root of the head size. Divide by it
        math.sqrt(query.size(-1)) -> math.sqrt(time)
            you divided by the root of the number of queries, which is axis -2. Use the
            head size, which is the last axis
        math.sqrt(query.size(-1)) -> math.sqrt(query.size(0))
            you divided by the root of the batch size, which is axis 0. Use the head
            size, which is the last axis
        math.sqrt(query.size(-1)) -> math.sqrt(query.size(1))
            you divided by the root of the number of heads, which is axis 1. Use the
            head size, which is the last axis
        scores / math -> scores // math
            // rounds a score down to a whole number. Divide with / instead
        scores / math.sqrt(query.size(-1)) -> math.sqrt(query.size(-1)) / scores
            the fraction is upside down. Divide the score by the root of the head size
        dim=-1 -> dim=-2
            your softmax runs over the queries, axis -2. The weights of one query are a
            row and have to sum to 1, so use the last axis
        dim=-1 -> dim=1
            your softmax runs over the heads, axis 1. The weights of one query are a row
            and have to sum to 1, so use the last axis
        dim=-1 -> dim=0
            your softmax runs over the batch, axis 0. The weights of one query are a row
            and have to sum to 1, so use the last axis
        scores = scores.masked_fill(~mask, -math.inf) -> pass
            position 0 can see position 1, because you didn't mask the scores
        scores = scores.masked_fill(~mask, -math.inf) -> pass
        and softmax(dim=-1) -> softmax(dim=-1).masked_fill(~mask, 0)
            you masked after the softmax, so the future still counts in the sum it
            divides by and each row adds up to less than 1. Mask the scores first
        -math.inf -> 0
            you set the masked scores to 0, but e to the power 0 is 1, so they still get
            weight. Use minus infinity, which softmax turns into 0
        -math.inf -> math.inf
            plus infinity is the largest score there is. Use minus infinity, which
            softmax turns into 0
        ~mask -> mask
            you hid what a query may see. causal_mask is True where it may look, but
            masked_fill fills where its mask is True, so invert the mask
        causal_mask(time, past) -> torch.ones(time, past + time).tril(past + 1).bool()
            position 0 can see position 1. Your diagonal is one too high
        causal_mask(time, past) -> torch.ones(time, past + time).tril(past - 1).bool()
            no position can see itself, and the first row has nothing to look at. Your
            diagonal is one too low
        causal_mask(time, past) -> torch.ones(time, past + time).tril().bool()
            this is right without a past. With more keys than queries, the queries are
            the last positions, but your mask puts them at the first
        causal_mask(time, past) -> causal_mask(time)
            this is right without a past. With more keys than queries, the mask needs a
            column for each key: take the last rows of the mask for all positions
        time, past = query.size(-2) -> time, past = query.size(-3)
        key.size(-2) -> key.size(-3)
            your mask counts heads, which are axis -3. Count positions instead, which
            are axis -2 of queries and keys
        @ value ->
            these are the weights. Multiply them by the values
        @ value -> @ key
            you averaged the keys. Use the weights to average the values instead
        .softmax(dim=-1) ->
            you left out the softmax, which turns scores into weights
        scores.softmax(dim=-1) @ value -> value @ scores.softmax(dim=-1)
            you've swapped weights and values. The weights go on the left: weights @
            values
        query @ key.mT -> query
        query @ key.mT -> key.mT
            a score needs both a query and a key. Multiply the two
        scores.softmax(dim=-1) @ value -> value
            these are the values. Use the weights of each query to average them
        query @ key.mT -> query @ key
        query @ key.mT -> key.mT @ query
            you multiplied along the wrong axis. A score sums over the head size, so the
            shapes must be (time, head_size) @ (head_size, keys)
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
            you scaled by the root of the width. A score is a sum over the numbers of
            one head, so use the head size
        raw = math.sqrt(config.head_size) -> raw = math.sqrt(config.width)
            you summed over the whole width. A score sums the products of one head's
            numbers, and there are head_size of them
        ... -> tuple(value**2 for value in score_std(config))
            these are variances. The exercise wants standard deviations, which are their
            square roots
        raw / math.sqrt(config.head_size) -> raw / config.head_size
            you divided by the head size. Divide by its square root
        entry = config.width * config.init_std**2 \
            -> entry = math.sqrt(config.width) * config.init_std
            you used the standard deviation of a query's number where its variance
            belongs. The variance is width * init_std ** 2
        width * config -> width / config
        config.width * config.init_std**2 -> config.width
        config.width * config.init_std**2 -> config.init_std**2
        config.init_std**2 -> 2
        init_std**2 -> init_std
        init_std**2 -> init_std * 2
        init_std**2 -> init_std**3
            each number of a query is a sum of width products, and each product adds the
            variance of a weight, init_std ** 2. So its variance is width * init_std **
            2
        raw = math.sqrt(config.head_size) * entry -> raw = math.sqrt(config.head_size)
            you left out the spread of a single product. Multiply by the variance of a
            query's number
        raw = math.sqrt(config.head_size) * entry -> raw = entry
        raw = math.sqrt(config.head_size) -> raw = config.head_size
        raw = math.sqrt(config.head_size) * -> raw = math.sqrt(config.head_size) /
            variances of independent products add up, so the standard deviation of a
            score grows with the root of how many there are, which is head_size
        raw / math -> raw * math
        raw / math.sqrt(config.head_size) -> raw
        raw / math.sqrt(config.head_size) -> math.sqrt(config.head_size)
        raw / math -> raw // math
        raw / math.sqrt(config.head_size) -> math.sqrt(config.head_size) / raw
            the second number should be the first one divided by the root of the head
            size
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
    verified="one part for each head, and together with the bias they add up to the "
    "layer's output",
    cases=small_layers,
    right=contributions,
    mistakes="""
        dim=1 -> dim=0
        and part.T -> part
            you cut the projection's matrix by rows, which are its outputs. nn.Linear
            stores (out, in), and each head owns head_size of the inputs, so cut by
            columns
        mixed[:, n] @ part.T -> mixed[:, n]
        mixed[:, n] @ part.T -> part.T
            a head adds its result times its own columns of the projection. Multiply the
            two
        part.T -> part.T + layer.projection.bias
            every part contains the whole bias, so it gets counted once per head. The
            bias belongs to no head, so leave it out
        part.T -> part.T + layer.projection.bias / layer.heads
            you shared the bias among the heads. It belongs to no head, so leave it out
        ... -> contributions(layer, x).transpose(0, 1)
            your heads are the second axis. The shape should be (heads, batch, time,
            width)
        scores = scores.masked_fill(~mask, float("-inf")) -> pass
            position 0 can see position 1 in your heads, because you didn't mask the
            scores
        ... -> contributions(layer, x).sum(0)
            this is the sum over the heads. Return each head's part separately
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
    verified="the same result as attention over all keys at once, even for large "
    "scores. What you store isn't checked",
    cases=queries,
    right=streamed,
    mistakes="""
        / math.sqrt(len(query)) ->
            you didn't scale the scores. Divide them by the root of the head size
        math.sqrt(len(query)) -> len(query)
            you divided by the head size. Divide by its square root
        .item() / math -> .item() * math
            you multiplied by the root of the head size. Divide by it
        .item() / math -> .item() // math
            // rounds a score down to a whole number. Divide with / instead
        (query @ key).item() / math.sqrt(len(query)) \
            -> math.sqrt(len(query)) / (query @ key).item()
            the fraction is upside down. Divide the score by the root of the head size
        max(largest, score) -> 0.0
        max(largest, score) -> 0.0
        and math.exp(score - new) -> torch.tensor(score).exp()
        max(largest, score) -> 0.0
        and zeros_like(values[0]) -> zeros_like(values[0]).double()
        and grow * value -> grow * value.double()
            this is right for small scores, but exp(800) is too large for a float. Keep
            both sums relative to the largest score so far
        total * shrink -> total
        and mixed * shrink -> mixed
            when a larger score comes, your two sums are still relative to the old
            largest one. Rescale both before you add to them
        mixed * shrink -> mixed
            when a larger score comes, you rescale the sum of the weights but not the
            weighted sum of values. Rescale both
        total * shrink -> total
            when a larger score comes, you rescale the weighted sum of values but not
            the sum of the weights. Rescale both
        -math.inf -> 0.0
            your largest score starts at 0, so where all scores are far below 0, every
            exponential becomes 0. Start at minus infinity
        mixed / total -> mixed
            you left out the last step: divide the weighted sum of values by the sum of
            the exponentials
        mixed / total -> total
            this is the sum of the exponentials. Divide the weighted sum of values by it
        mixed / total -> mixed * total
        mixed / total -> mixed // total
        mixed / total -> total / mixed
            the last step should divide the weighted sum of values by the sum of the
            exponentials, with /
        largest = new -> pass
            your result is just the last value, because the largest score so far isn't
            kept, so each key counts as the first. Update it after each key
        max -> min
            your result is nan, from infinity minus infinity or 0 / 0. Follow the first
            key by hand: its score is larger than minus infinity
        total = total * shrink + grow -> pass
            the sum of the weights stays at 0. Add each key's weight to it
        mixed = mixed * shrink + grow * value -> pass
            the weighted sum of values stays at 0. Add each value times its weight to it
        keys, values, strict -> values, keys, strict
            you've swapped keys and values. Scores come from keys, and the weights
            average the values
        shrink + grow * -> shrink - grow *
        total * shrink + -> total * shrink -
            you subtracted where you should add. Both sums grow with every key
        total * shrink + grow -> grow
        mixed * shrink + grow * value -> grow * value
        total * shrink -> shrink
        mixed * shrink -> shrink
            you lose what a sum held before. Rescale the old sum, then add to it
        grow * value -> grow
        grow * value -> value
        grow * value -> grow / value
            what you add to the weighted sum should be a value times its weight
        math.exp(score - new) -> (score - new)
            there is no exponential in your weight. A weight is e to the power of the
            score minus the largest score
        largest - new -> largest
        largest - new -> new
        score - new -> score
        score - new -> new
        largest - new -> largest + new
        score - new -> score + new
        score - new -> new - score
            your exponent is wrong. It should be the score, or the old largest score,
            minus the new largest one, so it is never above 0
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
