"""Make the icons and the card that other sites show beside a link: `make icons`.

The drawing of the model, which pages include as a file, is written first. The card is
a page of HTML in the book's own typefaces, with that drawing, and Chromium takes its
picture. Without a browser no picture is made; all of them are in the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gpt1.pictures.model import model_drawing
from scripts.site.browser import BrowserMissingError, launch

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "book" / "_static"
DRAWING = ROOT / "book" / "images" / "model.svg"

CARD = """
<link rel="stylesheet" href="base.css">
<style>
  * {{ box-sizing: border-box; margin: 0; }}
  body {{
    background: var(--pst-color-background); color: var(--pst-color-heading);
    height: 630px; overflow: hidden; position: relative; width: 1200px;
  }}
  div {{ left: 72px; position: absolute; top: 62px; width: 640px; }}
  h1 {{ font: 800 104px/0.96 var(--sans); letter-spacing: -0.035em; }}
  p {{ font: 400 34px/1.36 var(--serif); margin-top: 34px; width: 580px; }}
  p + p {{ color: var(--pst-color-text-muted); font: 600 25px/1.4 var(--sans); }}
  svg {{ height: auto; max-width: none !important; }}
  svg {{ position: absolute; right: 52px; top: 26px; width: 412px; }}
</style>
<div><h1>{title}</h1><p>{sentence}</p><p>{facts}</p></div>
{drawing}
"""

TOUCH = """
<style>
  * {{ margin: 0; }}
  body {{ background: #ffffff; }}
  svg {{ display: block; height: 116px; margin: 32px; width: 116px; }}
</style>
{icon}
"""

PLAIN = "<style>* {{ margin: 0 }} svg {{ display: block; width: 100% }}</style>{icon}"


def welcome(name: str) -> str:
    """Return what the welcome page says in one of its blocks, on one line."""
    text = (ROOT / "book" / "index.md").read_text("utf8")
    block = text.partition(f"{{div}} {name}\n")[2].partition("\n::::")[0]
    return " ".join(block.split())


def pictures() -> dict[str, tuple[str, int, int, bool]]:
    """Return each picture: its page, its width and height, and whether it is clear."""
    title, about = "GPT-1<br>From Scratch", "A book of notebooks"
    said, drawing = welcome("title-lead"), DRAWING.read_text("utf8")
    card = CARD.format(title=title, sentence=said, facts=about, drawing=drawing)
    icon = (STATIC / "favicon.svg").read_text("utf8")
    return {
        "social-card.png": (card, 1200, 630, False),
        "apple-touch-icon.png": (TOUCH.format(icon=icon), 180, 180, False),
        "favicon.png": (PLAIN.format(icon=icon), 32, 32, True),
    }


def main() -> None:
    DRAWING.write_text(model_drawing().svg + "\n", "utf8", newline="\n")
    try:
        with launch("--force-color-profile=srgb") as browser:
            for name, (html, width, height, clear) in pictures().items():
                page = browser.new_page(viewport={"width": width, "height": height})
                # Beside the style sheet, so that the page may read the typefaces.
                draft = STATIC / "draft.html"
                try:
                    body = f'<html data-theme="light"><meta charset="utf-8">{html}'
                    draft.write_text(body, "utf8")
                    page.goto(draft.as_uri())
                    page.evaluate("document.fonts.ready")
                    page.screenshot(path=STATIC / name, omit_background=clear)
                finally:
                    draft.unlink()
                size = (STATIC / name).stat().st_size
                print(f"wrote book/_static/{name}, {size // 1024} KB")
    except BrowserMissingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
