"""The page with the live model for somebody who has never seen it.

What it says is so, nothing is lost without a word, and all that can be done is seen.
What the page computes is in test_play.py.
"""

from itertools import pairwise

import pytest

from book._ext.pages import play
from lib.book.browsing import DARK, FINGERS, violations
from lib.book.playing import CHIPS, IDLE, THERE, bars, focused, state, tokens

TALE = {"tale": 9, "at": 243}  # of the grammar; the model is too sure of its next token
SHORT = {"tale": 27, "at": 122}  # and its end is some twenty tokens away
SAYS = "document.querySelector('.moving-says').innerText"
STORY = ".play-story"
AT = f"document.querySelector('{STORY} .is-at')"
# An outline that nothing cuts off: what contains its layout cuts at its edge.
RING = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  let { left, right, top, bottom } = e.getBoundingClientRect();
  const wide = parseFloat(s.outlineWidth) + parseFloat(s.outlineOffset);
  for (let up = e.parentElement; up; up = up.parentElement) {
    if (!/paint|strict|content/.test(getComputedStyle(up).contain)) continue;
    const box = up.getBoundingClientRect();
    if (left - wide < box.left || right + wide > box.right ||
        top - wide < box.top || bottom + wide > box.bottom) return "cut off";
  }
  return `${s.outlineStyle} ${s.outlineWidth} ${s.outlineColor}`;
}"""


def says(page, words, beside=""):
    """Wait until the line says so, and return all of it."""
    page.wait_for_function(f"{SAYS}.includes({words!r}) && {THERE}")
    return page.say.inner_text()


def press(page, name, key="Enter"):
    page.get_by_role("button", name=name).first.press(key)


def choose(page, place):
    """Choose a token of the story, and wait for the bars after it."""
    page.locator(f"{CHIPS} input").nth(place).check()
    text = page.locator(f"{CHIPS} > span").nth(place).text_content()
    text = text.replace(" ", "␣")
    page.wait_for_function(f"{SAYS}.includes('After “{text}”')")


def places(page):
    """Where the heading of each part is on the screen."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll(
      "article section[id]")].map((e) => [e.id, e.getBoundingClientRect().top]))""")


@pytest.mark.weekly
@pytest.mark.parametrize("hash", ["", state(begin="Fern", temperature=0)])
def test_a_link_to_a_place_of_the_page_leads_there_at_once(open_play, hash):
    for part in ["things-to-try", "what-is-computed-here"]:
        page = open_play(hash)
        page.locator(f".bd-sidebar-secondary a[href='#{part}']").click()
        page.wait_for_function(f"location.hash === '#{part}'")
        page.wait_for_timeout(200)
        assert 0 <= places(page)[part] < 150
    page = open_play(hash)
    page.locator("article p a[href='#things-to-try']").click()
    page.wait_for_timeout(200)
    assert 0 <= places(page)["things-to-try"] < 150
    assert "Play with the model" not in focused(page)


@pytest.mark.weekly
def test_arrows_move_between_bars_and_lines_and_the_focus_is_always_seen(open_play):
    page = open_play(state(**TALE))
    page.wait_for_function(THERE)
    page.get_by_role("button", name="One token").focus()
    page.keyboard.press("Tab")
    usual = page.evaluate(RING)
    assert usual.startswith("solid 3px")
    top = page.evaluate("scrollY")
    page.locator(".play-bar").first.focus()
    seen = []
    for key in ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"]:
        page.keyboard.press(key)
        assert page.evaluate(RING) == usual
        seen.append(page.evaluate("document.activeElement.innerText.split('\\n')[0]"))
    row = [shown[0].replace(" ", "␣") for shown in bars(page)]
    assert [word.strip() for word in seen] == [row[i] for i in (1, 2, 1, 0, 0)]
    choose(page, 264)  # in the last line
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(RING) == usual, "nor is it cut off there"
    where = f"[{AT}.offsetLeft + {AT}.offsetWidth / 2, {AT}.offsetTop]"
    middle, line = page.evaluate(where)
    page.keyboard.press("ArrowUp")
    up, above = page.evaluate(where)
    assert 20 < line - above < 40, "one line"
    assert abs(up - middle) < 60
    page.keyboard.press("ArrowDown")
    assert page.evaluate(where)[1] == line
    page.keyboard.press("ArrowDown")
    assert page.evaluate(where)[1] == line, "there is no line below"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"Number({AT}.firstChild.value)") < 264
    assert abs(page.evaluate("scrollY") - top) < 900
    page.locator(".play-bar").nth(4).focus()
    page.keyboard.press("Shift+Tab")
    box = page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert box > page.locator(".play-doing").bounding_box()["y"]


# How many tokens a text is.
COUNT = """(words) => gpt1.makeTokenizer(JSON.parse(document.querySelector(
  "[data-moving=play]").text).tokenizer).encode(words).length"""
SAME = "bring the same one again"


@pytest.mark.weekly
def test_the_same_story_is_promised_only_where_it_comes(open_play):
    page = open_play(state(**SHORT, write=60))
    assert SAME in says(page, "The tale is at its end.")
    first = tokens(page)
    press(page, "Back to the beginning")
    press(page, "Write")
    says(page, SAME)
    assert tokens(page) == first, "and it comes"
    slider = page.get_by_label("temperature")
    slider.press("ArrowLeft")
    assert SAME not in says(page, "with temperature 0.9")
    slider.press("ArrowRight")
    says(page, SAME)
    page.get_by_role("checkbox", name="head 0 of layer 1").press("Space")
    assert SAME not in says(page, "Off: layer 1, head 0.")
    press(page, "All heads on")
    says(page, SAME)
    choose(page, 126)
    page.locator(".play-bar:not(.is-taken)").first.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length === 128")
    press(page, "Write")
    assert SAME not in says(page, "The tale is at its end.")
    press(page, "Back to the beginning")
    press(page, "Write")
    says(page, SAME)
    choose(page, 130)
    press(page, "Another way from here")
    assert SAME not in says(page, "The tale is at its end.")


@pytest.mark.weekly
def test_after_its_end_a_tale_is_begun_anew_and_no_other_stop_is_silent(open_play):
    page = open_play(state(**SHORT, write=60, seed=5))
    says(page, "“Write another” begins a new one, with seed 6.")
    first = tokens(page)
    press(page, "Write another")
    assert "the seed is now 6; “Undo”" in says(page, "with seed 7")
    begun = tokens(page)
    assert begun[:123] == first[:123]
    assert [*pairwise(begun)].count(("\n", "\n")) == 2, "one tale"
    press(page, "Undo")
    says(page, "What was there before is back.")
    assert tokens(page) == first
    page.get_by_label("temperature").press("Home")
    for _ in range(2):
        press(page, "Write again")
        says(
            page, f"{SAME}. “Write again” begins it anew, and leaves nothing to chance"
        )
    assert page.get_by_label("seed").input_value() == "5"
    press(page, "Another way from here")
    says(page, "there is no other way")
    page.evaluate("location.hash = 'begin=Fern&temperature=0&write=5'")
    says(page, "It stops after the 5 tokens that were asked for; “Write” goes on.")
    page.evaluate("location.hash = 'tale=27&at=144'")
    says(page, "The tale is at its end: “Write” goes on with a new one.")


@pytest.mark.slow
def test_what_a_step_takes_away_is_said_and_can_be_had_again(open_play):
    page = open_play(state(**TALE))
    page.wait_for_function(THERE)
    undo = page.get_by_role("button", name="Undo")
    assert undo.count() == 0
    tales = page.get_by_label("Or a whole tale by the grammar")
    tale, count = tokens(page), len(tokens(page))
    assert count == 266
    page.locator(".play-bar:not(.is-taken)").first.press("Enter")
    said = says(page, "22 tokens dropped and the grammar\u2019s tale left; “Undo”")
    assert tales.input_value() == ""
    assert said.startswith("After “␣the”")
    taken = tokens(page)
    assert len(taken) == 245
    page.keyboard.press("Shift+Tab")
    undo.press("Enter")
    says(page, "What was there before is back.")
    assert tokens(page) == tale
    assert tales.input_value() == "9"
    assert page.evaluate(f"{AT}.firstChild.value") == "243"
    assert "Undo" in focused(page)
    page.keyboard.press("Enter")
    says(page, "After “␣the”")
    assert tokens(page) == taken, "back and forth"
    choose(page, 40)  # early, so that it is still writing when it is stopped
    press(page, "Another way from here")
    says(page, "204 tokens dropped and the seed is now 1;")
    press(page, "Stop")
    page.wait_for_function(f"{SAYS}.startsWith('After')")
    undo.press("Enter")
    says(page, "What was there before is back.")
    assert page.get_by_label("seed").input_value() == "0"
    assert tokens(page) == taken
    page.get_by_label("The beginning of a tale").fill("Fern")
    page.get_by_label("The beginning of a tale").press_sequentially(", a")
    assert len(tokens(page)) < 8
    says(page, "After “␣a”")
    undo.press("Enter")
    says(page, "What was there before is back.")
    assert tokens(page) == taken


@pytest.mark.weekly
def test_a_head_that_is_off_is_said_wherever_one_is_and_comes_on_there(open_play):
    page = open_play(state(begin="Fern", off="2.1"))
    page.wait_for_function(THERE)
    page.get_by_label("Or a whole tale").select_option("9")
    page.wait_for_function(f"{SAYS}.includes('grammar')")
    choose(page, 243)
    said = says(page, "Off: layer 2, head 1.")
    assert "the model without this head is " in said
    panel = page.locator(".play-doing")
    on = panel.get_by_role("button", name="All heads on")
    on.press("Enter")
    assert "Off" not in says(page, "the model is surer than the truth")
    assert "All heads on" in focused(page)
    press(page, "One token")
    page.wait_for_function(IDLE)
    assert page.get_by_role("button", name="All heads on").count() == 0


@pytest.mark.weekly
def test_a_strip_names_its_tokens_and_shades_the_story(open_play):
    begin = f"{play.BEGIN}. One day"
    page = open_play(state(begin=begin, write=30, temperature=0))
    page.wait_for_function(IDLE)
    story, last = tokens(page), len(tokens(page)) - 1
    marked = story[last].replace(" ", "␣")
    page.get_by_role("heading", name=f"What each head reads at “{marked}”").wait_for()
    row = page.locator(".play-head").nth(9)  # head 1 of layer 2
    strip, words = row.locator(".play-strip"), row.locator(".play-reads")
    usual = words.inner_text()
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    place = box["width"] * 3.5 / (last + 1), box["height"] / 2
    strip.hover(position=dict(zip("xy", place, strict=True)))
    page.wait_for_function(
        "document.querySelectorAll('.play-reads')[9].innerText.includes('token')"
    )
    word, _, number = words.inner_text().partition(" 0.")
    place = int(number.split("token ")[1]) - 1
    assert abs(place - 3) <= 2
    assert word == story[place].replace(" ", "␣").replace("\n", "⏎")
    page.mouse.move(5, 5)
    assert words.inner_text() == usual
    choice = page.get_by_label("Shade the story")
    strip.click(position={"x": 5, "y": 5})
    assert choice.input_value() == "2.1"
    assert "shaded by what layer 2, head 1 reads" in page.say.inner_text()
    assert row.get_by_role("checkbox").is_checked(), "only its tick switches it off"
    looks = page.locator(CHIPS).evaluate_all(
        "all => all.map((e) => getComputedStyle(e).backgroundImage)"
    )
    given = 2 + page.evaluate(COUNT, begin)
    assert len(set(looks[:given])) == len(set(looks[given:])) == 1
    assert looks[0] != looks[given], "given and written, still"
    strip.click(position={"x": 5, "y": 5})
    assert choice.input_value() == ""


@pytest.mark.slow
def test_the_line_says_the_number_of_the_bar(open_play):
    page = open_play(state(begin="One bright Sunday afternoon"))
    page.wait_for_function(THERE)
    for label, key, moved in [
        ("temperature", "ArrowLeft", " with temperature 0.5."),
        ("top-k", "ArrowLeft", " with temperature 0.5 and top-k 8."),
        ("top-p", "ArrowLeft", " with temperature 0.5, top-k 8 and top-p 0.7."),
    ]:
        for _ in range(5):
            page.get_by_label(label).press(key)
        assert f"“,” is likeliest: {bars(page)[0][1]}{moved}" in page.say.inner_text()
    said = "([chance, due]) => play.verdict(chance, due, 'it')"
    for pair, verdict in [
        ([0.233, 0.230], "about as sure as"),
        ([0.185, 0.188], "about as sure as"),
        ([0.5, 0.4], "surer than"),
        ([0.4, 0.5], "less sure than"),
    ]:
        assert f"it is {verdict} the truth." in page.evaluate(said, pair)


@pytest.mark.weekly
def test_marks_are_explained_and_the_chosen_one_stays_so_under_the_pointer(open_play):
    page = open_play(state(**TALE))
    page.wait_for_function(THERE)
    words = page.locator(".play-tokens .moving-legend").inner_text()
    assert words.split("\n")[:3] == ["given", "written", "chosen"]
    assert "arrow keys" in words
    came = page.get_by_text("came next in this story")
    assert came.is_visible()
    chip = page.locator(f"{STORY} .is-at")
    frame = "e => getComputedStyle(e).boxShadow"
    usual = chip.evaluate(frame)
    chip.hover()
    assert chip.evaluate(frame) == usual
    # How far the bars are below the story, whatever is known of the next token.
    far = "document.querySelector('.play-bars').offsetTop"
    usual = page.evaluate(far)
    choose(page, 265)
    assert not came.is_visible()
    page.locator(".play-bar").first.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length === 267")
    page.wait_for_function("!document.querySelector('.play-truth').innerText")
    assert page.evaluate(far) == usual


@pytest.mark.weekly
def test_a_thing_to_try_stands_beside_the_bars_until_it_is_put_away(open_play):
    page = open_play()
    link = page.get_by_role("link", name="Make it forget a name")
    link.click()
    page.wait_for_function(IDLE)
    thing = page.locator(".play-thing")
    head = page.get_by_role("checkbox", name="head 1 of layer 2")
    head.focus()
    panel, screen = page.locator(".play-doing").bounding_box(), 900
    for wanted in ["To try: Make it forget a name", "Head 1 of layer 2 reads it"]:
        shown = thing.get_by_text(wanted)
        assert shown.is_visible()
        assert 0 < shown.bounding_box()["y"] < screen
    assert panel["y"] + panel["height"] <= head.bounding_box()["y"], "it hides nothing"
    page.keyboard.press("Space")
    says(page, "Off: layer 2, head 1.")
    assert thing.is_visible()
    thing.get_by_role("button", name="Put this away").press("Enter")
    assert not thing.is_visible()
    assert "Play with the model" in focused(page)
    link.click()
    page.wait_for_function(f"!{SAYS}.includes('Off')")
    assert thing.is_visible(), "the same link brings the same state again"
    page.evaluate("location.hash = 'begin=Fern'")
    thing.wait_for(state="hidden")
    phone = open_play(width=390)
    phone.get_by_role("link", name="Turn up the heat").click()
    shown = phone.locator(".play-thing summary")
    shown.wait_for()
    assert not phone.get_by_text("hundreds of other tokens").first.is_visible()
    shown.press("Enter")
    assert phone.get_by_text("hundreds of other tokens").first.is_visible()


@pytest.mark.weekly
def test_the_story_shows_that_it_goes_on_and_nothing_stale_is_said(open_play):
    page = open_play(reduced_motion="no-preference")
    mask = f"getComputedStyle(document.querySelector('{STORY}')).maskImage"
    assert "gradient" not in page.evaluate(mask)
    press(page, "Write")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length > 30")
    assert page.say.inner_text() == "Writing on after “␣hill” …"
    press(page, "Stop")
    page.wait_for_function(f"{SAYS}.startsWith('After')")
    page = open_play(state(**TALE))
    page.wait_for_function(THERE)
    assert "gradient" in page.evaluate(mask)
    place = f"{AT}.offsetTop - document.querySelector('{STORY}').scrollTop"
    assert 26 <= page.evaluate(place) <= 208 - 26 - 27, "clear of what fades"
    page.locator(STORY).evaluate("e => e.scrollTop = 0")
    page.wait_for_function("document.querySelector('.play-story:not(.has-above)')")
    assert page.evaluate(f"{mask}.startsWith('linear-gradient(rgb(0, 0, 0) ')")


@pytest.mark.weekly
def test_axe_has_nothing_against_a_thing_to_try_and_a_way_back(open_play):
    page = open_play(width=390)
    page.get_by_role("link", name="Make it forget a name").click()
    page.wait_for_function(IDLE)
    page.locator(".play-thing summary").press("Enter")
    choose(page, 30)
    page.locator(".play-bar:not(.is-taken)").first.press("Enter")
    says(page, "dropped")
    page.get_by_role("checkbox", name="head 1 of layer 0").press("Space")
    says(page, "Off")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page, FINGERS) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page, ("light", DARK[1]), DARK) == []
    assert page.wrong == []
