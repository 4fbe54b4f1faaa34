"""Train the model that comes with the package, from nothing, and put it in its place.

    make tales-tiny

It is what `gpt1 train` does when it is given no options, and then: weights rounded to
half precision, `gpt1/assets/tales-tiny.pth`, and beside it the record of the run,
`tales-tiny.json`. It took 13 minutes on two cores. A run that was interrupted
is taken up where it stood.

The processor's kernels and the number of threads decide the last digits of the losses,
and with them, after so many updates, the weights: another machine makes another model.
"""

import argparse
import json
import os
import platform
from pathlib import Path

import torch

from gpt1 import GPT, GPTConfig
from gpt1.data.sources import TALES, load_text
from gpt1.data.windows import GPTDataset, get_dataloader
from gpt1.plumbing.files import atomic_write, load_checkpoint, save_checkpoint
from gpt1.speed.loss import IGNORED
from gpt1.tales import SEPARATOR, entropy_per_tale, generate_tales
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.train import evaluate
from gpt1.train.pretraining import train
from gpt1.train.recipe import TrainConfig
from gpt1.train.run import BEST, LAST, read_run
from gpt1.train.step import total_loss
from gpt1.weights import SHIPPED, SHIPPED_FILE

FOLDER = Path("checkpoints") / SHIPPED
WINDOWS, WHOLE_TALES = 8, 200
"""So many windows' loss is recorded too, for a test to compute it in a second; and so
many tales are read one by one, from their first word."""


def make(folder):
    """Train, or go on, in a folder; then write the asset and its record from it."""
    saved = read_run(folder) if (folder / LAST).is_file() else None
    if saved is None or saved["step"] < saved["total"]:
        train(TrainConfig.tiny(out=str(folder)), saved)
    save(*packed(folder))


def packed(folder):
    """The asset and its record, from the files of a finished run."""
    best, last = load_checkpoint(folder / BEST), read_run(folder)
    halves = {name: tensor.half() for name, tensor in best["model"].items()}
    model = GPT(GPTConfig.from_dict(best["config"]))
    model.load_state_dict(halves)
    model.eval()
    tokenizer = tokenizer_from_dict(best["tokenizer"])
    ids = tokenizer.encode(load_text("tales", "validation"))
    part, whole = (held_out_loss(model, ids, subset) for subset in (WINDOWS, None))
    asset = {**best, "model": halves, "validation_loss": whole}
    per_tale, floor = len(ids) / TALES["validation"], entropy_per_tale("all")
    alone = nats_per_tale(model, tokenizer)
    options = {**last["options"], "out": None, "resume": None, "overwrite": False}
    record = {
        "command": "make tales-tiny",
        "options": {name: value for name, value in options.items() if value},
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
            "read_alone": {"tales": WHOLE_TALES, "nats_per_tale": alone},
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
    return asset, record


def held_out_loss(model, ids, subset):
    """Nats per token on the first windows of the validation text; all if None."""
    windows = GPTDataset(ids, model.config.context, subset)
    return evaluate(model, get_dataloader(windows, 8, shuffle=False))


def nats_per_tale(model, tokenizer):
    """The mean loss of a validation tale that is read from its first word.

    A window begins anywhere in a tale, so its first words are hard to guess; here
    nothing is cut off. It is what the first chapter measures n-grams by.
    """
    empty, nats = tokenizer.encode(SEPARATOR), 0.0
    for tale in generate_tales(WHOLE_TALES, split="validation"):
        ids = torch.tensor([empty + tokenizer.encode(tale.text + SEPARATOR)])
        ids, targets = ids[:, :-1], ids[:, 1:].clone()  # each (batch, time)
        targets[:, : len(empty) - 1] = IGNORED  # these are given
        nats += total_loss(model, [(ids, targets)])[0]
    return nats / WHOLE_TALES


def machine():
    """What the run was computed by, without the name of anybody's machine."""
    return {
        "processor": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }


def save(asset, record):
    """Write both files, each whole or not at all."""
    save_checkpoint(SHIPPED_FILE, asset)
    with atomic_write(SHIPPED_FILE.with_suffix(".json")) as temporary:
        text = json.dumps(record, indent=2) + "\n"
        temporary.write_text(text, encoding="utf-8", newline="\n")
    told = record["validation"]
    reached, floor = told["nats_per_tale"], told["floor_per_tale"]
    print(f"{SHIPPED_FILE}: {reached:.1f} nats per tale, the floor is {floor:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the run")
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
