"""The chapters, as the tests read them."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
EVERY = sorted((ROOT / "notebooks").glob("*.ipynb"))  # with one page and appendix
ONE_PAGE = ROOT / "notebooks" / "00-one-page.ipynb"  # has rules of its own
NOTEBOOKS = [p for p in EVERY if p.stem[0].isdigit() and p != ONE_PAGE]  # the chapters
CONTENTS = re.findall(r"(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text("utf8"))
DISPLAY = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)


def cells(path: Path) -> list[dict]:
    """Return a notebook's cells, with sources as one text and tags as a set."""
    found = json.loads(path.read_text("utf8"))["cells"]
    for cell in found:
        cell["source"] = "".join(cell["source"])
        cell["tags"] = set(cell["metadata"].get("tags", []))
    return found


def code_cells(path: Path) -> list[dict]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def markdown(path: Path) -> str:
    """Return the text between a notebook's cells of code."""
    texts = [c["source"] for c in cells(path) if c["cell_type"] == "markdown"]
    return "\n\n".join(texts)


def displays(path: Path) -> list[str]:
    """Return a notebook's equations in display, in the order of reading."""
    return DISPLAY.findall(markdown(path))


def name(path: Path) -> str:
    """A parameter's name in pytest's output."""
    return path.stem
