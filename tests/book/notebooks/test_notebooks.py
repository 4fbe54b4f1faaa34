"""Every chapter is stored fully run, fits the page, and says what its pictures show."""

import json
import re

import nbformat
import pytest

from lib.book.chapters import EVERY, NOTEBOOKS, cells, code_cells, markdown, name
from scripts.notebooks.kinds import FOLD, FOLDED, KEY
from scripts.notebooks.run import stored_form
from scripts.site.address import is_setup_cell, setup_cell

WIDEST = 72
TALLEST = 25

KNOWN = """defines exercise full-width hide-input hide-output key lesson margin
nbval-ignore-output nbval-raises-exception nbval-skip picture plain proof
raises-exception remove-cell remove-input remove-output scroll-output setup solution"""
WHOLE = 52
"""Lines of the tallest cell that shows a class whole."""

every_notebook = pytest.mark.parametrize("path", EVERY, ids=name)


@every_notebook
def test_it_was_stored_after_one_run_from_top_to_bottom(path):
    count = 0
    for cell in code_cells(path):
        if "nbval-skip" in cell["tags"]:
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
        else:
            count += 1
            assert cell["execution_count"] == count, "run: make notebooks"


@every_notebook
def test_it_starts_with_a_title_then_the_set_up_cell(path):
    first = cells(path)[0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# \S", first["source"])
    cell = code_cells(path)[0]
    assert cell["source"] == setup_cell(), "run: make address"
    assert cell["tags"] == {"setup"}
    assert sum(map(is_setup_cell, cells(path))) == 1


@every_notebook
def test_its_code_fits_the_page(path):
    for cell in code_cells(path):
        if not is_setup_cell(cell):
            lines = cell["source"].split("\n")
            if not cell["tags"] & {*FOLDED, "key"}:  # the others are folded
                whole = {"plain", "defines"} & cell["tags"]
                assert len(lines) <= (WHOLE if whole else TALLEST), cell["source"]
            assert max(map(len, lines)) <= WIDEST, max(lines, key=len)


@every_notebook
def test_a_cell_has_text_known_tags_and_nothing_that_an_editor_left(path):
    for cell in cells(path):
        assert cell["source"].strip()
        assert cell["tags"] <= set(KNOWN.split())
        kept = {"mystnb", "tags", *(FOLD if cell["tags"] & FOLDED else ())}
        kept |= KEY.keys() if "key" in cell["tags"] else set()
        assert set(cell["metadata"]) <= kept, "run: make notebooks"


@every_notebook
def test_what_is_no_lesson_is_folded_under_a_title(path):
    """On Colab as a form, in Jupyter as collapsed code, in the book under words."""
    for cell in code_cells(path):
        if cell["tags"] & FOLDED:
            assert FOLD.items() <= cell["metadata"].items(), "run: make notebooks"
            assert re.match(r"# @title [A-Z].{2,60}[^.]\n.", cell["source"])


def test_the_key_is_stored_folded_with_what_it_prints():
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("jupyter", None)
    stored = json.loads(stored_form(notebook, None))["cells"]
    keys = [cell for cell in stored if "key" in cell["metadata"].get("tags", [])]
    assert len(keys) == 1
    assert KEY.items() <= keys[0]["metadata"].items()


@every_notebook
def test_every_cell_has_the_id_of_a_current_format(path):
    stored = json.loads(path.read_text("utf8"))
    assert (stored["nbformat"], stored["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in stored["cells"]}) == len(stored["cells"])


def test_ids_that_an_editor_dropped_or_changed_are_those_of_the_last_commit():
    path = NOTEBOOKS[0]
    for ids, minor in [(None, 0), ("0a1b2c3d", 5)]:
        notebook = nbformat.read(path, as_version=4)
        notebook.nbformat_minor = minor
        for number, cell in enumerate(notebook.cells):
            cell.pop("id")
            if ids:
                cell["id"] = f"{ids}-{number}"
        assert stored_form(notebook, path.read_text("utf8")) == path.read_text("utf8")


@every_notebook
def test_it_is_plain_python(path):
    for cell in code_cells(path):
        compile(cell["source"], path.name, "exec")


@every_notebook
def test_every_link_has_both_its_brackets(path):
    text = re.sub(
        r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$]*\$", "", markdown(path), flags=re.S
    )
    inside = r"(?:[^\[\]]|\[[^\[\]]*\])*"
    left = re.sub(rf"!?\[{inside}\]\((?:[^()\s]|\([^()]*\))*\)", "", text)
    assert re.findall(r".{0,60}\]\(.{0,60}", left) == []
