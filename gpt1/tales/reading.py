"""Reading a tale back: from its text to its derivation, if it has one.

The reader follows the grammar and the text together, and where the grammar has a
choice it tries every option. What does not fit the text is dropped at once.
"""

import re
from functools import cache

from gpt1.tales.grammar import NAME, Choice
from gpt1.tales.plot import CHILD_KINDS, Plot, all_plots
from gpt1.tales.tell import Tale, retell

PAUSE = re.compile(r"[.!?]\"? ")
"""Behind it a sentence may begin."""


def read_tale(text: str, split: str = "all") -> Tale:
    """The tale whose text this is, with its facts and probability.

    ValueError if the grammar cannot tell this text, or not in this split.
    """
    found = derivations(text)
    if not found:
        raise ValueError(f"the grammar of the tales cannot tell {text[:40]!r}...")
    assert len(found) == 1, "the grammar is ambiguous"
    return retell(found[0], split)


def derivations(text: str) -> list[tuple[int, ...]]:
    """Every derivation of a text: none if it is no tale, otherwise one."""
    return [
        (number, *_derivation(plot, facts, wordings))
        for number, plot in enumerate(all_plots())
        for facts, wordings in readings(plot, plot.body, text)
    ]


def readings(
    plot: Plot, nodes: tuple, text: str, *, cut: bool = False, late: bool = False
):
    """Every way in which nodes of the plot can have told a text.

    cut: whether the text may stop before the nodes do. late: whether it may begin at a
    later sentence. Yields the facts that the text makes known, as numbers of values,
    and the wordings, a chain from the last one.

    The search is depth first. A state is what the grammar still has to say (a chain of
    nodes), the position in the text, the facts known so far, and the wordings so far.
    """
    begun = _begun(plot, nodes, None, {}, text) if late else [(_chain(nodes, None), {})]
    waiting = [(chain, 0, facts, None) for chain, facts in begun]
    while waiting:
        chain, at, facts, wordings = waiting.pop()
        if chain is None or (cut and at == len(text)):
            if at == len(text):
                yield facts, wordings
            continue
        node, rest = chain
        if type(node) is str:
            if text.startswith(node, at):
                waiting.append((rest, at + len(node), facts, wordings))
            elif cut and node.startswith(text[at:]):
                yield facts, wordings
        elif type(node) is Choice:
            for number, option in enumerate(node.options):
                waiting.append((_chain(option, rest), at, facts, (number, wordings)))
        else:
            for known, filling in fillings(plot, node, facts):
                waiting.append((_chain(filling, rest), at, known, wordings))


def _begun(plot: Plot, nodes: tuple, rest, facts: dict[str, int], text: str):
    """Every place among the nodes at which a sentence may begin, and the text with it.

    Yields what the grammar says from there on, a chain, and the facts without which it
    does not come there.
    """
    for number, node in enumerate(nodes):
        after = _chain(nodes[number + 1 :], rest)
        if type(node) is str:
            begins = {0, *(pause.end() for pause in PAUSE.finditer(node))}
            for said in {node[at:].lstrip(" ") for at in begins}:
                if said and text.startswith(said):
                    yield (said, after), facts
        elif type(node) is Choice:
            for option in node.options:
                yield from _begun(plot, option, after, facts, text)
        else:
            for known, filling in _fillings(plot, node):
                plain = len(filling) == 1 and type(filling[0]) is str
                if plain and not (
                    text.startswith(filling[0]) or PAUSE.search(filling[0])
                ):
                    continue
                more = {**facts, **known}
                yield from _begun(plot, filling, after, more, text)


@cache
def _fillings(plot: Plot, slot) -> list:
    """All ways to fill a slot, as if nothing were known."""
    return list(fillings(plot, slot, {}))


def _chain(nodes: tuple, rest):
    for node in reversed(nodes):
        rest = (node, rest)
    return rest


def fillings(plot: Plot, slot, facts: dict[str, int]):
    """The ways to fill a slot: facts with what it decides, and the nodes it says."""
    gendered = slot is NAME or (slot.variable == "kind" and plot.is_child)
    if gendered and "gender" not in facts:
        for gender in range(2):
            yield from fillings(plot, slot, {**facts, "gender": gender})
    elif slot is NAME:
        names = plot.names(facts["gender"])
        numbers = [facts["name"]] if "name" in facts else range(len(names))
        for number in numbers:
            yield {**facts, "name": number}, (names[number],)
    elif gendered:
        yield facts, CHILD_KINDS[facts["gender"]].nodes[slot.key]
    else:
        values = plot.variables[slot.variable]
        known = slot.variable in facts
        for number in [facts[slot.variable]] if known else range(len(values)):
            nodes = values[number].nodes[slot.key]
            yield {**facts, slot.variable: number}, nodes


def _derivation(plot: Plot, facts: dict[str, int], wordings) -> tuple[int, ...]:
    chosen = []
    while wordings is not None:
        number, wordings = wordings
        chosen.append(number)
    drawn = [facts[variable] for variable in plot.variables]
    return (*drawn, *reversed(chosen), facts["name"])
