"""In each chapter the first use of a glossary's term, and only that, is a link."""

import re
from functools import lru_cache

import pytest
from bs4 import NavigableString

from book._ext.links.term_forms import (
    FORMS,
    NOT_IN,
    ONLY_IN,
    OTHER_MEANINGS,
    forms_of,
    is_meant,
)
from lib.book.articles import article
from lib.book.chapters import EVERY, ROOT, name

# What is not running text on a page.
APART = "h1, h2, h3, h4, a, code, pre, strong, table, figure, details, fieldset, script"
APART += ", .math, .cell, .chapter-strip, .chapter-part, .difficulty, .aside-label"
APART += ", .aside-title, #check-yourself, #what-to-read"
GLOSSARY = (ROOT / "book/glossary.md").read_text("utf8").split("{glossary}\n")[1]
TERMS = re.findall(r"^\n([^\s:].*)\n  ", GLOSSARY, re.MULTILINE)


@pytest.fixture(scope="session")
def pieces(site):
    """The running text of a chapter, piece by piece, with the terms that it links."""

    @lru_cache(None)
    def read(chapter):
        page = article(site / "notebooks" / f"{chapter}.html")
        found = []
        anchors = {f"term-{re.sub('[^A-Za-z0-9]+', '-', t)}".lower(): t for t in TERMS}
        for text in page.find_all(string=True):
            link = text.find_parent("a", class_="term-link")
            inside = link.parent if link else text.parent
            if inside.find_parent("article") and not apart(inside):
                anchor = link["href"].partition("#term-")[2] if link else ""
                term = anchors[f"term-{anchor}".lower()] if link else None
                found.append((" ".join(str(text).split()), term))
        return found

    return read


def apart(element):
    chain = [element, *element.parents]
    return any(one.name != "[document]" and one.css.match(APART) for one in chain)


def words(phrases):
    """A pattern for these phrases as whole words, with a capital at will."""
    both = {first + p[1:] for p in phrases for first in (p[0], p[0].upper())}
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, both))})(?![\w-])")


EVERY_PHRASE = {*OTHER_MEANINGS, *(form for term in TERMS for form in forms_of(term))}


@lru_cache(None)
def longer(term):
    """Phrases of other terms that hold a form of this one."""
    own = words(forms_of(term))
    others = EVERY_PHRASE - set(forms_of(term))
    return [phrase for phrase in others if own.search(phrase)]


def stands_in(text, term):
    if covered := longer(term):
        text = words(covered).sub("…", text)
    return words(forms_of(term)).search(text)


each_chapter = pytest.mark.parametrize("path", EVERY, ids=name)


@each_chapter
def test_no_term_is_linked_twice_and_each_link_is_the_terms_word(pieces, path):
    linked = [(term, text) for text, term in pieces(path.stem) if term]
    assert len(linked) > 10
    assert len({term for term, _ in linked}) == len(linked)
    for term, text in linked:
        assert words(forms_of(term)).fullmatch(text), (term, text)


@each_chapter
def test_what_is_linked_is_the_first_use_and_what_is_not_linked_is_not_there(
    pieces, path
):
    found = pieces(path.stem)
    missed = []
    for term in filter(lambda term: is_meant(term, path.stem), TERMS):
        for text, linked in found:
            if linked == term:
                break
            if linked is None and stands_in(text, term):
                missed.append((term, text))
                break
    assert missed == []


@pytest.mark.parametrize(
    ("chapter", "before", "word", "term"),
    [
        ("02-tokens", "No ", "decoder", None),
        ("02-tokens", "This is the rule for ", "ties", None),
        ("03-batches-and-embeddings", "how the ", "sampling", None),
        ("04-attention", "released: ", "queries", "query"),
        ("04-attention", "12 ", "heads", "head"),
        ("05-block", "weighted sum of ", "values", "value"),
        ("06-model", "lie below the ", "floor", None),
        ("07-counting", ", ", "keys", "key"),
        ("08-training", "The first ", "value", None),
        ("09-training-faster", "C library hands ", "large blocks", None),
        ("10-sampling", "bend it, and the ", "cache", "key-value cache"),
    ],
)
def test_a_word_is_linked_where_it_means_the_term(pieces, chapter, before, word, term):
    found = pieces(chapter)
    if term:
        assert any(
            linked == term and text == word and found[i - 1][0].endswith(before.strip())
            for i, (text, linked) in enumerate(found)
        )
    else:
        assert not any(text == word and linked for text, linked in found)


def test_forms_are_declared_for_terms_that_the_glossary_has():
    assert {*FORMS, *ONLY_IN, *NOT_IN} <= set(TERMS)


def test_terms_are_in_alphabetical_order_and_there_once():
    folded = [term.lower() for term in TERMS]
    assert folded == sorted(set(folded))


@each_chapter
def test_nothing_but_running_text_holds_a_link_to_the_glossary(site, path):
    page = article(site / "notebooks" / f"{path.stem}.html")
    for link in page.select("a.term-link"):
        assert isinstance(link.contents[0], NavigableString)
        assert not apart(link.parent), link


def test_a_links_title_is_the_first_sentence_of_its_entry(site):
    page = article(site / "notebooks/04-attention.html")
    link = page.select_one('a[href$="#term-key"]')
    assert link["title"].startswith("The vector by which a position is found")
    assert link["title"].endswith(".")
