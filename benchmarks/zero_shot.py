"""What a model can do without training for it, over its pre-training: figure 2, right.

    gpt1 train --out checkpoints/run --keep 12
    python -m benchmarks.zero_shot checkpoints/run

The folder of a run holds the weights after several updates, `after-000100.pth` and so
on. Each of them is asked the four tasks of the chapter on zero-shot tasks, on examples
of three seeds, by the heuristics of `gpt1.evaluate`; so is the model as it was before
its first update. What was found is in `gpt1/results/zero-shot.json`: the scores, and on
the scale of the paper's figure, 0 for drawing lots and 1 for the best that is known,
which of tales is a reader who knows their grammar, and makes no mistake. Several
folders are several runs. A file that is there is added to, so the command can be
stopped and given again; it asks nothing twice.

    python -m benchmarks.ablations
    python -m benchmarks.zero_shot checkpoints/lstm/whole --build lstm

The first trains the paper's LSTM, among other things, and the second asks it the same.
"""

import argparse
import json
import platform
import re
from functools import partial
from pathlib import Path
from statistics import fmean

import torch

from gpt1 import GPT, GPTConfig
from gpt1.data.tasks import Task
from gpt1.evaluate import answers, judge, likelihoods
from gpt1.evaluate.metrics import credit
from gpt1.plumbing.files import atomic_write, load_checkpoint
from gpt1.results import FOLDER
from gpt1.tales import SEPARATOR, Example, baselines, examples, generate_tales
from gpt1.tales.probes import ends_well, she_or_he, who_is_meant
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.variants.lstm import LSTM

SEEDS = (0, 1, 2)
"""Of the examples that are judged."""

OTHERS = 100
"""Added to a seed, it is that of the examples on which a threshold is chosen."""

COUNT, TALES = 100, 40
"""Examples for each seed, and for a threshold; tales for the loss."""

LEARNED = 500
"""Labelled examples that the baselines learn from, see `gpt1.tales.baselines`."""

BLANK, UNTRAINED = 8, "who_is_meant, random weights"
"""Models with random weights, since one may be lucky; and what they come to."""

SPLIT = "validation"
HINT, WORDS = " Then", ("she", "he")
"""What is appended to a beginning, and the words that are compared."""

CHANCE, BEST = 0.5, 1.0
"""Of all four tasks, since their labels are balanced, and the grammar gives them."""

BUILDS = {"gpt": GPT, "lstm": LSTM}
RESULTS = FOLDER / "zero-shot.json"
NAME = re.compile(r"after-(\d+)\.pth")


# --- what is asked --------------------------------------------------------------------


def begun(example):
    """The same example, with the empty line before its first text that tales have."""
    first, *more = example.texts
    return Example((SEPARATOR + first, *more), example.label)


def endings(scorer, seed, count):
    """RACE's heuristic: which of two endings is likelier after a story."""
    asked = map(begun, examples("which_ending", count, seed=seed, split=SPLIT))
    return judged(scorer, Task("which-ending", "choice", list(asked), between="\n"))


def order(scorer, seed, count):
    """CoLA's: whether a text in order is likelier than a threshold."""
    task, tuning = (
        Task(
            "in-order",
            "classification",
            examples("in_order", count, seed=seed + more, split=SPLIT),
            ("mixed up", "in order"),
        )
        for more in (0, OTHERS)
    )
    return judged(scorer, task, tuning, heuristic="acceptability")


def word(scorer, seed, count, hint=HINT):
    """SST-2's: which of two words is likelier after a text and a hint."""
    asked = list(map(begun, she_or_he(count, seed=seed, split=SPLIT)))
    task = Task("she-or-he", "classification", asked, WORDS)
    return judged(scorer, task, heuristic="sentiment", hint=hint)


def meant(scorer, seed, count):
    """Winograd's: which name, put for a pronoun, makes the rest likelier."""
    asked = map(begun, who_is_meant(count, seed=seed, split=SPLIT))
    return judged(scorer, Task("who-is-meant", "referent", list(asked)))


def judged(scorer, task, tuning=None, **how):
    found = judge(scorer, task, tuning, **how)
    return {"score": found.metrics["accuracy"], "ties": found.ties}


ASKED = {
    "which_ending": endings,
    "in_order": order,
    "she_or_he": word,
    "who_is_meant": meant,
}


def named_first(count, **drawn):
    """Who is meant, as a question about words: is it whom the text named first?

    All that a baseline gets to read is the rest of the sentence.
    """
    found = []
    for example in who_is_meant(count, **drawn):
        text, rest, *names = example.texts
        first = min(names, key=text.find)
        found.append(Example((rest,), int(names[example.label] == first)))
    return found


MADE = {
    "which_ending": partial(examples, "which_ending"),
    "in_order": partial(examples, "in_order"),
    "she_or_he": she_or_he,
    "who_is_meant": named_first,
}
"""The tasks that baselines learn."""


def asked_all(model, tokenizer, seeds, count):
    """Every task, on the examples of every seed; a list of dictionaries for each."""
    scorer = partial(likelihoods, model, tokenizer)
    return {name: [ask(scorer, s, count) for s in seeds] for name, ask in ASKED.items()}


def loss_of(model, tokenizer):
    """Nats per token of tales, each read from its first word on, with its end."""
    tales = generate_tales(TALES, split=SPLIT)
    pairs = [("", tale.text + SEPARATOR) for tale in tales]
    scores = likelihoods(model, tokenizer, pairs)
    return -sum(s.total for s in scores) / sum(s.tokens for s in scores)


def on_scale(score):
    """A score on the scale of the paper's figure 2."""
    return (score - CHANCE) / (BEST - CHANCE)


# --- of whom --------------------------------------------------------------------------


def weights_of(folder):
    """The updates of a run whose weights are there, and their files, in order."""
    found = [(NAME.fullmatch(path.name), path) for path in Path(folder).iterdir()]
    found = sorted((int(name[1]), path) for name, path in found if name)
    if not found:
        raise FileNotFoundError(
            f"{folder} has no weights of several updates: expected after-000100.pth "
            f"and so on, as gpt1 train --keep 12 writes them"
        )
    return found


def seed_of(folder):
    """The seed of a run, by its last checkpoint; 0 where that is gone."""
    last = Path(folder) / "last.pth"
    return load_checkpoint(last)["options"]["seed"] if last.is_file() else 0


def models_of(folder, seed, build=GPT):
    """Update, model and tokenizer of a run, from before its first update on."""
    found = weights_of(folder)
    for update, path in [(0, None), *found]:
        saved = load_checkpoint(path or found[0][1])
        torch.manual_seed(seed)
        model = build(GPTConfig.from_dict(saved["config"]))
        if path:
            model.load_state_dict(saved["model"])
        yield update, model.eval(), tokenizer_from_dict(saved["tokenizer"])


# --- the file -------------------------------------------------------------------------


def main(given=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="of a run")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the file of results")
    parser.add_argument("--count", type=int, default=COUNT, help="examples for a seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument(
        "--build", choices=BUILDS, default="gpt", help="what the weights are of"
    )
    options = parser.parse_args(given)
    told = begin(options)
    for folder in options.folders:
        add(told, folder, options)


def begin(options):
    """What the file of results says already, if it was made in the same way."""
    about = {
        "command": "python -m benchmarks.zero_shot FOLDER",
        "examples": {"seeds": list(options.seeds), "count": options.count},
        "asked": {"split": SPLIT, "hint": HINT, "words": list(WORDS)},
    }
    if options.out.is_file():
        told = json.loads(options.out.read_text("utf8"))
        if about == {name: told.get(name) for name in about}:
            return told
        raise SystemExit(
            f"{options.out} was made in another way: name another file, or delete it"
        )
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    return {**about, "versions": versions, "controls": {}, "runs": []}


def add(told, folder, options):
    """Ask the models of a folder what has not been asked, and write it down."""
    # The folder of an LSTM is one of several of its runs: see ablations.py.
    name = options.build if options.build != "gpt" else Path(folder).resolve().name
    seed = seed_of(folder)
    known = [run for run in told["runs"] if run["name"] == name]
    run = known[0] if known else {"name": name, "seed": seed, "points": []}
    told["runs"] += [] if known else [run]
    done = {point["update"] for point in run["points"]}
    for update, model, tokenizer in models_of(folder, seed, BUILDS[options.build]):
        if update in done:
            continue
        asked = asked_all(model, tokenizer, options.seeds, options.count)
        loss = loss_of(model, tokenizer)
        run["points"].append({"update": update, "loss": loss, **asked})
        run["points"].sort(key=lambda point: point["update"])
        write(told, options.out)
        means = (fmean(on_scale(each["score"]) for each in asked[n]) for n in ASKED)
        print(
            f"{name} {update:7,} {loss:.3f}", *(f"{m:6.2f}" for m in means), flush=True
        )
    # A new point may be of a new last model, of which the controls are made.
    fresh = len(run["points"]) > len(done) or not told["controls"]
    if fresh and options.build == "gpt":
        told["controls"] = controls(model, tokenizer, options)
        write(told, options.out)


def controls(model, tokenizer, options):
    """What the last model makes of other questions, and what needs no model.

    Returns:
        Lists of scores, one for each seed, by name.
    """
    scorer, found = partial(likelihoods, model, tokenizer), {}
    for seed in options.seeds:
        scores = {}
        asked = examples("which_ending", options.count, seed=seed, split=SPLIT)
        alone = [Example((SEPARATOR, *e.texts[1:]), e.label) for e in asked]
        task = Task("endings-alone", "choice", alone, between="")
        scores["which_ending, without the story"] = judged(scorer, task)["score"]
        very = word(scorer, seed, options.count, " very")["score"]
        scores["she_or_he, after very"] = very
        felt = list(map(begun, ends_well(options.count, seed=seed, split=SPLIT)))
        task = Task("ends-well", "classification", felt, ("sad", "happy"))
        how = {"heuristic": "sentiment", "hint": " very"}
        scores["ends_well, after very"] = judged(scorer, task, **how)["score"]
        scores |= other_ways(scorer, seed, options.count)
        scores |= learned(seed, options.count)
        for name, score in scores.items():
            found.setdefault(name, []).append(score)
    found[UNTRAINED] = untrained(model, tokenizer, options)
    return found


def other_ways(scorer, seed, count):
    """Who is meant, by the likelihoods of the names, and of the names and the rest."""
    asked = [begun(e) for e in who_is_meant(count, seed=seed, split=SPLIT)]
    scores = {}
    for way, rests in {"the names": 0, "names and rest": 1}.items():
        rows = (
            (text, *(name + rest * rests for name in names))
            for text, rest, *names in (example.texts for example in asked)
        )
        found = [[one.total for one in row] for row in answers(scorer, rows, "")]
        right = [credit(row, e.label) for row, e in zip(found, asked, strict=True)]
        scores[f"who_is_meant, by {way}"] = fmean(right)
    return scores


def learned(seed, count):
    """What each baseline gets right of each task, after labels."""
    scores = {}
    for name, make in MADE.items():
        training = make(LEARNED, seed=seed + OTHERS, split=SPLIT)
        test = make(count, seed=seed, split=SPLIT)
        for kind, score in baselines.accuracies(training, test).items():
            scores[f"{name}, learned by {kind}"] = score
    return scores


def untrained(model, tokenizer, options):
    """Who is meant, asked of models with random weights: a mean for each of them."""
    found = []
    for seed in range(BLANK):
        torch.manual_seed(seed)
        scorer = partial(likelihoods, type(model)(model.config).eval(), tokenizer)
        scores = [meant(scorer, s, options.count)["score"] for s in options.seeds]
        found.append(fmean(scores))
    return found


def write(told, path):
    with atomic_write(path) as temporary:
        text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        temporary.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
