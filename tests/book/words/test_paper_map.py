"""Equations have names and places, and the map of the paper leads to them."""

import re

import pytest

from lib.book.articles import article
from lib.book.chapters import NOTEBOOKS, ROOT, displays, name

MAP = (ROOT / "book/paper-map.md").read_text("utf8")
TAG = re.compile(r"\\tag\{(\w+)\}")


def says_shapes(shown):
    """Tell whether a display says nothing but in which sets its symbols are."""
    return re.fullmatch(r"(?:[^=]|\\text\{[^}]*\}|\\lVert x \\rVert =)*", shown) or (
        r"\in" in shown.split("=")[0]
    )


@pytest.fixture
def places(site):
    """The anchors of a chapter's equations, each with the formula that follows it."""

    def read(path):
        found = article(site / "notebooks" / f"{path.stem}.html").select('[id^="eq-"]')
        return {p["id"]: p.find_next("div", class_="math")["data-tex"] for p in found}

    return read


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_equation_has_the_place_of_its_number_or_one_unless_it_says_shapes(
    places, path
):
    found = places(path)
    texts = {" ".join(text.split()) for text in found.values()}
    for shown in displays(path):
        for number in TAG.findall(shown):
            assert rf"\tag{{{number}}}" in found[f"eq-{number.lower()}"]
        if not TAG.search(shown) and not says_shapes(shown):
            assert any(" ".join(shown.split()) in text for text in texts), shown


EQUATIONS = ["1", "2-first", "2-second", "2-third", "3", "4", "5"]


@pytest.mark.parametrize("number", EQUATIONS)
def test_every_equation_of_the_paper_is_on_the_map(site, number):
    page = article(site / "book/paper-map.html")
    row = page.find(id=f"paper-equation-{number}").find_parent("tr")
    assert row.select_one(".math")
    where = row.find_all("td")[-1]
    anchors = [link["href"].partition("#")[2] for link in where.find_all("a")]
    assert anchors
    assert all(anchor.startswith("eq-") for anchor in anchors)


def test_links_of_the_map_lead_to_a_place_and_not_to_a_page_alone():
    assert re.findall(r"\]\(\.\./notebooks/[\w-]+\.ipynb\)", MAP) == []


SECTIONS = """abstract 1 2 3-1 3-2 3-3 4-1-pre-training 4-1-model 4-1-fine-tuning 4-2
5-layers 5-zero-shot 5-ablations 6"""
OTHERS = """figure-1-left figure-1-right figure-2-left figure-2-right
table-1 table-2 table-3 table-4 table-5"""


def test_every_section_figure_and_table_of_the_paper_is_on_the_map(site):
    names = {
        tag["id"] for tag in article(site / "book/paper-map.html").find_all(id=True)
    }
    wanted = [f"section-{part}" for part in SECTIONS.split()] + OTHERS.split()
    assert [part for part in wanted if f"paper-{part}" not in names] == []
