"""Notebooks as the pages show them: folds, captions, and the drawing under the title.

The notebook file has what Jupyter and Colab understand; Jupyter Book is given the same
cells with what it understands.

- A cell that Jupyter folds is folded here too. Its first line, `# @title Draw the
  mask`, is Colab's title of the fold and leaves the code.
- A paragraph `**Figure 4.2.** What it shows.` below a picture becomes its caption, and
  "figure 4.2" in the text a link to it.
- The numbers beside a picture that can be moved are left to `pictures/moving.py`.
- The drawing of the whole model, the first picture, comes before the cells of set-up,
  which have to run first, and without its one line of code.
- A story that a cell prints stands on a sheet of paper: stories.py.
"""

import re
from itertools import pairwise

import nbformat

from book._ext.pages.stories import on_paper
from gpt1.pictures.moving import MIME

TITLE = re.compile(r"# @title (.+)\n")
NUMBER = r"((?:\d+|M)\.\d+)"  # M is the bug museum
CAPTION = re.compile(rf"\*\*Figure {NUMBER}\.\*\* (.+?)(?:\n\n|\Z)", re.DOTALL)
MENTION = re.compile(rf"\b[Ff]igure\s{NUMBER}")
# Code, formulas and links stay as they are.
LITERAL = re.compile(r"(```.*?```|`[^`\n]*`|\$\$.*?\$\$|\[[^]]*\]\([^)]*\))", re.DOTALL)
WORDS = {"picture": "the code", "proof": "the check", "key": "the key"}


def read(text):
    """Read a notebook, as myst-nb's format for `.ipynb`."""
    notebook = nbformat.reads(text, as_version=4)
    cells = notebook.cells
    for cell in cells:
        if cell.cell_type == "code":
            fold(cell)
            for output in cell.outputs:
                output.get("data", {}).pop(MIME, None)
            on_paper(cell)
    figures = caption(cells)
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, figures)
    notebook.cells = drawing_first([cell for cell in cells if cell.source])
    return notebook


def tags(cell):
    return cell.metadata.get("tags", [])


def fold(cell):
    """Fold what Jupyter folds, under words that say what is there."""
    if "key" in tags(cell):
        hidden = "hide-cell"
    elif cell.metadata.get("jupyter", {}).get("source_hidden"):
        hidden = "hide-input"
    else:
        return
    titled = TITLE.match(cell.source)
    words = titled[1] if titled else "Code"
    cell.source = cell.source[titled.end() :] if titled else cell.source
    known = next((WORDS[tag] for tag in tags(cell) if tag in WORDS), None)
    prompts = [f"Show {known}", f"Hide {known}"] if known else [words, f"Hide: {words}"]
    names = ["code_prompt_show", "code_prompt_hide"]
    cell.metadata["tags"] = [*tags(cell), hidden]
    cell.metadata.setdefault("mystnb", {}).update(zip(names, prompts, strict=True))


def caption(cells):
    """Move captions into their figures; return the figures' names by number."""
    names = {}
    for picture, below in pairwise(cells):
        figure = picture.metadata.get("mystnb", {}).get("figure")
        found = CAPTION.match(below.source) if below.cell_type == "markdown" else None
        if figure is not None and found:
            figure["caption"] = " ".join(found[2].split())
            names[found[1]] = figure["name"]
            below.source = below.source[found.end() :]
    return names


def linked(text, figures):
    """Make "figure 4.2" a link, where that figure is on this page."""

    def link(match):
        name = figures.get(match[1])
        return f"[{match[0]}](#{name})" if name else match[0]

    parts = LITERAL.split(text)
    parts[::2] = [MENTION.sub(link, part) for part in parts[::2]]
    return "".join(parts)


def drawing_first(cells):
    """Put the first picture in front of the cells of set-up right before it."""
    kinds = [tags(cell) for cell in cells]
    place = next((i for i, kind in enumerate(kinds) if "picture" in kind), 0)
    first = place
    while first and "setup" in kinds[first - 1]:
        first -= 1
    drawing = cells.pop(place)
    cells.insert(first, drawing)
    if "picture" in tags(drawing):
        folds = {"hide-input": "remove-input"}
        drawing.metadata["tags"] = [folds.get(tag, tag) for tag in tags(drawing)]
    return cells
