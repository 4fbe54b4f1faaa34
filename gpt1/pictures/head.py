"""One attention head at work, with all its numbers, as inline SVG."""

from math import exp

from gpt1.pictures.look import FAINT, INK, MIDDLE, SMALL, TINTS
from gpt1.pictures.pen import Pen
from gpt1.pictures.svg import Drawing, canvas, element, note, text

ACROSS, DOWN = 38, 22
"""The size of a cell, which has one number in it."""

EDGES = {"query": 58, "key": 174, "value": 290}
"""Where the tables of queries, keys and values begin, from the left."""

NAMES = {"query": "queries Q", "key": "keys K", "value": "values V"}
INFINITE = "\u2212\u221e"


def head_drawing(tokens, x, query, key, value):
    """How a head of two numbers makes its output: from rows to weights to a mean.

    Args:
        tokens: three strings.
        x: nested lists of three rows of two numbers, one row for each token.
        query, key, value: what the head makes of them, in the same form.

    Returns:
        A `Drawing` with every number in it. Scores are not divided, as in the chapter.

    Raises:
        ValueError: there are not three rows of two numbers.
    """
    tables = {"x": x, "query": query, "key": key, "value": value}
    for name, table in tables.items():
        if [len(row) for row in table] != [2, 2, 2] or len(tokens) != 3:
            raise ValueError(
                f"head_drawing shows three rows of two; got {name}: {table}"
            )
    scores, weights = compared(query, key)
    mixed = [
        [dot(row, column) for column in zip(*value, strict=True)] for row in weights
    ]
    body = [*rows_and_maps(tokens, tables), *scored(tokens, scores, weights)]
    body += summed(tokens, mixed)
    description = (
        "Each row makes a query, a key and a value. The scores are queries times "
        "keys, with minus infinity for the future. Softmax turns each row of scores "
        "into weights. The outputs are weighted means of the values. "
    )
    last = ", ".join(
        f"{token} {w:.2f}" for token, w in zip(tokens, weights[2], strict=True)
    )
    description += f"The weights of the last row: {last}."
    title = "One head, from rows to a weighted mean"
    return Drawing([canvas(400, 596, body, title, description)], title)


def dot(row, other):
    return sum(a * b for a, b in zip(row, other, strict=True))


def compared(query, key):
    """Scores, and the weights that a masked softmax computes from them."""
    scores = [[dot(row, other) for other in key] for row in query]
    weights = []
    for place, row in enumerate(scores):
        raised = [exp(score) if at <= place else 0.0 for at, score in enumerate(row)]
        weights.append([one / sum(raised) for one in raised])
    return scores, weights


def rows_and_maps(tokens, tables):
    """The rows, and what three maps make of them."""
    pen = Pen(None)
    yield text(212, 22, "rows X", MIDDLE, font_weight=600)
    yield from table(tables["x"], 174, 32, "embeddings", tokens)
    yield from pen.arrow((212, 98), (212, 112), tip=False)
    for name, title in NAMES.items():
        left, middle = EDGES[name], EDGES[name] + ACROSS
        yield from pen.arrow((212, 112), (middle, 112), (middle, 132))
        yield note(middle + 5, 125, f"{name} map", "start")
        yield text(middle, 147, title, MIDDLE, font_weight=600)
        yield from table(tables[name], left, 155, "attention", tokens)


def scored(tokens, scores, weights):
    """From queries and keys to scores, and on to weights."""
    pen, left = Pen(None), 97
    for name in ("query", "key"):
        middle = EDGES[name] + ACROSS
        yield from pen.arrow((middle, 221), (middle, 234), (154, 234), tip=False)
    yield from pen.arrow((154, 234), (154, 246))
    yield text(154, 261, "scores S, each query times each key", MIDDLE, font_weight=600)
    yield from table(scores, left, 269, "attention", tokens, hidden=INFINITE)
    yield from pen.arrow((154, 335), (154, 362))
    yield note(162, 353, "softmax of each row", "start")
    yield text(154, 377, "weights A", MIDDLE, font_weight=600)
    yield from table(weights, left, 385, "attention", tokens, hidden="0")


def summed(tokens, mixed):
    """The weighted mean of the values."""
    pen, value = Pen(None), EDGES["value"] + ACROSS
    yield from pen.arrow((154, 451), (154, 466), (241, 466), tip=False)
    yield from pen.arrow((value, 221), (value, 466), (241, 466), tip=False)
    yield from pen.arrow((241, 466), (241, 482))
    yield text(241, 497, "output, the weighted means AV", MIDDLE, font_weight=600)
    yield from table(mixed, 241 - ACROSS, 505, "output", tokens)


def table(rows, left, top, tint, tokens, hidden=None):
    """Rows of numbers, each with its token on the left.

    Args:
        rows: of numbers.
        left, top: the place of the upper left corner.
        tint: key of `TINTS`.
        tokens: what stands before the rows.
        hidden: what is written instead of the numbers above the diagonal.
    """
    fill, edge = TINTS[tint]
    for i, row in enumerate(rows):
        y = top + i * DOWN
        yield text(left - 6, y + 15, tokens[i], SMALL, anchor="end")
        for j, number in enumerate(row):
            x, off = left + j * ACROSS, hidden is not None and j > i
            shape = {"x": x, "y": y, "width": ACROSS, "height": DOWN}
            look = {"class_": f"g-{tint}", "fill": fill, "stroke": edge}
            if off:
                look = {"class_": "g-unseen", "fill": FAINT, "fill_opacity": 0.4}
            yield element("rect", **shape, **look)
            written = hidden if off else f"{number:.2f}".rstrip("0").rstrip(".")
            yield text(x + ACROSS / 2, y + 15, written, SMALL, INK)
