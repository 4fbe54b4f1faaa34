"""Labelled examples: from tales, from data sets by name, and from files of your own.

    >>> task = load_task("sst2", "validation")
    >>> task = load_task("cola", "train", source="CoLA/train.tsv")
    >>> columns = {"text": "review", "label": "stars"}
    >>> task = read_task("mine.csv", "classification", columns)

An example has texts and a label; what the texts are is the task's form:

- classification: one text.
- entailment: a premise and a hypothesis.
- similarity: two texts, in no order.
- choice: a context, with its question if there is one, and two choices or more.
- referent: a sentence up to its pronoun, what follows the pronoun, and two readings or
  more of the pronoun.

The label is a number from 0: a place among the task's labels, or among the choices or
readings. STS-B has a score instead. The first four are the forms that the paper
fine-tunes on (its figure 1), the last is its Winograd-style test (section 5).

Examples without a label, as in GLUE's test parts, are left out, and a note on the
standard error says how many.
"""

import re
import sys
from dataclasses import dataclass, replace
from functools import partial

from gpt1.data.layouts import LAYOUTS, Layout
from gpt1.data.rows import column, listed, rows_of
from gpt1.data.sources import SPLITS, table
from gpt1.plumbing.waiting import watched
from gpt1.tales import TASKS, Example, examples as examples_of_tales

NEEDED = {
    "classification": ("text",),
    "entailment": ("premise", "hypothesis"),
    "similarity": ("first", "second"),
    "choice": ("context", "choices"),
    "referent": ("before", "after", "choices"),
}
"""The columns that a form needs beside the label; a choice may have a question too."""

FORMS = tuple(NEEDED)

NO_LABEL = ("", "-", "-1", "-1.0", "nan")
"""How data sets write that there is none."""

TALES = {"train": 2000, "validation": 300, "test": 300}
"""Examples in each split of a task of the tales, each told anew."""


@dataclass(frozen=True)
class Task:
    """Labelled examples of one kind.

    Args:
        name: what it is called in messages and tables.
        form: one of `FORMS`.
        examples: each a `gpt1.tales.Example`, with `texts` and `label`.
        labels: the names of the labels, in the order of their numbers; empty where a
            label is the place of a choice, or a score.
        between: what stands between a context and a choice in a running text.
    """

    name: str
    form: str
    examples: list[Example]
    labels: tuple[str, ...] = ()
    between: str = " "

    def __len__(self):
        return len(self.examples)

    def first(self, count):
        """The same task with the first `count` examples only; None for all."""
        return replace(self, examples=self.examples[:count])

    @property
    def scored(self):
        """Whether labels are scores, as STS-B's, and not one of several."""
        return not self.labels and self.form not in {"choice", "referent"}


# --- by name --------------------------------------------------------------------------


def load_task(name, split="validation", *, source=None, count=None):
    """A split of a task that has a name.

    Args:
        name: one of `task_names()`.
        split: "train", "validation" or "test". The tales of "test" have combinations
            that training never shows; not all data sets have all three.
        source: a file with the data set's columns (.csv, .tsv, .jsonl), or a folder of
            parquet files in the hub's layout; None asks the hub.
        count: so many examples at most, the first; None for all, or for `TALES` of a
            task of tales, of which there is no end.

    Returns:
        A `Task`.

    Raises:
        FileNotFoundError: there is no such file, or the hub did not give it.
        ValueError: the name or the split is unknown, a column is missing, a label is
            none of the task's, or nothing with a label is left.
        ImportError: datasets is needed and missing.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be {', '.join(SPLITS)}, got {split!r}")
    if name in TALE_TASKS and source is None:
        return _of_tales(name, split, count)
    if name in TALE_TASKS:
        raise ValueError(f"the task {name} is made from tales, without a file")
    if name not in LAYOUTS:
        raise ValueError(
            f"the task {name!r} is unknown: expected one of {', '.join(task_names())}"
        )
    layout = LAYOUTS[name]
    if source is None:
        there = layout.splits.get(split, split)
        rows = table(layout.hub, layout.config, there, revision=layout.revision)
        where = f"{layout.hub} ({there})"
    else:
        rows, where = rows_of(source, split, layout.headless)
    return _task(rows, layout, name, where).first(count)


def task_names():
    """The names that `load_task` knows: those of tales first."""
    return (*TALE_TASKS, *LAYOUTS)


# --- your own -------------------------------------------------------------------------


def read_task(
    source, form, columns, split="validation", *, labels=None, between=" ", name=None
):
    """A split of a task of your own.

    Args:
        source: a .csv or .jsonl with names of columns, a .tsv, whose quotes are text; a
            folder of parquet files in the hub's layout; or the id of a data set on the
            hub.
        form: one of `FORMS`.
        columns: a dictionary with "label" and what `NEEDED` lists for the form, each
            the name of a column; "choices" is a list of names, or the one name of a
            column that holds lists. For a choice, "question" may name one more.
        split: of a folder or a data set on the hub; a file is one split.
        labels: the names of the labels, in the order of their numbers, where another
            split has fixed it; None takes what is there, in order. Where all labels of
            similarity are numbers and one is not whole, they are scores.
        between: see `Task`.
        name: see `Task`; the source's unless given.

    Returns:
        A `Task`. A choice's label is the name of its column, the choice itself, a
        letter from A, or a number; from 0 or from 1, whichever the whole file shows.

    Raises:
        FileNotFoundError, ValueError, ImportError: see `load_task`.
    """
    if form not in NEEDED:
        raise ValueError(f"the form must be one of {', '.join(FORMS)}, got {form!r}")
    wanted = (*NEEDED[form], "label")
    if lacking := [column for column in wanted if not columns.get(column)]:
        raise ValueError(
            f"{form} needs the columns {', '.join(wanted)}: name {', '.join(lacking)}"
        )
    rows, where = rows_of(source, split)
    rows = list(rows)
    values = [column(row, columns["label"]) for row in rows]
    choices = form in {"choice", "referent"}
    found = _choice_labels if choices else _label_names
    names = labels if labels is not None else found(values, columns, form, where)
    layout = Layout(
        form,
        partial(_texts, form=form, columns=columns),
        columns["label"],
        tuple(names),
        between=between,
    )
    return _task(rows, layout, name or str(source), where)


def _texts(row, form, columns):
    """The texts of a row whose columns have names of the user's."""
    choices = columns.get("choices", [])
    if isinstance(choices, str):
        choices = listed(row, choices)
    else:
        choices = [column(row, name) for name in choices]
    texts = [column(row, columns[name]) for name in NEEDED[form] if name != "choices"]
    if form == "choice" and columns.get("question"):
        question = column(row, columns["question"])
        texts = [None if None in (texts[0], question) else f"{texts[0]} {question}"]
    return (*texts, *choices)


def _label_names(values, columns, form, where):
    """The labels of a column in order, as text; none where they are scores."""
    found = {_plain(value) for value in values if not _is_missing(value)}
    numbers = {name: _number(name) for name in found}
    if None in numbers.values():
        return sorted(found)
    if form == "similarity" and any(n != int(n) for n in numbers.values()):
        return ()
    return sorted(found, key=numbers.get)


def _choice_labels(values, columns, form, where):
    """What stands for each choice in a column of labels, in order.

    Empty where a label is the text of its choice, which differs from row to row.
    """
    found = {_plain(value) for value in values if not _is_missing(value)}
    named = columns["choices"]
    if isinstance(named, str):  # a column of lists, of any lengths
        many = 26
    else:
        many = len(named)
        if found <= set(named):
            return tuple(named)
    letters = tuple(map(chr, range(ord("A"), ord("A") + many)))
    if found <= set(letters):
        return letters
    numbers = [_number(name) for name in found]
    if None in numbers:
        return ()
    if 0 in numbers:
        return tuple(map(str, range(many)))
    if many in numbers or isinstance(named, str):
        return tuple(map(str, range(1, many + 1)))
    raise ValueError(
        f"the labels of {where} are {', '.join(sorted(found))}, which may count "
        f"{many} choices from 0 or from 1: expected both ends, or letters from A"
    )


# --- from rows to examples ------------------------------------------------------------


def _task(rows, layout, name, where):
    """The `Task` of rows; those without label or text are left out and told."""
    examples, left_out, seen = [], [], 0
    for number, row in enumerate(watched(rows, f"reading {name}")):
        seen = number + 1
        texts = layout.texts(row)
        label = _label(column(row, layout.label), texts, layout, number, where)
        if label is None or None in texts:
            left_out.append(number)
        else:
            examples.append(Example(tuple(map(str, texts)), label))
    if not seen:
        raise ValueError(f"{where} is empty: expected rows with a label")
    if left_out:
        what = "have no label or no text and are left out"
        note = f"{len(left_out):,} of {seen:,} rows of {where} {what}"
        print(f"note: {note}; the first is row {left_out[0]}", file=sys.stderr)
    if not examples:
        raise ValueError(
            f"no row of {where} has a label: the labels of a test split may be kept "
            f"secret; take another split"
        )
    choice = layout.form in {"choice", "referent"}
    task = Task(
        name,
        layout.form,
        examples,
        () if choice else layout.labels,
        layout.between,
    )
    _check_labels(task, where)
    return task


def _check_labels(task, where):
    """Raise ValueError where all examples have the same of several labels."""
    found = {example.label for example in task.examples}
    if task.labels and len(found) == 1 and len(task) > 1:
        raise ValueError(
            f"all {len(task):,} examples of {where} have the label "
            f"{task.labels[found.pop()]!r}: expected two different labels or more"
        )


def _label(value, texts, layout, number, where):
    """A label as a number; None where there is none."""
    if _is_missing(value):
        return None
    name, choice = _plain(value), layout.form in {"choice", "referent"}
    names = layout.labels
    if choice:
        first = {"choice": 1, "referent": 2}[layout.form]
        choices = texts[first:]
        names = (names or choices)[: len(choices)]
    if not choice and not names:
        score = _number(name)
        if score is None:
            raise ValueError(
                f"row {number} of {where} has the label {name!r}: expected a number"
            )
        return score
    if name in names:
        return names.index(name)
    counted = not choice and not any(map(str.isdecimal, names))
    if counted and name.isdecimal() and int(name) < len(names):
        return int(name)
    known = ", ".join(map(repr, names[:10]))
    raise ValueError(
        f"row {number} of {where} has the label {name!r:.60}: expected {known:.200}"
    )


def _is_missing(value):
    return value is None or str(value).strip().lower() in NO_LABEL


def _plain(value):
    """A label as text; a whole number that was read as 1.0 is 1, and True is 1."""
    if isinstance(value, bool):
        return str(int(value))
    text = str(value).strip()
    return text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


# --- tales ----------------------------------------------------------------------------


TALE_TASKS = {
    "holds-together": "classification",
    "in-order": "classification",
    "follows": "entailment",
    "same-tale": "similarity",
    "which-ending": "choice",
}
"""The forms of the tasks of `gpt1.tales`."""


def _of_tales(name, split, count):
    """A task of the tales; see `gpt1.tales.examples`."""
    form, task = TALE_TASKS[name], name.replace("-", "_")
    dealt = "heldout" if split == "test" else split
    watch = partial(watched, what="making examples")
    count = count or TALES[split]
    made = examples_of_tales(task, count, split=dealt, watch=watch)
    labels = () if form == "choice" else TASKS[task][0]
    return Task(name, form, made, labels, "\n")
