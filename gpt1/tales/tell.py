"""Telling tales: from dice to derivation to text, with exact probabilities.

A derivation is a sequence of choices, each uniform over a number of options that the
choices before it fix: the plot, the facts in their order, the wordings from left to
right, and last the hero's name. So a tale has probability 1/N for an integer N.

The name is a check digit. Three numbers decide which names a split allows: the name's
own place in its list, the thing and the place of the tale, and the sum of all other
choices. Whatever those others are, each split allows the same number of names, so a
split changes the distribution of nothing else, and its probabilities stay exact.
"""

import math
from dataclasses import dataclass, field
from functools import cache

from gpt1.tales.dice import Dice, Replay
from gpt1.tales.grammar import NAME, Choice
from gpt1.tales.plot import Plot, Value, all_plots, with_kind

SPLITS = ("train", "validation", "heldout", "all")
SEPARATOR = "\n\n"
HELDOUT_PART = 5  # one combination of name, thing and place in five is held out
VALIDATION_PART = 4  # one tale in four of the others is for validation


@dataclass(frozen=True, slots=True)
class Facts:
    """What is behind a tale.

    who: the hero's name; kind: girl, boy, or an animal; pronoun: he or she; what: the
    thing that the tale is about; where: its place; helper: who helps, or "" where
    nobody does; mood: how it ends, one of MOODS; more: the plot's other facts.
    """

    plot: str
    who: str
    kind: str
    pronoun: str
    what: str
    where: str
    helper: str
    mood: str
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tale:
    """A tale: `text`, `log_prob` in nats, the `facts` behind it.

    log_prob is the natural logarithm of the probability of this text in its split. It
    is computed from an exact integer; the logarithm is right to 1e-12 of its value.
    `choices` is the derivation, which `retell` turns back into the tale.
    """

    text: str
    log_prob: float
    facts: Facts
    split: str
    choices: tuple[int, ...] = field(repr=False)

    def floor(self, tokenizer) -> float:
        """Nats per token of this tale, counting the tokens of its separator.

        tokenizer: anything with encode(text) -> list of ids.
        """
        return -self.log_prob / len(tokenizer.encode(self.text + SEPARATOR))


@dataclass
class Derivation:
    """A tale on its way: everything chosen but the name."""

    plot: Plot
    facts: dict[str, Value]
    choices: list[int]
    ways: int  # in how many ways the choices could have fallen
    pieces: list  # strings, and NAME where the name goes


def generate_tales(
    count: int, *, seed: int = 0, split: str = "train", watch=iter
) -> list[Tale]:
    """`count` tales; the same for the same seed on every machine.

    split: "train" and "validation" share every combination of name, thing and place
    but no text; "heldout" has the combinations that those two never show; "all" is
    the grammar with no split. The first tales of a longer list are the shorter list.
    `watch` is given the range of their numbers and yields it, to show how far it is.
    ValueError for a negative count or an unknown split.
    """
    if count < 0:
        raise ValueError(f"expected a count of 0 or more, got {count}")
    dice = Dice(seed, stream_of(split))
    return [finish(derive(dice), dice, split) for _ in watch(range(count))]


def retell(choices, split: str = "all") -> Tale:
    """The tale of a derivation. ValueError if it does not belong to the split."""
    stream_of(split)
    derivation = derive(Replay(choices[:-1]))
    allowed = allowed_names(derivation, split)
    if choices[-1] not in allowed:
        raise ValueError(f"this tale is not in the split {split!r}")
    return finish(derivation, Replay([allowed.index(choices[-1])]), split)


def join(tales) -> str:
    """One text of many tales, each followed by an empty line."""
    return "".join(tale.text + SEPARATOR for tale in tales)


def stream_of(split: str) -> int:
    """The number of a split's own stream of dice. ValueError for an unknown split."""
    if split not in SPLITS:
        raise ValueError(f"expected a split of {', '.join(SPLITS)}, got {split!r}")
    return 1 + SPLITS.index(split)


def derive(dice) -> Derivation:
    """Choose everything but the name."""
    plots = all_plots()
    number = dice.below(len(plots))
    plot = plots[number]
    derivation = Derivation(plot, {}, [number], len(plots), [])
    for variable, values in plot.variables.items():
        derivation.facts[variable] = values[_choose(derivation, len(values), dice)]
    derivation.facts = with_kind(plot, derivation.facts)
    tell(derivation, plot.body, dice)
    return derivation


def _choose(derivation: Derivation, count: int, dice) -> int:
    chosen = dice.below(count)
    derivation.choices.append(chosen)
    derivation.ways *= count
    return chosen


def tell(derivation: Derivation, nodes: tuple, dice) -> None:
    """Append the wording of the nodes to the derivation's pieces."""
    for node in nodes:
        if type(node) is str or node is NAME:
            derivation.pieces.append(node)
        elif type(node) is Choice:
            option = node.options[_choose(derivation, len(node.options), dice)]
            tell(derivation, option, dice)
        else:
            tell(derivation, derivation.facts[node.variable].nodes[node.key], dice)


def number_of(words: str) -> int:
    """A number for a thing or a place, the same wherever it appears."""
    return sum(map(ord, words))


def allowed_names(derivation: Derivation, split: str) -> tuple[int, ...]:
    """The positions of the names that the split allows, given all other choices."""
    facts = derivation.facts
    held = -(number_of(facts["thing"].text) + number_of(facts["place"].text))
    names = derivation.plot.names(derivation.choices[1])
    check = -sum(derivation.choices)
    remainders = held % HELDOUT_PART, check % VALIDATION_PART
    return allowed_positions(len(names), split, *remainders)


@cache
def allowed_positions(count: int, split: str, held: int, check: int) -> tuple[int, ...]:
    """Names, by position, that a split allows, for two remainders.

    A name is held out with one remainder in HELDOUT_PART. Of the other names, one in
    VALIDATION_PART makes the tale one for validation.
    """
    assert count % (HELDOUT_PART * VALIDATION_PART) == 0

    def part(name):
        if name % HELDOUT_PART == held:
            return "heldout"
        checked = name // HELDOUT_PART % VALIDATION_PART == check
        return "validation" if checked else "train"

    return tuple(name for name in range(count) if split in (part(name), "all"))


def finish(derivation: Derivation, dice, split: str) -> Tale:
    """Choose the name, put it in, and count the probability."""
    allowed = allowed_names(derivation, split)
    position = allowed[dice.below(len(allowed))]
    name = derivation.plot.names(derivation.choices[1])[position]
    return Tale(
        text=spoken(derivation.pieces, name),
        log_prob=-math.log(derivation.ways * len(allowed)),
        facts=_facts(derivation, name),
        split=split,
        choices=(*derivation.choices, position),
    )


def in_one_wording(derivation: Derivation, dice, split: str) -> Tale:
    """A tale of the same facts, in the wording that its plot has a number for.

    All tales of a plot are then told in the same words, but for those of their facts.
    The dice choose the name. The tale's probability is still that of the grammar.
    """
    plot = derivation.plot
    facts = derivation.choices[: 1 + len(plot.variables)]
    ways = len(all_plots()) * math.prod(map(len, plot.variables.values()))
    told = Derivation(plot, derivation.facts, facts, ways, [])
    number, *_ = facts
    tell(told, plot.body, Dice(number))
    return finish(told, dice, split)


def spoken(pieces: list, name: str) -> str:
    """The pieces as a text, with the name in its places."""
    return "".join([name if piece is NAME else piece for piece in pieces])


def _facts(derivation: Derivation, name: str) -> Facts:
    plot, facts = derivation.plot, derivation.facts
    mood = plot.mood
    if mood.startswith("{"):
        variable, entry = mood.strip("{}").split(".")
        mood = facts[variable].fields[entry]
    known = {"gender", "kind", "thing", "place", "helper"}
    return Facts(
        plot=plot.title,
        who=name,
        kind=facts["kind"].text,
        pronoun=facts["gender"].text,
        what=facts["thing"].text,
        where=facts["place"].text,
        helper=facts["helper"].text if "helper" in facts else "",
        mood=mood,
        more=tuple((k, v.text) for k, v in facts.items() if k not in known),
    )
