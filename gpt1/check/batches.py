"""Exercises about batches and embeddings."""

import math

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.windows import OVERLAPPING, STEPS, up

# Until everything is read.


def epochs_needed(share):
    return -math.log(1 - share)


EPOCHS_NEEDED = Exercise(
    name="epochs-needed",
    verified="the epochs that leave 1 - share unread, for shares of 0.1 to 0.999",
    cases=lambda: [(0.5,), (0.1,), (0.8,), (0.99,), (0.999,)],
    right=epochs_needed,
    tolerance=2e-3,  # also for those who count the windows: N * log(1 - 1/N)
    mistakes=(
        Mistake(
            "your epochs are below 0: the logarithm of a share is, so turn its sign",
            lambda share: math.log(1 - share),
        ),
        Mistake(
            "after these epochs the given share is unread; you want the rest, "
            "1 - share, to be unread",
            lambda share: -math.log(share),
        ),
        Mistake(
            "you took the logarithm to base 10; k epochs leave e to the -k unread",
            lambda share: -math.log10(1 - share),
        ),
        Mistake(
            "you took the logarithm to base 2; k epochs leave e to the -k unread",
            lambda share: -math.log2(1 - share),
        ),
        *(
            Mistake(
                "you rounded; the epochs are asked for with decimals",
                lambda share, whole=whole: whole(epochs_needed(share)),
            )
            for whole in (math.ceil, round, math.floor)
        ),
        Mistake(
            "an epoch does not read 63 percent of the whole each time, but of what is "
            "still unread",
            lambda share: share / (1 - math.exp(-1)),
        ),
        Mistake(
            "an epoch leaves 37 percent of the unread windows unread; in yours it "
            "leaves 63 percent",
            lambda share: math.log(1 - share) / math.log(1 - math.exp(-1)),
        ),
        Mistake(
            "you went the other way, from epochs to the share that is read",
            lambda epochs: 1 - math.exp(-epochs),
        ),
        Mistake(
            "you went the other way, from epochs to the share that is unread",
            lambda epochs: math.exp(-epochs),
        ),
    ),
)


# The backward pass of a look-up.


def table_gradient(ids, gradient, vocab):
    return gradient.new_zeros(vocab, gradient.size(1)).index_add(0, ids, gradient)


def looked_up():
    dice = torch.Generator().manual_seed(4)

    def case(ids, width, vocab):
        return torch.tensor(ids), torch.randn(len(ids), width, generator=dice), vocab

    return [
        ("ids [1], vocab 3:", case([1], 2, 3)),
        ("ids [2, 0], vocab 4:", case([2, 0], 3, 4)),
        ("ids [1, 1], vocab 2:", case([1, 1], 2, 2)),
        ("ids [0, 1, 2, 3, 0, 4, 5], vocab 11:", case([0, 1, 2, 3, 0, 4, 5], 5, 11)),
        ("ids [3, 1, 3, 3, 1], vocab 5:", case([3, 1, 3, 3, 1], 3, 5)),
    ]


def last_wins(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(-1))
    for place, row in enumerate(ids.tolist()):
        result[row] = gradient[place]
    return result


def first_wins(ids, gradient, vocab):
    return last_wins(ids.flip(0), gradient.flip(0), vocab)


TABLE_GRADIENT = Exercise(
    name="table-gradient",
    verified="a row gets the sum over all places where it was read, others get zeros",
    cases=looked_up,
    right=table_gradient,
    mistakes=(
        Mistake(
            "of two equal ids the last one wins: result[ids] writes a row once for "
            "each place, and what counts is the last; a row gets the sum",
            last_wins,
        ),
        Mistake(
            "of two equal ids the first one wins; a row gets the sum over all places",
            first_wins,
        ),
        Mistake(
            "you took the mean over the places where a token stood; a row gets the sum",
            lambda ids, gradient, vocab: (
                table_gradient(ids, gradient, vocab)
                / ids.bincount(minlength=vocab).clamp(min=1)[:, None]
            ),
        ),
        Mistake(
            "every place sends back ones in yours, as in the chapter's figure; here "
            "the place sends back its row of gradient",
            lambda ids, gradient, vocab: table_gradient(
                ids, torch.ones_like(gradient), vocab
            ),
        ),
        Mistake(
            "this has a row for each place; a gradient has the shape of what it "
            "belongs to, the table: (vocab, width)",
            lambda ids, gradient, vocab: gradient,
        ),
        Mistake(
            "your table ends at the largest id that was read; it has vocab rows",
            lambda ids, gradient, vocab: table_gradient(
                ids, gradient, int(ids.max()) + 1
            ),
        ),
        Mistake(
            "this has a row for each different id; the table has vocab rows, and those "
            "that were not read get zeros",
            lambda ids, gradient, vocab: table_gradient(ids, gradient, vocab)[
                ids.unique()
            ],
        ),
        Mistake(
            "rows and columns are exchanged: the table is (vocab, width)",
            lambda ids, gradient, vocab: table_gradient(ids, gradient, vocab).T,
        ),
        Mistake(
            "every row got the sum over all places; a row's own places count",
            lambda ids, gradient, vocab: gradient.sum(0).expand(vocab, -1),
        ),
        Mistake(
            "the sign is turned: this is the way downhill, the gradient points uphill",
            lambda ids, gradient, vocab: -table_gradient(ids, gradient, vocab),
        ),
    ),
)


# Go on with a larger batch.


def translated(state, batch_size):
    windows = state["done"] * state["batch_size"]
    if windows % batch_size:
        raise ValueError(f"{windows} windows are done: no multiple of {batch_size}")
    return moved(state, windows // batch_size, batch_size)


def moved(state, done, batch_size):
    return {**state, "done": done, "batch_size": batch_size}


def places():
    def place(done, batch_size, **others):
        state = {"epoch": 1, "done": done, "seed": 0, "batch_size": batch_size}
        return {**state, "windows": 50, **others}

    return [
        (f"{state['done']} batches of {state['batch_size']} done, now of {size}:", case)
        for case in [
            (place(4, 2), 4),
            (place(3, 2), 3),
            (place(5, 4), 2),
            (place(3, 4), 6),
            (place(7, 4, epoch=3, seed=None), 4),
            (place(0, 2), 5),
            (place(3, 2), 4),
            (place(2, 4), 5),
            (place(40, 32, windows=5469), 64),
        ]
        for state, size in [case]
    ]


def whole(answer, state, batch_size):
    """What an answer returns; a number of batches that is a float is told apart."""
    found = answer(state, batch_size)
    if isinstance(found, dict) and isinstance(found.get("done"), float):
        found = {**found, "done": f"{found['done']}, a float"}
    return found


def counting(done, new=lambda state, batch_size: batch_size):
    """An answer with another count of batches, which never refuses."""
    return lambda state, batch_size: moved(
        state, done(state, batch_size), new(state, batch_size)
    )


def windows_done(state):
    return state["done"] * state["batch_size"]


def asserting(state, batch_size):
    assert windows_done(state) % batch_size == 0
    return translated(state, batch_size)


def multiples_only(state, batch_size):
    times, rest = divmod(batch_size, state["batch_size"])
    if rest or state["done"] % times:
        raise ValueError("the new size is no multiple")
    return moved(state, state["done"] // times, batch_size)


def whole_ratio(state, batch_size):
    return moved(
        state, state["done"] // (batch_size // state["batch_size"]), batch_size
    )


def whole_ratio_or_refuse(state, batch_size):
    if batch_size % state["batch_size"]:
        raise ValueError("the new size is no multiple")
    return whole_ratio(state, batch_size)


def all_windows(state, batch_size):
    if state["windows"] % batch_size:
        raise ValueError("the windows are no multiple")
    return moved(state, windows_done(state) // batch_size, batch_size)


def changed(change):
    """The right answer, and then something else is done to it."""
    return lambda state, batch_size: change(state, translated(state, batch_size))


TRANSLATED = Exercise(
    name="translated-place",
    verified="as many windows are done as before; places inside a batch are refused",
    cases=places,
    right=translated,
    observe=whole,
    mistakes=(
        Mistake(
            "done still counts batches of the old size: the windows that were read "
            "stay the same, not the batches",
            counting(lambda state, size: state["done"]),
        ),
        Mistake(
            "the ratio is upside down: larger batches mean fewer of them are done",
            counting(lambda state, size: state["done"] * size // state["batch_size"]),
        ),
        Mistake(
            "done counts windows in yours; it counts batches of the new size",
            counting(lambda state, size: windows_done(state)),
        ),
        *(
            Mistake(
                "where the place falls inside a batch you round down, and windows are "
                "read twice; raise a ValueError",
                counting(done),
            )
            for done in (
                lambda state, size: windows_done(state) // size,
                lambda state, size: int(windows_done(state) / size),
            )
        ),
        Mistake(
            "where the place falls inside a batch you round up, and windows are left "
            "out; raise a ValueError",
            counting(lambda state, size: up(windows_done(state), size)),
        ),
        Mistake(
            "where the place falls inside a batch, done is a fraction; raise a "
            "ValueError",
            counting(lambda state, size: windows_done(state) / size),
        ),
        Mistake(
            "done is a float, such as 2.0; Batches cuts a list with it, which wants a "
            "whole number: divide with //",
            changed(lambda state, new: {**new, "done": float(new["done"])}),
        ),
        Mistake(
            "the new place still has the old batch_size, so the new batches refuse it",
            changed(lambda state, new: {**new, "batch_size": state["batch_size"]}),
        ),
        Mistake(
            "the epoch is lost: it is still the same epoch",
            changed(lambda state, new: {**new, "epoch": 0}),
        ),
        Mistake(
            "the new place has only some of the values; epoch, seed and windows stay "
            "as they were",
            changed(
                lambda state, new: {name: new[name] for name in ("done", "batch_size")}
            ),
        ),
        Mistake(
            "this is the number of batches; return a whole place, a dictionary like "
            "state",
            changed(lambda state, new: new["done"]),
        ),
        Mistake(
            "right, but a place inside a batch has to raise a ValueError, and an "
            "assert raises an AssertionError",
            asserting,
        ),
        Mistake(
            "you refuse every size that is no multiple of the old one; what counts is "
            "whether the windows that are done fill whole batches",
            multiples_only,
        ),
        *(
            Mistake(
                "you divide by the ratio of the two sizes as if it were a whole number "
                "and always fitted; count the windows that are done",
                answer,
            )
            for answer in (whole_ratio, whole_ratio_or_refuse)
        ),
        Mistake(
            "you ask whether all windows fill whole batches; what counts are those "
            "that are done",
            all_windows,
        ),
    ),
)


EXERCISES = (STEPS, EPOCHS_NEEDED, TABLE_GRADIENT, OVERLAPPING, TRANSLATED)
