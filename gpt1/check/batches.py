"""Exercises about windows, batches and their order."""

import math

import torch

from gpt1.check.exercise import Exercise

# How many steps?


def steps(tokens, context, batch_size, epochs):
    windows = (tokens - 1) // context
    return epochs * -(-windows // batch_size)


STEPS = Exercise(
    name="how-many-steps",
    verified="whole windows only, a last batch that may be smaller, and every epoch "
    "on its own",
    cases=lambda: [
        (6, 5, 1, 1),
        (5, 5, 1, 1),
        (23, 5, 2, 1),
        (23, 5, 3, 2),
        (11, 5, 1, 1),
        (10, 5, 1, 1),
        (17, 5, 4, 3),
        (10_000, 512, 4, 3),
        (512, 512, 64, 100),
        (513, 512, 64, 100),
    ],
    right=steps,
    mistakes="""
        tokens - 1 -> tokens
            your window of 5 uses 5 tokens. It needs 6, because its last target is one
            token further on
        -(-windows // batch_size) -> max(-(-windows // batch_size), 1)
            a text too short for a window makes no steps, but yours makes one in each
            epoch
        (tokens - 1) // context -> -((1 - tokens) // context)
            you counted a window for the tokens left over at the end. They don't fill a
            window and aren't used, so round down
        (tokens - 1) // context -> tokens // (context + 1)
            you cut the text into blocks of context + 1 tokens. Windows start context
            tokens apart, so neighbours share the token where they meet
        (tokens - 1) // context -> max(tokens - context, 0)
            you start a window at every token. Windows start context tokens apart
        -(-windows // batch_size) -> (windows // batch_size)
            you drop the last batch of an epoch when it isn't full. It still counts as a
            step, with fewer windows in it
        epochs * -(-windows // batch_size) -> -(-epochs * windows // batch_size)
            you counted batches across all epochs at once. Each epoch ends with its own
            last batch, full or not, so round up in every epoch
        epochs * ->
            these are the steps of one epoch. Multiply them by the number of epochs
        -(-windows // batch_size) -> windows
            you counted windows. A step reads a whole batch of them, so divide by the
            batch size
        tokens - 1 -> tokens - 2
            your window of 5 uses 7 tokens. It needs 6: 5 inputs and one more for the
            last target
        // context ->
            you start a window at every token. Divide by context, because windows start
            that far apart
        (tokens - 1) // context -> context
        tokens - 1 -> 1
            you don't use the number of tokens. The number of windows depends on it
        (tokens - 1) // context -> context // (tokens - 1)
            the fraction is upside down. Divide the number of tokens by context
        * -(-windows // batch_size) ->
            you make one step in each epoch. An epoch takes one step for each of its
            batches
        -windows // -> -windows /
            your number of steps has a fraction. A batch that isn't full still takes a
            whole step, so round up
        -(-windows // -> (-windows //
        -windows // -> windows //
        tokens - 1 -> 1 - tokens
        (-windows // batch_size) -> batch_size
            your number of steps is negative. To round up, you need both minus signs,
            one before the division and one inside it: -(-a // b)
    """,
)


# Until everything is read.


def epochs_needed(share):
    return -math.log(1 - share)


EPOCHS_NEEDED = Exercise(
    name="epochs-needed",
    verified="the epochs that leave 1 - share unread, for shares of 0.1 to 0.999",
    cases=lambda: [(0.5,), (0.1,), (0.8,), (0.99,), (0.999,)],
    right=epochs_needed,
    tolerance=2e-3,  # also for those who count the windows: N * log(1 - 1/N)
    mistakes="""
        -math.log -> math.log
            your number of epochs is negative, because the logarithm of a share is. Flip
            the sign
        1 - share -> share
            you took the logarithm of the given share. After these epochs, the share
            left unread should be 1 - share
        log -> log10
            you took the logarithm to base 10. After k epochs a share of e ** -k is left
            unread, so use the natural logarithm
        log -> log2
            you took the logarithm to base 2. After k epochs a share of e ** -k is left
            unread, so use the natural logarithm
        ... -> math.ceil(epochs_needed(share))
        ... -> round(epochs_needed(share))
        ... -> math.floor(epochs_needed(share))
            you rounded the result. Return the epochs with their decimals
        ... -> share / (1 - math.exp(-1))
            you took 63 percent of the whole text in every epoch. An epoch reads 63
            percent of what is still unread
        ... -> math.log(1 - share) / math.log(1 - math.exp(-1))
            in yours, an epoch leaves 63 percent of the unread windows unread. It leaves
            37 percent
        ... -> 1 - math.exp(-share)
            you went the other way, from epochs to the share that has been read. Go from
            the share to the epochs
        ... -> math.exp(-share)
            you went the other way, from epochs to the share left unread. Go from the
            share to the epochs
        math.log ->
        log -> exp
            you didn't take a logarithm. You need the k for which e ** -k equals 1 -
            share, and a logarithm gives it
        1 - share -> 1
            you don't use the share, so your result is 0 for every share. Take the
            logarithm of 1 - share
        1 - share -> 1 + share
        1 - share -> 2 - share
            you took the logarithm of a number above 1. The share left unread is 1 -
            share
    """,
)


# Overlapping windows.


def overlapping(ids, context, stride):
    starts = range(0, len(ids) - context, stride)
    windows = torch.stack([ids[start : start + context + 1] for start in starts])
    return windows[:, :-1], windows[:, 1:]


def texts():
    """Texts in which a token tells its place: 10, 11, 12..."""
    sizes = [(4, 3, 1), (6, 3, 1), (7, 3, 2), (11, 5, 5), (12, 4, 3), (14, 4, 3)]
    return [
        (
            f"{tokens} tokens, a context of {context} and a stride of {stride}:",
            (torch.arange(10, 10 + tokens), context, stride),
        )
        for tokens, context, stride in [*sizes, (23, 5, 2)]
    ]


def cut(ids, context, starts, shift=1):
    """Windows at given places, as lists: what has no target is left out."""
    ids = ids.tolist()
    inputs = [ids[start : start + context] for start in starts]
    targets = [ids[start + shift : start + shift + context] for start in starts]
    return inputs, targets


OVERLAPPING = Exercise(
    name="overlapping-windows",
    verified="a window every stride tokens, targets one token further on, and no "
    "window without its last target",
    cases=texts,
    right=overlapping,
    mistakes="""
        windows[:, 1:] -> windows[:, :-1]
            you didn't shift the targets. They equal the inputs, so copying would be
            enough to predict them
        ... -> (ids[:-1].unfold(0, context, stride), ids[2:].unfold(0, context, stride))
        ... -> (ids[:-2].unfold(0, context, stride), ids[2:].unfold(0, context, stride))
        ... -> cut(ids, context, range(0, len(ids) - context, stride), shift=2)
            you shifted the targets twice. Each should be one token after its input, not
            two
        windows[:, :-1], windows[:, 1:] -> windows[:, 1:], windows[:, :-1]
            you've swapped inputs and targets, so yours predict the token before. Each
            target should be the token after its input
        - context, stride -> - context, context
            your windows lie side by side, because you don't use the stride. Start them
            stride tokens apart
        - context, stride -> - context, 1
            your windows start at every token, because you don't use the stride. Start
            them stride tokens apart
        - context, stride -> - context, max(context - stride, 1)
            your windows overlap by stride tokens. They should start stride tokens apart
        ... -> cut(ids, context, range(0, len(ids) - context + 1, stride))
        ... -> (ids.unfold(0, context, stride), ids[1:].unfold(0, context, stride))
        len(ids) - context -> len(ids) - context + 1
            your last window may lack its last target. A window of context tokens needs
            context + 1 tokens of the text
        ... -> cut(ids, context, range(0, len(ids) - context - 1, stride))
        len(ids) - context -> len(ids) - context - 1
            you left out the last window that fits. Its inputs may end at the last token
            but one, with the last token as the last target
        windows[:, :-1], windows[:, 1:] -> list(zip(windows[:, :-1], windows[:, 1:]))
            you returned a pair for each window. Return two things: all the inputs and
            all the targets
        - context, stride -> - context, stride + 1
            your windows start stride + 1 tokens apart. Start them stride tokens apart
        start + context + 1 -> start + context
        start + context + 1 -> start + context - 1
        start + context + 1 -> start + 1
        start + context + 1 -> 1
        ids[start: -> ids[start + 1:
            your windows are too short. The inputs and their targets together need
            context + 1 tokens, beginning at start
        start + context + 1 -> start - context + 1
            you subtracted context from start. A window runs from start to start +
            context + 1
        :-1 -> :
            your inputs have context + 1 tokens. Leave out the last token of each
            window, which is only a target
        :-1 -> :-2
        :-1 -> :1
        :-1 -> :0
            your inputs are too short. They are all the tokens of a window except the
            last
        1:] -> :]
            your targets have context + 1 tokens. Leave out the first token of each
            window, which is only an input
        1:] -> 2:]
            your targets are too short. They are all the tokens of a window except the
            first
    """,
)


# Go on with a larger batch.


def translated(state, batch_size):
    windows = state["done"] * state["batch_size"]
    if windows % batch_size:
        raise ValueError(windows)
    done = windows // batch_size
    return {**state, "done": done, "batch_size": batch_size}


def places():
    def place(done, batch_size, **others):
        state = {"epoch": 1, "done": done, "seed": 0, "batch_size": batch_size}
        return {**state, "windows": 50, **others}

    cases = [
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
    said = "{done} batches of {batch_size} done, and a new size of"
    return [(f"{said.format(**state)} {size}:", (state, size)) for state, size in cases]


def whole(answer, state, batch_size):
    """What an answer returns; a number of batches that is a float is told apart."""
    found = answer(state, batch_size)
    if isinstance(found, dict) and isinstance(found.get("done"), float):
        found = {**found, "done": f"{found['done']}, a float"}
    return found


TRANSLATED = Exercise(
    name="translated-place",
    verified="as many windows are done as before, and a place inside a batch raises a "
    "ValueError",
    cases=places,
    right=translated,
    observe=whole,
    mistakes="""
        raise ValueError(windows) -> pass
        and windows // batch_size -> state["done"]
            done still counts batches of the old size. The number of windows already
            read stays the same, but the number of batches changes
        raise ValueError(windows) -> pass
        and windows // batch_size -> state["done"] * batch_size // state["batch_size"]
            the ratio is upside down. With larger batches, fewer of them have been done
        windows // batch_size -> windows
        raise ValueError(windows) -> pass
        and windows // batch_size -> windows
            your done counts windows. It should count batches of the new size
        raise ValueError(windows) -> pass
            when the place falls inside a batch, you round down, so some windows would
            be read twice. Raise a ValueError instead
        raise ValueError(windows) -> pass
        and windows // batch_size -> -(-windows // batch_size)
            when the place falls inside a batch, you round up, so some windows would be
            left out. Raise a ValueError instead
        raise ValueError(windows) -> pass
        and windows // -> windows /
            when the place falls inside a batch, your done is a fraction. Raise a
            ValueError instead
        windows // -> windows /
            your done is a float, such as 2.0. Batches slices a list with it, which
            needs a whole number, so divide with //
        "batch_size": batch_size ->
            your new place still has the old batch_size, so the new Batches would raise
            an error. Update it too
        "done": done -> "done": done, "epoch": 0
            you reset the epoch. It's still the same epoch, so keep its number
        **state, ->
            your new place is missing some of the values. Keep epoch, seed and windows
            as they were
        {**state, "done": done, "batch_size": batch_size} -> done
            this is just the number of batches. Return a whole place, a dictionary like
            state
        ValueError(windows) -> AssertionError
            this is nearly right, but a place inside a batch should raise a ValueError,
            and assert raises an AssertionError
        windows % batch_size -> windows % batch_size or batch_size % state["batch_size"]
            you raise an error whenever the new size isn't a multiple of the old one.
            Check instead whether the windows already done fill whole batches
        raise ValueError(windows) -> pass
        and windows // batch_size \
            -> state["done"] // (batch_size // state["batch_size"])
        windows % batch_size -> batch_size % state["batch_size"]
        and windows // batch_size \
            -> state["done"] // (batch_size // state["batch_size"])
            you divided by the ratio of the two sizes, which need not be a whole number.
            Count the windows already done, then divide by the new size
        if windows -> if state["windows"]
            you check whether all the windows fill whole batches. Check only the windows
            already done
        * state["batch_size"] ->
            you treated the batches already done as windows. Each of them held
            batch_size windows, so multiply by the old batch_size
        windows // batch_size -> batch_size
            your done is the new batch size. It should be the number of batches of that
            size
        windows // batch_size -> batch_size // windows
            the fraction is upside down. Divide the windows already done by the new
            batch size
    """,
)


EXERCISES = (STEPS, EPOCHS_NEEDED, OVERLAPPING, TRANSLATED)
