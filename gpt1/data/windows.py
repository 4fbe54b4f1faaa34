"""From token ids to batches: windows, in an order that can be resumed."""

import hashlib
import signal
from bisect import bisect_left
from functools import singledispatch
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from gpt1.data.ids import token_ids
from gpt1.plumbing.command import ENDING


class GPTDataset(Dataset):
    """Windows that cover a text once, side by side.

    Window `i` begins at token `i * context`; its targets are the tokens one further on.
    What is left at the end and fills no window is not used.

    Args:
        ids: all token ids of the text, any integer type, (tokens,).
        context: length of a window.
        subset: use only the first `subset` windows; None means all.

    Raises:
        ValueError: the text fills no window, or `subset` is below 1.
    """

    def __init__(self, ids, context, subset=None):
        self.ids = torch.as_tensor(ids)
        self.context = context
        windows = (len(self.ids) - 1) // context
        if windows < 1:
            raise ValueError(
                f"the text has {len(self.ids)} tokens; one window needs "
                f"{context + 1}: take a longer text or a shorter context"
            )
        if subset is not None and subset < 1:
            raise ValueError(f"subset must be at least 1 window, got {subset}")
        self.windows = windows if subset is None else min(subset, windows)

    def __len__(self):
        return self.windows

    def __getitem__(self, index):
        """Ids and targets of one window, each int64, (context,)."""
        if not 0 <= index < self.windows:
            raise IndexError(f"window must be 0 to {self.windows - 1}, got {index}")
        start = index * self.context
        window = self.ids[start : start + self.context + 1].long()
        return window[:-1], window[1:]


class Aligned(GPTDataset):
    """Windows that all begin with the same tokens, such as those between two tales.

    Each begins at the first such place behind the window before it. What lies between
    them, the rest of a tale that the window before could not hold, is not used.

    Args:
        ids: all token ids of the text, any integer type, (tokens,).
        context: length of a window.
        begin: ids with which each window begins.
        subset: use only the first `subset` windows; None means all.

    Raises:
        ValueError: no window fits behind such a place, or `subset` is below 1.
    """

    def __init__(self, ids, context, begin, subset=None):
        super().__init__(ids, context, subset)
        text, begin = self.ids, torch.as_tensor(begin)
        matches = text.unfold(0, len(begin), 1).eq(begin.to(text.dtype)).all(1)
        places = matches.nonzero().flatten().tolist()
        starts, at = [], 0
        while at < len(places) and places[at] + context < len(text):
            starts.append(places[at])
            at = bisect_left(places, places[at] + context)
        if not starts:
            raise ValueError(
                f"no window of {context} tokens begins with the ids {begin.tolist()}: "
                f"take another beginning, a longer text or a shorter context"
            )
        self.starts = starts[:subset]
        self.windows = len(self.starts)

    def __getitem__(self, index):
        """Ids and targets of one window, each int64, (context,)."""
        if not 0 <= index < self.windows:
            raise IndexError(f"window must be 0 to {self.windows - 1}, got {index}")
        start = self.starts[index]
        window = self.ids[start : start + self.context + 1].long()
        return window[:-1], window[1:]


def covered(dataset):
    """The ids that a `GPTDataset` reads: up to its last window, and one more."""
    start = (dataset.windows - 1) * dataset.context
    if isinstance(dataset, Aligned):
        start = dataset.starts[-1]
    return dataset.ids[: start + dataset.context + 1]


class Order(Sampler):
    """The numbers of the windows, in an order that seed and epoch fix.

    Args:
        windows: how many there are.
        seed: with the epoch, it fixes the order; None keeps the text's order.
    """

    def __init__(self, windows, seed):
        self.windows, self.seed = windows, seed
        self.epoch = self.start = 0

    def __len__(self):
        return self.windows - self.start

    def __iter__(self):
        order = torch.arange(self.windows)  # (windows)
        if self.seed is not None:
            mixed = hashlib.sha256(f"{self.seed} {self.epoch}".encode()).digest()
            random = torch.Generator().manual_seed(int.from_bytes(mixed[:4], "big"))
            order = torch.randperm(self.windows, generator=random)  # (windows)
        return iter(order[self.start :].tolist())


class Batches:
    """Batches of windows, epoch after epoch; the place can be saved and resumed.

    Going through it once is one epoch; the next time is the next epoch, in another
    order. `state_dict` tells the place, in the middle of an epoch too, and
    `load_state_dict` takes it up again: the next batch is the one that would have come.
    Every batch that is taken counts, by `next(iter(batches))` too.

    Args:
        dataset: a `GPTDataset`, or another; its `collate`, if it has one, makes a batch
            of a list of items.
        batch_size: windows in a batch; the last of an epoch may have fewer.
        seed: fixes the orders; None keeps the text's order.
        workers: processes that prepare batches; the batches are the same.
    """

    def __init__(self, dataset, batch_size, seed, workers=0):
        self.dataset, self.batch_size = dataset, batch_size
        self.order = Order(len(dataset), seed)
        # A generator of its own: the global one is left to dropout, so that a resumed
        # run draws the same masks.
        self.loader = DataLoader(
            dataset,
            batch_size,
            sampler=self.order,
            num_workers=workers,
            generator=torch.Generator(),
            collate_fn=getattr(dataset, "collate", None),  # None: items are stacked
        )
        self.epoch = self.done = 0

    def __len__(self):
        """Batches in a whole epoch."""
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self):
        self.order.epoch = self.epoch
        self.order.start = min(self.done * self.batch_size, len(self.dataset))
        for batch in self.loader:
            self.done += 1
            yield batch
        self.epoch, self.done = self.epoch + 1, 0

    def state_dict(self):
        """The place: epoch, and batches of it that were given."""
        return {
            "epoch": self.epoch,
            "done": self.done,
            "seed": self.order.seed,
            "batch_size": self.batch_size,
            "windows": len(self.dataset),
        }

    def load_state_dict(self, state):
        """Go on from a place that `state_dict` told.

        Raises:
            ValueError: the place is one among other batches: another seed, batch size
                or number of windows.
        """
        for name in ("seed", "batch_size", "windows"):
            have = self.state_dict()[name]
            if state[name] != have:
                raise ValueError(
                    f"the saved place has {name} {state[name]}, these batches have "
                    f"{have}: resume with the same data and options"
                )
        self.epoch, self.done = state["epoch"], state["done"]


def _leave_signals(worker):
    """Let Ctrl-C end the process that trains, once it has saved; that ends this one."""
    for kind in ENDING:
        signal.signal(kind, signal.SIG_IGN)


@singledispatch
def get_dataloader(dataset, batch_size, *, shuffle=True, seed=0, workers=0):
    """Batches of windows, each window once per epoch.

    It goes all the way from the name of a text to batches, too:
    `get_dataloader("wikitext-2", 32, tokenizer=t, context=128)`. A text takes as many
    options more as it needs: see `text_dataloader`.

    Args:
        dataset: a `GPTDataset`, or another with such items.
        batch_size: windows in a batch; the last of an epoch may have fewer.
        shuffle: a new order every epoch; False keeps the text's.
        seed: fixes the orders.
        workers: processes that prepare batches.

    Returns:
        `Batches` of ids and targets, each int64, (batch, context).

    Raises:
        ValueError: `batch_size` is below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    batches = Batches(dataset, batch_size, seed if shuffle else None, workers)
    batches.loader.worker_init_fn = _leave_signals
    return batches


@get_dataloader.register(str)
@get_dataloader.register(Path)
def text_dataloader(
    source,
    batch_size,
    *,
    tokenizer,
    context,
    split="train",
    subset=None,
    cache=None,
    column="text",
    config=None,
    streaming=False,
    **order,
):
    """`get_dataloader` of a text.

    Args:
        source: of the text, see `gpt1.data.load_text`; and so are `split`, `column`,
            `config` and `streaming`.
        batch_size: as for `get_dataloader`.
        tokenizer: turns the text into ids.
        context: length of a window.
        subset: use only the first `subset` windows.
        cache: a folder for the ids, see `token_ids`.
        order: `shuffle`, `seed` and `workers` of `get_dataloader`.

    Returns:
        `Batches`.

    Raises:
        FileNotFoundError, ValueError, ImportError: see `token_ids` and `GPTDataset`.
    """
    where = {"column": column, "config": config, "streaming": streaming}

    def part(split):
        return token_ids(source, tokenizer, split, cache=cache, **where)

    ids = part(split)
    if len(ids) <= context:
        sizes = {name: len(part(name)) for name in ("train", "validation")}
        raise too_short(source, split, {**sizes, split: len(ids)}, context)
    return get_dataloader(GPTDataset(ids, context, subset), batch_size, **order)


def too_short(source, split, sizes, context):
    """The ValueError of a text of which a part fills no window.

    Args:
        source: of the text.
        split: the part.
        sizes: tokens of each part, a dictionary.
        context: length of a window.
    """
    least = min(sizes.values()) - 1
    less = f", or a --context of {least} or less" if least > 0 else ""
    whole = sizes["train"] + sizes["validation"]
    return ValueError(
        f"the {split} part of {source} has {sizes[split]:,} of its {whole:,} tokens; "
        f"one window needs {context + 1}: take a longer text{less}"
    )
