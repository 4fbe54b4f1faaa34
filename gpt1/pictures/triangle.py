"""Which output moved with which input, as a square of squares."""

from gpt1.pictures.look import FAINT, LARGE, LINE, SMALL, TINTS
from gpt1.pictures.svg import Drawing, canvas, element, note, text


def triangle_drawing(found, title):
    """A `Leaks` as a `Drawing`: a square for each pair of output and input."""
    time = len(found.moved)
    cell, left, top = (24 if time <= 12 else 288 / time), 62.0, 72.0
    side = cell * time
    width = max(left + side + 16, 238)
    body = [text(width / 2, 22, title, LARGE, font_weight=600)]
    body.append(note(left + side / 2, 44, "changed input"))
    middle = top + side / 2
    turn = f"rotate(-90 22 {middle:g})"
    body.append(note(22, middle, "moved output", transform=turn))
    every = max(1, round(time / 12))
    for index in range(0, time, every):
        at = (index + 0.5) * cell
        body.append(text(left + at, top - 7, str(index), SMALL))
        body.append(text(left - 7, top + at + 4, str(index), SMALL, anchor="end"))
    body += squares(found.moved.tolist(), cell, left, top)
    y, x = top + side + 22, left
    marks = [("moved", "attention"), ("leak", "loss"), ("gap", None)]
    for label, tint in marks if found.missing else marks[:2]:
        body += square(x, y - 11, 14, tint, cross=label == "leak")
        body.append(text(x + 19, y, label, SMALL, anchor="start"))
        x += 36 + 6.2 * len(label)
    axes = f"Rows are outputs, columns are changed inputs, {time} of each."
    description = f"{axes} {found.summary}."
    return Drawing([canvas(width, y + 14, body, title, description, 1.2)], title)


def squares(moved, cell, left, top):
    """All squares: what moved, what leaked, what is missing."""
    for i, row in enumerate(moved):
        for j, change in enumerate(row):
            x, y = left + j * cell, top + i * cell
            past, future = ("attention", "loss") if change else (None, "muted")
            tint = future if j > i else past
            words = f"output {i}, input {j}: {'moved' if change else 'did not move'}"
            yield from square(x, y, cell, tint, words, cross=change and j > i)


def square(x, y, size, tint, words=None, cross=False):
    """One square; a leak is crossed, a gap is empty, so that no colour is needed."""
    fill, edge = TINTS.get(tint, (None, LINE))
    note = element("title", words) if words else ""
    gap = min(1.0, size / 16)
    shape = {"x": x + gap, "y": y + gap, "rx": min(3.0, size / 5)}
    shape |= {"width": float(size - 2 * gap), "height": float(size - 2 * gap)}
    if tint == "muted":
        look = {"class_": "g-unseen", "fill": FAINT, "fill_opacity": 0.4}
    elif tint is None:
        look = {"class_": "g-line", "fill": "none", "stroke": edge}
    else:
        look = {"class_": f"g-{tint}", "fill": fill, "stroke": edge}
    yield element("rect", note, **shape, **look)
    if cross:
        low, high = size * 0.3, size * 0.7
        path = f"M{x + low:g} {y + low:g}L{x + high:g} {y + high:g}"
        path += f"M{x + high:g} {y + low:g}L{x + low:g} {y + high:g}"
        line = {"fill": "none", "stroke": edge, "stroke_width": 1.5}
        yield element("path", class_=f"g-{tint}", d=path, **line)
