"""A chapter shows lessons; what draws and what proves is there, and folded."""

import ast
import re
from itertools import pairwise

import pytest

from lib.book.chapters import EVERY, NOTEBOOKS, cells, code_cells, markdown, name
from scripts.notebooks.kinds import FOLDED

KINDS = {*FOLDED, "lesson", "exercise", "key"}
LINES, WITH_A_CLASS, PACKAGES_OWN = 12, 25, 45
DRAWS = r"\bplt\.|\bfigure\.|\baxe?s\b\.?|attention_map\(|model_drawing\(|\bDrawing\("
PROVES = r"\bassert\b|assert_close|torch\.testing"
CAPTION = re.compile(r"\*\*Figure (\S+)\.\*\* [A-Z0-9*$`].{40}")
WORDS = range(1900, 3001)
OTHERWISE = {"00-one-page": range(300, 1400), "bug-museum": range(2400, 3900)}
"""Lengths of what is no chapter; a tenth of the museum is its table of tests."""

every_notebook = pytest.mark.parametrize("path", EVERY, ids=name)
every_chapter = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)


def of_kind(path, kind):
    return [cell for cell in code_cells(path) if kind in cell["tags"]]


def lines(cell):
    """How many lines of a cell hold something, those of its docstrings aside."""
    tree = ast.parse(cell["source"])
    documented = (ast.ClassDef, ast.FunctionDef)
    told = 0
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            text = node.body[0]
            told += text.end_lineno - text.lineno + 1
    return sum(bool(line.strip()) for line in cell["source"].split("\n")) - told


def body(path):
    """The text but for exercises and questions, without formulas and code."""
    text = re.sub(r"\$\$.*?\$\$|```.*?```", "", markdown(path), flags=re.S)
    sections = re.split(r"^(?=## )", text, flags=re.M)
    asked = "## Exercises", "## Check yourself"
    text = "".join(each for each in sections if not each.startswith(asked))
    return re.sub(r"\]\([^)]*\)", "]", text)


@every_notebook
def test_every_cell_of_code_is_of_one_kind(path):
    for cell in code_cells(path):
        assert len(cell["tags"] & KINDS) == 1, cell["source"]


@every_notebook
def test_a_lesson_is_short_and_neither_draws_nor_proves(path):
    for cell in of_kind(path, "lesson"):
        most = LINES
        if re.search(r"^class ", cell["source"], re.MULTILINE):
            most = WITH_A_CLASS
        if cell["tags"] & {"plain", "defines"}:
            most = PACKAGES_OWN
        assert lines(cell) <= most, cell["source"]
        assert not re.search(f"{DRAWS}|{PROVES}", cell["source"]), cell["source"]


@every_notebook
def test_a_class_stands_whole_in_one_cell(path):
    for cell in code_cells(path):
        for node in ast.parse(cell["source"]).body:
            patched = isinstance(node, ast.Assign) and isinstance(
                node.targets[0], ast.Attribute
            )
            if patched:
                owner = ast.unparse(node.targets[0].value)
                assert not owner[0].isupper(), ast.unparse(node)


@every_notebook
def test_two_of_three_lines_that_are_seen_are_lessons(path):
    """What is folded shows one line."""
    shown = sum(lines(cell) for cell in of_kind(path, "lesson"))
    folded = sum(bool(cell["tags"] & FOLDED) for cell in code_cells(path))
    assert shown >= 2 * folded


@every_notebook
def test_a_proof_says_in_one_line_what_it_has_shown(path):
    for cell in of_kind(path, "proof"):
        if "nbval-skip" in cell["tags"]:  # which needs a network, and shows nothing
            assert 'print("✓ ' in cell["source"]
            continue
        said = "".join("".join(out.get("text", "")) for out in cell["outputs"])
        assert re.fullmatch(r"✓ .+\n", said), cell["source"]


@every_notebook
def test_the_body_has_the_length_of_one_sitting(path):
    assert len(body(path).split()) in OTHERWISE.get(path.stem, WORDS)


@every_notebook
def test_captions_stand_below_their_pictures_numbered_and_are_spoken_of(path):
    chapter = path.stem[:2].lstrip("0") or "0"
    chapter = "M" if path.stem == "bug-museum" else chapter
    numbers = []
    for cell, below in pairwise(cells(path)):
        if "figure" in cell["metadata"].get("mystnb", {}):
            found = CAPTION.match(below["source"])
            assert found, below["source"][:80]
            numbers.append(found[1])
            assert "caption" not in cell["metadata"]["mystnb"]["figure"]
    assert numbers == [f"{chapter}.{i + 1}" for i in range(len(numbers))]
    text = re.sub(r"\*\*Figure \S+\*\*", "", markdown(path))
    spoken = set(re.findall(r"\b[Ff]igures?\s(?:\d+\.\d+ and )?([\dM]+\.\d+)", text))
    spoken |= set(re.findall(r"\b[Ff]igures\s(\d+\.\d+)", text))
    assert [number for number in numbers if number not in spoken] == []


@every_chapter
def test_two_exercises_are_marked_for_those_who_do_only_two(path):
    marked = re.findall(
        r"\*Difficulty: .+ · recommended if you do only two\*", markdown(path)
    )
    assert len(marked) == 2


@every_notebook
def test_it_opens_with_no_quotation_of_the_paper_and_no_equation(path):
    """The problem comes first, in the reader's own hands."""
    opening = [cell for cell in cells(path) if not cell["tags"] & FOLDED]
    for cell in opening[: 1 + next(i for i, c in enumerate(opening) if c["tags"])]:
        assert not re.search(r"From the (paper|code)|\$\$", cell["source"])
