"""Pre-training: `gpt1 train`, or `python -m gpt1.train`.

The recipe is the paper's (section 4.1): Adam with decoupled weight decay on matrices, a
linear warm-up and a cosine to zero, passes over all windows, each in a new order. Its
numbers are in `recipe.py`; what a step is in `step.py`, how it is computed in
`engine.py`, when things happen in `loop.py`, and what is kept in `running.py`.
"""

from pathlib import Path

from gpt1.command import given
from gpt1.command import run as run_command
from gpt1.dataset import GPTDataset, get_dataloader, load_text, token_ids
from gpt1.engine import Engine, start_engine
from gpt1.folder import make_ready
from gpt1.loading import TOKENIZER
from gpt1.loop import Loop
from gpt1.memory import keep_freed_memory
from gpt1.narration import describe, summary
from gpt1.optimizer import OpenAIAdam, make_optimizer, parameter_groups, schedule
from gpt1.progress import progress
from gpt1.recipe import RECIPES, TrainConfig, resumed
from gpt1.roll_call import RollCall, name_ids
from gpt1.running import BEST, Run, best_weights, read_run
from gpt1.step import evaluate, total_loss, train_step
from gpt1.stopping import Stop
from gpt1.tales import floor
from gpt1.tokenizer import make_tokenizer, tokenizer_from_dict
from gpt1.utils import set_seed

__all__ = [
    "OpenAIAdam",
    "TrainConfig",
    "evaluate",
    "make_optimizer",
    "parameter_groups",
    "prepare",
    "schedule",
    "total_loss",
    "train",
    "train_step",
]


def train(options, saved=None):
    """Train as `options` say; keep the model with the lowest validation loss.

    Ctrl-C and SIGTERM end it after the current step, with everything saved.

    Args:
        options: a `TrainConfig`.
        saved: the contents of a last.pth to go on from; None reads those that
            `options.resume` names, if it names any.

    Returns:
        Path of the best checkpoint.

    Raises:
        OSError, ValueError: the text, an option, the folder or the checkpoint is not
            usable.
        FloatingPointError: the loss is no longer a finite number; the last checkpoint
            stays as it was.
    """
    with start_engine(options.device, options.precision) as engine:
        if saved is None and options.resume is not None:
            saved = read_run(options.resume or options.out)
        if engine.main:  # which alone writes
            make_ready(options)
        run = prepare(options, engine, saved)
        display = progress(run.total, run.step, quiet=not engine.main)
        display.write(describe(run))
        try:
            with Stop() as stop:
                completed = Loop(run, display, stop).go()
        finally:
            display.close()
        if completed:
            display.write(summary(run))
            if options.export and engine.main:
                export(run)
        else:
            told = (
                f"stopped after update {run.step:,} of {run.total:,}; go on with  gpt1 "
                f"train --resume {run.folder}"
            )
            if stop.requested:
                raise KeyboardInterrupt(told)
            display.write(told)
    return run.folder / BEST


def prepare(options, engine=None, saved=None):
    """The `Run` that `options` ask for, with its texts, at its beginning.

    Args:
        options: a `TrainConfig`.
        engine: an `Engine`; None means alone, on the CPU.
        saved: the contents of a last.pth, to stand where that run stood.
    """
    engine = engine or Engine()
    where = {"column": options.column}
    tokenizer = saved and tokenizer_from_dict(saved["tokenizer"])
    context = options.model(1).context
    with engine.main_first():  # the others find the ids in the cache
        tokenizer = tokenizer or make_tokenizer(
            options.tokenizer,
            lambda: load_text(options.dataset, "train", **where),
            options.vocab_size,
        )
        training, validation = (
            GPTDataset(
                token_ids(
                    options.dataset,
                    tokenizer,
                    split,
                    cache=Path(options.out) / "ids",
                    **where,
                ),
                context,
                subset,
            )
            for split, subset in (("train", options.subset), ("validation", None))
        )
    set_seed(options.seed)
    tales = options.dataset == "tales"
    run = Run(
        options,
        engine,
        tokenizer,
        get_dataloader(
            training,
            options.batch_size,
            seed=options.seed,
            workers=options.num_workers,
        ),
        get_dataloader(validation, options.batch_size, shuffle=False),
        floor(tokenizer, split="all") if tales else None,
        RollCall(name_ids(tokenizer), options.roll_call, options.seed)
        if tales and options.roll_call
        else None,
    )
    if engine.count > 1:
        engine.seed(options.seed)
    if saved:
        run.restore(saved)
    return run


def export(run):
    """Write the best model and its tokenizer where `--export` says."""
    run.model.load_state_dict(best_weights(run.folder))
    run.model.save_pretrained(run.options.export)
    run.tokenizer.save(Path(run.options.export) / TOKENIZER)


def main(argv=None):
    """The command line of `python -m gpt1.train`."""
    run_command(lambda: start(argv))


def start(argv):
    """Train as a command line says."""
    keep_freed_memory()
    flags = given(TrainConfig, argv, "gpt1 train", RECIPES)
    if "resume" not in flags:
        preset = flags.pop("preset", "tiny")
        train(TrainConfig(preset=preset, **{**RECIPES[preset], **flags}))
        return
    path = Path(flags["resume"] or flags.get("out", TrainConfig.out))
    saved = read_run(path)
    flags.setdefault("out", str(path if path.is_dir() else path.parent))
    train(resumed(saved["options"], flags), saved)


if __name__ == "__main__":
    main()
