"""All that CI checks, in one command: `make test`.

Formatting and lint, then pytest: the package, every output of every chapter (nbval),
and the book, which the first test that looks at it builds afresh. All of it runs even
when an early part fails; pytest's own summary comes before the last lines.

`make weekly` runs the tests that this leaves out, marked `weekly`: what takes minutes
and fails seldom, such as the book as PDF and EPUB, and every cell twice.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from scripts.site.build import BUILD, ROOT, forget

REPORT = BUILD / "tests.xml"
"""What each test took and how it ended; `make checked` reads it too."""
LINT = {"lint": ["ruff", "check", "--quiet", "."]}
LINT |= {"format": ["ruff", "format", "--check", "--quiet", "."]}
# The order of the files is that of `conftest.py`.
PYTEST = ["pytest", "--nbval", "-q", "--no-loadscope-reorder"]
DAILY, WEEKLY = ["-m", "not weekly"], ["-m", "weekly", "tests"]


def run(parts: dict[str, list[str]]) -> list[str]:
    """Run Python's modules in turn, and return the names of those that failed."""
    failed = []
    for name, command in parts.items():
        start = time.perf_counter()
        if subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode:
            failed.append(name)
        word = "FAILED" if name in failed else "passed"
        print(f"{name} {word} ({time.perf_counter() - start:.0f} s)", flush=True)
    return failed


def seconds_by_room(report: Path) -> dict[str, float]:
    """Add up what the tests took, by folder: the workers' time, not the clock's."""
    seconds = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        room = case.get("classname").split(".")
        folders = [part for part in room[:2] if not part.startswith("test_")]
        name = room[0] if room[0] == "notebooks" else "/".join(folders)
        seconds[name] += float(case.get("time"))
    return dict(seconds.most_common())


def main() -> int:
    workers = sys.argv[1] if len(sys.argv) > 1 else "2"
    command = [*PYTEST, "-n", workers]
    if "weekly" in sys.argv:
        return 1 if run({"weekly tests": [*command, *WEEKLY]}) else 0
    forget()
    REPORT.unlink(missing_ok=True)
    failed = run({**LINT, "pytest": [*command, *DAILY, f"--junitxml={REPORT}"]})
    if REPORT.exists():
        rooms = seconds_by_room(REPORT).items()
        print("of it", ", ".join(f"{room} {s:.0f}" for room, s in rooms if s >= 1))
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
