"""The chapters number their equations, and the package knows which is which."""

import re

import pytest

from gpt1.inspect.equations import CHAPTERS, EQUATIONS
from lib.book.chapters import NOTEBOOKS, cells, displays, name

TAG = re.compile(r"\\tag\{([A-Z])(\d+)\}")
LETTERS = {title: letter for letter, title in CHAPTERS.items()}
WORDS = {
    "A5": "W_Q",
    "A7": r"\operatorname{Attention}(Q, K, V) = AV",
    "A8": "W_O",
    "B1": r"\operatorname{LN}_1\!\big(x + ",
    "B4": r"\operatorname{FeedForward}(x) &=",
    "B5": r"\operatorname{LN}(x) = g",
    "B8": r"\frac{m_i}{1 - p}",
    "M1": "U W_e + W_p",
}
"""What each equation that the package names must say, so that none slips by one."""


def title(path):
    return cells(path)[0]["source"].split("\n")[0].removeprefix("# ")


CHAPTER = {LETTERS[title(path)]: path for path in NOTEBOOKS if title(path) in LETTERS}
every_numbered = pytest.mark.parametrize("letter", CHAPTERS)


@every_numbered
def test_equations_are_numbered_in_order_and_what_has_no_number_says_shapes(letter):
    shown = displays(CHAPTER[letter])
    tags = [tag for one in shown for tag in TAG.findall(one)]
    assert tags == [(letter, str(number + 1)) for number in range(len(tags))]
    assert tags
    assert [one for one in shown if not TAG.search(one) and r"\in" not in one] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_other_chapter_uses_these_letters(path):
    own = LETTERS.get(title(path), "")
    for shown in displays(path):
        assert {letter for letter, _ in TAG.findall(shown)} <= {own}


@pytest.mark.parametrize("number", sorted(set(EQUATIONS.values())))
def test_the_equation_that_a_part_names_is_there_and_defines_it(number):
    marked = rf"\tag{{{number}}}"
    (shown,) = [s for s in displays(CHAPTER[number[0]]) if marked in s]
    assert WORDS[number] in shown
