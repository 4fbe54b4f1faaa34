"""The book's typefaces, one file for each weight.

The site has variable typefaces, one file for all weights. Chromium writes those into a
PDF as drawings of letters (Type 3 fonts), which many viewers show badly. A file with
one weight becomes a real font in the PDF.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# (family, style, weight that is used, weights that it stands for, file on the site)
LIST = [
    ("Serif", "normal", 400, "100 500", "source-serif-4-latin-wght-normal"),
    ("Serif", "normal", 650, "501 900", "source-serif-4-latin-wght-normal"),
    ("Serif", "italic", 400, "100 500", "source-serif-4-latin-wght-italic"),
    ("Serif", "italic", 650, "501 900", "source-serif-4-latin-wght-italic"),
    ("Sans", "normal", 400, "100 450", "source-sans-3-latin-wght-normal"),
    ("Sans", "normal", 620, "451 690", "source-sans-3-latin-wght-normal"),
    ("Sans", "normal", 750, "691 900", "source-sans-3-latin-wght-normal"),
    ("Sans", "italic", 400, "100 900", "source-sans-3-latin-wght-italic"),
    ("Code", "normal", 400, "100 500", "source-code-pro-latin-wght-normal"),
    ("Code", "normal", 620, "501 900", "source-code-pro-latin-wght-normal"),
]


def file_name(file: str, weight: int) -> str:
    return f"{file}-{weight}.ttf"


def faces_style(fonts: Path, folder: Path) -> str:
    """Return the style that names the files, which are written where they are missing.

    Without the package brotli, which opens the site's files, it names those.

    Args:
        fonts: the folder with the site's variable typefaces.
        folder: where the files with one weight are.
    """
    rules = []
    for family, style, weight, stands_for, file in LIST:
        source, made = fonts / f"{file}.woff2", folder / file_name(file, weight)
        address = made.as_uri() if write_face(source, made, weight) else source.as_uri()
        rules.append(
            f'@font-face {{ font-family: "Book {family}"; font-style: {style}; '
            f'font-weight: {stands_for}; src: url("{address}"); }}'
        )
    return "\n".join(rules)


def write_face(source: Path, made: Path, weight: int) -> bool:
    """Write a typeface's file for one weight, unless it is there and younger.

    Returns:
        Whether there is such a file now.
    """
    if made.exists() and made.stat().st_mtime > source.stat().st_mtime:
        return True
    if find_spec("brotli") is None:
        return False
    font = TTFont(source)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    for record in font["name"].names:
        if record.nameID == 6:  # viewers keep fonts apart by it
            record.string = f"{record.toUnicode().split('-')[0]}-{weight}"
    font.flavor = None
    made.parent.mkdir(parents=True, exist_ok=True)
    partial = made.with_suffix(".partial")
    font.save(partial)
    partial.replace(made)
    return True
