"""How deep can it be? Post-norm and pre-norm at four depths, on the tales.

    python -m benchmarks.depth

Each run trains a narrow model from fresh weights to predict the characters of tales, by
GPT-1's recipe made short: Adam with decoupled weight decay, clipping, a cosine to zero,
with a linear warm-up or without. The forms are GPT-1's post-norm, and pre-norm with a
norm at the end. At one depth there are more: GPT-2, which also begins with smaller
branches; post-norm with such branches; post-norm that is given how common each
character is, so that it has not to learn it; and post-norm at a lower rate. A seed has
its weights and its batches, and validation is on tales that no training sees.

Otherwise the highest rate is one for all, so that depth and form alone differ. It was
chosen before, by runs of 12 layers with each form and a seed that is used for nothing
else: of the three that were tried it is the best for both. These runs are in the file,
too.

All goes to `gpt1/results/depth.json`, a line a run, as soon as it is there, and what
was stopped goes on where it stopped. It takes about half an hour of one core.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from statistics import fmean

import torch
from torch.nn import functional as F

from benchmarks.fine_tuning import opened
from gpt1 import GPT, GPTConfig
from gpt1.data import GPTDataset, get_dataloader
from gpt1.results import FOLDER
from gpt1.tales import generate_tales, join
from gpt1.tokenizer import CharTokenizer
from gpt1.train import evaluate, make_optimizer, schedule, train_step
from gpt1.train.levels import levels
from gpt1.train.optimizer import set_rate
from gpt1.variants.gpt2 import GPT2, PreNormGPT
from gpt1.variants.model import scaled_by_depth

OUT = FOLDER / "depth.json"
COMMAND = "python -m benchmarks.depth"
DEPTHS = (4, 12, 24, 48)
SEEDS, TUNING = 3, 1000
"""Runs of each kind, with seeds from 0; and the seed of those that choose the rate."""

RATES, RATE = (3e-4, 1e-3, 3e-3), 3e-3
"""The rates that were tried with 12 layers, and the one of all other runs."""


class FrequenciesGiven(GPT):
    """GPT-1 whose logits are added to the logarithms of the tokens' frequencies.

    They are a buffer, `log_share`, which is zero until somebody fills it.
    """

    def __init__(self, config):
        super().__init__(config)
        self.register_buffer("log_share", torch.zeros(config.vocab_size))

    def loss(self, ids, targets=None):
        """As `GPT.loss`, with the frequencies."""
        if targets is None:
            ids, targets = ids[:, :-1], ids[:, 1:]  # each (batch, time)
        logits = self(ids) + self.log_share  # (batch, time, vocab)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


FORMS = {
    "post-norm": GPT,
    "pre-norm": PreNormGPT,
    "GPT-2": GPT2,
    "post-norm, small branches": lambda config: scaled_by_depth(GPT(config)),
    "post-norm, frequencies given": FrequenciesGiven,
}
"""What each makes of a `GPTConfig`."""

TWO, RATE_DEPTH = ("post-norm", "pre-norm"), 12
"""The forms of all depths; and the layers with which the rate was chosen."""

CONTROL_DEPTH = 24
CONTROLS = [
    ("GPT-2", RATE, 1),
    ("post-norm, small branches", RATE, 3),
    ("post-norm", 1e-3, 1),
    ("post-norm, frequencies given", RATE, 3),
]
"""Further runs, with a warm-up: their layers, forms, rates and numbers of seeds."""


@dataclass
class Settings:
    """What all runs share.

    Args:
        width: of the model, with heads of 16.
        context: characters in a window.
        batch: windows in an update.
        updates: of a run.
        warmup: updates of the warm-up, where there is one.
        init_std: of the initial weights; √(768 / 64) times GPT-1's, so that products
            with them are as large as there.
        tales: that are learned from.
        validation: tales on which a run is measured.
    """

    width: int = 64
    context: int = 64
    batch: int = 4
    updates: int = 250
    warmup: int = 50
    init_std: float = 0.07
    tales: int = 2000
    validation: int = 20


@dataclass
class Plan:
    """A run: form, depth, updates of warm-up, seed, highest rate."""

    form: str
    layers: int
    warmup: int
    seed: int
    rate: float


class Bench:
    """The text, as windows of characters.

    Args:
        settings: `Settings`.
    """

    def __init__(self, settings):
        self.settings = settings
        counts = {"train": settings.tales, "validation": settings.validation}
        texts = [
            join(generate_tales(count, seed=0, split=split))
            for split, count in counts.items()
        ]
        self.tokenizer = CharTokenizer.train("".join(texts))
        self.training, self.validation = (
            GPTDataset(self.tokenizer.encode(text), settings.context) for text in texts
        )

    def counted(self):
        """What the validation tales cost those who count, in nats a character."""
        texts = self.training.ids, self.validation.ids
        found = levels(*texts, vocab_size=self.tokenizer.vocab_size)
        return {name: round(nats, 4) for name, nats in found.items()}

    def log_share(self):
        """The logarithm of each token's share of what is learned from."""
        counts = torch.bincount(
            torch.as_tensor(self.training.ids), minlength=self.tokenizer.vocab_size
        )
        return (counts / counts.sum()).clamp(min=1e-6).log()

    def run(self, plan):
        """Train, and measure.

        Args:
            plan: a `Plan`.

        Returns:
            A dictionary: the plan; the loss of training as means of a tenth of the run
            each; that of validation, at the end, in nats a character; the norm of the
            gradient at the first update; seconds.
        """
        began, settings = time.perf_counter(), self.settings
        torch.manual_seed(plan.seed)
        sizes = {"width": settings.width, "heads": settings.width // 16}
        sizes |= {"context": settings.context, "init_std": settings.init_std}
        vocabulary = self.tokenizer.vocab_size
        model = FORMS[plan.form](
            GPTConfig(vocab_size=vocabulary, layers=plan.layers, dropout=0.0, **sizes)
        )
        if isinstance(model, FrequenciesGiven):
            model.log_share.copy_(self.log_share())
        optimizer = make_optimizer(model, learning_rate=plan.rate)
        dice = torch.Generator().manual_seed(plan.seed)
        losses, norms = [], []
        for step in range(settings.updates):
            share = schedule(step, settings.updates, plan.warmup)
            set_rate(optimizer, plan.rate * share)
            batch = drawn(self.training, settings.batch, dice)
            loss, norm = train_step(model.loss, batch, optimizer)
            losses.append(loss.item())
            norms.append(norm.item())
        tenth = max(1, settings.updates // 10)
        curve = torch.tensor(losses).split(tenth)
        held_out = get_dataloader(self.validation, settings.batch, shuffle=False)
        end = evaluate(model, held_out)
        return asdict(plan) | {
            "curve": [round(part.mean().item(), 3) for part in curve],
            "loss": round(end, 4),
            "first_norm": round(norms[0], 3),
            "seconds": round(time.perf_counter() - began, 1),
        }


def drawn(windows, count, dice):
    """Some windows, drawn with replacement: ids and targets, (count, context) each."""
    places = torch.randint(len(windows), (count,), generator=dice).tolist()
    ids, targets = zip(*(windows[place] for place in places), strict=True)
    return torch.stack(ids), torch.stack(targets)


def plans(settings, depths=DEPTHS, seeds=SEEDS):
    """What is to be run, in turn: the rates, then all forms, a whole seed at a time.

    Args:
        settings: `Settings`.
        depths: numbers of layers.
        seeds: runs of each kind.

    Yields:
        Each `Plan`.
    """
    for rate in RATES:
        for form in TWO:
            yield Plan(form, RATE_DEPTH, settings.warmup, TUNING, rate)
    for seed in range(seeds):
        for depth in depths:
            for form in TWO:
                for warmup in (settings.warmup, 0):
                    yield Plan(form, depth, warmup, seed, RATE)
    for form, rate, count in CONTROLS:
        for seed in range(count):
            yield Plan(form, CONTROL_DEPTH, settings.warmup, seed, rate)


def measure(bench, record, planned):
    """Make the runs that the record has not yet; yield each when it is written."""
    if record.head["before"] is None:
        record.head["before"] = bench.counted()
    for plan in planned:
        if not record.has(plan):
            record.runs.append(bench.run(plan))
            record.write()
            yield record.runs[-1]


def table(record):
    """Lines of Markdown: the mean and the range of each kind of run."""
    yield "| form | layers | warm-up | rate | mean | lowest | highest | runs |"
    yield "|---|---|---|---|---|---|---|---|"
    kinds = {}
    for run in record.runs:
        kind = run["form"], run["layers"], run["warmup"], run["rate"]
        kinds.setdefault(kind, []).append(run["loss"])
    for kind, losses in sorted(kinds.items()):
        found = fmean(losses), min(losses), max(losses)
        told = [*map(str, kind), *(f"{loss:.2f}" for loss in found), str(len(losses))]
        yield f"| {' | '.join(told)} |"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", default=str(OUT), metavar="FILE")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="two depths and few updates, to see it work",
    )
    given = parser.parse_args(argv)
    settings, depths, seeds = Settings(), DEPTHS, SEEDS
    if given.quick:
        settings = Settings(updates=10, warmup=2, tales=40, validation=2)
        depths, seeds = (2, 4), 1
    record = opened(parser, given, OUT, settings, COMMAND)
    for run in measure(Bench(settings), record, plans(settings, depths, seeds)):
        print(json.dumps(run), flush=True)
    print(*table(record), sep="\n")


if __name__ == "__main__":
    main()
