"""What the zero-shot heuristics make of a task: guesses, and how good they are.

Which heuristic a task gets follows from its form:

- choice and referent: the paper's. The highest mean log-probability wins.
- classification: the paper's for acceptability, with a threshold (CoLA, and whether a
  tale is in order), or its one for sentiment, which compares words (SST-2); see
  `heuristic_for`.
- entailment and similarity: the paper has none. Ours is the mean log-probability of the
  second text after the first, of similarity both ways, and a threshold between any two
  labels. Expect little: what follows from a text need not be likely after it.

Thresholds are chosen on other examples than those that are judged.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

from gpt1.evaluate import metrics, zero_shot

HEURISTICS = ("acceptability", "sentiment", "answers", "referents", "following")

TOLD = {
    "acceptability": "mean log-probability of the text, above a threshold",
    "sentiment": "the likeliest word after the text and {hint!r}",
    "answers": "the choice with the highest mean log-probability",
    "referents": "the reading that makes the rest of the sentence likeliest",
    "following": "mean log-probability of the second text after the first",
}


@dataclass(frozen=True)
class Result:
    """How a model does on a task.

    Args:
        task: its name.
        heuristic: one of `HEURISTICS`.
        examples: how many were judged.
        metrics: accuracy, its standard error, and what else the field reports; a
            dictionary of floats.
        baseline: the accuracy of drawing lots among choices, or of always guessing the
            commonest label; None for scores.
        ties: examples whose right answer was as good as another: 1/2 for two.
        cut: examples whose context was too long and lost its beginning.
        thresholds: those that were chosen, in nats per token.
        told: the heuristic in words.
    """

    task: str
    heuristic: str
    examples: int
    metrics: dict[str, float]
    baseline: float | None = None
    ties: int = 0
    cut: int = 0
    thresholds: list[float] = field(default_factory=list)
    told: str = ""


def heuristic_for(task):
    """The heuristic that a task gets if nobody says which.

    Args:
        task: a `gpt1.data.tasks.Task`.

    Returns:
        One of `HEURISTICS`: of classification, "acceptability" for CoLA's labels and
        for two that are not words, such as 0 and 1 or those of the tales in order;
        "sentiment" for others.
    """
    forms = {"choice": "answers", "referent": "referents"}
    if task.form != "classification":
        return forms.get(task.form, "following")
    words = all(label.isalpha() for label in task.labels)
    judged = task.labels == ("unacceptable", "acceptable")
    return "sentiment" if words and not judged else "acceptability"


def needs_tuning(task, heuristic=None):
    """Whether a task's heuristic has thresholds to choose on other examples."""
    chosen = heuristic or heuristic_for(task)
    return chosen == "acceptability" or (chosen == "following" and not task.scored)


def judge(scorer, task, tuning=None, *, heuristic=None, words=None, hint=None):
    """How a model does on a task, by a zero-shot heuristic.

    Args:
        scorer: see `gpt1.evaluate.zero_shot`.
        task: a `gpt1.data.tasks.Task`.
        tuning: the same task with other examples, to choose thresholds on.
        heuristic: "acceptability" or "sentiment" for classification; None for
            `heuristic_for`.
        words: one for each label, for "sentiment"; None for the labels themselves.
        hint: what "sentiment" appends to a text; None for the paper's " very".

    Returns:
        A `Result`.

    Raises:
        ValueError: thresholds are needed and `tuning` is not there, or the heuristic
            does not fit the task; what `likelihoods` raises.
    """
    heuristic = heuristic or heuristic_for(task)
    _check(task, tuning, heuristic, words)
    hint = zero_shot.HINT if hint is None else hint
    texts = [example.texts for example in task.examples]
    labels = [example.label for example in task.examples]
    if heuristic == "acceptability":
        found = _by_threshold(scorer, texts, labels, tuning)
    elif heuristic == "following":
        found = _by_following(scorer, task, texts, labels, tuning)
    else:
        found = _by_comparing(scorer, task, texts, labels, heuristic, words, hint)
    told = TOLD[heuristic].format(hint=hint)
    shape = {"task": task.name, "heuristic": heuristic, "examples": len(task)}
    return Result(**shape, told=told, **found)


def _check(task, tuning, heuristic, words):
    classified = task.form == "classification"
    fitting = ("acceptability", "sentiment") if classified else (heuristic_for(task),)
    if heuristic not in fitting:
        raise ValueError(
            f"the heuristic for {task.name}, of the form {task.form}, must be "
            f"{' or '.join(fitting)}, got {heuristic!r}"
        )
    if heuristic == "acceptability" and len(task.labels) != 2:
        raise ValueError(
            f"a threshold on the text's probability tells two labels apart, "
            f"{task.name} has {len(task.labels)}: give a word for each instead"
        )
    if words is not None and (heuristic != "sentiment" or not classified):
        raise ValueError(f"words are for the heuristic sentiment, not for {heuristic}")
    if words is not None and len(words) != len(task.labels):
        raise ValueError(
            f"{task.name} has {len(task.labels)} labels, {', '.join(task.labels)}: "
            f"expected a word for each, got {len(words)}"
        )
    if tuning is None and needs_tuning(task, heuristic):
        raise ValueError(
            f"the heuristic for {task.name} needs thresholds, which have to be chosen "
            f"on other examples than those that it judges: give some"
        )


def _by_comparing(scorer, task, texts, labels, heuristic, words, hint):
    """Guess the label, the choice or the reading with the highest score."""
    if heuristic == "sentiment":
        first = [text for (text,) in texts]
        rows = zero_shot.sentiment(scorer, first, words or task.labels, hint)
        scores = [[score.total for score in row] for row in rows]
        baseline = _commonest(labels)
    else:
        ask = {
            "answers": lambda: zero_shot.answers(scorer, texts, task.between),
            "referents": lambda: zero_shot.referents(scorer, texts),
        }
        rows = ask[heuristic]()
        scores = [[score.mean for score in row] for row in rows]
        baseline = math.fsum(1 / len(row) for row in rows) / len(rows)
    credits = list(map(metrics.credit, scores, labels))
    measured = _accuracy(credits)
    if heuristic == "sentiment" and len(task.labels) == 2:
        guesses = [metrics.best(row)[0] for row in scores]
        measured["mcc"] = metrics.matthews(guesses, labels)
    ties = sum(0 < each < 1 for each in credits)
    found = {"metrics": measured, "baseline": baseline, "ties": ties}
    return found | {"cut": _cut(rows)}


def _by_threshold(scorer, texts, labels, tuning):
    """Guess label 1 for a text whose mean log-probability is high."""
    others = [example.texts[0] for example in tuning.examples]
    known = [score.mean for score in zero_shot.acceptability(scorer, others)]
    threshold = metrics.best_threshold(known, [e.label for e in tuning.examples])
    scores = zero_shot.acceptability(scorer, [text for (text,) in texts])
    guesses = [int(score.mean > threshold) for score in scores]
    right = [float(g == x) for g, x in zip(guesses, labels, strict=True)]
    measured = _accuracy(right) | {"mcc": metrics.matthews(guesses, labels)}
    found = {"metrics": measured, "baseline": _commonest(labels)}
    return found | {"thresholds": [threshold]}


def _by_following(scorer, task, texts, labels, tuning):
    """Guess by how likely the second text is after the first."""
    rows, values = _following(scorer, task, texts)
    found = {"cut": _cut(rows)}
    if task.scored:
        return found | {"metrics": {"pearson": metrics.pearson(values, labels)}}
    _, known = _following(scorer, task, [e.texts for e in tuning.examples])
    cuts, order = metrics.best_cuts(
        known, [e.label for e in tuning.examples], len(task.labels)
    )
    guesses = [order[metrics.stretch(value, cuts)] for value in values]
    right = [float(g == x) for g, x in zip(guesses, labels, strict=True)]
    measured = _accuracy(right)
    if len(task.labels) == 2:
        measured["mcc"] = metrics.matthews(guesses, labels)
        measured["f1"] = metrics.f1(guesses, labels)
    found |= {"metrics": measured, "baseline": _commonest(labels)}
    return found | {"thresholds": cuts}


def _following(scorer, task, texts):
    both = task.form == "similarity"
    rows = zero_shot.following(scorer, texts, task.between, both_ways=both)
    return rows, [math.fsum(s.mean for s in row) / len(row) for row in rows]


def _accuracy(credits):
    mean, error = metrics.accuracy(credits)
    return {"accuracy": mean, "standard_error": error}


def _commonest(labels):
    return Counter(labels).most_common(1)[0][1] / len(labels)


def _cut(rows):
    return sum(any(score.cut for score in row) for row in rows)
