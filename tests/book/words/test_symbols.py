"""The index of symbols has every symbol of the chapters, and leads to each."""

import re
from functools import lru_cache

import pytest

from lib.book.articles import article
from lib.book.chapters import NOTEBOOKS, ROOT, markdown, name
from lib.book.symbols import maths, symbols, without_index

PAGE = (ROOT / "book/symbols.md").read_text("utf8")
ROWS = [
    line.strip("|").split(" | ") for line in PAGE.split("\n") if line.startswith("| $")
]
LISTED = {one for row in ROWS for formula in maths(row[0]) for one in symbols(formula)}


@lru_cache(None)
def used(path):
    return {one for formula in maths(markdown(path)) for one in symbols(formula)}


@lru_cache(None)
def ids(path):
    return {tag["id"] for tag in article(path).find_all(id=True)}


def test_symbols_are_read_out_of_formulas():
    assert symbols(r"\hat m_t = \frac{W_e}{1 - \beta_1} + x^{(i)}") == [
        *["m_t", "t", "W_e", "e", r"\beta_1", "x", "i"]
    ]
    assert symbols(r"\text{time} \cdot \operatorname{LN}(h_{l-1})") == ["h_l-1", "l"]
    assert maths("a $x$ `$y$`\n$$\nz\n$$") == ["x", "\nz\n"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_symbol_of_a_chapter_is_listed(path):
    missing = used(path) - LISTED
    assert [one for one in missing if without_index(one) not in LISTED] == []


def test_every_listed_symbol_is_used_in_a_chapter():
    everywhere = set().union(*map(used, NOTEBOOKS))
    everywhere |= {without_index(one) for one in everywhere}
    assert everywhere >= LISTED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].replace("$", ""))
def test_a_symbol_stands_in_the_chapters_where_its_row_leads(row, site):
    files = re.findall(r"notebooks/([\w-]+)\.ipynb", row[3])
    anchors = re.findall(r"\]\(#([\w-]+)\)", row[3])
    for path in NOTEBOOKS:
        names = ids(site / "notebooks" / f"{path.stem}.html")
        files += [path.stem for anchor in anchors if anchor in names]
    assert len(files) >= max(1, len(anchors))
    own = {one for formula in maths(row[0]) for one in symbols(formula)}
    for path in [path for path in NOTEBOOKS if path.stem in files]:
        there = used(path) | {without_index(one) for one in used(path)}
        assert own & there, path.stem
