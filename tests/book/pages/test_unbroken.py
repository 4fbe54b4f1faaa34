"""Names keep their numbers, and formulas their commas, wherever a line ends."""

import re

import pytest
from bs4 import NavigableString
from docutils import nodes
from docutils.utils import new_document

from book._ext.mends.unbroken import Unbroken
from lib.book.articles import article
from lib.book.chapters import EVERY, name

NAMES = re.compile(r"GPT-\d|top-[kp]\b|\d (nats|ms|MB|GB)\b")


@pytest.fixture(params=EVERY, ids=name)
def page(request, site):
    return article(site / "notebooks" / f"{request.param.stem}.html")


def test_a_name_with_a_hyphen_a_number_with_a_unit_and_a_mark_stay_in_one_piece(page):
    texts = page.select_one("section").find_all(string=NAMES)
    texts = [t for t in texts if t.find_parent(["p", "h2", "h3"])]
    texts = [t for t in texts if not t.find_parent(class_="cell")]
    assert texts
    for text in texts:
        apart = text.find_parent(["code", "pre", "svg", "figure"])
        assert apart or text.find_parent(class_="unbroken"), text.parent
    for formula in page.select("span.math"):
        after = formula.next_sibling
        if isinstance(after, NavigableString) and re.match(r"[,.;:!?)\]]", after):
            assert formula.find_parent(class_="unbroken"), formula.parent


def marks(text):
    """The quotation marks of a text that do not open and close in turn."""
    return re.sub("“”", "", re.sub("[^“”]", "", text))


def test_quotation_marks_face_what_they_quote(on_site):
    turned = {}
    for name_, html in on_site.items():
        for _, text in re.findall(r"<(p|li|td)\b[^>]*>(.*?)</\1>", html, re.DOTALL):
            words = re.sub(r"<code.*?</code>|<[^>]+>", "", text)
            if marks(words):
                turned[name_] = words
    assert turned == {}
    assert marks("such as “on the “, and") == "““"


def test_nothing_is_lost_where_the_same_words_come_twice():
    document = new_document("page")
    paragraph = nodes.paragraph()
    for name_, after in [("x", ", "), ("y", ", "), ("z", ", of GPT-1, "), ("w", ".")]:
        paragraph += [nodes.literal("", name_), nodes.Text(after)]
        paragraph += [nodes.math("", name_), nodes.Text(after)]
    document += paragraph
    before = paragraph.astext()
    Unbroken(document).run()
    assert paragraph.astext() == before
    kept = [part for part in document.findall(nodes.inline) if part.children[1:]]
    assert [part.astext() for part in kept] == ["x,", "y,", "z,", "w."]
