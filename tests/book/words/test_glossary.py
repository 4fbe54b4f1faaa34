"""In each chapter the first use of a glossary's term is a link to its entry."""

import json
import re
from collections import Counter

import pytest

from lib.book.articles import article
from lib.book.chapters import EVERY, ROOT, markdown, name
from lib.book.prose import running_text
from scripts.site.address import pages_address, project

GLOSSARY = (ROOT / "book/glossary.md").read_text("utf8").split("{glossary}\n")[1]
TERMS = re.findall(r"^\n([^\s:].*)\n  ", GLOSSARY, re.MULTILINE)
ADDRESS = f"{pages_address(project()[0])}/book/glossary.html"
LINK = re.compile(rf"\]\({re.escape(ADDRESS)}#([^)]*)\)")

OTHER_MEANINGS = {"block": "10 11", "floor": "06", "loss": "02", "surprise": "05"}
OTHER_MEANINGS |= {"gain": "02 09 10", "value": "01 06 08 10 11 bug", "window": "01"}
# A tokenizer's; of windows; a logit; of a clock.
OTHER_MEANINGS |= {"decoder": "02", "sampling": "11", "score": "06 12", "warm-up": "10"}
"""Chapters where a term's word means something else, by the start of their names."""


def anchor(term):
    return "term-" + re.sub(r"[^A-Za-z0-9]+", "-", term).strip("-")


def is_meant(term, path):
    return not path.stem.startswith(tuple(OTHER_MEANINGS.get(term, "").split()))


def words(term):
    """A pattern for a term and its plural, with a capital at will."""
    first, rest = re.escape(term[0]), re.escape(term[1:])
    return re.compile(rf"(?<![\w-])(?:{first}|{first.upper()}){rest}(?:e?s)?(?![\w-])")


each_chapter = pytest.mark.parametrize("path", EVERY, ids=name)


@each_chapter
def test_a_term_that_a_chapter_uses_leads_to_its_entry(path):
    text, linked = running_text(path), LINK.findall(markdown(path))
    missed = []
    for term in TERMS:
        used = words(term).search(text)
        if used and is_meant(term, path) and anchor(term) not in linked:
            missed += [f"[{used[0]}]({ADDRESS}#{anchor(term)})"]
    assert missed == [], (
        f"make the first use of each word in {path.name} such a link, or list the "
        "chapter in OTHER_MEANINGS if the word means something else there"
    )


@each_chapter
def test_a_link_to_the_glossary_leads_to_an_entry_and_stands_once(path):
    linked = Counter(LINK.findall(markdown(path)))
    assert set(linked) <= {anchor(term) for term in TERMS}, "write these entries"
    assert [place for place, times in linked.items() if times > 1] == []


def test_the_pattern_sees_a_word_its_plural_and_a_capital_and_nothing_longer():
    seen = "Head, heads and a head; but header, sub-head, head-on"
    assert words("head").findall(seen) == ["Head", "heads", "head"]


def test_links_code_formulas_and_what_is_folded_are_no_running_text(tmp_path):
    source = (
        "# A head\n\nA [head](x) has `head` of $head$ and **one head.**\n\n"
        "$$\nhead\n$$\n\n<details>\n\nhead\n\n</details>\n\n"
        "## Check yourself\n\nhead\n\n## What you can now do\n\nheads"
    )
    cell = {"cell_type": "markdown", "metadata": {}, "source": [source]}
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), "utf8")
    assert words("head").findall(running_text(path)) == ["heads"]


def test_other_meanings_are_those_of_terms_that_the_glossary_has():
    assert set(OTHER_MEANINGS) <= set(TERMS)


def test_terms_are_in_alphabetical_order_and_there_once():
    folded = [term.lower() for term in TERMS]
    assert folded == sorted(set(folded))


def test_a_links_title_is_the_first_sentence_of_its_entry(site):
    page = article(site / "notebooks/04-attention.html")
    link = page.select_one('a.term-link[href$="#term-key"]')
    assert link["title"].startswith("The vector by which a position is found")
    assert link["title"].endswith(".")
