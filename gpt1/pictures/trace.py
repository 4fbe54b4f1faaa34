"""The drawing of a trace: what a model did, from top to bottom, and what it cost."""

from itertools import pairwise, takewhile

from gpt1.pictures.look import LARGE, LINE, MIDDLE, MUTED, RADIUS, SMALL, TINTS
from gpt1.pictures.svg import Drawing, canvas, element, frame, note, rectangle, text

WIDTH, EDGE, INDENT, LEFT = 400, 254, 9, 14
"""Of the drawing, of the boxes on its left, and what a box is moved in per level."""

BAR, DIGIT = 268, 6.2
"""Where the bars begin, and the width of a digit of the numbers beside them."""

HEIGHT, GAP, HEADING, TOP = 34, 9, 26, 58
KINDS = {
    "Embedding": "embeddings",
    "Attention": "attention",
    "FeedForward": "forward",
    "MLP": "forward",
    "Norm": "norm",
    "Dropout": "muted",
}
"""Colours by what the name of a class ends in; parts take that of what they are in."""


def flow_drawing(trace):
    """A `Trace` as a `Drawing`: a box for each row, and bars for what it has and does.

    Boxes stand in the order of the calls, inside a frame for the module that they are
    part of. The bars compare parameters and FLOPs, each with the largest.

    Args:
        trace: with at least one row.
    """
    rows = trace.rows
    most = max(row.parameters for row in rows), max(row.flops for row in rows)
    places, bottom = layout(rows)
    body = [*head(trace)]
    body += frames(rows, places)
    for (row, y), (after, end) in pairwise(zip(rows, places, strict=True)):
        if not row.inner:
            x = LEFT + INDENT * min(row.depth, after.depth) + 16
            body += arrow(x, y + HEIGHT, end)
    for row, y, tint in zip(rows, places, colours(rows), strict=True):
        if not row.inner:
            body += [*box(row, y, tint), *bars(row, y, most)]
    if trace.legend:
        bottom += 18
        body.append(note(LEFT - 4, bottom, trace.legend, "start"))
    title = f"What happens in {rows[0].kind}"
    return Drawing([canvas(WIDTH, bottom + 14, body, title, told(trace))], title)


def layout(rows):
    """The upper edge of each row, and where the last one ends."""
    places, y = [], TOP
    for index, row in enumerate(rows):
        if index and row.depth < rows[index - 1].depth:
            y += 5 * (rows[index - 1].depth - row.depth)
        places.append(y)
        y += HEADING if row.inner else HEIGHT + GAP
    return places, y + 5 * rows[-1].depth - GAP


def head(trace):
    """The sums, and what the bars mean."""
    sums = f"{trace.parameters:,} parameters, {trace.flops:,} FLOPs"
    yield text(LEFT - 4, 24, sums, LARGE, anchor="start", font_weight=600)
    for name, tint, x in (("parameters", "embeddings", 10), ("FLOPs", "output", 100)):
        fill, edge = TINTS[tint]
        yield rectangle(x + 0.75, 36, 14, 9, 2, fill, edge, f"g-{tint}")
        yield note(x + 20, 44.5, name, "start")


def frames(rows, places):
    """A frame around the parts of each module that has some."""
    for index, row in enumerate(rows):
        if not row.inner:
            continue
        after = zip(rows[index + 1 :], places[index + 1 :], strict=True)
        inside = takewhile(lambda later, row=row: later[0].depth > row.depth, after)
        *_, (last, low) = inside
        x, y = LEFT + INDENT * row.depth - 4, places[index]
        width = EDGE - INDENT * row.depth - x + 4
        height = low + HEIGHT + 5 * (last.depth - row.depth) - y
        dashed = {"stroke_dasharray": "4 3"}
        yield frame(x, y, width, height, "none", "g-frame", **dashed)
        yield text(x + 8, y + 15.5, row.label, MIDDLE, anchor="start", font_weight=600)
        if row.equation:
            yield note(x + width - 8, y + 15.5, f"({row.equation})", "end")


def box(row, y, tint):
    """A module or a product: its name, its equation, and the shapes."""
    fill, edge = TINTS.get(tint, MUTED)
    x = LEFT + INDENT * row.depth
    width = EDGE - INDENT * (row.depth - 1) - x - INDENT
    yield rectangle(x, y, width, HEIGHT, RADIUS, fill, edge, f"g-{tint}")
    yield text(x + 8, y + 14, row.label, MIDDLE, anchor="start")
    yield note(x + 8, y + 27, f"{row.given} → {row.made}", "start")
    if row.equation:
        yield note(x + width - 8, y + 14, f"({row.equation})", "end")


def bars(row, y, most):
    """How much of the parameters and of the FLOPs is here."""
    longest = max(len(f"{number:,}") for number in most)
    room = WIDTH - BAR - 16 - DIGIT * longest
    numbers = (row.parameters, "embeddings", y + 5), (row.flops, "output", y + 20)
    for (number, tint, top), largest in zip(numbers, most, strict=True):
        length = room * number / largest if largest else 0.0
        words = f"{number:,}" if number else ""
        if number:
            fill, edge = TINTS[tint]
            shape = BAR, top, max(length, 1.5), 9
            yield rectangle(*shape, 2, fill, edge, f"g-{tint}")
        elif row.tied and tint == "embeddings":
            words = "tied"
        if words:
            yield text(BAR + length + 6, top + 8.5, words, SMALL, anchor="start")


def arrow(x, start, end):
    line = {"points": f"{x},{start} {x},{end - 4}", "fill": "none", "stroke": LINE}
    yield element("polyline", class_="g-line", **line, stroke_width=1.5)
    tip = f"M{x} {end}l-3.5 -6h7z"
    yield element("path", class_="g-tip", fill=LINE, d=tip)


def colours(rows):
    """The tint of each row: its own kind's, or else that of what it is in."""
    tints, open_ = [], []
    for row in rows:
        del open_[row.depth :]
        own = next((KINDS[end] for end in KINDS if row.kind.endswith(end)), None)
        above = open_[-1] if open_ else "text"
        open_.append("embeddings" if row.tied else own or above)
        tints.append(open_[-1])
    return tints


def told(trace):
    """The drawing in words."""
    steps = "; ".join(
        f"{row.label}: {row.given} to {row.made}, {row.parameters:,} parameters, "
        f"{row.flops:,} FLOPs"
        for row in trace.rows
        if not row.inner
    )
    return (
        f"From top to bottom, in the order of the calls: {steps}. Together "
        f"{trace.parameters:,} parameters and {trace.flops:,} FLOPs forward."
    )
