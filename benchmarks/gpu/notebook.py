"""Run the code cells of a notebook in this process, where Jupyter is not installed.

    python -m benchmarks.gpu.notebook notebooks/04-attention.ipynb

An error stops it; outputs are not compared, since a GPU's last digits are others. With
a GPU the cells run too that nbval skips. A notebook for which a package is missing is
skipped.
"""

import json
import linecache
import os
import sys
from pathlib import Path
from types import ModuleType

from benchmarks.gpu.outcome import SKIPPED
from scripts.notebooks.variables import set_variables


def cells(path, everything):
    """The code of each cell that is run, by its number in the notebook.

    Args:
        path: of the notebook.
        everything: whether to run what nbval skips.
    """
    for number, cell in enumerate(json.loads(path.read_text("utf8"))["cells"]):
        skipped = "nbval-skip" in cell["metadata"].get("tags", []) and not everything
        if cell["cell_type"] == "code" and not skipped:
            yield number, "".join(cell["source"])


def execute(path, everything):
    """Run the cells as one program whose folder is the notebook's.

    Returns:
        How many there were.

    Raises:
        RuntimeError: a cell failed; the message says which.
    """
    main = ModuleType("__main__")
    main.display = lambda *shown, **how: None
    sys.modules["__main__"] = main  # where pickles and dataclasses look
    sys.path[0] = str(path.parent)
    os.chdir(path.parent)
    count = 0
    for number, source in cells(path, everything):
        name = f"<{path.stem}, cell {number}>"
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = len(source), None, lines, name  # for inspect
        try:
            exec(compile(source, name, "exec"), vars(main))
        except ModuleNotFoundError:
            raise
        except Exception as error:
            told = str(error).partition("\n")[0]
            raise RuntimeError(
                f"cell {number}: {type(error).__name__}: {told}"
            ) from error
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        count += 1
    return count


def main():
    path = Path(sys.argv[1]).resolve()
    set_variables()
    os.environ["MPLBACKEND"] = "agg"
    import torch

    cuda = torch.cuda.is_available()
    try:
        count = execute(path, everything=cuda)
    except ModuleNotFoundError as missing:
        print(f"\nno package {missing.name}")
        return SKIPPED
    print(f"\n{count} cells without an error, on {'the GPU' if cuda else 'the CPU'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
