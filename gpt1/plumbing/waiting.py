"""What takes a while says how far it is, where a command waits for it.

As a library the package is silent: nothing is shown outside of `shown`.
"""

import sys
import time
from contextlib import contextmanager, suppress

FIRST, TERMINAL, LOG = 0.5, 0.2, 10
"""Seconds before anything is said; then between two looks, and between two lines."""

where = []
"""The streams to write to; none outside of `shown`."""


@contextmanager
def shown(wanted=True):
    """A block in which `watched` shows on the standard error how far it is."""
    where.extend([sys.stderr] if wanted and sys.stderr else [])
    try:
        yield
    finally:
        where.clear()


def watched(items, what):
    """The items of a list, one by one, with a word on how far they are.

    Args:
        items: anything that has a length.
        what: is being done, such as "making tales".
    """
    return _telling(items, what, where[-1]) if where else items


def _telling(items, what, stream):
    terminal = stream.isatty()
    due, said = time.monotonic() + FIRST, False
    for done, item in enumerate(items):
        now = time.monotonic()
        if now >= due:
            due, said = now + (TERMINAL if terminal else LOG), True
            share = done / len(items)
            bar = "#" * round(30 * share)
            line = f"{what}: {share:4.0%}"
            _say(stream, f"\r{line} |{bar:30}|" if terminal else f"{line}\n")
        yield item
    if said and terminal:
        _say(stream, "\r\033[K")


def _say(stream, text):
    with suppress(OSError, ValueError):  # a terminal may close; the work goes on
        stream.write(text)
        stream.flush()
