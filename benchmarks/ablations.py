"""What matters: the paper's table 5 and figure 2 (left), on tasks of the tales.

    python -m benchmarks.ablations

Table 5 has four models on each task: the whole one; without pre-training; without the
language model's part of the loss; and an LSTM of as many parameters, pre-trained and
fine-tuned by the same recipe. Each is fine-tuned with two numbers of labels, since the
paper reads its auxiliary loss as a help for larger sets. A control has four times as
many passes over them, for the LSTM and the whole model. Figure 2 has the whole model
with fewer and fewer of its pre-trained layers, down to its embeddings.

The LSTM is trained first, in the folder `--lstm`, from the text and by the recipe of
the model beside it, but in batches of four times the size, since it reads a text token
by token; of three rates it gets the one that is best after a tenth of its updates. That
takes an hour or two of one core, and everything else some hours more. All goes to
`gpt1/results/ablations.json`, a line a run, as soon as it is there, and what was
stopped goes on where it stopped. What a run is: `benchmarks/fine_tuning.py`.
"""

import argparse
import json
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

import torch

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
from gpt1 import GPTConfig
from gpt1.finetune import transferred
from gpt1.finetune.model import STD
from gpt1.finetune.transform import Marks
from gpt1.plumbing.files import load_checkpoint
from gpt1.results import FOLDER
from gpt1.tales import TASKS
from gpt1.train.pretraining import train
from gpt1.train.recipe import TrainConfig
from gpt1.train.run import BEST, LAST, read_run
from gpt1.variants.lstm import LSTM
from scripts.project.shipped import RECIPES

OUT = FOLDER / "ablations.json"
COMMAND = "python -m benchmarks.ablations"
FORMS = ("holds_together", "follows", "same_tale", "which_ending")
"""Tasks, one of each form that the paper fine-tunes on."""

LAYERED = ("holds_together", "same_tale")
"""Those that the model is asked with fewer of its layers."""

LABELS = (300, 1000)
"""Sizes of training sets; rates are chosen with the first."""

RATES = (1e-4, 3e-4, 1e-3)
"""Of fine-tuning."""

LONGER = {"LSTM": 1e-3, "full": 3e-4}
PASSES, LONG_TASK, LONG_SEEDS = 8, "holds_together", 3
"""A control: these starts, and four times the passes of the table. The rates are not
chosen by runs of such a length; the LSTM's is ten times that of the table."""

TABLE = ("full", "no pre-training", "no auxiliary loss", "LSTM")
"""The rows of table 5."""

LM_WEIGHTS = {"no auxiliary loss": 0.0}
"""The paper's λ; 0.5 where a start is not named."""

TIMES, LSTM_RATES, TRIAL = 4, (1e-3, 3e-3, 1e-2), 10
"""The LSTM's batches are so many times as large; its rates; and the part of its updates
after which one of them is chosen, a tenth."""


# --- the LSTM -------------------------------------------------------------------------


def recipe(model, **changes):
    """The LSTM's `TrainConfig`: the model's own, with larger batches.

    Args:
        model: name of a model that comes with the package.
        changes: what is to be otherwise.
    """
    options = dict(RECIPES[model])
    options["batch_size"] *= TIMES
    for name in ("max_steps", "warmup", "roll_call", "eval_every"):
        options[name] //= TIMES
    return TrainConfig.tiny(**{**options, **changes})


def pre_trained(model, tokenizer, folder):
    """The LSTM, from its folder, where it is trained if need be.

    Args:
        model: name of the model beside it.
        tokenizer: of that model.
        folder: of the LSTM's runs.

    Returns:
        An `LSTM` in evaluation mode.

    Raises:
        ValueError: the text gave it another tokenizer.
    """
    updates = recipe(model).max_steps
    trials = {}
    for rate in LSTM_RATES:
        short = {"learning_rate": rate, "stop_after": updates // TRIAL}
        short |= {"eval_every": updates // TRIAL, "keep": None}
        trials[rate] = carried_out(recipe(model, out=f"{folder}/{rate}", **short))
    rate = min(trials, key=lambda rate: trials[rate]["validation_loss"])
    options = recipe(model, out=f"{folder}/whole", learning_rate=rate)
    best = carried_out(options)
    if best["tokenizer"] != tokenizer.to_dict():
        raise ValueError(f"{folder} has another tokenizer than {model}: move it away")
    lstm = LSTM(GPTConfig.from_dict(best["config"]))
    lstm.load_state_dict(best["model"])
    return lstm.eval()


def carried_out(options):
    """The best checkpoint of an LSTM's run, which is begun, gone on with, or done."""
    folder = Path(options.out)
    saved = read_run(folder) if (folder / LAST).is_file() else None
    last = options.stop_after or options.max_steps
    if saved is None or saved["step"] < last:
        train(options, saved, build=LSTM)
    return load_checkpoint(folder / BEST)


@torch.no_grad()
def with_marks(lstm):
    """The LSTM with rows for the three new tokens, as `transferred` makes a GPT's."""
    config = lstm.config
    size = config.vocab_size + len(Marks._fields)
    new = LSTM(replace(config, vocab_size=size, dropout=0.0), lstm.lstm.hidden_size)
    state, rows = lstm.state_dict(), new.token_embedding.weight
    rows[: config.vocab_size] = state.pop("token_embedding.weight")
    rows[config.vocab_size :].normal_(0.0, STD)
    new.load_state_dict(state | {"token_embedding.weight": rows})
    return new


# --- what is run ----------------------------------------------------------------------


def starts(layers, lstm):
    """What `Bench` needs, by name.

    Args:
        layers: of the model; so many starts have fewer.
        lstm: an `LSTM`, or None where none is asked for.
    """
    found = {"full": PRE_TRAINED, "no pre-training": SCRATCH}
    found["no auxiliary loss"] = PRE_TRAINED
    found["LSTM"] = lambda _gpt: with_marks(lstm)
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
    for start in filter(TABLE.__contains__, names):
        for rate in RATES:
            told = task, labels[0], start, TUNING, rate, EPOCHS[labels[0]], "rate"
            yield Plan(*told, LM_WEIGHTS.get(start, 0.5))
    for seed in range(seeds):
        for count in labels:
            for start in names:
                by = start if start in TABLE else "full"
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
            told = LONG_TASK, LABELS[0], start, seed, rate, PASSES, "longer"
            yield Plan(*told, LM_WEIGHTS.get(start, 0.5))


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=[*FORMS])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument(
        "--part", choices=("table", "layers"), help="one of the two; both if not given"
    )
    parser.add_argument("--model", choices=RECIPES, default=Settings.model)
    parser.add_argument("--lstm", default="checkpoints/lstm", metavar="FOLDER")
    parser.add_argument("--out", default=str(OUT), metavar="FILE")
    parser.add_argument(
        "--quick", action="store_true", help="30 labels and no LSTM, to see it work"
    )
    given = parser.parse_args(argv)
    settings, labels, rows = Settings(given.model, precision="bf16"), LABELS, TABLE
    if given.quick:
        settings = Settings(given.model, dev=20, test=20, tales=4, precision="bf16")
        labels = (30,)
        rows = TABLE[:-1]
    record = opened(parser, given, OUT, settings, COMMAND)
    bench = Bench(settings, {})
    fewer = [transferring(count) for count in range(bench.gpt.config.layers)]
    parts = {"table": (rows, given.tasks, labels)}
    layered = [task for task in given.tasks if task in LAYERED]
    parts["layers"] = ("full", *fewer), layered, labels[:1]
    parts = [parts[given.part]] if given.part else [*parts.values()]
    lstm = None
    if any("LSTM" in names for names, *_ in parts):
        try:
            lstm = pre_trained(given.model, bench.tokenizer, given.lstm)
        except ValueError as error:
            parser.error(str(error))
    bench.starts = starts(bench.gpt.config.layers, lstm)
    planned = (
        plan
        for names, tasks, labels in parts
        for task in tasks
        for plan in plans(record.runs, task, given.seeds, names, labels)
    )
    whole = given.part != "layers" and LONG_TASK in given.tasks and not given.quick
    for run in measure(bench, record, chain(planned, longer() if whole else ())):
        print(json.dumps(run), flush=True)
    print(*table(record), sep="\n")


if __name__ == "__main__":
    main()
