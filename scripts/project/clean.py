"""Remove what the other commands built.

`python -m scripts.project.clean .venv` removes the environment too.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ["_build", "build", "dist", "htmlcov", ".pytest_cache", ".ruff_cache"]
BUILT += [".coverage", ".jupyter_cache"]


def main() -> None:
    for name in [*BUILT, *sys.argv[1:]]:
        path = ROOT / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for folder in ("benchmarks", "book", "gpt1", "notebooks", "scripts", "tests"):
        for name in ("__pycache__", ".ipynb_checkpoints"):
            for path in list((ROOT / folder).rglob(name)):
                shutil.rmtree(path)


if __name__ == "__main__":
    main()
