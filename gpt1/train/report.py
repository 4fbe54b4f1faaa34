"""What a person sees of a run: what it is made of, how it goes, how it ended."""

import os
import sys
import time

import torch

from gpt1.data.files import told
from gpt1.generate.sampling import generate
from gpt1.plumbing.device import short
from gpt1.plumbing.writing import ERRORS, OUT
from gpt1.train.levels import ahead, standing
from gpt1.train.run import BEST

EVERY = 10
"""Seconds between the lines of a log."""

WORDS = {
    "loss": "loss {}",
    "floor": "floor {}",
    "level": "{}",
    "validation": "val {}",
    "score": "{}",
    "rate": "rate {}",
    "tokens_per_s": "{} tok/s",
    "examples_per_s": "{} ex/s",
}
"""What is shown beside the count, in this order; on a bar it fits 80 columns."""

WIDE = 120
"""Columns of a terminal in which a bar has room for the updates done, too."""


# --- while it runs --------------------------------------------------------------------


def progress(total, done=0):
    """A display for where it will be seen: a bar on a terminal with tqdm, else lines.

    Args:
        total: updates in the whole run.
        done: of those, the ones that an earlier process did.

    Returns:
        `Bar` or `Lines`.
    """
    if sys.stderr is None or sys.stderr.closed or not sys.stderr.isatty():
        return Lines(total, done)
    try:
        from tqdm import tqdm
    except ImportError:
        return Lines(total, done)
    try:
        wide = os.get_terminal_size(sys.stderr.fileno()).columns >= WIDE
    except OSError:  # it has closed
        return Lines(total, done)
    count = "{n_fmt}/{total_fmt}, " if wide else ""
    layout = f"{{percentage:3.0f}}%|{{bar}}| {count}{{remaining}} left{{postfix}}"
    how = {"file": ERRORS, "dynamic_ncols": True, "bar_format": layout}
    return Bar(tqdm(total=total, initial=done, **how))


class Silence:
    """Takes what a display takes, and shows nothing: for all processes but one."""

    def step(self, **values):
        """One update is done; `values` are strings, with names of `WORDS`."""

    def write(self, text):
        """Print a line or more, without breaking the bar."""

    def close(self):
        """The end of the display."""


class Bar(Silence):
    """The bar on a terminal.

    Args:
        bar: a `tqdm`.
    """

    def __init__(self, bar):
        self.bar = bar

    def step(self, **values):
        self.bar.set_postfix_str(" ".join(worded(values)), refresh=False)
        self.bar.update(1)

    def write(self, text):
        self.bar.clear()
        OUT.line(text)
        self.bar.refresh()

    def close(self):
        self.bar.close()


class Lines(Silence):
    """A line about every ten seconds, for pipes and log files.

    Args:
        total: as for `progress`, and so is `done`.
    """

    def __init__(self, total, done=0):
        self.total, self.done, self.first = total, done, done
        self.start = self.last = time.monotonic()

    def step(self, **values):
        self.done += 1
        now = time.monotonic()
        if now - self.last < EVERY:
            return
        self.last = now
        left = (now - self.start) / (self.done - self.first) * (self.total - self.done)
        words = ", ".join([*worded(values), f"{clock(left)} left"])
        self.write(f"step {self.done:,} of {self.total:,}: {words}")

    def write(self, text):
        OUT.line(text)


def worded(values):
    """The values that there are, each with its word, in the order of `WORDS`."""
    return [
        words.format(values[name]) for name, words in WORDS.items() if name in values
    ]


def beside(run, loss):
    """What to show beside a loss: the floor, or the next level of those who count."""
    if run.floor is not None:
        return {"floor": f"{run.floor:.3f}"}
    if not run.levels:
        return {}
    name = ahead(loss, run.levels)
    return {"level": f"{name.removesuffix('gram')} {run.levels[name]:.3f}"}


def ended(run, epoch, loss):
    """The line at the end of an epoch.

    Args:
        run: a `Run`, validated.
        epoch: its number, from 1.
        loss: the mean training loss in it.
    """
    loss = f"Train Loss = {loss:.4f}, Val Loss = {run.validation_loss:.4f}"
    name = ahead(run.validation_loss, run.levels)
    seen = f", {standing(run.validation_loss, name, run.levels)}" if run.levels else ""
    seen += "".join(f", {name} {value:.4f}" for name, value in run.scores.items())
    return f"Epoch {epoch}: {loss}{seen}"


def clock(seconds):
    """Seconds as hours, minutes and seconds, such as 1:02:03 or 2:03."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def sample(run):
    """What the model writes now, from the first words of the validation text."""
    model, training = run.model, run.model.training
    ids, _ = run.validation.dataset[0]
    dice = torch.Generator(run.engine.device).manual_seed(short(run.options.seed))
    [text] = generate(model.eval(), [ids[:8]], 60, generator=dice)
    model.train(training)
    return f"step {run.step:,} writes: {run.tokenizer.decode(text)!r}"


# --- before and after it --------------------------------------------------------------


def describe(run):
    """What a run is made of, in a few lines."""
    options, config = run.options, run.model.config
    parameters = sum(parameter.numel() for parameter in run.model.parameters())
    windows, kept = len(run.training.dataset), len(run.validation.dataset)
    lines = [
        f"device: {computed(run)}",
        (
            f"model: {options.preset}, {parameters:,} parameters: {config.layers} "
            f"layers, width {config.width}, {config.heads} heads, context "
            f"{config.context}, vocabulary {config.vocab_size:,}, dropout "
            f"{config.dropout}"
        ),
        f"data: {options.dataset}, {windows * config.context:,} tokens per epoch, "
        f"{kept * config.context:,} to validate"
        + (f"; floor {run.floor:.4f} nats per token" if run.floor else ""),
        (
            f"run: {run.total:,} updates of {options.batch_size} x {config.context} "
            f"tokens, {options.optimizer}, learning rate {options.learning_rate} after "
            f"{min(options.warmup, run.total // 2):,} updates"
        ),
    ]
    if run.levels:
        known = ", ".join(f"{name} {nats:.3f}" for name, nats in run.levels.items())
        lines.insert(3, f"counting: {known} nats per token")
    if files := told(options.dataset):
        lines.insert(2, f"files: {files}")
    if run.roll_call.updates:
        lines.append(
            f"roll call: {options.called} sprinkled over the tales in the first "
            f"{run.roll_call.updates:,} updates"
        )
    if run.step:
        lines += [f"resumed after update {run.step:,}", *run.notes]
    return "\n".join(lines)


def computed(run):
    """Where a run is computed and how, on one line."""
    engine, place = run.engine, str(run.engine.device)
    if engine.device.type == "cuda":
        place = torch.cuda.get_device_name(engine.device)
    elif engine.device.type == "cpu":
        threads = torch.get_num_threads()
        place += f" with {threads} thread{'s' if threads > 1 else ''}"
    processes = f", {engine.count} processes" if engine.count > 1 else ""
    compiled = ", compiled" if run.options.compile else ""
    return f"{place}, {engine.precision}{processes}{compiled}"


def summary(run):
    """The last line of a run."""
    speed = run.tokens / max(run.seconds, 1e-9)
    return (
        f"Training completed. Best model: {run.folder / BEST} "
        f"({run.best_told()}) after {run.tokens:,} {run.unit} in "
        f"{clock(run.seconds)}, {speed:,.0f} {run.unit}/s"
    )
