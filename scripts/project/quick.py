"""What to run while working: `make quick`, in a minute or so.

Lint, the tests that are marked neither `slow` nor `weekly`, and the notebooks that
differ from those of the branch `main`, from the last commit where there is no such
branch; all of them in an archive, where nobody knows.
"""

from __future__ import annotations

import subprocess
import sys

from scripts.project.tests import LINT, PYTEST, run
from scripts.site.build import ROOT


def git(*words: str) -> list[str] | None:
    """Return the lines that git prints, None where it says no."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else None


def changed_notebooks() -> list[str]:
    """Return the notebooks that are not as they are on `main`, or are not there."""
    if not (ROOT / ".git").exists():
        return sorted(f"notebooks/{p.name}" for p in ROOT.glob("notebooks/*.ipynb"))
    base = git("merge-base", "HEAD", "main") or git("merge-base", "HEAD", "origin/main")
    notebooks, base = ["--", "notebooks/*.ipynb"], base or ["HEAD"]
    changed = git("diff", "--name-only", "--diff-filter=d", *base, *notebooks)
    untracked = git("ls-files", "--others", "--exclude-standard", *notebooks)
    return sorted({*(changed or []), *(untracked or [])})


def main() -> int:
    workers = sys.argv[1] if len(sys.argv) > 1 else "2"
    notebooks = changed_notebooks()
    print("notebooks that changed:", ", ".join(notebooks) or "none", flush=True)
    fast = ["-n", workers, "-m", "not slow and not weekly", "tests", *notebooks]
    return 1 if run({**LINT, "fast tests": [*PYTEST, *fast]}) else 0


if __name__ == "__main__":
    sys.exit(main())
