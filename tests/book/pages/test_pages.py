"""Every page opens anywhere, asks nobody for anything, fits, and keeps axe-core quiet.

Each page is opened once, from a static server, and gets the sizes of a screen and of a
phone; a few are opened from their files, as all other tests do.
"""

from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from lib.book.browsing import (
    BOXES,
    DARK,
    FINGERS,
    LIGHT,
    PAGES,
    SIZES,
    Late,
    serving,
    violations,
    visits,
)
from lib.book.chapters import NOTEBOOKS, cells
from lib.book.quizzes import questions, section

CHAPTERS = {f"notebooks/{path.stem}": path for path in NOTEBOOKS}
# A page, its style sheet, its script, typefaces and pictures, and their bytes. What is
# asked for is in the message of a failure.
MOST, HEAVIEST = 20, 1_000_000
REFERENCE = 1_350_000
"""The package's reference, which nobody reads from its first line to its last."""
MOST_MOVED = 0.02

# Choose everything; return each choice with what is said to it.
CHOOSE = """() => [...document.querySelectorAll("fieldset.quiz")].map((form) =>
  [...form.querySelectorAll("input[type=radio]")].map((choice) => {
    choice.click();
    return [choice.value, form.querySelector("[role=status]").textContent.trim()];
  }))"""
# The page has been painted with what has come.
PAINTED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""
# What moved on the page, without anybody's doing, since it was opened.
MOVED = """() => new Promise((done) => new PerformanceObserver((list) => done(
  list.getEntries().filter((entry) => !entry.hadRecentInput)
    .map(({ value, sources }) =>
      [value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 80))])
)).observe({ type: "layout-shift", buffered: true }) || setTimeout(done, 300, []))"""
TOO_WIDE = """(boxes) => {
  const column = (document.querySelector("article") ?? document.body)
    .getBoundingClientRect();
  const cut = (e) => getComputedStyle(e).overflowX !== "visible";
  const wide = [...document.querySelectorAll("article *")].filter((e) => {
    const { width, right } = e.getBoundingClientRect();
    return width > 1 && right > column.right + 1 && e.checkVisibility();
  });
  return wide.filter((e) => {
    for (let box = e; box && box.localName !== "article"; box = box.parentElement)
      if (cut(box) && box !== e) return !box.matches(boxes) && !box.closest("svg");
    return true;
  }).map((e) => e.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="module")
def server(site):
    """A static server whose typefaces come when the page is already there to read."""
    with serving(site, Late) as address:
        yield address


@pytest.fixture(scope="module", params=PAGES)
def page(request, browser, site, server):
    """A page on a screen. All tests of a page come one after the other."""
    with visits(browser, site) as visit:
        page = visit(request.param, reduced_motion="reduce", at=server)
        page.name = request.param
        yield page


def sized(page, size, width=None):
    """Give an open page the size of a screen or a phone, or another width."""
    usual, height = SIZES[size]
    page.set_viewport_size({"width": width or usual, "height": height})


def test_a_page_opens_from_a_server_and_asks_nobody_else(page, site, server):
    assert [url for url in page.asked if not url.startswith(server)] == []
    assert page.failed == page.wrong == []
    assert len(page.asked) == len(set(page.asked)) <= MOST, "\n".join(page.asked)
    assert any(page.locator("h1").all_inner_texts())
    files = {
        site / url2pathname(urlsplit(url).path).lstrip("/\\") for url in page.asked
    }
    most = REFERENCE if page.name == "book/api" else HEAVIEST
    assert sum(file.stat().st_size for file in files) <= most
    if page.name in CHAPTERS:
        formulas = page.locator("article .math").count()
        assert 0 < formulas == page.locator("article .math > math").count()
        assert page.locator("merror").count() == 0


def test_a_page_does_not_move_while_it_opens(page):
    page.evaluate("document.fonts.ready")
    page.evaluate(PAINTED)
    moved = page.evaluate(MOVED)
    assert sum(value for value, *_ in moved) <= MOST_MOVED, moved


def test_each_choice_of_each_question_is_answered(page):
    forms, path = page.evaluate(CHOOSE), CHAPTERS.get(page.name)
    asked = questions(section(cells(path))[0]) if path else []
    assert len(forms) == len(asked) == (5 if path else 0)
    for form, question in zip(forms, asked, strict=True):
        assert [letter for letter, _ in form] == list(question.choices)
        for letter, said in form:
            lead = "Right, " if [letter] == question.right else "Not "
            assert said.startswith(f"{lead}({letter}). ")
            assert len(said) > 20


def test_only_boxes_of_their_own_scroll_sideways_on_a_phone(page):
    sized(page, "phone")
    assert page.evaluate(TOO_WIDE, BOXES) == []
    for width in [SIZES["phone"][0], 320]:  # the narrowest that WCAG asks for is last
        sized(page, "phone", width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.wrong == []


# These come last: axe-core gets a page with less in it.


def settled(page):
    """Wait until the page has named its scrolling boxes anew, 200 ms after a resize."""
    page.evaluate("""() => new Promise((done) => requestAnimationFrame(() =>
      requestAnimationFrame(() => setTimeout(done, 210))))""")


def test_axe_has_nothing_against_a_page_on_a_phone(page):
    sized(page, "phone")
    settled(page)
    assert violations(page, FINGERS) == []


def test_axe_has_nothing_against_a_page_on_a_screen(page):
    sized(page, "screen")
    settled(page)
    assert violations(page, LIGHT, DARK) == []


@pytest.mark.parametrize("name", ["notebooks/04-attention", "book/api", "search"])
def test_a_page_opens_from_a_file(visit, site, name):
    page = visit(name, "phone")
    assert [url for url in page.asked if not url.startswith(site.as_uri())] == []
    assert page.failed == page.wrong == []
    assert any(page.locator("h1").all_inner_texts())
