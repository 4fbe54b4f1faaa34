"""Labelled tasks that come free with the tales, and that no bag of words can do.

Tasks in the four forms that the paper fine-tunes on (its figure 1): one text
(`holds_together`), a premise with a hypothesis (`follows`), two texts (`same_tale`), a
story with two endings (`which_ending`). And one more of one text, `in_order`: a model
that was only pre-trained knows what is in order, but hundreds of labels do not teach it
to say so.

    >>> from gpt1.tales import examples
    >>> examples("which_ending", 300, seed=0)[0].texts

Labels are right by construction, and single words do not give them away. Nobody can
tell from an ending whether it is the right one: each is right after one story and
wrong after another, equally often. And a wrong one is picked to have as many of the
story's words as the right one, now a few more and now a few less. Pairs of words do
give them away, to who has seen some hundreds of labels: there are few plots, see
`gpt1.tales.baselines.word_pairs`.
"""

import re
from dataclasses import dataclass
from functools import cache

from gpt1.tales.dice import Dice
from gpt1.tales.grammar import NAME, slots
from gpt1.tales.plot import GENDERS, Plot, Value, all_plots, domain, with_kind
from gpt1.tales.tell import (
    Derivation,
    allowed_names,
    derive,
    finish,
    spoken,
    stream_of,
    tell,
)

FOLLOWS = ("follows", "contradicts", "neither")
SENTENCE = re.compile(r"[.!?] (?=[A-Z\"])")
WORD = re.compile(r"[a-z']+")
EXCERPT = 7  # sentences of a text that is in order or not
BEGINNING, END = slice(5), slice(-4, None)  # sentences of a story, the first or last
TRIES = 20  # tellings that are tried
SHARE = 0.05  # by how much the shares of words that two endings have of a story differ
# What a plot can be told with though it is another plot's.
LENT = ("kind", "thing", "place", "helper")


@dataclass(frozen=True, slots=True)
class Example:
    """The texts of an example, and its label, a number from 0."""

    texts: tuple[str, ...]
    label: int


def examples(
    task: str, count: int, *, seed: int = 0, split: str = "train", watch=iter
) -> list[Example]:
    """`count` examples of a task; the same for the same seed on every machine.

    task: a key of TASKS. Examples come in shuffled rounds of a few, each told anew, in
    which every label is as frequent as the others. split, watch: see
    `generate_tales`; of "heldout" the examples have the combinations of name, thing
    and place that the other splits never show. The first examples of a longer list are
    the shorter list. ValueError for a negative count, an unknown task or an unknown
    split.
    """
    if task not in TASKS:
        raise ValueError(f"expected a task of {', '.join(TASKS)}, got {task!r}")
    if count < 0:
        raise ValueError(f"expected a count of 0 or more, got {count}")
    dice, made, waiting = Dice(seed, 100 + stream_of(split)), [], []
    _, make = TASKS[task]
    for _ in watch(range(count)):
        while not waiting:
            waiting = _shuffled(make(dice, split), dice)
        made.append(waiting.pop())
    return made


def holds_together(dice, split: str) -> list[Example]:
    """Whether a tale holds together. Texts: the end of a story, and a last paragraph.

    Label: 1 if that is the story's own, 0 if it is how another plot ends when it is
    told of the same hero, thing, place and helper.
    """
    return [
        Example((f"{story}\n{right if label else wrong}",), label)
        for label, story, right, wrong in _beside_another(dice, split, END)
    ]


def in_order(dice, split: str) -> list[Example]:
    """Whether a text is told in order. Texts: the beginning of a tale. Label: 1 if so.

    Otherwise two neighbouring sentences of it, neither the first nor the last, have
    changed places.
    """
    texts = [sentences(finish(derive(dice), dice, split).text) for _ in range(2)]
    if min(map(len, texts)) < EXCERPT:
        return []
    mixed, told = (text[:EXCERPT] for text in texts)
    at = 1 + dice.below(EXCERPT - 3)
    mixed[at : at + 2] = mixed[at + 1], mixed[at]
    return [Example((" ".join(text),), n) for n, text in enumerate((mixed, told))]


def follows(dice, split: str) -> list[Example]:
    """Whether an ending follows. Texts: story, ending. Label: place in FOLLOWS.

    What contradicts is a wrong ending of `which_ending`. What does neither tells of the
    same hero, thing, place and helper, but is the end of another plot.
    """
    pair, made = _two(_with_outcomes(), dice), []
    for case, other in (pair, pair[::-1]) if pair else ():
        turned = _turned(case, dice)
        for label, wrong in enumerate((turned, turned, other)):
            made.append(_told(case, wrong, dice, split))
            if made[-1] is None:
                return []
            story, right, wrong = made[-1]
            made[-1] = Example((story, wrong if label else right), label)
    return made


def same_tale(dice, split: str) -> list[Example]:
    """Whether two passages are of one tale. Texts: both. Label: 1 if so, otherwise 0.

    One is how a tale begins, the other how it ends, or how another plot ends when it is
    told of the same hero, thing, place and helper.
    """
    return [
        Example((beginning, right if label else wrong)[:: 1 - 2 * dice.below(2)], label)
        for label, beginning, right, wrong in _beside_another(dice, split, BEGINNING)
    ]


def which_ending(dice, split: str) -> list[Example]:
    """Which ending belongs to the story. Texts: story, ending, ending. Label: 0 or 1.

    Both are endings of the story's plot with the story's facts, but for one: an outcome
    that the story tells by what led to it.
    """
    plot = all_plots()[_any(_with_outcomes(), dice)]
    case = plot, _drawn(plot, dice)
    turned, made = _turned(case, dice), []
    for right, wrong in ((case, turned), (turned, case)):
        made.append(_told(right, wrong, dice, split))
    if None in made:
        return []
    labels = _shuffled(range(2), dice)
    return [
        Example((story, *([right, wrong] if not label else [wrong, right])), label)
        for label, (story, right, wrong) in zip(labels, made, strict=True)
    ]


# The names of each task's labels, and the function that makes a round of examples, with
# dice and in a split. In a round each label has the same plots and facts, as often in
# stories as in endings. It is empty if what the dice have picked does not do.
TASKS = {
    "holds_together": (("mixed_up", "whole"), holds_together),
    "in_order": (("out_of_order", "in_order"), in_order),
    "follows": (FOLLOWS, follows),
    "same_tale": (("two_tales", "one_tale"), same_tale),
    "which_ending": (("first", "second"), which_ending),
}


def sentences(text: str) -> list[str]:
    """The sentences of a text; what ends within a speech does not count as an end."""
    ends = [match.end() for match in SENTENCE.finditer(text)]
    ends = [end for end in ends if text.count('"', 0, end) % 2 == 0]
    return [text[a:b].strip() for a, b in zip([0, *ends], [*ends, None], strict=True)]


def words(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return WORD.findall(text.lower())


def _any(options, dice):
    return options[dice.below(len(options))]


def _shuffled(items, dice) -> list:
    items = list(items)
    return [items.pop(dice.below(len(items))) for _ in range(len(items))]


def _drawn(plot: Plot, dice) -> dict[str, Value]:
    facts = {name: _any(values, dice) for name, values in plot.variables.items()}
    return with_kind(plot, facts)


def _beside_another(dice, split: str, part: slice):
    """Two plots of the same, twice each: label, story, ending, the other's ending.

    part: which sentences of the story. Empty if what the dice have picked does not do.
    """
    pair, made = _two(range(len(all_plots())), dice), []
    for case, other in (pair, pair[::-1]) if pair else ():
        for label in range(2):
            told = _told(case, other, dice, split, part)
            if told is None:
                return []
            made.append((label, *told))
    return made


def _told(case, other, dice, split: str, part: slice = slice(None)):
    """A story, its ending, and an ending of another case that is like it.

    case, other: a plot with facts, each. part: which sentences of the story.
    The dice say first whether the other ending is to share more words with the story
    than its own does, or fewer. None if no such telling has been found.
    """
    more = 1 - 2 * dice.below(2)
    for _ in range(TRIES):
        story, who = _story(*case, dice, split)
        story = " ".join(sentences(story)[part])
        wording = dice.below(2**32)
        right, wrong = (_ending(*each, who, wording) for each in (case, other))
        more_shared = _shared(wrong, story) - _shared(right, story)
        if 0 <= more_shared * more <= SHARE and wrong != right:
            return story, right, wrong
    return None


def _story(plot: Plot, facts: dict[str, Value], dice, split: str) -> tuple[str, str]:
    """A story of the plot and these facts, and the hero's name.

    The split decides on names as for any tale (see tell.py), by what is told so far.
    """
    choices = [all_plots().index(plot), GENDERS.index(facts["gender"])]
    derivation = Derivation(plot, facts, choices, 1, [])
    tell(derivation, plot.story, dice)
    who = plot.names(choices[1])[_any(allowed_names(derivation, split), dice)]
    return spoken(derivation.pieces, who), who


def _ending(plot: Plot, facts: dict[str, Value], who: str, wording: int) -> str:
    derivation = Derivation(plot, facts, [], 1, [])
    tell(derivation, plot.ending, Dice(wording))
    return spoken(derivation.pieces, who)


def _shared(text: str, other: str) -> float:
    """The share of a text's different words that another has too."""
    found = set(words(text))
    return len(found.intersection(words(other))) / len(found)


@cache
def _outcomes(plot: Plot) -> tuple[str, ...]:
    """The facts of which the ending tells another part than the story does."""
    story, ending = _told_of(plot, plot.story), _told_of(plot, plot.ending)
    own = set(ending) - {"name", "gender", *LENT}
    return tuple(sorted(v for v in own if v in story and not story[v] & ending[v]))


def _told_of(plot: Plot, nodes: tuple) -> dict[str, set[str]]:
    """The parts of each fact that the nodes tell, whatever the facts are."""
    parts, waiting = {}, list(slots(nodes))
    for slot in waiting:
        parts.setdefault(slot.variable, set()).add(slot.key.rstrip("^+"))
        if slot is not NAME:
            for value in domain(plot, slot.variable):
                waiting.extend(slots(value.nodes[slot.key]))
    return parts


@cache
def _with_outcomes() -> tuple[int, ...]:
    """The numbers of the plots that have such facts."""
    return tuple(n for n, plot in enumerate(all_plots()) if _outcomes(plot))


def _turned(case, dice) -> tuple[Plot, dict[str, Value]]:
    """The case with another outcome."""
    plot, facts = case
    fact = _any(_outcomes(plot), dice)
    others = [value for value in plot.variables[fact] if value != facts[fact]]
    return plot, facts | {fact: _any(others, dice)}


def _two(numbers, dice):
    """Two plots with facts, of which hero, thing, place and helper are the same.

    These are the one plot's or the other's, equally often, so that what is told of a
    strange thing is no more often wrong than right. None if the two plots cannot be
    told of the same.
    """
    plots = [all_plots()[number] for number in numbers]
    plot = _any(plots, dice)
    other = _any([p for p in plots if p.is_child == plot.is_child and p != plot], dice)
    lender = _any((plot, other), dice)
    facts = [_drawn(p, dice) for p in (plot, other)]
    for variable in ("gender", *LENT):
        if variable in plot.variables and variable in other.variables:
            lent = _any(lender.variables[variable], dice)
            for one, own in zip((plot, other), facts, strict=True):
                own[variable] = lend(lent, one, variable)
    if any(value is None for own in facts for value in own.values()):
        return None
    return [(p, with_kind(p, own)) for p, own in zip((plot, other), facts, strict=True)]


@cache
def lend(value: Value, plot: Plot, variable: str) -> Value | None:
    """A value of another plot's as one of this plot's; None if it does not fit.

    "The old heron" is no helper where "a hedgehog" helps, and where the plot goes on
    to say "it" of its thing, a thing without a pronoun is none.
    """
    own = plot.variables[variable]
    if value in own:
        return value
    if value.text.startswith("the ") != own[0].text.startswith("the "):
        return None
    lent = Value(value.text, value.fields)
    try:
        for key in own[0].nodes:
            lent.prepare(key)
    except ValueError:
        return None
    return lent
