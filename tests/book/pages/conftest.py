"""The browser that looks at pages: one without a window, where there is one."""

import os
import shutil

import pytest

from scripts.site.browser import MISSING, find, launch


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
