"""Run the chapters and store their outputs, under the variables of the tests.

    make notebooks                    all of them
    make notebooks NB=04-attention    one of them

A notebook is written only when it has run to its end. What the editor left behind
(times, collapsed cells, kernel names, other ids or none) is removed, so that a notebook
that still prints what it printed stays the same file to the byte: a cell that says what
a committed one says has its id. The one exception: where only outputs
differ that are tagged `nbval-ignore-output`, such as times, the stored ones are kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbconvert.filters import strip_ansi

from scripts.notebooks.kinds import FOLD, FOLDED, KEY
from scripts.notebooks.variables import set_variables

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
SECONDS_PER_CELL = 300
KEPT_IN_CELLS = {"mystnb", "tags"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


def run(path: Path) -> str:
    """Execute a notebook and return the text to store."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        skip_cells_with_tag="nbval-skip",
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
    ).execute()
    return stored_form(notebook, committed(path))


def stored_form(notebook: nbformat.NotebookNode, before: str | None = None) -> str:
    """Return the one text that a notebook with these contents has on disk."""
    notebook.metadata, notebook.nbformat_minor = METADATA, 5
    take_back_ids(notebook.cells, json.loads(before)["cells"] if before else [])
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_IN_CELLS}
        if FOLDED & {*cell.metadata.get("tags", [])}:
            cell.metadata |= FOLD
        if "key" in cell.metadata.get("tags", []):
            cell.metadata |= KEY
        cell.pop("attachments", None)
    _, notebook = nbformat.validator.normalize(notebook)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return text.rstrip("\n") + "\n"


def take_back_ids(cells: list[dict], committed: list[dict]) -> None:
    """Give cells the ids that they were committed with, whatever an editor did."""
    known = defaultdict(list)
    for cell in committed:
        if "id" in cell:
            known[cell["cell_type"], "".join(cell["source"])].append(cell["id"])
    for cell in cells:
        if same := known[cell["cell_type"], cell["source"]]:
            cell["id"] = same.pop(0)


def without_ignored(text: str) -> dict:
    """Return the notebook without the outputs that nobody compares."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            cell["outputs"] = []
    return notebook


def committed(path: Path) -> str | None:
    """Return the notebook as it was last committed, None where nobody knows."""
    command = ["git", "show", f"HEAD:./{path.name}"]
    try:
        shown = subprocess.run(command, cwd=path.parent, capture_output=True)
    except FileNotFoundError:  # no git here
        return None
    return shown.stdout.decode("utf8") if shown.returncode == 0 else None


def store(path: Path, text: str) -> bool:
    """Write the notebook unless it already says the same; tell whether it was."""
    before = committed(path)
    if before is not None and without_ignored(before) == without_ignored(text):
        text = before
    if path.read_text("utf8") == text:
        return False
    path.write_text(text, "utf8", newline="\n")
    return True


def main() -> int:
    set_variables()
    names = [Path(name).stem for name in sys.argv[1:]]
    paths = [FOLDER / f"{name}.ipynb" for name in names]
    paths = paths or sorted(FOLDER.glob("*.ipynb"))
    if missing := [path for path in paths if not path.exists()]:
        print("there is no", *[path.relative_to(ROOT) for path in missing])
        return 2
    failed = 0
    for path in paths:
        start = time.perf_counter()
        try:
            outcome = "stored" if store(path, run(path)) else "unchanged"
        except (CellExecutionError, CellTimeoutError) as error:
            outcome, failed = (
                f"FAILED, not stored\n{strip_ansi(str(error))}",
                failed + 1,
            )
        seconds = time.perf_counter() - start
        print(f"{path.name:28} {seconds:5.1f} s  {outcome}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
