"""What matters: the paper's table 5 and figure 2, on tasks of the tales.

    python -m benchmarks.ablations

Table 5 has four models on each task: the whole one; without pre-training; without the
language model's part of the loss; and an LSTM of as many parameters, pre-trained and
fine-tuned by the same recipe. Each is fine-tuned with two numbers of labels, since the
paper reads its auxiliary loss as a help for larger sets. A control has four times as
many passes over them, for the LSTM and the whole model. Figure 2 has the whole model
with fewer and fewer of its pre-trained layers, down to its embeddings (left), and what
whole model and LSTM can do without training for it after so many updates (right), by
`benchmarks/zero_shot.py`. And three rows go beyond the paper: a model that was
pre-trained for a third of the updates, one of these with its norms before the branches,
and one that has read each plot in one wording only.

What was pre-trained otherwise is trained first, in folders of `--models`, see
`benchmarks/pretrainings.py`. That takes an hour of one core for each, and everything
else some hours more. All goes to `gpt1/results/ablations.json`, a line a run, as soon
as it is there, and what was stopped goes on where it stopped. What a run is:
`benchmarks/fine_tuning.py`. For the figure on the right, the weights of the whole
model's updates have to be in `--models`, where `make tales-small` leaves them; its
numbers go to `zero-shot.json`, beside the other file.
"""

import argparse
import json
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

import torch

from benchmarks import zero_shot
from benchmarks.fine_tuning import (
    EPOCHS,
    PRE_TRAINED,
    SCRATCH,
    SEEDS,
    TUNING,
    Bench,
    Plan,
    Settings,
    best_rate,
    measure,
    opened,
    table,
)
from benchmarks.pretrainings import OTHERS
from gpt1.finetune import transferred
from gpt1.finetune.model import STD
from gpt1.finetune.transform import Marks
from gpt1.results import FOLDER
from gpt1.tales import TASKS
from gpt1.variants.gpt2 import PreNormGPT
from gpt1.variants.lstm import LSTM
from scripts.project.shipped import RECIPES

OUT = FOLDER / "ablations.json"
COMMAND = "python -m benchmarks.ablations"
FORMS = ("holds_together", "follows", "same_tale", "which_ending")
"""Tasks, one of each form that the paper fine-tunes on."""

LAYERED = ("holds_together", "same_tale")
"""Those on which it has fewer of its layers."""

LABELS = (300, 1000)
"""Sizes of training sets; rates are chosen with the first."""

RATES = (1e-4, 3e-4, 1e-3)
"""Of fine-tuning."""

LONGER = {"LSTM": 1e-3, "full": 3e-4}
PASSES, CONTROL_TASK, LONG_SEEDS = 8, "holds_together", 3
"""A control: these starts, and four times the passes of the table. The rates are not
chosen by runs of such a length; the LSTM's is ten times that of the table."""

PARTS = ("table", "layers", "beyond", "zero-shot")
TABLE = ("full", "no pre-training", "no auxiliary loss", "LSTM")
"""The rows of table 5."""

BEYOND = ("a third", "pre-norm", "one wording")
"""Rows that the paper has not; the first is what the others are compared with. They
are run on the task of the control."""

TUNED = TABLE + BEYOND
"""Rows with a rate of their own; the others have that of the full model."""

LM_WEIGHTS = {"no auxiliary loss": 0.0}
"""The paper's λ; 0.5 where a start is not named."""

# --- starts ---------------------------------------------------------------------------


def with_marks(lstm):
    """The LSTM with rows for the three new tokens, as `transferred` makes a GPT's."""
    config = lstm.config
    size = config.vocab_size + len(Marks._fields)
    new = LSTM(replace(config, vocab_size=size, dropout=0.0), lstm.lstm.hidden_size)
    state, rows = lstm.state_dict(), new.token_embedding.weight
    with torch.no_grad():
        rows[: config.vocab_size] = state.pop("token_embedding.weight")
        rows[config.vocab_size :].normal_(0.0, STD)
    new.load_state_dict(state | {"token_embedding.weight": rows})
    return new


def norms_first(gpt):
    """A `PreNormGPT`, transferred."""
    plain = transferred(gpt, dropout=0.0)
    with torch.random.fork_rng(devices=[]):  # what comes next is drawn as for a GPT
        new = PreNormGPT(plain.config)
    new.load_state_dict(
        plain.state_dict() | gpt.final_norm.state_dict(prefix="final_norm.")
    )
    return new


# --- what is run ----------------------------------------------------------------------


def starts(layers, others):
    """What `Bench` needs, by name.

    Args:
        layers: of the model; so many starts have fewer.
        others: models that were pre-trained otherwise, by the name of their row.
    """
    found = {"full": PRE_TRAINED, "no pre-training": SCRATCH}
    found["no auxiliary loss"] = PRE_TRAINED
    ready = {"LSTM": with_marks, "pre-norm": norms_first}
    for name, other in others.items():
        start = ready.get(name, PRE_TRAINED)
        found[name] = lambda _gpt, start=start, other=other: start(other)
    for count in range(layers):
        found[transferring(count)] = partial(transferred, layers=count, dropout=0.0)
    return found


def transferring(layers):
    """The name of a start that takes over so many layers, and the embeddings."""
    return f"{layers} layers"


def plans(runs, task, seeds, names, labels=LABELS):
    """What is to be run of a task: a rate for each start, and then its scores.

    Args:
        runs: a list of those that were made, which grows; rates are chosen by them.
        task: its name.
        seeds: how many runs of each kind.
        names: of the starts, "full" among them.
        labels: sizes of training sets.

    Yields:
        Each `Plan`. A model with fewer layers has the rate of the whole one.
    """
    for start in filter(TUNED.__contains__, names):
        for rate in RATES:
            told = task, labels[0], start, TUNING, rate, EPOCHS[labels[0]], "rate"
            yield Plan(*told, LM_WEIGHTS.get(start, 0.5))
    for seed in range(seeds):
        for count in labels:
            for start in names:
                by = start if start in TUNED else "full"
                rate = best_rate(runs, task, count, by, labels[:1])
                told = task, count, start, seed, rate, EPOCHS[count], "score"
                yield Plan(*told, LM_WEIGHTS.get(start, 0.5))


def longer(seeds=LONG_SEEDS):
    """The control: does a row of the table only lack passes over its labels?

    Args:
        seeds: how many runs of each kind.

    Yields:
        Each `Plan`.
    """
    for start, rate in LONGER.items():
        for seed in range(seeds):
            told = CONTROL_TASK, LABELS[0], start, seed, rate, PASSES, "longer"
            yield Plan(*told, LM_WEIGHTS.get(start, 0.5))


def folder_of(given, name):
    """Where a model that was pre-trained otherwise is kept."""
    return Path(given.models) / name.lower().replace(" ", "-")


def figure_on_the_right(given):
    """Ask both architectures' kept weights what they can do without training for it."""
    runs = {"gpt": Path(given.models) / given.model}
    runs["lstm"] = folder_of(given, "LSTM") / "whole"
    out = Path(given.out).with_name(zero_shot.RESULTS.name)
    for build, folder in runs.items():
        if folder.is_dir():
            zero_shot.main([str(folder), "--build", build, "--out", str(out)])
        else:
            print(f"figure 2 (right) lacks {folder}: make {given.model}", flush=True)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", nargs="+", choices=TASKS)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--part", choices=PARTS, help="one of them; all if not given")
    parser.add_argument("--model", choices=RECIPES, default=Settings.model)
    parser.add_argument("--models", default="checkpoints", metavar="FOLDER")
    parser.add_argument("--out", default=str(OUT), metavar="FILE")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="30 labels, two tasks, one seed, and what needs no other pre-training",
    )
    given = parser.parse_args(argv)
    if given.quick and given.part == "zero-shot":
        parser.error("--quick leaves out zero-shot: give one of the two")
    given.tasks = given.tasks or [*(LAYERED if given.quick else FORMS)]
    given.seeds = given.seeds or (1 if given.quick else SEEDS)
    settings, labels, left_out = Settings(given.model, precision="bf16"), LABELS, ()
    if given.quick:
        settings = Settings(given.model, dev=20, test=20, tales=4, precision="bf16")
        labels, left_out = (30,), OTHERS
    record = opened(parser, given, OUT, settings, COMMAND)
    bench = Bench(settings, {})
    layered = [task for task in given.tasks if task in LAYERED]
    control = [task for task in given.tasks if task == CONTROL_TASK]
    fewer = [transferring(count) for count in range(bench.gpt.config.layers)]
    parts = {
        "table": (TABLE, given.tasks, labels),
        "layers": (("full", *fewer), layered, labels[:1]),
        "beyond": (("full", *BEYOND), control, labels[:1]),
    }
    parts = {name: parts[name] for name in parts if given.part in (None, name)}
    asks = given.part in (None, "zero-shot") and not given.quick
    asked = {name for names, *_ in parts.values() for name in names} - {*left_out}
    asked |= {"LSTM"} if asks else set()
    try:
        others = {
            name: pre_trained(given.model, bench.tokenizer, folder_of(given, name))
            for name, pre_trained in OTHERS.items()
            if name in asked
        }
    except ValueError as error:
        parser.error(str(error))
    bench.starts = starts(bench.gpt.config.layers, others)
    planned = (
        plan
        for names, tasks, labels in parts.values()
        for task in tasks
        for plan in plans(
            record.runs,
            task,
            given.seeds,
            list(filter(asked.__contains__, names)),
            labels,
        )
    )
    whole = "table" in parts and CONTROL_TASK in given.tasks and not given.quick
    for run in measure(bench, record, chain(planned, longer() if whole else ())):
        print(json.dumps(run), flush=True)
    if asks:
        figure_on_the_right(given)
    print(*table(record), sep="\n")


if __name__ == "__main__":
    main()
