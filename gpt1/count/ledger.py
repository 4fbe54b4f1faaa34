"""A table of counts that add up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of a ledger.

    Args:
        component: what is counted.
        formula: how its count comes about.
        each: the count of one.
        times: how many of it there are.
    """

    component: str
    formula: str
    each: int
    times: int = 1

    @property
    def count(self) -> int:
        """The count of all of them, each * times."""
        return self.each * self.times


class Ledger:
    """Rows that add up. It prints as a table.

    Args:
        unit: what is counted, as the heading of the last column.
        rows: a list of `Row`, top to bottom.
    """

    def __init__(self, unit, rows):
        self.unit = unit
        self.rows = tuple(rows)

    @property
    def total(self) -> int:
        """The sum over all rows."""
        return sum(row.count for row in self.rows)

    def __getitem__(self, component) -> int:
        """The count of one component.

        Raises:
            KeyError: there is no such component; the message names those there are.
        """
        counts = {row.component: row.count for row in self.rows}
        if component not in counts:
            raise KeyError(f"no {component!r} here; there are: {', '.join(counts)}")
        return counts[component]

    def __str__(self):
        table = [("component", "how", self.unit)]
        for row in self.rows:
            many = f"{row.times} x ({row.formula})"
            how = many if row.times > 1 else row.formula
            table.append((row.component, how, f"{row.count:,}"))
        table.append(("total", "", f"{self.total:,}"))
        return aligned(table, "<<>")

    __repr__ = __str__


def aligned(table, sides):
    """A table as text, its columns two spaces apart.

    Args:
        table: a list of rows, each a tuple of strings.
        sides: "<" or ">" for each column: to which side it is pushed.
    """
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    places = [f"{{:{side}{width}}}" for side, width in zip(sides, widths, strict=True)]
    return "\n".join("  ".join(places).format(*row).rstrip() for row in table)
