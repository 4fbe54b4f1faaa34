"""The command `gpt1 evaluate`, or `python -m gpt1.evaluate`."""

import json
import math
from dataclasses import asdict, dataclass
from functools import partial

from gpt1.data.sources import SPLITS, load_text
from gpt1.data.tasks import FORMS, NEEDED, load_task, read_task, task_names
from gpt1.evaluate.held_out import measure
from gpt1.evaluate.judging import judge, needs_tuning
from gpt1.evaluate.scoring import likelihoods
from gpt1.loading import SHIPPED, load_model
from gpt1.plumbing.command import option, parse, run
from gpt1.plumbing.files import atomic_write
from gpt1.plumbing.waiting import shown
from gpt1.plumbing.writing import ERRORS, hand_over

in_text = partial(option, group="a text")
in_task = partial(option, group="tasks by name, without training")
in_file = partial(option, group="a task of your own; each is the name of a column")
in_machine = partial(option, group="model and machine")


@dataclass
class EvaluateConfig:
    """Measure a trained model: on a text, or on tasks that it was never taught.

    Raises:
        ValueError: what is to be measured is not clear; the message names the flag.
    """

    text: str | None = in_text(
        None,
        "file, folder, pattern, tales, python-docs or id on the hub: loss, perplexity "
        "and bits per byte; with --form classification, a column",
    )
    split: str = in_text(
        "validation", "train, validation or test, of a text or a task", choices=SPLITS
    )
    column: str = in_text("text", "the column of a text from the hub")
    stride: int | None = in_text(
        None, "tokens from one window to the next; the context unless given"
    )
    task: str | None = in_task(
        None,
        f"one or more, with commas between them: {', '.join(task_names())}",
        metavar="NAME",
    )
    task_file: str | None = in_task(
        None,
        "a file with the columns of the task's data set, instead of the hub; or, with "
        "--form, with columns of yours: .csv, .tsv, .jsonl, a folder of parquet files",
        metavar="FILE",
    )
    tuning_file: str | None = in_task(
        None,
        "the same with other examples, on which thresholds are chosen; of a task by "
        "name, its training part",
        metavar="FILE",
    )
    limit: int | None = in_task(None, "judge the first N examples only")
    tuning_limit: int = in_task(1000, "choose thresholds on the first N")
    heuristic: str | None = in_task(
        None,
        "of one text: acceptability, a threshold; or sentiment, which compares words",
        choices=("acceptability", "sentiment"),
        metavar="KIND",
    )
    words: str | None = in_task(
        None, "for sentiment, a word for each label, with commas; the labels' names"
    )
    hint: str | None = in_task(
        None, "for sentiment, what is put between text and word, ' very' in the paper"
    )
    form: str | None = in_file(None, f"{', '.join(FORMS)}", choices=FORMS)
    label: str | None = in_file(None, "the label, of all forms")
    premise: str | None = in_file(None, "of entailment")
    hypothesis: str | None = in_file(None, "of entailment")
    first: str | None = in_file(None, "of similarity")
    second: str | None = in_file(None, "of similarity")
    context: str | None = in_file(None, "of a choice")
    question: str | None = in_file(None, "of a choice, if there is one")
    choices: str | None = in_file(
        None, "of a choice or a referent: several with commas, or one of lists"
    )
    before: str | None = in_file(None, "of a referent, the text before the pronoun")
    after: str | None = in_file(None, "of a referent, the text after the pronoun")
    model: str = in_machine(
        SHIPPED,
        "checkpoint, folder of a run or in Hugging Face's layout, or id on the hub",
        metavar="PATH",
    )
    device: str | None = in_machine(None, "cpu, cuda or mps; cuda where there is one")
    batch_size: int = in_machine(16, "texts or windows that are read at once")
    json: str | None = in_machine(
        None, "write the results to this file, too", metavar="FILE"
    )

    def __post_init__(self):
        for name in ("stride", "limit", "tuning_limit", "batch_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"--{name} must be at least 1, got {value}")
        if not (self.text or self.task or self.task_file or self.form):
            raise ValueError(
                "nothing to measure: give --text, --task or --task_file, see --help"
            )
        if self.form:
            self.check_form()
        else:
            self.check_names()

    def check_form(self):
        """Raise ValueError where a task of one's own lacks what it needs."""
        if self.task:
            raise ValueError("--task has columns of its own: leave --form out")
        if not self.task_file:
            raise ValueError("--form says what is in --task_file: give that, too")
        wanted = (*NEEDED[self.form], "label")
        if lacking := [name for name in wanted if not getattr(self, name)]:
            flags = ", ".join(f"--{name}" for name in lacking)
            raise ValueError(f"--form {self.form} needs the columns: give {flags}")

    def check_names(self):
        """Raise ValueError where flags for a file stand without `--form`."""
        names = {*(name for each in NEEDED.values() for name in each), "question"}
        for name in sorted((names - {"text"}) | {"label"}):
            if getattr(self, name) is not None:
                raise ValueError(f"--{name} is a column: give --form and --task_file")
        if self.task_file and not self.task:
            raise ValueError("--task_file needs --task, or --form and its columns")
        if self.task_file and "," in self.task:
            raise ValueError(f"--task_file has one task, got --task {self.task}")
        if self.tuning_file and not self.task_file:
            raise ValueError("--tuning_file goes with --task_file")
        if self.text and self.task:
            raise ValueError("give --text or --task, not both")
        if self.task:
            unknown = {*self.task.split(",")} - {*task_names()}
            if unknown:
                raise ValueError(
                    f"--task {', '.join(sorted(unknown))} is unknown: the tasks are "
                    f"{', '.join(task_names())}"
                )

    def columns(self):
        """The columns of a task of one's own, as `read_task` takes them."""
        names = (*NEEDED[self.form], "label", "question")
        found = {name: getattr(self, name) for name in names if getattr(self, name)}
        if "choices" in found and "," in found["choices"]:
            found["choices"] = found["choices"].split(",")
        return found


# --- what is measured -----------------------------------------------------------------


def on_text(model, tokenizer, options):
    """What a text costs, as a dictionary for the table and for JSON."""
    text = load_text(options.text, options.split, column=options.column)
    how = {"stride": options.stride, "batch_size": options.batch_size}
    found = measure(model, tokenizer, text, **how)
    if not found.kept:
        lost = "the tokenizer does not keep the whole text: bits per byte are too low"
        unknown = " ".join(map(repr, tokenizer.lacking(text)[:10]))
        note(lost + (f"; it does not know {unknown}" if unknown else ""))
    return {
        "text": options.text,
        "split": options.split,
        "window": model.config.context,
        "stride": options.stride or model.config.context,
        **asdict(found),
        "loss": found.loss,
        "perplexity": found.perplexity,
        "bits_per_byte": found.bits_per_byte,
    }


def on_tasks(model, tokenizer, options):
    """How the model does on each task, a dictionary for each."""
    how = {"batch_size": options.batch_size}
    scorer = partial(likelihoods, model, tokenizer, **how)
    words = options.words.split(",") if options.words else None
    asked = {"heuristic": options.heuristic, "words": words, "hint": options.hint}
    found = []
    for task, tuning in read_tasks(options):
        result = judge(scorer, task, tuning, **asked)
        found.append({**asdict(result), "split": options.split})
    return found


def read_tasks(options):
    """Each task with the examples on which its thresholds are chosen, or None."""
    if options.form:
        how = {"name": options.task_file, "split": options.split}
        where = options.form, options.columns()
        task = read_task(options.task_file, *where, **how).first(options.limit)
        tuning = None
        if options.tuning_file:
            how |= {"labels": task.labels or None}
            tuning = read_task(options.tuning_file, *where, **how)
        yield task, tuning and tuning.first(options.tuning_limit)
        return
    for name in options.task.split(","):
        how = {"source": options.task_file, "count": options.limit}
        task, tuning = load_task(name, options.split, **how), None
        if needs_tuning(task, options.heuristic):
            tuning = other_examples(name, options)
        yield task, tuning


def other_examples(name, options):
    """Examples of a named task to choose thresholds on; None where there are none."""
    how = {"source": options.tuning_file, "count": options.tuning_limit}
    if options.task_file and not options.tuning_file:
        return None
    split = "validation" if options.split == "train" else "train"
    return load_task(name, split, **how)


# --- what is shown --------------------------------------------------------------------


def note(text):
    """Say something that the numbers alone would not."""
    ERRORS.line(f"note: {text}")


def of_text(found):
    """The lines of a table for a text: a word and what is told of it."""
    windows = f"{found['window']} tokens, a new one every {found['stride']}"
    return [
        ("text", f"{found['text']} ({found['split']})"),
        ("tokens", f"{found['tokens']:,}, of {found['bytes']:,} bytes"),
        ("windows", windows),
        ("loss", f"{found['loss']:.4f} nats per token"),
        ("perplexity", f"{found['perplexity']:.4g} per token"),
        ("bits per byte", f"{found['bits_per_byte']:.4f}"),
    ]


def of_task(found):
    """The same for a task."""
    lines = [
        ("task", f"{found['task']} ({found['split']})"),
        ("examples", f"{found['examples']:,}"),
        ("heuristic", f"{found['heuristic']}: {found['told']}"),
    ]
    if found["thresholds"]:
        cuts = ", ".join(f"{cut:.4f}" for cut in found["thresholds"])
        lines.append(("threshold", f"{cuts} nats per token, chosen on others"))
    for name, value in found["metrics"].items():
        if name == "accuracy":
            error = found["metrics"]["standard_error"]
            told = f"{value:.4f} +- {error:.4f}; {baseline(found)}"
        else:
            told = f"{value:.4f}"
        if name != "standard_error":
            lines.append((name, told))
    if found["ties"]:
        lines.append(("ties", f"{found['ties']:,}, which count 1/2 (of n, 1/n)"))
    if found["cut"]:
        lines.append(("cut", f"{found['cut']:,} contexts were too long for the model"))
    return lines


def baseline(found):
    """What an accuracy is to be compared with, in words."""
    by = "lots" if found["heuristic"] in {"answers", "referents"} else "one label"
    return f"{by} would have {found['baseline']:.4f}"


def table(blocks):
    """Blocks of lines as text, the words in one column."""
    return "\n".join(
        "".join(f"{word:14}{told}\n" for word, told in block) for block in blocks
    )


def evaluate(options):
    """Measure what `options` ask for, print a table, and write it as JSON.

    Args:
        options: an `EvaluateConfig`.

    Raises:
        FileNotFoundError, ValueError, ImportError: a file or an option is not usable.
    """
    model, tokenizer = load_model(options.model, options.device)
    with shown():
        if options.text and not options.form:
            found = [on_text(model, tokenizer, options)]
            blocks = [of_text(found[0])]
        else:
            found = on_tasks(model, tokenizer, options)
            blocks = [of_task(each) for each in found]
    hand_over(table([[("model", options.model), *blocks[0]], *blocks[1:]]))
    if options.json:
        values = {"model": options.model, "results": [finite(each) for each in found]}
        with atomic_write(options.json) as temporary:
            text = json.dumps(values, indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")


def finite(value):
    """The same with infinite numbers as text, which JSON has no sign for."""
    if isinstance(value, dict):
        return {name: finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [finite(each) for each in value]
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def main(argv=None):
    """The command line of `python -m gpt1.evaluate`."""
    less = "a smaller --batch_size"
    run(lambda: evaluate(parse(EvaluateConfig, argv, prog="gpt1 evaluate")), less=less)


if __name__ == "__main__":
    main()
