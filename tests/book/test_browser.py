"""The built book in a real browser: from a file, offline, on a screen and a phone."""

import os
import shutil
from pathlib import Path

import pytest
from chapters import NOTEBOOKS

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

    def open_page(path: Path, size="screen", scheme="light"):
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("requestfailed", lambda request: page.errors.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
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
