"""Take the README's pictures of the built book: `make screenshots`.

They are the welcome page and a chapter, light and dark, an exercise as Jupyter shows
it, and a question on a phone. The exercise is run with a mistake in it, and what stands
below it is what `check` said. Chromium takes the pictures: see scripts/site/browser.py.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from scripts.site.browser import BrowserMissingError, launch

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
IMAGES = ROOT / "book" / "images"
CHAPTER = "notebooks/04-attention"
FIGURE = "#fig-triangle"
NAMES = ["welcome-light", "welcome-dark", "chapter-light", "chapter-dark"]
NAMES += ["exercise", "phone"]

EXERCISE = "### Exercise 1"
MISTAKE = """\
    queries = torch.arange(past, past + time)[:, None]
    keys = torch.arange(past + time)
    return keys <= queries + 1
"""
# As wide as the column, no prompts, no scrollbar: the rest is Jupyter's own.
PLAIN = """
.jp-InputPrompt, .jp-OutputPrompt { display: none }
.jp-OutputArea-output pre { word-break: normal !important }
body { overflow: hidden }
"""


def exercise() -> str:
    """Return the page that Jupyter makes of an exercise that was run with a mistake."""
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    notebook = nbformat.read(ROOT / f"{CHAPTER}.ipynb", as_version=4)
    places = [i for i, cell in enumerate(notebook.cells) if EXERCISE in cell.source]
    text, code = notebook.cells[places[0] : places[0] + 2]
    text.source = EXERCISE + text.source.partition(EXERCISE)[2]
    code.source = code.source.replace("    raise NotImplementedError\n", MISTAKE)
    start = nbformat.v4.new_code_cell("import torch\nfrom gpt1.check import check")
    notebook.cells = [start, text, code]
    NotebookClient(notebook, kernel_name="python3").execute(cwd=str(ROOT))
    del notebook.cells[0]
    return HTMLExporter(template_name="lab").from_notebook_node(notebook)[0]


def save(page, name: str, **options) -> None:
    """Take the picture of a page, and store it as WebP."""
    from PIL import Image

    picture = Image.open(io.BytesIO(page.screenshot(**options))).convert("RGB")
    path = IMAGES / f"{name}.webp"
    picture.save(path, "WEBP", quality=88, method=6)
    width, height = picture.size
    size = path.stat().st_size // 1024
    print(f"wrote book/images/{path.name}, {width} x {height}, {size} KB", flush=True)


def visit(browser, name: str, *, width=1280, height=800, scale=1.5, scheme="light"):
    """Open a page of the book, with no network, when all of it has been drawn."""
    size = {"width": width, "height": height}
    options = {"color_scheme": scheme, "offline": True, "reduced_motion": "reduce"}
    page = browser.new_page(viewport=size, device_scale_factor=scale, **options)
    page.goto((SITE / f"{name}.html").as_uri())
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)
    return page


def scroll(page, selector: str, above: int) -> None:
    """Put the first such element that many pixels below the top of the window."""
    top = page.locator(selector).first.evaluate("e => e.getBoundingClientRect().top")
    page.evaluate(f"window.scrollTo(0, window.scrollY + {top} - {above})")
    page.wait_for_timeout(500)


def take(browser) -> None:
    for scheme in ("light", "dark"):
        page = visit(browser, "book/index", scheme=scheme)
        save(page, f"welcome-{scheme}")
        page = visit(browser, CHAPTER, scheme=scheme)
        scroll(page, FIGURE, 425)
        save(page, f"chapter-{scheme}")
    page = visit(browser, CHAPTER, width=390, height=700, scale=2, scheme="dark")
    page.locator("fieldset.quiz input").first.check()
    scroll(page, "fieldset.quiz", 70)
    save(page, "phone")
    size = {"width": 760, "height": 500}
    page = browser.new_page(viewport=size, device_scale_factor=1.5, offline=True)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "exercise.html"
        draft.write_text(exercise(), "utf8")
        page.goto(draft.as_uri())
        page.add_style_tag(content=PLAIN)
        save(page, "exercise", full_page=True)


def main() -> None:
    if not (SITE / "book" / "index.html").exists():
        sys.exit("the book is not built: run  make book  first")
    try:
        with launch("--force-color-profile=srgb", "--hide-scrollbars") as browser:
            take(browser)
    except BrowserMissingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
