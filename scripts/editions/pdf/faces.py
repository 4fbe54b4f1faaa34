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

# (family, style, its file on the site, {the weight that is used: those it stands for})
SERIF, SANS = "source-serif-4-latin", "source-sans-3-latin"
LIST = [
    ("Serif", "normal", SERIF, {400: "100 500", 650: "501 900"}),
    ("Serif", "italic", SERIF, {400: "100 500", 650: "501 900"}),
    ("Sans", "normal", SANS, {400: "100 450", 620: "451 690", 750: "691 900"}),
    ("Sans", "italic", SANS, {400: "100 900"}),
    ("Code", "normal", "source-code-pro-latin", {400: "100 500", 620: "501 900"}),
]


def faces_style(fonts: Path, folder: Path) -> str:
    """Return the style that names the files, which are written where they are missing.

    Without the package brotli, which opens the site's files, it names those.

    Args:
        fonts: the folder with the site's variable typefaces.
        folder: where the files with one weight are.
    """
    rules = []
    for family, style, start, weights in LIST:
        source = fonts / f"{start}-wght-{style}.woff2"
        for weight, stands_for in weights.items():
            made = folder / f"{source.stem}-{weight}.ttf"
            there = made if write_face(source, made, weight) else source
            rules.append(
                f'@font-face {{ font-family: "Book {family}"; font-style: {style}; '
                f'font-weight: {stands_for}; src: url("{there.as_uri()}"); }}'
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
