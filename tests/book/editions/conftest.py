"""The browser that prints the editions: the one that a reader would print with."""

import pytest

from scripts.site.browser import MISSING, find, launch


@pytest.fixture(scope="session")
def browser(driver):
    """A real browser, not Chromium's `headless-shell`."""
    if find() is None:
        pytest.skip(MISSING)
    with launch(driver=driver) as running:
        yield running
