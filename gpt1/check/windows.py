"""Exercises about windows: how many there are, and where they begin."""

import torch

from gpt1.check.exercise import Exercise, Mistake

# How many steps?


def up(number, by):
    return -(-number // by)


def steps(tokens, context, batch_size, epochs):
    return epochs * up((tokens - 1) // context, batch_size)


def stepping(windows):
    """The steps of somebody who counts the windows in another way."""

    def answer(tokens, context, batch_size, epochs):
        return epochs * up(windows(tokens, context), batch_size)

    return answer


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
    mistakes=(
        Mistake(
            "a window of 5 needs 6 tokens, since its last target lies one further on; "
            "yours needs 5",
            stepping(lambda tokens, context: tokens // context),
        ),
        Mistake(
            "a text that fills no window makes no step; yours makes one in each epoch",
            lambda tokens, context, batch_size, epochs: (
                epochs * max(up((tokens - 1) // context, batch_size), 1)
            ),
        ),
        Mistake(
            "what is left at the end of the text fills no window and is not used: "
            "round the windows down",
            stepping(lambda tokens, context: up(tokens - 1, context)),
        ),
        Mistake(
            "you cut blocks of context + 1 tokens; windows lie side by side, context "
            "tokens apart, and share the token where they meet",
            stepping(lambda tokens, context: tokens // (context + 1)),
        ),
        Mistake(
            "you begin a window at every token; windows lie context tokens apart",
            stepping(lambda tokens, context: max(tokens - context, 0)),
        ),
        Mistake(
            "you drop the last batch of an epoch where it is not full; it is read, "
            "with fewer windows",
            lambda tokens, context, batch_size, epochs: (
                epochs * ((tokens - 1) // context // batch_size)
            ),
        ),
        Mistake(
            "you count through all epochs at once; each epoch ends with a batch of its "
            "own, full or not",
            lambda tokens, context, batch_size, epochs: up(
                epochs * ((tokens - 1) // context), batch_size
            ),
        ),
        Mistake(
            "these are the steps of one epoch",
            lambda tokens, context, batch_size, epochs: steps(
                tokens, context, batch_size, 1
            ),
        ),
        Mistake(
            "these are windows; a step reads a batch of them",
            lambda tokens, context, batch_size, epochs: steps(
                tokens, context, 1, epochs
            ),
        ),
    ),
)


# Overlapping windows.


def overlapping_windows(ids, context, stride):
    return ids[:-1].unfold(0, context, stride), ids[1:].unfold(0, context, stride)


def texts():
    """Texts in which a token tells its place: 10, 11, 12..."""
    sizes = [(4, 3, 1), (6, 3, 1), (7, 3, 2), (11, 5, 5), (12, 4, 3), (14, 4, 3)]
    sizes += [(23, 5, 2)]
    return [
        (
            f"{tokens} tokens, a context of {context} and a stride of {stride}:",
            (torch.arange(10, 10 + tokens), context, stride),
        )
        for tokens, context, stride in sizes
    ]


def cut(ids, context, starts, shift=1):
    """Windows at given places, as lists: what has no target is left out."""
    ids = ids.tolist()
    inputs = [ids[start : start + context] for start in starts]
    targets = [ids[start + shift : start + shift + context] for start in starts]
    return inputs, targets


def as_tensors(inputs, targets):
    return torch.stack([*map(torch.tensor, inputs)]), torch.stack(
        [*map(torch.tensor, targets)]
    )


def too_far(ids, context, stride):
    """Windows that begin as long as the inputs fit."""
    return cut(ids, context, range(0, len(ids) - context + 1, stride))


OVERLAPPING = Exercise(
    name="overlapping-windows",
    verified="a window every stride tokens, its targets one further on, and none "
    "without its last target",
    cases=texts,
    right=overlapping_windows,
    mistakes=(
        Mistake(
            "the targets are not shifted: they are the inputs, and copying would be "
            "enough",
            lambda ids, context, stride: (
                (overlapping_windows(ids, context, stride)[0],) * 2
            ),
        ),
        *(
            Mistake(
                "the targets are shifted twice: they are two tokens further on, not "
                "one",
                answer,
            )
            for answer in (
                lambda ids, context, stride: (
                    ids[:-1].unfold(0, context, stride),
                    ids[2:].unfold(0, context, stride),
                ),
                lambda ids, context, stride: (
                    ids[:-2].unfold(0, context, stride),
                    ids[2:].unfold(0, context, stride),
                ),
                lambda ids, context, stride: cut(
                    ids, context, range(0, len(ids) - context, stride), shift=2
                ),
            )
        ),
        Mistake(
            "inputs and targets are exchanged: yours has to say the token before",
            lambda ids, context, stride: overlapping_windows(ids, context, stride)[
                ::-1
            ],
        ),
        Mistake(
            "your windows lie side by side: the stride is not used",
            lambda ids, context, stride: overlapping_windows(ids, context, context),
        ),
        Mistake(
            "your windows begin at every token: the stride is not used",
            lambda ids, context, stride: overlapping_windows(ids, context, 1),
        ),
        Mistake(
            "your windows overlap by stride tokens; they begin stride tokens apart",
            lambda ids, context, stride: overlapping_windows(
                ids, context, max(context - stride, 1)
            ),
        ),
        *(
            Mistake(
                "your last window may lack its last target: a window of context tokens "
                "needs context + 1",
                answer,
            )
            for answer in (
                too_far,
                lambda *arguments: as_tensors(*too_far(*arguments)),
                lambda ids, context, stride: (
                    ids.unfold(0, context, stride),
                    ids[1:].unfold(0, context, stride),
                ),
            )
        ),
        *(
            Mistake(
                "the last window that fits is missing: it may end with the last token "
                "but one, and its last target is the last token",
                lambda ids, context, stride, cut=made: cut(
                    ids, context, range(0, len(ids) - context - 1, stride)
                ),
            )
            for made in (cut, lambda *arguments: as_tensors(*cut(*arguments)))
        ),
        Mistake(
            "you return a pair for each window; return two things, all inputs and all "
            "targets",
            lambda *arguments: torch.stack(overlapping_windows(*arguments), dim=1),
        ),
    ),
)
