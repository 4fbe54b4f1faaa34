"""Plots as steps: each knows what is told next, and what is told after it."""

from dataclasses import dataclass, field
from functools import cache

from gpt1.tales.plot import Plot
from gpt1.tales.tell import SEPARATOR


@dataclass(eq=False, slots=True)
class Step:
    """A node that is told next, and the step `after` it, or None at the end.

    The same step is always the same object, so what is found out about it can be
    remembered by it: `ways` are the first steps inside its options, by number.
    """

    node: object
    after: "Step | None"
    ways: dict = field(default_factory=dict)

    def into(self, number: int, nodes: tuple) -> "Step | None":
        """The first step of the option of this number, whose nodes these are."""
        if number not in self.ways:
            self.ways[number] = steps(nodes, self.after)
        return self.ways[number]


def steps(nodes: tuple, after: Step | None) -> Step | None:
    """The first of the steps through the nodes to what comes after them."""
    for node in reversed(nodes):
        after = Step(node, after)
    return after


@cache
def first_step(plot: Plot) -> Step:
    """Where a plot begins; it ends with the empty line after the tale."""
    return steps((*plot.body, SEPARATOR), None)
