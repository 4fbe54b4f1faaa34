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
    verified="exact, for two small models and for GPT-2's smallest",
    cases=lambda: [
        (f"{SMALL_SAYS}:", (SMALL,)),
        (f"{TALL_SAYS}:", (TALL,)),
        ("GPT-2's smallest model:", (SMALLEST_GPT2,)),
    ],
    right=gpt2_parameters,
    tolerance=EXACT,
    mistakes="""
        + 2 * config.width ->
            this is GPT-1's count. GPT-2 has one more LayerNorm, after the last block
        2 * config.width -> config.width
            you counted one parameter for each number of a state. A LayerNorm has two, a
            gain and a bias
        2 * config.width -> 4 * config.width
            you added two LayerNorms, as the ledger's row has them. GPT-2 has only one
            more than GPT-1
        config.width -> config.width * config.layers
            you added a LayerNorm to every block. There is only one more in all, after
            the last block
        2 * -> (2 + config.vocab_size) *
            you counted the token embedding twice. The output projection is the same
            matrix, so it adds nothing
        ... -> config.width * (config.vocab_size + config.context \
            + 12 * config.layers * config.width)
            you counted only the matrices. Biases and gains are parameters too
        ... -> config.width * (config.vocab_size + config.context \
            + 12 * config.layers * config.width + 2)
            the biases inside the blocks are missing. Count them too
        2 * -> (2 - config.context) *
            the position embedding is missing. It has one row for each place in the
            context
        ... -> gpt2_parameters(replace(config, vocab_size=50257, context=1024))
            you used the vocabulary and context of GPT-2's smallest model. Use those of
            the config
        2 * config.width -> 1536
            you added 1,536, which is a LayerNorm of width 768. Use the width of the
            config
        ... -> gpt2_parameters(SMALLEST_GPT2)
            you always return the count of GPT-2's smallest model. Use the config that
            you are given
        count.parameters(config).total + ->
            this is only the last LayerNorm. Add the parameters of the rest of the model
        + 2 -> - 2
            you subtracted the last LayerNorm. GPT-2 has it in addition, so add it
        * config.width ->
        2 * config.width -> 2 / config.width
            a LayerNorm has 2 parameters for each number of a state, not 2 in all.
            Multiply 2 by the width
        2 * config.width -> 3 * config.width
            you counted three parameters for each number of a state. A LayerNorm has
            only two, a gain and a bias
    """,
)

# The FLOPs of one more token.


def next_token_flops(config, past):
    return count.flops(config, past + 1).total


NEXT_TOKEN_FLOPS = Exercise(
    name="next-token-flops",
    verified="exact, for an empty cache, a full one and some in between",
    cases=lambda: (
        [(f"{SMALL_SAYS}, and past = {past}:", (SMALL, past)) for past in (0, 1, 4)]
        + [(f"{TALL_SAYS}, and past = {past}:", (TALL, past)) for past in (0, 9)]
    ),
    right=next_token_flops,
    tolerance=EXACT,
    mistakes="""
        .total -> .total - 4 * config.width * config.layers
        past + 1 -> past
            you left out one key. The new token attends to itself too
        count -> (past + 1) * count
            you computed the earlier tokens again. With a cache, only the new one is
            computed
        past + 1 -> None
            this is the cost with a full context. The new token meets only the `past`
            earlier tokens and itself
        past + 1 -> 1
            this is the cost of a token on its own. It attends to the `past` earlier
            tokens as well
        count -> 3 * count
            this is the cost of training, three times the forward pass. The exercise
            wants only the forward pass
        .total -> .total // 2
            you counted a multiplication and an addition as one FLOP. They are two
        .total -> .total - 2 * (past + 1) * config.width * config.layers
            you counted one of attention's two products. Scores come from queries and
            keys, and the result comes from weights and values
        .total -> .total - 2 * config.width * config.vocab_size
            the logits are missing. The state of the new token is multiplied by the
            whole token embedding
        past + 1 -> past + 2
        .total -> .total + 4 * config.width * config.layers
            you counted one key too many. There are `past` earlier tokens, plus the new
            one
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
    verified="exact to the byte, with and without dropout, and 0 where no sequence "
    "fits",
    cases=budgets,
    right=largest_batch,
    mistakes="""
        return batch -> return batch + 1
            you went one too far: this is the first batch that doesn't fit
        <= -> <
            you left out a batch that needs exactly the whole budget. It still fits, so
            compare with <=
        return batch -> return max(1, batch)
            when not even one sequence fits, the answer should be 0
        return batch -> return batch or None
            when not even one sequence fits, the answer should be 0, not None
        ... -> max(0, of_one(config, budget))
            you divided by the memory of a single sequence. With dropout, a lone
            sequence keeps more than one among others, so check each batch size
        ... -> of_one(config, budget)
            you divided by the memory of a single sequence, but with dropout a lone one
            keeps more. Where none fits, the answer should be 0, not negative
        training_memory -> activations
            you counted only the activations. The weights, the gradients and Adam's
            moments need memory too
        training_memory(config, batch + 1).total \
            -> activations(config, batch + 1).total + 4 * count.parameters(config).total
            besides the activations, you counted only the weights. The gradients and
            Adam's moments need three times as much again
        config, batch + 1 -> replace(config, dropout=0.0), batch + 1
            you left out dropout. Use the config as it is
        ... -> 0
            you always return 0. Increase the batch as long as the next one still fits
        batch + 1 -> batch + 2
            you stopped one too early. Check whether the next batch fits, not the one
            after it
        batch += 1 -> batch += 2
            you increased the batch by 2 at a time, so you may miss the largest that
            fits. Increase it by 1
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
            you added the two times. Computing and reading happen at the same time, so
            the slower one is the limit
        max -> min
            you took the faster of the two times. The work is done only when both are,
            so take the slower one
        count.generation_memory(config, texts) \
            -> texts * count.generation_memory(config)
            you read the weights once for each text. They are read once for all the
            texts
        texts).total -> texts)["weights"]
            the keys and values are missing. Every text has its own cache, and all of it
            is read
        texts).total -> 1).total
            you read the cache of only one text. Every text has its own
        texts * ->
            these are the FLOPs of one text. Every text computes a token, so multiply by
            the number of texts
        texts * -> config.context * texts *
            this is the cost of all the tokens of the texts. Each text computes only one
            new token, because the others are in its cache
        flops(config) -> flops(config, 1)
            your tokens attend only to themselves. Each is the last token of a full
            context, so it attends to the whole context
        flops(config) -> flops(config, config.context - 1)
            you left out one key. The last token of a text attends to itself too
        return max -> return 1 / texts * max
            this is the time per text. Return the seconds of the whole step
        held / -> held / 4 /
            you counted numbers instead of bytes. Each number takes 4 bytes
        max(flops / flop_rate, held / byte_rate) -> held / byte_rate
            you always return the reading time. When computing takes longer, that is the
            limit, so take the larger of the two
        max(flops / flop_rate, held / byte_rate) -> flops / flop_rate
            you always return the computing time. When reading takes longer, that is the
            limit, so take the larger of the two
        flops / flop_rate -> flops
            you compared FLOPs with seconds. Divide the FLOPs by flop_rate to get
            seconds
        held / byte_rate -> held
            you compared bytes with seconds. Divide the bytes by byte_rate to get
            seconds
        flops / flop_rate -> flop_rate
        held / byte_rate -> byte_rate
            you used a rate as if it were a time. Divide the FLOPs or the bytes by their
            rate to get seconds
        flops / flop_rate -> flops * flop_rate
        held / byte_rate -> held * byte_rate
            you multiplied by a rate. Divide by it to get seconds
        flops / flop_rate -> flop_rate / flops
        held / byte_rate -> byte_rate / held
            the fraction is upside down. Divide the work by the rate to get seconds
        flops / flop_rate -> flops // flop_rate
        held / byte_rate -> held // byte_rate
            one of the two times is rounded down to whole seconds, as with //. Divide
            with / instead
    """,
)

# The bytes that checkpointing keeps.


def checkpointed_bytes(config, batch):
    ledger = count.activations(config, batch)
    rows = "attention input", "final state", "log-probabilities"
    return sum(ledger[row] for row in rows)


CHECKPOINTED_BYTES = Exercise(
    name="checkpointed-bytes",
    verified="exact to the byte: the blocks' inputs, the final state and the log- "
    "robabilities",
    cases=lambda: [
        (f"{SMALL_SAYS}, and 1 sequence:", (CALM, 1)),
        (f"{SMALL_SAYS}, and 3 sequences:", (CALM, 3)),
        (f"{TALL_SAYS}, and 2 sequences:", (CALM_TALL, 2)),
    ],
    right=checkpointed_bytes,
    tolerance=EXACT,
    mistakes="""
        sum(ledger[row] for row in rows) -> ledger.total
            this is what is kept without checkpointing. With it, most rows of the ledger
            go away
        "final state", ->
            the output of the last block is missing. Its product with the token
            embedding needs it for the gradient
        , "log-probabilities" ->
            the log-probabilities are missing. The loss comes after the blocks and keeps
            its row as before
        "final state", "log-probabilities" ->
            the two rows after the blocks are missing. Add the final state and the
            log-probabilities
        "attention input", -> "attention input", "attention input",
        "final state" -> "attention input"
            you counted the states between blocks twice. The output of one block is the
            input of the next, so it is kept once
        "attention input" -> "final state"
            this holds the input of only one block. Each block keeps its own
        in rows) -> in rows) + (config.layers - 1) * ledger["attention input"]
            you multiplied by the number of layers again. A row of the ledger is already
            the sum over all layers
        in rows) -> in rows) + (ledger.total - ledger[rows[1]] - ledger[rows[2]]) \
            // config.layers
            you added the block that is computed again in the backward pass. The
            exercise wants only what is kept before that
        ledger[row] -> ledger[row] // 4
            you counted numbers instead of bytes. Each number takes 4 bytes
        activations(config, batch) -> activations(config, 1)
            this is for one sequence. Use the whole batch
    """,
)


EXERCISES = (
    GPT2_PARAMETERS,
    NEXT_TOKEN_FLOPS,
    LARGEST_BATCH,
    WRITING_SECONDS,
    CHECKPOINTED_BYTES,
)
