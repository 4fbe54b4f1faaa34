"""Everything that CI checks, in one command: `make test`.

Formatting and lint, then the book, then pytest with the package's tests, the tests of
the built book and every output of every chapter (nbval). All of it runs even when an
early part fails; pytest's own summary comes last.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEFORE = {
    "lint": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "book": ["scripts.site.build", "--fresh"],
}


def run(module: str, *arguments: str) -> bool:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def main() -> int:
    workers = sys.argv[1] if len(sys.argv) > 1 else "2"
    results = {}
    for name, (module, *arguments) in BEFORE.items():
        start = time.perf_counter()
        results[name] = run(module, *arguments)
        word = "passed" if results[name] else "FAILED"
        print(f"{name} {word} ({time.perf_counter() - start:.0f} s)", flush=True)
    # One notebook is one kernel: all its cells go to one worker.
    pytest = ["pytest", "--nbval", "-q", "-n", workers, "--dist", "loadfile"]
    pytest += ["--durations=5", "--durations-min=5"]
    failed = [name for name, passed in results.items() if not passed]
    passed = run(*pytest)
    if failed:
        print("also failed, see the top:", ", ".join(failed), file=sys.stderr)
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
