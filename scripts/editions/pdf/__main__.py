"""Print the built book: `make pdf`, or `make pdf PAPER=letter`."""

from __future__ import annotations

import argparse
import io
import sys
import time
from pathlib import Path

from pypdf import PdfReader

from scripts.editions.document import assemble
from scripts.editions.pdf.finish import dead_links, finish
from scripts.editions.pdf.layout import LayoutError, open_document, print_pages
from scripts.site.address import project
from scripts.site.browser import MISSING, BrowserMissingError, find, launch

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "_build" / "html"
FOLDER = ROOT / "_build" / "pdf"
PAPERS = ["a4", "letter"]


def make_pdf(paper: str, only: list[str] | None = None) -> Path:
    """Print the built book into _build/pdf, and return the file.

    Raises:
        BrowserMissingError: there is nothing to print with.
        LayoutError: something does not fit the page, or a link leads nowhere.
    """
    if find() is None:
        raise BrowserMissingError(MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    document = assemble(ROOT, SITE, FOLDER / "fonts", paper=paper, only=only)
    with launch() as browser:
        printed = print_pages(open_document(browser, document, FOLDER))
    made = finish(printed, document.about)
    if dead := dead_links(PdfReader(io.BytesIO(made))):
        raise LayoutError("links that lead nowhere:\n  " + "\n  ".join(dead))
    suffix = "" if paper == "a4" else f"-{paper}"
    path = FOLDER / f"gpt1-from-scratch-{project()[1]}{suffix}.pdf"
    path.write_bytes(made)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(prog="make pdf", description=__doc__)
    parser.add_argument("--paper", default="a4", type=str.lower, choices=PAPERS)
    parser.add_argument("--only", nargs="+", help="names of pages, for a quick look")
    options = parser.parse_args()
    start = time.perf_counter()
    try:
        path = make_pdf(options.paper, options.only)
    except FileNotFoundError as error:
        sys.exit(f"the book is not built, {error.filename} is missing: make book")
    except (BrowserMissingError, LayoutError) as error:
        print(f"The PDF is not made: {error}", file=sys.stderr)
        return 1
    pages = len(PdfReader(path).pages)
    size, seconds = path.stat().st_size / 1e6, time.perf_counter() - start
    print(f"The book is printed: {pages} pages, {size:.1f} MB ({seconds:.0f} s).")
    print(f"  {path.relative_to(ROOT)}\n  {path.as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
