"""From a text file to batches of ids and targets."""

from pathlib import Path

import torch
from torch.utils.data import DataLoader, Dataset


def load_text(path):
    """Read a text file.

    Args:
        path: a file in UTF-8.

    Returns:
        Its text, with line ends as ``\\n``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is empty or not UTF-8.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"no text file at {path}: give the path of a file in UTF-8"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8 (byte {error.start}): convert it first"
        ) from None
    if not text.strip():
        raise ValueError(f"{path} is empty: expected text")
    return text


def split(ids, share=0.1):
    """Cut the end off for validation.

    Args:
        ids: (tokens,).
        share: the part to cut off.

    Returns:
        Training ids and validation ids.
    """
    cut = round(len(ids) * (1 - share))
    return ids[:cut], ids[cut:]


class GPTDataset(Dataset):
    """Windows that cover a text once, side by side.

    Window `i` begins at token `i * context`; its targets are the tokens one further on.
    What is left at the end and fills no window is not used.

    Args:
        ids: all token ids of the text, (tokens,).
        context: length of a window.
        subset: use only the first `subset` windows; None means all.

    Raises:
        ValueError: the text fills no window, or `subset` is below 1.
    """

    def __init__(self, ids, context, subset=None):
        self.ids = torch.as_tensor(ids, dtype=torch.long)  # (tokens)
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
        """Ids and targets of one window, each (context,)."""
        if not 0 <= index < self.windows:
            raise IndexError(f"window must be 0 to {self.windows - 1}, got {index}")
        start = index * self.context
        window = self.ids[start : start + self.context + 1]
        return window[:-1], window[1:]


def get_dataloader(dataset, batch_size, *, shuffle=True, seed=0):
    """Batches of windows, each window once per epoch.

    Args:
        dataset: a `GPTDataset`.
        batch_size: windows in a batch; the last batch may have fewer.
        shuffle: a new order every epoch; False keeps the text's.
        seed: fixes the orders.

    Returns:
        A `DataLoader` that gives ids and targets, each (batch, context).

    Raises:
        ValueError: `batch_size` is below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    order = torch.Generator().manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle=shuffle, generator=order)
