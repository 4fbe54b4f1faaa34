"""Data sets by name: where they are on the hub, and which of their columns mean what.

The columns are the hub's or, after `|`, those of the files that their makers gave out.
GLUE, SNLI, SciTail, RACE and Story Cloze are the paper's; what it calls its
Winograd-style test is Rahman and Ng's, `definite-pronouns` here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from gpt1.data.rows import column, listed


@dataclass(frozen=True)
class Layout:
    """How a data set lays out its examples.

    Args:
        form: one of `FORMS`.
        texts: a function from a row, a dictionary, to the texts; None for one that is
            missing.
        label: the label's column.
        labels: the names of the labels, or what stands for each choice.
        hub: id of the data set on the hub, and so are `config`, `revision` and
            `splits`, those that have another name there.
        headless: the columns of a file that does not name them.
        between: see `Task`.
    """

    form: str
    texts: Callable
    label: str
    labels: tuple[str, ...] = ()
    hub: str | None = None
    config: str | None = None
    revision: str | None = None
    splits: dict[str, str] = field(default_factory=dict)
    headless: tuple[str, ...] = ()
    between: str = " "


def _columns(*names):
    """A function from a row to the texts of some columns."""
    return lambda row: tuple(column(row, name) for name in names)


def _pair_of_glue(config, form, first, second, label, labels, **more):
    texts = _columns(first, second)
    return Layout(form, texts, label, labels, "nyu-mll/glue", config, **more)


def _of_race(config):
    def texts(row):
        article, question = column(row, "article"), column(row, "question")
        return (f"{article} {question}", *listed(row, "options"))

    letters = ("A", "B", "C", "D")
    return Layout("choice", texts, "answer", letters, "ehovy/race", config)


def _story(row):
    """Four sentences as one text, and the two endings."""
    names = (f"input_sentence_{i}|InputSentence{i}" for i in (1, 2, 3, 4))
    sentences = [column(row, name) for name in names]
    endings = (
        column(row, f"sentence_quiz{i}|RandomFifthSentenceQuiz{i}") for i in (1, 2)
    )
    return (None if None in sentences else " ".join(sentences), *endings)


def _blank(row):
    """A sentence of WinoGrande, whose `_` is the pronoun."""
    sentence = column(row, "sentence")
    before, mark, after = sentence.partition("_")
    if not mark:
        raise ValueError(f"no _ for the pronoun in {sentence!r:.80}")
    return before, after, column(row, "option1"), column(row, "option2")


ARTICLES = {"A", "An", "The", "My", "His", "Her", "Our", "Their"}
POSSESSIVE = {"my", "his", "her", "our", "their"}


def _schema(row):
    """A schema of WSC273, whose pronoun's place is given."""
    text, pronoun, start = (
        column(row, name) for name in ("text", "pronoun", "pronoun_loc")
    )
    return _around(text, int(start), pronoun, listed(row, "options"))


def _definite(row):
    """A sentence of Rahman and Ng's, whose pronoun comes after what it may mean."""
    text, pronoun = column(row, "sentence"), column(row, "pronoun")
    candidates = listed(row, "candidates")
    named = max(text.lower().find(word.lower()) + len(word) for word in candidates)
    word = re.compile(rf"\b{re.escape(pronoun)}\b", re.IGNORECASE)
    found = word.search(text, named) or word.search(text)
    if not found:
        raise ValueError(f"the pronoun {pronoun!r} is not in {text!r:.80}")
    return _around(text, found.start(), pronoun, candidates)


def _around(text, start, pronoun, candidates):
    """A text before and after its pronoun, and the candidates as they fit there."""
    before, after = text[:start], text[start + len(pronoun) :]
    inside = before.rstrip()[-1:] not in {"", ".", "!", "?", '"'}
    fitting = []
    for words in candidates:
        first, space, rest = words.partition(" ")
        if inside and first in ARTICLES:
            words = first.lower() + space + rest
        fitting.append(words + "'s" if pronoun.lower() in POSSESSIVE else words)
    return before, after, *fitting


YES_NO = ("entailment", "not_entailment")
THREE = ("entailment", "neutral", "contradiction")
MATCHED = {"validation": "validation_matched", "test": "test_matched"}
OTHER = {"validation": "validation_mismatched", "test": "test_mismatched"}
CONVERTED = "refs/convert/parquet"
"""The hub's own copy of data sets that come with a script, which datasets 4 refuses."""

LAYOUTS = {
    "cola": Layout(
        "classification",
        _columns("sentence"),
        "label",
        ("unacceptable", "acceptable"),
        "nyu-mll/glue",
        "cola",
        headless=("source", "label", "mark", "sentence"),
    ),
    "sst2": Layout(
        "classification",
        _columns("sentence"),
        "label",
        ("negative", "positive"),
        "nyu-mll/glue",
        "sst2",
    ),
    "mrpc": _pair_of_glue(
        "mrpc",
        "similarity",
        "sentence1|#1 String",
        "sentence2|#2 String",
        "label|Quality",
        ("not_equivalent", "equivalent"),
    ),
    "qqp": _pair_of_glue(
        "qqp",
        "similarity",
        "question1",
        "question2",
        "label|is_duplicate",
        ("not_duplicate", "duplicate"),
    ),
    "stsb": _pair_of_glue(
        "stsb", "similarity", "sentence1", "sentence2", "label|score", ()
    ),
    "mnli": _pair_of_glue(
        "mnli",
        "entailment",
        "premise|sentence1",
        "hypothesis|sentence2",
        "label|gold_label",
        THREE,
        splits=MATCHED,
    ),
    "mnli-mm": _pair_of_glue(
        "mnli",
        "entailment",
        "premise|sentence1",
        "hypothesis|sentence2",
        "label|gold_label",
        THREE,
        splits=OTHER,
    ),
    "qnli": _pair_of_glue(
        "qnli", "entailment", "question", "sentence", "label", YES_NO
    ),
    "rte": _pair_of_glue(
        "rte", "entailment", "sentence1", "sentence2", "label", YES_NO
    ),
    "snli": Layout(
        "entailment",
        _columns("premise|sentence1", "hypothesis|sentence2"),
        "label|gold_label",
        THREE,
        "stanfordnlp/snli",
        "plain_text",
    ),
    "scitail": Layout(
        "entailment",
        _columns("premise|sentence1", "hypothesis|sentence2"),
        "label|gold_label",
        ("entails", "neutral"),
        "allenai/scitail",
        "tsv_format",
        headless=("premise", "hypothesis", "label"),
    ),
    "race": _of_race("all"),
    "race-middle": _of_race("middle"),
    "race-high": _of_race("high"),
    "story-cloze": Layout(
        "choice",
        _story,
        "answer_right_ending|AnswerRightEnding",
        ("1", "2"),
        "juletxara/xstory_cloze",
        "en",
        CONVERTED,
        {"validation": "eval"},
    ),
    "winogrande": Layout(
        "referent",
        _blank,
        "answer",
        ("1", "2"),
        "allenai/winogrande",
        "winogrande_xl",
        CONVERTED,
    ),
    "wsc273": Layout(
        "referent",
        _schema,
        "label",
        ("0", "1"),
        "ErnestSDavis/winograd_wsc",
        "wsc273",
        CONVERTED,
    ),
    "definite-pronouns": Layout(
        "referent",
        _definite,
        "label",
        ("0", "1"),
        "community-datasets/definite_pronoun_resolution",
    ),
}
"""The data sets that have a name here; their columns are the hub's, or after `|` those
of the files that their makers gave out."""
