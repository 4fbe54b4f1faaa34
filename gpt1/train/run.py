"""A training run: everything that has to be kept to go on as if it had never stopped.

Weights, optimizer, the place in the data, the random numbers of dropout, the step that
fixes the learning rate, and the sums behind the numbers that are shown. `last.pth` has
all of it; `best_model.pth` has the model that predicts unseen text best.
"""

import hashlib
import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from torch import nn

from gpt1.data.sources import BUILT_IN, WIKITEXT
from gpt1.plumbing.files import load_checkpoint, save_checkpoint
from gpt1.speed.dropout import fast_dropout
from gpt1.speed.products import fast_products
from gpt1.tokenizer.choice import KINDS
from gpt1.train.curve import COLUMNS, write_curve
from gpt1.train.optimizer import make_optimizer, schedule
from gpt1.train.recipe import FREE
from gpt1.train.step import evaluate

BEST, LAST, KEPT = "best_model.pth", "last.pth", "after-{:06}.pth"
"""The last one is that of an update that `--keep` keeps."""

COUNTERS = ("tokens", "seconds", "best", "rows", "epoch_sum", "row_sum")
"""Attributes of a `Run` that its checkpoint takes as they are."""


PLACES = {"dataset", "tokenizer", "export", "model", "train", "validation"}
"""Options of all kinds of run that may name a file or a folder."""


class Loss(nn.Module):
    """`model.loss` as a module, for what wraps modules: DDP and torch.compile.

    Args:
        model: a `GPT`, or another with a `loss`.
        inside: contexts in which it is computed, such as `fast_dropout`.
    """

    def __init__(self, model, *inside):
        super().__init__()
        self.model, self.inside = model, inside

    def forward(self, *batch):
        """Mean cross-entropy, a scalar: see `GPT.loss`."""
        with ExitStack() as stack:
            for context in self.inside:
                stack.enter_context(context())
            return self.model.loss(*batch)


def loss_module(model, options):
    """The `Loss` of a model: compiled if that was asked for, else in its fast forms."""
    if options.compile:
        module = Loss(model)
        module.compile()
        return module
    return Loss(model, fast_products, *[fast_dropout] * bool(model.config.dropout))


class Run:
    """A model that is being trained, and where the training stands.

    What a batch is and what is learned from it is the model's: `model.loss(*batch)` is
    the mean over what counts in the last tensor of a batch. What pre-training has
    beside this is in `gpt1.train.pretraining.PreTraining`, and fine-tuning is another
    kind of run.

    Args:
        options: a `TrainConfig`, or those of another kind of run.
        engine: an `Engine`.
        tokenizer: of the texts.
        model: with `loss` and `config`; it is moved to the engine's device.
        training: `Batches`.
        validation: `Batches`, not shuffled.
        text: hashes of what is learned from, by name.

    Attributes:
        step: updates done.
        total: updates in the whole run.
        tokens: what was learned from so far, in the run's `unit`.
        rows: of the loss curve, see `columns`.
        epoch_sum: nats and tokens of this epoch so far.
        row_sum: nats and tokens since the last row.
        scores: what else was measured with the validation loss, by name.
        floor: nats per token that no model can go under; None if not known.
        levels: what counting makes of the validation text, see `gpt1.train.levels`.
        computed: how an update is computed, as far as its last digits depend on it.
        notes: what there is to say about a run that goes on.
    """

    unit = "tokens"
    """What the losses are means over."""

    free = FREE
    """Options that may change when it goes on."""

    place = "dataset"
    """The option that says where the text is."""

    columns = COLUMNS
    """Of the loss curve; after the losses, the names of the scores."""

    def __init__(self, options, engine, tokenizer, model, training, validation, text):
        self.options, self.engine, self.tokenizer = options, engine, tokenizer
        self.training, self.validation, self.text = training, validation, text
        self.floor, self.levels, self.scores = None, {}, {}
        self.folder = Path(options.out)
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
        self.rows, self.validation_loss, self.notes = [], None, []
        self.epoch_sum, self.row_sum = [0.0, 0], [0.0, 0]
        self.computed = {
            "device": engine.device.type,
            "precision": engine.precision,
            "grad_accumulation": options.grad_accumulation,
            "compile": options.compile,
        }

    def identity(self):
        """What is learned, as a hash: two runs with the same one are the same run."""
        learned = {n: v for n, v in _plain(self.options).items() if n not in self.free}
        whole = [learned, self.text, self.tokenizer.to_dict()]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()

    def prepared(self, batch):
        """A batch as the next update gets it."""
        return batch

    def share(self, step):
        """The learning rate after `step` updates, as a share of the highest."""
        return schedule(step, self.total, self.options.warmup)

    def measure(self):
        """The validation loss, and what else is to be kept with it, by name."""
        return evaluate(self.model, self.validation, self.engine), {}

    def worth(self, contents):
        """What decides which model is the best, the lower the better.

        Args:
            contents: of a checkpoint.

        Returns:
            A number; None where nothing was validated.
        """
        return contents.get("validation_loss")

    def best_told(self):
        """What `best` is, in words."""
        return f"Val Loss = {self.best:.4f}"

    def count(self, mean, tokens):
        """Take one update's mean loss and number of tokens into the sums."""
        self.tokens += tokens
        for sums in (self.epoch_sum, self.row_sum):
            sums[0] += mean * tokens
            sums[1] += tokens

    def rate(self):
        """The learning rate of the next update."""
        if self.step >= self.total:
            return 0.0
        return self.options.learning_rate * self.share(self.step)

    def row(self, validation_loss=None, scores=None):
        """Add a row to the curve, with what was seen since the last one."""
        nats, tokens = self.row_sum
        mean = nats / tokens if tokens else None
        epoch, self.row_sum = self.training.epoch, [0.0, 0]
        values = (self.step, epoch, self.tokens, self.seconds, self.rate(), mean)
        more = [(scores or {}).get(name) for name in self.columns[len(values) + 1 :]]
        self.rows.append((*values, validation_loss, *more))

    def validated(self, loss, scores):
        """Take what `measure` gave; the best so far is kept with its model."""
        self.validation_loss, self.scores = loss, scores
        self.row(loss, scores)
        worth = self.worth({"validation_loss": loss, "scores": scores})
        if worth < self.best:
            self.best = worth
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
            "run": self.identity(),
        }

    def keep(self):
        """Write the weights of this update in a file of their own."""
        if self.engine.main:
            name = KEPT.format(self.step)
            save_checkpoint(self.folder / name, self.contents())

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
                "text": self.text,
                "levels": self.levels,
                "computed": self.computed,
                "total": self.total,
                "numbers": {name: getattr(self, name) for name in COUNTERS},
            }
            save_checkpoint(self.folder / LAST, contents)
            about = {"floor": self.floor, "levels": self.levels, "unit": self.unit}
            write_curve(self.folder, self.rows, columns=self.columns, **about)

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
                f"the model in the checkpoint has another architecture: its {name} is "
                f"{theirs.get(name)}, but this run's is {ours[name]}; start a new run "
                f"in another --out"
            )
        if len(contents["random"]) != self.engine.count:
            raise ValueError(
                f"the run was saved by {len(contents['random'])} processes, not "
                f"{self.engine.count}: resume it with as many as before, so that it "
                f"continues exactly"
            )
        self.compare(contents)
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

    def compare(self, contents):
        """See that the texts are those of a saved run, and note what else differs."""
        place = self.place
        for part, known in contents.get("text", {}).items():
            if self.text[part] != known:
                raise ValueError(
                    f"the {part} text at {getattr(self.options, place)} is not the one "
                    f"that the run began with: give --{place} the place where the same "
                    f"text is now, or start a new run in another --out"
                )
        before, now = contents["options"].get(place), _plain(self.options)
        if before != now[place]:
            told = f"the text is that of {before}, so the run goes on exactly"
            self.notes.append(told if "text" in contents else f"text: was {before}")
        before = contents.get("computed", self.computed)
        changed = [
            f"{name} was {before[name]} and is {value}"
            for name, value in self.computed.items()
            if before[name] != value
        ]
        if changed:
            self.notes.append(
                f"{', '.join(changed)}: it learns the same, but the last digits may "
                f"differ from those of a run that was not stopped"
            )


def _plain(options):
    """Options as a checkpoint can hold them: without any `Path`, and with whole paths,
    which are the same from any folder."""
    values = asdict(options).items()
    values = {name: str(v) if isinstance(v, Path) else v for name, v in values}
    for name in values.keys() & PLACES:
        place = values[name]
        named = place in (None, *BUILT_IN, *WIKITEXT, *KINDS)
        if not named and (Path(place).exists() or set("*?[") & set(place)):
            values[name] = str(Path(place).resolve())
    return values


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
            f"also contains the optimizer's state and the place in the text"
        )
    return contents
