"""The pages of the book as files that link to each other.

They are those of the PDF: nothing folds, and answers stand at the end. But no link has
a page, code is not cut into lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bs4 import NavigableString, Tag

from scripts.editions.about import About, read_about
from scripts.editions.blocks import new
from scripts.editions.contents import imprint, part_opening, sections_of, title_page
from scripts.editions.document import gather, whole
from scripts.editions.epub.lines import hang
from scripts.editions.pages import Part

TYPEFACES = "Source Sans 3 and Source Code Pro, by Paul D. Hunt"
FOR_READERS = """\
This is the book for e-readers. Hints, solutions and the answers to the questions are at
the end, with links that lead there and back. Code that the web pages fold away is left
out: the cell that fetches the package, the cells that only draw a figure, and those
that compute the key of the questions. The notebooks have all of it, and run.
"""
BACK = "Back to where it is asked"


@dataclass
class File:
    """One file of the book.

    Args:
        name: its name, without the suffix.
        title: its line in the contents.
        body: what it shows.
        kind: what e-readers call such a file, like `chapter`; "" for nothing special.
        sections: the title and the name of each section that the contents list.
        level: 0 for a part and what stands outside all parts, 1 for its pages.
    """

    name: str
    title: str
    body: Tag
    kind: str = ""
    sections: list[tuple[str, str]] = field(default_factory=list)
    level: int = 0


@dataclass
class Book:
    """The files in their order, one HTML document of all of them, what it is about."""

    files: list[File]
    html: str
    about: About


def read(root: Path, site: Path, only: list[str] | None = None) -> Book:
    """Read the built site.

    Args:
        root: the project.
        site: the built site.
        only: the names of the pages to take, all of them if None.
    """
    about = read_about(root, FOR_READERS, TYPEFACES)
    parts, _ = gather(root, site, about, only)
    front = new("div", title_page(about, None), imprint(about))
    files = [File("title", about.title, front, "titlepage")]
    for count, part in enumerate(parts):
        files += files_of(part, f"part-{count}")
    body = new("main")
    for file in files:
        tidy(file.body)
        hang(file.body)
        file.body.name = "section"
        file.body.attrs = {"id": file.name, "data-file": file.name}
        body.append(file.body)
    turn_links(files)
    return Book(files, whole(site, "", body, about), about)


def files_of(part: Part, name: str) -> list[File]:
    """Return the files of a part: its opening, if it has a title, and its pages."""
    files = []
    if part.title:
        opening = part_opening(part, name)
        opening.h1.string = part.title
        files.append(File(name, part.name, opening, "part"))
    for page in part.pages:
        title = f"{page.number} {page.title}".strip()
        listed = [(f"{n} {words}".strip(), key) for n, words, key in sections_of(page)]
        kind, level = "chapter" if page.number else "", int(bool(part.title))
        files.append(File(page.key, title, page.article, kind, listed, level))
    return files


def tidy(body: Tag) -> None:
    """Take away what only paper has, and what an e-reader would not know."""
    for link in body.select("a.pointer"):
        words = link.get_text().partition(":")[0]
        link.string = BACK if words == "Asked" else words
    for paper in body.select(".page-of, .dots:empty"):
        paper.decompose()
    for number in body.select(".contents .number"):
        number.append(" ")
    for number in body.select(".section-number"):
        number.string = number.get_text().strip(" .") + " "
    for formula in body.select(".math"):
        del formula["data-tex"]
    for label in body.select("div.citation > .label"):
        label.insert_after(NavigableString(" "))


def turn_links(files: list[File]) -> None:
    """Put the file before the name in each link that leads to another file."""
    home, starts = {}, {file.name for file in files}
    for file in files:
        home[file.name] = file.name
        home |= dict.fromkeys((tag["id"] for tag in file.body(id=True)), file.name)
    for file in files:
        for link in file.body.select('a[href^="#"]'):
            name = link["href"][1:]
            if name in starts:
                link["href"] = f"{name}.xhtml"
            elif home[name] != file.name:
                link["href"] = f"{home[name]}.xhtml#{name}"
