"""Exercises about attention."""

import math

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig
from gpt1.model import MultiHeadAttention, attention, attention_weights, causal_mask

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
        Mistake(
            "position 0 can see position 1: nothing cuts away what lies ahead",
            lambda time, window: torch.ones(time, time).bool().triu(1 - window),
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


# The spread of scores at the start.


def score_std(config):
    entry = config.width * config.init_std**2
    raw = math.sqrt(config.head_size) * entry
    return raw, raw / math.sqrt(config.head_size)


def configs():
    return [
        (GPTConfig(width=48, heads=4),),
        (GPTConfig(),),
        (GPTConfig(width=60, heads=5, init_std=0.1),),
    ]


def two_scores(entry, inner, divisor):
    """Scores of queries and keys whose entries have the variance `entry`."""

    def answer(config):
        raw = math.sqrt(inner(config)) * entry(config)
        return raw, raw / divisor(config)

    return answer


def entry(config):
    return config.width * config.init_std**2


def head_size(config):
    return config.head_size


def width(config):
    return config.width


def root(of):
    return lambda config: math.sqrt(of(config))


SCORE_STD = Exercise(
    name="score-std",
    verified="both standard deviations, for three configurations",
    cases=configs,
    right=score_std,
    mistakes=(
        Mistake(
            "you scaled by the width, not by the head size: a score is a sum over the "
            "entries of one head",
            two_scores(entry, head_size, root(width)),
        ),
        Mistake(
            "a score sums the products of one head's entries, head_size of them; "
            "you summed over the whole width",
            two_scores(entry, width, root(head_size)),
        ),
        Mistake(
            "these are variances; their roots are asked for",
            lambda config: tuple(value**2 for value in score_std(config)),
        ),
        Mistake(
            "divide by the root of the head size, not by the head size",
            two_scores(entry, head_size, head_size),
        ),
        Mistake(
            "an entry of a query has the variance width * init_std ** 2; you took its "
            "standard deviation for the variance",
            two_scores(root(entry), head_size, root(head_size)),
        ),
    ),
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


def by_rows(layer, x):
    mixed = attention(*layer.split(x))
    parts = layer.projection.weight.split(layer.head_size, dim=0)
    return torch.stack([mixed[:, n] @ part for n, part in enumerate(parts)])


def with_bias(share):
    def answer(layer, x):
        return contributions(layer, x) + layer.projection.bias * share(layer)

    return answer


def unmasked(layer, x):
    query, key, value = layer.split(x)
    scores = query @ key.transpose(-2, -1) / math.sqrt(layer.head_size)
    mixed = scores.softmax(-1) @ value
    parts = layer.projection.weight.split(layer.head_size, dim=1)
    return torch.stack([mixed[:, n] @ part.T for n, part in enumerate(parts)])


CONTRIBUTIONS = Exercise(
    name="contributions",
    verified="one part for each head, and with the bias they add up to the layer's "
    "output",
    cases=small_layers,
    right=contributions,
    mistakes=(
        Mistake(
            "you cut the projection's matrix by its rows, its outputs; nn.Linear "
            "stores (out, in), and a head owns head_size of the inputs: columns",
            by_rows,
        ),
        Mistake(
            "every part has the whole bias in it, so it is counted once a head; it "
            "belongs to none of them",
            with_bias(lambda layer: 1),
        ),
        Mistake(
            "you shared the bias among the heads; leave it out",
            with_bias(lambda layer: 1 / layer.heads),
        ),
        Mistake(
            "the heads come second; the shape asked for is (heads, batch, time, width)",
            lambda layer, x: contributions(layer, x).transpose(0, 1),
        ),
        Mistake(
            "no mask: in your heads position 0 can see position 1",
            unmasked,
        ),
        Mistake(
            "this is the sum over the heads; keep them apart",
            lambda layer, x: contributions(layer, x).sum(0),
        ),
    ),
)


# Attention, one key at a time.


def streamed(query, keys, values):
    return (attention_weights(query[None], keys) @ values)[0]


def queries():
    dice = torch.Generator().manual_seed(2)

    def case(time, size, scale):
        query = torch.randn(size, generator=dice) * scale
        return query, *torch.randn(2, time, size, generator=dice)

    return [
        ("1 key of size 2:", case(1, 2, 1)),
        ("3 keys of size 4:", case(3, 4, 1)),
        ("9 keys of size 5:", case(9, 5, 1)),
        ("9 keys of size 5 and scores in the hundreds:", case(9, 5, 300)),
    ]


def weighted(scores, values):
    return scores.softmax(-1) @ values


def overflowing(query, keys, values):
    weights = (keys @ query / math.sqrt(len(query))).exp()
    return weights @ values / weights.sum()


STREAMED = Exercise(
    name="streamed-attention",
    verified="equal to attention over all keys at once, also for scores in the "
    "hundreds",
    cases=queries,
    right=streamed,
    mistakes=(
        Mistake(
            "the scores are not divided by the root of the head size",
            lambda query, keys, values: weighted(keys @ query, values),
        ),
        Mistake(
            "you divided by the head size, not by its root",
            lambda query, keys, values: weighted(keys @ query / len(query), values),
        ),
        Mistake(
            "right for small scores, but exp(300) is more than float32 holds: keep "
            "both sums relative to the largest score so far",
            overflowing,
        ),
        Mistake(
            "when a larger score comes you rescale one of the two sums only, or none: "
            "what was added before is relative to the old one",
            lambda query, keys, values: unscaled(query, keys, values, False),
        ),
        Mistake(
            "the sum of the weights is rescaled when a larger score comes, but not the "
            "weighted sum of values",
            lambda query, keys, values: unscaled(query, keys, values, True),
        ),
        Mistake(
            "divide by the sum of the exponentials in the end",
            lambda query, keys, values: undivided(query, keys, values),
        ),
    ),
)


def unscaled(query, keys, values, rescale_total):
    """Streamed, without rescaling the values."""
    largest, total, mixed = -math.inf, 0.0, torch.zeros_like(values[0])
    for key, value in zip(keys, values, strict=True):
        score = (query @ key).item() / math.sqrt(len(query))
        new = max(largest, score)
        if rescale_total:
            total *= math.exp(largest - new)
        grow = math.exp(score - new)
        total, mixed, largest = total + grow, mixed + grow * value, new
    return mixed / total


def undivided(query, keys, values):
    scores = keys @ query / math.sqrt(len(query))
    return (scores - scores.max()).exp() @ values


EXERCISES = (WINDOW_MASK, SCORE_STD, CONTRIBUTIONS, STREAMED)
