"""A progress bar for people, plain lines for logs, silence for other processes."""

import os
import sys
import time

EVERY = 10
"""Seconds between the lines of a log."""

NAMES = {
    "loss": "loss {}",
    "floor": "floor {}",
    "validation": "validation {}",
    "rate": "rate {}",
    "tokens_per_s": "{} tokens/s",
}
SHORT = {**NAMES, "validation": "val {}", "tokens_per_s": "{} tok/s"}
"""What is shown beside the count, in this order; shorter where 80 columns must do."""

WIDE = 120
"""Columns of a terminal in which everything has room."""

LONG_BAR = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}, {remaining} left{postfix}"
SHORT_BAR = "{percentage:3.0f}%|{bar}| {remaining} left{postfix}"


def progress(total, done=0, quiet=False):
    """A progress display, made for where it will be seen.

    Args:
        total: updates in the whole run.
        done: of those, the ones that an earlier process did.
        quiet: show nothing, in all processes but the first.

    Returns:
        `Bar` on a terminal with tqdm, else `Lines`, or `Silence`.
    """
    if quiet:
        return Silence()
    if sys.stderr.isatty():
        try:
            from tqdm import tqdm
        except ImportError:
            return Lines(total, done)
        wide = os.get_terminal_size(sys.stderr.fileno()).columns >= WIDE
        how = {"dynamic_ncols": True, "bar_format": LONG_BAR if wide else SHORT_BAR}
        return Bar(tqdm(total=total, initial=done, **how), wide)
    return Lines(total, done)


class Silence:
    """Takes what a display takes, and shows nothing."""

    def step(self, **values):
        """One update is done; `values` are strings, with names of `NAMES`."""

    def write(self, text):
        """Print a line or more, without breaking the bar."""

    def close(self):
        """The end of the display."""


class Bar(Silence):
    """The bar on a terminal.

    Args:
        bar: a `tqdm`.
        wide: whether there is room for whole names.
    """

    def __init__(self, bar, wide):
        self.bar, self.wide = bar, wide

    def step(self, **values):
        words = worded(values, NAMES if self.wide else SHORT)
        self.bar.set_postfix_str((", " if self.wide else " ").join(words), False)
        self.bar.update(1)

    def write(self, text):
        self.bar.write(text, file=sys.stdout)
        sys.stdout.flush()

    def close(self):
        self.bar.close()


class Lines(Silence):
    """A line about every ten seconds, for pipes and log files.

    Args:
        total: as for `progress`, and so is `done`.
    """

    def __init__(self, total, done=0):
        self.total, self.done, self.first = total, done, done
        self.start = self.last = time.monotonic()

    def step(self, **values):
        self.done += 1
        now = time.monotonic()
        if now - self.last < EVERY:
            return
        self.last = now
        left = (now - self.start) / (self.done - self.first) * (self.total - self.done)
        words = [*worded(values, NAMES), f"{clock(left)} left"]
        self.write(f"step {self.done:,} of {self.total:,}: {', '.join(words)}")

    def write(self, text):
        print(text, flush=True)


def worded(values, names):
    """The values that there are, each with its name, in the order of the names."""
    return [
        words.format(values[name]) for name, words in names.items() if name in values
    ]


def clock(seconds):
    """Seconds as hours, minutes and seconds, such as 1:02:03 or 2:03."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"
