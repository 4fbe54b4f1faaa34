"""Make an EPUB of the built book: `make epub`."""

from __future__ import annotations

import argparse
import sys
import time
import zipfile
from pathlib import Path

from scripts.editions.epub.book import read
from scripts.editions.epub.package import collect, write
from scripts.editions.epub.typeset import cover, typeset
from scripts.site.address import project
from scripts.site.browser import MISSING, BrowserMissingError, find, launch

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "_build" / "html"
FOLDER = ROOT / "_build" / "epub"


def make_epub() -> Path:
    """Write the built book into _build/epub, and return the file.

    Raises:
        BrowserMissingError: there is nothing to draw the mathematics with.
    """
    if find() is None:
        raise BrowserMissingError(MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    book = read(ROOT, SITE)
    with launch("--force-color-profile=srgb") as browser:
        bodies = typeset(browser, book, FOLDER)
        picture = cover(browser, SITE, FOLDER)
    path = FOLDER / f"gpt1-from-scratch-{project()[1]}.epub"
    write(collect(book, bodies, picture, SITE), path)
    return path


def main() -> int:
    argparse.ArgumentParser(prog="make epub", description=__doc__).parse_args()
    start = time.perf_counter()
    try:
        path = make_epub()
    except FileNotFoundError as error:
        sys.exit(f"the book is not built, {error.filename} is missing: make book")
    except BrowserMissingError as error:
        print(f"The EPUB is not made: {error}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(path) as archive:
        files = len(archive.infolist())
    size, seconds = path.stat().st_size / 1e6, time.perf_counter() - start
    print(f"The book for e-readers: {files} files, {size:.1f} MB ({seconds:.0f} s).")
    print(f"  {path.relative_to(ROOT)}\n  {path.as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
