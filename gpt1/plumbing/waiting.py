"""What takes a while says how far it is, where a command waits for it.

As a library the package is silent: nothing is shown outside of `shown`.
"""

import sys
import time
from contextlib import contextmanager

from gpt1.plumbing.writing import ERRORS

FIRST, TERMINAL, LOG = 0.5, 0.2, 10
"""Seconds before anything is said; then between two looks, and between two lines."""

waited = []
"""Whether anybody waits: not empty inside of `shown`."""


@contextmanager
def shown(wanted=True):
    """A block in which `watched` shows on the standard error how far it is."""
    waited.extend([True] if wanted and sys.stderr else [])
    try:
        yield
    finally:
        waited.clear()


def watched(items, what):
    """The items of a list, one by one, with a word on how far they are.

    Args:
        items: anything that has a length.
        what: is being done, such as "making tales".
    """
    return _telling(items, what) if waited else items


def _telling(items, what):
    terminal = ERRORS.isatty()
    due, said = time.monotonic() + FIRST, False
    for done, item in enumerate(items):
        now = time.monotonic()
        if now >= due:
            due, said = now + (TERMINAL if terminal else LOG), True
            share = done / len(items)
            bar = "#" * round(30 * share)
            line = f"{what}: {share:4.0%}"
            ERRORS.write(f"\r{line} |{bar:30}|" if terminal else f"{line}\n")
        yield item
    if said and terminal:
        ERRORS.write("\r\033[K")
