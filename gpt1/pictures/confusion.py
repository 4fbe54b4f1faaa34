"""Which label got which answer, as a square of numbers."""

from html import escape

from gpt1.pictures.look import CARD, CARD_EDGE, INK, LARGE, MIDDLE, SMALL, TINTS
from gpt1.pictures.svg import Drawing, canvas, element, note, text

LONGEST, MANY = 18, 8
"""Letters of a name that is written out; names that are written above columns too."""


def confusion_matrix(counts, names, title):
    """A `Drawing` of how often each label got each answer.

    The darker a square, the larger its share of the label's examples.

    Args:
        counts: a row for each label, and in it a number for each answer.
        names: of the labels, strings.
        title: what was answered, in a few words.

    Raises:
        ValueError: there are not as many rows and columns as names.
    """
    if [len(row) for row in counts] != [len(names)] * len(names):
        raise ValueError(
            f"counts must have {len(names)} rows of {len(names)} numbers, one for each "
            f"name; got rows of {', '.join(str(len(row)) for row in counts) or 'none'}"
        )
    shown = [n if len(n) <= LONGEST else f"{n[: LONGEST - 1]}…" for n in names]
    wide, above = 6.0 * max(map(len, shown)), len(names) <= MANY
    cell = max(52.0, wide + 10) if above else 34.0
    left, top, side = wide + 46, 84.0 if above else 62.0, cell * len(names)
    body = [note(left + side / 2, 50, "answer")]
    middle = top + side / 2
    body.append(note(20, middle, "label", transform=f"rotate(-90 20 {middle:g})"))
    for index, name in enumerate(shown):
        at = (index + 0.5) * cell
        body.append(text(left - 8, top + at + 4, name, MIDDLE, anchor="end"))
        if above:
            body.append(text(left + at, top - 8, name, MIDDLE))
    body += squares(counts, names, cell, left, top)
    right, total = sum(row[i] for i, row in enumerate(counts)), sum(map(sum, counts))
    told = f"{right:,} of {total:,} right, {100 * right / max(total, 1):.1f}%"
    body.append(note(left + side / 2, top + side + 24, told))
    width = max(left + side + 18, 7.0 * len(title) + 24)
    body.append(text(width / 2, 24, title, LARGE, font_weight=600))
    rows = "; ".join(
        f"{name}: {', '.join(f'{n} {c:,}' for n, c in zip(names, row, strict=True))}"
        for name, row in zip(names, counts, strict=True)
    )
    description = f"Rows are labels, columns are answers. {told}. {rows}."
    size = width, top + side + 42
    return Drawing([canvas(*size, body, title, description, 1.2)], title)


def squares(counts, names, cell, left, top):
    """A square with its number for each label and answer."""
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            share = count / max(sum(row), 1)
            x, y = left + j * cell, top + i * cell
            said = f"{names[i]}, answered {names[j]}: {count:,}"
            shape = {"x": x, "y": y, "width": cell, "height": cell}
            look = {"fill": TINTS["attention"][1], "fill_opacity": float(share)}
            look |= {"stroke": CARD_EDGE, "stroke_width": 0.5}
            title = element("title", escape(said))
            yield element("rect", title, class_="g-heat", **shape, **look)
            ink = (CARD, "g-on-heat") if share > 0.5 else (INK, "g-ink")
            place = x + cell / 2, y + cell / 2 + 4
            size = LARGE if cell > 40 else SMALL
            yield text(*place, f"{count:,}", size, *ink, pointer_events="none")
