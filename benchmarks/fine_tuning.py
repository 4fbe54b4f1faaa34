"""Runs of fine-tuning that are compared: what one is, how it is made, and their file.

A run is a `Plan`: a task, a number of labels, a start, a seed, a rate. A start is what
the model's weights are before the first label: pre-trained, fresh, or something between
these. Each seed has examples, new weights and an order of its own. The examples are the
same for every start, new weights and order only for starts that draw as many random
numbers before them, which a fresh model and an LSTM do not. Each start gets the rate
with which it answers more of the development examples, after runs with a seed that is
used for nothing else. The test examples are of tales whose combinations no training
ever shows, and are looked at once a run. Beside the runs stand the baselines, which
guess without reading, after as many labels.

What is compared is said in `label_efficiency.py` and `ablations.py`.
"""

import json
import math
import platform
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import fmean

import torch

from gpt1.data.tasks import TALE_TASKS, Task
from gpt1.finetune import FineTuned, transferred
from gpt1.finetune.batch import Examples
from gpt1.finetune.examples import encoded, kind_of
from gpt1.finetune.recipe import linear
from gpt1.loading import load_model
from gpt1.plumbing.device import mixed, set_seed
from gpt1.plumbing.files import atomic_write
from gpt1.speed.memory import keep_freed_memory
from gpt1.tales import (
    SEPARATOR,
    TASKS,
    Example,
    baselines,
    examples,
    generate_tales,
)
from gpt1.tales.tasks import sentences
from gpt1.train.optimizer import make_optimizer, set_rate
from gpt1.train.step import train_step

FORMS = {name.replace("-", "_"): form for name, form in TALE_TASKS.items()}
FORMS |= {"belongs": FORMS["follows"]}
EPOCHS = {30: 8, 100: 4, 300: 2, 1000: 1}
"""Passes over so many labels: with few of them an epoch is a handful of updates."""

SENTENCES = 4
"""Of the story, the last ones; see `belongs`."""

SEEDS, TUNING = 5, 1000
"""Runs of each kind, with seeds from 0; and the seed of those that choose a rate."""

PRE_TRAINED = partial(transferred, dropout=0.0)
SCRATCH = partial(transferred, layers=-1, dropout=0.0)
"""Starts, each a function of the pre-trained `GPT`: all of it is taken over, or nothing
at all, no embedding either."""


@dataclass(frozen=True)
class Settings:
    """What all runs of a file have in common."""

    model: str = "tales-small"
    batch: int = 4
    warmup: float = 0.1
    dev: int = 100
    test: int = 200
    tales: int = 40
    precision: str = "float32"  # of what is learned by, "bf16" or this
    tuned: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A run: what tells it from the others."""

    task: str
    labels: int
    start: str
    seed: int
    rate: float
    epochs: int
    why: str  # "rate", to choose one; "score"; or what else it, or its rate, is for
    lm_weight: float = 0.5


def belongs(count, seed, split):
    """The task of the chapter on fine-tuning: does an ending belong to a story?

    The last sentences of the story and the ending, of the examples of `follows` without
    those that contradict. Label 0 if it belongs, 1 if it is another story's.
    """
    found = examples("follows", 3 * count // 2, seed=seed, split=split)
    return [
        Example((" ".join(sentences(story)[-SENTENCES:]), ending), example.label // 2)
        for example in found
        for story, ending in [example.texts]
        if example.label != 1
    ]


def drawn(task, count, seed, split):
    """Examples of a task of this page, a list of `Example`s."""
    if task == "belongs":
        return belongs(count, seed, split)
    return examples(task, count, seed=seed, split=split)


class Bench:
    """A model, its tasks, and how well it learns them from each start.

    Args:
        settings: `Settings`.
        starts: functions of the pre-trained `GPT`, by name; each gives a model like it
            with the three new tokens.
    """

    def __init__(self, settings, starts):
        self.settings, self.starts = settings, starts
        self.gpt, self.tokenizer = load_model(settings.model, "cpu")
        self.known = {}

    def task(self, name, count, seed, split):
        """The first `count` examples of a task, as texts: a `Task`."""
        labels = ("belongs", "another story's")
        if name != "belongs":
            labels = () if FORMS[name] == "choice" else TASKS[name][0]
        return Task(name, FORMS[name], drawn(name, count, seed, split), labels)

    def encoded(self, name, part):
        """Examples to develop with or to test, a pair of `Examples` and `Kind`."""
        if (name, part) not in self.known:
            split, seed = {"dev": ("validation", 1), "test": ("heldout", 2)}[part]
            task = self.task(name, getattr(self.settings, part), TUNING + seed, split)
            kind = kind_of(task, self.gpt.config.context)
            self.known[name, part] = encoded(task, kind, self.tokenizer)[0], kind
        return self.known[name, part]

    def run(self, plan):
        """Learn by a `Plan`; a dictionary of the plan and of what came of it."""
        begin = time.process_time()
        _, kind = self.encoded(plan.task, "dev")
        task = self.task(plan.task, plan.labels, plan.seed, "train")
        training, _ = encoded(task, kind, self.tokenizer)
        model = self.learned(plan, training, kind)
        part = "dev" if plan.why.endswith("rate") else "test"
        found = {part: accuracy(model, self.encoded(plan.task, part)[0])}
        if part == "test":
            some = [training[i] for i in range(min(len(training), self.settings.dev))]
            found["train"] = accuracy(model, some)
            found["language"] = round(self.tale_loss(model.gpt), 4)
        seconds = round(time.process_time() - begin, 1)
        return {**asdict(plan), **found, "seconds": seconds}

    def learned(self, plan, training, kind):
        """A `FineTuned` after a run."""
        options = self.settings
        set_seed(mixed(plan.seed, "label efficiency"))
        gpt = self.starts[plan.start](self.gpt)
        model = FineTuned(gpt, kind.classes, lm_weight=plan.lm_weight)
        optimizer = make_optimizer(model, learning_rate=plan.rate)
        batches = -(-len(training) // options.batch)
        total = plan.epochs * batches
        for step in range(total):
            if step % batches == 0:
                order = torch.randperm(len(training)).split(options.batch)
            some = [training[i] for i in order[step % batches].tolist()]
            set_rate(optimizer, plan.rate * linear(step, total, options.warmup))
            with torch.autocast("cpu", torch.bfloat16, options.precision == "bf16"):
                train_step(model.loss, Examples.collate(some), optimizer)
        return model.eval()

    @torch.no_grad()
    def tale_loss(self, gpt):
        """Nats per token of whole validation tales, each read alone; before, too."""
        tales = generate_tales(self.settings.tales, split="validation")
        nats = count = 0
        for tale in tales:
            ids = torch.tensor([self.tokenizer.encode(SEPARATOR + tale.text)])
            nats += gpt.loss(ids).item() * (ids.size(1) - 1)
            count += ids.size(1) - 1
        return nats / count

    def trivial(self, name, labels, seed):
        """What each baseline gets right of the test, after the same labels."""
        return baselines.accuracies(*self.guessed(name, labels, seed))

    def paired(self, name, labels, seed):
        """What counting pairs of words gets right of it, after the same labels."""
        return baselines.word_pairs(*self.guessed(name, labels, seed))

    def guessed(self, name, labels, seed):
        """Examples to learn from without reading, and those of the test."""
        test = self.task(name, self.settings.test, TUNING + 2, "heldout").examples
        return drawn(name, labels, seed, "train"), test


@torch.no_grad()
def accuracy(model, examples, together=25):
    """The share of right answers."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i][0][0]))
    right = 0
    for at in range(0, len(order), together):
        some = [examples[i] for i in order[at : at + together]]
        ids, _, labels = Examples.collate(some)
        right += (model(ids).argmax(-1) == labels).sum().item()
    return round(right / len(examples), 4)


# --- the file -------------------------------------------------------------------------


class Record:
    """The file of all runs, which is written anew after each.

    Args:
        path: of the file.
        settings: `Settings`; a file of others is not gone on with.
        command: that makes it.

    Raises:
        ValueError: the file has other settings.
    """

    def __init__(self, path, settings, command):
        self.path, self.runs, self.baselines = Path(path), [], []
        self.head = {
            "command": command,
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__,
            },
            "settings": asdict(settings),
            "before": None,
        }
        if self.path.exists():
            before = json.loads(self.path.read_text("utf8"))
            if before["settings"] != self.head["settings"]:
                raise ValueError(
                    f"{path} has runs with the settings {before['settings']}, expected "
                    f"{self.head['settings']}: move it away, or give another --out"
                )
            self.head |= {key: before[key] for key in ("versions", "before")}
            self.runs, self.baselines = before["runs"], before["baselines"]

    def has(self, plan):
        """Whether a run was made, a truth value."""
        return any(asdict(plan).items() <= run.items() for run in self.runs)

    def write(self):
        """Write all: one line for each run."""
        lists = (
            f'"{name}": [\n' + ",\n".join(map(json.dumps, getattr(self, name))) + "\n]"
            for name in ("baselines", "runs")
        )
        head = (f"{json.dumps(key)}: {json.dumps(v)}" for key, v in self.head.items())
        with atomic_write(self.path) as temporary:
            text = "{\n" + ",\n".join([*head, *lists]) + "\n}\n"
            temporary.write_text(text, "utf8", newline="\n")


def opened(parser, given, out, settings, command):
    """The `Record` of a command, which is then ready to compute.

    Args:
        parser: of its options, which says what is wrong with them.
        given: what it parsed: `out`, the file, and `quick`.
        out: the file with the numbers of the book, which a quick run does not touch.
        settings: see `Record`, and so is `command`.
    """
    if given.quick and given.out == str(out):
        parser.error("--quick wants an --out of its own: a file for its few runs")
    torch.set_num_threads(1)
    keep_freed_memory()
    try:
        return Record(given.out, settings, command)
    except ValueError as error:
        parser.error(str(error))


def best_rate(runs, task, labels, start, tuned, why="rate"):
    """The rate with the best accuracy on the development examples, a number.

    Args:
        runs: a list of those that were made.
        task: its name.
        labels: their number.
        start: its name.
        tuned: numbers of labels with which rates were tried; the nearest counts.
        why: what the runs were made for that chose it.
    """
    nearest = min(tuned, key=lambda count: abs(math.log(count / labels)))
    known = {"task": task, "labels": nearest, "start": start, "why": why}
    found = [run for run in runs if known.items() <= run.items()]
    return max(found, key=lambda run: run["dev"])["rate"]


def measure(bench, record, planned):
    """Make the runs that the record has not yet; yield each when it is written.

    Args:
        bench: a `Bench`.
        record: a `Record`, which grows.
        planned: `Plan`s in turn, each of which may depend on the runs before it.
    """
    if record.head["before"] is None:
        record.head["before"] = {"language": round(bench.tale_loss(bench.gpt), 4)}
    for plan in planned:
        if not record.has(plan):
            record.runs.append(bench.run(plan))
            record.write()
            yield record.runs[-1]
        if plan.why == "score":
            guess(bench, record, plan.task, plan.labels, plan.seed)


def guess(bench, record, task, labels, seed):
    """Add what the baselines come to, unless the record has it."""
    known = {"task": task, "labels": labels, "seed": seed}
    found = [one for one in record.baselines if known.items() <= one.items()]
    if not found:
        trivial = bench.trivial(task, labels, seed)
        trivial = {name: round(share, 4) for name, share in trivial.items()}
        found = [{**known, "test": trivial}]
        record.baselines += found
    if "pairs" not in found[0]:
        found[0]["pairs"] = round(bench.paired(task, labels, seed), 4)
        record.write()


def table(record):
    """Lines of Markdown: the mean and the range of each kind of run."""
    yield "| task | labels | start | rate | mean | lowest | highest | runs |"
    yield "|---|---|---|---|---|---|---|---|"
    kinds = {}
    for run in record.runs:
        if "test" in run:
            name = run["start"]
            name += f", {run['why']}" if run["why"] != "score" else ""
            kind = run["task"], run["labels"], name, run["rate"]
            kinds.setdefault(kind, []).append(run["test"])
    for one in record.baselines:
        name = max(one["test"], key=one["test"].get)
        kind = one["task"], one["labels"], "best trivial baseline", "-"
        kinds.setdefault(kind, []).append(one["test"][name])
    for kind, scores in sorted(kinds.items(), key=str):
        told = f"{fmean(scores):.3f} | {min(scores):.3f} | {max(scores):.3f}"
        yield f"| {' | '.join(map(str, kind))} | {told} | {len(scores)} |"
