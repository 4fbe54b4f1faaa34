"""Where a tale names its facts."""

import re

import pytest

from gpt1.tales import generate_tales
from gpt1.tales.mentions import forms, mentions, naming
from gpt1.tales.plot import all_plots

TALES = generate_tales(300, split="validation")
FACTS = ("who", "what", "where", "helper")


@pytest.mark.parametrize("fact", FACTS)
def test_a_mention_names_the_fact_that_is_behind_the_tale(fact):
    found = 0
    for tale in TALES:
        for mention in mentions(tale):
            if mention.fact == fact:
                words = tale.text[mention.start : mention.end].lower()
                assert words.endswith(getattr(tale.facts, fact).lower())
                found += 1
    assert found > 100


def test_every_time_that_a_name_stands_in_the_text_it_is_a_mention():
    for tale in TALES:
        found = re.finditer(rf"\b{tale.facts.who}\b", tale.text)
        spans = [(m.start, m.end) for m in mentions(tale) if m.fact == "who"]
        assert spans == [match.span() for match in found]


def test_only_the_first_mention_of_a_fact_is_not_again():
    for tale in TALES:
        seen = set()
        for mention in mentions(tale):
            assert mention.again == (mention.fact in seen)
            seen.add(mention.fact)
        assert {"who", "what", "where"} <= seen


def test_the_others_are_what_the_plot_could_have_said_there():
    for tale in TALES:
        plot = all_plots()[tale.choices[0]]
        for mention in mentions(tale):
            told = tale.text[mention.start : mention.end]
            assert told not in mention.others
            assert len({told, *mention.others}) == len(mention.others) + 1
            if mention.fact == "who":
                assert {told, *mention.others} == {*plot.names(0), *plot.names(1)}
            if mention.fact == "what":
                texts = {value.text.lower() for value in plot.variables["thing"]}
                assert len(mention.others) == len(texts) - 1
                ends = tuple(texts)
                assert all(o.lower().endswith(ends) for o in mention.others)


def test_what_names_a_fact_in_a_tale_is_known_beforehand():
    variables = dict(zip(FACTS, ("name", "thing", "place", "helper"), strict=True))
    known = {fact: naming(variable) for fact, variable in variables.items()}
    assert {"red balloon", "a bicycle lamp"} <= known["what"]
    assert {"in the park", "Station Street"} <= known["where"]
    for tale in TALES[:50]:
        for mention in mentions(tale):
            words = tale.text[mention.start : mention.end]
            if mention.fact in FACTS and not (
                words[0].isupper() and mention.fact != "who"
            ):
                assert words in known[mention.fact]
    assert not known["who"] & known["helper"]
    assert not {words for words in known["what"] if words[0].isupper()}


def test_each_value_of_a_fact_has_all_its_forms_together():
    places = forms("place")
    assert ("At the old mill", "at the old mill", "the old mill") in places
    assert ("Church Street", "on Church Street") in places
    assert places == sorted(places)
    flat = {words for each in places for words in each}
    assert naming("place") < flat
    said = [
        tale.text[mention.start : mention.end]
        for tale in TALES
        for mention in mentions(tale)
        if mention.fact == "where"
    ]
    assert len(said) > 50
    assert set(said) <= flat
