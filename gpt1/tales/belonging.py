"""How likely a tale that has begun belongs to a split.

A split allows a name or not by two sums: one of thing and place, and one of the numbers
of all choices (`tell.py`). What a tale leaves open adds to them by chance, so here are
distributions of sums, dictionaries from the two remainders to a probability. That of
independent parts is their convolution. All facts are independent of the wording but
those of which a value is told with choices of its own, the rich ones; over these, as
long as they are open, the distributions are averaged.
"""

from collections import defaultdict
from functools import cache

from gpt1.tales.grammar import Choice
from gpt1.tales.plot import Plot
from gpt1.tales.steps import Step
from gpt1.tales.tell import HELDOUT_PART, VALIDATION_PART, allowed_positions, number_of

NOTHING = {(0, 0): 1.0}


def share_of_split(
    plot: Plot, step: Step | None, facts: dict[str, int], told: int, split: str
) -> float:
    """The probability that the tale is in the split, over that of any tale.

    The tale has come to `step`, None for its end. facts: the numbers of the values that
    it has drawn; told: the sum of those of its plot and its wordings. While the name is
    open this is 1: a split allows the same number of names whatever else is chosen.
    """
    if split == "all" or "name" not in facts:
        return 1.0
    chosen = [
        _shift(plot, each, facts[each]) for each in plot.variables if each in facts
    ]
    held, check = (sum(numbers) for numbers in zip((0, told), *chosen, strict=True))
    count = len(plot.names(facts["gender"]))
    known = frozenset((each, facts[each]) for each in rich(plot) if each in facts)
    left = tuple(each for each in plot.variables if each not in facts)
    found = 0.0
    for (more, further), chance in _open_sums(plot, step, known, left).items():
        remainders = -(held + more) % HELDOUT_PART, -(check + further) % VALIDATION_PART
        if facts["name"] in allowed_positions(count, split, *remainders):
            found += chance
    return found * count / len(allowed_positions(count, split, 0, 0))


@cache
def _open_sums(plot: Plot, step: Step | None, known: frozenset, left: tuple) -> dict:
    """The distribution of the sums of what is open: the facts left, and the wordings.

    known: pairs of a rich fact and the number of its value.
    """
    for variable in left:
        if variable in rich(plot):
            rest = tuple(each for each in left if each != variable)
            return _mix(
                _sum(
                    {_shift(plot, variable, number): 1.0},
                    _open_sums(plot, step, known | {(variable, number)}, rest),
                )
                for number in range(len(plot.variables[variable]))
            )
    return _sum(_facts_sums(plot, left), _wording_sums(plot, step, known))


@cache
def _facts_sums(plot: Plot, variables: tuple[str, ...]) -> dict:
    """The distribution of the sums of facts that no wording depends on."""
    sums = NOTHING
    for each in variables:
        numbers = range(len(plot.variables[each]))
        sums = _sum(sums, _mix({_shift(plot, each, n): 1.0} for n in numbers))
    return sums


@cache
def _wording_sums(plot: Plot, step: Step | None, known: frozenset) -> dict:
    """The distribution of the sums of all wordings from a step on."""
    if step is None:
        return NOTHING
    rest = _wording_sums(plot, step.after, known)
    return _sum(_node_sums(plot, step.node, known), rest)


def _node_sums(plot: Plot, node, known: frozenset) -> dict:
    if type(node) is Choice:
        return _mix(
            _sum({(0, number): 1.0}, _nodes_sums(plot, option, known))
            for number, option in enumerate(node.options)
        )
    for variable, number in known:
        if type(node) is not str and node.variable == variable:
            value = plot.variables[variable][number]
            return _nodes_sums(plot, value.nodes[node.key], known)
    return NOTHING


def _nodes_sums(plot: Plot, nodes: tuple, known: frozenset) -> dict:
    sums = NOTHING
    for node in nodes:
        sums = _sum(sums, _node_sums(plot, node, known))
    return sums


@cache
def rich(plot: Plot) -> tuple[str, ...]:
    """The facts with a value that is not told in plain words."""
    return tuple(
        variable
        for variable, values in plot.variables.items()
        if any(
            type(node) is not str
            for value in values
            for nodes in value.nodes.values()
            for node in nodes
        )
    )


def _shift(plot: Plot, variable: str, number: int) -> tuple[int, int]:
    """What a fact adds to the two sums."""
    if variable in ("thing", "place"):
        return number_of(plot.variables[variable][number].text), number
    return 0, number


def _sum(one: dict, other: dict) -> dict:
    """The distribution of the sums of two that are independent."""
    found = defaultdict(float)
    for (held, check), chance in one.items():
        for (more, further), of_other in other.items():
            at = (held + more) % HELDOUT_PART, (check + further) % VALIDATION_PART
            found[at] += chance * of_other
    return dict(found)


def _mix(distributions) -> dict:
    """The mean of distributions."""
    found, all_of_them = defaultdict(float), list(distributions)
    for distribution in all_of_them:
        for at, chance in distribution.items():
            found[at] += chance / len(all_of_them)
    return dict(found)
