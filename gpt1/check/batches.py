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
    verified="whole windows, a last batch that may be small, and every epoch anew",
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
            a window of 5 needs 6 tokens, since its last target lies one further on;
            yours needs 5
        -(-windows // batch_size) -> max(-(-windows // batch_size), 1)
            a text that fills no window makes no step; yours makes one in each epoch
        (tokens - 1) // context -> -((1 - tokens) // context)
            what is left at the end of the text fills no window and is not used: round
            the windows down
        (tokens - 1) // context -> tokens // (context + 1)
            you cut blocks of context + 1 tokens; windows lie side by side, context
            tokens apart, and share the token where they meet
        (tokens - 1) // context -> max(tokens - context, 0)
            you begin a window at every token; windows lie context tokens apart
        -(-windows // batch_size) -> (windows // batch_size)
            you drop the last batch of an epoch where it is not full; it is read, with
            fewer windows
        epochs * -(-windows // batch_size) -> -(-epochs * windows // batch_size)
            you count through all epochs at once; each epoch ends with a batch of its
            own, full or not
        epochs * ->
            these are the steps of one epoch
        -(-windows // batch_size) -> windows
            these are windows; a step reads a batch of them
        tokens - 1 -> tokens - 2
            a window of 5 and its last target are 6 tokens; yours asks for 7
        // context ->
            windows do not begin at every token: divide by context
        (tokens - 1) // context -> context
        tokens - 1 -> 1
            the tokens of the text are not used; how many windows there are depends on
            them
        (tokens - 1) // context -> context // (tokens - 1)
            the fraction is upside down: the tokens are divided by context
        * -(-windows // batch_size) ->
            you make one step in each epoch; it takes one for each of its batches
        -windows // -> -windows /
            your steps have fractions; a batch that is not full is a whole step
        -(-windows // -> (-windows //
        -windows // -> windows //
        tokens - 1 -> 1 - tokens
        (-windows // batch_size) -> batch_size
            your number of steps is below 0; a minus before a division and another
            behind it, -(-a // b), round up
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
            your epochs are below 0: the logarithm of a share is, so turn its sign
        1 - share -> share
            after these epochs the given share is unread; you want the rest, 1 - share,
            to be unread
        log -> log10
            you took the logarithm to base 10; k epochs leave e to the -k unread
        log -> log2
            you took the logarithm to base 2; k epochs leave e to the -k unread
        ... -> math.ceil(epochs_needed(share))
        ... -> round(epochs_needed(share))
        ... -> math.floor(epochs_needed(share))
            you rounded; the epochs are asked for with decimals
        ... -> share / (1 - math.exp(-1))
            an epoch does not read 63 percent of the whole each time, but of what is
            still unread
        ... -> math.log(1 - share) / math.log(1 - math.exp(-1))
            an epoch leaves 37 percent of the unread windows unread; in yours it leaves
            63 percent
        ... -> 1 - math.exp(-share)
            you went the other way, from epochs to the share that is read
        ... -> math.exp(-share)
            you went the other way, from epochs to the share that is unread
        math.log ->
        log -> exp
            there is no logarithm in yours: where e to the -k is 1 - share, it gives k
        1 - share -> 1
            the share is not used; yours is 0 for every one
        1 - share -> 1 + share
        1 - share -> 2 - share
            what is left unread is 1 - share; you took the logarithm of a number above 1
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
    verified="a window every stride tokens, its targets one further on, and none "
    "without its last target",
    cases=texts,
    right=overlapping,
    mistakes="""
        windows[:, 1:] -> windows[:, :-1]
            the targets are not shifted: they are the inputs, and copying would be
            enough
        ... -> (ids[:-1].unfold(0, context, stride), ids[2:].unfold(0, context, stride))
        ... -> (ids[:-2].unfold(0, context, stride), ids[2:].unfold(0, context, stride))
        ... -> cut(ids, context, range(0, len(ids) - context, stride), shift=2)
            the targets are shifted twice: they are two tokens further on, not one
        windows[:, :-1], windows[:, 1:] -> windows[:, 1:], windows[:, :-1]
            inputs and targets are exchanged: yours has to say the token before
        - context, stride -> - context, context
            your windows lie side by side: the stride is not used
        - context, stride -> - context, 1
            your windows begin at every token: the stride is not used
        - context, stride -> - context, max(context - stride, 1)
            your windows overlap by stride tokens; they begin stride tokens apart
        ... -> cut(ids, context, range(0, len(ids) - context + 1, stride))
        ... -> (ids.unfold(0, context, stride), ids[1:].unfold(0, context, stride))
        len(ids) - context -> len(ids) - context + 1
            your last window may lack its last target: a window of context tokens needs
            context + 1
        ... -> cut(ids, context, range(0, len(ids) - context - 1, stride))
        len(ids) - context -> len(ids) - context - 1
            the last window that fits is missing: it may end with the last token but
            one, and its last target is the last token
        windows[:, :-1], windows[:, 1:] -> list(zip(windows[:, :-1], windows[:, 1:]))
            you return a pair for each window; return two things, all inputs and all
            targets
        - context, stride -> - context, stride + 1
            your windows begin stride + 1 tokens apart; they begin stride tokens apart
        start + context + 1 -> start + context
        start + context + 1 -> start + context - 1
        start + context + 1 -> start + 1
        start + context + 1 -> 1
        ids[start: -> ids[start + 1:
            your windows are too short: context inputs and their targets take context +
            1 tokens, from start on
        start + context + 1 -> start - context + 1
            you took context away from start; a window reaches from start to start +
            context + 1
        :-1 -> :
            your inputs have context + 1 tokens; the last of a window is a target only
        :-1 -> :-2
        :-1 -> :1
        :-1 -> :0
            your inputs are too short: they are all tokens of a window but the last
        1:] -> :]
            your targets have context + 1 tokens; the first of a window is an input only
        1:] -> 2:]
            your targets are too short: they are all tokens of a window but the first
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
    said = "{done} batches of {batch_size} done, now of"
    return [(f"{said.format(**state)} {size}:", (state, size)) for state, size in cases]


def whole(answer, state, batch_size):
    """What an answer returns; a number of batches that is a float is told apart."""
    found = answer(state, batch_size)
    if isinstance(found, dict) and isinstance(found.get("done"), float):
        found = {**found, "done": f"{found['done']}, a float"}
    return found


TRANSLATED = Exercise(
    name="translated-place",
    verified="as many windows are done as before; places inside a batch are refused",
    cases=places,
    right=translated,
    observe=whole,
    mistakes="""
        raise ValueError(windows) -> pass
        and windows // batch_size -> state["done"]
            done still counts batches of the old size: the windows that were read stay
            the same, not the batches
        raise ValueError(windows) -> pass
        and windows // batch_size -> state["done"] * batch_size // state["batch_size"]
            the ratio is upside down: larger batches mean fewer of them are done
        windows // batch_size -> windows
        raise ValueError(windows) -> pass
        and windows // batch_size -> windows
            done counts windows in yours; it counts batches of the new size
        raise ValueError(windows) -> pass
            where the place falls inside a batch you round down, and windows are read
            twice; raise a ValueError
        raise ValueError(windows) -> pass
        and windows // batch_size -> -(-windows // batch_size)
            where the place falls inside a batch you round up, and windows are left out;
            raise a ValueError
        raise ValueError(windows) -> pass
        and windows // -> windows /
            where the place falls inside a batch, done is a fraction; raise a ValueError
        windows // -> windows /
            done is a float, such as 2.0; Batches cuts a list with it, which wants a
            whole number: divide with //
        "batch_size": batch_size ->
            the new place still has the old batch_size, so the new batches refuse it
        "done": done -> "done": done, "epoch": 0
            the epoch is lost: it is still the same epoch
        **state, ->
            the new place has only some of the values; epoch, seed and windows stay as
            they were
        {**state, "done": done, "batch_size": batch_size} -> done
            this is the number of batches; return a whole place, a dictionary like state
        ValueError(windows) -> AssertionError
            right, but a place inside a batch has to raise a ValueError, and an assert
            raises an AssertionError
        windows % batch_size -> windows % batch_size or batch_size % state["batch_size"]
            you refuse every size that is no multiple of the old one; what counts is
            whether the windows that are done fill whole batches
        raise ValueError(windows) -> pass
        and windows // batch_size \
            -> state["done"] // (batch_size // state["batch_size"])
        windows % batch_size -> batch_size % state["batch_size"]
        and windows // batch_size \
            -> state["done"] // (batch_size // state["batch_size"])
            you divide by the ratio of the two sizes as if it were a whole number and
            always fitted; count the windows that are done
        if windows -> if state["windows"]
            you ask whether all windows fill whole batches; what counts are those that
            are done
        * state["batch_size"] ->
            you take the batches that are done for windows; each of them had batch_size
        windows // batch_size -> batch_size
            done is the new size in yours; it counts batches of that size
        windows // batch_size -> batch_size // windows
            the fraction is upside down: the windows that are done are divided by the
            size
    """,
)


EXERCISES = (STEPS, EPOCHS_NEEDED, OVERLAPPING, TRANSLATED)
