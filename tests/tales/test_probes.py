"""The questions of zero-shot tasks: right by construction, and no rule of thumb."""

import re
from itertools import pairwise

import pytest

from gpt1.tales import SEPARATOR, generate_tales, probes, read_tale, retell, words
from gpt1.tales.plot import all_plots

ASK = [probes.who_is_meant, probes.she_or_he, probes.ends_well]
each = pytest.mark.parametrize("ask", ASK, ids=lambda ask: ask.__name__)


@pytest.fixture(scope="module")
def some():
    return {ask: ask(40, seed=5) for ask in ASK}


@each
def test_a_seed_and_a_split_give_the_same_examples(ask, some):
    assert ask(4, seed=5) == some[ask][:4]
    assert ask(0) == []
    for other in (ask(4, seed=6), ask(4, seed=5, split="validation")):
        assert not set(other) & set(some[ask])


@each
def test_what_is_asked_for_in_vain(ask):
    with pytest.raises(ValueError, match="expected a count of 0 or more, got -1"):
        ask(-1)
    with pytest.raises(ValueError, match="expected a split of train"):
        ask(0, split="dev")


def test_neither_the_hero_nor_the_last_name_is_right_more_often_than_not(some):
    asked = some[probes.who_is_meant]
    children = {name for names in words.CHILDREN for name in names}
    assert sum(e.texts[2 + e.label] in children for e in asked) == 20
    last = 0
    for example in asked:
        before, _, *names = example.texts
        last += example.label == max((0, 1), key=lambda n: before.rfind(names[n]))
    assert last == 20


def test_a_pronoun_stands_between_the_texts_and_the_rest_ends_the_sentence(some):
    for example in some[probes.who_is_meant]:
        before, rest, *names = example.texts
        assert all(name in before for name in names)
        assert re.fullmatch(r"[ ,.].*[.!?]\"?", rest, re.DOTALL)
        assert before.endswith((" ", '"', "\n"))


def test_a_pronoun_that_means_the_helper_changes_with_the_helper():
    """And one that means the hero does not."""
    seen = []
    for tale in generate_tales(400, seed=3):
        for start, end, who, _ in probes._pronouns(tale):
            number = len(PRONOUN.findall(tale.text[:start]))
            here = tale.text[start:end].lower()
            there = PRONOUN.findall(with_another_helper(tale).text)[number].lower()
            assert here in ("she", "he")
            assert (here != there) == (who == 1)
            seen.append(who)
    assert min(seen.count(who) for who in (0, 1)) > 30


PRONOUN = re.compile(r"\b[Ss]?[Hh]e\b")


def with_another_helper(tale):
    number, *choices = tale.choices
    plot = all_plots()[number]
    place = [*plot.variables].index("helper")
    values = plot.variables["helper"]
    own = values[choices[place]].fields["he"]
    choices[place] = next(n for n, v in enumerate(values) if v.fields["he"] != own)
    return retell((number, *choices))


def test_only_the_name_says_whether_the_hero_is_she_or_he(some):
    for example in some[probes.she_or_he]:
        (text,) = example.texts
        assert not probes.TELLS.search(text)
        assert text.endswith((".", "!", "?", '"'))
    labels = [e.label for e in some[probes.she_or_he]]
    assert all(one != other for one, other in pairwise(labels))


def test_a_tale_ends_well_unless_its_hero_is_sorry(some):
    for example in some[probes.ends_well]:
        (text,) = example.texts
        assert SEPARATOR not in text
        assert (read_tale(text).facts.mood == "sorry") == (example.label == 0)
