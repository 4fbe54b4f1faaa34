"""The document in a browser: sizes checked, printed with its pages.

The contents name pages, and nobody knows the pages before the book is printed. So it is
printed, the places of its names are read, written in, and it is printed again, until
they stay: two or three times.
"""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader

from scripts.editions.command import EditionError
from scripts.editions.pdf.document import Document

PASSES = 6
PRINT = {"prefer_css_page_size": True, "print_background": True}
PRINT |= {"outline": True, "tagged": True}

READY = """async () => {
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
  for (const place of document.querySelectorAll(".page-of")) place.textContent = "000";
}"""

# Equations and tables that are too wide become smaller, down to what can be read.
FIT = """() => {
  const right = document.body.getBoundingClientRect().right;
  for (const box of document.querySelectorAll("div.math")) {
    const { scrollWidth: width, clientWidth: room } = box.querySelector("math");
    if (width > room + 0.5) {
      const size = Math.max(0.7, room / width - 0.005);
      box.style.fontSize = `${size}em`;
    }
  }
  // A tall drawing may fill its page, else its letters are too small to read.
  const alone = "figure svg.gpt1-drawing:only-child";
  for (const drawing of document.querySelectorAll(alone)) {
    const high = Math.min(drawing.viewBox.baseVal.height * 0.74, 840);
    if (high > drawing.getBoundingClientRect().height) {
      drawing.style.maxHeight = `${high}px`;
    }
  }
  for (const table of document.querySelectorAll("table")) {
    let size = 8.9;
    while (table.getBoundingClientRect().right > right + 0.5 && size > 6.9) {
      size -= 0.2;
      table.style.fontSize = `${size}pt`;
    }
  }
}"""

# Name what is wider than its place: it would be cut off on paper.
OVERFLOWS = """() => {
  const found = [];
  const body = document.body.getBoundingClientRect();
  const kinds = "pre, table, figure, svg, img, p, li, dt, dd, h1, h2, h3, h4, " +
    "math";
  for (const element of document.querySelectorAll(`main :is(${kinds})`)) {
    const box = element.getBoundingClientRect();
    if (box.width < 2 || element.closest("svg svg, .for-outline")) continue;
    // A formula may reach a little into the space beside its paragraph.
    const inside = element instanceof SVGElement || element.localName === "p" ? -3 : 0;
    const over = Math.max(box.right - body.right, body.left - box.left,
      inside + element.scrollWidth - element.clientWidth || 0);
    if (over > 1.5) {
      const owner = element.closest("[id]")?.id ?? "";
      const text = (element.textContent || element.outerHTML).trim().slice(0, 50);
      const much = `${Math.round(over)} px too wide`;
      found.push(`${owner}: ${element.localName}, ${much}: ${text}`);
    }
  }
  return found;
}"""

# Write the pages in, and put an empty page before a part that would open on the left.
FILL = """([pages, blanks]) => {
  for (const place of document.querySelectorAll(".page-of")) {
    place.textContent = pages[place.dataset.target] ?? "?";
  }
  for (const empty of document.querySelectorAll("div.blank")) empty.remove();
  for (const part of blanks) {
    const empty = document.createElement("div");
    empty.className = "blank";
    document.getElementById(part).before(empty);
  }
}"""


def open_document(browser, document: Document, folder: Path):
    """Write the document into a folder and return it as an open page, ready to print.

    Raises:
        EditionError: something on it is wider than the page.
    """
    path = folder / "book.html"
    path.write_text(document.html, "utf8")
    page = browser.new_page(viewport={"width": 800, "height": 1100})
    page.set_default_timeout(0)
    page.emulate_media(media="print", color_scheme="light")
    page.goto(path.as_uri())
    page.evaluate(READY)
    page.evaluate(FIT)
    if wide := page.evaluate(OVERFLOWS):
        raise EditionError("too wide for the page:\n  " + "\n  ".join(wide))
    return page


def print_pages(page) -> bytes:
    """Print until every page that the text names is the page where the thing is.

    Raises:
        EditionError: the pages do not come to rest.
    """
    parts = page.evaluate("[...document.querySelectorAll('.part')].map((p) => p.id)")
    written, blanks = None, []
    for _ in range(PASSES):
        printed = page.pdf(**PRINT)
        found = destinations(PdfReader(io.BytesIO(printed)))
        empty = before(parts, blanks, found)
        if (found, empty) == (written, blanks):
            return printed
        page.evaluate(FILL, [found, empty])
        written, blanks = found, empty
    raise EditionError(f"after {PASSES} times the page numbers still move")


def destinations(reader: PdfReader) -> dict[str, int]:
    """Return the page, counted from 1, of each name in a PDF."""
    found = {}
    for name, place in reader.named_destinations.items():
        number = reader.get_destination_page_number(place)
        if number is not None:
            found[name.removeprefix("/")] = number + 1
    return found


def before(parts: list[str], blanks: list[str], found: dict[str, int]) -> list[str]:
    """Return the parts that need an empty page before them to open on the right."""
    wanted = []
    for part in parts:
        earlier = blanks[: blanks.index(part) + 1] if part in blanks else blanks
        blank = sum(parts.index(b) <= parts.index(part) for b in earlier)
        without = found[part] - blank
        if (without + len(wanted)) % 2 == 0:
            wanted.append(part)
    return wanted
