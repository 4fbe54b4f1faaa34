"""A part of the run: a command with a limit, and how it ended."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BROUGHT = ROOT / "_build" / "gpu"
"""Packages that a machine without network was brought: pip's `--target` folder."""

SKIPPED = 77
"""The exit status of a part that cannot be run here; its last line says why."""


@dataclass
class Part:
    """A command of Python's.

    Attributes:
        name: how the page names it.
        command: after `python`.
        limit: the most seconds that it may take.
        alone: whether nothing else may run meanwhile, for its time counts.
        cuda: whether it needs a GPU.
    """

    name: str
    command: list
    limit: float
    alone: bool = True
    cuda: bool = False


@dataclass
class Outcome:
    """How a part ended.

    Attributes:
        name: the part's.
        state: "passed", "failed" or "skipped".
        told: its last line: a result, or the reason.
        seconds: that it took.
        output: all that it printed.
    """

    name: str
    state: str
    told: str
    seconds: float = 0.0
    output: str = ""


def carried_out(part, left, cuda):
    """Run a part.

    Args:
        part: a `Part`.
        left: seconds that are left for all.
        cuda: whether there is a GPU.

    Returns:
        An `Outcome`.
    """
    limit = min(part.limit, left)
    if part.cuda and not cuda:
        return Outcome(part.name, "skipped", "no CUDA device")
    if limit <= 0:
        return Outcome(part.name, "skipped", "no time was left")
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, *part.command],
            cwd=ROOT,
            env=surroundings(cuda),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf8",
            errors="replace",
            timeout=limit,
        )
        status, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        status, output = None, (late.output or b"").decode("utf8", "replace")
    seconds = time.perf_counter() - start
    told = last_line(output)
    if status is None:
        told = f"stopped after {limit:.0f} s; the last line was: {told}"
    state = {0: "passed", SKIPPED: "skipped"}.get(status, "failed")
    return Outcome(part.name, state, told, seconds, output)


def surroundings(cuda):
    """The variables of a part: this checkout and what was brought come first."""
    path = [str(ROOT), *([str(BROUGHT)] if BROUGHT.is_dir() else [])]
    path += [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONUTF8": "1"}
    found["PYTHONUNBUFFERED"] = "1"  # what is printed comes before what fails
    return {**found, "GPT1_CUDA": "0"} if cuda else found


def last_line(text):
    """The last line that says something, without the marks around pytest's."""
    lines = [line.strip(" =") for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "it printed nothing")
