"""All pages of the book as one document, fit for paper."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from scripts.editions.about import About, read_about
from scripts.editions.answers import move_answers
from scripts.editions.faces import faces_style
from scripts.editions.names import Names
from scripts.editions.pages import Page, Part, read_book
from scripts.editions.pdf import blocks, contents

APPENDIX = "Appendix"
# Names of pages in a contents list are followed by their page already; those of terms,
# sources and functions lead to lists that are in alphabetical order.
IN_ORDER = ("glossary", "bibliography", "api")
STYLES = ["base.css", "lookup.css", "figures.css", "pygments.css"]
MATHJAX = re.compile(r"<script>(window\.MathJax = .*?)</script>")
VENDOR = "_static/vendor/mathjax/tex-svg.js"


@dataclass
class Document:
    """The document: its HTML, the body of it, and what it is about."""

    html: str
    body: Tag
    about: About


def assemble(
    root: Path,
    site: Path,
    fonts: Path,
    *,
    paper: str = "a4",
    only: list[str] | None = None,
) -> Document:
    """Put the built pages into one document, which can be opened from anywhere.

    Args:
        root: the project.
        site: the built site.
        fonts: where typefaces with one weight are kept, or written.
        paper: `a4` or `letter`.
        only: the names of the pages to take, all of them if None.
    """
    about = read_about(root)
    soup = BeautifulSoup("", "html.parser")
    parts, drawing = gather(soup, root, site, about, only)
    pages = [page for part in parts for page in part.pages]
    for page in pages:
        blocks.fit_code(soup, page.article)
        name_pages(soup, page)
    body = put_together(soup, about, parts, drawing)
    style = "\n".join(
        [
            faces_style(root / "book" / "_static" / "fonts", fonts),
            Path(__file__).with_name("book.css").read_text("utf8"),
            f"@page {{ size: {paper}; }}",
            running_feet(parts, about),
        ]
    )
    return Document(whole(site, style, body, pages, about), body, about)


def gather(
    soup: BeautifulSoup,
    root: Path,
    site: Path,
    about: About,
    only: list[str] | None = None,
) -> tuple[list[Part], Tag | None]:
    """Return the book's parts without all that needs a screen, and the title's drawing.

    Hints, solutions and answers are pages of their own, at the end of the appendix.
    """
    parts = read_book(root, site, only)
    pages = [page for part in parts for page in part.pages]
    names = Names(pages, site.as_uri(), about.address)
    for page in pages:
        names.rename(page)
    answers = move_answers(soup, pages)
    drawing = cover(pages[0])
    for page in pages + answers:
        blocks.remove_screen(page.article)
        blocks.remove_folded_code(page.article)
        blocks.questions(soup, page.article)
        blocks.unfold(soup, page.article)
        blocks.keep_marks(soup, page.article)
    welcome(pages[0], about)
    add_answers(parts, answers)
    return parts, drawing


def cover(page: Page) -> Tag | None:
    """Return a copy of the welcome page's drawing of the model, for the title page."""
    drawing = page.article.select_one("svg.gpt1-drawing")
    if drawing is None:
        return None
    drawing = copy(drawing)
    for tag in [drawing, *drawing.find_all(True)]:
        for attribute in ("id", "aria-labelledby", "aria-describedby"):
            tag.attrs.pop(attribute, None)
    drawing["aria-hidden"] = "true"
    return drawing


def welcome(page: Page, about: About) -> None:
    """The welcome page has the book's title as its own, which the cover shows."""
    if page.title == about.title:
        page.title = page.article.h1.string = "Welcome"


def name_pages(soup: BeautifulSoup, page: Page) -> None:
    """Say on which page a link to another chapter leads."""
    for link in page.article.select("a.to-page"):
        target = link["href"][1:]
        if target.partition("--")[0] in IN_ORDER and "--" in target:
            continue
        link.append(blocks.new(soup, "span", class_="page-of", data_target=target))


def add_answers(parts: list[Part], answers: list[Page]) -> None:
    """Put the answers at the end of the appendix, before the reference."""
    if not answers:
        return
    for part in parts:
        if part.title == APPENDIX:
            part.pages.extend(answers)
            return
    parts.append(Part(APPENDIX, "", answers))


def put_together(
    soup: BeautifulSoup, about: About, parts: list[Part], drawing: Tag | None
) -> Tag:
    """Return the body: title, imprint, contents, then part after part."""
    keys = [f"part-{count}" for count in range(len(parts))]
    body = blocks.new(soup, "main", class_="book")
    body.append(contents.title_page(soup, about, drawing))
    body.append(contents.imprint(soup, about))
    body.append(contents.contents(soup, parts, keys))
    for part, key in zip(parts, keys, strict=True):
        if part.title:
            body.append(contents.part_opening(soup, part, key))
        for page in part.pages:
            article = page.article
            if part.title:
                blocks.lower_headings(article)
            article.name, article["class"] = "article", ["chapter"]
            article["id"] = page.key
            article["style"] = f"page: {page_name(page)}"
            body.append(article)
    return body


def page_name(page: Page) -> str:
    """Return the name that the style sheet has for the sheets of this page."""
    return "sheet-" + re.sub(r"\W+", "-", page.key)


def running_feet(parts: list[Part], about: About) -> str:
    """Return the style of the foot of each page: the part left, the chapter right."""
    rules = []
    for part in parts:
        for page in part.pages:
            title = f"{page.number}   {page.title}" if page.number else page.title
            left = part.name or about.title
            name = page_name(page)
            rules.append(
                f"@page {name}:left {{ @bottom-left {{ content: counter(page) "
                f"{quoted('      ' + left)}; }} }}\n"
                f"@page {name}:right {{ @bottom-right {{ content: "
                f"{quoted(title + '      ')} counter(page); }} }}"
            )
    return "\n".join(rules)


def quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("   ", "\u2002 ")
    return f'"{text}"'


def whole(site: Path, style: str, body: Tag, pages: list[Page], about: About) -> str:
    """Return the whole document's HTML."""
    at = site.as_uri()
    links = "\n".join(
        f'<link rel="stylesheet" href="{at}/_static/{name}">' for name in STYLES
    )
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{escape(about.title)}</title>
{links}
<style>{style}</style>
<script>{mathjax_config(site, pages)}</script>
<script defer src="{at}/{VENDOR}"></script>
</head>
<body>{body}</body>
</html>
"""


def mathjax_config(site: Path, pages: list[Page]) -> str:
    """Return how the site sets MathJax up, without its hidden second copy."""
    for page in pages:
        path = site / f"{page.name}.html"
        found = MATHJAX.search(path.read_text("utf8")) if path.exists() else None
        if found:
            quiet = "MathJax.options.enableAssistiveMml = false;"
            return f"{found[1]}; MathJax.options ??= {{}}; {quiet}"
    return ""
