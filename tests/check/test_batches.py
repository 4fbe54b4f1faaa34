"""Right answers to the exercises on windows and their order, in other ways."""

import math

import numpy as np
import torch

from gpt1.data.windows import Batches, GPTDataset
from lib.verdicts import ALL, are_right


def steps_counted(tokens, context, batch_size, epochs):
    total = 0
    for _ in range(epochs):
        windows = len(range(0, tokens - context, context))
        while windows > 0:
            windows -= batch_size
            total += 1
    return total


def steps_of_the_package(tokens, context, batch_size, epochs):
    if tokens <= context:
        return 0
    data = GPTDataset(torch.zeros(tokens, dtype=torch.int8), context)
    return epochs * len(Batches(data, batch_size, 0))


def windows_in_lists(ids, context, stride):
    ids, starts = ids.tolist(), range(0, len(ids) - context, stride)
    inputs = [ids[start : start + context] for start in starts]
    return inputs, [ids[start + 1 : start + context + 1] for start in starts]


def windows_by_index(ids, context, stride):
    places = torch.arange(0, len(ids) - context, stride)[:, None]
    places = places + torch.arange(context)
    return torch.stack([ids[places], ids[places + 1]])


def windows_as_views(ids, context, stride):
    """Not contiguous, and one in the other's memory."""
    both = ids.unfold(0, context + 1, stride)
    return both[:, :-1], both[:, 1:]


def moved_in_place(state, batch_size):
    read = state["done"] * state["batch_size"]
    if read % batch_size != 0:
        raise ValueError("inside a batch")
    state["done"], state["batch_size"] = read // batch_size, batch_size
    return state


def moved_by_counting(state, batch_size):
    read, done = state["done"] * state["batch_size"], 0
    while read >= batch_size:
        read, done = read - batch_size, done + 1
    if read:
        raise ValueError(read)
    return dict(state, batch_size=batch_size, done=np.int64(done))


OTHER_WAYS = {
    "how-many-steps": [
        steps_counted,
        steps_of_the_package,
        lambda t, c, b, e: math.ceil(((t - 1) // c) / b) * e,
        lambda t, c, b, e: e * (((t - 1) // c + b - 1) // b),
        lambda t, c, b, e: np.ceil(np.floor((t - 1) / c) / b) * e,
    ],
    "epochs-needed": [
        lambda share: math.log(1 / (1 - share)),
        lambda share: -np.log1p(-share),
        lambda share: torch.tensor(1 - share).double().log().neg(),
        lambda share: math.log(1 - share) / math.log(math.exp(-1)),
        # Those who count the windows, 10,000 of them, and then by tries.
        lambda share: math.log(1 - share, 1 - 1 / 10_000) / 10_000,
        lambda share: (
            next(k for k in range(10**6) if math.exp(-k / 1e4) < 1 - share) / 1e4
        ),
    ],
    "overlapping-windows": [windows_in_lists, windows_by_index, windows_as_views],
    "translated-place": [moved_in_place, moved_by_counting],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_a_place_that_was_moved_brings_the_windows_that_were_left():
    data = GPTDataset(torch.arange(101), 2)
    old, new = (Batches(data, size, seed=0) for size in (2, 4))
    stream = iter(old)
    [next(stream) for _ in range(4)]
    new.load_state_dict(ALL["translated-place"].right(old.state_dict(), 4))
    rest = torch.cat([ids for ids, _ in stream])
    assert torch.equal(torch.cat([ids for ids, _ in new]), rest)
