"""How many labels a task takes, with and without pre-training.

    python -m benchmarks.label_efficiency

For each task and each number of labels, the same model learns from the same examples
twice: from the pre-trained weights, and from fresh ones. Both starts have the same
rates to choose from: one choice for each number of labels, or fewer with `--tuned`,
where the time is short. They have the same epochs, the same loss and the same warm-up,
which fresh weights need. Beside them stand what can be guessed without reading; a
threshold on the likelihood that the model gives to an ending, chosen with the same
labels and without any training; fresh weights with several times the epochs and a rate
chosen with these, in case they only needed longer; and the pre-trained weights without
the language model's part of the loss, to see what they forget.

All goes to `gpt1/results/label-efficiency.json`, a line a run, as soon as it is there.
What was stopped goes on where it stopped. What a run is: `benchmarks/fine_tuning.py`.
"""

import argparse
import json
from dataclasses import replace
from functools import partial

from benchmarks.fine_tuning import (
    EPOCHS,
    FORMS,
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
from benchmarks.zero_shot import begun
from gpt1.evaluate import judge, likelihoods
from gpt1.results import FOLDER

OUT = FOLDER / "label-efficiency.json"
COMMAND = "python -m benchmarks.label_efficiency"
STARTS = {"pre-trained": PRE_TRAINED, "scratch": SCRATCH}

MIDDLE, MANY = 100, 1000
"""With so many labels the language model is left out; and with so many the fresh
weights get more epochs."""

TUNED = (100, 1000)
"""Numbers of labels with which a rate is chosen, unless others are asked for."""

RATES = (1e-4, 3e-4, 1e-3, 3e-3)
"""What both starts choose from."""

LONGER, CONTROLS = 4, 3
"""Fresh weights get so many times the epochs; and each control has so many seeds."""


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
        return Plan(task, count, start, seed, rate, EPOCHS[count], why, lm_weight)

    for count in tuned:
        for start in STARTS:
            for rate in RATES:
                yield Plan(task, count, start, TUNING, rate, EPOCHS[count], "rate")
    for seed in range(seeds):
        for count in labels:
            for start in STARTS:
                yield plan(count, start, seed, "score")
        if seed < CONTROLS:
            yield plan(MIDDLE, "pre-trained", seed, "no language", 0.0)
    longer = partial(Plan, task, MANY, "scratch", epochs=LONGER * EPOCHS[MANY])
    for rate in RATES:
        yield longer(seed=TUNING, rate=rate, why="longer, rate")
    for seed in range(min(seeds, CONTROLS)):
        rate = best_rate(runs, task, MANY, "scratch", [MANY], "longer, rate")
        yield longer(seed=seed, rate=rate, why="longer")


def threshold(bench, labels, seed):
    """The share of the test that a threshold on likelihoods gets right, untrained.

    Args:
        bench: a `Bench`.
        labels: number of examples of `belongs` with which it is chosen.
        seed: of these.
    """
    tuning = bench.task("belongs", labels, seed, "train")
    test = bench.task("belongs", bench.settings.test, TUNING + 2, "heldout")
    tuning, test = (
        replace(task, examples=[*map(begun, task.examples)], between=" ")
        for task in (tuning, test)
    )
    scorer = partial(likelihoods, bench.gpt, bench.tokenizer)
    return judge(scorer, test, tuning).metrics["accuracy"]


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
    record = opened(parser, given, OUT, settings, COMMAND)
    planned = (
        plan
        for task in given.tasks
        for plan in plans(record.runs, task, labels, given.seeds, settings.tuned)
    )
    bench = Bench(settings, STARTS)
    for run in measure(bench, record, planned):
        print(json.dumps(run), flush=True)
    for one in record.baselines:
        if one["task"] == "belongs" and "threshold" not in one:
            one["threshold"] = round(threshold(bench, one["labels"], one["seed"]), 4)
            record.write()
    print(*table(record), sep="\n")


if __name__ == "__main__":
    main()
