"""The bug museum: each room is whole, and the tests that it names are there."""

import re

import pytest
import torch

from lib.book.chapters import ROOT, cells
from model.test_mutations import PAIRS

PATH = ROOT / "notebooks" / "bug-museum.ipynb"
EVERY = cells(PATH)
HEAD = re.compile(r"### (\d+)\. ([^\n]+)\n\n```python\n(.+?)\n```\n\n(.+)", re.DOTALL)
GUARDS = re.compile(
    r"<details><summary>The tests that guard against each mistake</summary>\n\n"
    r"\| \| Tests \|\n\|---\|---\|\n(.+)\n\n</details>$",
    re.DOTALL,
)
LAST = re.compile(
    r"(?:\*\*Figure M\.\d\.\*\* .+)?\*\*What you notice\.\*\* (.+)\n\n"
    r"\*\*How to catch it\.\*\* (.+)",
    re.DOTALL,
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[([^`]+)\])?`")
ROW = re.compile(r"^\| (\d+) \| (\*\*.+\*\*.*) \| (.+) \|$", re.MULTILINE)
ROOMS = [
    (place, HEAD.fullmatch(cell["source"]))
    for place, cell in enumerate(EVERY)
    if re.match(r"### \d", cell["source"])
]
TITLES = [match[2] for _, match in ROOMS]
TABLES = [cell["source"] for cell in EVERY if ROW.search(cell["source"])]
each_room = pytest.mark.parametrize("place", [p for p, _ in ROOMS], ids=TITLES)
each_table = pytest.mark.parametrize("text", TABLES, ids=lambda text: text[:20])


def after(place):
    """The cells of a room, up to the text that ends it."""
    room = []
    for cell in EVERY[place + 1 :]:
        room.append(cell)
        if LAST.fullmatch(cell["source"]):
            return room
    raise AssertionError("the room has no end")


def rows(text):
    return [int(number) for number, _, _ in ROW.findall(text)]


def defined(*names):
    """What the museum's own cells define under these names."""
    space = {"torch": torch}
    for name in names:
        [source] = [c["source"] for c in EVERY if f"def {name}(" in c["source"]]
        [code] = re.findall(rf"(?ms)^def {name}\(.*?(?=^\S|\Z)", source)
        exec(code, space)
    return [space[name] for name in names]


def test_fifteen_rooms_and_the_tables_are_numbered_through():
    numbers = [int(match[1]) for _, match in ROOMS]
    assert len(numbers) == 15
    for text in TABLES:
        numbers += rows(text)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(set(TITLES)) == len(TITLES)
    assert (
        EVERY[0]["source"]
        .split("\n")[2]
        .startswith(f"This chapter shows {len(numbers)} mistakes")
    )
    assert len(numbers) - 15 == 20
    assert "The other twenty are in tables" in EVERY[0]["source"]


def test_the_contents_lists_each_room():
    listed = re.findall(r"\[(\d+)&nbsp;([^]]+)\]\(#([\w-]+)\)", EVERY[0]["source"])
    assert [title for _, title, _ in listed] == TITLES
    for number, title, anchor in listed:
        words = re.sub(r"[^\w -]", "", f"{number}. {title}".lower())
        assert anchor == words.replace(" ", "-")


@each_room
def test_a_room_shows_a_wrong_line_a_run_what_one_notices_and_the_cure(place):
    assert 2 <= HEAD.fullmatch(EVERY[place]["source"])[3].count("\n") + 1 <= 5
    assert "wrong" in HEAD.fullmatch(EVERY[place]["source"])[3]
    code = [cell for cell in after(place) if cell["cell_type"] == "code"]
    shown = [cell for cell in code if cell["tags"] & {"lesson", "picture"}]
    assert any(cell["outputs"] for cell in shown), "a run is shown, not asserted"


@each_room
def test_what_one_notices_is_claimed_by_a_check_too(place):
    [last] = [i for i, cell in enumerate(EVERY) if cell is after(place)[-1]]
    below = next(cell for cell in EVERY[last + 1 :] if "lesson" not in cell["tags"])
    assert below["tags"] == {"proof"}


@each_table
def test_the_numbers_of_a_table_are_checked_below_it(text):
    [place] = [i for i, cell in enumerate(EVERY) if cell["source"] == text]
    checked = []
    for cell in EVERY[place + 1 :]:
        if cell["tags"] != {"proof"}:
            break
        first, last = re.match(
            r"# @title Check: numbers (\d+) to (\d+)\n", cell["source"]
        ).groups()
        checked += range(int(first), int(last) + 1)
    assert checked == rows(text)


EXHIBITS = [str(number) for number in range(1, 36)]
GUARDED = [
    re.fullmatch(r"\| \*\*(\d+)\*\* \| (.+) \|", line).groups()
    for line in GUARDS.search(EVERY[-1]["source"])[1].split("\n")
]


def test_each_exhibit_has_its_row_in_the_table_of_tests():
    shown = [match[1] for _, match in ROOMS]
    shown += [str(number) for text in TABLES for number in rows(text)]
    assert shown == EXHIBITS
    assert list(dict.fromkeys(number for number, _ in GUARDED)) == EXHIBITS


@pytest.mark.parametrize(("number", "test"), GUARDED)
def test_the_tests_that_guard_against_it_exist(number, test):
    path, name, mutation = TEST.fullmatch(test).groups()
    code = (ROOT / path).read_text("utf8")
    assert f"\ndef {name}(" in code, f"{path} has no {name}"
    if mutation:
        assert path == "tests/model/test_mutations.py"
        assert mutation in {pair.id for pair in PAIRS}


def test_no_rule_finds_the_last_token_whatever_pads_the_row():
    first, last = defined("before_the_first_pad", "last_that_is_no_pad")
    ids = torch.tensor([[7, 5, 0, 0], [5, 7, 5, 7], [0, 5, 7, 0], [0, 0, 5, 7]])
    lengths = torch.tensor([2, 4, 3, 4])  # two texts begin with the token that pads
    assert first(ids, 0).tolist() == [1, -1, -1, -1]
    assert torch.equal(last(ids, 0), lengths - 1)
    lengths += torch.tensor([1, 0, 1, 0])  # the same ids, if two texts end with it
    assert not torch.equal(last(ids, 0), lengths - 1)


def test_a_tie_counts_half_whichever_sentence_comes_first():
    [fair] = defined("fair")
    good, bad = torch.tensor([1.0, 2.0, 2.0, 3.0]), torch.tensor([2.0, 2.0, 2.0, 1.0])
    assert fair(good, bad) == (0 + 0.5 + 0.5 + 1) / 4
    assert fair(good, bad) + fair(bad, good) == 1
    assert fair(good.log() * 0, bad * 0) == 0.5
