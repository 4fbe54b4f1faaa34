"""A class that a chapter builds is the class of the package."""

import re
from functools import cache

import pytest

from lib.book.chapters import NOTEBOOKS, ROOT, code_cells, markdown, name
from lib.book.definitions import Definitions, differences

TAUGHT = ["tokenizer/bpe.py", "data/windows.py", "model.py", "train/step.py"]
TAUGHT += ["generate/sampling.py"]
TAUGHT = [ROOT / "gpt1" / path for path in TAUGHT]
# The training loop and the draw are made of functions.
LOOPS = {"schedule", "parameter_groups", "counted", "total_loss", "evaluate"}
LOOPS |= {"train_step", "candidates", "next_token"}
# Told in a sentence: the bookkeeping of several texts; windows that begin alike.
TOLD = {"Texts", "Aligned"}
# The chapter that shows the whole model writes with it: training and files are no part.
LEFT_OUT = {"GPT.loss", "GPT.from_pretrained", "GPT.save_pretrained"}
LEFT_OUT |= {"GPT2.from_pretrained", "GPT2.save_pretrained"}


def read(paths):
    found = Definitions()
    for path in paths:
        found.read(path.read_text("utf8"))
    return found


@cache
def package():
    everything = sorted((ROOT / "gpt1").rglob("*.py"))
    return read([*everything, *TAUGHT])  # the last of a name counts


def chapter(path):
    found = Definitions()
    for cell in code_cells(path):
        if "defines" in cell["tags"]:
            found.read(cell["source"])
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_what_a_chapter_defines_is_what_the_package_has(path):
    left_out = {f"{name}: the chapter does not define it" for name in LEFT_OUT}
    found = differences(chapter(path), package())
    assert "\n".join(one for one in found if one not in left_out) == ""


@pytest.mark.slow
def test_what_a_chapter_leaves_out_is_there():
    for left_out in LEFT_OUT:
        owner, method = left_out.split(".")
        assert method in package().classes[owner].methods


def test_every_class_of_the_model_and_function_of_the_loops_is_built_in_one_chapter():
    chapters = [chapter(path) for path in NOTEBOOKS]
    built = [name for one in chapters for name in {*one.classes, *one.functions}]
    wanted = read(TAUGHT).classes.keys() - TOLD | LOOPS
    assert [name for name in sorted(wanted) if built.count(name) != 1] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_cell_that_says_it_defines_something_does(path):
    for cell in code_cells(path):
        if "defines" in cell["tags"]:
            assert re.search(r"^(class |def |\w+ = )", cell["source"], re.MULTILINE)


def snippets(text):
    """The blocks of code in a chapter's text, without hints and solutions."""
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def bare(source):
    """Lines without indents and comments."""
    lines = [re.sub(r"\s*#.*", "", line).strip() for line in source.split("\n")]
    return [line for line in lines if line]


def first_that_is_not_there(snippet, sources):
    """The first line of a snippet that no source has in its place."""
    left = iter(bare("\n".join(sources)))
    wanted = [line for line in bare(snippet) if line != "..."]
    return next((line for line in wanted if line not in left), None)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_lines_in_the_text_are_lines_of_what_the_chapter_defines(path):
    """The new lines of a class are shown; the whole of it is folded below them."""
    defined = [c["source"] for c in code_cells(path) if "defines" in c["tags"]]
    for snippet in snippets(markdown(path)):
        assert first_that_is_not_there(snippet, defined) is None


def test_a_line_that_is_not_there_and_one_out_of_place_are_found():
    text = "```python\na = 1\n...\nb = 2  # new\n```\n"
    text += "<details>```python\nc```</details>"
    [snippet] = snippets(text)
    assert first_that_is_not_there(snippet, ["if x:\n    a = 1", "b = 2"]) is None
    assert first_that_is_not_there(snippet, ["a = 1", "b = 3"]) == "b = 2"
    assert first_that_is_not_there(snippet, ["b = 2", "a = 1"]) == "b = 2"


# The comparison itself: what it must overlook, and what it must not.

PACKAGE = '''
import torch

LIMIT = 3

def double(x: float, times=2) -> float:
    """Twice."""
    return x * times  # here

class Scale(Base):
    """A class."""

    kind = "a"

    def __init__(self, by: int):
        self.by = by

    @classmethod
    def two(cls):
        """Make one."""
        return cls(2)

    def forward(self, x):
        if x:
            return x * self.by
        return x
'''
SPREAD = """
class Scale(Base):
    kind = "a"
    def __init__(self, by):
        self.by = by
---
def forward(self, x):
    if x:
        return (
            x * self.by
        )
    return x

Scale.forward = forward
---
def make_two(cls):
    return cls(2)
Scale.two = classmethod(make_two)
---
def double(x, times=2):
    # Another comment.
    return x * times
"""


def found(cells):
    here, there = Definitions(), Definitions()
    there.read(PACKAGE)
    for cell in cells.split("---"):
        here.read(cell)
    return differences(here, there)


def test_a_class_spread_over_cells_equals_the_class_in_one_piece():
    assert found(SPREAD) == []
    assert found(PACKAGE) == []


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("x * self.by", "x + self.by", "Scale.forward"),
        ("times=2", "times=3", "double"),
        ("def double", "def triple", "triple"),
        ("class Scale(Base)", "class Scale(Other)", "Scale"),
        ('kind = "a"', 'kind = "b"', "Scale, body"),
        ("classmethod(make_two)", "make_two", "Scale.two"),
        ("Scale.forward = forward", "Scale.backward = forward", "Scale.forward"),
        ("Scale.forward = forward", "", "Scale.forward"),
        ("    return x\n", "", "Scale.forward"),
        ("class Scale", "LIMIT = 4\nclass Scale", "LIMIT"),
    ],
)
def test_a_difference_is_found_and_named(before, after, named):
    assert before in SPREAD
    assert any(line.startswith(named) for line in found(SPREAD.replace(before, after)))


def test_a_method_that_the_package_lacks_is_found():
    extra = SPREAD + "---\ndef more(self):\n    pass\nScale.more = more\n"
    assert found(extra) == ["Scale.more: the package has no such name"]
