"""Where a tale names its facts, and what else could stand there.

A tale names the hero, the thing, the place and the others more than once. The first
time nobody can know which of the grammar's values it will be; after that, whoever has
read the tale knows.
"""

from dataclasses import dataclass

from gpt1.tales.dice import Replay
from gpt1.tales.grammar import NAME, Choice, slots
from gpt1.tales.plot import Plot, all_plots, domain
from gpt1.tales.tell import Tale, derive

FACTS = {"name": "who", "thing": "what", "place": "where"}
"""Variables of the plots that `Facts` calls otherwise; the others keep their names."""

NAMING = ("", "at")
"""The fields that name a value: "kite", and of a place "in the park"."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a tale's text that names a fact.

    fact: who, what, where, helper, kind, or what the plot calls another;
    text[start:end] names it; others: what would stand there for each other value;
    again: whether the fact was named before.
    """

    fact: str
    start: int
    end: int
    others: tuple[str, ...]
    again: bool


def mentions(tale: Tale) -> list[Mention]:
    """Every place in which a tale names a fact, in the order of the text.

    Pronouns, and what a plot says of a value without naming it, are not among them.
    """
    plot = all_plots()[tale.choices[0]]
    found, seen, at = [], set(), 0
    for slot, words in said(tale):
        start, at = at, at + len(words)
        if slot is not None and _values(plot, slot):
            fact = FACTS.get(slot.variable, slot.variable)
            others = [each for each in _values(plot, slot) if each != words]
            found.append(Mention(fact, start, at, tuple(others), fact in seen))
            seen.add(fact)
    return found


def naming(variable: str) -> set[str]:
    """All that can name a fact within a sentence, in any plot: "kite", "a paper rose".

    variable: name, thing, place, helper, or what a plot calls another.
    """
    return {
        words
        for _, slot, named in _namings(variable)
        if "^" not in slot.key
        for words in named
    }


def forms(variable: str) -> list[tuple[str, ...]]:
    """All that can name each value of a fact, at the beginning of a sentence, too.

    One tuple a value, of whatever plots have it: ("At the mill", "at the mill", "the
    mill"). Both are sorted.

    variable: thing, place, helper, or what a plot calls another.
    """
    found: dict[str, set[str]] = {}
    for plot, _, named in _namings(variable):
        for value, words in zip(domain(plot, variable), named, strict=True):
            found.setdefault(value.text, set()).add(words)
    return sorted(tuple(sorted(words)) for words in found.values())


def said(tale: Tale):
    """What a tale says, piece by piece: the slot that is filled, or None, and words."""
    derivation = derive(Replay(tale.choices[:-1]))
    plot, facts = derivation.plot, derivation.facts
    wordings = Replay(tale.choices[1 + len(plot.variables) : -1])
    yield from _said(plot.body, facts, tale.facts.who, wordings)


def _said(nodes: tuple, facts: dict, name: str, dice):
    for node in nodes:
        if type(node) is str:
            yield None, node
        elif type(node) is Choice:
            option = node.options[dice.below(len(node.options))]
            yield from _said(option, facts, name, dice)
        elif node is NAME:
            yield node, name
        else:
            inside = facts[node.variable].nodes[node.key]
            if len(inside) == 1 and type(inside[0]) is str:
                yield node, inside[0]
            else:
                yield from _said(inside, facts, name, dice)


def _namings(variable: str):
    """Each slot that names a value, with its plot before it and all values' words."""
    for plot in all_plots():
        for slot in slots(plot.body):
            if slot.variable == variable and (named := _values(plot, slot)):
                yield plot, slot, named


def _values(plot: Plot, slot) -> tuple[str, ...]:
    """All that can stand in a slot that names a fact; nothing for another slot."""
    if slot is NAME:
        return plot.names(0) + plot.names(1)
    if slot.variable == "gender" or slot.key.rstrip("^+") not in NAMING:
        return ()
    nodes = [value.nodes[slot.key] for value in domain(plot, slot.variable)]
    if not all(len(each) == 1 and type(each[0]) is str for each in nodes):
        return ()
    return tuple(words for (words,) in nodes)
