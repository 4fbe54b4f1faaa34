"""Put drawings and plots into the page itself, where the style sheet reaches them.

A notebook stores them as SVG images, since that is what GitHub and Colab show. As an
image file they would keep their light colours in the dark theme, and several drawings
in one would not follow the width of the screen. A phone shows them smaller than they
were drawn; how large their text has to be there `--phone` says.
"""

import re
from math import ceil
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book._ext.pictures.page_plots import is_plot, page_plot
from book._ext.raw_html import raw
from gpt1.pictures.svg import page_html

PHONE, LEAST = 358, 11
"""How wide a drawing is at most on a phone of 390 pixels, and how high its text is at
least."""
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) [\d.]+" width="([\d.]+)" style="')


class InlineDrawings(SphinxPostTransform):
    # After myst-nb has chosen among the forms of an output, which is 4.
    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir, image["uri"])
            if path.suffix == ".svg" and path.parent.name == "jupyter_execute":
                html = for_page(path.read_text("utf8").strip(), image.get("alt", ""))
                if html is not None:
                    image.replace_self(raw(html))


def for_page(svg: str, alt: str) -> str | None:
    """Return a stored SVG as HTML, None where it is neither drawing nor plot."""
    if 'class="gpt1-drawing' in svg:
        return SIZE.sub(with_letters, page_html(svg))
    return page_plot(svg, alt) if is_plot(svg) else None


def with_letters(size: re.Match) -> str:
    """The size of a drawing, and that of its text on a phone in the same units."""
    units, width = map(float, size.groups())
    least = ceil(10 * LEAST * units / min(PHONE, width)) / 10
    return f"{size[0]}--phone:{least:g}px;"
