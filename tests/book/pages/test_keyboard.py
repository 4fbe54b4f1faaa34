"""The built book without a mouse, and for readers who ask for no motion."""

import pytest

CHAPTER = "notebooks/04-attention"
STOP = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const edge = box.left - parseFloat(s.outlineOffset) - parseFloat(s.outlineWidth);
  const cuts = (e) => /auto|scroll|hidden/.test(getComputedStyle(e).overflowX);
  const above = ({ parentElement: up }) =>
    !up || up === document.body ? [] : [...above(up), ...(cuts(up) ? [up] : [])];
  return {
    tag: e.localName, text: e.innerText?.slice(0, 40) || e.ariaLabel || e.title,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    ringed: parseFloat(s.outlineWidth) >= 2 && s.outlineStyle !== "none",
    ring: [s.outlineColor, s.boxShadow],
    cut: above(e).some((box) => edge < box.getBoundingClientRect().left - 1),
    place: [...document.querySelectorAll("*")].indexOf(e),
    part: [".skip-link", ".bd-sidebar-primary", ".bd-header-article", ".bd-article",
      ".prev-next-area"].find((part) => e.closest(part)),
  };
}"""


@pytest.fixture
def chapter(visit):
    return visit(CHAPTER, reduced_motion="reduce", only="p, section.exercise")


@pytest.mark.weekly
def test_tab_leads_through_a_whole_chapter_in_order_and_is_always_seen(visit):
    chapter, stops = visit(CHAPTER, reduced_motion="reduce"), []
    while len(stops) < 600:
        chapter.keyboard.press("Tab")
        stop = chapter.evaluate(STOP)
        if stop["tag"] == "body" or (stops and stop["place"] == stops[0]["place"]):
            break
        stops.append(stop)
    assert stops[0]["text"] == "Skip to main content"
    assert [stop for stop in stops if not (stop["seen"] and stop["ringed"])] == []
    assert len({tuple(stop["ring"]) for stop in stops}) == 1, "one colour, no shadow"
    assert [stop for stop in stops if stop["cut"]] == []
    places = [stop["place"] for stop in stops]
    assert places == sorted(places), "the order of the page"
    assert {"a", "button", "summary", "input"} <= {stop["tag"] for stop in stops}
    parts = list(dict.fromkeys(stop["part"] for stop in stops))
    ways = [".skip-link", ".bd-sidebar-primary", ".bd-header-article"]
    assert [p for p in parts if p] == [*ways, ".bd-article", ".prev-next-area"]


def test_the_link_to_skip_to_leads_to_the_text(chapter):
    chapter.keyboard.press("Tab")
    chapter.keyboard.press("Enter")
    assert chapter.url.endswith("#main-content")
    chapter.keyboard.press("Tab")
    inside = "document.activeElement.closest('main') !== null"
    assert chapter.evaluate(inside)


@pytest.mark.parametrize("opener", ["button", "Control+k"])
def test_the_search_opens_and_closes(chapter, opener):
    dialog = chapter.locator("#pst-search-dialog")
    if opener == "button":
        chapter.get_by_role("button", name="Search").first.focus()
        chapter.keyboard.press("Enter")
    else:
        chapter.keyboard.press(opener)
    assert dialog.is_visible()
    assert chapter.evaluate("document.activeElement.type") == "search"
    chapter.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener != "button" or chapter.evaluate(STOP)["tag"] == "button"


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_the_menus_of_a_phone_give_the_focus_back(visit, side):
    page = visit(CHAPTER, "phone", reduced_motion="reduce", only="p")
    button = page.locator(f"button.{side}-toggle")
    menu = page.locator(f"#pst-{side}-sidebar-modal")
    button.focus()
    page.keyboard.press("Enter")
    assert menu.is_visible()
    page.keyboard.press("Tab")
    assert menu.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert button.evaluate("e => e === document.activeElement")


def test_a_folded_solution_opens_and_closes(chapter):
    folded = chapter.locator("article details:has(summary:text-is('Solution'))").first
    folded.locator("summary").focus()
    for is_open in [True, False]:
        chapter.keyboard.press("Enter")
        assert folded.evaluate("e => e.open") is is_open


def test_who_asks_for_no_motion_gets_none(visit):
    moving = visit(CHAPTER, reduced_motion="reduce").evaluate("""() => {
      const moves = (e) => {
        const s = getComputedStyle(e);
        const lasts = s.transitionDuration.split(",").some((t) => parseFloat(t) > 0);
        return (lasts && s.transitionProperty !== "none")
          || s.animationName !== "none" || s.scrollBehavior === "smooth";
      };
      return [...document.querySelectorAll("*")].filter(moves)
        .map((e) => e.outerHTML.slice(0, 100));
    }""")
    assert moving == []


def test_colours_chosen_by_the_reader_leave_the_focus_to_be_seen(visit):
    how = {"forced_colors": "active", "reduced_motion": "reduce", "only": "p"}
    page = visit(CHAPTER, **how)
    page.keyboard.press("Tab")
    assert page.evaluate(STOP)["ringed"]
