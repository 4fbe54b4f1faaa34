"""Labelled tasks that come free with the tales: the facts give the answers.

Four tasks in the forms that the paper fine-tunes on (its figure 1): one text
(`ending_mood`), a story with two endings (`which_ending`), a premise with a hypothesis
(`follows`), two sentences (`says_the_same`). Each turns a tale into an `Example`; the
seed picks among the examples that the tale allows, and the label is right because the
example was made from it.
"""

import zlib
from dataclasses import dataclass

from gpt1.tales.ambiguity import said
from gpt1.tales.dice import Dice, Replay
from gpt1.tales.grammar import slots
from gpt1.tales.plot import MOODS, Plot, Value, all_plots, with_kind
from gpt1.tales.tell import Derivation, Tale, derive, spoken, tell

FOLLOWS = ("follows", "contradicts", "neither")


@dataclass(frozen=True, slots=True)
class Example:
    """The texts of an example, and its label, a number from 0."""

    texts: tuple[str, ...]
    label: int


def ending_mood(tale: Tale) -> Example:
    """How the tale ends. Texts: the tale. Label: the mood's place in MOODS."""
    return Example((tale.text,), MOODS.index(tale.facts.mood))


def which_ending(tale: Tale, *, seed: int = 0) -> Example:
    """Which ending belongs to the story. Texts: story, ending, ending. Label: 0 or 1.

    The wrong ending is told from the same facts but one, which the story has told.
    """
    dice, derivation = _again(tale, seed)
    plot = derivation.plot
    known = said(plot, plot.story) & said(plot, plot.ending)
    facts = _with_one_changed(plot, derivation.facts, known, dice)
    wrong = _say(tale, plot, facts, plot.ending, dice)
    story, right = tale.text.rsplit("\n", 1)
    label = dice.below(2)
    return Example((story, wrong, right) if label else (story, right, wrong), label)


def follows(tale: Tale, *, seed: int = 0) -> Example:
    """Whether a sentence follows. Texts: tale, sentence. Label: place in FOLLOWS.

    What follows is a claim about the tale's facts; what contradicts is the same with
    one fact changed; what does neither is a claim about the hero from another plot.
    """
    dice, derivation = _again(tale, seed)
    plot, facts = derivation.plot, derivation.facts
    label = dice.below(len(FOLLOWS))
    if FOLLOWS[label] == "neither":
        others = [p for p in all_plots() if p.is_child == plot.is_child and p != plot]
        plot = _any(others, dice)
        facts = _any_facts(plot, facts, dice)
    claim = _any(_any(plot.claims, dice), dice)
    if FOLLOWS[label] == "contradicts":
        facts = _with_one_changed(plot, facts, _mentioned(claim), dice)
    return Example((tale.text, _say(tale, plot, facts, claim, dice)), label)


def says_the_same(tale: Tale, *, seed: int = 0) -> Example:
    """Whether two sentences say the same. Texts: both. Label: 1 if so, otherwise 0.

    The two are two forms of one claim, or they differ in a fact, or in the claim.
    """
    dice, derivation = _again(tale, seed)
    plot, facts = derivation.plot, derivation.facts
    number, label, other_facts = dice.below(len(plot.claims)), dice.below(2), facts
    first, second = plot.claims[number]
    if not label and dice.below(2):
        other_facts = _with_one_changed(plot, facts, _mentioned(second), dice)
    elif not label:
        step = 1 + dice.below(len(plot.claims) - 1)
        second = _any(plot.claims[(number + step) % len(plot.claims)], dice)
    one = _say(tale, plot, facts, first, dice)
    other = _say(tale, plot, other_facts, second, dice)
    return Example((other, one) if dice.below(2) else (one, other), label)


def _again(tale: Tale, seed: int) -> tuple[Dice, Derivation]:
    """Dice for this tale and seed, and the tale's derivation."""
    dice = Dice(seed, zlib.crc32(tale.text.encode()))
    return dice, derive(Replay(tale.choices[:-1]))


def _any(options, dice):
    return options[dice.below(len(options))]


def _any_facts(plot: Plot, hero: dict[str, Value], dice) -> dict[str, Value]:
    """Facts for a plot, drawn anew except for the hero's gender."""
    facts = {name: _any(values, dice) for name, values in plot.variables.items()}
    return with_kind(plot, facts | {"gender": hero["gender"]})


def _mentioned(nodes: tuple) -> set[str]:
    """The facts that a claim mentions."""
    return {slot.variable for slot in slots(nodes)}


def _with_one_changed(plot, facts, variables, dice) -> dict[str, Value]:
    """The facts with another value for one of the variables, but not another hero."""
    free = set(variables) - {"name", "gender", "kind"}
    several = [v for v in sorted(free) if len(plot.variables[v]) > 1]
    changed = _any(several, dice)
    others = [v for v in plot.variables[changed] if v.text != facts[changed].text]
    return facts | {changed: _any(others, dice)}


def _say(tale: Tale, plot: Plot, facts: dict[str, Value], nodes: tuple, dice) -> str:
    """The nodes in words, about the tale's hero."""
    derivation = Derivation(plot, facts, [], 1, [])
    tell(derivation, nodes, dice)
    return spoken(derivation.pieces, tale.facts.who)
