"""What a training run is made of: the paper's numbers, and those for a laptop."""

import math
from dataclasses import dataclass, fields

from gpt1.config import PRESETS
from gpt1.plumbing.command import option
from gpt1.train.engine import PRECISIONS
from gpt1.train.optimizer import OPTIMIZERS

DATA, MODEL, LEARNING = "text", "model", "learning"
MACHINE, OUTPUT = "machine", "output and resuming"


@dataclass
class TrainConfig:
    """Train a GPT-1 on a text, and keep the model that predicts unseen text best.

    The defaults are the paper's where it speaks (section 4.1); the text is not, since
    the makers of BooksCorpus no longer offer it. `TrainConfig.tiny()` is the recipe for
    a laptop, which the command line uses unless told otherwise.

    `batch_size` counts the windows of one update, however they are computed: neither
    `grad_accumulation` nor the number of processes changes what is learned.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    preset: str = option(
        "gpt1",
        "the recipe and the model's size",
        choices=sorted(PRESETS),
        group=MODEL,
        example="tiny",
    )
    context: int | None = option(
        None,
        "tokens that the model sees at once; the preset's unless given",
        type=int,
        group=MODEL,
        example=256,
    )
    layers: int | None = option(
        None, "blocks; the preset's unless given", type=int, group=MODEL, example=6
    )
    width: int | None = option(
        None, "size of a state; the preset's", type=int, group=MODEL, example=192
    )
    heads: int | None = option(
        None, "attention heads; the preset's", type=int, group=MODEL, example=6
    )
    dropout: float | None = option(
        None, "in all four places; the preset's", type=float, group=MODEL, example=0.1
    )

    dataset: str = option(
        "tales",
        "tales and python-docs are built in; a file, folder or glob; wikitext-2, "
        "wikitext-103 or a data set of the hub, with a network",
        group=DATA,
        example="book.txt",
    )
    column: str = option(
        "text", "of a data set of the hub", group=DATA, example="content"
    )
    tokenizer: str = option(
        "gpt1",
        "characters; bpe, learned from the text; gpt1, GPT-1's own; or the file of one "
        "that was saved",
        group=DATA,
        example="bpe",
    )
    vocab_size: int = option(2048, "of --tokenizer bpe", group=DATA, example=4096)
    subset: int | None = option(
        None, "use only the first N windows", type=int, group=DATA, example=1000
    )

    epochs: int = option(100, "passes over the text", group=LEARNING, example=3)
    max_steps: int | None = option(
        None, "updates, instead of epochs", type=int, group=LEARNING, example=500
    )
    batch_size: int = option(
        64, "windows in one update, in total", group=LEARNING, example=16
    )
    grad_accumulation: int = option(
        1,
        "pieces in which an update is computed; more need less memory",
        group=LEARNING,
        example=4,
    )
    optimizer: str = option(
        "adamw",
        "PyTorch's AdamW, or the exact update of OpenAI's code",
        choices=OPTIMIZERS,
        group=LEARNING,
        example="openai",
    )
    learning_rate: float = option(2.5e-4, "the highest", group=LEARNING, example=0.001)
    warmup: int = option(
        2000, "updates to reach it, at most half of the run", group=LEARNING, example=50
    )
    roll_call: int = option(
        0,
        "updates at the start with names sprinkled over the tales, so that copying is "
        "learned; other texts have none",
        group=LEARNING,
        example=400,
    )
    beta1: float = option(0.9, "of the mean of gradients", group=LEARNING, example=0.95)
    beta2: float = option(0.999, "of the mean of squares", group=LEARNING, example=0.98)
    weight_decay: float = option(
        0.01, "decoupled, of matrices only", group=LEARNING, example=0.1
    )
    clip: float = option(
        1.0, "largest norm of the whole gradient", group=LEARNING, example=0.5
    )
    seed: int = option(0, "of weights, dropout and order", group=LEARNING, example=1)

    device: str | None = option(
        None,
        "cpu, cuda or mps; cuda where there is one",
        type=str,
        group=MACHINE,
        example="cuda:1",
    )
    precision: str = option(
        "auto",
        "auto is bf16 on a GPU, fp16 on one without it, float32 elsewhere",
        choices=PRECISIONS,
        group=MACHINE,
        example="bf16",
    )
    compile: bool = option(False, "compile the model first", group=MACHINE, example="")
    num_workers: int = option(
        0, "processes that prepare batches", group=MACHINE, example=2
    )

    out: str = option(
        "checkpoints",
        "folder for best_model.pth, last.pth, curve.csv and curve.svg",
        group=OUTPUT,
        example="runs/first",
    )
    resume: str | None = option(
        None,
        "go on with the run of this folder or file; alone: that of --out",
        nargs="?",
        const="",
        type=str,
        group=OUTPUT,
        example="runs/first",
    )
    overwrite: bool = option(
        False, "start anew in a folder that has a run", group=OUTPUT, example=""
    )
    stop_after: int | None = option(
        None,
        "stop after so many updates, to be resumed",
        type=int,
        group=OUTPUT,
        example=1000,
    )
    eval_every: int = option(
        1000,
        "updates between validations; 0: at the end of each epoch only",
        group=OUTPUT,
        example=200,
    )
    save_every: int = option(
        1000, "updates between saves, 0 as above", group=OUTPUT, example=200
    )
    sample_every: int = option(
        1000, "updates between samples, 0: none", group=OUTPUT, example=500
    )
    export: str | None = option(
        None,
        "folder for the best model in Hugging Face's layout, at the end",
        type=str,
        metavar="FOLDER",
        group=OUTPUT,
        example="my-gpt",
    )

    def __post_init__(self):
        for name in ("epochs", "batch_size", "grad_accumulation"):
            self._check(name, getattr(self, name) >= 1, "at least 1")
        for name in ("max_steps", "subset", "stop_after"):
            value = getattr(self, name)
            self._check(name, value is None or value >= 1, "at least 1")
        for name in ("learning_rate", "clip"):
            self._check(name, 0 < getattr(self, name) < math.inf, "above 0")
        for name in ("warmup", "weight_decay"):
            self._check(name, 0 <= getattr(self, name) < math.inf, "at least 0")
        for name in (
            "num_workers",
            "eval_every",
            "save_every",
            "sample_every",
            "roll_call",
        ):
            self._check(name, getattr(self, name) >= 0, "at least 0")
        for name in ("beta1", "beta2"):
            inside = 0 <= getattr(self, name) < 1
            self._check(name, inside, "at least 0 and below 1")
        for name, known in (("optimizer", OPTIMIZERS), ("precision", PRECISIONS)):
            self._check(name, getattr(self, name) in known, " or ".join(known))
        self._check("preset", self.preset in PRESETS, " or ".join(sorted(PRESETS)))
        self.model(vocab_size=1)  # which checks its sizes

    def _check(self, name, right, expected):
        if not right:
            raise ValueError(f"--{name} must be {expected}, got {getattr(self, name)}")

    @classmethod
    def tiny(cls, **changes):
        """A run for a laptop: see `TINY`.

        Args:
            changes: any field, in place of the recipe's value.
        """
        return cls(**{"preset": "tiny", **TINY, **changes})

    def model(self, vocab_size):
        """The `GPTConfig` of the preset, with the sizes that were given.

        Args:
            vocab_size: the tokenizer's.
        """
        sizes = ("context", "layers", "width", "heads", "dropout")
        given = {name: getattr(self, name) for name in sizes}
        given = {name: value for name, value in given.items() if value is not None}
        return PRESETS[self.preset](vocab_size=vocab_size, **given)


TINY = {
    "tokenizer": "bpe",
    "vocab_size": 3072,
    "context": 512,
    "heads": 2,
    "epochs": 2,
    "batch_size": 4,
    "learning_rate": 4e-3,
    "warmup": 100,
    "roll_call": 450,
    "beta2": 0.99,
    "eval_every": 1000,
    "save_every": 500,
    "sample_every": 1000,
}
"""What the laptop's recipe changes; benchmarks/recipes.md has the measurements."""

RECIPES = {"tiny": TINY, "gpt1": {}}
"""For each preset, the defaults that it changes; the first is the command line's."""

FREE = {
    *("device", "num_workers", "out", "resume", "overwrite", "stop_after", "export"),
    *("eval_every", "save_every", "sample_every"),
}
"""Options that a resumed run may change; others would make it another run."""


def resumed(saved, given):
    """The options of a run that goes on.

    Args:
        saved: the options that it was started with, as a dictionary.
        given: those on the command line now.

    Returns:
        A `TrainConfig`.

    Raises:
        ValueError: an option was given that would make it another run.
    """
    known = {entry.name for entry in fields(TrainConfig)}
    saved = {name: value for name, value in saved.items() if name in known}
    for name, value in given.items():
        if name not in FREE and saved.get(name) != value:
            raise ValueError(
                f"the run was started with --{name} {saved.get(name)}, got {value}: "
                f"leave the flag out to go on, or start a new run without --resume"
            )
    once = {"resume": None, "overwrite": False, "stop_after": None}
    free = {name: value for name, value in given.items() if name in FREE}
    return TrainConfig(**{**saved, **once, **free})
