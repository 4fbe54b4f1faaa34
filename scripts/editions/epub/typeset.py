"""The files in a browser: all becomes well-formed XML."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from scripts.editions.epub.book import Book
from scripts.site.icons import DRAWING, welcome

FILES = """async () => {
  const link = "http://www.w3.org/1999/xlink";
  for (const drawn of document.querySelectorAll("svg [href]:not(a)")) {
    drawn.setAttributeNS(link, "xlink:href", drawn.getAttribute("href"));
    drawn.removeAttribute("href");
  }
  const found = {};
  for (const file of document.querySelectorAll("[data-file]")) {
    const name = file.dataset.file;
    file.removeAttribute("data-file");
    found[name] = new XMLSerializer().serializeToString(file);
  }
  return found;
}"""
# The drawings carry the light colours, for where the site's variables are not known.
VARIABLE = re.compile(r"var\(--[\w-]+\s*,\s*([^()]*)\)")
MONO = "var(--mono)", "'Source Code Pro', monospace"

COVER = """<!doctype html><html data-theme="light"><meta charset="utf-8">
<link rel="stylesheet" href="{at}/_static/base.css">
<style>
  * {{ box-sizing: border-box; margin: 0; }}
  body {{
    background: #fdfcf9; color: #1c2530; height: 1600px; overflow: hidden;
    padding: 110px 100px; position: relative; width: 1200px;
  }}
  h1 {{ font: 800 148px/0.96 var(--sans); letter-spacing: -0.035em; }}
  p {{ font: 400 46px/1.36 var(--serif); margin-top: 40px; }}
  p + p {{ bottom: 80px; font: 600 32px/1.4 var(--sans); position: absolute; }}
  svg {{
    bottom: 80px; height: auto; max-width: none !important; position: absolute;
    right: 100px; width: 590px;
  }}
</style>
<h1>GPT-1<br>From Scratch</h1><p>{sentence}</p><p>A book<br>of notebooks</p>{drawing}
"""


def typeset(browser, book: Book, folder: Path) -> dict[str, str]:
    """Return the body of each file as XML."""
    path = folder / "book.html"
    path.write_text(book.html, "utf8")
    page = browser.new_page()
    page.set_default_timeout(0)
    page.goto(path.as_uri())
    found = page.evaluate(FILES)
    page.close()
    return {name: plain(body) for name, body in found.items()}


def plain(body: str) -> str:
    """Put colours and typefaces in the place of the site's variables."""
    return VARIABLE.sub(r"\1", body).replace(*MONO)


def cover(browser, site: Path, folder: Path) -> bytes:
    """Return the picture of the cover: the card that other sites show, upright."""
    path = folder / "cover.html"
    said, drawing = escape(welcome("title-lead")), DRAWING.read_text("utf8")
    text = COVER.format(at=site.as_uri(), sentence=said, drawing=drawing)
    path.write_text(text, "utf8")
    page = browser.new_page(viewport={"width": 1200, "height": 1600})
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready")
    picture = page.screenshot()
    page.close()
    return picture
