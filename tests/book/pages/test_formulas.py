r"""Formulas are MathML that the book's typeface can set, each beside its name."""

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from math_core import LatexError

from book._ext.pages.formulas import mathml
from lib.book.articles import article
from lib.book.chapters import CONTENTS, NOTEBOOKS, ROOT, name

FONT = ROOT / "book" / "_static" / "fonts" / "stix-two-math.woff2"
# Names of what is meant, which nobody sees: function application, invisible times, a
# variant selector.
UNSEEN = {0x2061, 0x2062, 0x2063, 0xFE00}


@pytest.mark.parametrize("page", CONTENTS)
def test_the_typeface_has_every_letter_and_sign(site, page):
    known = set(TTFont(FONT).getBestCmap()) | UNSEEN
    for formula in article(site / f"{page}.html").select("math"):
        letters = {ord(letter) for letter in formula.get_text()}
        for single in formula.select("mi"):  # one letter is set in italics
            if len(text := single.get_text()) == 1 and text.isascii():
                letters.add(italic(text))
        assert letters <= known, formula


def italic(letter):
    if letter == "h":
        return 0x210E
    start = 0x1D434 if letter.isupper() else 0x1D44E
    return start + ord(letter.lower()) - ord("a")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_an_equation_has_its_name_beside_it(site, path):
    for block in article(site / "notebooks" / f"{path.stem}.html").select("div.math"):
        tag = re.search(r"\\tag\{(\w+)\}", block["data-tex"])
        beside = block.select_one(":scope > .equation-name")
        assert (beside and beside.get_text()) == (tag and f"({tag[1]})")
        assert block.select_one(":scope > math")["display"] == "block"


@pytest.mark.parametrize("tex", [r"\frac{1}", r"\nosuchthing", "a_b_c", r"\left( x"])
def test_a_wrong_formula_is_an_error(tex):
    with pytest.raises(LatexError):
        mathml(tex)


def test_rows_that_are_set_apart_and_names_are_no_text_of_the_formula():
    made = mathml(r"\begin{gathered} a \\[5pt] b \end{gathered} \tag{A7}", display=True)
    soup = BeautifulSoup(made, "html.parser")
    assert unescape(soup.get_text()) == "ab"
    assert len(soup.select("mtr")) == 2
