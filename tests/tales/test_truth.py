"""The exact distribution of what comes next in a tale."""

import math
import random
import re
from collections import Counter, defaultdict
from itertools import accumulate

import pytest

from gpt1 import tales
from gpt1.loading import load_model
from gpt1.tales import (
    SEPARATOR,
    SPLITS,
    generate_tales,
    join,
    next_tokens,
    next_tokens_along,
    next_words,
    retell,
)
from gpt1.tales.plot import all_plots, read_plots
from gpt1.tales.reading import derivations
from gpt1.tales.tell import allowed_names, derive, spoken


class Characters:
    def encode(self, text):
        return list(text)


class Kite(Characters):
    """Characters, but " kite" is one token, if it is a whole word."""

    def encode(self, text):
        return re.findall(r" kite\b|[\s\S]", text)


@pytest.fixture(scope="module")
def tokenizer():
    return load_model("tales-small", "cpu")[1]


@pytest.fixture(scope="module")
def one_of_each_plot():
    """A tale of each plot, from each split in turn."""
    found = {}
    for number, plot in enumerate(all_plots()):
        split = SPLITS[number % len(SPLITS)]
        found[number] = next(
            tale
            for seed in range(100)
            for tale in generate_tales(20, seed=seed, split=split)
            if tale.facts.plot == plot.title
        )
    return list(found.values())


def told(tale, encode):
    """The product of the probabilities of a tale's tokens, as a logarithm.

    On the way it is checked whether the distributions sum to 1.
    """
    ids = encode.encode(SEPARATOR + tale.text + SEPARATOR)
    along = next_tokens_along(encode, tale.text + SEPARATOR, split=tale.split)
    assert len(along) == len(ids)
    for truth in along:
        assert math.fsum(truth.values()) == pytest.approx(1, rel=0, abs=1e-9)
        assert min(truth.values()) > 0
    pairs = zip(along, ids[1:], strict=False)
    return math.fsum(math.log(truth[token]) for truth, token in pairs)


@pytest.mark.slow
def test_along_a_tale_the_probabilities_multiply_to_that_of_the_tale(one_of_each_plot):
    assert len(one_of_each_plot) == len(all_plots())
    for tale in one_of_each_plot:
        ways = [retell(each, tale.split) for each in derivations(tale.text)]
        expected = math.log(math.fsum(math.exp(way.log_prob) for way in ways))
        assert told(tale, Characters()) == pytest.approx(expected, rel=0, abs=1e-9)


@pytest.mark.slow
def test_so_do_those_of_the_tokens_that_a_model_reads(one_of_each_plot, tokenizer):
    for tale in one_of_each_plot[::3]:
        assert told(tale, tokenizer) == pytest.approx(tale.log_prob, rel=0, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("split", ["validation", "all"])
def test_tales_begin_as_often_as_it_says(split, tokenizer):
    """Of the first tokens, and of what follows the commonest beginnings."""
    drawn = [tokenizer.encode(t.text) for t in generate_tales(5000, split=split)]
    for length in range(4):
        begun = Counter(tuple(ids[:length]) for ids in drawn)
        for beginning, total in begun.most_common(3):
            ids = [ids[length] for ids in drawn if tuple(ids[:length]) == beginning]
            text = tokenizer.decode(beginning)
            truth = next_tokens(tokenizer, text, split=split)
            found = Counter(ids)
            assert set(found) <= set(truth)
            for token, chance in truth.items():
                error = math.sqrt(total * chance * (1 - chance))
                assert abs(found[token] - total * chance) <= 5 * error + 1e-9 * total


SMALL = """
plot: small
hero: mouse | shrew
mood: happy
@thing: kite | kitten | drum
@place: in the park | on the hill
@more(sound, end):
  - [Oh|Ah]; It [flew|fell|sang]. {He} slept.
  - Ah; It was late {place.at}.
opening: {more.sound}, {name} [had|got] {a thing}.

end: {more.end} [Never.|Always.|Sometimes.]
plot: other
hero: mouse
mood: sorry
@thing: kite
@place: in the park
opening: Oh, a {kind} was there. It had [a kite|a hat|a kite] {place.at}.

end: {name}.
"""


LETTERS = {*SMALL, *"".join(tales.words.ANIMALS[0] + tales.words.ANIMALS[1])}


@pytest.fixture
def small(monkeypatch):
    plots = tuple(read_plots(SMALL))
    for module in (tales.tell, tales.unfold):
        monkeypatch.setattr(module, "all_plots", lambda: plots)


class Every:
    """Dice that fall in every way there is, one way after another."""

    def __init__(self):
        self.faces, self.sizes = [], []

    def start(self):
        self.at = 0

    def below(self, count):
        if self.at == len(self.faces):
            self.faces.append(0)
            self.sizes.append(count)
        self.at += 1
        return self.faces[self.at - 1]

    def turn(self):
        """Whether there is a next way."""
        while self.faces and self.faces[-1] + 1 == self.sizes[-1]:
            self.faces.pop()
            self.sizes.pop()
        if self.faces:
            self.faces[-1] += 1
        return bool(self.faces)


def every_text(split):
    """Each text of the grammar with its probability, by listing all derivations."""
    dice, chance, more = Every(), defaultdict(float), True
    while more:
        dice.start()
        derivation = derive(dice)
        names = derivation.plot.names(derivation.choices[1])
        allowed = allowed_names(derivation, split)
        for name in allowed:
            text = spoken(derivation.pieces, names[name])
            chance[text] += 1 / (derivation.ways * len(allowed))
        more = dice.turn()
    return chance


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.usefixtures("small")
def test_of_a_grammar_small_enough_to_list_it_is_what_counting_says(split):
    """Also where one text has two derivations, and a fact has choices of its own."""
    chance = every_text(split)
    assert math.fsum(chance.values()) == pytest.approx(1)
    begun, following = defaultdict(float), defaultdict(float)
    for text, probability in chance.items():
        text += SEPARATOR
        for beginning, letter in zip(accumulate("\0" + text), text, strict=False):
            begun[beginning[1:]] += probability
            following[beginning[1:], letter] += probability
    for text in random.Random(1).sample(sorted(chance), 10):
        along = next_tokens_along(Characters(), text, split=split)
        for at, truth in enumerate(along[1:]):
            expected = {
                letter: following[text[:at], letter] / begun[text[:at]]
                for letter in LETTERS
                if (text[:at], letter) in following
            }
            assert truth == pytest.approx(expected)


@pytest.mark.usefixtures("small")
def test_what_can_be_worked_out_by_hand():
    start, late = "Oh, a mouse was there. It had a", "Ah, Wilf got a drum.\nIt was late"
    by_hand = {
        "": {"Oh": 1 / 8 + 1 / 2, "Ah": 1 / 8 + 1 / 4},
        "Oh": {",": 1},
        "Oh, a": {" mouse": 1},
        "Oh, a m": {"ouse": 1},
        start: {" kite": 2 / 3, " hat": 1 / 3},
        f"{start} kite in the park.": {"\n": 1},
        late: {" in": 1 / 2, " on": 1 / 2},
        f"{late} in": {" the": 1},
    }
    for beginning, expected in by_hand.items():
        assert next_words(beginning, split="all") == pytest.approx(expected)
    # Of five tales that say "Oh" at first, four are of the other plot.
    assert next_words("Oh,", split="all")[" a"] == pytest.approx(4 / 5)


DIGIT = """
plot: digit
hero: mouse
mood: happy
@thing: kite | drum
@place: in the park
opening: {name} had {a thing} {place.at}.

end: It sang. [Never.|Always.|Sometimes.|{He} slept.]
"""


def test_the_last_choice_decides_the_split(monkeypatch):
    """Four options: one for validation and three for training, or all held out."""
    plots = tuple(read_plots(DIGIT))
    monkeypatch.setattr(tales.unfold, "all_plots", lambda: plots)
    held = 0
    for name in tales.words.ANIMALS[0]:
        for thing in ("kite", "drum"):
            start, known = f"{name} had a {thing} in the park.\nIt sang.", {}
            for split in SPLITS:
                try:
                    known[split] = next_words(start, split=split)
                except ValueError:
                    known[split] = {}
            four = pytest.approx(dict.fromkeys(known["all"], 1 / 4))
            assert len(known["all"]) == 4
            assert known["all"] == four
            if known["heldout"]:
                held += 1
                assert known["heldout"] == four
                assert known["train"] == known["validation"] == {}
            else:
                (one,) = known["validation"]
                three = dict.fromkeys(set(known["all"]) - {one}, 1 / 3)
                assert known["train"] == pytest.approx(three)
    assert held == 2 * 20 / 5


@pytest.mark.usefixtures("small")
def test_a_word_that_is_cut_otherwise_when_it_is_whole_does_not_count():
    start = "Ah, Willow got a "
    assert next_words(f"{start}kit", split="all") == {"e": 1 / 2, "ten": 1 / 2}
    assert next_tokens(Characters(), f"{start}kit", split="all")["e"] == 1 / 2
    assert next_tokens(Kite(), f"{start}kit", split="all") == {"t": pytest.approx(1)}
    assert next_tokens(Kite(), f"{start}kite.", split="all") == {"\n": pytest.approx(1)}
    whole = next_tokens(Kite(), start.rstrip(), split="all")
    assert whole == pytest.approx({" kite": 1 / 3, " ": 2 / 3})


def test_after_a_tale_comes_an_empty_line_and_a_tale(tokenizer):
    first = next_tokens(tokenizer)
    for tale in generate_tales(2, seed=1):
        (line,) = tokenizer.encode("\n")
        assert next_words(tale.text) == {"\n": pytest.approx(1)}
        assert next_tokens(tokenizer, tale.text + "\n") == {line: pytest.approx(1)}
        again = next_tokens(tokenizer, tale.text + SEPARATOR)
        assert again == pytest.approx(first)
    assert next_words(join([tale, tale])) == pytest.approx(next_words())


def test_the_highest_come_first(tokenizer):
    for truth in (next_words(), next_tokens(tokenizer, "One")):
        chances = list(truth.values())
        assert chances == sorted(chances, reverse=True)
        assert len(set(chances)) > 3


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        ("xylophone", "after '' expected 'One' or '\"' or 'In', or the like, got 'xyl"),
        ("Once upon a time", "after 'On' expected .* got 'ce upon a time'"),
        ("Nell got a kitten", "after 'Nell got a ' expected 'tam.* got 'kitten'"),
        ("Nell got a ski-", "after 'Nell got a sk' expected 'ateboard', got 'i-'"),
        (" Nell", "after '' .* got ' Nell'"),
        ("\n\nNell", r"after '' .* got '\\n\\nNell'"),
        ("Nell\n", r"after 'Nell' .* got '\\n'"),
    ],
)
def test_it_says_where_a_text_leaves_the_grammar(beginning, said, tokenizer):
    for split in SPLITS:
        with pytest.raises(ValueError, match=f"no tale begins like this: {said}") as e:
            next_words(beginning, split=split)
        assert len(str(e.value).splitlines()) == 1
        with pytest.raises(ValueError, match=said):
            next_tokens(tokenizer, beginning, split=split)


def test_it_says_where_a_text_leaves_the_grammar_late(tokenizer):
    tale = generate_tales(1)[0]
    for wrong in (tale.text + " The end.", tale.text[:-5] + SEPARATOR):
        with pytest.raises(ValueError, match=r"after '\.\.\..{40}' expected"):
            next_tokens(tokenizer, wrong, split="all")


def test_it_says_where_a_text_leaves_the_split(tokenizer):
    tale = generate_tales(1, split="validation")[0]
    for call in (next_words, lambda *a, **k: next_tokens(tokenizer, *a, **k)):
        call(tale.text, split="all")
        call(tale.text, split="validation")
        for split in ("train", "heldout"):
            with pytest.raises(ValueError, match=f"split '{split}' begins like this"):
                call(tale.text, split=split)


def test_a_beginning_that_no_tale_is_cut_like_is_refused(tokenizer):
    with pytest.raises(ValueError, match=r"cut into tokens.*'Nell got a ' ends inside"):
        next_tokens(tokenizer, "Nell got a ", split="all")


class Whole:
    def encode(self, text):
        return [hash(text)]


class Stripping:
    def encode(self, text):
        return text.split()


def test_a_tokenizer_that_joins_words_or_loses_line_ends_is_refused():
    for wrong in (Whole(), Stripping()):
        with pytest.raises(ValueError, match="cuts text before each white space"):
            next_tokens(wrong, "Nell got a")


def test_an_unknown_split_is_refused(tokenizer):
    for call in (next_words, lambda **k: next_tokens(tokenizer, **k)):
        with pytest.raises(ValueError, match=r"split of train.*'test'"):
            call(split="test")
