"""The text of built pages, for the tests that read it, without the drawings."""

import re
from functools import lru_cache

from bs4 import BeautifulSoup, SoupStrainer

SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@lru_cache(None)
def article(path):
    """Return the article of a page, the same one each time: do not change it."""
    html = SVG.sub("", path.read_text("utf8"))
    return BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("article"))
