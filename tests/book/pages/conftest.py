"""What axe looks at, and the page with the live model."""

import pytest

from book._ext.pages.play import MODEL
from gpt1.loading import load_model
from lib.book.playing import playing

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
def loaded():
    """The model that the page with the live model has, and its tokenizer."""
    return load_model(MODEL)


@pytest.fixture
def open_play(browser, site):
    """Open that page, see `playing.playing`."""
    with playing(browser, site) as opened:
        yield opened
