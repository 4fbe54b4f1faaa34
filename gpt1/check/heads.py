"""Exercises about scores, about several heads, and about one key at a time."""

import math

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig
from gpt1.model import MultiHeadAttention, attention, attention_weights

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

    query, keys, values = case(3, 4, 300)
    return [
        ("1 key of size 2:", case(1, 2, 1)),
        ("3 keys of size 4:", case(3, 4, 1)),
        ("9 keys of size 5:", case(9, 5, 1)),
        ("9 keys of size 5 and scores in the hundreds:", case(9, 5, 1800)),
        ("3 keys and scores below -200:", (query.abs(), -1 - keys.abs(), values)),
    ]


def weighted(scores, values):
    return scores.softmax(-1) @ values


def overflowing(query, keys, values):
    weights = (keys @ query / math.sqrt(len(query))).exp()
    return weights @ values / weights.sum()


def plain_floats(query, keys, values):
    """The same in Python's floats, and all sums in tensors."""
    scores = (keys @ query / math.sqrt(len(query))).tolist()
    weights = [math.exp(score) for score in scores]
    mixed = torch.zeros_like(values[0])
    for weight, value in zip(weights, values, strict=True):
        mixed = mixed + weight * value
    return mixed / sum(weights)


def plain_sums(query, keys, values):
    """The same, with sums in Python's floats too, which hold exp(-300)."""
    scores = (keys @ query / math.sqrt(len(query))).tolist()
    return weighted(torch.tensor([math.log(math.exp(s)) for s in scores]), values)


def streaming(rescale=(True, True), start=-math.inf):
    """Attention key by key.

    Args:
        rescale: whether the sum of weights, and that of values, follow a larger score.
        start: the largest score before there is one.
    """

    def answer(query, keys, values):
        largest, total, mixed = start, 0.0, torch.zeros_like(values[0])
        for key, value in zip(keys, values, strict=True):
            score = (query @ key).item() / math.sqrt(len(query))
            new = max(largest, score)
            shrink, grow = math.exp(largest - new), math.exp(score - new)
            total = total * (shrink if rescale[0] else 1) + grow
            mixed = mixed * (shrink if rescale[1] else 1) + grow * value
            largest = new
        return mixed / total

    return answer


def undivided(query, keys, values):
    scores = keys @ query / math.sqrt(len(query))
    return (scores - scores.max()).exp() @ values


STREAMED = Exercise(
    name="streamed-attention",
    verified="equal to attention over all keys at once, also for scores in the "
    "hundreds; what you store is not looked at",
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
        *(
            Mistake(
                "right for small scores, but exp(800) is more than a float holds: keep "
                "both sums relative to the largest score so far",
                answer,
            )
            for answer in (overflowing, plain_floats, plain_sums)
        ),
        Mistake(
            "when a larger score comes, both sums are still relative to the old one: "
            "rescale what they hold",
            streaming(rescale=(False, False)),
        ),
        Mistake(
            "the sum of the weights is rescaled when a larger score comes, but not the "
            "weighted sum of values",
            streaming(rescale=(True, False)),
        ),
        Mistake(
            "the weighted sum of values is rescaled when a larger score comes, but not "
            "the sum of the weights",
            streaming(rescale=(False, True)),
        ),
        Mistake(
            "your largest score starts at 0; where all scores are far below 0, every "
            "exponential is 0: start at minus infinity",
            streaming(start=0.0),
        ),
        Mistake(
            "divide by the sum of the exponentials in the end",
            undivided,
        ),
    ),
)
