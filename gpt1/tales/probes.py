"""Three more questions to a model that has learned to answer none (paper, section 5).

    >>> from gpt1.tales.probes import who_is_meant
    >>> before, rest, *names = who_is_meant(1)[0].texts

They are here, and not among `TASKS`, because nothing is fine-tuned on them. Each gives
the same examples for the same seed, and the first of more are the fewer; the labels are
balanced. Each raises ValueError for a negative count or an unknown split.
"""

import re

from gpt1.tales.dice import Dice, Replay
from gpt1.tales.mentions import said
from gpt1.tales.plot import MOODS, all_plots, moods
from gpt1.tales.tasks import Example, sentences
from gpt1.tales.tell import Tale, derive, finish, stream_of

END = re.compile(r"[.!?]\"?(?=\s|$)")
TELLS = re.compile(r"\b(s?he|him|his|her|himself|herself|girl|boy)\b", re.IGNORECASE)
SAD = "sorry"
"""The mood of an ending that the hero has spoilt, one of MOODS."""

assert SAD in MOODS


def who_is_meant(count: int, *, seed: int = 0, split: str = "train") -> list[Example]:
    """Whom a pronoun means, the hero or the helper, where both are she, or both he.

    Texts: a tale up to the pronoun, the rest of its sentence, and two names in random
    order. Label: the right name's number, 0 or 1. Of any four in a row, the hero is
    right in two; and in one of these, and one of the others, the name that was said
    last.
    """
    dice, found = _begun(count, seed, split, 1), []
    while len(found) < count:
        tale = finish(derive(dice), dice, split)
        wanted = divmod(len(found) % 4, 2)
        places = [each for each in _pronouns(tale) if each[2:] == wanted]
        if places:
            start, end, who, _ = places[dice.below(len(places))]
            rest = tale.text[end : END.search(tale.text, end).end()]
            names, label = [tale.facts.who, tale.facts.helper], dice.below(2)
            if label != who:
                names.reverse()
            found.append(Example((tale.text[:start], rest, *names), label))
    return found


def she_or_he(count: int, *, seed: int = 0, split: str = "train") -> list[Example]:
    """Whether a hero is a he. Texts: a tale's beginning, with the name. Label: 1 if so.

    Nothing but the name tells it: no pronoun has been said, and nobody else is named.
    """
    dice, found = _begun(count, seed, split, 2), []
    while len(found) < count:
        tale = finish(derive(dice), dice, split)
        label, begun = int(tale.facts.pronoun == "he"), ""
        for sentence in sentences(tale.text):
            if TELLS.search(sentence):
                break
            begun = f"{begun} {sentence}".lstrip()
        alone = not tale.facts.helper or tale.facts.helper not in begun
        if tale.facts.who in begun and alone and label == len(found) % 2:
            found.append(Example((begun,), label))
    return found


def ends_well(count: int, *, seed: int = 0, split: str = "train") -> list[Example]:
    """Whether a tale ends well. Texts: the tale. Label: 1 if so.

    If not, its hero is sorry. They are tales of the plots in which the hero chooses.
    """
    dice, found = _begun(count, seed, split, 3), []
    plots = [n for n, plot in enumerate(all_plots()) if SAD in moods(plot)]
    while len(found) < count:
        tale = finish(derive(dice), dice, split)
        label = int(tale.facts.mood != SAD)
        if tale.choices[0] in plots and label == len(found) % 2:
            found.append(Example((tale.text,), label))
    return found


def _begun(count: int, seed: int, split: str, number: int) -> Dice:
    if count < 0:
        raise ValueError(f"expected a count of 0 or more, got {count}")
    return Dice(seed, 200 * number + stream_of(split))


def _pronouns(tale: Tale) -> list[tuple[int, int, int, int]]:
    """Where a tale says "he" or "she" though it could mean either of two people.

    Start, end, who is meant, 0 the hero, 1 the helper; and 1 if that one's name is the
    last that was said, otherwise 0. Both have been named before.
    """
    derivation = derive(Replay(tale.choices[:-1]))
    facts = derivation.facts
    if not derivation.plot.is_child or "helper" not in facts:
        return []
    if facts["helper"].fields.get("he") != facts["gender"].fields["he"]:
        return []
    found, at, names = [], 0, (tale.facts.who, tale.facts.helper)
    for slot, words in said(tale):
        start, at = at, at + len(words)
        last = [tale.text.rfind(name, 0, start) for name in names]
        subject = slot is not None and slot.key.rstrip("^") == "he"
        if subject and slot.variable in ("gender", "helper") and min(last) >= 0:
            who = int(slot.variable == "helper")
            found.append((start, at, who, int(last[who] > last[1 - who])))
    return found
