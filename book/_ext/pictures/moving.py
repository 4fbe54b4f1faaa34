"""Give a figure's page the numbers and the script that let a reader move it.

A notebook stores the numbers in the picture's own output, in a form that only this
reads: `gpt1.pictures.moving`. In the page they stand below the picture, and a script
named after them, from `book/_static/moving`, puts what can be moved in the picture's
place. Without scripts and on paper the picture stays.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book._ext.raw_html import raw
from gpt1.pictures.moving import MIME

FOLDER = "moving"
NUMBERS = '<script type="application/json" data-moving="{}">{}</script>'


def stored(path: Path) -> dict[str, dict]:
    """Return the numbers in a notebook, by the name of their figure."""
    found = {}
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        for output in cell.get("outputs", ()):
            if MIME in output.get("data", ()):
                name = cell["metadata"]["mystnb"]["figure"]["name"]
                found[name] = output["data"][MIME]
    return found


def numbers_html(document, name, numbers):
    """Return the numbers as HTML, and note that the page needs their script."""
    document["moving"] = [*document.get("moving", ()), name]
    text = json.dumps(numbers, separators=(",", ":"), ensure_ascii=False)
    return NUMBERS.format(name, text.replace("<", "\\u003c"))


class Moving(SphinxPostTransform):
    """Put the numbers below each picture that can be moved."""

    default_priority = 620
    formats = ("html",)

    def run(self, **_):
        path = Path(self.env.doc2path(self.env.docname))
        known = stored(path) if path.suffix == ".ipynb" else {}
        for figure in self.document.findall(nodes.figure):
            for name in known.keys() & {*figure["names"]}:
                numbers = known[name]
                html = numbers_html(self.document, numbers["name"], numbers)
                figure.insert(1, raw(html))


def load(app, page, template, context, doctree):
    """Load the scripts that a page needs, on that page only."""
    scripts = doctree.get("moving", ()) if doctree else ()
    if scripts:
        app.add_css_file(f"{FOLDER}/moving.css")
    for name in dict.fromkeys(["moving"] * bool(scripts) + [*scripts]):
        app.add_js_file(f"{FOLDER}/{name}.js", loading_method="defer")
