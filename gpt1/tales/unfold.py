"""What a tale that has begun may say next, word by word, with probabilities.

A tale that has begun is a place in a plot and the facts that have been needed to come
there. A fact is drawn where it is first told and not, as by the generator, before all
words: the choices are uniform and independent, so the probabilities are the same, but
few ways lead to a beginning then, and what it leaves open costs nothing.

As in the corpus, an empty line follows each tale, and then another tale.
"""

import re
from typing import NamedTuple

from gpt1.tales.belonging import share_of_split
from gpt1.tales.grammar import Choice
from gpt1.tales.plot import Plot, all_plots
from gpt1.tales.reading import fillings
from gpt1.tales.steps import Step, first_step
from gpt1.tales.tell import SEPARATOR

SPACE = re.compile(r"\s")


class Begun(NamedTuple):
    """A tale that has begun.

    said: what comes next for sure, before `step` says how it goes on; facts: the
    numbers of the values drawn; told: the sum of the numbers of plot and wordings.
    `step` is None where a tale ends, and so is `plot` before the first one.
    """

    said: str
    plot: Plot | None
    step: Step | None
    facts: dict[str, int]
    told: int

    def share(self, split: str) -> float:
        """See `share_of_split`."""
        if self.plot is None:
            return 1.0
        return share_of_split(self.plot, self.step, self.facts, self.told, split)


START = Begun(SEPARATOR, None, None, {}, 0)


def next_words_of(tale: Begun, split: str):
    """Yield what can come next: a word, its probability, and what has begun after it.

    A word is a white space and all up to the next one. The probabilities are those of
    the grammar; the split comes in where the word goes beyond the end of the tale, and
    for what has begun after it by its `share`.
    """
    waiting = [("", 1.0, tale)]
    while waiting:
        word, chance, tale = waiting.pop()
        space = SPACE.search(tale.said, 0 if word else 1)
        if space:
            at = space.start()
            yield word + tale.said[:at], chance, Begun(tale.said[at:], *tale[1:])
        else:
            for part, begun in _choices(tale, split):
                waiting.append((word + tale.said, chance * part, begun))


def _choices(tale: Begun, split: str):
    """What the next step makes of a tale, each with its probability."""
    _, plot, step, facts, told = tale
    if step is None:
        plots, over = all_plots(), tale.share(split)
        for number, plot in enumerate(plots):
            yield over / len(plots), Begun("", plot, first_step(plot), {}, number)
    elif type(step.node) is str:
        yield 1.0, Begun(step.node, plot, step.after, facts, told)
    elif type(step.node) is Choice:
        options = step.node.options
        for number, option in enumerate(options):
            inside = step.into(number, option)
            yield 1 / len(options), Begun("", plot, inside, facts, told + number)
    else:
        ways = list(fillings(plot, step.node, facts))
        for known, nodes in ways:
            if len(nodes) == 1 and type(nodes[0]) is str:
                begun = Begun(nodes[0], plot, step.after, known, told)
            else:
                inside = step.into(known[step.node.variable], nodes)
                begun = Begun("", plot, inside, known, told)
            yield 1 / len(ways), begun
