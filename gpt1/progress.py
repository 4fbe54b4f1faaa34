"""A progress bar for people, plain lines for logs, silence for other processes."""

import sys
import time

EVERY = 10
"""Seconds between the lines of a log."""


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
        return Bar(tqdm(total=total, initial=done, unit="step", dynamic_ncols=True))
    return Lines(total, done)


class Silence:
    """Takes what a display takes, and shows nothing."""

    def step(self, **values):
        """One update is done; `values` are strings to show beside the count."""

    def write(self, text):
        """Print a line or more, without breaking the bar."""

    def close(self):
        """The end of the display."""


class Bar(Silence):
    """The bar on a terminal.

    Args:
        bar: a `tqdm`.
    """

    def __init__(self, bar):
        self.bar = bar

    def step(self, **values):
        words = (f"{name.replace('_', ' ')} {value}" for name, value in values.items())
        self.bar.set_postfix_str(", ".join(words), refresh=False)
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
        words = [f"{name.replace('_', ' ')} {value}" for name, value in values.items()]
        words.append(f"{clock(left)} left")
        self.write(f"step {self.done:,} of {self.total:,}: {', '.join(words)}")

    def write(self, text):
        print(text, flush=True)


def clock(seconds):
    """Seconds as hours, minutes and seconds, such as 1:02:03 or 2:03."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"
