"""Pre-training from options to the best checkpoint."""

from pathlib import Path

from gpt1.data.windows import GPTDataset, get_dataloader, load_text, token_ids
from gpt1.loading import TOKENIZER
from gpt1.plumbing.device import set_seed
from gpt1.tales import floor
from gpt1.tokenizer import make_tokenizer, tokenizer_from_dict
from gpt1.train.engine import Engine, start_engine
from gpt1.train.folder import make_ready
from gpt1.train.loop import Loop
from gpt1.train.progress import progress
from gpt1.train.report import describe, summary
from gpt1.train.roll_call import RollCall, name_ids
from gpt1.train.run import BEST, Run, best_weights, read_run
from gpt1.train.stopping import Stop


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
