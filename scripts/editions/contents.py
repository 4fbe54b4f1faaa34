"""What stands before the first page of a book: title, imprint, contents; and parts."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from scripts.editions.about import About
from scripts.editions.blocks import new
from scripts.editions.pages import Page, Part

# Pages whose sections are not listed: they are many, or not for reading in order.
SHORT = {"api", "glossary", "hints", "how-checked", "solutions", "symbols"}


def title_page(soup: BeautifulSoup, about: About, drawing: Tag | None) -> Tag:
    page = new(soup, "section", class_="title-page")
    page.append(new(soup, "p", about.title, class_="book-title"))
    page.append(new(soup, "p", about.subtitle, class_="book-subtitle"))
    if drawing is not None:
        page.append(drawing)
    page.append(new(soup, "p", about.authors, class_="book-authors"))
    page.append(new(soup, "p", about.edition, class_="book-edition"))
    return page


def imprint(soup: BeautifulSoup, about: About) -> Tag:
    page = new(soup, "section", class_="imprint")
    for words in about.imprint:
        page.append(new(soup, "p", words))
    link = new(soup, "a", about.address, href=about.address)
    line = new(soup, "p", "The book on the web, the notebooks and the package: ")
    line.append(link)
    page.append(line)
    return page


def part_opening(soup: BeautifulSoup, part: Part, key: str) -> Tag:
    """The page that opens a part, with its chapters."""
    page = new(soup, "section", class_="part", id=key)
    if part.number:
        page.append(new(soup, "p", f"Part {part.number}", class_="part-number"))
    heading = new(soup, "h1", class_="part-title")
    if part.number:
        # For the PDF's outline; the line above shows it.
        hidden = new(soup, "span", f"Part {part.number} · ", class_="for-outline")
        heading.append(hidden)
    heading.append(part.title)
    page.append(heading)
    listed = new(soup, "ol", class_="contents part-contents")
    for chapter in part.pages:
        listed.append(line(soup, chapter.number, chapter.title, chapter.key))
    page.append(listed)
    return page


def contents(soup: BeautifulSoup, parts: list[Part], keys: list[str]) -> Tag:
    """The contents of the book: parts, chapters, and the sections of each."""
    section = new(soup, "section", class_="contents-pages", id="contents")
    section.append(new(soup, "h1", "Contents"))
    whole = new(soup, "ol", class_="contents")
    for part, key in zip(parts, keys, strict=True):
        if part.title:
            entry = line(soup, "", part.name, key)
            entry["class"] = ["of-part"]
            whole.append(entry)
        for chapter in part.pages:
            entry = line(soup, chapter.number, chapter.title, chapter.key)
            entry["class"] = ["of-chapter"]
            whole.append(entry)
            if sections := sections_of(chapter):
                inner = new(soup, "ol")
                for number, title, name in sections:
                    inner.append(line(soup, number, title, name))
                entry.append(inner)
    section.append(whole)
    return section


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


def line(soup: BeautifulSoup, number: str, title: str, target: str) -> Tag:
    """One line of contents: number, title, dots, page."""
    item = new(soup, "li")
    link = new(soup, "a", href=f"#{target}")
    if number:
        link.append(new(soup, "span", number, class_="number"))
    link.append(new(soup, "span", title, class_="title"))
    link.append(new(soup, "span", class_="dots", aria_hidden="true"))
    link.append(new(soup, "span", class_="page-of", data_target=target))
    item.append(link)
    return item
