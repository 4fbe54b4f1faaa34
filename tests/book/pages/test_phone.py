"""The built book on a phone: boxes that scroll, and things that a finger can hit."""

import pytest

from lib.book.browsing import BOXES

CHAPTER = "notebooks/04-attention"
NAMES = """(boxes) => [...document.querySelectorAll(`article :is(${boxes})`)]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowX))
  .map((e) => [e.tabIndex, e.getAttribute("role"), e.getAttribute("aria-label")])"""


LABELS = """() => [...document.querySelectorAll("article .map table")].flatMap(
  (table) => {
    const heads = [...table.querySelectorAll("th")].map((th) => th.innerText.trim());
    const rows = [...table.querySelectorAll("tbody tr")];
    return rows.flatMap((row) => [...row.cells].map((cell, column) => [
      heads[column], getComputedStyle(cell, "::before").content.replaceAll('"', ""),
    ]));
  })"""


@pytest.fixture
def chapter(visit):
    how = {"has_touch": True, "reduced_motion": "reduce"}
    return visit(CHAPTER, "phone", **how)


@pytest.fixture
def frame(visit):
    """A chapter of headings and paragraphs, for what is around them."""
    how = {"has_touch": True, "reduced_motion": "reduce", "only": "p"}
    return visit(CHAPTER, "phone", **how)


def test_the_keyboard_reaches_each_box_that_scrolls_and_hears_what_it_is(visit):
    chapter = visit(CHAPTER, "phone", has_touch=True)
    chapter.wait_for_selector("pre[role=group]", state="attached")
    boxes = chapter.evaluate(NAMES, BOXES)
    assert len(boxes) > 1
    for stop, role, name in boxes:
        assert stop == 0
        assert role == "math" or "wider than the page" in name


def test_the_menu_opens_leads_to_a_page_and_closes(frame):
    menu = frame.locator("#pst-primary-sidebar-modal")
    button = frame.locator("button.primary-toggle")
    button.tap()
    assert menu.get_by_role("link", name="Tokens").is_visible()
    frame.touchscreen.tap(380, 400)  # beside it
    menu.wait_for(state="hidden")
    button.tap()
    menu.get_by_role("link", name="Tokens").tap()
    frame.wait_for_url("**/02-tokens.html")


def test_the_contents_of_the_page_open_and_lead_to_a_section(frame):
    menu = frame.locator("#pst-secondary-sidebar-modal")
    frame.locator("button.secondary-toggle").tap()
    last = menu.locator("a.nav-link").last
    target = last.get_attribute("href")
    last.tap()
    assert frame.url.endswith(target)
    menu.wait_for(state="hidden")
    section = frame.locator(target)
    assert section.evaluate("e => e === document.activeElement")
    assert 0 <= section.bounding_box()["y"] < 200


def test_buttons_of_the_page_are_large_enough_for_a_finger(frame):
    buttons = frame.locator(".bd-header-article button:visible")
    assert buttons.count() >= 4
    for button in buttons.all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 36, button.evaluate("e => e.title")


def test_copy_buttons_lie_on_no_code_before_it_is_touched(chapter):
    covered = """() => {
      const lies = [];
      for (const button of document.querySelectorAll("button.copybtn")) {
        const box = button.getBoundingClientRect();
        if (!box.width || getComputedStyle(button).opacity === "0") continue;
        const range = document.createRange();
        range.selectNodeContents(button.parentElement.querySelector("pre"));
        const hit = [...range.getClientRects()].some((r) => r.width &&
          r.right > box.left && r.left < box.right &&
          r.bottom > box.top && r.top < box.bottom);
        if (hit) lies.push(button.parentElement.innerText.slice(0, 80));
      }
      return lies;
    }"""
    assert chapter.locator("button.copybtn").count() > 20
    assert chapter.evaluate(covered) == []
    chapter.locator(".highlight:visible", has_text="torch.zeros").first.hover()
    assert len(chapter.evaluate(covered)) == 1, "the one that was asked for"


def test_a_card_says_the_head_of_the_column_that_it_was(visit):
    """Where a table becomes cards, and a cell says whose it is."""
    page = visit("book/notation", "phone")
    said = [(head, label) for head, label in page.evaluate(LABELS) if label != "none"]
    assert {head for head, _ in said} >= {"OpenAI 2018", "paper", "elsewhere also"}
    assert [pair for pair in said if pair[1] != f"{pair[0]}: "] == []


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_menu_can_be_closed_by_its_button_and_by_escape(frame, side):
    menu = frame.locator(f"#pst-{side}-sidebar-modal")
    frame.locator(f"button.{side}-toggle").tap()
    menu.get_by_role("button", name="Close").tap()
    menu.wait_for(state="hidden")
    frame.locator(f"button.{side}-toggle").tap()
    frame.evaluate("document.activeElement.blur()")  # as after a tap beside links
    frame.keyboard.press("Escape")
    menu.wait_for(state="hidden")


def test_no_line_of_code_is_cut(chapter):
    code = "article pre:not(.cell_output *)"
    cut = """(code) => [...document.querySelectorAll(code)]
      .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
      .map((e) => e.innerText.slice(0, 60))"""
    assert chapter.locator(code).count() > 20
    assert chapter.evaluate(cut, code) == []


def test_a_long_line_goes_on_under_its_own_indent_and_is_copied_as_one(chapter):
    box = chapter.locator("article pre:visible", has_text="vectors = {token").first
    source = box.evaluate("e => e.textContent")
    marked = "e => (getSelection().selectAllChildren(e), getSelection().toString())"
    assert box.evaluate(marked).rstrip() == source.rstrip()
    button = "e => e.cloneNode(true).innerText"  # what the button copies
    assert box.evaluate(button).rstrip() == source.rstrip()
    begins = box.evaluate("""(pre) => {
      const letter = pre.querySelector(".line").getBoundingClientRect();
      return [...pre.querySelectorAll(".line")].map((line) => {
        const range = document.createRange();
        range.selectNodeContents(line);
        const lefts = [...range.getClientRects()].map((r) => r.left - letter.left);
        const height = parseFloat(getComputedStyle(line).lineHeight);
        const indent = line.textContent.search(/\\S/);
        const goesOn = line.getBoundingClientRect().height > 1.5 * height;
        return goesOn ? [indent, Math.min(...lefts.filter((x) => x > 1))] : null;
      }).filter(Boolean);
    }""")
    assert begins, "some line is longer than the screen"
    assert all(indent == 0 or left > 20 for indent, left in begins)
