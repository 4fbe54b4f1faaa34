"""The bug museum: each exhibit is whole, and the test that it names is there."""

import re

import pytest

from lib.book.chapters import ROOT, cells
from model.test_mutations import PAIRS

PATH = ROOT / "notebooks" / "bug-museum.ipynb"
EVERY = cells(PATH)
HEAD = re.compile(
    r"### (\d+)\. ([^\n]+)\n\n```python\n(.+?)\n```\n\n\*\*What one notices\.\*\* (.+)",
    re.DOTALL,
)
LAST = re.compile(r"\*\*The fix\.\*\* (.+)\n\n\*\*The guard\.\*\* (.+)", re.DOTALL)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[([^`]+)\])?`")
EXHIBITS = [
    (place, HEAD.fullmatch(cell["source"]))
    for place, cell in enumerate(EVERY)
    if cell["source"].startswith("### ")
]
TITLES = [match[2] for _, match in EXHIBITS]
each = pytest.mark.parametrize("place", [p for p, _ in EXHIBITS], ids=TITLES)


def test_there_are_twenty_exhibits_at_least_and_their_numbers_run():
    numbers = [int(match[1]) for _, match in EXHIBITS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 20
    assert len(set(TITLES)) == len(TITLES)
    assert EVERY[0]["source"].split("\n")[2].startswith(f"{len(numbers)} mistakes")


def test_the_contents_lists_each_exhibit():
    listed = re.findall(r"\[(\d+)&nbsp;([^]]+)\]\(#([\w-]+)\)", EVERY[0]["source"])
    assert [title for _, title, _ in listed] == TITLES
    for number, title, anchor in listed:
        words = re.sub(r"[^\w -]", "", f"{number}. {title}".lower())
        assert anchor == words.replace(" ", "-")


@each
def test_an_exhibit_has_its_five_parts(place):
    code, exposed, last = (EVERY[place + n]["source"] for n in range(3))
    assert 1 <= HEAD.fullmatch(code)[3].count("\n") + 1 <= 6
    assert EVERY[place + 1]["cell_type"] == "code"
    assert exposed.strip()
    assert LAST.fullmatch(last)
    assert not EVERY[place + 1]["tags"], "nbval compares it"
    printed = "".join("".join(output["text"]) for output in EVERY[place + 1]["outputs"])
    assert len(printed.splitlines()) >= 2


@each
def test_the_test_that_guards_against_it_exists(place):
    named = TEST.findall(LAST.fullmatch(EVERY[place + 2]["source"])[2])
    assert named
    for path, name, mutation in named:
        code = (ROOT / path).read_text("utf8")
        assert f"\ndef {name}(" in code, f"{path} has no {name}"
        if mutation:
            assert path == "tests/model/test_mutations.py"
            assert mutation in {pair.id for pair in PAIRS}
