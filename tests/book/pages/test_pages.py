"""Every page opens anywhere, asks nobody for anything, fits, and keeps axe-core quiet.

Each page is opened twice: from a file on a screen, and from a static server on a phone.
"""

import pytest

from lib.book.browsing import BOXES, PAGES, violations, visits
from lib.book.chapters import NOTEBOOKS

CHAPTERS = {f"notebooks/{path.stem}" for path in NOTEBOOKS}
# A page's own style sheets, scripts, typefaces and pictures; the most there are now is
# under fifty. What is asked for is in the message of a failure.
MOST = 50
# What axe-core calls moderate or minor is mended too, but for this: the first cell of
# a table that has nothing to say above its names of rows.
LET_PASS = {"empty-table-header"}

TOO_WIDE = """(boxes) => {
  const column = (document.querySelector("article") ?? document.body)
    .getBoundingClientRect();
  const cut = (e) => getComputedStyle(e).overflowX !== "visible";
  const wide = [...document.querySelectorAll("article *")].filter((e) => {
    const { width, right } = e.getBoundingClientRect();
    const read = !e.closest("math");  // what is only listened to takes no room
    return read && width > 1 && right > column.right + 1 && e.checkVisibility();
  });
  return wide.filter((e) => {
    for (let box = e; box && box.localName !== "article"; box = box.parentElement)
      if (cut(box) && box !== e) return !box.matches(boxes) && !box.closest("svg");
    return true;
  }).map((e) => e.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="module", params=PAGES)
def screen(request, browser, site):
    """A page on a screen, from a file. All tests of a page come one after the other."""
    with visits(browser, site) as visit:
        page = visit(request.param, reduced_motion="reduce")
        page.name = request.param
        yield page


@pytest.fixture(scope="module", params=PAGES)
def phone(request, browser, site, server):
    """A page on a phone, from a server."""
    with visits(browser, site) as visit:
        yield visit(request.param, "phone", at=server, reduced_motion="reduce")


def test_a_page_opens_from_a_file_and_asks_nobody_for_anything(screen, site):
    assert [url for url in screen.asked if not url.startswith(site.as_uri())] == []
    assert screen.failed == []
    assert any(screen.locator("h1").all_inner_texts())
    if screen.name in CHAPTERS:
        formulas = screen.locator("article .math").count()
        assert 0 < formulas <= screen.locator("article mjx-container").count()
        assert screen.locator("mjx-merror, [data-mjx-error]").count() == 0


def test_a_page_opens_from_a_static_server_with_few_requests(phone, server):
    assert [url for url in phone.asked if not url.startswith(server)] == []
    assert phone.failed == []
    assert len(phone.asked) == len(set(phone.asked)) <= MOST, "\n".join(phone.asked)


def test_only_boxes_of_their_own_scroll_sideways(phone):
    assert phone.evaluate(TOO_WIDE, BOXES) == []
    for width in [320, 390]:  # the narrowest that WCAG asks for, and the phone's own
        phone.set_viewport_size({"width": width, "height": 844})
        assert phone.evaluate("document.documentElement.scrollWidth") <= width


# These come last: axe-core gets a page with less in it.


def test_axe_has_nothing_against_a_page_on_a_screen(screen):
    assert [found for found in violations(screen) if found[1] not in LET_PASS] == []


def test_axe_has_nothing_against_a_page_on_a_phone(phone):
    found = violations(phone, targets=True)
    assert [finding for finding in found if finding[1] not in LET_PASS] == []
