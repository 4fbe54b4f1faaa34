"""Pieces of inline SVG: elements, text, the card around a drawing, and its colours.

`model.py` and `attention.py` are built from these. A drawing carries its own light
colours as attributes; the book's style sheet recolours the `g-` classes for the dark
theme. It holds no `id`, so any number of drawings fits on one page, and the same call
always gives the same bytes.
"""

import re
from html import escape

from gpt1.pictures.colours import MEANING, NEUTRALS, PALETTE

FONT = "'Source Sans 3', system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
LARGE, MIDDLE, SMALL = 12.5, 11.5, 10.5
"""The sizes of text: the smallest is 8 pixels high or more on a phone."""

RADIUS, FRAME_RADIUS = 6, 8
"""The corners of boxes, and of the frames around them."""

INK, SOFT, LINE, FAINT, CARD, CARD_EDGE = (
    NEUTRALS[name][0] for name in ("ink", "soft", "line", "faint", "card", "card-edge")
)
MUTED = (NEUTRALS["muted"][0], FAINT)
TINTS = {
    part: (PALETTE[name].fill, PALETTE[name].line) for part, name in MEANING.items()
}
"""Fill and edge of each kind of part, on white."""


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
    return element(
        "svg",
        element("title", escape(name)) + "".join(placed),
        xmlns="http://www.w3.org/2000/svg",
        class_="gpt1-drawings",
        role="img",
        aria_label=name,
        viewBox=f"0 0 {number(wide)} {number(y + high)}",
        width=number(wide),
        style="max-width:100%;height:auto",
    )


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


def text(x, y, words, size=LARGE, ink=INK, class_="g-ink", anchor="middle", **more):
    """A line of text whose baseline starts, or is centred, at (x, y)."""
    return element(
        "text",
        escape(words, quote=False),
        class_=class_,
        x=x,
        y=y,
        font_size=size,
        fill=ink,
        text_anchor=None if anchor == "start" else anchor,
        **more,
    )


def rectangle(x, y, width, height, radius, fill, edge, class_, **more):
    """A rounded rectangle with the edge that all boxes have."""
    return element(
        "rect",
        class_=class_,
        x=x,
        y=y,
        width=width,
        height=height,
        rx=radius,
        fill=fill,
        stroke=edge,
        stroke_width=1.5,
        **more,
    )


def canvas(width, height, body, title, description, scale=1.3):
    """The `<svg>` around a drawing: a white card with an accessible name.

    Args:
        width: in units of the drawing.
        height: in the same units.
        body: SVG.
        title: the accessible name.
        description: what a reader who cannot see it needs to know.
        scale: the most CSS pixels that a unit may take; the drawing shrinks to fit.
    """
    card = rectangle(
        0.75, 0.75, width - 1.5, height - 1.5, 10, CARD, CARD_EDGE, "g-card"
    )
    return element(
        "svg",
        element("title", escape(title))
        + element("desc", escape(description))
        + card
        + body,
        xmlns="http://www.w3.org/2000/svg",
        class_="gpt1-drawing",
        role="img",
        aria_label=f"{title}. {description}",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=number(float(width * scale)),
        style="max-width:100%;height:auto",
        font_family=FONT,
    )


class Pen:
    """Draws boxes and lines, in colour where their part is lit.

    Args:
        lit: set of the parts that are lit; None lights all.
    """

    def __init__(self, lit):
        self.lit = lit

    def box(self, part, tint, x, y, width, height, *lines, small=None, below=0):
        """A rounded box around centred lines of text.

        Args:
            part: is lit or not.
            tint: key of `TINTS`.
            x: of the left edge.
            y: of the upper edge.
            width: of the box.
            height: of the box.
            lines: of text.
            small: a last line, small.
            below: height to keep free under the text.
        """
        on = self.lit is None or part in self.lit
        fill, edge = TINTS[tint] if on else MUTED
        class_ = f"g-{tint}" if on else "g-muted"
        yield rectangle(x, y, width, height, RADIUS, fill, edge, class_)
        room = height - below - 15 * len(lines) - (13 if small else 0)
        middle, baseline = x + width / 2, y + room / 2 + 11.5
        ink, class_ = (INK, "g-ink") if on else (SOFT, "g-soft")
        weight = 600 if on and self.lit else None
        for line in lines:
            yield text(middle, baseline, line, LARGE, ink, class_, font_weight=weight)
            baseline += 15
        if small:
            yield text(middle, baseline - 1.5, small, SMALL, ink, class_)

    def arrow(self, *points, tip=True, dashed=False):
        """A line through the points, with a head at the last unless `tip` is False."""
        yield element(
            "polyline",
            class_="g-line",
            points=" ".join(f"{number(x)},{number(y)}" for x, y in points),
            fill="none",
            stroke=LINE,
            stroke_width=1.5,
            stroke_linejoin="round",
            stroke_dasharray="4 3" if dashed else None,
        )
        if tip:
            (x0, y0), (x, y) = points[-2:]
            turn = 0 if x > x0 else 180 if x < x0 else 90 if y > y0 else -90
            place = f"translate({number(x)} {number(y)}) rotate({turn})"
            shape = {"d": "M0 0L-6.5 -3.5V3.5z", "transform": place}
            yield element("path", class_="g-tip", fill=LINE, **shape)

    def plus(self, x, y):
        """A circle with a plus: here two streams are added."""
        circle = {"cx": x, "cy": y, "r": 8, "fill": CARD, "stroke": LINE}
        yield element("circle", class_="g-plus", stroke_width=1.5, **circle)
        cross = f"M{x - 4} {y}h8M{x} {y - 4}v8"
        yield element("path", class_="g-line", d=cross, stroke=LINE, stroke_width=1.5)
