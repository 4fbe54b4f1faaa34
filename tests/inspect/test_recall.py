"""`recall` says what a model remembers of a tale, and nothing else."""

from collections import Counter

import pytest
import torch

from gpt1.inspect.recall import _chosen, recall
from gpt1.tales import SEPARATOR, generate_tales, join
from gpt1.tales.mentions import mentions
from gpt1.tokenizer import BPETokenizer, CharTokenizer

TALES = generate_tales(12, split="validation")
MORE = generate_tales(300)  # with all letters in them
FACTS = {"who", "what", "where", "helper"}


@pytest.fixture(scope="module")
def pieces():
    return BPETokenizer.train(join(TALES), 600)  # names are in several pieces


def knowing(vocab_size, tales, encode, forgets=()):
    """A model that knows these tales by heart, but for some tokens.

    It gives each other token of the vocabulary more than those of the other values,
    since only these compete.
    """
    texts = [encode(SEPARATOR + tale.text + SEPARATOR) for tale in tales]

    def model(ids):
        [number] = [n for n, text in enumerate(texts) if text == ids[0].tolist()]
        scores = torch.zeros(1, ids.size(1), vocab_size)
        scores[0, torch.arange(ids.size(1) - 1), ids[0, 1:]] = 1.0
        for place in forgets[number] if forgets else ():
            scores[0, place - 1] *= -1
        return scores

    return model


@pytest.mark.parametrize("kind", ["bpe", "characters"])
def test_who_knows_the_tale_recalls_everything(pieces, kind):
    tokenizer = pieces if kind == "bpe" else CharTokenizer.train(join(MORE))
    model = knowing(tokenizer.vocab_size, TALES, tokenizer.encode)
    found = recall(model, tokenizer, TALES)
    assert found.keys() >= FACTS
    assert all(right == named > 0 for right, named in found.values())
    again = Counter(m.fact for tale in TALES for m in mentions(tale) if m.again)
    counted = {fact: named for fact, (_, named) in found.items()}
    assert counted == dict(again)


def test_who_forgets_one_name_once_recalls_all_others(pieces):
    tale = TALES[0]
    places = [m for m in mentions(tale) if m.fact == "who"]
    before = tale.text[: places[2].start].removesuffix(" ")
    place = len(pieces.encode(SEPARATOR + before))
    forgets = [[place], *([] for _ in TALES[1:])]
    model = knowing(pieces.vocab_size, TALES, pieces.encode, forgets)
    found = recall(model, pieces, TALES)
    assert found["who"][0] == found["who"][1] - 1
    assert all(
        right == named for fact, (right, named) in found.items() if fact != "who"
    )


def test_a_first_mention_asks_nothing(pieces):
    forgets = []
    for tale in TALES:
        first = [m for m in mentions(tale) if not m.again]
        befores = [tale.text[: m.start].removesuffix(" ") for m in first]
        forgets.append([len(pieces.encode(SEPARATOR + b)) for b in befores])
    model = knowing(pieces.vocab_size, TALES, pieces.encode, forgets)
    found = recall(model, pieces, TALES)
    assert all(right == named for right, named in found.values())


def test_who_knows_nothing_is_right_by_chance(pieces):
    dice = torch.Generator().manual_seed(0)

    def model(ids):
        return torch.rand(1, ids.size(1), pieces.vocab_size, generator=dice)

    right, named = map(sum, zip(*recall(model, pieces, TALES).values(), strict=True))
    assert right < 0.25 * named


def test_of_two_values_that_begin_alike_what_follows_decides():
    red, kite, comma = 1, 2, 3
    asked = [0, red, comma], 1, [red], [[red, kite]]
    for follows, right in ((comma, True), (kite, False)):
        scores = torch.zeros(3, 4)
        scores[1, follows] = 1.0
        assert _chosen(scores, *asked) == right


def test_a_value_that_was_ruled_out_does_not_compete_for_what_follows():
    red, kite, blue, ball, comma = range(1, 6)
    scores = torch.zeros(4, 6)
    scores[0, red] = scores[1, ball] = 1.0
    assert _chosen(scores, [0, red, kite, comma], 1, [red, kite], [[blue, ball]])
    scores[0, blue] = 2.0
    assert not _chosen(scores, [0, red, kite, comma], 1, [red, kite], [[blue, ball]])


def test_a_draw_is_not_recalled():
    assert not _chosen(torch.zeros(3, 4), [0, 1, 3], 1, [1], [[2]])


def test_a_tokenizer_that_joins_words_is_refused(pieces):
    class Joined:
        def encode(self, text):
            return pieces.encode(text.replace(" ", ""))

    model = knowing(pieces.vocab_size, TALES, Joined().encode)
    with pytest.raises(ValueError, match=r"joins '.*' with the words around it"):
        recall(model, Joined(), TALES)
