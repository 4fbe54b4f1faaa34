"""The loss curve of a run, as a table and as a picture."""

import csv
import io
import math

from gpt1.pictures.colours import COLOURS
from gpt1.pictures.look import FAINT, SOFT
from gpt1.pictures.svg import canvas, element, text
from gpt1.plumbing.files import atomic_write

COLUMNS = (
    "step",
    "epoch",
    "tokens",
    "seconds",
    "learning_rate",
    "train_loss",
    "validation_loss",
)
"""Of curve.csv: losses in nats per token; the training loss is the mean since the row
before, the validation loss is empty where none was measured."""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 300, 56, 18, 40, 44


SHARES = (0.46, 0.64, 0.82)
"""How far along its line the name of each level ends: beside each other, and beside
that of the floor, however near the lines are."""


def write_curve(folder, rows, floor=None, levels=None):
    """Write curve.csv and curve.svg, each whole or not at all.

    Args:
        folder: a `Path`.
        rows: one tuple for each line, in the order of `COLUMNS`; None for no value.
        floor: nats per token that no model can go under, if known.
        levels: nats per token that counting pays, by name, see `gpt1.train.levels`.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([["" if v is None else _short(v) for v in row] for row in rows])
    for name, content in (
        ("curve.csv", table.getvalue()),
        ("curve.svg", picture(rows, floor, levels)),
    ):
        with atomic_write(folder / name) as temporary:
            temporary.write_text(content, encoding="utf-8", newline="\n")


def _short(value):
    return f"{value:.6g}" if isinstance(value, float) else value


def picture(rows, floor=None, levels=None):
    """The curve as an SVG with a title and a description; arguments as above."""
    step, train, validation = (COLUMNS.index(n) for n in ("step", *COLUMNS[-2:]))
    lines = {
        "training": [(r[step], r[train]) for r in rows if r[train] is not None],
        "validation": [(r[step], r[validation]) for r in rows if r[validation]],
    }
    losses = [loss for line in lines.values() for _, loss in line]
    known = [
        (n, v, at) for (n, v), at in zip((levels or {}).items(), SHARES, strict=False)
    ]
    known += [] if floor is None else [("floor", floor, 1)]
    losses += [nats for _, nats, _ in known]
    last = max((row[step] for row in rows), default=1)
    highest = max(losses, default=1.0)
    tick = _tick(highest)
    high = math.ceil(highest / tick) * tick

    def place(x, y):
        across = LEFT + x / last * (WIDTH - LEFT - RIGHT)
        return across, TOP + (high - y) / high * (HEIGHT - TOP - BOTTOM)

    body = list(_grid(place, last, high, tick))
    for name, nats, share in known:
        ends = [place(0, nats), place(last, nats)]
        body.append(_line(ends, COLOURS["grey"], dash="6 4"))
        x, y = place(share * last, nats)
        body.append(text(x, y - 6, f"{name} {nats:.3f}", 11.5, SOFT, anchor="end"))
    colours = (COLOURS["blue"], COLOURS["ink"])
    for (name, points), colour, x in zip(
        lines.items(), colours, (LEFT, 190), strict=True
    ):
        body.append(_line([place(*point) for point in points], colour))
        if name == "validation" or len(points) == 1:  # a line of one point has no ink
            body += [_mark(*place(*point), colour) for point in points]
        body.append(_line([(x, 22), (x + 22, 22)], colour))
        body.append(text(x + 28, 26, name, 12, anchor="start"))
    final = lines["validation"][-1:] or lines["training"][-1:]
    told = f"The loss falls to {final[0][1]:.3f} nats per token." if final else "Empty."
    return canvas(WIDTH, HEIGHT, "".join(body), "Loss curve", told) + "\n"


def _grid(place, last, high, tick):
    for i in range(round(high / tick) + 1):
        (x0, y), (x1, _) = place(0, i * tick), place(last, i * tick)
        yield element("path", d=f"M{x0:.1f} {y:.1f}H{x1:.1f}", stroke=FAINT)
        yield text(x0 - 8, y + 4, f"{i * tick:g}", 11.5, SOFT, anchor="end")
    for share in (0, 0.5, 1):
        x, y = place(last * share, 0)
        anchor = "end" if share == 1 else "middle"
        yield text(x, y + 18, f"{round(last * share):,}", 11.5, SOFT, anchor=anchor)
    yield text(WIDTH / 2, HEIGHT - 8, "updates", 12)
    yield text(WIDTH - RIGHT, 26, "nats per token", 12, SOFT, anchor="end")


def _line(points, colour, dash=None):
    return element(
        "polyline",
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        fill="none",
        stroke=colour,
        stroke_width=1.8,
        stroke_linejoin="round",
        stroke_dasharray=dash,
    )


def _mark(x, y, colour):
    return element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=3, fill=colour)


def _tick(span):
    """A round distance that divides a span into about five."""
    rough = span / 5
    power = 10 ** math.floor(math.log10(rough))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= rough)
