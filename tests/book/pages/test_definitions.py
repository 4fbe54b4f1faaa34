"""A word that leads to the glossary opens its entry in place."""

import re

import pytest

from lib.book.chapters import EVERY, name

CHAPTER = "notebooks/04-attention"
WORDS = "p:has(a.term-link), .definitions"


@pytest.fixture(params=["phone", "screen"])
def chapter(visit, request):
    touch = request.param == "phone"
    how = {"has_touch": touch, "reduced_motion": "reduce", "only": WORDS}
    return visit(CHAPTER, request.param, **how)


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_each_word_has_its_entry_in_the_page(path, site):
    html = (site / "notebooks" / f"{path.stem}.html").read_text("utf8")
    links = re.findall(r'<a class="[^"]*term-link[^"]*" href="[^"]*#([^"]+)"', html)
    entries = dict(re.findall(r'<div id="about-([^"]+)">(.+?)</div>', html, re.DOTALL))
    assert len(set(links)) > 5
    assert set(links) == set(entries)
    assert all(re.sub("<[^>]+>", "", entry).strip() for entry in entries.values())


def test_it_opens_by_mouse_finger_and_key_and_closes(chapter):
    address, box = chapter.url, chapter.locator("#definition")
    word = chapter.locator("article a.term-link", has_text="attention").first
    word.scroll_into_view_if_needed()
    touch = chapter.evaluate("navigator.maxTouchPoints") > 0
    for how in (word.click, word.tap if touch else word.click):
        how()
        assert "weighted mean" in box.inner_text()
        chapter.keyboard.press("Escape")
        box.wait_for(state="hidden")
        assert word.evaluate("e => e === document.activeElement")
    chapter.keyboard.press("Enter")
    shown = box.bounding_box()
    wide = chapter.viewport_size["width"]
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= wide
    chapter.mouse.click(5, 5)
    box.wait_for(state="hidden")
    assert chapter.url == address


def test_the_keyboard_leads_into_it_and_on(chapter):
    box = chapter.locator("#definition")
    word = chapter.locator("article a.term-link", has_text="attention").first
    word.press("Enter")
    links = box.locator("a").count()
    for _ in range(links):
        chapter.keyboard.press("Tab")
        assert box.evaluate("e => e.contains(document.activeElement)")
    assert chapter.evaluate("document.activeElement.innerText") == "In the glossary"
    chapter.keyboard.press("Tab")
    box.wait_for(state="hidden")


def test_without_script_the_word_leads_to_the_glossary(visit):
    page = visit(CHAPTER, script=False, only=WORDS)
    assert not page.locator(".definitions").is_visible()
    page.locator("article a.term-link", has_text="attention").first.click()
    assert page.url.endswith("book/glossary.html#term-attention")
