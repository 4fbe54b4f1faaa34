"""How many labels a task takes, with and without pre-training.

    python -m benchmarks.label_efficiency

For each task and each number of labels, the same model learns from the same examples
twice: from the pre-trained weights, and from fresh ones. Each seed has examples, new
weights and an order of its own. Both starts have the same rates to choose from, and
each gets the one with which it answers more of the development examples, after runs
with a seed that is used for nothing else: one choice for each number of labels, or
fewer with `--tuned`, where the time is short. They have the same epochs, the same loss
and the same warm-up, which fresh weights need. The test examples are of tales whose
combinations no training ever shows, and are looked at once a run. Beside them stand
what can be guessed without reading; fresh weights with several times the epochs, in
case they only needed longer; and the pre-trained weights without the language model's
part of the loss, to see what they forget.

All goes to `gpt1/results/label-efficiency.json`, a line a run, as soon as it is there.
What was stopped goes on where it stopped.
"""

import argparse
import json
import math
import platform
import time
from dataclasses import asdict, dataclass, field
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
from gpt1.results import FOLDER
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

OUT = FOLDER / "label-efficiency.json"
FORMS = {name.replace("-", "_"): form for name, form in TALE_TASKS.items()}
FORMS |= {"belongs": FORMS["follows"]}
EPOCHS = {30: 8, 100: 4, 300: 2, 1000: 1}
"""Passes over so many labels: with few of them an epoch is a handful of updates."""

MIDDLE, MANY = 100, 1000
"""With so many labels the language model is left out; and with so many the fresh
weights get more epochs."""

TUNED = (100, 1000)
"""Numbers of labels with which a rate is chosen, unless others are asked for."""

SENTENCES = 4
"""Of the story, the last ones; see `belongs`."""

RATES = (1e-4, 3e-4, 1e-3, 3e-3)
"""What both starts choose from."""

LAYERS = {"pre-trained": None, "scratch": -1}
"""Blocks that each start takes over: all, or nothing at all, no embedding either."""

SEEDS, TUNING = 5, 1000
"""Runs of each kind, with seeds from 0; and the seed of those that choose a rate."""

LONGER, CONTROLS = 4, 3
"""Fresh weights get so many times the epochs; and each control has so many seeds."""


@dataclass(frozen=True)
class Settings:
    """What all runs of a file have in common."""

    model: str = "tales-small"
    batch: int = 4
    warmup: float = 0.1
    dev: int = 100
    test: int = 200
    tales: int = 40
    tuned: list[int] = field(default_factory=lambda: [*TUNED])


@dataclass(frozen=True)
class Plan:
    """A run: what tells it from the others."""

    task: str
    labels: int
    start: str
    seed: int
    rate: float
    epochs: int
    why: str  # "rate", to choose one; "score"; "longer"; or "no language"
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
    """A model, its tasks, and how well each start learns them.

    Args:
        settings: `Settings`.
    """

    def __init__(self, settings):
        self.settings = settings
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
        part = "dev" if plan.why == "rate" else "test"
        found = {part: accuracy(model, self.encoded(plan.task, part)[0])}
        if plan.why != "rate":
            found["language"] = round(self.tale_loss(model.gpt), 4)
        seconds = round(time.process_time() - begin, 1)
        return {**asdict(plan), **found, "seconds": seconds}

    def learned(self, plan, training, kind):
        """A `FineTuned` after a run."""
        options = self.settings
        set_seed(mixed(plan.seed, "label efficiency"))
        gpt = transferred(self.gpt, LAYERS[plan.start], dropout=0.0)
        model = FineTuned(gpt, kind.classes, lm_weight=plan.lm_weight)
        optimizer = make_optimizer(model, learning_rate=plan.rate)
        batches = -(-len(training) // options.batch)
        total = plan.epochs * batches
        for step in range(total):
            if step % batches == 0:
                order = torch.randperm(len(training)).split(options.batch)
            some = [training[i] for i in order[step % batches].tolist()]
            set_rate(optimizer, plan.rate * linear(step, total, options.warmup))
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
        learn = drawn(name, labels, seed, "train")
        options = self.settings
        test = self.task(name, options.test, TUNING + 2, "heldout").examples
        return baselines.accuracies(learn, test)


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

    Raises:
        ValueError: the file has other settings.
    """

    def __init__(self, path, settings):
        self.path, self.runs, self.baselines = Path(path), [], []
        self.head = {
            "command": "python -m benchmarks.label_efficiency",
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


def best_rate(runs, task, labels, start, tuned):
    """The rate with the best accuracy on the development examples, a number.

    Args:
        runs: a list of those that were made.
        task: its name.
        labels: their number.
        start: a key of `LAYERS`.
        tuned: numbers of labels with which rates were tried; the nearest counts.
    """
    nearest = min(tuned, key=lambda count: abs(math.log(count / labels)))
    known = {"task": task, "labels": nearest, "start": start, "why": "rate"}
    found = [run for run in runs if known.items() <= run.items()]
    return max(found, key=lambda run: run["dev"])["rate"]


def plans(runs, task, labels, seeds, tuned):
    """What is to be run of a task, in turn: rates, then a whole curve, then another.

    Args:
        runs: a list of those that were made, which grows; rates are chosen by them.
        task: its name.
        labels: numbers of labels.
        seeds: how many curves.
        tuned: as for `best_rate`.

    Yields:
        Each `Plan`.
    """

    def plan(count, start, seed, why, lm_weight=0.5):
        rate = best_rate(runs, task, count, start, tuned)
        epochs = EPOCHS[count] * (LONGER if why == "longer" else 1)
        return Plan(task, count, start, seed, rate, epochs, why, lm_weight)

    for count in tuned:
        for start in LAYERS:
            for rate in RATES:
                yield Plan(task, count, start, TUNING, rate, EPOCHS[count], "rate")
    for seed in range(seeds):
        for count in labels:
            for start in LAYERS:
                yield plan(count, start, seed, "score")
        if seed < CONTROLS:
            yield plan(MIDDLE, "pre-trained", seed, "no language", 0.0)
    for seed in range(min(seeds, CONTROLS)):
        yield plan(MANY, "scratch", seed, "longer")


def measure(bench, record, tasks, labels, seeds):
    """Make the runs that the record has not yet; yield each when it is written."""
    if record.head["before"] is None:
        record.head["before"] = {"language": round(bench.tale_loss(bench.gpt), 4)}
    for task in tasks:
        for plan in plans(record.runs, task, labels, seeds, bench.settings.tuned):
            if not record.has(plan):
                record.runs.append(bench.run(plan))
                record.write()
                yield record.runs[-1]
            if plan.why == "score":
                guess(bench, record, task, plan.labels, plan.seed)


def guess(bench, record, task, labels, seed):
    """Add what the baselines come to, unless the record has it."""
    known = {"task": task, "labels": labels, "seed": seed}
    if not any(known.items() <= one.items() for one in record.baselines):
        found = bench.trivial(task, labels, seed)
        found = {name: round(share, 4) for name, share in found.items()}
        record.baselines.append({**known, "test": found})
        record.write()


def table(record):
    """Lines of Markdown: the mean and the range of each kind of run."""
    yield "| task | labels | start | rate | mean | lowest | highest | runs |"
    yield "|---|---|---|---|---|---|---|---|"
    kinds = {}
    for run in record.runs:
        if run["why"] != "rate":
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


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", nargs="+", choices=FORMS, default=["belongs"])
    parser.add_argument("--labels", nargs="+", type=int, choices=EPOCHS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument(
        "--tuned",
        nargs="+",
        type=int,
        choices=EPOCHS,
        default=[*TUNED],
        help="numbers of labels with which a rate is chosen; others take the nearest's",
    )
    parser.add_argument("--model", default=Settings.model)
    parser.add_argument("--out", default=str(OUT), metavar="FILE")
    parser.add_argument(
        "--quick", action="store_true", help="30 labels only, to see that it works"
    )
    given = parser.parse_args(argv)
    settings, labels = Settings(given.model, tuned=given.tuned), given.labels
    labels = labels or [*EPOCHS]
    if given.quick:
        settings = Settings(given.model, dev=20, test=20, tales=4, tuned=[30])
        labels = [30]
        if given.out == str(OUT):
            parser.error("--quick wants an --out of its own: a file for its few runs")
    torch.set_num_threads(1)
    keep_freed_memory()
    try:
        record = Record(given.out, settings)
    except ValueError as error:
        parser.error(str(error))
    for run in measure(Bench(settings), record, given.tasks, labels, given.seeds):
        print(json.dumps(run), flush=True)
    print(*table(record), sep="\n")


if __name__ == "__main__":
    main()
