"""A run from its folder to its last line, whatever is learned in it."""

from contextlib import closing

from gpt1.plumbing.command import quoted
from gpt1.train.engine import start_engine
from gpt1.train.folder import (
    make_ready,
    not_there,
    refused_without_trace,
    take_over,
)
from gpt1.train.loop import Loop, Stop
from gpt1.train.report import Silence, progress, summary
from gpt1.train.run import BEST, read_run


def carry_out(command, options, saved, prepare, describe, finish):
    """Carry out a run, or go on with one; Ctrl-C ends it with everything saved.

    Args:
        command: the one that goes on with it, such as "train".
        options: a `TrainConfig`, or those of another kind of run.
        saved: the contents of a last.pth to go on from; None reads those that
            `options.resume` names, if it names any.
        prepare: makes a `Run` of the options, an engine and what was saved.
        describe: says what it is made of.
        finish: does what is left when it is done; lines to show.

    Returns:
        Path of the best checkpoint.

    Raises:
        OSError, ValueError, FloatingPointError: see `gpt1.train.train`.
    """
    fresh = not_there(options)  # seen before any process makes one
    with start_engine(options.device, options.precision) as engine:
        if saved is None and options.resume is not None:
            saved = read_run(options.resume or options.out)
        with refused_without_trace(options, fresh):
            if engine.main:  # which alone writes
                make_ready(options)
            run = prepare(options, engine, saved)
            take_over(run, saved)
        display = progress(run.total, run.step) if engine.main else Silence()
        with closing(display), Stop() as stop:
            display.write(describe(run))
            completed = Loop(run, display, stop).go()
        if completed:
            for told in finish(run):
                display.write(told)
            display.write(summary(run))
        else:
            told = (
                f"stopped after update {run.step:,} of {run.total:,}; go on with  gpt1 "
                f"{command} --resume {quoted(run.folder)}"
            )
            if stop.requested:
                raise KeyboardInterrupt(told)
            display.write(told)
    return run.folder / BEST
