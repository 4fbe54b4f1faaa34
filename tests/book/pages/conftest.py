"""The browser that looks at pages: one without a window, where there is one."""

import os
import shutil

import pytest

from scripts.site.browser import MISSING, find, launch

KINDS = {"book/index", "book/glossary", "book/play", "book/benchmarks"}
KINDS |= {"notebooks/04-attention"}
"""Pages of every kind: axe looks at these in every run, and at all of them weekly."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        every = getattr(item, "callspec", None) and item.callspec.params.get("page")
        if every and item.name.startswith("test_axe") and every not in KINDS:
            item.add_marker(pytest.mark.weekly)


@pytest.fixture(scope="module")
def browser():
    """Chromium's `headless-shell` opens a page in two thirds of the time.

    The printed editions have to be made with the browser that their readers' are.
    """
    shell = shutil.which(os.environ.get("CHROMIUM") or "chromium-headless-shell")
    if shell is None and find() is None:
        pytest.skip(MISSING)
    pytest.importorskip("playwright.sync_api")
    with launch(program=shell) as running:
        yield running
