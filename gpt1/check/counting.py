"""Exercises about counting parameters, FLOPs, bytes and seconds."""

from dataclasses import replace

from gpt1 import count
from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig

EXACT = 1e-9
"""Counts are right to the unit."""

SMALL = GPTConfig(vocab_size=11, context=5, width=6, layers=2, heads=2)
TALL = GPTConfig(vocab_size=30, context=16, width=8, layers=5, heads=4)
CALM, CALM_TALL = (replace(config, dropout=0.0) for config in (SMALL, TALL))
SMALL_SAYS = "a vocabulary of 11, a context of 5, a width of 6, 2 layers"
TALL_SAYS = "a vocabulary of 30, a context of 16, a width of 8, 5 layers"
SMALLEST_GPT2 = GPTConfig(vocab_size=50257, context=1024)

# GPT-2's number of parameters.


def gpt2_parameters(config):
    return count.parameters(config).total + 2 * config.width


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
    mistakes="""
        + 2 * config.width ->
            this is GPT-1's count: the LayerNorm after the last block is not in it
        2 * config.width -> config.width
            a LayerNorm has a gain and a bias for each number of a state; you counted
            one of the two
        2 * config.width -> 4 * config.width
            you added the ledger's row for two LayerNorms; there is one more, not two
        config.width -> config.width * config.layers
            you added a LayerNorm to every block; there is one more in all, after the
            last block
        2 * -> (2 + config.vocab_size) *
            the token embedding is in your count twice: the output projection is the
            same matrix and adds nothing
        ... -> config.width * (config.vocab_size + config.context \
            + 12 * config.layers * config.width)
            you counted the matrices alone; biases and gains are parameters too
        ... -> config.width * (config.vocab_size + config.context \
            + 12 * config.layers * config.width + 2)
            the biases inside the blocks are missing
        2 * -> (2 - config.context) *
            the table of positions is missing: it has a row for each place in the
            context
        ... -> gpt2_parameters(replace(config, vocab_size=50257, context=1024))
            you put in the vocabulary and the context of GPT-2's smallest model; the
            config has its own
        2 * config.width -> 1536
            1,536 is the LayerNorm of width 768; a config has a width of its own
        ... -> gpt2_parameters(SMALLEST_GPT2)
            your answer is always that of GPT-2's smallest model: count the config that
            you are given
        count.parameters(config).total + ->
            this is the last LayerNorm alone; the rest has parameters too
        + 2 -> - 2
            you took the last LayerNorm away: GPT-2 has it in addition
        * config.width ->
        2 * config.width -> 2 / config.width
            a LayerNorm has 2 parameters for each number of a state, not 2 in all
        2 * config.width -> 3 * config.width
            a LayerNorm has a gain and a bias, no third parameter for each number
    """,
)

# The FLOPs of one more token.


def next_token_flops(config, past):
    return count.flops(config, past + 1).total


NEXT_TOKEN_FLOPS = Exercise(
    name="next-token-flops",
    verified="for an empty cache, a full one and some between, to the unit",
    cases=lambda: (
        [(f"{SMALL_SAYS}, and past = {past}:", (SMALL, past)) for past in (0, 1, 4)]
        + [(f"{TALL_SAYS}, and past = {past}:", (TALL, past)) for past in (0, 9)]
    ),
    right=next_token_flops,
    tolerance=EXACT,
    mistakes="""
        .total -> .total - 4 * config.width * config.layers
        past + 1 -> past
            one key is missing: the new token looks at itself too
        count -> (past + 1) * count
            this computes the earlier tokens once more; with a cache only the new one is
            computed
        past + 1 -> None
            this is the cost with a full context; the new token meets only as many keys
            as there are so far
        past + 1 -> 1
            this is the cost of a token that is alone: it looks at the earlier ones as
            well
        count -> 3 * count
            this is training, three times the forward pass that is asked for
        .total -> .total // 2
            a multiplication and an addition are two FLOPs; you took them for one
        .total -> .total - 2 * (past + 1) * config.width * config.layers
            the scores of queries and keys are one product of attention; the weights and
            values are the other
        .total -> .total - 2 * config.width * config.vocab_size
            the logits are missing: the new token's state is multiplied with the whole
            token embedding
        past + 1 -> past + 2
        .total -> .total + 4 * config.width * config.layers
            one key too many: there are `past` earlier tokens, and the new one
    """,
)

# The batch that fits.


def largest_batch(config, budget):
    batch = 0
    while count.training_memory(config, batch + 1).total <= budget:
        batch += 1
    return batch


def of_one(config, budget):
    """By a division, as if all sequences kept as much as a single one."""
    fixed = 16 * count.parameters(config).total
    return int(budget - fixed) // count.activations(config, 1).total


def budgets():
    small, tall = (
        lambda batch, config=config: count.training_memory(config, batch).total
        for config in (CALM, TALL)
    )
    says = "2 layers of width 6, without dropout, "
    deep = "5 layers of width 8, with dropout, "
    return [
        (f"{says}and 10 bytes:", (CALM, 10)),
        (f"{says}and a byte too few for one sequence:", (CALM, small(1) - 1)),
        (f"{says}and room for 1 sequence, to the byte:", (CALM, small(1))),
        (f"{says}and room for 3 and a half:", (CALM, (small(3) + small(4)) // 2)),
        (f"{deep}and room for 9 sequences, to the byte:", (TALL, tall(9))),
        (f"{deep}and room for 20 and a half:", (TALL, (tall(20) + tall(21)) // 2)),
    ]


LARGEST_BATCH = Exercise(
    name="largest-batch",
    verified="with and without dropout, to the byte, and 0 where none fits",
    cases=budgets,
    right=largest_batch,
    mistakes="""
        return batch -> return batch + 1
            one too many: this is the first batch that does not fit
        <= -> <
            a batch that needs the budget to the last byte fits: at most, not less
        return batch -> return max(1, batch)
            where not even one sequence fits, the answer is 0
        return batch -> return batch or None
            where not even one sequence fits, the answer is 0, not a negative number or
            None
        ... -> max(0, of_one(config, budget))
            you divide by what one sequence keeps; with dropout a sequence that is alone
            keeps more than one among others, so ask for each batch as it is
        ... -> of_one(config, budget)
            you divide by what one sequence keeps: with dropout one alone keeps more,
            and below one sequence your answer is negative
        training_memory -> activations
            the activations are not all: weights, gradients and Adam's moments want
            their place too
        training_memory(config, batch + 1).total \
            -> activations(config, batch + 1).total + 4 * count.parameters(config).total
            beside the activations you have room for the weights alone; gradients and
            Adam's moments are three times as much again
        config, batch + 1 -> replace(config, dropout=0.0), batch + 1
            dropout is not in your bill: take the config as it is
        ... -> 0
            your answer is always 0: go up as long as the next batch fits
        batch + 1 -> batch + 2
            one too few: you stop where the batch after the next does not fit, and the
            next one may
        batch += 1 -> batch += 2
            you go up by 2 sequences at a time; the last that fits may lie between
    """,
)

# The time that the next token of several texts takes.


def writing_seconds(config, texts, flop_rate, byte_rate):
    flops = texts * count.flops(config).total
    held = count.generation_memory(config, texts).total
    return max(flops / flop_rate, held / byte_rate)


MACHINES = {
    "1 text, 1,000 FLOP/s and 1,000 bytes/s:": (SMALL, 1, 1e3, 1e3),
    "2 texts, 1 GFLOP/s and 1,000 bytes/s:": (SMALL, 2, 1e9, 1e3),
    "3 texts, 1,000 FLOP/s and 1 GB/s:": (SMALL, 3, 1e3, 1e9),
    "8 texts, 1 TFLOP/s, 100 GB/s:": (GPTConfig(), 8, 1e12, 1e11),
    "40 texts, 100 GFLOP/s, 100 GB/s:": (GPTConfig(), 40, 1e11, 1e11),
}

WRITING_SECONDS = Exercise(
    name="writing-seconds",
    verified="where arithmetic is the limit and where memory is, for 1 to 40 texts",
    cases=lambda: [
        (f"{SMALL_SAYS if case[0] is SMALL else 'GPT-1'}, {says}", case)
        for says, case in MACHINES.items()
    ],
    right=writing_seconds,
    mistakes="""
        max(flops / flop_rate, held / byte_rate) -> flops / flop_rate + held / byte_rate
            you added the two times; computing and reading go on together, and the
            slower one is the limit
        max -> min
            you took the faster of the two; the work is done when both are
        count.generation_memory(config, texts) \
            -> texts * count.generation_memory(config)
            you read the weights once for each text; they are read once, and serve all
            texts
        texts).total -> texts)["weights"]
            the keys and values are missing: every text has a cache, and all of it is
            read
        texts).total -> 1).total
            you read the cache of one text; every text has its own
        texts * ->
            these are the FLOPs of one text; every text has a token to compute
        texts * -> config.context * texts *
            this is the cost of all tokens of the texts; each text gets one, and its
            others are in the cache
        flops(config) -> flops(config, 1)
            your tokens look at themselves alone; each is the last of a full context
        flops(config) -> flops(config, config.context - 1)
            one key is missing: the last token of a text looks at itself too
        return max -> return 1 / texts * max
            this is the time for each text; the seconds of the whole step are asked for
        held / -> held / 4 /
            you count the numbers that are read; each has 4 bytes
        max(flops / flop_rate, held / byte_rate) -> held / byte_rate
            this is the time of the reading, always; where computing takes longer, that
            is the limit
        max(flops / flop_rate, held / byte_rate) -> flops / flop_rate
            this is the time of the computing, always; where reading takes longer, that
            is the limit
        flops / flop_rate -> flops
            you compare FLOPs with seconds: divide them by how many there are a second
        held / byte_rate -> held
            you compare bytes with seconds: divide them by how many there are a second
        flops / flop_rate -> flop_rate
        held / byte_rate -> byte_rate
            a rate is no time: the work is divided by it, FLOPs and bytes each by theirs
        flops / flop_rate -> flops * flop_rate
        held / byte_rate -> held * byte_rate
            you multiplied by how much is done a second; divide by it
        flops / flop_rate -> flop_rate / flops
        held / byte_rate -> byte_rate / held
            the fraction is upside down: the work is divided by how much is done a
            second
        flops / flop_rate -> flops // flop_rate
        held / byte_rate -> held // byte_rate
            one of the two times is rounded down to whole seconds, as by // in place of
            /
    """,
)

# The bytes that checkpointing keeps.


def checkpointed_bytes(config, batch):
    ledger = count.activations(config, batch)
    rows = "attention input", "final state", "log-probabilities"
    return sum(ledger[row] for row in rows)


CHECKPOINTED_BYTES = Exercise(
    name="checkpointed-bytes",
    verified="the blocks' inputs, the last state and the loss's own row, to the byte",
    cases=lambda: [
        (f"{SMALL_SAYS}, and 1 sequence:", (CALM, 1)),
        (f"{SMALL_SAYS}, and 3 sequences:", (CALM, 3)),
        (f"{TALL_SAYS}, and 2 sequences:", (CALM_TALL, 2)),
    ],
    right=checkpointed_bytes,
    tolerance=EXACT,
    mistakes="""
        sum(ledger[row] for row in rows) -> ledger.total
            this is what is kept without checkpointing
        "final state", ->
            the last block's output is missing: the product with the token embedding
            wants it for its gradient
        , "log-probabilities" ->
            the log-probabilities are missing: the loss is after the blocks and keeps
            its row as before
        "final state", "log-probabilities" ->
            two rows come after the blocks, the last state and the log-probabilities;
            both are missing
        "attention input", -> "attention input", "attention input",
        "final state" -> "attention input"
            a block's output is the next one's input: it is kept once, not twice
        "attention input" -> "final state"
            this holds the input of one block; each block keeps its own
        in rows) -> in rows) + (config.layers - 1) * ledger["attention input"]
            a row of the ledger is the sum over all layers already; you multiplied by
            the layers once more
        in rows) -> in rows) + (ledger.total - ledger[rows[1]] - ledger[rows[2]]) \
            // config.layers
            you added the block that is computed again; that is in the backward pass,
            and what is kept before it is asked for
        ledger[row] -> ledger[row] // 4
            these are numbers; each of them has 4 bytes
        activations(config, batch) -> activations(config, 1)
            this is one sequence; the batch has more
    """,
)


EXERCISES = (
    GPT2_PARAMETERS,
    NEXT_TOKEN_FLOPS,
    LARGEST_BATCH,
    WRITING_SECONDS,
    CHECKPOINTED_BYTES,
)
