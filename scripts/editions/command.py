"""What the commands of all editions do around their work: failing and reporting."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from scripts.site.address import project
from scripts.site.browser import BrowserMissingError

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"


class EditionError(RuntimeError):
    """The book cannot be made in this form. The text is for the user."""


def place(suffix: str, more: str = "") -> Path:
    """Return where an edition goes: _build/SUFFIX/gpt1-from-scratch-VERSION.SUFFIX."""
    return ROOT / "_build" / suffix / f"gpt1-from-scratch-{project()[1]}{more}.{suffix}"


def run(name: str, make: Callable[[], Path], told: Callable[[Path], str]) -> int:
    """Make an edition of the built book; return the exit code.

    Args:
        name: what it is, where it cannot be made.
        make: writes it, and returns the file.
        told: returns what the file is, for its user.
    """
    start = time.perf_counter()
    try:
        path = make()
    except FileNotFoundError as error:
        missing = f"the book is not built, {error.filename} is missing: make book"
        print(f"{name} is not made: {missing}", file=sys.stderr)
        return 1
    except (BrowserMissingError, EditionError) as error:
        print(f"{name} is not made: {error}", file=sys.stderr)
        return 1
    size, seconds = path.stat().st_size / 1e6, time.perf_counter() - start
    print(f"{told(path)}, {size:.1f} MB ({seconds:.0f} s).")
    print(f"  {path.relative_to(ROOT)}\n  {path.as_uri()}")
    return 0
