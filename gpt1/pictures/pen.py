"""The boxes and arrows of the drawing of the model."""

from gpt1.pictures.look import CARD, INK, LARGE, LINE, MUTED, RADIUS, SMALL, SOFT, TINTS
from gpt1.pictures.svg import element, number, rectangle, text


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
            x, y: of the left upper corner.
            width, height: of the box.
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
        places = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        look = {"fill": "none", "stroke": LINE, "stroke_width": 1.5}
        look |= {"stroke_linejoin": "round"}
        look |= {"stroke_dasharray": "4 3" if dashed else None}
        yield element("polyline", class_="g-line", points=places, **look)
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
