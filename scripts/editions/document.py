"""The pages of the book without what needs a screen, and one HTML document of them."""

from __future__ import annotations

from copy import copy
from html import escape
from pathlib import Path

from bs4 import Tag

from scripts.editions import blocks
from scripts.editions.about import About
from scripts.editions.answers import move_answers
from scripts.editions.names import Names
from scripts.editions.pages import Page, Part, read_book

APPENDIX = "Appendix"
STYLES = ["base.css", "formulas.css", "lookup.css", "figures.css", "pygments.css"]


def gather(
    root: Path, site: Path, about: About, only: list[str] | None = None
) -> tuple[list[Part], Tag | None]:
    """Return the book's parts without all that needs a screen, and the title's drawing.

    Hints, solutions and answers are pages of their own, at the end of the appendix.
    """
    parts = read_book(root, site, only)
    pages = [page for part in parts for page in part.pages]
    names = Names(pages, site.as_uri(), about.address)
    for page in pages:
        names.rename(page)
    answers = move_answers(pages)
    drawing = cover(pages[0])
    for page in pages + answers:
        blocks.remove_screen(page.article)
        blocks.remove_folded_code(page.article)
        blocks.questions(page.article)
        blocks.unfold(page.article)
        blocks.keep_marks(page.article)
    if pages[0].title == about.title:  # which the cover shows
        pages[0].title = pages[0].article.h1.string = "Welcome"
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


def own_style(script: str) -> str:
    """Return the rules of an edition, beside its script, and those of both editions."""
    both, own = Path(__file__).with_name("stories.css"), Path(script)
    return both.read_text("utf8") + own.with_name("book.css").read_text("utf8")


def add_answers(parts: list[Part], answers: list[Page]) -> None:
    """Put the answers at the end of the appendix, before the reference."""
    appendix = [part for part in parts if part.title == APPENDIX]
    if appendix:
        appendix[0].pages.extend(answers)
    elif answers:
        parts.append(Part(APPENDIX, "", answers))


def whole(site: Path, style: str, body: Tag, about: About) -> str:
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
</head>
<body>{body}</body>
</html>
"""
