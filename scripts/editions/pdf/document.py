"""All pages of the book as one document, fit for paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import Tag

from scripts.editions import contents
from scripts.editions.about import About, read_about
from scripts.editions.blocks import new
from scripts.editions.document import gather, own_style, whole
from scripts.editions.pages import Page, Part
from scripts.editions.pdf.code import fit_code
from scripts.editions.pdf.faces import faces_style

# Names of pages in a contents list are followed by their page already; those of terms,
# sources and functions lead to lists that are in alphabetical order.
IN_ORDER = ("glossary", "bibliography", "api")

TYPEFACES = """Source Serif 4, Source Sans 3 and Source Code Pro, \
by Frank Grießhammer, Paul D. Hunt"""
ON_PAPER = """\
This is the book for reading on paper. Hints, solutions and the answers to the questions
are at the end, with pages that lead there and back. Code that the web pages fold away
is left out: the cell that fetches the package, the cells that only draw a figure, and
those that compute the key of the questions. The notebooks have all of it, and run.
"""


@dataclass
class Document:
    """The document: its HTML, the body of it, and what it is about."""

    html: str
    body: Tag
    about: About


def assemble(
    root: Path, site: Path, fonts: Path, *, paper="a4", only: list[str] | None = None
) -> Document:
    """Put the built pages into one document, which can be opened from anywhere.

    Args:
        root: the project.
        site: the built site.
        fonts: where typefaces with one weight are kept, or written.
        paper: `a4` or `letter`.
        only: the names of the pages to take, all of them if None.
    """
    about = read_about(root, ON_PAPER, TYPEFACES)
    parts, drawing = gather(root, site, about, only)
    pages = [page for part in parts for page in part.pages]
    for page in pages:
        fit_code(page.article)
        name_pages(page)
    body = put_together(about, parts, drawing)
    faces = faces_style(root / "book" / "_static" / "fonts", fonts)
    size = f"@page {{ size: {paper}; }}"
    style = "\n".join([faces, own_style(__file__), size, running_feet(parts, about)])
    return Document(whole(site, style, body, about), body, about)


def name_pages(page: Page) -> None:
    """Say on which page a link to another chapter leads."""
    for link in page.article.select("a.to-page"):
        target = link["href"][1:]
        if target.partition("--")[0] in IN_ORDER and "--" in target:
            continue
        link.append(new("span", class_="page-of", data_target=target))


def put_together(about: About, parts: list[Part], drawing: Tag | None) -> Tag:
    """Return the body: title, imprint, contents, then part after part."""
    keys = [f"part-{count}" for count in range(len(parts))]
    front = [contents.title_page(about, drawing), contents.imprint(about)]
    body = new("main", *front, contents.contents(parts, keys), class_="book")
    for part, key in zip(parts, keys, strict=True):
        if part.title:
            body.append(contents.part_opening(part, key))
        for page in part.pages:
            article = page.article
            if part.title:
                lower_headings(article)
            article.name, article["class"] = "article", ["chapter"]
            article["id"] = page.key
            article["style"] = f"page: {page_name(page)}"
            body.append(article)
    return body


def lower_headings(article: Tag) -> None:
    """Make each heading one level lower: above a chapter's title stands its part."""
    if number := article.select_one("h1 .section-number"):
        number.string = number.get_text().strip(" .") + " "
    for level in (5, 4, 3, 2, 1):
        for heading in article.find_all(f"h{level}"):
            heading.name = f"h{level + 1}"


def page_name(page: Page) -> str:
    """Return the name that the style sheet has for the sheets of this page."""
    return "sheet-" + re.sub(r"\W+", "-", page.key)


def running_feet(parts: list[Part], about: About) -> str:
    """Return the style of the foot of each page: the part left, the chapter right."""
    rules = []
    for part in parts:
        for page in part.pages:
            title = f"{page.number}   {page.title}" if page.number else page.title
            left, right = part.name or about.title, title
            name = page_name(page)
            rules.append(
                f"@page {name}:left {{ @bottom-left {{ content: counter(page) "
                f"{quoted('      ' + left)}; }} }}\n"
                f"@page {name}:right {{ @bottom-right {{ content: "
                f"{quoted(right + '      ')} counter(page); }} }}"
            )
    return "\n".join(rules)


def quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("   ", "\u2002 ")
    return f'"{text}"'
