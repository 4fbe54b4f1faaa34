"""Put the drawings of gpt1 into the page itself, where the style sheet reaches them.

A notebook stores them as SVG images, since that is what GitHub and Colab show. As an
image file a drawing would keep its light colours in the dark theme, and several in one
would not follow the width of the screen.
"""

from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from gpt1.svg import page_html


class InlineDrawings(SphinxPostTransform):
    # After myst-nb has chosen among the forms of an output, which is 4.
    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir, image["uri"])
            if path.suffix == ".svg" and path.parent.name == "jupyter_execute":
                svg = path.read_text("utf8").strip()
                if 'class="gpt1-drawing' in svg:
                    html = page_html(svg)
                    image.replace_self(nodes.raw("", html, format="html"))


def setup(app):
    app.add_post_transform(InlineDrawings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
