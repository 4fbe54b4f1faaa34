"""What a training run is made of: the paper's numbers, and those for a laptop."""

import math
from dataclasses import dataclass, fields, replace
from functools import partial

from gpt1.config import PRESETS, is_whole
from gpt1.plumbing.command import option
from gpt1.train.engine import PRECISIONS
from gpt1.train.optimizer import OPTIMIZERS
from gpt1.train.roll_call import CALLED

in_model = partial(option, group="model")
in_text = partial(option, group="text")
in_learning = partial(option, group="learning")
in_machine = partial(option, group="machine")
in_output = partial(option, group="output and resuming")


@dataclass
class TrainConfig:
    """Train a GPT-1 on a text, and keep the model that predicts unseen text best.

    The defaults are the paper's where it speaks (section 4.1); the text is not, since
    the makers of BooksCorpus no longer offer it. `TrainConfig.tiny()` is the recipe for
    a laptop, which the command line uses unless told otherwise. What it leaves open is
    None until a run knows its tokenizer and its text: see `chosen`.

    `batch_size` counts the windows of one update, however they are computed: neither
    `grad_accumulation` nor the number of processes changes what is learned.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    preset: str = in_model(
        "gpt1", "the recipe and the size of the model", choices=sorted(PRESETS)
    )
    context: int | None = in_model(
        None, "tokens that the model sees at once; the recipe's value unless given"
    )
    layers: int | None = in_model(
        None, "number of blocks; the recipe's value unless given"
    )
    width: int | None = in_model(
        None, "size of a state; the recipe's value unless given"
    )
    heads: int | None = in_model(
        None, "number of heads; the recipe's value unless given"
    )
    dropout: float | None = in_model(
        None, "rate of all four dropouts; the recipe's value unless given"
    )

    dataset: str = in_text(
        "tales",
        "the text to train on: tales or python-docs, which are built in; a file, "
        "folder or glob; or wikitext-2, wikitext-103 or a data set of the Hugging Face "
        "Hub, which need a network",
    )
    column: str = in_text(
        "text", "the column of a data set of the hub that holds the text"
    )
    tales: int | None = in_text(
        None, "number of tales to train on, 20,000 unless given; only for tales"
    )
    begin_with: str | None = in_text(
        None,
        "let each window begin with this text, \\n being a line end: with the empty "
        "line between two tales, \\n\\n, it begins where a tale does",
    )
    tokenizer: str = in_text(
        "gpt1",
        "characters; bpe, which is learned from the text; gpt1, GPT-1's own; or the "
        "file of a saved tokenizer",
    )
    vocab_size: int | None = in_text(
        2048, "number of tokens that --tokenizer bpe learns"
    )
    subset: int | None = in_text(None, "use only the first N windows")

    epochs: int | None = in_learning(100, "passes over the text")
    max_steps: int | None = in_learning(None, "number of updates, instead of epochs")
    batch_size: int | None = in_learning(64, "windows in one update, in total")
    grad_accumulation: int = in_learning(
        1, "parts into which each update is split; more parts need less memory"
    )
    optimizer: str = in_learning(
        "adamw",
        "adamw is PyTorch's AdamW; openai is the exact update of OpenAI's code",
        choices=OPTIMIZERS,
    )
    learning_rate: float | None = in_learning(
        2.5e-4, "the highest learning rate of the schedule"
    )
    warmup: int | None = in_learning(
        2000, "updates in which the learning rate rises; at most half of the run"
    )
    roll_call: int = in_learning(
        0,
        "updates at the start in which names are sprinkled over the tales, so that the "
        "model learns to copy them; only for tales",
    )
    called: str = in_learning(
        "names",
        "what the roll call sprinkles: names; facts, the words for things, places and "
        "helpers too; or places, each in all its forms",
        choices=CALLED,
    )
    beta1: float = in_learning(0.9, "decay of the running mean of the gradients")
    beta2: float = in_learning(0.999, "decay of the running mean of their squares")
    weight_decay: float = in_learning(
        0.01, "decoupled weight decay, applied to matrices only"
    )
    clip: float = in_learning(
        1.0, "largest norm of the whole gradient; 0 turns clipping off"
    )
    seed: int = in_learning(
        0, "seed of the weights, the dropout and the order of the windows"
    )

    device: str | None = in_machine(None, "cpu, cuda or mps; cuda where there is one")
    precision: str = in_machine(
        "auto",
        "auto is bf16 on a GPU that has it, fp16 on other GPUs, and float32 elsewhere",
        choices=PRECISIONS,
    )
    compile: bool = in_machine(False, "compile the model before training")
    num_workers: int = in_machine(0, "number of extra processes that prepare batches")

    out: str = in_output(
        "checkpoints", "folder for best_model.pth, last.pth, curve.csv and curve.svg"
    )
    resume: str | None = in_output(
        None,
        "continue the run in this folder or file; without a value, the run in --out",
        nargs="?",
        const="",
    )
    overwrite: bool = in_output(
        False, "start again in a folder that already holds a run"
    )
    stop_after: int | None = in_output(
        None, "stop after this many updates; the run can be resumed later"
    )
    eval_every: int | None = in_output(
        None,
        "updates between validations; unless given, a tenth of the run, but at most "
        "1000; 0 means only at the end of each epoch",
    )
    save_every: int = in_output(
        1000, "updates between saves; 0 means only at the end of each epoch"
    )
    keep: int | None = in_output(
        None,
        "number of updates whose weights are kept, in files of their own: the last, "
        "and others from the end of the warm-up on, at equal distances of log(update)",
    )
    sample_every: int = in_output(1000, "updates between samples; 0 means none")
    export: str | None = in_output(
        None,
        "at the end, save the best model in this folder in Hugging Face's layout",
        metavar="FOLDER",
    )

    def __post_init__(self):
        left_open = ("eval_every", *(OPEN if self.preset == "tiny" else ()))
        check_ranges(self, RANGES, left_open)
        self.model(vocab_size=1)  # which checks its sizes

    @classmethod
    def tiny(cls, **changes):
        """A run for a laptop: see `TINY`, for other texts `chosen`.

        Args:
            changes: any field, in place of the recipe's value.
        """
        given = {**TINY, **changes}
        tales = given.get("dataset", cls.dataset), given["tokenizer"]
        left_open = {} if tales == ("tales", "bpe") else dict.fromkeys(OPEN)
        return cls(**{"preset": "tiny", **TINY, **left_open, **changes})

    def model(self, vocab_size):
        """The `GPTConfig` of the preset, with the sizes that were given.

        Args:
            vocab_size: the tokenizer's.
        """
        sizes = ("context", "layers", "width", "heads", "dropout")
        given = {name: getattr(self, name) for name in sizes}
        given = {name: value for name, value in given.items() if value is not None}
        return PRESETS[self.preset](vocab_size=vocab_size, **given)


def check_ranges(options, ranges, left_open=()):
    """Raise ValueError for the first option that is not what it must be.

    Args:
        options: a dataclass.
        ranges: as `RANGES`; names that the options do not have are left out.
        left_open: names of options that may be None.
    """
    for expected, (right, names) in ranges.items():
        for name in names.split():
            value = getattr(options, name, None)
            absent = not hasattr(options, name) or (value is None and name in left_open)
            if not absent and not right(value):
                raise ValueError(f"--{name} must be {expected}, got {value!r}")


RANGES = {
    "a whole number, at least 1": (
        lambda value: value is None or (is_whole(value) and value >= 1),
        "epochs batch_size grad_accumulation max_steps subset stop_after tales keep",
    ),
    "a whole number, at least 0": (
        lambda value: is_whole(value) and value >= 0,
        "warmup num_workers eval_every save_every sample_every roll_call",
    ),
    "a name, not an empty one": (
        lambda value: str(value) != "",
        "dataset column tokenizer device out export begin_with",
    ),
    "a whole number, at least 0 and below 2^63": (
        lambda value: is_whole(value) and 0 <= value < 2**63,
        "seed",
    ),
    "above 0 and finite": (lambda value: 0 < value < math.inf, "learning_rate"),
    "at least 0 and finite": (lambda value: 0 <= value < math.inf, "weight_decay"),
    "at least 0 (0 and inf: no clipping)": (lambda value: value >= 0, "clip"),
    "at least 0 and below 1": (lambda value: 0 <= value < 1, "beta1 beta2"),
    " or ".join(OPTIMIZERS): (OPTIMIZERS.__contains__, "optimizer"),
    " or ".join(CALLED): (CALLED.__contains__, "called"),
    " or ".join(PRECISIONS): (PRECISIONS.__contains__, "precision"),
    " or ".join(sorted(PRESETS)): (PRESETS.__contains__, "preset"),
}
"""What an option must be, how that is seen, and the options that must."""

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
    "save_every": 500,
}
"""What the laptop's recipe is for tales in byte pairs, which made the model that comes
with the package; benchmarks/recipes.md has the measurements."""

OPEN = (
    *("vocab_size", "context", "layers", "width", "heads", "dropout"),
    *("epochs", "max_steps", "batch_size", "learning_rate", "warmup"),
)
"""Of these, the ones that are not given follow the tokenizer and the text, where the
text is another one: see `chosen`."""

RECIPES = {"tiny": {**TINY, **dict.fromkeys(OPEN)}, "gpt1": {}}
"""For each preset, the defaults that it changes; the first is the command line's."""

WINDOW, PART, PASSES, LEAST = 64, 16, 10, 200
"""Of a run that is chosen: tokens in a window, the part of a short text that is in an
update, the most passes, but for the least updates."""

ONCE = 5000
"""The most updates for one pass over a long text, near those of the tales."""

QUICK = {"layers": 2, "width": 112, "batch_size": 12}
QUICK |= {"max_steps": 2000, "learning_rate": 5e-3}
SLOW = {"layers": 4, "width": 128, "batch_size": 16}
SLOW |= {"max_steps": 1000, "learning_rate": 3e-3}
"""The model, and the most of windows in an update and of updates of more than one pass:
for a text of about a megabyte; and for longer and shorter ones, and for tales."""

MANY, LARGE = 2**14, {"layers": 4, "width": 128, "batch_size": 4}
LARGE |= {"max_steps": 2000, "learning_rate": 1e-3}
"""From so many tokens in a vocabulary, nearly all the work of an update is to score
them, and most are rare: what takes the place of those above."""

OFTEN, DROPOUT = 5, 0.2
"""A text that is passed more often than this is learned by heart without dropout."""


def chosen(options, tokenizer, tokens, began=None):
    """The options of a run, with nothing left open.

    A text of a megabyte gets 2 layers of width 112 and 2,000 updates of 12 windows of
    64 tokens, which takes a minute or two. A text that these read less than once, or
    more than ten times, gets 4 layers of width 128 and 16 windows. A long one is read
    once, in at most 5,000 updates; beyond that, `--max_steps` and `--epochs` say how
    long is worth it. A short one gets fewer updates, ten passes over it but no less
    than 200 updates, of fewer windows, a sixteenth of the text; and dropout, if they
    pass over it more than five times. A large vocabulary, such as GPT-1's own, and
    tales in characters have 4 layers, too. benchmarks/recipes.md has the measurements.

    Args:
        options: a `TrainConfig`; what is given in it stays as it is.
        tokenizer: that of the run.
        tokens: of the training text and of the validation text, two numbers.
        began: the options of a run that goes on, a dictionary: what was chosen then.

    Returns:
        A `TrainConfig`.
    """
    if began:
        return _filled(options, {name: began.get(name) for name in OPEN})
    if options.preset != "tiny":
        return options
    if (options.dataset, tokenizer.kind) == ("tales", "bpe"):
        return _filled(options, TINY)
    context = options.context or max(1, min(WINDOW, *(many - 1 for many in tokens)))
    windows = max(1, min((tokens[0] - 1) // context, options.subset or math.inf))
    times = QUICK["max_steps"] * QUICK["batch_size"] / windows
    fits = 1 <= times <= PASSES and options.dataset != "tales"
    most = QUICK if fits else SLOW
    most = LARGE if tokenizer.vocab_size >= MANY else most
    batch_size = options.batch_size or max(1, min(most["batch_size"], windows // PART))
    found = {**most, "context": context, "batch_size": batch_size, "heads": 4}
    found |= {"warmup": 100, "vocab_size": tokenizer.vocab_size}
    longest = max(found.pop("max_steps"), min(ONCE, windows // batch_size))
    if options.max_steps is None and options.epochs is None:
        found["max_steps"] = max(LEAST, min(longest, PASSES * windows // batch_size))
    updates = options.max_steps or found.get("max_steps")
    passes = updates * batch_size / windows if updates else options.epochs
    found["dropout"] = DROPOUT if passes > OFTEN else 0.0
    return _filled(options, found)


def _filled(options, values):
    """Options in which what is None has a value, where there is one."""
    missing = {n: v for n, v in values.items() if getattr(options, n) is None}
    return replace(options, **missing)


FREE = {
    *("device", "num_workers", "out", "resume", "overwrite", "stop_after", "export"),
    *("eval_every", "save_every", "sample_every", "keep"),
    *("dataset", "column", "tokenizer"),  # where it is; what it is, its content tells
    *("grad_accumulation", "compile", "precision"),
}
"""Options that a resumed run may change, for they say where something is or how it is
computed; others would make it another run."""


def resumed(saved, given, options=None, free=FREE):
    """The options of a run that goes on.

    Args:
        saved: the options that it was started with, as a dictionary.
        given: those on the command line now.
        options: the dataclass; None means `TrainConfig`.
        free: the names of those that may change.

    Returns:
        An instance of the dataclass.

    Raises:
        ValueError: an option was given that would make it another run.
    """
    options = options or TrainConfig
    known = {entry.name for entry in fields(options)}
    saved = {name: value for name, value in saved.items() if name in known}
    for name, value in given.items():
        # Of tales more is known than their text: names for a roll call, and a floor.
        fixed = name not in free or "tales" in (value, saved.get(name))
        if fixed and saved.get(name) != value:
            raise ValueError(
                f"the run was started with --{name} {saved.get(name)}, not {value}: "
                f"leave the flag out to go on, or start a new run without --resume"
            )
    once = {"resume": None, "overwrite": False, "stop_after": None}
    changed = {name: value for name, value in given.items() if name in free}
    return options(**{**saved, **once, **changed})
