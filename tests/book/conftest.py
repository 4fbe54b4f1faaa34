"""The built book, for the tests that look at it, and a browser to look with."""

import os
import shutil

import pytest
from filelock import FileLock

from lib.book.browsing import serving, visits
from lib.book.chapters import CONTENTS, ROOT
from scripts.site.browser import MISSING, find, launch
from scripts.site.build import BUILD, PAGES, SHARED, STAMP, build

# One process for all pages: they come one after the other.
ONE_PROCESS = ["--process-per-site", "--renderer-process-limit=1"]
SHELL = shutil.which(os.environ.get("CHROMIUM") or "chromium-headless-shell")


def is_current():
    """Tell whether no source of the book is younger than its last good build."""
    if not STAMP.exists():
        return False
    sources = [path for pattern in PAGES + SHARED for path in ROOT.glob(pattern)]
    return max(path.stat().st_mtime for path in sources) < STAMP.stat().st_mtime


@pytest.fixture(scope="session")
def site():
    """The folder of the book, built here unless it is as new as its sources.

    `make test` forgets the last build, so that its own is a whole one.
    """
    BUILD.mkdir(exist_ok=True)
    with FileLock(BUILD / "tests.lock"):
        if not is_current():
            assert build() == 0, "the book does not build: make book"
    return BUILD / "html"


@pytest.fixture(scope="module")
def on_site(site):
    """The text of each page of the contents, as HTML, without what is hidden."""
    found = {}
    for name in CONTENTS:
        html = (site / f"{name}.html").read_text("utf8")
        text = html[html.index("<article") : html.index("</article>")]
        found[name] = text.partition('<div class="definitions ')[0]
    return found


@pytest.fixture(scope="session")
def driver():
    """What steers browsers. A process can have one only, so all its tests share it."""
    if find() is None and SHELL is None:
        pytest.skip(MISSING)
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(driver):
    """A real browser without a window; tests that need one are skipped without.

    Chromium's `headless-shell` opens a page in two thirds of the time.
    """
    with launch(*ONE_PROCESS, program=SHELL, driver=driver) as running:
        yield running


@pytest.fixture(scope="module")
def server(site):
    """The address of a plain static server of the built book, on a free port."""
    with serving(site) as address:
        yield address


@pytest.fixture
def visit(site, browser):
    """Open pages of the book, see `browsing.visits`."""
    with visits(browser, site) as open_page:
        yield open_page
