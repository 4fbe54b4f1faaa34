"""From labelled texts to sequences of token ids, with what can be wrong about them."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from gpt1.data.tasks import load_task, read_task
from gpt1.finetune.batch import Examples
from gpt1.finetune.transform import FORMS, marks, room, sequences
from gpt1.plumbing.waiting import watched

HELD_OUT = 0.1
"""Share of a file that validates, where nothing else is given."""

HIGHEST = 100
"""The highest score that is taken for one: each whole number up to it is a class."""


@dataclass(frozen=True)
class Kind:
    """What a model was fine-tuned to answer.

    Args:
        name: of the task.
        form: one of `FORMS`.
        positions: the context that texts are cut for.
        labels: the names of the classes; none for a choice and for scores.
        classes: number of classes, where there are scores one for each whole number;
            None for a choice.
        scored: whether the answer is a number, the mean over the classes.
    """

    name: str
    form: str
    positions: int
    labels: tuple[str, ...] = ()
    classes: int | None = None
    scored: bool = False


def kind_of(task, positions):
    """The `Kind` of a `Task` that is learned from.

    Args:
        task: a `Task`.
        positions: the model's context.

    Raises:
        ValueError: the form has no head, or the examples do not say what to learn.
    """
    if task.form not in FORMS:
        raise ValueError(
            f"{task.name} is a task of the form {task.form}, which is for evaluation "
            f"only: expected {', '.join(FORMS)}"
        )
    labels = [example.label for example in task.examples]
    if len(set(labels)) < 2:
        raise ValueError(
            f"all {len(labels):,} examples of {task.name} to learn from have the same "
            f"label: expected two different ones or more"
        )
    if task.form == "choice":
        return Kind(task.name, task.form, positions)
    if not task.scored:
        return Kind(task.name, task.form, positions, task.labels, len(task.labels))
    if not 0 <= min(labels) <= max(labels) <= HIGHEST:
        raise ValueError(
            f"the scores of {task.name} must be 0 to {HIGHEST}, got {min(labels):g} to "
            f"{max(labels):g}"
        )
    return Kind(
        task.name, task.form, positions, (), math.ceil(max(labels)) + 1, scored=True
    )


def read_tasks(options):
    """The `Task` to learn from, and the one to validate with.

    Args:
        options: a `FineTuneConfig`.

    Raises:
        FileNotFoundError, ValueError, ImportError: see `gpt1.data.tasks.load_task`.
    """
    if options.task is not None and options.train is None:
        train = load_task(options.task, "train", count=options.subset)
        return train, load_task(options.task, "validation")

    def read(source, split, labels=None):
        if options.task is not None:
            return load_task(options.task, split, source=source)
        return read_task(source, options.form, options.columns(), split, labels=labels)

    train = read(options.train, "train")
    if options.validation is not None:
        held_out = read(options.validation, "validation", train.labels or None)
    elif Path(options.train).is_file():
        train, held_out = parted(train)
    else:
        held_out = read(options.train, "validation", train.labels or None)
    return train.first(options.subset), held_out


def parted(task):
    """A task without its last tenth, and that tenth.

    Raises:
        ValueError: there are fewer than two examples.
    """
    cut = round(len(task) * (1 - HELD_OUT))
    cut = min(cut, len(task) - 1)
    if cut < 1:
        raise ValueError(
            f"{task.name} has {len(task)} example, of which none is left to validate "
            f"with: expected two or more, or --validation"
        )
    return task.first(cut), replace(task, examples=task.examples[cut:])


def encoded(task, kind, tokenizer):
    """A task's `Examples`, and how many of them had a text that was cut.

    Args:
        task: a `Task`.
        kind: the `Kind` of what is learned.
        tokenizer: the model's.

    Raises:
        ValueError: the context is too short, choices differ in number, a score is out
            of range, or the tokenizer does not know a character.
    """
    positions = kind.positions
    if room(positions) < 1:
        raise ValueError(
            f"the model's context is {positions} tokens, and a task needs 6 or more: "
            f"two texts and three marks"
        )
    extra, rows, labels, cut = marks(tokenizer.vocab_size), [], [], 0
    most = positions - 2 if kind.form == "classification" else room(positions)
    for example in watched(task.examples, f"encoding {task.name}"):
        texts = [tokenizer.encode(text) for text in example.texts]
        rows.append(sequences(kind.form, texts, extra, positions))
        labels.append(float(example.label) if kind.scored else example.label)
        cut += any(len(text) > most for text in texts)
    counts = {len(row) for row in rows}
    if len(counts) > 1:
        raise ValueError(
            f"the examples of {task.name} have {min(counts)} to {max(counts)} choices: "
            f"expected as many in each"
        )
    highest = counts.pop() if kind.classes is None else kind.classes
    if not 0 <= min(labels) <= max(labels) <= highest - 1:
        raise ValueError(
            f"the labels of {task.name} must be 0 to {highest - 1}, as in what is "
            f"learned from, got {min(labels):g} to {max(labels):g}"
        )
    return Examples(rows, labels), cut
