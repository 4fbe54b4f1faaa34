"""What the pages of a site link to, load and name."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

# Elements that make a browser fetch what they name.
SOURCES = ["audio", "embed", "iframe", "input", "script", "track"]
LOADS = dict.fromkeys(SOURCES, ("src",))
LOADS |= dict.fromkeys(["img", "source"], ("src", "srcset"))
LOADS |= dict.fromkeys(["image", "use"], ("href", "xlink:href"))
LOADS |= {"link": ("href",), "object": ("data",), "video": ("src", "poster")}
# Links that name a page's relations and fetch nothing.
RELATIONS = {"author", "canonical", "index", "next", "prev", "search"}


class Page:
    """One page of a site: its names, its links and what it loads."""

    def __init__(self, path: Path):
        self.path = path
        self.soup = BeautifulSoup(path.read_text("utf8"), "html.parser")
        self.ids = Counter(tag["id"] for tag in self.soup.find_all(id=True))
        anchors = self.soup.find_all("a", attrs={"name": True})
        self.names = set(self.ids) | {tag["name"] for tag in anchors}

    def links(self) -> list[str]:
        return [tag["href"] for tag in self.soup.find_all("a", href=True)]

    def loads(self) -> list[str]:
        """Return the address of each file that showing this page fetches."""
        found = []
        for tag in self.soup.find_all(list(LOADS)):
            if tag.name == "link" and set(tag.get("rel", [])) & RELATIONS:
                continue
            found += [tag[name] for name in LOADS[tag.name] if tag.get(name)]
        styles = [tag.get_text() for tag in self.soup.find_all("style")]
        styles += [tag["style"] for tag in self.soup.find_all(style=True)]
        for style in styles:
            found += css_loads(style)
        return found


def css_loads(text: str) -> list[str]:
    """Return what a style sheet fetches."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"url\(\s*['\"]?([^'\")]+)", text)
    return found + re.findall(r"@import\s+['\"]([^'\"]+)", text)


def is_elsewhere(address: str) -> bool:
    """Tell whether the address is on a network."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in {"", "data", "mailto"}


def dead(page: Page, address: str, pages: dict[Path, Page]) -> str | None:
    """Say what is missing where a link within the site leads, None if nothing is."""
    parts = urlsplit(address)
    if parts.scheme in {"data", "mailto"}:
        return None
    target = page.path
    if parts.path:
        target = (page.path.parent / unquote(parts.path)).resolve()
        if target.is_dir():
            target = target / "index.html"
        if not target.exists():
            return f"{address}: no such file"
    fragment = unquote(parts.fragment)
    if "=" in fragment:  # a state of the page, see book/_static/play/page.js
        return None
    if fragment and target in pages and fragment not in pages[target].names:
        return f"{address}: no such place on that page"
    return None
