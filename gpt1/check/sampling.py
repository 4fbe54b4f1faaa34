"""Exercises about sampling: the logits, and how a token is drawn.

Those about the cache and about reading ahead are in `reading.py`.
"""

import math

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.reading import AHEAD, REWIND

# Two tokenizers.


def per_character(perplexity, length):
    return math.log(perplexity) / length


PER_CHARACTER = Exercise(
    name="per-character",
    verified="nats per character, for five perplexities and lengths",
    cases=lambda: [(2.0, 1.0), (16.0, 4.0), (18.4, 4.5), (6.0, 2.5), (1.0, 3.0)],
    right=per_character,
    mistakes=(
        Mistake(
            "you divided the perplexity; its logarithm, the loss, is what adds up "
            "over a text and can be shared out among characters",
            lambda perplexity, length: perplexity / length,
        ),
        Mistake(
            "these are bits: nats are natural logarithms",
            lambda perplexity, length: math.log2(perplexity) / length,
        ),
        Mistake(
            "the logarithm to base 10 has no unit here: nats are natural logarithms",
            lambda perplexity, length: math.log10(perplexity) / length,
        ),
        Mistake(
            "this is the loss per token: the length is not used",
            lambda perplexity, length: math.log(perplexity),
        ),
        Mistake(
            "you multiplied: a token's nats are shared by its characters, so one "
            "character has fewer",
            lambda perplexity, length: math.log(perplexity) * length,
        ),
        Mistake(
            "this is the perplexity per character; its logarithm is asked for",
            lambda perplexity, length: perplexity ** (1 / length),
        ),
        Mistake(
            "the logarithm comes first, the division after it",
            lambda perplexity, length: math.log(perplexity / length),
        ),
    ),
)


# A cut that looks at the best.


def above(threshold, empty=-math.inf):
    """An answer that keeps the logits at or above a threshold."""

    def answer(logits, share):
        return logits.masked_fill(logits < threshold(logits, share), empty)

    return answer


def best(logits):
    return logits.max(-1, keepdim=True).values


def lowest(logits, share):
    return best(logits) + math.log(share)


def logits_and_shares():
    return [
        (torch.tensor([[0.0, 1.0, 2.0]]), 0.5),
        (torch.tensor([[1.0, 3.0, 3.0, 0.0]]), 1.0),
        (torch.tensor([[0.0, 1.0, 2.0, -1.0], [5.0, 4.5, 3.0, 4.9]]), 0.2),
        (torch.tensor([[-4.0, -3.0, -9.0], [-1.0, -1.5, -2.0]]), 0.3),
        (torch.tensor([[0.3, 0.2, 0.1, 0.0, -1.0, -9.0]]), 0.22),
        (torch.tensor([[300.0, 299.0, 295.0, -300.0]]), 0.1),
    ]


def by_exponentials(logits, share):
    chances = logits.exp()
    return logits.masked_fill(chances < share * best(chances), -math.inf)


def chances_left(logits, share):
    return above(lowest)(logits, share).softmax(-1)


def chances_cut(empty):
    def answer(logits, share):
        chances = logits.softmax(-1)
        return chances.masked_fill(chances < share * best(chances), empty)

    return answer


MIN_P = Exercise(
    name="min-p",
    verified="each row keeps what has the share of its own best token's chance",
    cases=logits_and_shares,
    right=above(lowest),
    mistakes=(
        Mistake(
            "you took a share of the best logit; a share of a chance is a difference "
            "of logits",
            above(lambda logits, share: share * best(logits)),
        ),
        Mistake(
            "you compare a token's own chance with the share; compare it with the "
            "best token's chance",
            lambda logits, share: logits.masked_fill(
                logits.softmax(-1) < share, -math.inf
            ),
        ),
        Mistake(
            "the share itself is no difference of logits: its logarithm is",
            above(lambda logits, share: best(logits) - share),
        ),
        Mistake(
            "the best logit is that of the whole batch; each row has its own",
            above(lambda logits, share: logits.max() + math.log(share)),
        ),
        Mistake(
            "the best logit is taken down the batch, axis 0; it is along the "
            "vocabulary, axis -1",
            above(lambda logits, share: logits.max(0).values + math.log(share)),
        ),
        Mistake(
            "with a share of 1 the best token is cut too: what has the share exactly "
            "stays",
            lambda logits, share: logits.masked_fill(
                logits <= lowest(logits, share), -math.inf
            ),
        ),
        Mistake(
            "nothing is left: the logarithm of a share is negative already, and you "
            "subtracted it",
            above(lambda logits, share: best(logits) - math.log(share)),
        ),
        Mistake(
            "nothing is left: no logit is above the best, and yours has to be, by the "
            "share; the limit is its logarithm, which is negative",
            above(lambda logits, share: best(logits) + share),
        ),
        Mistake(
            "a logit of 0 is no cut: it is a chance like another; fill with -inf",
            above(lowest, empty=0.0),
        ),
        Mistake(
            "you kept what should go: the tokens below the share",
            lambda logits, share: logits.masked_fill(
                logits >= lowest(logits, share), -math.inf
            ),
        ),
        Mistake(
            "right for small logits, but exp(300) is more than float32 holds: "
            "compare logits",
            by_exponentials,
        ),
        Mistake(
            "these are chances; the logits are asked for, as they were",
            chances_left,
        ),
        Mistake(
            "these are chances; the logits are asked for, as they were",
            chances_cut(-math.inf),
        ),
        Mistake(
            "these are chances; the logits are asked for, as they were",
            chances_cut(0.0),
        ),
        Mistake(
            "this says which tokens stay; the logits are asked for",
            lambda logits, share: logits >= lowest(logits, share),
        ),
    ),
)


# Noise instead of a draw.

ROWS = 20_000


def noise(logits, generator):
    return torch.empty_like(logits).exponential_(generator=generator)


def scores(by):
    """An answer that takes the token whose score, of logits and noise, is largest."""

    def answer(logits, generator):
        return by(logits, noise(logits, generator)).argmax(-1, keepdim=True)

    return answer


race = scores(lambda logits, e: logits - e.log())


def rows_of_logits():
    return [
        (f"{ROWS:,} rows, each {row}:", (torch.tensor(row).repeat(ROWS, 1),))
        for row in (
            [0.0, 1.0],
            [0.5, 2.0, -1.0, 1.0, 1.5],
            [1.0] + 9 * [0.0],
            [1.0, 0.5, -math.inf, -0.5],
            [500.0, 499.0, 0.0, -500.0],
        )
    ]


def shares(answer, logits):
    """The shape, what the generator does, and how often each token is drawn."""
    dice = torch.Generator().manual_seed(7)
    drawn = torch.as_tensor(answer(logits.clone(), dice))
    few = [torch.as_tensor(answer(logits[:64].clone(), dice)) for _ in range(8)]
    again = answer(logits.clone(), torch.Generator().manual_seed(7))
    facts = {"shape": tuple(drawn.shape)}
    facts["same seed, same tokens"] = torch.equal(drawn, torch.as_tensor(again))
    facts["the next draw differs"] = any(not torch.equal(few[0], f) for f in few)
    counts = (
        drawn.flatten()
        .long()
        .clamp(0, logits.size(1))
        .bincount(minlength=logits.size(1))
    )
    facts["shares of the tokens"] = counts / len(logits)
    return facts


def one_noise(logits, generator):
    same = torch.empty(logits.size(1)).exponential_(generator=generator)
    return (logits - same.log()).argmax(-1, keepdim=True)


def seeded(logits, generator):
    return race(logits, generator.manual_seed(0))


def other_noise(make):
    def answer(logits, generator):
        return (logits + make(logits, generator)).argmax(-1, keepdim=True)

    return answer


def uniform(logits, generator):
    return torch.rand(logits.shape, generator=generator)


def normal(logits, generator):
    return torch.randn(logits.shape, generator=generator)


RACE = Exercise(
    name="exponential-race",
    verified="shares as the softmax has them, one seed's tokens again and again",
    cases=rows_of_logits,
    right=race,
    observe=shares,
    tolerance=0.08,
    mistakes=(
        Mistake(
            "the shape is (batch,); each row's token is asked for as (batch, 1)",
            lambda logits, generator: race(logits, generator)[:, 0],
        ),
        Mistake(
            "the noise does not come from the generator: the same seed draws other "
            "tokens",
            lambda logits, generator: race(logits, None),
        ),
        Mistake(
            "you seed the generator: a second draw with it gives the same tokens "
            "once more",
            seeded,
        ),
        Mistake(
            "all rows get the same noise and so the same token: draw a number for "
            "each token of each row",
            one_noise,
        ),
        Mistake(
            "this is greedy: there is no noise, or a row has one number for all of "
            "its tokens, which leaves their order as it is",
            lambda logits, generator: logits.argmax(-1, keepdim=True),
        ),
        Mistake(
            "the logarithm of the noise has the wrong sign: dividing by p turns into "
            "subtracting, so the smallest e / p has the largest ln p - ln e",
            scores(lambda logits, e: logits + e.log()),
        ),
        Mistake(
            "you take the largest e / p, mostly an unlikely token; the smallest wins",
            scores(lambda logits, e: e.log() - logits),
        ),
        Mistake(
            "you add the noise as it is, or subtract the logarithm of uniform noise; "
            "the race subtracts the logarithm of exponential noise",
            scores(lambda logits, e: logits + e),
        ),
        Mistake(
            "the noise is subtracted as it is; beside logits, which are logarithms, "
            "its logarithm belongs",
            scores(lambda logits, e: logits - e),
        ),
        Mistake(
            "you divide by the logits; the race divides by the chances, of which "
            "logits are the logarithms",
            scores(lambda logits, e: -e / logits),
        ),
        Mistake(
            "uniform noise on the logits: a token that is 1 behind never wins",
            other_noise(uniform),
        ),
        Mistake(
            "the noise is normal: its shares are near the softmax's, but not those",
            other_noise(normal),
        ),
        Mistake(
            "right for small logits, but exp(500) is more than float32 holds: race "
            "with logarithms",
            scores(lambda logits, e: -e / logits.exp()),
        ),
        Mistake(
            "every token wins as often as any other: the logits are not used",
            scores(lambda logits, e: -e),
        ),
    ),
)


EXERCISES = (PER_CHARACTER, MIN_P, REWIND, RACE, AHEAD)
