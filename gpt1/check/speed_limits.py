"""Exercises about the limits of machines: FLOPs, lines between processes, memory."""

import math

from gpt1 import count
from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig

# Other people's MFU.


def utilisation(config, tokens_per_second, flops_per_second):
    return count.training_flops(config) * tokens_per_second / flops_per_second


def speeds():
    gpt2 = GPTConfig(vocab_size=50257, context=1024)
    wide = GPTConfig(vocab_size=30000, context=512, width=1024, heads=16, layers=24)
    return [
        (
            "GPT-1, 100,000 tokens and 250e12 FLOPs a second:",
            (GPTConfig(), 1e5, 250e12),
        ),
        ("GPT-2, 218,000 tokens and 312e12 FLOPs a second:", (gpt2, 218e3, 312e12)),
        ("a wider GPT, 5,000 tokens and 100e12 FLOPs:", (wide, 5e3, 100e12)),
    ]


def used(flops):
    return lambda config, tokens, best: flops(config) * tokens / best


def multiplying(config):
    """The parameters in matrices that multiply."""
    rows = count.flops(config)
    scores = 4 * config.layers * config.width * config.context
    return (rows.total - scores) // 2


MFU = Exercise(
    name="utilisation",
    verified="the MFU of three models, to one percent of it",
    cases=speeds,
    right=utilisation,
    tolerance=0.01,
    mistakes=(
        Mistake(
            "this is the forward pass alone: training is three times that",
            used(lambda config: count.flops(config).total),
        ),
        Mistake(
            "the scores are missing: attention adds 12 n d T for each token",
            used(lambda config: 6 * multiplying(config)),
        ),
        Mistake(
            "the look-up of the embedding counts as a product in yours: it is too high "
            "by what nobody computes",
            used(
                lambda config: (
                    count.training_flops(config)
                    + 6 * (config.vocab_size + config.context) * config.width
                )
            ),
        ),
        Mistake(
            "the logits are missing: at the output the token embedding multiplies, so "
            "it belongs to N",
            used(
                lambda config: (
                    count.training_flops(config) - 6 * config.vocab_size * config.width
                )
            ),
        ),
        Mistake(
            "half of the scores are missing, those that the mask hides; in this "
            "convention all count, 12 n d T",
            used(
                lambda config: (
                    count.training_flops(config)
                    - 6 * config.layers * config.width * config.context
                )
            ),
        ),
        Mistake(
            "these are GPT-1's FLOPs for every model: count those of `config`",
            lambda config, *given: utilisation(GPTConfig(), *given),
        ),
        Mistake(
            "these are percent; a share is asked for, 1 being all",
            lambda *given: 100 * utilisation(*given),
        ),
        Mistake(
            "the ratio is upside down: what is computed, by what could be",
            lambda *given: 1 / utilisation(*given),
        ),
        Mistake(
            "you multiplied by the context: the speed is in tokens already, not in "
            "sequences",
            lambda config, *given: config.context * utilisation(config, *given),
        ),
        Mistake(
            "these are the FLOPs a second that are used; divide by the best",
            lambda config, tokens, best: count.training_flops(config) * tokens,
        ),
    ),
)


# Enough work between two exchanges.


def exact_number(flops, line, times=9, numbers=1.0):
    exchange = 4 * numbers * count.parameters(GPTConfig()).total / line
    one = 512 * count.training_flops(GPTConfig()) / flops
    return times * exchange / one


def sequences_needed(flops, line):
    return math.ceil(exact_number(flops, line))


def needed(**options):
    return lambda flops, line: math.ceil(exact_number(flops, line, **options))


ENOUGH = Exercise(
    name="enough-work",
    verified="the least number for four machines and lines",
    cases=lambda: [
        (1e12, 10e9),
        (100e9, 125e6),
        (20e12, 1e9),
        (0.4 * 989e12, 31.5e9),
    ],
    right=sequences_needed,
    mistakes=(
        Mistake(
            "you let the computing take ten times as long as the exchange; a tenth of "
            "the whole leaves nine tenths for it",
            needed(times=10),
        ),
        Mistake(
            "a part of a sequence cannot be computed: round up",
            exact_number,
        ),
        Mistake(
            "you rounded down: with that many the exchange takes more than a tenth",
            lambda flops, line: math.floor(exact_number(flops, line)),
        ),
        Mistake(
            "you rounded to the nearest: round up, or the exchange may take more than "
            "a tenth",
            lambda flops, line: round(exact_number(flops, line)),
        ),
        Mistake(
            "the gradient counts twice in yours; with two processes each sends its "
            "bytes once, 2 (n - 1) / n of them",
            needed(numbers=2),
        ),
        Mistake(
            "you sent a byte for each parameter; a gradient in float32 has 4",
            needed(numbers=0.25),
        ),
        Mistake(
            "you took the line's bytes for bits; `line` is in bytes a second",
            needed(numbers=8),
        ),
        Mistake(
            "you turned the line's bytes into bits; the gradient is in bytes too",
            needed(numbers=1 / 8),
        ),
        Mistake(
            "these are tokens; a sequence has 512 of them",
            needed(times=9 * 512),
        ),
        Mistake(
            "this is the forward pass alone: training takes three times its FLOPs",
            needed(times=27),
        ),
        Mistake(
            "you shared the number between the two; *each* has to compute so many",
            needed(times=4.5),
        ),
        Mistake(
            "nine tenths of the exchange's time are too little: computing takes nine "
            "tenths of the whole, nine times as long",
            needed(times=0.9),
        ),
        Mistake(
            "computing takes a ninth of the exchange's time in yours; it has to take "
            "nine times as long",
            needed(times=1 / 9),
        ),
        Mistake(
            "the exchange takes half of the time in yours, not a tenth",
            needed(times=1),
        ),
    ),
)


# Under the roof.


def flops_and_bytes(rows, inputs, outputs, size):
    numbers = inputs * outputs + rows * inputs + rows * outputs
    return 2 * rows * inputs * outputs, numbers * size


def least_seconds(rows, inputs, outputs, size, rate, band):
    flops, moved = flops_and_bytes(rows, inputs, outputs, size)
    return max(flops / rate, moved / band)


def roofs():
    return [
        (1, 3, 5, 4, 1e9, 1e9),
        (7, 3, 5, 4, 1e9, 1e9),
        (2, 3, 5, 2, 1e12, 5e9),
        (50, 30, 20, 4, 2e9, 1e9),
        (1, 768, 40478, 4, 100e9, 10e9),
        (64, 768, 40478, 4, 100e9, 10e9),
    ]


def by(pick):
    """An answer of the FLOPs, the numbers of each matrix and what is made of them."""

    def answer(rows, inputs, outputs, size, rate, band):
        flops, moved = pick(rows, inputs, outputs, size)
        return max(flops / rate, moved / band)

    return answer


def work(rows, inputs, outputs):
    return 2 * rows * inputs * outputs


def added(rows, inputs, outputs, size, rate, band):
    flops, moved = flops_and_bytes(rows, inputs, outputs, size)
    return flops / rate + moved / band


def the_faster(rows, inputs, outputs, size, rate, band):
    flops, moved = flops_and_bytes(rows, inputs, outputs, size)
    return min(flops / rate, moved / band)


def speed(rows, inputs, outputs, size, rate, band):
    flops, moved = flops_and_bytes(rows, inputs, outputs, size)
    return min(rate, flops / moved * band)


ROOF = Exercise(
    name="roofline",
    verified="the least time of six layers, on both sides of the roof's edge",
    cases=roofs,
    right=least_seconds,
    mistakes=(
        Mistake(
            "you added the two times; arithmetic and memory work at once, and the "
            "slower one is what you wait for",
            added,
        ),
        Mistake(
            "you took the faster of the two; the slower one is what you wait for",
            the_faster,
        ),
        Mistake(
            "a multiply and an add are two FLOPs; you counted one",
            by(
                lambda rows, inputs, outputs, size: (
                    rows * inputs * outputs,
                    flops_and_bytes(rows, inputs, outputs, size)[1],
                )
            ),
        ),
        Mistake(
            "the matrix is not moved in yours; it is what most of the bytes are",
            by(
                lambda rows, inputs, outputs, size: (
                    work(rows, inputs, outputs),
                    rows * (inputs + outputs) * size,
                )
            ),
        ),
        Mistake(
            "only the matrix is moved in yours; states are read and results written "
            "too",
            by(
                lambda rows, inputs, outputs, size: (
                    work(rows, inputs, outputs),
                    inputs * outputs * size,
                )
            ),
        ),
        Mistake(
            "the result is not written in yours: rows times outputs numbers",
            by(
                lambda rows, inputs, outputs, size: (
                    work(rows, inputs, outputs),
                    (inputs * outputs + rows * inputs) * size,
                )
            ),
        ),
        Mistake(
            "the states are not read in yours: rows times inputs numbers",
            by(
                lambda rows, inputs, outputs, size: (
                    work(rows, inputs, outputs),
                    (inputs * outputs + rows * outputs) * size,
                )
            ),
        ),
        Mistake(
            "the matrix is read anew for each row in yours; it is read once, and all "
            "rows use it",
            by(
                lambda rows, inputs, outputs, size: (
                    work(rows, inputs, outputs),
                    rows * (inputs * outputs + inputs + outputs) * size,
                )
            ),
        ),
        Mistake(
            "you counted numbers, not bytes: each has `size` of them",
            by(
                lambda rows, inputs, outputs, size: flops_and_bytes(
                    rows, inputs, outputs, 1
                )
            ),
        ),
        Mistake(
            "every number has 4 bytes in yours; it has `size`",
            by(
                lambda rows, inputs, outputs, size: flops_and_bytes(
                    rows, inputs, outputs, 4
                )
            ),
        ),
        Mistake(
            "you divided `size` by 8, as if it were bits; it is in bytes",
            by(
                lambda rows, inputs, outputs, size: flops_and_bytes(
                    rows, inputs, outputs, size / 8
                )
            ),
        ),
        Mistake(
            "this is the height of the roof, in FLOPs a second; divide the FLOPs by it",
            speed,
        ),
        Mistake(
            "this is the time of the arithmetic alone; memory may be slower",
            lambda rows, inputs, outputs, size, rate, band: (
                work(rows, inputs, outputs) / rate
            ),
        ),
        Mistake(
            "this is the time of the bytes alone; arithmetic may be slower",
            lambda rows, inputs, outputs, size, rate, band: (
                flops_and_bytes(rows, inputs, outputs, size)[1] / band
            ),
        ),
    ),
)
