"""Print the built book: `make pdf`, or `make pdf PAPER=letter`."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from pypdf import PdfReader

from scripts.editions.command import ROOT, SITE, EditionError, place, run
from scripts.editions.pdf.document import assemble
from scripts.editions.pdf.finish import dead_links, finish
from scripts.editions.pdf.layout import open_document, print_pages
from scripts.site.browser import launch

PAPERS = ["a4", "letter"]


def make_pdf(paper: str, only: list[str] | None = None) -> Path:
    """Print the built book into _build/pdf, and return the file.

    Raises:
        BrowserMissingError: there is nothing to print with.
        EditionError: something does not fit the page, or a link leads nowhere.
    """
    path = place("pdf", "" if paper == "a4" else f"-{paper}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with launch() as browser:
        fonts = path.parent / "fonts"
        document = assemble(ROOT, SITE, fonts, paper=paper, only=only)
        printed = print_pages(open_document(browser, document, path.parent))
    made = finish(printed, document.about)
    if dead := dead_links(PdfReader(io.BytesIO(made))):
        raise EditionError("links that lead nowhere:\n  " + "\n  ".join(dead))
    path.write_bytes(made)
    return path


def told(path: Path) -> str:
    return f"The book is printed: {len(PdfReader(path).pages)} pages"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make pdf", description=__doc__)
    parser.add_argument("--paper", default="a4", type=str.lower, choices=PAPERS)
    parser.add_argument("--only", nargs="+", help="names of pages, for a quick look")
    options = parser.parse_args()
    return run("The PDF", lambda: make_pdf(options.paper, options.only), told)


if __name__ == "__main__":
    sys.exit(main())
