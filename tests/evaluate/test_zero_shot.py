"""The paper's heuristics: which text is asked for after which context."""

import pytest

from gpt1.data.tasks import Task, load_task
from gpt1.evaluate import zero_shot
from gpt1.evaluate.judging import heuristic_for, judge, needs_tuning
from gpt1.evaluate.scoring import Score
from gpt1.tales import Example


class Asked:
    """A scorer that remembers what it was asked, and knows some answers.

    Args:
        means: nats per token by text; -1 for the others.
        sizes: tokens by text; 2 for the others.
        cut: contexts that are too long.
    """

    def __init__(self, means=(), sizes=(), cut=()):
        self.means, self.sizes, self.cut = dict(means), dict(sizes), cut
        self.pairs = []

    def __call__(self, pairs):
        self.pairs += pairs
        return [self.score(*pair) for pair in pairs]

    def score(self, before, text):
        tokens = self.sizes.get(text, 2)
        total = self.means.get(text, self.means.get(before, -1.0)) * tokens
        return Score(total, tokens, 3 if before in self.cut else 0)


def task(form, examples, labels=(), name="mine", between=" "):
    made = [Example(tuple(texts), label) for texts, label in examples]
    return Task(name, form, made, tuple(labels), between)


def test_acceptability_is_how_likely_the_text_is():
    asked = Asked({"b": -3.0})
    scores = zero_shot.acceptability(asked, ["a", "b"])
    assert asked.pairs == [("", "a"), ("", "b")]
    assert [score.mean for score in scores] == [-1, -3]


def test_sentiment_appends_very_and_compares_two_words():
    asked = Asked({" positive": -2.0})
    [row] = zero_shot.sentiment(asked, ["a fine film . "])
    assert asked.pairs == [
        ("a fine film . very", " negative"),
        ("a fine film . very", " positive"),
    ]
    assert [score.mean for score in row] == [-1, -2]


def test_each_answer_is_asked_for_after_its_document_and_question():
    asked = Asked()
    rows = zero_shot.answers(asked, [("d q?", "yes", "no"), ("e", "1", "2", "3")], "\n")
    assert asked.pairs[:3] == [("d q?", "\nyes"), ("d q?", "\nno"), ("e", "\n1")]
    assert [len(row) for row in rows] == [2, 3]


def test_of_a_pronoun_the_rest_of_the_sentence_is_asked_for():
    asked = Asked()
    example = ("It did not fit since ", " was big.", "the bag", "the cup")
    zero_shot.referents(asked, [example])
    assert asked.pairs == [
        ("It did not fit since the bag", " was big."),
        ("It did not fit since the cup", " was big."),
    ]


def test_similarity_has_no_order():
    asked = Asked()
    [row] = zero_shot.following(asked, [("a", "b")], both_ways=True)
    assert asked.pairs == [("a", " b"), ("b", " a")]
    assert len(row) == 2


def test_means_decide_between_answers_and_totals_between_words():
    """A long answer is not worse for being long; a word is as likely as it is."""
    asked = Asked({" long": -1.0, " short": -1.5}, {" long": 9, " short": 2})
    choices = task("choice", [(("c", "long", "short"), 0)])
    assert judge(asked, choices).metrics["accuracy"] == 1
    words = task("classification", [(("c",), 1), (("d",), 1)], ["long", "short"])
    found = judge(asked, words)
    assert found.heuristic == "sentiment"
    assert (found.metrics["accuracy"], found.metrics["mcc"]) == (1, 0)


def test_the_rest_decides_between_readings():
    """What is said of both is the same text: its context makes the difference."""
    asked = Asked({"x the bag": -1.0, "x the cup": -2.0})
    readings = task("referent", [(("x ", " was big.", "the bag", "the cup"), 0)])
    assert judge(asked, readings).metrics["accuracy"] == 1


def test_ties_are_counted_as_a_half_and_reported():
    examples = [(("c", "a", "b"), 0), (("c", "a", "b"), 1), (("c", "x", "a"), 0)]
    found = judge(Asked({" x": -0.5}), task("choice", examples))
    assert found.metrics["accuracy"] == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert found.ties == 2
    assert found.baseline == 0.5
    assert judge(Asked({" x": -1.5}), task("choice", examples)).ties == 2


def test_contexts_that_were_cut_are_counted_once_for_an_example():
    examples = [(("c", "a", "b"), 0), (("long", "a", "b"), 1)]
    assert judge(Asked(cut={"long"}), task("choice", examples)).cut == 1


def test_a_threshold_is_chosen_on_other_examples():
    labels = ["unacceptable", "acceptable"]
    asked = Asked({"a": -1.0, "b": -2.0, "c": -3.0, "d": -4.0})
    tuning = task("classification", [(("a",), 1), (("d",), 0)], labels)
    judged = task("classification", [(("b",), 1), (("c",), 1), (("d",), 0)], labels)
    found = judge(asked, judged, tuning)
    assert found.heuristic == "acceptability"
    assert found.thresholds == [-2.5]
    assert found.metrics["accuracy"] == pytest.approx(2 / 3)
    assert found.metrics["mcc"] == pytest.approx(0.5)
    assert found.baseline == pytest.approx(2 / 3)


def test_pairs_are_told_apart_by_thresholds_on_how_well_the_second_follows():
    labels = ["follows", "contradicts", "neither"]
    asked = Asked({" a": -1.0, " b": -2.0, " c": -3.0})
    examples = [(("p", "a"), 0), (("p", "b"), 2), (("p", "c"), 1)]
    found = judge(
        asked,
        task("entailment", examples, labels),
        *[task("entailment", examples * 2, labels)],
    )
    assert found.metrics["accuracy"] == 1
    assert found.thresholds == [-2.5, -1.5]
    assert ("a", " p") not in asked.pairs


def test_scores_of_similarity_are_correlated_with_and_need_no_threshold():
    asked = Asked({" a": -1.0, " b": -2.0, " c": -3.0})
    pairs = [(("p", "a"), 4.0), (("p", "b"), 3.0), (("p", "c"), 2.0)]
    scored = task("similarity", pairs)
    assert not needs_tuning(scored)
    found = judge(asked, scored)
    assert found.metrics == {"pearson": pytest.approx(1)}
    assert found.baseline is None
    assert len(asked.pairs) == 6


@pytest.mark.parametrize(
    ("labels", "heuristic"),
    [
        (("unacceptable", "acceptable"), "acceptability"),
        (("0", "1"), "acceptability"),
        (("negative", "positive"), "sentiment"),
        (("happy", "proud", "sorry"), "sentiment"),
    ],
)
def test_labels_say_which_heuristic_a_text_gets(labels, heuristic):
    assert heuristic_for(task("classification", [], labels)) == heuristic


@pytest.mark.parametrize(
    ("name", "heuristic"),
    [
        ("holds-together", "acceptability"),
        ("in-order", "acceptability"),
        ("follows", "following"),
        ("same-tale", "following"),
        ("which-ending", "answers"),
    ],
)
def test_each_task_of_the_tales_has_a_heuristic(name, heuristic):
    judged = load_task(name, count=6)
    found = judge(Asked(), judged, judged if needs_tuning(judged) else None)
    assert found.heuristic == heuristic
    assert found.examples == 6


def test_words_may_stand_for_labels():
    asked = Asked({" good": -0.5})
    judged = task("classification", [(("t",), 1), (("u",), 0)], ["0", "1"])
    how = {"heuristic": "sentiment", "words": ["bad", "good"], "hint": " so"}
    found = judge(asked, judged, **how)
    assert ("t so", " good") in asked.pairs
    assert found.metrics["accuracy"] == 0.5
    assert "' so'" in found.told


@pytest.mark.parametrize(
    ("form", "labels", "how", "told"),
    [
        ("classification", ("0", "1"), {}, "needs thresholds, which have to be chosen"),
        ("entailment", ("a", "b"), {}, "needs thresholds"),
        ("choice", (), {"heuristic": "sentiment"}, "must be answers, got 'sentiment'"),
        (
            "classification",
            ("a", "b", "c"),
            {"heuristic": "acceptability"},
            "tells two labels apart, mine has 3",
        ),
        (
            "classification",
            ("a", "b"),
            {"heuristic": "acceptability", "words": ["a", "b"]},
            "words are for the heuristic sentiment",
        ),
        (
            "classification",
            ("a", "b"),
            {"heuristic": "sentiment", "words": ["a"]},
            "expected a word for each, got 1",
        ),
    ],
)
def test_what_does_not_fit_a_task_is_said(form, labels, how, told):
    texts = ("a", "b", "c") if form == "choice" else ("a", "b")
    texts = ("a",) if form == "classification" else texts
    with pytest.raises(ValueError, match=told):
        judge(Asked(), task(form, [(texts, 0), (texts, 1)], labels), **how)
