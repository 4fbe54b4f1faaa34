"""A training run: everything that has to be kept to go on as if it had never stopped.

Weights, optimizer, the place in the data, the random numbers of dropout, the step that
fixes the learning rate, and the sums behind the numbers that are shown. `last.pth` has
all of it; `best_model.pth` has the model that predicts unseen text best.
"""

import importlib.util
import shutil
import tempfile
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

from torch import nn

from gpt1.model import GPT
from gpt1.plumbing.files import atomic_write, load_checkpoint, save_checkpoint
from gpt1.plumbing.hub import missing
from gpt1.speed.dropout import fast_dropout
from gpt1.train.curve import write_curve
from gpt1.train.optimizer import make_optimizer, schedule

BEST, LAST = "best_model.pth", "last.pth"
WRITTEN = (BEST, LAST, "curve.csv", "curve.svg", "ids/*")

COUNTERS = ("tokens", "seconds", "best", "rows", "epoch_sum", "row_sum")
"""Attributes of a `Run` that its checkpoint takes as they are."""


class Loss(nn.Module):
    """`model.loss` as a module, for what wraps modules: DDP and torch.compile.

    Args:
        model: a `GPT`.
        inside: the context in which it is computed, such as `fast_dropout`.
    """

    def __init__(self, model, inside=nullcontext):
        super().__init__()
        self.model, self.inside = model, inside

    def forward(self, ids, targets):
        """Mean cross-entropy, a scalar: see `GPT.loss`."""
        with self.inside():
            return self.model.loss(ids, targets)


def loss_module(model, options):
    """The `Loss` of a model: compiled if that was asked for, else with fast dropout."""
    if options.compile:
        module = Loss(model)
        module.compile()
        return module
    return Loss(model, fast_dropout if model.config.dropout else nullcontext)


class Run:
    """A model that is being trained, and where the training stands.

    Args:
        options: a `TrainConfig`.
        engine: an `Engine`.
        tokenizer: of the texts.
        training: `Batches`.
        validation: `Batches`, not shuffled.
        roll_call: a `RollCall`, for the first updates.
        floor: nats per token that no model can go under; None if not known.

    Attributes:
        step: updates done.
        total: updates in the whole run.
        rows: of the loss curve, see `gpt1.train.curve.COLUMNS`.
        epoch_sum: nats and tokens of this epoch so far.
        row_sum: nats and tokens since the last row.
    """

    def __init__(
        self, options, engine, tokenizer, training, validation, roll_call, floor=None
    ):
        self.options, self.engine, self.tokenizer = options, engine, tokenizer
        self.training, self.validation = training, validation
        self.roll_call, self.floor = roll_call, floor
        self.folder = Path(options.out)
        model = GPT(options.model(tokenizer.vocab_size))
        self.model = model.to(engine.device)
        self.loss_of = engine.spread(loss_module(self.model, options))
        self.optimizer = make_optimizer(
            self.model,
            options.optimizer,
            learning_rate=options.learning_rate,
            betas=(options.beta1, options.beta2),
            weight_decay=options.weight_decay,
        )
        self.step, self.tokens, self.seconds, self.best = 0, 0, 0.0, float("inf")
        self.total = options.max_steps or options.epochs * len(training)
        self.rows, self.validation_loss = [], None
        self.epoch_sum, self.row_sum = [0.0, 0], [0.0, 0]

    def count(self, mean, tokens):
        """Take one update's mean loss and number of tokens into the sums."""
        self.tokens += tokens
        for sums in (self.epoch_sum, self.row_sum):
            sums[0] += mean * tokens
            sums[1] += tokens

    def rate(self):
        """The learning rate of the next update."""
        options = self.options
        if self.step >= self.total:
            return 0.0
        return options.learning_rate * schedule(self.step, self.total, options.warmup)

    def row(self, validation_loss=None):
        """Add a row to the curve, with what was seen since the last one."""
        nats, tokens = self.row_sum
        mean = nats / tokens if tokens else None
        epoch, self.row_sum = self.training.epoch, [0.0, 0]
        values = (self.step, epoch, self.tokens, self.seconds, self.rate(), mean)
        self.rows.append((*values, validation_loss))

    def validated(self, loss):
        """Take a validation loss; the best so far is kept with its model."""
        self.validation_loss = loss
        self.row(loss)
        if loss < self.best:
            self.best = loss
            if self.engine.main:
                save_checkpoint(self.folder / BEST, self.contents())

    def contents(self):
        """What a checkpoint of the model holds: plain values and tensors."""
        state = self.model.state_dict()
        return {
            "model": {name: tensor.cpu() for name, tensor in state.items()},
            "config": self.model.config.to_dict(),
            "tokenizer": self.tokenizer.to_dict(),
            "step": self.step,
            "epoch": self.training.epoch,
            "validation_loss": self.validation_loss,
        }

    def save(self):
        """Write last.pth and the curve; every process has to call it."""
        random = self.engine.gather(self.engine.random_state())
        if self.engine.main:
            scaler = self.engine.scaler
            contents = {
                **self.contents(),
                "options": _plain(self.options),
                "optimizer": self.optimizer.state_dict(),
                "scaler": scaler.state_dict() if scaler else None,
                "data": self.training.state_dict(),
                "random": random,
                "total": self.total,
                "numbers": {name: getattr(self, name) for name in COUNTERS},
            }
            save_checkpoint(self.folder / LAST, contents)
            write_curve(self.folder, self.rows, self.floor)

    def restore(self, contents):
        """Go on from what `save` wrote.

        Raises:
            ValueError: it is the run of another model, text or number of processes.
        """
        ours, theirs = self.model.config.to_dict(), contents["config"]
        differs = [name for name in ours if ours[name] != theirs.get(name)]
        if differs:
            name = differs[0]
            raise ValueError(
                f"the checkpoint has a model of another architecture: its {name} is "
                f"{theirs.get(name)}, this run's is {ours[name]}; start a new run in "
                f"another --out"
            )
        if len(contents["random"]) != self.engine.count:
            raise ValueError(
                f"the run was saved by {len(contents['random'])} processes, got "
                f"{self.engine.count}: resume it with as many, so that it stays exact"
            )
        self.training.load_state_dict(contents["data"])
        self.model.load_state_dict(contents["model"])
        self.optimizer.load_state_dict(contents["optimizer"])
        if self.engine.scaler and contents["scaler"]:
            self.engine.scaler.load_state_dict(contents["scaler"])
        self.engine.set_random_state(contents["random"][self.engine.rank])
        self.step = contents["step"]
        self.validation_loss = contents["validation_loss"]
        for name, value in contents["numbers"].items():
            setattr(self, name, value)


def _plain(options):
    """Options as a dictionary without paths, which a checkpoint cannot hold."""
    values = asdict(options).items()
    return {name: str(v) if isinstance(v, Path) else v for name, v in values}


def read_run(path):
    """The contents of a last.pth.

    Args:
        path: the file, or the folder that it is in.

    Raises:
        FileNotFoundError, ValueError: there is none, or it is something else.
    """
    path = Path(path)
    path = path / LAST if path.is_dir() else path
    contents = load_checkpoint(path)
    wanted = {"model", "config", "tokenizer", "options", "optimizer", "data", "random"}
    wanted |= {"step", "validation_loss", "numbers", "scaler"}
    if not wanted <= set(contents):
        raise ValueError(
            f"{path} cannot be resumed: expected a {LAST} written by gpt1 train, which "
            f"has the optimizer and the place in the text too"
        )
    return contents


# --- its folder -----------------------------------------------------------------------


def make_ready(options):
    """Make a run's folders, see that they can be written to, and clear them up.

    Args:
        options: a `TrainConfig`.

    Raises:
        OSError: a folder cannot be made, or not be written to.
        ValueError: there is a run in it that would be lost.
        ImportError: the export needs what is not installed.
    """
    folder, source = Path(options.out), started_in(options)
    goes_on = source is not None and source.resolve() == folder.resolve()
    found = [name for name in (LAST, BEST) if (folder / name).exists()]
    if found and not options.overwrite and not goes_on:
        way = "go on with it with --resume, " if LAST in found else ""
        raise ValueError(
            f"{folder} holds a run already ({found[0]}): {way}choose another folder "
            f"with --out, or give --overwrite"
        )
    check_writable("--out", folder)
    if options.export:
        check_writable("--export", Path(options.export))
        if importlib.util.find_spec("safetensors") is None:
            raise missing("safetensors", "pretrained")
    clear(folder)
    if source is not None and not goes_on and (source / BEST).is_file():
        # The best model so far may stay the best.
        with atomic_write(folder / BEST) as temporary:
            shutil.copyfile(source / BEST, temporary)


def started_in(options):
    """The folder with the run that is gone on with; None for a new run."""
    if options.resume is None:
        return None
    path = Path(options.resume or options.out)
    return path if path.is_dir() else path.parent


def check_writable(flag, folder):
    """Make a folder and a file in it, which goes again; the error names the flag."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise type(error)(
            f"{flag} must be a folder that can be written to, got {folder}: {reason}"
        ) from None


def clear(folder):
    """Remove the half-written files of a run that was killed while it wrote."""
    for name in WRITTEN:
        path = folder / name
        for half in path.parent.glob(f".{path.name}.*"):
            half.unlink(missing_ok=True)
