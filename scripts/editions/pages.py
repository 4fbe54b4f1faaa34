"""The built pages, in the order of the contents."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag

# Names, punctuation and spaces in code, and words of the package's reference, look
# like what is around them. Each would be an element of the PDF's structure, 60,000 all
# in all.
PLAIN = re.compile(r'<span(?: class="(?:n|nn|nx|p|pm|pre|w)")?>([^<]*)</span>')
ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]


@dataclass
class Page:
    """One page of the site.

    Args:
        name: its path without the suffix, like `notebooks/04-attention`.
        article: its text.
        title: its heading, without a number.
        number: the chapter's number, "" for a page that has none.
    """

    name: str
    article: Tag
    title: str
    number: str = ""

    @property
    def key(self) -> str:
        """What the names of the page begin with in the whole document."""
        return Path(self.name).name

    def place(self, name: str) -> str:
        """Return the name in the document of a name on the page."""
        return f"{self.key}--{name}"


@dataclass
class Part:
    """A part of the book: its title, its number if it has one, and its pages."""

    title: str
    number: str = ""
    pages: list[Page] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"Part {self.number} · {self.title}" if self.number else self.title


def read_page(site: Path, name: str) -> Page:
    """Read a built page: what the theme calls its article."""
    html = (site / f"{name}.html").read_text("utf8")
    html = html[html.index("<article") : html.index("</article>")] + "</article>"
    article = BeautifulSoup(PLAIN.sub(r"\1", html), "html.parser").article
    heading = copy(article.h1)
    number = heading.select_one(".section-number")
    number = number.extract().get_text().strip(" .") if number else ""
    for link in heading.select(".headerlink"):
        link.decompose()
    return Page(name, article, heading.get_text().strip(), number)


def read_book(root: Path, site: Path, only: list[str] | None = None) -> list[Part]:
    """Return the parts of the book; the first has no title, and the welcome page.

    Args:
        root: the folder with _toc.yml.
        site: the built site.
        only: names of pages; all others are left out, and parts without a page too.
    """
    contents = yaml.safe_load((root / "_toc.yml").read_text("utf8"))
    listed = [("", False, [contents["root"]])]
    for part in contents["parts"]:
        names = [chapter["file"] for chapter in part["chapters"]]
        listed.append((part["caption"], bool(part.get("numbered")), names))
    parts, count = [], 0
    for title, numbered, names in listed:
        count += numbered
        wanted = [name for name in names if only is None or name in only]
        pages = [read_page(site, name) for name in wanted]
        if pages:
            parts.append(Part(title, ROMAN[count] if numbered else "", pages))
    return parts
