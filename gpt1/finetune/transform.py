"""The input transformations of the paper: every task as sequences for one model.

Section 3.3 and figure 1. Each function takes token ids and gives one sequence of token
ids or several; all begin with the start token and end with the extract token, whose
state the head reads. No architecture changes from task to task.
"""

from typing import NamedTuple

FORMS = ("classification", "entailment", "similarity", "choice")
"""The four kinds of task; each is a function below."""


class Marks(NamedTuple):
    """The ids of the three tokens that fine-tuning adds, above those of the words."""

    start: int
    delimiter: int
    extract: int


def marks(vocab_size):
    """The `Marks` above a vocabulary, in the order of OpenAI's code."""
    return Marks(vocab_size, vocab_size + 1, vocab_size + 2)


def room(positions):
    """Tokens of each side of a delimiter: what is longer is cut at its end.

    Half of the positions less two, 254 of GPT-1's 512 (OpenAI's train.py).
    """
    return positions // 2 - 2


def classification(text, marks, positions):
    """`start text extract`.

    Args:
        text: token ids, a list.
        marks: `Marks`.
        positions: the model's context. A text that stands alone may fill it.

    Returns:
        A list with one sequence.
    """
    return [[marks.start, *text[: positions - 2], marks.extract]]


def entailment(premise, hypothesis, marks, positions):
    """`start premise delimiter hypothesis extract`; arguments as above."""
    first, second = premise[: room(positions)], hypothesis[: room(positions)]
    return [[marks.start, *first, marks.delimiter, *second, marks.extract]]


def similarity(one, other, marks, positions):
    """Both orders of two texts, since neither comes first: two sequences."""
    there = entailment(one, other, marks, positions)
    return there + entailment(other, one, marks, positions)


def choice(story, answers, marks, positions, question=()):
    """`start story question delimiter answer extract`: a sequence for each answer.

    Nothing stands between story and question. OpenAI's code has no task with a
    question; here, a story that leaves it no room is cut, and the question is not.

    Args:
        story: token ids, a list.
        answers: lists of token ids.
        marks: as for `classification`, and so is `positions`.
        question: token ids.
    """
    question = list(question)[: room(positions)]
    context = story[: room(positions) - len(question)] + question
    return [s for a in answers for s in entailment(context, a, marks, positions)]


def sequences(form, texts, marks, positions, question=False):
    """The sequences of one example.

    Args:
        form: one of `FORMS`.
        texts: lists of token ids: one for classification, two for entailment and
            similarity; for choice the story, its question if it has one, and the
            answers.
        marks: as for `classification`, and so is `positions`.
        question: whether the second text of a choice is a question.

    Returns:
        A list of lists of token ids.
    """
    if form == "choice":
        story, *answers = texts
        asked = answers.pop(0) if question else ()
        return choice(story, answers, marks, positions, asked)
    make = {
        "classification": classification,
        "entailment": entailment,
        "similarity": similarity,
    }
    return make[form](*texts, marks, positions)
