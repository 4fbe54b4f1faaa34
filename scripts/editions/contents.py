"""What stands before the first page of a book: title, imprint, contents; and parts."""

from __future__ import annotations

from bs4 import Tag

from scripts.editions.about import About
from scripts.editions.blocks import new
from scripts.editions.pages import Page, Part

# Pages whose sections are not listed: they are many, or not for reading in order.
SHORT = {"api", "glossary", "hints", "how-checked", "solutions", "symbols"}


def title_page(about: About, drawing: Tag | None) -> Tag:
    lines = [("title", about.title), ("subtitle", about.subtitle)]
    lines += [("authors", about.authors), ("edition", about.edition)]
    made = [new("p", words, class_=f"book-{name}") for name, words in lines]
    return new("section", *made[:2], drawing, *made[2:], class_="title-page")


def imprint(about: About) -> Tag:
    lines = [new("p", words) for words in about.imprint]
    words = "The book on the web, the notebooks and the package: "
    link = new("a", about.address, href=about.address)
    return new("section", *lines, new("p", words, link), class_="imprint")


def part_opening(part: Part, key: str) -> Tag:
    """The page that opens a part, with its chapters."""
    number = hidden = None
    if part.number:
        number = new("p", f"Part {part.number}", class_="part-number")
        # For the PDF's outline; the line above shows it.
        hidden = new("span", f"Part {part.number} · ", class_="for-outline")
    heading = new("h1", hidden, part.title, class_="part-title")
    lines = [line(page.number, page.title, page.key) for page in part.pages]
    listed = new("ol", *lines, class_="contents part-contents")
    return new("section", number, heading, listed, class_="part", id=key)


def contents(parts: list[Part], keys: list[str]) -> Tag:
    """The contents of the book: parts, chapters, and the sections of each."""
    whole = new("ol", class_="contents")
    for part, key in zip(parts, keys, strict=True):
        if part.title:
            whole.append(line("", part.name, key, class_="of-part"))
        for page in part.pages:
            entry = line(page.number, page.title, page.key, class_="of-chapter")
            whole.append(entry)
            if sections := sections_of(page):
                entry.append(new("ol", *[line(*section) for section in sections]))
    title = new("h1", "Contents")
    return new("section", title, whole, class_="contents-pages", id="contents")


def sections_of(page: Page) -> list[tuple[str, str, str]]:
    """Return number, title and name of each section of a page."""
    if page.key in SHORT:
        return []
    found = []
    for heading in page.article.find_all("h2"):
        number = heading.select_one(".section-number")
        number = number.get_text().strip(" .") if number else ""
        title = heading.get_text().strip().removeprefix(number).strip(" .")
        found.append((number, title, heading.find_parent("section")["id"]))
    return found


def line(number: str, title: str, target: str, **attributes) -> Tag:
    """One line of contents: number, title, dots, page."""
    link = new(
        "a",
        new("span", number, class_="number") if number else None,
        new("span", title, class_="title"),
        new("span", class_="dots", aria_hidden="true"),
        new("span", class_="page-of", data_target=target),
        href=f"#{target}",
    )
    return new("li", link, **attributes)
