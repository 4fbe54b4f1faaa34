"""Train a model that comes with the package, from nothing, and put it in its place.

    make tales-tiny
    make tales-small

The first is what `gpt1 train` does when it is given no options; what the other is given
is in `RECIPES`. Then: weights rounded to half precision, `gpt1/assets/tales-tiny.pth`,
and beside it the record of the run, `tales-tiny.json`. A run that was interrupted is
taken up where it stood. tales-tiny took 13 minutes on two cores, tales-small three
quarters of an hour on one. Its record has what the model recalls of tales, at its end
and on the way: the weights of twelve updates stay in the folder of the run,
`checkpoints/tales-small`.

The processor's kernels and the number of threads decide the last digits of the losses,
and with them, after so many updates, the weights: another machine makes another model.
"""

import argparse
import json
import os
import platform
from dataclasses import replace
from pathlib import Path

import torch

from gpt1 import GPT, GPTConfig
from gpt1.data.sources import TALES, load_text
from gpt1.data.windows import get_dataloader
from gpt1.inspect.recall import recall
from gpt1.loading import load_model
from gpt1.plumbing.files import atomic_write, load_checkpoint, save_checkpoint
from gpt1.speed.loss import IGNORED
from gpt1.speed.memory import keep_freed_memory
from gpt1.tales import SEPARATOR, entropy_per_tale, generate_tales, retell
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.train import evaluate
from gpt1.train.pretraining import cut, train
from gpt1.train.recipe import TrainConfig
from gpt1.train.run import BEST, LAST, read_run
from gpt1.train.step import total_loss
from gpt1.weights import SHIPPED
from gpt1.weights.checkpoint import ASSETS

RECIPES = {
    "tales-tiny": {},
    "tales-small": {
        "tales": 80_000,
        "begin_with": "\\n\\n",
        "vocab_size": 4096,
        "context": 384,
        "width": 192,
        "layers": 3,
        "heads": 4,
        "batch_size": 4,
        "learning_rate": 3e-3,
        "warmup": 200,
        "roll_call": 1000,
        "called": "facts",
        "max_steps": 11_000,
        "eval_every": 5500,
        "save_every": 100,
        "sample_every": 0,
        "keep": 12,
        "precision": "bf16",
    },
}
"""What each is given beside the laptop's recipe: see `gpt1.train.recipe.TINY`."""

FACTS = ("who", "what", "where", "helper")
"""Those that nearly all tales have; the others are of some plots."""

WINDOWS, WHOLE_TALES, FEW = 8, 200, 50
"""So many windows' loss is recorded too, for a test to compute it in a second; so many
tales are read one by one, from their first word; and so many by weights that were kept
on the way."""


def make(name, folder):
    """Train, or go on, in a folder; then write the asset and its record from it."""
    keep_freed_memory()
    options = TrainConfig.tiny(out=str(folder), **RECIPES[name])
    saved = read_run(folder) if (folder / LAST).is_file() else None
    if saved is None or saved["step"] < saved["total"]:
        train(replace(options, resume="" if saved else None), saved)
    save(name, *packed(name, options))


def packed(name, options):
    """The asset and its record, from the files of a run.

    Args:
        name: of the model.
        options: the `TrainConfig` of the run.
    """
    folder = Path(options.out)
    best, last = load_checkpoint(folder / BEST), read_run(folder)
    halves = {name: tensor.half() for name, tensor in best["model"].items()}
    model = GPT(GPTConfig.from_dict(best["config"]))
    model.load_state_dict(halves)
    model.eval()
    tokenizer = tokenizer_from_dict(best["tokenizer"])
    ids = tokenizer.encode(load_text("tales", "validation"))
    windows = [cut(ids, options, tokenizer, subset) for subset in (WINDOWS, None)]
    part, whole = (held_out_loss(model, each) for each in windows)
    asset = {**best, "model": halves, "validation_loss": whole}
    per_tale, floor = len(ids) / TALES["validation"], entropy_per_tale("all")
    alone = nats_per_tale(model, tokenizer, WHOLE_TALES)
    given = {**last["options"], "out": None, "resume": None, "overwrite": False}
    record = {
        "command": f"make {name}",
        "options": {option: value for option, value in given.items() if value},
        "config": best["config"],
        "parameters": sum(tensor.numel() for tensor in halves.values()),
        "updates": best["step"],
        "tokens": last["numbers"]["tokens"],
        "minutes": round(last["numbers"]["seconds"] / 60, 1),
        "machine": machine(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "validation": {
            "as_trained": best["validation_loss"],
            "in_half_precision": whole,
            "first_windows": {"windows": WINDOWS, "loss": part},
            "read_alone": {
                "tales": WHOLE_TALES,
                "nats_per_tale": alone,
                "floor_of_these": floor_of(WHOLE_TALES),
            },
            "tokens_per_tale": per_tale,
            "nats_per_tale": whole * per_tale,
            "floor_per_token": floor / per_tale,
            "floor_per_tale": floor,
        },
        "curve": [
            {"update": row[0], "seconds": round(row[3]), "validation": row[6]}
            for row in last["numbers"]["rows"]
            if row[6] is not None
        ],
    }
    if name != SHIPPED:
        record["recall"] = recalled(model, tokenizer, WHOLE_TALES)
        record["kept"] = [on_the_way(path) for path in sorted(folder.glob("after-*"))]
    return asset, record


def recalled(model, tokenizer, count):
    """What `gpt1.inspect.recall` finds in tales of both splits that no run has seen.

    For each split and each of `FACTS`, and for all others together, how often it was
    recalled and how often it was named again.
    """
    found = {}
    for split in ("validation", "heldout"):
        facts = recall(model, tokenizer, generate_tales(count, split=split))
        others = [facts.pop(fact) for fact in list(facts) if fact not in FACTS]
        found[split] = {fact: facts.get(fact, (0, 0)) for fact in FACTS}
        found[split]["others"] = tuple(map(sum, zip((0, 0), *others, strict=True)))
    return found


def on_the_way(path):
    """What weights that a run kept have learned by then."""
    model, tokenizer = load_model(path, "cpu")
    return {
        "update": load_checkpoint(path)["step"],
        "nats_per_tale": nats_per_tale(model, tokenizer, FEW),
        "recall": recalled(model, tokenizer, FEW),
    }


def held_out_loss(model, windows):
    """Nats per token on windows of the validation text."""
    return evaluate(model, get_dataloader(windows, 8, shuffle=False))


def nats_per_tale(model, tokenizer, count):
    """The mean loss of a validation tale that is read from its first word.

    A window begins anywhere in a tale, so its first words are hard to guess; here
    nothing is cut off. It is what the first chapter measures n-grams by.
    """
    empty, nats = tokenizer.encode(SEPARATOR), 0.0
    for tale in generate_tales(count, split="validation"):
        ids = torch.tensor([empty + tokenizer.encode(tale.text + SEPARATOR)])
        ids, targets = ids[:, :-1], ids[:, 1:].clone()  # each (batch, time)
        targets[:, : len(empty) - 1] = IGNORED  # these are given
        nats += total_loss(model, [(ids, targets)])[0]
    return nats / count


def floor_of(count):
    """What the same tales cost who knows the grammar, and no split."""
    tales = generate_tales(count, split="validation")
    return -sum(retell(tale.choices).log_prob for tale in tales) / count


def machine():
    """What the run was computed by, without the name of anybody's machine."""
    return {
        "processor": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }


def save(name, asset, record):
    """Write both files, each whole or not at all."""
    path = ASSETS / f"{name}.pth"
    save_checkpoint(path, asset)
    with atomic_write(path.with_suffix(".json")) as temporary:
        text = json.dumps(record, indent=2) + "\n"
        temporary.write_text(text, encoding="utf-8", newline="\n")
    told = record["validation"]
    reached, floor = told["read_alone"]["nats_per_tale"], told["floor_per_tale"]
    print(f"{path}: {reached:.1f} nats per tale, the floor is {floor:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=RECIPES, help="the model")
    parser.add_argument("--out", type=Path, help="folder of the run")
    given = parser.parse_args()
    make(given.name, given.out or Path("checkpoints") / given.name)


if __name__ == "__main__":
    main()
