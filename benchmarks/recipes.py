"""How fast a post-norm GPT-1 may learn: the measurements behind `--preset tiny`.

    python -m benchmarks.recipes

Short runs on tales, each a change to the same base, and for each the validation loss.
One thread, about a minute a run, and lines of a Markdown table as they come;
`recipes.md` has what they said when the recipe was chosen.
"""

import argparse
import dataclasses
import itertools
import time

import torch

from gpt1.data.sources import TALES, load_text
from gpt1.data.windows import GPTDataset, get_dataloader
from gpt1.model import GPT
from gpt1.plumbing.device import set_seed
from gpt1.tokenizer import BPETokenizer
from gpt1.train.optimizer import make_optimizer, schedule, set_rate
from gpt1.train.recipe import TrainConfig
from gpt1.train.step import evaluate, train_step

BASE = {"learning_rate": 4e-3, "warmup": 150, "beta2": 0.99, "init_std": 0.05}
CHANGES = [
    {"init_std": 0.02, "learning_rate": 1e-3, "beta2": 0.98, "warmup": 50},
    {"init_std": 0.02, "learning_rate": 1e-3, "beta2": 0.98},
    {"init_std": 0.02, "learning_rate": 2e-3, "beta2": 0.98},
    {"init_std": 0.02, "learning_rate": 2e-3, "beta2": 0.999},
    {"init_std": 0.02, "learning_rate": 3e-3, "beta2": 0.999},
    {"init_std": 0.06, "learning_rate": 2e-3, "beta2": 0.999},
    {"init_std": 0.06},
    {},
    {"learning_rate": 6e-3},
]
"""One run for each: what differs from `BASE`."""

SHORT = {"context": 256, "batch_size": 8}
"""As many tokens an update as the recipe has, in shorter windows."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--updates", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    texts = read_texts()
    print("| learning rate | warm-up | beta2 | initial deviation | nats per tale | s |")
    print("|---|---|---|---|---|---|")
    for change in CHANGES:
        recipe = {**BASE, **change}
        loss, seconds = measure(recipe, texts, arguments.updates, arguments.seed)
        row = " | ".join(f"{value:g}" for value in recipe.values())
        print(f"| {row} | {loss:.0f} | {seconds:.0f} |", flush=True)


def read_texts():
    """Tokenizer, training ids and validation ids, with the recipe's vocabulary."""
    training, validation = (load_text("tales", p) for p in ("train", "validation"))
    tokenizer = BPETokenizer.train(training, TrainConfig.tiny().vocab_size)
    return tokenizer, tokenizer.encode(training), tokenizer.encode(validation)


def measure(recipe, texts, updates, seed):
    """Train once.

    Args:
        recipe: the four numbers that `BASE` has.
        texts: what `read_texts` gave.
        updates: how many, warm-up and cosine included.
        seed: of the weights and of the order of the windows.

    Returns:
        Nats per tale on all validation tales, and seconds of processor time.
    """
    tokenizer, _, validation = texts
    rates = {name: value for name, value in recipe.items() if name != "init_std"}
    options = TrainConfig.tiny(**SHORT, **rates, seed=seed)
    set_seed(seed)
    config = options.model(tokenizer.vocab_size)
    model = GPT(dataclasses.replace(config, init_std=recipe["init_std"]))
    optimizer = make_optimizer(
        *(model, options.optimizer),
        learning_rate=options.learning_rate,
        betas=(options.beta1, options.beta2),
        weight_decay=options.weight_decay,
    )
    windows, kept = (GPTDataset(ids, options.context) for ids in texts[1:])
    batches = get_dataloader(windows, options.batch_size, seed=seed)
    started = time.process_time()
    for step, batch in enumerate(itertools.islice(batches, updates)):
        rate = schedule(step, updates, options.warmup)
        set_rate(optimizer, options.learning_rate * rate)
        train_step(model.loss, batch, optimizer, clip=options.clip)
    seconds = time.process_time() - started
    loss = evaluate(model, get_dataloader(kept, options.batch_size, shuffle=False))
    return loss * len(validation) / TALES["validation"], seconds


if __name__ == "__main__":
    main()
