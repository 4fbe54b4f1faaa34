"""What a learner is told about the exercises of the chapter on batches and embeddings.

The answers here are typed as learners would type them, without the gallery.
"""

import math

import numpy as np
import pytest
import torch
from torch import nn

from gpt1.data.windows import Batches, GPTDataset
from lib.verdicts import ALL, right, said

# --- how many steps -------------------------------------------------------------------


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


@pytest.mark.parametrize(
    "answer",
    [
        steps_counted,
        steps_of_the_package,
        lambda t, c, b, e: math.ceil(((t - 1) // c) / b) * e,
        lambda t, c, b, e: e * (((t - 1) // c + b - 1) // b),
        lambda t, c, b, e: np.ceil(np.floor((t - 1) / c) / b) * e,
    ],
)
def test_steps_another_way(answer):
    assert right("how-many-steps", answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda t, c, b, e: math.ceil(t // c / b) * e, "a window of 5 needs 6 tokens"),
        (
            lambda t, c, b, e: max(math.ceil((t - 1) // c / b), 1) * e,
            "a text that fills no window makes no step",
        ),
        (lambda t, c, b, e: math.ceil((t - 1) / c / b) * e, "round the windows down"),
        (lambda t, c, b, e: math.ceil(t // (c + 1) / b) * e, "blocks of context + 1"),
        (lambda t, c, b, e: (t - 1) // c // b * e, "you drop the last batch"),
        (lambda t, c, b, e: (t - 1) // (c * b) * e, "you drop the last batch"),
        (lambda t, c, b, e: math.ceil((t - 1) // c * e / b), "through all epochs"),
        (lambda t, c, b, e: math.ceil((t - 1) // c / b), "the steps of one epoch"),
        (lambda t, c, b, e: (t - 1) // c * e, "these are windows"),
        (lambda t, c, b, e: math.ceil(max(t - c, 0) / b) * e, "at every token"),
        (lambda t, c, b, e: round((t - 1) // c / b) * e, "expected 4, got 2"),
    ],
)
def test_steps_gone_wrong(answer, told):
    assert told in said("how-many-steps", answer)


# --- until everything is read ---------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
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
)
def test_epochs_needed_another_way(answer):
    assert right("epochs-needed", answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda share: math.log(1 - share), "turn its sign"),
        (
            lambda share: -math.log(share),
            "after these epochs the given share is unread",
        ),
        (lambda share: -math.log(1 - share, 10), "to base 10"),
        (lambda share: -math.log(1 - share, 2), "to base 2"),
        (lambda share: math.ceil(-math.log(1 - share)), "you rounded"),
        (lambda share: share / (1 - 0.36788), "of what is still unread"),
        (lambda share: math.log(1 - share, 0.63212), "in yours it leaves 63 percent"),
        (lambda share: 1 - math.e**-share, "from epochs to the share that is read"),
        (lambda share: 1 / (1 - share), "expected 0.6931, got 2"),
    ],
)
def test_epochs_needed_gone_wrong(answer, told):
    assert told in said("epochs-needed", answer)


# --- the backward pass of a look-up ---------------------------------------------------


def gradient_in_loops(ids, gradient, vocab):
    table = [[0.0] * gradient.shape[1] for _ in range(vocab)]
    for i, row in zip(ids.tolist(), gradient.tolist(), strict=True):
        table[i] = [a + b for a, b in zip(table[i], row, strict=True)]
    return table


def gradient_by_autograd(ids, gradient, vocab):
    layer = nn.Embedding(vocab, gradient.size(1))
    layer(ids).backward(gradient)
    return layer.weight.grad


def gradient_in_float64(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(1), dtype=torch.float64)
    result.index_put_((ids,), gradient.double(), accumulate=True)
    return result


def gradient_by_columns(ids, gradient, vocab):
    """Not contiguous."""
    columns = [torch.bincount(ids, weights, vocab) for weights in gradient.T]
    return torch.stack(columns).T


@pytest.mark.parametrize(
    "answer",
    [gradient_in_loops, gradient_by_autograd, gradient_in_float64, gradient_by_columns],
)
def test_the_gradient_another_way(answer):
    assert right("table-gradient", answer)


def trap(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(1))
    result[ids] += gradient
    return result


def averaged(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(1))
    for i in ids.unique():
        result[i] = gradient[ids == i].mean(0)
    return result


def sum_of_all(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(1))
    for i in range(vocab):
        result[i] = gradient.sum(0)
    return result


def of_the_rows_read(ids, gradient, vocab):
    return [gradient[ids == i].sum(0) for i in ids.unique()]


def only_first(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(1))
    for i, row in zip(ids, gradient, strict=True):
        if not result[i].any():
            result[i] = row
    return result


def small_table(ids, gradient, vocab):
    result = torch.zeros(ids.max() + 1, gradient.size(1))
    return result.index_add(0, ids, gradient)


def counted(ids, gradient, vocab):
    return torch.bincount(ids, minlength=vocab)[:, None] * torch.ones_like(gradient[0])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (trap, "the last one wins"),
        (only_first, "the first one wins"),
        (averaged, "you took the mean"),
        (sum_of_all, "every row got the sum"),
        (of_the_rows_read, "a row for each different id"),
        (small_table, "ends at the largest id"),
        (counted, "every place sends back ones"),
        (lambda ids, gradient, vocab: gradient, "a row for each place"),
        (lambda *given: trap(*given) * 0 - gradient_by_autograd(*given), "downhill"),
        (lambda *given: gradient_by_columns(*given).T, "(vocab, width)"),
        (
            lambda *given: gradient_by_columns(*given).flip(0),
            "For ids [2, 0], vocab 4:\nexpected",
        ),
    ],
)
def test_the_gradient_gone_wrong(answer, told):
    assert told in said("table-gradient", answer)


def test_no_zero_of_a_table_has_a_sign():
    told = said("table-gradient", lambda i, gradient, v: gradient.new_ones(v, 2))
    assert "[0, 0]" in told
    assert "-0," not in told


# --- overlapping windows --------------------------------------------------------------


def windows_in_lists(ids, context, stride):
    inputs, targets = [], []
    start = 0
    while start + context < len(ids):
        inputs.append(ids[start : start + context].tolist())
        targets.append(ids[start + 1 : start + context + 1].tolist())
        start += stride
    return inputs, targets


def windows_by_index(ids, context, stride):
    places = torch.arange(0, len(ids) - context, stride)[:, None]
    places = places + torch.arange(context)
    return torch.stack([ids[places], ids[places + 1]])


def windows_as_views(ids, context, stride):
    """Not contiguous, and one in the other's memory."""
    both = ids.unfold(0, context + 1, stride)
    return both[:, :-1], both[:, 1:]


@pytest.mark.parametrize(
    "answer",
    [
        windows_in_lists,
        windows_by_index,
        windows_as_views,
        lambda *given: [each.double() for each in windows_as_views(*given)],
        lambda *given: tuple(list(each) for each in windows_as_views(*given)),
    ],
)
def test_overlapping_windows_another_way(answer):
    assert right("overlapping-windows", answer)


def taken(ids, starts, context, shift=1):
    x = [ids[s : s + context] for s in starts]
    y = [ids[s + shift : s + shift + context] for s in starts]
    return x, y


def stacked(ids, starts, context, shift=1):
    x, y = taken(ids, starts, context, shift)
    return torch.stack(x), torch.stack(y)


def shifted_by_both(ids, context, stride):
    """Shifted where the windows are cut, and again afterwards."""
    x, y = windows_as_views(ids[:-1], context, stride)
    return x, torch.cat([y[:, 1:], x[:, -1:] + 2], 1)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            lambda ids, c, s: stacked(ids, range(0, len(ids) - c, s), c, 0),
            "the targets are not shifted",
        ),
        (
            lambda ids, c, s: stacked(ids, range(0, len(ids) - c - 1, s), c, 2),
            "the targets are shifted twice",
        ),
        (shifted_by_both, "the targets are shifted twice"),
        (lambda *given: windows_by_index(*given).flip(0), "exchanged"),
        (lambda ids, c, s: windows_in_lists(ids, c, c), "side by side"),
        (lambda ids, c, s: windows_in_lists(ids, c, 1), "at every token"),
        (
            lambda ids, c, s: windows_in_lists(ids, c, c - s or 1),
            "overlap by stride tokens",
        ),
        (
            lambda ids, c, s: stacked(ids, range(0, len(ids) - c + 1, s), c),
            "may lack its last target",
        ),
        (
            lambda ids, c, s: stacked(ids, range(0, len(ids) - c - 1, s), c),
            "the last window that fits is missing",
        ),
        (
            lambda *given: list(zip(*windows_as_views(*given), strict=True)),
            "a pair for each window",
        ),
        (
            lambda *given: windows_by_index(*given).transpose(1, 2),
            "at index 0: the shape is not right: expected (1, 3), got (3, 1)",
        ),
    ],
)
def test_overlapping_windows_gone_wrong(answer, told):
    assert told in said("overlapping-windows", answer)


# --- go on with a larger batch --------------------------------------------------------


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
    new = dict(state)
    new.update(batch_size=batch_size, done=np.int64(done))
    return new


@pytest.mark.parametrize("answer", [moved_in_place, moved_by_counting])
def test_a_place_another_way(answer):
    assert right("translated-place", answer)


def test_a_place_that_was_moved_brings_the_windows_that_were_left():
    data = GPTDataset(torch.arange(101), 2)
    old = Batches(data, 2, seed=0)
    stream = iter(old)
    for _ in range(4):
        next(stream)
    place = old.state_dict()
    new = Batches(data, 4, seed=0)
    new.load_state_dict(ALL["translated-place"].right(place, 4))
    rest = torch.cat([ids for ids, _ in stream])
    assert torch.equal(torch.cat([ids for ids, _ in new]), rest)


def place_with(state, size, done, **others):
    return {**state, "done": done, "batch_size": size, **others}


def refusing(state, size, error=ValueError):
    if state["done"] * state["batch_size"] % size:
        raise error("inside")
    return state["done"] * state["batch_size"] // size


def read(state):
    return state["done"] * state["batch_size"]


def only_two(state, size):
    return {"done": refusing(state, size), "batch_size": size}


def same_size_kept(state, size):
    state["done"] = refusing(state, size)
    return state


def by_the_ratio(state, size):
    ratio = size // state["batch_size"]
    if size % state["batch_size"] or state["done"] % ratio:
        raise ValueError("no multiple")
    return place_with(state, size, state["done"] // ratio)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda s, b: {**s, "batch_size": b}, "still counts batches of the old size"),
        (
            lambda s, b: place_with(s, b, s["done"] * b // s["batch_size"]),
            "upside down",
        ),
        (lambda s, b: place_with(s, b, read(s)), "done counts windows in yours"),
        (lambda s, b: place_with(s, b, read(s) // b), "you round down"),
        (lambda s, b: place_with(s, b, math.ceil(read(s) / b)), "you round up"),
        (lambda s, b: place_with(s, b, read(s) / b), "done is a fraction"),
        (lambda s, b: place_with(s, b, refusing(s, b) / 1), "done is a float"),
        (same_size_kept, "still has the old batch_size"),
        (only_two, "only some of the values"),
        (refusing, "this is the number of batches"),
        (
            lambda s, b: place_with(s, b, refusing(s, b, AssertionError)),
            "an assert raises an AssertionError",
        ),
        (by_the_ratio, "every size that is no multiple"),
        (
            lambda s, b: place_with(s, b, s["done"] // (b // s["batch_size"])),
            "the ratio of the two sizes",
        ),
        (
            lambda s, b: place_with(s, b, refusing(s, b), epoch=s["epoch"] + 1),
            "For 4 batches of 2 done, now of 4:\nat 'epoch': expected 1, got 2",
        ),
        (
            lambda s, b: place_with(s, b, refusing(s, b), seed=1),
            "at 'seed': expected 0, got 1",
        ),
    ],
)
def test_a_place_gone_wrong(answer, told):
    assert told in said("translated-place", answer)
