"""Exercises about the memory of training, and the models that counting shares."""

from dataclasses import replace

from gpt1 import count
from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig

EXACT = 1e-9
"""Counts are right to the unit."""

SMALL = GPTConfig(vocab_size=11, context=5, width=6, layers=2, heads=2)
TALL = GPTConfig(vocab_size=30, context=16, width=8, layers=5, heads=4)
SMALL_SAYS = "a vocabulary of 11, a context of 5, a width of 6, 2 layers"
TALL_SAYS = "a vocabulary of 30, a context of 16, a width of 8, 5 layers"


# The batch that fits.


def largest_batch(config, budget):
    return fitting(lambda batch: count.training_memory(config, batch).total, budget)


def fitting(need, budget):
    """The last batch whose need is within the budget."""
    batch = 0
    while need(batch + 1) <= budget:
        batch += 1
    return batch


def budgets():
    calm = replace(SMALL, dropout=0.0)
    small, tall = (
        lambda batch, config=config: count.training_memory(config, batch).total
        for config in (calm, TALL)
    )
    says = "2 layers of width 6, without dropout, "
    deep = "5 layers of width 8, with dropout, "
    return [
        (f"{says}and 10 bytes:", (calm, 10)),
        (f"{says}and a byte too few for one sequence:", (calm, small(1) - 1)),
        (f"{says}and room for 1 sequence, to the byte:", (calm, small(1))),
        (f"{says}and room for 3 and a half:", (calm, (small(3) + small(4)) // 2)),
        (f"{deep}and room for 9 sequences, to the byte:", (TALL, tall(9))),
        (f"{deep}and room for 20 and a half:", (TALL, (tall(20) + tall(21)) // 2)),
    ]


def of_one(config, budget):
    """By a division, as if all sequences kept as much as a single one."""
    fixed = 16 * count.parameters(config).total
    return int(budget - fixed) // count.activations(config, 1).total


LARGEST_BATCH = Exercise(
    name="largest-batch",
    verified="with and without dropout, to the byte, and 0 where none fits",
    cases=budgets,
    right=largest_batch,
    mistakes=(
        Mistake(
            "one too many: this is the first batch that does not fit",
            lambda config, budget: largest_batch(config, budget) + 1,
        ),
        Mistake(
            "a batch that needs the budget to the last byte fits: at most, not less",
            lambda config, budget: largest_batch(config, budget - 1),
        ),
        Mistake(
            "where not even one sequence fits, the answer is 0",
            lambda config, budget: max(1, largest_batch(config, budget)),
        ),
        Mistake(
            "where not even one sequence fits, the answer is 0, not a negative number "
            "or None",
            lambda config, budget: largest_batch(config, budget) or None,
        ),
        Mistake(
            "you divide by what one sequence keeps; with dropout a sequence that is "
            "alone keeps more than one among others, so ask for each batch as it is",
            lambda config, budget: max(0, of_one(config, budget)),
        ),
        Mistake(
            "you divide by what one sequence keeps: with dropout one alone keeps more, "
            "and below one sequence your answer is negative",
            of_one,
        ),
        Mistake(
            "the activations are not all: weights, gradients and Adam's moments want "
            "their place too",
            lambda config, budget: fitting(
                lambda batch: count.activations(config, batch).total, budget
            ),
        ),
        Mistake(
            "beside the activations you have room for the weights alone; gradients and "
            "Adam's moments are three times as much again",
            lambda config, budget: fitting(
                lambda batch: (
                    count.activations(config, batch).total
                    + 4 * count.parameters(config).total
                ),
                budget,
            ),
        ),
        Mistake(
            "dropout is not in your bill: take the config as it is",
            lambda config, budget: largest_batch(replace(config, dropout=0.0), budget),
        ),
    ),
)


# The bytes that checkpointing keeps.


def checkpointed_bytes(config, batch):
    return of_rows(config, batch, "attention input", *ENDS)


ENDS = "final state", "log-probabilities"


def of_rows(config, batch, *rows):
    ledger = count.activations(config, batch)
    return sum(ledger[row] for row in rows)


def of_states(states):
    """Some states of the batch, and the log-probabilities."""

    def answer(config, batch):
        one = of_rows(config, batch, "final state")
        rest = of_rows(config, batch, "log-probabilities")
        return states(config) * one + rest

    return answer


def one_block(config, batch):
    """What is kept in one block when nothing is checkpointed."""
    ledger = count.activations(config, batch)
    ends = sum(ledger[row] for row in ENDS)
    return (ledger.total - ends) // config.layers


CALM = replace(SMALL, dropout=0.0)
CALM_TALL = replace(TALL, dropout=0.0)

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
    mistakes=(
        Mistake(
            "this is what is kept without checkpointing",
            lambda config, batch: count.activations(config, batch).total,
        ),
        Mistake(
            "the last block's output is missing: the product with the token embedding "
            "wants it for its gradient",
            of_states(lambda config: config.layers),
        ),
        Mistake(
            "the log-probabilities are missing: the loss is after the blocks and keeps "
            "its row as before",
            lambda config, batch: of_rows(
                config, batch, "attention input", "final state"
            ),
        ),
        Mistake(
            "two rows come after the blocks, the last state and the log-probabilities; "
            "both are missing",
            lambda config, batch: of_rows(config, batch, "attention input"),
        ),
        Mistake(
            "a block's output is the next one's input: it is kept once, not twice",
            of_states(lambda config: 2 * config.layers + 1),
        ),
        Mistake(
            "a block's output is the next one's input: it is kept once, not twice",
            of_states(lambda config: 2 * config.layers),
        ),
        Mistake(
            "this holds the input of one block; each block keeps its own",
            of_states(lambda config: 2),
        ),
        Mistake(
            "a row of the ledger is the sum over all layers already; you multiplied by "
            "the layers once more",
            of_states(lambda config: config.layers**2 + 1),
        ),
        Mistake(
            "you added the block that is computed again; that is in the backward pass, "
            "and what is kept before it is asked for",
            lambda config, batch: (
                checkpointed_bytes(config, batch) + one_block(config, batch)
            ),
        ),
        Mistake(
            "these are numbers; each of them has 4 bytes",
            lambda config, batch: checkpointed_bytes(config, batch) / 4,
        ),
        Mistake(
            "this is one sequence; the batch has more",
            lambda config, batch: checkpointed_bytes(config, 1),
        ),
    ),
)
