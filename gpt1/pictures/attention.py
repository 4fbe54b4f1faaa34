"""Attention weights as inline SVG."""

from html import escape

from gpt1.pictures.look import CARD, CARD_EDGE, FAINT, INK, LARGE, MIDDLE, SMALL, TINTS
from gpt1.pictures.svg import Drawing, canvas, element, note, number, text


def attention_map(weights, tokens, title=None):
    """Attention weights as heat maps, one for each head.

    A row is a query and says how it shares its attention among the keys, its columns.
    A map of at most ten tokens that stands alone has its numbers written in.

    Args:
        weights: tensor or nested lists of shape (heads, time, time) or (time, time),
            from 0 to 1.
        tokens: `time` strings.
        title: what the map shows; "Attention" if None.

    Returns:
        A `Drawing`; several heads stand side by side where the page is wide enough.

    Raises:
        ValueError: the shapes do not fit, or a weight is not between 0 and 1.
    """
    tokens = [str(token) for token in tokens]
    heads = checked_heads(weights, tokens)
    title = "Attention" if title is None else str(title)
    alone = len(heads) == 1
    svgs = []
    for index, head in enumerate(heads):
        name = title if alone else f"{title}, head {index}"
        label = (title if title != "Attention" else None) if alone else f"head {index}"
        svgs.append(one_map(head, tokens, name, label, alone))
    return Drawing(svgs, f"{title}, {len(heads)} head{'' if alone else 's'}")


def checked_heads(weights, tokens):
    """The weights as nested lists, heads first; a ValueError if they do not fit."""
    shape, rows = [], weights
    if hasattr(weights, "tolist"):
        shape, rows = list(weights.shape), weights.tolist()
    else:
        while isinstance(rows, (list, tuple)) and rows:
            shape.append(len(rows))
            rows = rows[0]
        rows = weights
    time = len(tokens)
    if len(shape) not in (2, 3) or shape[-2:] != [time, time] or 0 in shape:
        raise ValueError(
            f"weights must have shape (heads, time, time) or (time, time) with one "
            f"token for each of time positions; got shape {tuple(shape)} and "
            f"{time} tokens"
        )
    heads = [rows] if len(shape) == 2 else rows
    for row in (row for head in heads for row in head):
        if len(row) != time or not all(-1e-6 <= weight <= 1 + 1e-6 for weight in row):
            raise ValueError(
                f"attention weights are numbers from 0 to 1 in rows of {time}; got the "
                f"row {row}: give the weights after the softmax"
            )
    return heads


def one_map(head, tokens, name, label, alone):
    """The heat map of one head, a complete `<svg>`."""
    longest = max(len(token) for token in tokens)
    cell = 34 if alone else 26 if len(tokens) <= 8 else 22
    slanted = longest * 6.6 > cell
    left = max(44.0, 20 + 6.6 * longest)
    top = (26 if label else 4) + 24 + (10 + 5 * longest if slanted else 14)
    side = cell * len(tokens)
    right = max(14.0, 4.8 * len(tokens[-1]) - cell / 2 + 10) if slanted else 14.0
    body = [text(left + side / 2, 22, label, LARGE, font_weight=600)] if label else []
    body.append(note(left + side / 2, 42.0 if label else 20.0, "looks at"))
    body += labels(tokens, cell, left, top, slanted)
    body += cells(head, tokens, cell, left, top, alone and len(tokens) <= 10)
    shape = {"x": left, "y": top, "width": side, "height": side}
    body.append(element("rect", class_="g-frame", **shape, fill="none", stroke=FAINT))
    strongest = [max(range(len(tokens)), key=row.__getitem__) for row in head]
    description = "Rows look at columns. Most weight: " + ", ".join(
        f"{token} on {tokens[key]} {head[query][key]:.2f}"
        for query, (token, key) in enumerate(zip(tokens, strongest, strict=True))
    )
    size = left + side + right, top + side + 14
    return canvas(*size, body, name, description, 1.2)


def labels(tokens, cell, left, top, slanted):
    """The tokens, down the left side and along the top."""
    for index, token in enumerate(tokens):
        middle = (index + 0.5) * cell
        yield text(left - 7, top + middle + 4, token, MIDDLE, anchor="end")
        x, y = left + middle, top - 7.0
        if slanted:
            turn = f"rotate(-45 {number(x)} {number(y)})"
            yield text(x, y, token, MIDDLE, anchor="start", transform=turn)
        else:
            yield text(x, y, token, MIDDLE)


def cells(head, tokens, cell, left, top, written):
    """One square for each weight, as opaque as the weight is large."""
    for query, row in enumerate(head):
        for key, weight in enumerate(row):
            value = f"{abs(weight):.2f}"
            x, y = left + key * cell, top + query * cell
            said = f"{tokens[query]} looks at {tokens[key]}: {value}"
            shape = {"x": x, "y": y, "width": cell, "height": cell}
            look = {"fill": TINTS["attention"][1], "fill_opacity": float(value)}
            look |= {"stroke": CARD_EDGE, "stroke_width": 0.5}
            title = element("title", escape(said))
            yield element("rect", title, class_="g-heat", **shape, **look)
            if written and (key <= query or float(value)):
                place = x + cell / 2, y + cell / 2 + 3.5
                ink = (CARD, "g-on-heat") if float(value) > 0.5 else (INK, "g-ink")
                yield text(*place, value, SMALL, *ink, pointer_events="none")
