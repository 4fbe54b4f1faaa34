"""The story on the welcome page: the model's, by keyboard, and at nobody's expense.

What axe-core says of the page as it opens, and that nothing moves then, is in
test_pages.py; that the story is what the page's own scripts write is in
test_play_engine.py.
"""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from book._ext.pages import play
from lib.book.browsing import DARK, FINGERS, LIGHT, violations

WELCOME = "book/index"
TOLD = "document.querySelectorAll('.live-page .is-told').length"
UNTOLD = ".live-page span:not(.is-told, :empty)"
SAYS = "document.querySelector('.live-says').innerText"
SHIFT = """new PerformanceObserver((list) => (window.shifted ??= []).push(
  ...list.getEntries().filter((entry) => !entry.hadRecentInput)
    .map(({ value, sources }) =>
      [value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 80))])
)).observe({ type: "layout-shift", buffered: true })"""
# What a screen reader is told of the story: whether it is to be read out as it changes.
HEARD = """new MutationObserver((list) => (window.heard ??= []).push(...list.map(() =>
    [document.querySelector(".live-story").getAttribute("aria-live"),
     document.querySelector(".live-story").textContent.length])))
  .observe(document.querySelector(".live-story"),
    { childList: true, characterData: true, subtree: true })"""


@pytest.fixture
def data(site):
    """The story that is in the page: ids, pieces and seed."""
    return play.story((site / f"{WELCOME}.html").read_text("utf8"))


def telling(page, count=5):
    """Wait until that much more is told."""
    before = page.evaluate(TOLD)
    page.wait_for_function(f"{TOLD} > {before + count}")


def read(page):
    """The story as it stands there, told or not, with the marks of a keyboard."""
    text = page.locator(".live-story").inner_text()
    return " ".join(text.translate({0x201C: '"', 0x201D: '"', 0x2019: "'"}).split())


@pytest.mark.slow
def test_a_story_is_told_as_it_was_written_and_the_keyboard_stops_it(visit, data):
    page = visit(WELCOME, only=".live")
    page.evaluate(SHIFT)
    page.evaluate(HEARD)
    telling(page)
    assert read(page) == " ".join("".join(data["pieces"]).split()), "it is there, whole"
    assert page.evaluate(f"document.querySelector('{UNTOLD}').textContent") != ""
    another, stop = (page.get_by_role("button", name=n) for n in ("Write", "Stop"))
    another.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Stop"
    page.keyboard.press("Enter")
    told = page.evaluate(TOLD)
    page.wait_for_timeout(150)
    assert page.evaluate(TOLD) == told
    go_on = page.get_by_role("button", name="Go on")
    go_on.press("Enter")
    telling(page)
    assert [url for url in page.asked if "weights" in url] == []
    # From now on words are written, and one that gets longer may go to the next line.
    shifted = page.evaluate("window.shifted ?? []")
    another.press("Enter")
    page.wait_for_function(f"{TOLD} < {told}")
    telling(page, 20)
    stop.press("Enter")
    assert "Your browser is writing this" in page.locator(".live-says").inner_text()
    heard = page.evaluate("heard")
    assert len(heard) > 10
    assert {live for live, _ in heard} <= {None, "off"}
    assert sum(value for value, *_ in shifted) <= 0.02, shifted
    allowed = ("file:", "blob:", "data:")
    assert [url for url in page.asked if not url.startswith(allowed)] == []
    assert len([url for url in page.asked if "weights" in url]) == 1
    assert page.wrong == []


@pytest.mark.weekly
def test_who_wants_no_motion_gets_whole_stories_and_a_seed_is_a_story(
    visit, data, site
):
    """With a seed that is no longer drawn, the page writes its first story again."""
    page = visit(WELCOME, "phone", only=".live", reduced_motion="reduce")
    story = " ".join("".join(data["pieces"]).split())
    page.evaluate(HEARD)
    size = (site / "_static" / "play" / "weights.js").stat().st_size
    another = page.get_by_role("button", name="Write another")
    assert f"{size / 1e6:.0f} MB" in another.inner_text()
    assert page.locator(".live button:visible").count() == 1
    assert read(page) == story
    assert page.locator(UNTOLD).count() == 0
    page.wait_for_timeout(150)
    assert page.evaluate("window.heard ?? []") == [], "nothing moves"
    page.evaluate(f"Math.random = () => {data['seed']}")
    page.route("**/weights.js*", lambda route: route.abort())
    another.press("Enter")
    page.wait_for_function(f"{SAYS}.includes('could not be loaded')")
    assert read(page) == story
    page.unroute("**/weights.js*")
    another.press("Enter")
    page.wait_for_function(f"{SAYS}.includes('Your browser wrote this, with seed 0.')")
    assert another.inner_text() == "Write another"
    assert read(page) == story
    length = len("".join(data["pieces"])) + data["pieces"].count("\n")
    heard = page.evaluate("heard")
    aloud = [size for live, size in heard if live != "off"]
    assert set(aloud) == {length}, "as a whole, when it is there"
    assert [size for _, size in heard][-len(aloud) :] == aloud
    link = page.get_by_role("link", name="Look inside").get_attribute("href")
    asked = parse_qs(urlsplit(link).fragment, keep_blank_values=True)
    then = [int(id, 36) for id in asked.pop("then")[0].split(".")]
    assert then == data["ids"][2:]
    assert asked == {"begin": [""], "seed": [str(data["seed"])], "at": ["1"]}
    assert urlsplit(link).path.endswith("/book/play.html")
    assert violations(page, FINGERS) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page, LIGHT, DARK) == []


@pytest.mark.parametrize("kind", ["script", "paper"])
def test_without_a_script_and_on_paper_the_whole_story_stands_there(visit, data, kind):
    page = visit(WELCOME, "phone", script=kind == "paper")
    if kind == "paper":
        page.emulate_media(media="print")
    assert read(page) == " ".join("".join(data["pieces"]).split())
    box = page.locator(".live-story")
    assert box.evaluate("(e) => e.scrollHeight - e.clientHeight") <= 1, "not cut off"
    assert page.locator(".live button:visible").count() == 0
    assert page.locator(".live-row a:visible").count() == (kind == "script")


def test_the_link_of_a_story_opens_it_on_the_page_to_play_with(site, data):
    html = (site / f"{WELCOME}.html").read_text("utf8")
    assert re.search(
        r'<div class="live-row screen-only">(?s:.)*?href="play.html"', html
    )
    with pytest.raises(ValueError, match="book/index has no place for the model"):
        play.filled(html.replace("live-row", "x"), WELCOME)
