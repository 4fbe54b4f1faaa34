"""A run, update by update: when to look, to validate, to save and to stop."""

import math
import signal
import threading
import time

from gpt1.plumbing.command import ENDING
from gpt1.train.optimizer import set_rate
from gpt1.train.report import beside, ended, sample
from gpt1.train.step import counted, train_step

AHEAD = 10
"""Steps that a GPU may be ahead of the program before their losses are looked at."""

ROWS = 500
"""Of the curve, in a whole run; those with a validation loss come on top."""

POINTS, SELDOM = 10, 1000
"""Of a run in which nobody says how often to validate: how many times it does, and the
most updates between two; the ends of epochs come on top."""

TWICE = 1
"""Seconds in which two signals are one: torchrun passes on a Ctrl-C that the terminal
has sent to its processes already."""


class Loop:
    """Goes through a run, update by update.

    Args:
        run: a `Run`.
        display: a `Bar`, `Lines` or `Silence` of `gpt1.train.report`.
        stop: a `Stop`.

    Attributes:
        pending: loss, norm and tokens of the steps whose numbers were not read yet.
        shown: what a person sees beside the count, see `gpt1.train.report.WORDS`.
        limit: the update after which this process ends.
        eval_every: updates between validations.
        stopped: whether a request has reached all processes.
    """

    def __init__(self, run, display, stop):
        self.run, self.display, self.stop = run, display, stop
        self.options, self.engine = run.options, run.engine
        self.pending, self.shown = [], {}
        self.ahead = AHEAD if self.engine.device.type == "cuda" else 1
        after = self.options.stop_after
        self.limit = min(run.total, run.step + after) if after else run.total
        self.eval_every = self.options.eval_every
        if self.eval_every is None:
            self.eval_every = min(SELDOM, math.ceil(run.total / POINTS))
        self.kept = kept(self.options.keep or 0, self.options.warmup, run.total)
        self.stopped = False

    def go(self):
        """All epochs; returns whether the run came to its end."""
        run = self.run
        while run.step < run.total:
            epoch = run.training.epoch + 1
            run.model.train()
            self.epoch()
            if run.step < run.total and (self.stopped or run.step == self.limit):
                run.save()
                return False
            self.validate()
            nats, tokens = run.epoch_sum
            run.epoch_sum = [0.0, 0]
            run.save()  # and then show it
            self.display.write(ended(run, epoch, nats / max(tokens, 1)))
        if math.isinf(run.best):  # the best model so far was lost: the last one is it
            self.validate()
            run.save()
        return True

    def epoch(self):
        """The rest of an epoch, up to its end, the limit, or a request to stop."""
        run, options = self.run, self.options
        self.clock = time.perf_counter()
        for batch in run.training:
            self.update(batch)
            inside = run.training.done < len(run.training) and run.step < run.total
            last = run.step == self.limit
            evaluating = inside and due(run.step, self.eval_every)
            saving = inside and not last and due(run.step, options.save_every)
            row = due(run.step, max(1, run.total // ROWS))
            if row or evaluating or saving or last or not inside:
                self.look()
            if evaluating:
                self.validate()
            elif row:
                run.row()
            if run.step in self.kept:
                run.keep()
            if saving:
                run.save()
            if inside and due(run.step, options.sample_every) and self.engine.main:
                self.display.write(sample(run))
            if not self.pending:
                self.clock = time.perf_counter()  # only steps are timed
            if self.stopped or last:
                break

    def update(self, batch):
        """One step, and what a person sees of it."""
        run = self.run
        batch = run.prepared(batch)
        set_rate(run.optimizer, run.rate())
        loss, norm = train_step(
            run.loss_of,
            batch,
            run.optimizer,
            clip=self.options.clip,
            pieces=self.options.grad_accumulation,
            engine=self.engine,
        )
        run.step += 1
        self.pending.append((loss, norm, counted(batch[-1])))
        if len(self.pending) >= self.ahead:
            self.look()
        self.display.step(**self.shown)

    def look(self):
        """Read the losses that are pending: on a GPU, this waits for them."""
        run = self.run
        if not self.pending:
            return
        losses, norms, tokens = zip(*self.pending, strict=True)
        self.pending = []
        *losses, stop = self.engine.sum(*losses, self.stop.requested)
        self.stopped = stop > 0
        now = time.perf_counter()
        run.seconds, self.clock = run.seconds + now - self.clock, now
        for loss, norm, count in zip(losses, norms, tokens, strict=True):
            if not math.isfinite(loss):
                self.fail("loss", loss)
            if not (self.engine.scaler or math.isfinite(norm)):
                self.fail("norm of the gradient", norm)
            run.count(loss, count)
        self.shown |= {
            "loss": f"{losses[-1]:.3f}",
            **beside(run, losses[-1]),
            "rate": f"{run.rate():.1e}",
            f"{run.unit}_per_s": f"{run.tokens / max(run.seconds, 1e-9):,.0f}",
        }

    def validate(self):
        """Measure how good the model is; the best one so far is kept."""
        run = self.run
        loss, scores = run.measure()
        if not math.isfinite(loss):
            self.fail("validation loss", loss)
        run.validated(loss, scores)
        self.shown["validation"] = f"{loss:.3f}"
        for name, value in scores.items():
            self.shown["score"] = f"{name} {value:.3f}"

    def fail(self, what, value):
        """End the run before anything is saved that is not a number."""
        raise FloatingPointError(
            f"the {what} became {float(value)} near update {self.run.step:,}: try a "
            f"lower --learning_rate, a longer --warmup or --precision float32; what "
            f"was saved before is intact"
        )


def kept(count, first, last):
    """The updates whose weights are kept: each as many times later than the one before.

    Args:
        count: how many; 1 is the last alone.
        first: the update that the first of several comes after, 0 meaning 1.
        last: the update that the last comes after.

    Returns:
        A set of numbers; fewer than `count` where two fall on one update.
    """
    first, steps = max(1, min(first, last)), max(1, count - 1)
    return {round(last * (first / last) ** (i / steps)) for i in range(count)}


def due(step, every):
    """Whether something that happens every so many steps happens at this one."""
    return every > 0 and step % every == 0


class Stop:
    """While it is entered, the first of `ENDING` (Ctrl-C is one) sets `requested`.

    The loop looks at it after each step, and saves before it ends. Another Ctrl-C a
    second later ends the program at once; one within that second is the same, so it is
    waited for before the signals have their old meaning again.

    Attributes:
        requested: whether somebody asked.
    """

    def __init__(self):
        self.requested, self.since = False, 0.0
        self.before = {}

    def __enter__(self):
        # Only the main thread may set handlers; elsewhere a run is stopped as ever.
        if threading.current_thread() is threading.main_thread():
            for kind in ENDING:
                # nohup has SIGHUP ignored, so that a run outlives its terminal.
                if kind == signal.SIGINT or signal.getsignal(kind) != signal.SIG_IGN:
                    self.before[kind] = signal.signal(kind, self.ask)
        return self

    def __exit__(self, *error):
        try:
            if self.requested:
                time.sleep(max(0.0, self.since + TWICE - time.monotonic()))
        finally:
            for kind, handler in self.before.items():
                signal.signal(kind, handler)

    def ask(self, kind, frame):
        """The handler of the signals."""
        now = time.monotonic()
        if not self.requested:
            self.requested, self.since = True, now
        elif kind == signal.SIGINT and now - self.since > TWICE:
            raise KeyboardInterrupt
