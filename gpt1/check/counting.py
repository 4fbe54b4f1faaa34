"""Exercises about counting parameters, FLOPs and seconds.

Those about the memory of training are in `counting_memory.py`.
"""

from dataclasses import replace

from gpt1 import count
from gpt1.check.counting_memory import (
    CHECKPOINTED_BYTES,
    EXACT,
    LARGEST_BATCH,
    SMALL,
    SMALL_SAYS,
    TALL,
    TALL_SAYS,
)
from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig

# GPT-2's number of parameters.


def gpt2_parameters(config):
    return count.parameters(config).total + 2 * config.width


def more(numbers):
    """GPT-1's count and some numbers more."""
    return lambda config: count.parameters(config).total + numbers(config)


def matrices(config):
    tables = (config.vocab_size + config.context) * config.width
    return tables + config.layers * 12 * config.width**2


SMALLEST_GPT2 = GPTConfig(vocab_size=50257, context=1024)

GPT2_PARAMETERS = Exercise(
    name="gpt2-parameters",
    verified="to the unit, for two small models and for GPT-2's smallest",
    cases=lambda: [
        (f"{SMALL_SAYS}:", (SMALL,)),
        (f"{TALL_SAYS}:", (TALL,)),
        ("GPT-2's smallest model:", (SMALLEST_GPT2,)),
    ],
    right=gpt2_parameters,
    tolerance=EXACT,
    mistakes=(
        Mistake(
            "this is GPT-1's count: the LayerNorm after the last block is not in it",
            more(lambda config: 0),
        ),
        Mistake(
            "a LayerNorm has a gain and a bias for each number of a state; you counted "
            "one of the two",
            more(lambda config: config.width),
        ),
        Mistake(
            "you added the ledger's row for two LayerNorms; there is one more, not two",
            more(lambda config: 4 * config.width),
        ),
        Mistake(
            "you added a LayerNorm to every block; there is one more in all, after the "
            "last block",
            more(lambda config: 2 * config.width * config.layers),
        ),
        Mistake(
            "the token embedding is in your count twice: the output projection is the "
            "same matrix and adds nothing",
            more(lambda config: (2 + config.vocab_size) * config.width),
        ),
        Mistake(
            "you counted the matrices alone; biases and gains are parameters too",
            matrices,
        ),
        Mistake(
            "the biases inside the blocks are missing",
            lambda config: matrices(config) + 2 * config.width,
        ),
        Mistake(
            "the table of positions is missing: it has a row for each place in the "
            "context",
            more(lambda config: (2 - config.context) * config.width),
        ),
        Mistake(
            "you put in the vocabulary and the context of GPT-2's smallest model; the "
            "config has its own",
            lambda config: gpt2_parameters(
                replace(config, vocab_size=50257, context=1024)
            ),
        ),
        Mistake(
            "1,536 is the LayerNorm of width 768; a config has a width of its own",
            more(lambda config: 1536),
        ),
        Mistake(
            "your answer is always that of GPT-2's smallest model: count the config "
            "that you are given",
            lambda config: gpt2_parameters(SMALLEST_GPT2),
        ),
    ),
)


# The FLOPs of one more token.


def flops_per_token(config, keys):
    """As `count.flops`, for any number of keys, 0 too."""
    each = 4 * keys * config.width * config.layers
    return count.flops(config, 1).total + each - 4 * config.width * config.layers


def next_token_flops(config, past):
    return flops_per_token(config, past + 1)


NEXT_TOKEN_FLOPS = Exercise(
    name="next-token-flops",
    verified="for an empty cache, a full one and some between, to the unit",
    cases=lambda: (
        [(f"{SMALL_SAYS}, and past = {past}:", (SMALL, past)) for past in (0, 1, 4)]
        + [(f"{TALL_SAYS}, and past = {past}:", (TALL, past)) for past in (0, 9)]
    ),
    right=next_token_flops,
    tolerance=EXACT,
    mistakes=(
        Mistake(
            "one key is missing: the new token looks at itself too",
            flops_per_token,
        ),
        Mistake(
            "one key is missing: the new token looks at itself too",
            lambda config, past: count.flops(config, past).total,
        ),
        Mistake(
            "this computes the earlier tokens once more; with a cache only the new one "
            "is computed",
            lambda config, past: (past + 1) * flops_per_token(config, past + 1),
        ),
        Mistake(
            "this is the cost with a full context; the new token meets only as many "
            "keys as there are so far",
            lambda config, past: flops_per_token(config, config.context),
        ),
        Mistake(
            "this is the cost of a token that is alone: it looks at the earlier ones "
            "as well",
            lambda config, past: flops_per_token(config, 1),
        ),
        Mistake(
            "this is training, three times the forward pass that is asked for",
            lambda config, past: 3 * flops_per_token(config, past + 1),
        ),
        Mistake(
            "a multiplication and an addition are two FLOPs; you took them for one",
            lambda config, past: flops_per_token(config, past + 1) // 2,
        ),
        Mistake(
            "the scores of queries and keys are one product of attention; the weights "
            "and values are the other",
            lambda config, past: (
                flops_per_token(config, 0)
                + 2 * (past + 1) * config.width * config.layers
            ),
        ),
        Mistake(
            "the logits are missing: the new token's state is multiplied with the "
            "whole token embedding",
            lambda config, past: (
                flops_per_token(config, past + 1) - 2 * config.width * config.vocab_size
            ),
        ),
    ),
)


# The time that the next token of several texts takes.


def writing_seconds(config, texts, flop_rate, byte_rate):
    computing, reading = two_times(config, texts, flop_rate, byte_rate)
    return max(computing, reading)


def two_times(config, texts, flop_rate, byte_rate):
    """The seconds to compute, and the seconds to read."""
    flops = texts * count.flops(config).total
    held = count.generation_memory(config, texts).total
    return flops / flop_rate, held / byte_rate


def machines():
    says = f"{SMALL_SAYS}, "
    rates = "1,000 FLOP/s and 1,000 bytes/s"
    fast = "1 GFLOP/s and 1,000 bytes/s"
    rich = "1,000 FLOP/s and 1 GB/s"
    return [
        (f"{says}1 text, {rates}:", (SMALL, 1, 1e3, 1e3)),
        (f"{says}2 texts, {fast}:", (SMALL, 2, 1e9, 1e3)),
        (f"{says}3 texts, {rich}:", (SMALL, 3, 1e3, 1e9)),
        ("GPT-1, 8 texts, 1 TFLOP/s, 100 GB/s:", (GPTConfig(), 8, 1e12, 1e11)),
        ("GPT-1, 40 texts, 100 GFLOP/s, 100 GB/s:", (GPTConfig(), 40, 1e11, 1e11)),
    ]


def weights(config):
    return count.generation_memory(config)["weights"]


def cache(config):
    return count.generation_memory(config)["keys and values"]


def slower(flops, held):
    """The longer of two times, from other FLOPs or other bytes."""

    def answer(config, texts, flop_rate, byte_rate):
        return max(flops(config, texts) / flop_rate, held(config, texts) / byte_rate)

    return answer


def all_flops(config, texts):
    return texts * count.flops(config).total


def all_bytes(config, texts):
    return weights(config) + texts * cache(config)


WRITING_SECONDS = Exercise(
    name="writing-seconds",
    verified="where arithmetic is the limit and where memory is, for 1 to 40 texts",
    cases=machines,
    right=writing_seconds,
    mistakes=(
        Mistake(
            "you added the two times; computing and reading go on together, and the "
            "slower one is the limit",
            lambda *given: sum(two_times(*given)),
        ),
        Mistake(
            "you took the faster of the two; the work is done when both are",
            lambda *given: min(two_times(*given)),
        ),
        Mistake(
            "you read the weights once for each text; they are read once, and serve "
            "all texts",
            slower(
                all_flops,
                lambda config, texts: texts * (weights(config) + cache(config)),
            ),
        ),
        Mistake(
            "the keys and values are missing: every text has a cache, and all of it is "
            "read",
            slower(all_flops, lambda config, texts: weights(config)),
        ),
        Mistake(
            "you read the cache of one text; every text has its own",
            slower(all_flops, lambda config, texts: weights(config) + cache(config)),
        ),
        Mistake(
            "these are the FLOPs of one text; every text has a token to compute",
            slower(lambda config, texts: count.flops(config).total, all_bytes),
        ),
        Mistake(
            "this is the cost of all tokens of the texts; each text gets one, and its "
            "others are in the cache",
            slower(
                lambda config, texts: config.context * all_flops(config, texts),
                all_bytes,
            ),
        ),
        Mistake(
            "your tokens look at themselves alone; each is the last of a full context",
            slower(
                lambda config, texts: texts * count.flops(config, 1).total, all_bytes
            ),
        ),
        Mistake(
            "one key is missing: the last token of a text looks at itself too",
            slower(
                lambda config, texts: (
                    texts * flops_per_token(config, config.context - 1)
                ),
                all_bytes,
            ),
        ),
        Mistake(
            "this is the time for each text; the seconds of the whole step are asked "
            "for",
            lambda config, texts, *rates: (
                writing_seconds(config, texts, *rates) / texts
            ),
        ),
        Mistake(
            "you count the numbers that are read; each has 4 bytes",
            slower(all_flops, lambda config, texts: all_bytes(config, texts) / 4),
        ),
    ),
)


EXERCISES = (
    GPT2_PARAMETERS,
    NEXT_TOKEN_FLOPS,
    LARGEST_BATCH,
    WRITING_SECONDS,
    CHECKPOINTED_BYTES,
)
