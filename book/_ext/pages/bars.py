"""The tables of the benchmark, with a bar in each row and words for a phone.

Rows of one case belong together: its name stands once, and the bars of its rates are
as long as the rates beside the largest. Each cell knows the head of its column, which
the style sheet shows where a table becomes cards.
"""

from html import escape
from itertools import groupby

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book._ext.raw_html import raw

PAGE, RATE = "book/benchmarks", "tokens/s"
TABLE = '<table class="table bars"><thead><tr>{}</tr></thead>{}</table>'


class Bars(SphinxPostTransform):
    default_priority = 640
    formats = ("html",)

    def run(self, **_):
        if self.env.docname != PAGE:
            return
        for table in list(self.document.findall(nodes.table)):
            lines = [texts(row) for row in table.findall(nodes.row)]
            if RATE in lines[0]:
                table.replace_self(raw(drawn(lines[0], lines[1:])))


def texts(row):
    return [entry.astext().strip() for entry in row.children]


def drawn(head, lines):
    """The HTML of a table.

    Args:
        head: the names of the columns; the first is that of the cases.
        lines: the rows.
    """
    rate = head.index(RATE)
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head[1:])
    bodies = []
    for case, rows in groupby(lines, lambda line: line[0]):
        rows = list(rows)
        most = max(number(row[rate]) for row in rows)
        title = f'<th colspan="{len(head) - 1}" scope="rowgroup">{escape(case)}</th>'
        inside = "".join(line(head, row, rate, most) for row in rows)
        bodies.append(f'<tbody><tr class="case">{title}</tr>{inside}</tbody>')
    return TABLE.format(heads, "".join(bodies))


def line(head, row, rate, most):
    own = row[1] == "this package"
    cells = [f'<th scope="row">{escape(row[1])}</th>']
    for place, text in list(enumerate(row))[2:]:
        style = ""
        if place == rate:
            style = f' class="bar" style="--share:{number(text) / most:.3f}"'
        label = escape(head[place])
        cells.append(f'<td data-label="{label}"{style}>{escape(text)}</td>')
    return f"<tr{' class=own' if own else ''}>{''.join(cells)}</tr>"


def number(text):
    """A rate, 0 for the words of one that failed."""
    plain = text.replace(",", "")
    return float(plain) if plain.replace(".", "").isdigit() else 0.0
