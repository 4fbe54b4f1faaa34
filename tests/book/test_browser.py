"""The built book in a real browser: from a file, offline, on a screen and a phone."""

import os
import re
import shutil
from pathlib import Path

import pytest
from chapters import NOTEBOOKS, cells
from quizzes import questions, section

PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "chrome", "msedge"]
QUIET = ["--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-sync", "--disable-gpu", "--no-first-run"]
SIZES = {"screen": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser():
    named = [os.environ.get("CHROMIUM", ""), *PROGRAMS]
    program = next(filter(None, map(shutil.which, filter(None, named))), None)
    if program is None:
        pytest.skip("no Chromium or Chrome on the path, and CHROMIUM names none")
    playwright = pytest.importorskip("playwright.sync_api")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    options = [*QUIET, *(["--no-sandbox"] if root else [])]
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=options)
        yield running
        running.close()


@pytest.fixture
def visit(browser):
    """Open a page; return it with what it asked for elsewhere and what went wrong."""
    contexts = []

    def open_page(path: Path, size="screen", scheme="light", script=True):
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("requestfailed", lambda request: page.errors.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
        if script:
            page.evaluate("window.MathJax?.startup?.promise")
        return page

    yield open_page
    for context in contexts:
        context.close()


def pages(site):
    listed = sorted((site / "book").glob("*.html"))
    return listed + sorted((site / "notebooks").glob("*.html"))


def test_every_page_opens_from_a_file_and_asks_nobody_for_anything(site, visit):
    for path in pages(site):
        page = visit(path)
        assert [url for url in page.asked if not url.startswith("file:")] == []
        assert page.errors == []
        assert page.inner_text("h1").strip()


def test_the_root_leads_to_the_welcome_page(site, visit):
    page = visit(site / "index.html")
    page.wait_for_url("**/book/index.html")
    assert page.inner_text("h1").strip()


def test_no_page_scrolls_sideways_on_a_phone(site, visit):
    for path in pages(site):
        page = visit(path, size="phone")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SIZES["phone"][0] + 1, f"{path.name} is {wide} wide"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_mathematics_is_drawn_offline(site, visit, path):
    page = visit(site / "notebooks" / f"{path.stem}.html")
    formulas = page.locator("article .math").count()
    assert formulas > 0
    page.wait_for_function("document.querySelector('mjx-container svg')")
    assert page.locator("article mjx-container").count() >= formulas
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


def test_the_search_works_from_a_file(site, visit):
    page = visit(site / "search.html")
    page.goto((site / "search.html").as_uri() + "?q=paper")
    page.wait_for_selector("#search-results li a")


# --- Check yourself -------------------------------------------------------------------

ASKED = questions(section(cells(NOTEBOOKS[0]))[0])


def words(text):
    """A pattern for a text as the page has it: with other quotation marks."""
    return re.compile(re.sub("['\"]", ".", re.escape(text)) + "$")


@pytest.fixture
def quiz(site, visit):
    """The first chapter's page, and its questions as they are on it."""

    def open_quiz(**options):
        page = visit(site / "notebooks" / f"{NOTEBOOKS[0].stem}.html", **options)
        return page, page.get_by_role("group").filter(has=page.get_by_role("radio"))

    return open_quiz


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_choice_of_each_chapter_is_answered(site, visit, path):
    page = visit(site / "notebooks" / f"{path.stem}.html")
    forms = page.locator("fieldset.quiz")
    asked = questions(section(cells(path))[0])
    assert forms.count() == len(asked) == 5
    for form, question in zip(forms.all(), asked, strict=True):
        assert form.get_by_role("radio").count() == len(question.choices)
        for letter in question.choices:
            form.locator(f"input[value={letter}]").check()
            said = form.get_by_role("status").inner_text()
            lead = "Right, " if [letter] == question.right else "Not "
            assert said.startswith(f"{lead}({letter}). ")
            assert len(said.split()) > 5


def test_a_verdict_is_the_explanation_of_the_choice(quiz):
    page, forms = quiz()
    for form, question in zip(forms.all(), ASKED, strict=True):
        for letter, why in question.explained.items():
            form.locator(f"input[value={letter}]").check()
            assert words(why).search(form.get_by_role("status").inner_text())
    assert [url for url in page.asked if not url.startswith("file:")] == []
    assert page.errors == []


def test_a_question_can_be_answered_with_the_keyboard_and_is_named(quiz):
    page, forms = quiz()
    question, form = ASKED[0], forms.first
    assert page.get_by_role("group", name=words(f"1. {question.text}")).count() == 1
    first, second = form.get_by_role("radio").all()[:2]
    named = words(f"(b) {question.choices['b']}")
    assert form.get_by_role("radio", name=named).count() == 1
    verdict = form.get_by_role("status")
    assert verdict.get_attribute("aria-live") == "polite"
    first.focus()
    assert verdict.inner_text() == ""
    page.keyboard.press("Space")
    assert "(a)." in verdict.inner_text()
    page.keyboard.press("ArrowDown")
    assert second.is_checked()
    assert "(b)." in verdict.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert form.locator("details li").first.is_visible()


def test_without_scripts_the_answers_are_folded_text(quiz):
    page, _ = quiz(script=False)
    answer = page.locator("fieldset.quiz details").first
    assert not answer.locator("li").first.is_visible()
    answer.locator("summary").click()
    assert answer.locator("li").first.is_visible()


def test_on_paper_the_answers_are_unfolded(quiz):
    page, _ = quiz()
    answers = page.locator("fieldset.quiz details")
    opened = page.locator("fieldset.quiz details[open]")
    answers.first.locator("summary").click()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert opened.count() == answers.count() == 5
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert opened.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_question_keeps_its_colours_apart(quiz, scheme):
    page, forms = quiz(scheme=scheme)
    form = forms.first
    form.get_by_role("radio").first.check()
    style = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    ink, ground = form.get_by_role("status").evaluate(style)
    assert ink != ground
