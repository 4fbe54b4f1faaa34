"""Make an EPUB of the built book: `make epub`."""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

from scripts.editions.archive import write
from scripts.editions.command import ROOT, SITE, place, run
from scripts.editions.epub.book import read
from scripts.editions.epub.package import collect
from scripts.editions.epub.typeset import cover, typeset
from scripts.site.browser import launch


def make_epub() -> Path:
    """Write the built book into _build/epub, and return the file.

    Raises:
        BrowserMissingError: there is nothing to read the pages with.
    """
    path = place("epub")
    path.parent.mkdir(parents=True, exist_ok=True)
    with launch("--force-color-profile=srgb") as browser:
        book = read(ROOT, SITE)
        bodies = typeset(browser, book, path.parent)
        picture = cover(browser, SITE, path.parent)
    write(collect(book, bodies, picture, SITE), path)
    return path


def told(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return f"The book for e-readers: {len(archive.infolist())} files"


def main() -> int:
    argparse.ArgumentParser(prog="make epub", description=__doc__).parse_args()
    return run("The EPUB", make_epub, told)


if __name__ == "__main__":
    sys.exit(main())
