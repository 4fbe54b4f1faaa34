"""What a post-norm GPT-1 learns in the time of nanoGPT's recipe for a CPU.

    python -m benchmarks.shakespeare input.txt

Tiny Shakespeare, the last tenth to validate, three seeds, one thread. Within a seed the
recipes run in turn; time is the processor's, of updates, of the validations that belong
to the recipe, and of learning a tokenizer. Losses are nats per character, whatever the
tokens are: the nats of all of them over the characters that they stand for. nanoGPT's
recipe is measured where there is a checkout of it (`nanogpt.py`): the loop is its
`train.py`'s, written again. What was found is in `recipes.md`.
"""

import argparse
import itertools
import math
import tempfile
import time
from statistics import mean

import torch

from benchmarks import nanogpt
from gpt1.speed.memory import keep_freed_memory
from gpt1.train import evaluate, make_optimizer, prepare, train_step
from gpt1.train.optimizer import schedule, set_rate
from gpt1.train.recipe import TrainConfig

SIZES = {"context": 64, "layers": 2, "width": 112, "heads": 4, "batch_size": 12}
CHARACTERS, PAIRS = {"tokenizer": "characters"}, {"tokenizer": "bpe"}
RECIPES = {
    "characters, AdamW": {
        **CHARACTERS,
        "max_steps": 4400,
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
    },
    "characters, Muon for the matrices": {
        **CHARACTERS,
        "max_steps": 3400,
        "learning_rate": 3e-3,
        "weight_decay": 0.05,
    },
    "byte pairs, AdamW": {
        **PAIRS,
        "max_steps": 2000,
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
    },
}
"""What `gpt1 train` is given; Muon, which it has not, is for trying out."""

DEVIATIONS = {"characters, AdamW": 0.08, "byte pairs, AdamW": 0.08}
"""Of the initial weights, for which `gpt1 train` has no flag; else the preset's."""

MUON_RATE = 0.01
"""Muon's highest learning rate, of matrices in blocks; the others have AdamW."""

THEIRS = {"vocab_size": None, "context": 64, "width": 128, "layers": 4, "heads": 4}
UPDATES, EVERY, DRAWS = 2000, 250, 20
"""Of nanoGPT's recipe: updates, how many between validations, batches in one of each
text."""


class Both:
    """Several optimizers as one, each with its own highest rate."""

    def __init__(self, *pairs):
        self.optimizers, self.highest = zip(*pairs, strict=True)
        self.param_groups = [g for one in self.optimizers for g in one.param_groups]

    def set_share(self, share):
        for optimizer, highest in zip(self.optimizers, self.highest, strict=True):
            set_rate(optimizer, share * highest)

    def step(self):
        for optimizer in self.optimizers:
            optimizer.step()

    def zero_grad(self, set_to_none=True):
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none)


def optimizers(name, model, options):
    """The optimizer of a recipe, a `Both`.

    With Muon, the decay is that of its matrices alone.
    """
    betas = options.beta1, options.beta2
    if "Muon" not in name:
        decay = options.weight_decay
        adam = make_optimizer(model, learning_rate=1.0, betas=betas, weight_decay=decay)
        return Both((adam, options.learning_rate))
    inner = [p for block in model.blocks for p in block.parameters() if p.dim() > 1]
    known = set(map(id, inner))
    rest = [p for p in model.parameters() if id(p) not in known]
    adam = torch.optim.AdamW(rest, betas=betas, weight_decay=0.0, fused=True)
    muon = torch.optim.Muon(inner, weight_decay=options.weight_decay)
    return Both((muon, MUON_RATE), (adam, options.learning_rate))


def ours(name, text, seed, share=1.0):
    """Train by one of `RECIPES`.

    Args:
        name: a key of `RECIPES`.
        text: path of the file.
        seed: of weights and order.
        share: of the updates.

    Returns:
        Updates, validation loss in nats per character, seconds with all preparation.
    """
    recipe = {**SIZES, **RECIPES[name]}
    recipe["max_steps"] = math.ceil(share * recipe["max_steps"])
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        recipe |= {"dataset": str(text), "out": folder, "seed": seed}
        run = prepare(TrainConfig.tiny(**recipe))
    prepared = time.process_time() - start
    options, updates = run.options, run.total
    begin(run.model, DEVIATIONS.get(name, run.model.config.init_std))
    optimizer = optimizers(name, run.model, options)
    run.model.train()
    epochs = itertools.chain.from_iterable(itertools.repeat(run.training))
    start = time.process_time()
    for step, batch in enumerate(itertools.islice(epochs, updates)):
        optimizer.set_share(schedule(step, updates, options.warmup))
        train_step(run.loss_of, batch, optimizer, clip=options.clip)
    loss = evaluate(run.model, run.validation) / characters_per_token(run)
    return updates, loss, prepared + time.process_time() - start


def characters_per_token(run):
    """How many characters a token of the validation text stands for."""
    decode, known = run.tokenizer.decode, range(run.tokenizer.vocab_size)
    lengths = torch.tensor([len(decode([token])) for token in known])
    told = torch.cat([targets.flatten() for _, targets in run.validation])
    return lengths[told].float().mean().item()


@torch.no_grad()
def begin(model, deviation):
    """Give the matrices of a new model another standard deviation."""
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.mul_(deviation / model.config.init_std)


def theirs(folder, text, seed, share=1.0):
    """Train nanoGPT by its recipe; arguments and result as for `ours`.

    Args:
        folder: the checkout.
    """
    parts, vocab_size = characters(text)
    settings = {"nanogpt": folder, "dropout": 0.0}
    config, updates = {**THEIRS, "vocab_size": vocab_size}, math.ceil(share * UPDATES)
    torch.manual_seed(seed)
    model = nanogpt.model({**settings, "config": config}, bias=False)
    optimizer = nanogpt.optimizer(model, "cpu", 1e-3, (0.9, 0.99))

    def draw(ids):
        starts = torch.randint(len(ids) - 64, (12, 1))
        windows = ids[starts + torch.arange(65)]
        return windows[:, :-1].contiguous(), windows[:, 1:].contiguous()

    @torch.no_grad()
    def validate():
        for ids in parts:
            for _ in range(DRAWS):
                model(*draw(ids))

    start = time.process_time()
    for step in range(updates):
        done = max(0, step - 100) / max(1, updates - 100)
        rate = 1e-4 + 9e-4 * 0.5 * (1 + math.cos(math.pi * done))
        set_rate(optimizer, 1e-3 * (step + 1) / 101 if step < 100 else rate)
        if step % EVERY == 0:
            validate()
        model(*draw(parts[0]))[1].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    validate()
    seconds = time.process_time() - start
    return updates, whole_loss(model, parts[1]), seconds


def characters(text):
    """Ids of the first nine tenths and of the last, and how many there are."""
    with open(text, encoding="utf8") as file:
        content = file.read()
    known = {c: i for i, c in enumerate(sorted(set(content)))}
    ids = torch.tensor([known[c] for c in content])
    cut = int(0.9 * len(ids))
    return (ids[:cut], ids[cut:]), len(known)


@torch.no_grad()
def whole_loss(model, ids):
    """nanoGPT's loss on all windows of a text, as `evaluate` measures ours."""
    windows = (len(ids) - 1) // 64
    given = ids[: windows * 64].view(windows, 64)
    targets = ids[1 : windows * 64 + 1].view(windows, 64)
    nats = sum(
        model(some, goals)[1].item() * len(some)
        for some, goals in zip(given.split(64), targets.split(64), strict=True)
    )
    return nats / windows


def measure(text, folder, seeds, share=1.0):
    """All recipes, seed by seed; yields (name, updates, loss, seconds)."""
    for seed in range(seeds):
        if not nanogpt.missing(folder):
            yield "nanoGPT", *theirs(folder, text, seed, share)
        for name in RECIPES:
            if "Muon" not in name or hasattr(torch.optim, "Muon"):
                yield name, *ours(name, text, seed, share)


def table(found):
    """Lines of Markdown from what `measure` yields."""
    yield "| recipe | updates | loss of each seed | mean | seconds | of nanoGPT's |"
    yield "|---|---|---|---|---|---|"
    names = list(dict.fromkeys(name for name, *_ in found))
    spent = {n: [s for name, *_, s in found if name == n] for n in names}
    for name in names:
        updates = next(u for other, u, *_ in found if other == name)
        losses = [loss for other, _, loss, _ in found if other == name]
        each = ", ".join(f"{loss:.3f}" for loss in losses)
        share = ""
        if "nanoGPT" in names:
            pairs = zip(spent[name], spent["nanoGPT"], strict=True)
            share = f"{mean(mine / other for mine, other in pairs):.0%}"
        yield (
            f"| {name} | {updates:,} | {each} | {mean(losses):.3f} | "
            f"{mean(spent[name]):.0f} | {share} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("text", help="Tiny Shakespeare, one file")
    parser.add_argument("--nanogpt", default=str(nanogpt.BESIDE), metavar="PATH")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    if left_out := nanogpt.missing(given.nanogpt):
        print(left_out)
    found = []
    for name, updates, loss, seconds in measure(given.text, given.nanogpt, given.seeds):
        print(f"{name}: {loss:.4f} after {updates:,} in {seconds:.0f} s", flush=True)
        found.append((name, updates, loss, seconds))
    print(*table(found), sep="\n")


if __name__ == "__main__":
    main()
