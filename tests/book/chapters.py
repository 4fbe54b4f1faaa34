"""The chapters, as the tests read them."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVERY = sorted((ROOT / "notebooks").glob("*.ipynb"))  # with the appendix
NOTEBOOKS = [path for path in EVERY if path.stem[0].isdigit()]  # the chapters


def cells(path: Path) -> list[dict]:
    """Return a notebook's cells, with sources as one text and tags as a set."""
    found = json.loads(path.read_text("utf8"))["cells"]
    for cell in found:
        cell["source"] = "".join(cell["source"])
        cell["tags"] = set(cell["metadata"].get("tags", []))
    return found


def code_cells(path: Path) -> list[dict]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def name(path: Path) -> str:
    """A parameter's name in pytest's output."""
    return path.stem
