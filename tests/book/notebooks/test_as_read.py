"""Readers run a cell again, in a folder of their own, with no network."""

import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from lib.book.chapters import EVERY, name

pytestmark = pytest.mark.weekly
BUSY = 'legend with loc="best" can be slow'
"""matplotlib looks at the clock: this says more of the machine than of the cell."""


def twice(notebook):
    """Double each cell of code, those that no check runs too."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    doubled = [cell.copy() for cell in code for _ in range(2)]
    for cell in doubled:
        cell.update(id=nbformat.v4.new_code_cell().id, outputs=[])
    notebook.cells = doubled


def faults(notebook):
    """Yield the errors and the warnings of cells, with the cell's first words."""
    for cell in notebook.cells:
        expected = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not expected:
                yield f"{cell.source[:60]!r}: {output.ename}: {output.evalue[:200]}"
            said = output.text if output.get("name") == "stderr" else ""
            if said and BUSY not in said:
                yield f"{cell.source[:60]!r}: {said[-200:]}"


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_cell_runs_twice_anywhere_without_a_network(path, tmp_path, monkeypatch):
    """In a folder with spaces and accents; a warning is a fault too."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    folder = tmp_path / "leçons d'été"
    folder.mkdir()
    shutil.copy(path, folder)
    notebook = nbformat.read(folder / path.name, as_version=4)
    twice(notebook)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute()
    assert list(faults(notebook)) == []
