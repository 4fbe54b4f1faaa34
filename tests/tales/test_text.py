"""Tales as texts: lengths, structures, words, and no slips in thousands of them."""

import re
from collections import Counter

import pytest

from gpt1.tales import generate_tales, words
from gpt1.tales.grammar import NAME, Choice, parse, with_article
from gpt1.tales.plot import all_plots, domain, read_plots

# Words that begin with a vowel letter and not a vowel, and the other way round.
CONSONANT_SOUND = re.compile(r"(one|uni|use|uku|eu)")
VOWEL_SOUND = re.compile(r"(hour|honest)")


@pytest.fixture(scope="module")
def many():
    return generate_tales(3000, seed=11)


def test_a_and_an_fit_the_words_that_follow(many):
    for tale in many:
        for article, word in re.findall(r"\b([Aa]n?) (\w+)", tale.text):
            vowel = word[0].lower() in "aeiou" or VOWEL_SOUND.match(word)
            vowel = vowel and not CONSONANT_SOUND.match(word)
            assert (len(article) == 2) == bool(vowel), f"{article} {word}: {tale.text}"


WRONG = {
    "a doubled word": r"\b(\w+) \1\b",
    "a slot": r"[\[\]{}<>|]",
    "spaces and stops": r"  | [.,!?:;]|[,:;.!?][.,!?:;]|\n\n|\A\s|\s\Z",
    "a stop after a quote": r"[.?!]\"[.,]",
    "no stop at the end": r"[^.!?\"]\Z",
    "no capital": r'(?:^|\n|[.!?] )["(]?[a-z]',
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_no_tale_has_a_slip_of_spelling(many, wrong):
    for tale in many:
        found = re.search(wrong, tale.text)
        assert not found, f"{found}: {tale.text}"


def test_speech_opens_with_a_capital_unless_it_goes_on(many):
    for tale in many:
        for before, speech in re.findall(r'(\S+ |^|\n)"([^"]*)"', tale.text):
            goes_on = before.rstrip().endswith(",") or before[:1].islower()
            assert speech[0].isupper() or speech[0] == "." or goes_on, tale.text


def test_every_paragraph_closes_the_quotes_that_it_opens(many):
    for tale in many:
        for paragraph in tale.text.split("\n"):
            assert paragraph.count('"') % 2 == 0, tale.text
            # What is said ends in a stop before the closing mark.
            for speech in re.findall(r'"([^"]*)"', paragraph):
                assert not speech.startswith(" "), tale.text
                assert not speech.endswith((" ", ":")), tale.text


def test_pronouns_agree_with_the_hero(many):
    """The first pronoun of a tale about one person is that person's."""
    for tale in many:
        others = {"loved", "small", "third"} & set(dict(tale.facts.more))
        if tale.facts.helper or others or " he asked" in tale.text:
            continue  # there are two people
        wrong = {"he": "her|hers|she", "she": "his|him|he"}[tale.facts.pronoun]
        assert not re.search(rf"\b({wrong})\b", tale.text), tale.text


def test_a_pronoun_comes_only_after_somebody_it_can_mean(many):
    for tale in many:
        pronoun = re.search(r"\b(he|she|his|her|him)\b", tale.text, re.IGNORECASE)
        named = min(
            tale.text.lower().find(who.lower())
            for who in (tale.facts.who, tale.facts.helper or tale.facts.who)
            if who.lower() in tale.text.lower()
        )
        people = re.search(r"scarecrow|owl", tale.text)
        first = min(named, people.start() if people else named)
        assert pronoun is None or first < pronoun.start(), tale.text


def words_within(plot, nodes):
    """The least and the greatest number of word breaks in any wording."""
    least = most = 0
    for node in nodes:
        if type(node) is str:
            ranges = [(len(re.findall(r"\s", node)),) * 2]
        elif node is NAME:
            ranges = [(0, 0)]
        elif type(node) is Choice:
            ranges = [words_within(plot, option) for option in node.options]
        else:
            values = domain(plot, node.variable)
            ranges = [words_within(plot, value.nodes[node.key]) for value in values]
        least += min(low for low, _ in ranges)
        most += max(high for _, high in ranges)
    return least, most


@pytest.mark.parametrize("plot", all_plots(), ids=lambda plot: plot.title)
def test_no_wording_is_shorter_than_80_words_or_longer_than_250(plot):
    least, most = words_within(plot, plot.body)
    assert least + 1 >= 80
    assert most + 1 <= 250


def test_lengths_that_are_computed_contain_the_lengths_that_occur(many):
    plots = {plot.title: plot for plot in all_plots()}
    for tale in many[:500]:
        plot = plots[tale.facts.plot]
        least, most = words_within(plot, plot.body)
        assert least < len(tale.text.split()) <= most + 1


def test_at_least_forty_plots_differ_in_structure():
    structures = Counter(plot.beats for plot in all_plots())
    assert len(structures) >= 40
    # Two plots of one structure would be two themes, not two plots.
    assert max(structures.values()) == 1, structures.most_common(3)
    assert all(plot.beats[-1] == "end" for plot in all_plots())


def test_at_least_1500_words_are_in_use(many):
    used = Counter()
    for tale in many:
        used.update(re.findall(r"[a-z]+(?:'[a-z]+)?", tale.text.lower()))
    names = {name.lower() for pool in words.CHILDREN + words.ANIMALS for name in pool}
    assert len(set(used) - names) >= 1500


def test_openings_vary(many):
    openings = Counter(" ".join(tale.text.split()[:3]) for tale in many)
    assert openings.most_common(1)[0][1] / len(many) < 0.03


def test_no_name_is_in_two_lists():
    pools = [*words.CHILDREN, *words.ANIMALS]
    friends = [friend.rsplit(" (", 1)[0] for friend in words.LISTS["friends"]]
    names = [name for pool in pools for name in pool] + friends
    assert len(names) == len(set(names))
    assert {len(pool) % 20 for pool in pools} == {0}


def test_articles():
    for text in ("an apple", "a kite", "an hour", "a unicycle", "a ukulele", "an egg"):
        assert with_article(text.split()[1]) == text


@pytest.mark.parametrize("source", ["[a|b", "a]", "{a b c}", "<no such phrase>", "a|b"])
def test_mistakes_in_the_grammar_are_refused(source):
    with pytest.raises(ValueError, match=r".+"):
        parse(source, {})


def test_a_mistake_in_a_plot_names_the_plot():
    with pytest.raises(ValueError, match="the lost plot"):
        read_plots("plot: the lost plot\nhero: child\nend: {name} {nobody}.")
