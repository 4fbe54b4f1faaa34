"""The archive: EPUB 3.3, which is pages, a list of them, and a list of the contents."""

from __future__ import annotations

import os
import re
import time
from html import escape
from pathlib import Path

from scripts.editions.archive import STORED
from scripts.editions.document import own_style
from scripts.editions.epub.book import Book

MIME = b"application/epub+zip"
TYPES = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".png": "image/png"}
TYPES |= {".woff2": "font/woff2", ".txt": "text/plain"}
FACES = ["source-sans-3-latin-wght-normal", "source-code-pro-latin-wght-normal"]
FACES += ["stix-two-math"]
INSIDE = {"math": "mathml", "svg": "svg"}  # what a page says that it has
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="EPUB/package.opf"
media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" href="book.css"/></head>
<body{kind}>{body}</body>
</html>
"""
NAV = """<nav epub:type="toc" id="toc" role="doc-toc"><h1>Contents</h1>
<ol>{lines}</ol></nav>
<nav epub:type="landmarks" hidden="hidden"><ol>\
<li><a epub:type="toc" href="nav.xhtml">Contents</a></li>\
<li><a epub:type="bodymatter" href="{first}.xhtml">Begin</a></li></ol></nav>"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"
xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{address}#{version}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{authors}</dc:creator>
<dc:language>en</dc:language>
<dc:description>{subtitle}. Version {version}.</dc:description>
<dc:subject>{keywords}</dc:subject>
<dc:rights>MIT licence</dc:rights>
<dc:source>{address}</dc:source>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">readingOrder</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Figures have a text that says what they
show. Formulas are MathML.</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def make_page(title: str, body: str, kind: str = "") -> bytes:
    attribute = f' epub:type="{kind}"' if kind else ""
    return PAGE.format(title=escape(title), body=body, kind=attribute).encode()


def contents(book: Book) -> bytes:
    """The contents that e-readers show, a page of the book as well."""
    lines, depth = [], 0
    for file in book.files[1:]:
        lines += ["</ol></li>"] * (depth - file.level)
        depth, address = file.level, f"{file.name}.xhtml"
        lines.append(f"<li>{link(file.title, address)}")
        if file.kind == "part":
            lines.append("<ol>")
            depth += 1
            continue
        inner = [f"<li>{link(t, f'{address}#{n}')}</li>" for t, n in file.sections]
        lines.append(f"<ol>{''.join(inner)}</ol></li>" if inner else "</li>")
    lines += ["</ol></li>"] * depth
    first = next((file for file in book.files if file.kind == "chapter"), book.files[1])
    body = NAV.format(first=first.name, lines="\n".join(lines))
    return make_page("Contents", body)


def link(title: str, address: str) -> str:
    return f'<a href="{address}">{escape(title)}</a>'


def style(site: Path) -> bytes:
    """How it looks: the book's own rules, and the site's colours of code on light."""
    light = r'(?m)^html\[data-theme="light"\] (\.highlight \.\w+ \{[^}]*\})'
    rules = re.findall(light, (site / "_static" / "pygments.css").read_text("utf8"))
    return "\n".join([own_style(__file__), *rules, ""]).encode()


def collect(book: Book, bodies: dict[str, str], cover: bytes, site: Path) -> dict:
    """Return all files of the archive by their names, in their order."""
    fonts = site / "_static" / "fonts"
    show = '<p class="cover"><img src="cover.png" alt="{} The cover: {}."/></p>'
    show = show.format(escape(book.about.title), "the drawing of the model")
    files = {"cover.xhtml": make_page("Cover", show, "cover")}
    for file in book.files:
        files[f"{file.name}.xhtml"] = make_page(
            file.title, bodies[file.name], file.kind
        )
        if file.name == "title":
            files["nav.xhtml"] = contents(book)
    files |= {"book.css": style(site), "cover.png": cover}
    files |= {f"{n}.woff2": (fonts / f"{n}.woff2").read_bytes() for n in FACES}
    files["OFL.txt"] = (fonts / "OFL.txt").read_bytes()
    packed = {STORED: MIME}
    packed |= {f"EPUB/{name}": content for name, content in files.items()}
    packed["META-INF/container.xml"] = CONTAINER.encode()
    packed["EPUB/package.opf"] = package(book, files)
    return packed


def package(book: Book, files: dict[str, bytes]) -> bytes:
    """What the book says of itself, its files, and their order."""
    items, order = [], []
    for name, content in files.items():
        path = Path(name)
        key = f"{path.suffix[1:]}-{path.stem}"
        has = {"nav.xhtml": "nav", "cover.png": "cover-image"}.get(name, "")
        if path.suffix == ".xhtml":
            found = [
                kind for tag, kind in INSIDE.items() if f"<{tag}".encode() in content
            ]
            has = " ".join([has, *found]).strip()
        more = f' properties="{has}"' if has else ""
        kind = TYPES[path.suffix]
        items.append(f'<item id="{key}" href="{name}" media-type="{kind}"{more}/>')
        if path.suffix == ".xhtml":
            order.append(f'<itemref idref="{key}"/>')
    about = {key: escape(str(value)) for key, value in vars(book.about).items()}
    about["modified"] = modified(book.about.edition)
    listed = {"manifest": "\n".join(items), "spine": "\n".join(order)}
    return PACKAGE.format(**about, **listed).encode()


def modified(edition: str) -> str:
    """Return when it was made: SOURCE_DATE_EPOCH, else the year of the copyright."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if seconds is None:
        return f"{edition[-4:]}-01-01T00:00:00Z"
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(seconds)))
