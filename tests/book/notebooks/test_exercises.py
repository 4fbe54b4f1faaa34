"""Every exercise of every chapter has its parts, and is stored undone.

That its solution passes its check is seen where the shape comments are checked.
"""

import ast
import re

import pytest

from gpt1.check import exercises
from lib.book.chapters import NOTEBOOKS, cells

CHECK = re.compile(r'^check\("([a-z0-9-]+)", (\w+)\)$', re.MULTILINE)
SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\s*```python\n(?s:.*?)```(?s:.*?)</details>"
)
HINT = re.compile(r"(?s)<details>\s*<summary>Hint</summary>.*?</details>")
HEAD = re.compile(
    r"### Exercise \d+: .+?\n\n\*Difficulty: (?:easy|medium|hard) · \d+ min"
)


def found():
    """(chapter, stub's cell, text before it, text after it) of every exercise."""
    for path in NOTEBOOKS:
        before = ""
        every = cells(path)
        for index, cell in enumerate(every):
            if "exercise" in cell["tags"]:
                yield path, cell, before, every[index + 1]["source"]
            before = cell["source"] if cell["cell_type"] == "markdown" else ""


FOUND = list(found())
IDS = [
    f"{path.stem[:2]}-{cell['source'][4:].split('(')[0]}" for path, cell, *_ in FOUND
]
each = pytest.mark.parametrize(("path", "cell", "before", "after"), FOUND, ids=IDS)


@each
def test_an_exercise_has_its_parts(path, cell, before, after):
    assert len(HEAD.findall(before)) == 1
    assert len(HINT.findall(after)) == len(SOLUTION.findall(after)) == 1
    assert CHECK.search(cell["source"])
    assert ast.get_docstring(ast.parse(cell["source"]).body[0])  # the contract


@each
def test_the_committed_exercise_is_not_done_yet(path, cell, before, after):
    name, _ = CHECK.search(cell["source"]).groups()
    printed = "".join("".join(output["text"]) for output in cell["outputs"])
    assert printed.startswith(f"{name}: not done yet.")
    assert len(cell["outputs"]) == 1
    assert "raise NotImplementedError" in cell["source"]


def test_every_exercise_is_in_one_chapter():
    used = sorted(CHECK.search(cell["source"]).group(1) for _, cell, *_ in FOUND)
    assert used == sorted(exercises())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_has_four_to_six_exercises(path):
    assert 4 <= sum(where == path for where, *_ in FOUND) <= 6
