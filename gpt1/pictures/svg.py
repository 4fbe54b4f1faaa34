"""Pieces of inline SVG: elements, text, and the card around a drawing.

A drawing carries its own light colours as attributes; the book's style sheet recolours
the `g-` classes for the dark theme. It holds no `id`, so any number of drawings fits on
one page, and the same call always gives the same bytes.
"""

import re
from html import escape

from gpt1.pictures.look import CARD, CARD_EDGE, FAINT, INK, LARGE, SMALL, SOFT

FONT = "'Source Sans 3', system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


class Drawing:
    """A finished drawing, which a notebook shows by itself.

    A notebook keeps it as an SVG image, the one form that is shown everywhere: also
    GitHub shows it, which takes SVG out of HTML. The book puts `html` into its pages.

    Args:
        svgs: list of complete `<svg>` elements.
        name: what the drawing shows, in a few words.
    """

    def __init__(self, svgs, name):
        self.svgs = tuple(svgs)
        self.name = name

    @property
    def svg(self) -> str:
        """The drawing as one SVG, to be written to a file; several stand in rows."""
        return self.svgs[0] if len(self.svgs) == 1 else sheet(self.svgs, self.name)

    @property
    def html(self) -> str:
        """The drawing for a page; several SVGs stand side by side if there is room."""
        return page_html(self.svg)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self):
        return f"<Drawing: {self.name}>"


PLACED = re.compile(r'<svg (x="\S+" y="\S+" height="\S+" )')
SPACE, SHEET = 12, 780
"""Pixels between SVGs, and the widest that a row of them may be."""


def sheet(svgs, name):
    """Several SVGs as one, in rows."""
    x, y, wide, high, placed = 0.0, 0.0, 0.0, 0.0, []
    for svg in svgs:
        box = re.search(r'viewBox="0 0 (\S+) (\S+)" width="(\S+)"', svg)
        units, tall, width = map(float, box.groups())
        height = tall * width / units
        if x and x + width > SHEET:
            x, y, high = 0.0, y + high + SPACE, 0.0
        place = f'x="{number(x)}" y="{number(y)}" height="{number(height)}"'
        placed.append(f"<svg {place}{svg.removeprefix('<svg')}")
        wide, high = max(wide, x + width), max(high, height)
        x += width + SPACE
    inside = element("title", escape(name)) + "".join(placed)
    return whole("gpt1-drawings", name, inside, (wide, y + high), wide)


def page_html(svg):
    """A drawing as HTML, so that a style sheet reaches it and rows follow the screen.

    Args:
        svg: what `Drawing.svg` is.
    """
    parts = [svg]
    if PLACED.search(svg):
        parts = ["<svg " + part for part in PLACED.split(svg)[2::2]]
        parts[-1] = parts[-1].removesuffix("</svg>")
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:12px;justify-content:center">'
        f"{''.join(parts)}</div>"
    )


def element(name, content="", **attributes):
    """One SVG element; `class_` stands for class, an underscore for a hyphen.

    Args:
        name: of the element.
        content: SVG to put inside, or escaped text.
        attributes: numbers are written with at most two decimals; None is left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def number(value):
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(str(value))


def whole(class_, label, inside, size, width, **more):
    """A complete `<svg>`, which shrinks to fit the page and has an accessible name."""
    known = {"class_": class_, "role": "img", "aria_label": label}
    known |= {"viewBox": "0 0 " + " ".join(map(number, size)), "width": number(width)}
    known["style"] = "max-width:100%;height:auto"
    return element("svg", inside, xmlns="http://www.w3.org/2000/svg", **known, **more)


def text(x, y, words, size=LARGE, ink=INK, class_="g-ink", anchor="middle", **more):
    """A line of text whose baseline starts, or is centred, at (x, y)."""
    look = {"class_": class_, "x": x, "y": y, "font_size": size, "fill": ink}
    look["text_anchor"] = None if anchor == "start" else anchor
    return element("text", escape(words, quote=False), **look, **more)


def note(x, y, words, anchor="middle", **more):
    """A small, soft `text`."""
    return text(x, y, words, SMALL, SOFT, "g-soft", anchor, **more)


def rectangle(x, y, width, height, radius, fill, edge, class_, **more):
    """A rounded rectangle with the edge that all boxes have."""
    shape = {"class_": class_, "x": x, "y": y, "width": width, "height": height}
    look = {"rx": radius, "fill": fill, "stroke": edge, "stroke_width": 1.5}
    return element("rect", **shape, **look, **more)


def frame(x, y, width, height, fill, class_, **more):
    """The rectangle around several boxes."""
    return rectangle(x, y, width, height, 8, fill, FAINT, class_, **more)


def canvas(width, height, body, title, description, scale=1.3):
    """The `<svg>` around a drawing: a white card with an accessible name.

    Args:
        width: in units of the drawing.
        height: in the same units.
        body: SVG, in one or more pieces.
        title: the accessible name.
        description: what a reader who cannot see it needs to know.
        scale: the most CSS pixels that a unit may take; the drawing shrinks to fit.
    """
    names = element("title", escape(title)) + element("desc", escape(description))
    size = width - 1.5, height - 1.5
    card = rectangle(0.75, 0.75, *size, 10, CARD, CARD_EDGE, "g-card")
    inside, label = "".join([names, card, *body]), f"{title}. {description}"
    shown = (width, height), float(width * scale)
    return whole("gpt1-drawing", label, inside, *shown, font_family=FONT)
