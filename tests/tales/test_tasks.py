"""The labelled tasks: labels are right, balanced, and stay with their seed."""

import re
from collections import Counter

import pytest

from gpt1.tales import (
    FOLLOWS,
    MOODS,
    ending_mood,
    follows,
    generate_tales,
    says_the_same,
    tasks,
    which_ending,
)
from gpt1.tales.ambiguity import said
from gpt1.tales.plot import all_plots
from gpt1.tales.reading import derivations


@pytest.fixture(scope="module")
def many():
    return generate_tales(600, seed=21)


def claims_of(tale):
    """Every sentence that follows from a tale."""
    dice, derivation = tasks._again(tale, 0)
    plot, facts = derivation.plot, derivation.facts
    forms = [form for claim in plot.claims for form in claim]
    return {tasks._say(tale, plot, facts, form, dice) for form in forms}


def test_moods_of_endings(many):
    assert {ending_mood(tale).label for tale in many} == set(range(len(MOODS)))
    assert all(ending_mood(tale).texts == (tale.text,) for tale in many)


def test_the_mood_is_not_in_the_plot_alone():
    """Where the hero can choose, what was chosen decides the mood."""
    moods = {}
    for tale in generate_tales(600, seed=2):
        moods.setdefault(tale.facts.plot, set()).add(tale.facts.mood)
    assert sum(len(kinds) > 1 for kinds in moods.values()) >= 4


def test_the_right_ending_makes_the_tale_and_the_wrong_one_makes_none(many):
    for tale in many:
        example = which_ending(tale)
        story, *endings = example.texts
        assert f"{story}\n{endings[example.label]}" == tale.text
        assert derivations(f"{story}\n{endings[1 - example.label]}") == []


@pytest.mark.parametrize("plot", all_plots(), ids=lambda plot: plot.title)
def test_every_ending_depends_on_a_fact_that_the_story_tells(plot):
    facts = said(plot, plot.story) & said(plot, plot.ending)
    facts = [fact for fact in facts if len(plot.variables.get(fact, ())) > 1]
    assert set(facts) - {"gender", "kind"}
    assert len(plot.claims) >= 2


def test_labels_are_balanced(many):
    for task, ways in ((which_ending, 2), (follows, 3), (says_the_same, 2)):
        counts = Counter(task(tale).label for tale in many)
        assert len(counts) == ways
        assert min(counts.values()) > 0.8 * len(many) / ways


def test_what_contradicts_or_does_neither_never_follows(many):
    for tale in many[:60]:
        true = claims_of(tale)
        for seed in range(12):
            example = follows(tale, seed=seed)
            assert example.texts[0] == tale.text
            assert (example.texts[1] in true) == (FOLLOWS[example.label] == "follows")


def test_what_contradicts_differs_in_a_fact_of_the_tale(many):
    """It follows from the tale of which that other fact is true, and says so."""
    for tale in many[:200]:
        example = follows(tale, seed=1)
        values = [tale.facts.what, tale.facts.where, tale.facts.helper]
        values += [text for _, text in tale.facts.more]
        sentence = example.texts[1].lower()
        told = [value for value in values if value and value.lower() in sentence]
        if FOLLOWS[example.label] == "follows":
            assert told


def test_sentences_that_say_the_same_are_two_claims_with_the_same_facts(many):
    for tale in many[:100]:
        true = claims_of(tale)
        for seed in range(6):
            example = says_the_same(tale, seed=seed)
            (first, second), label = example.texts, example.label
            assert first != second
            assert {first, second} & true
            if label:
                assert {first, second} <= true


def test_a_seed_gives_the_same_examples(many):
    tale = many[0]
    for task in (which_ending, follows, says_the_same):
        assert task(tale, seed=3) == task(tale, seed=3)
        assert len({task(tale, seed=seed) for seed in range(20)}) > 3


def test_sentences_begin_with_a_capital_and_end_with_a_stop(many):
    for tale in many[:300]:
        for sentence in (follows(tale).texts[1], *says_the_same(tale).texts):
            assert re.fullmatch(r'["A-Z](?!.*  ).*[.!"]', sentence), sentence
