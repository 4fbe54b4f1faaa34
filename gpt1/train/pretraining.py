"""Pre-training from options to the best checkpoint."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from gpt1.data import GPTDataset, get_dataloader, load_text, token_ids
from gpt1.data.ids import digest
from gpt1.data.windows import Aligned, covered, too_short
from gpt1.model import GPT
from gpt1.plumbing.device import set_seed
from gpt1.plumbing.files import load_checkpoint
from gpt1.plumbing.waiting import shown
from gpt1.tales import floor
from gpt1.tokenizer import make_tokenizer, tokenizer_from_dict
from gpt1.train.card import write_card
from gpt1.train.carrying_out import carry_out
from gpt1.train.engine import Engine
from gpt1.train.folder import IDS
from gpt1.train.levels import levels, verdict
from gpt1.train.recipe import chosen
from gpt1.train.report import describe
from gpt1.train.roll_call import RollCall, call
from gpt1.train.run import BEST, Run


def train(options, saved=None, **how):
    """Train as `options` say; keep the model with the lowest validation loss.

    Ctrl-C and SIGTERM end it after the current step, with everything saved.

    Args:
        options: a `TrainConfig`.
        saved: the contents of a last.pth to go on from; None reads those that
            `options.resume` names, if it names any.
        how: `build` and `read` of `prepare`.

    Returns:
        Path of the best checkpoint.

    Raises:
        OSError, ValueError: the text, an option, the folder or the checkpoint is not
            usable.
        FloatingPointError: the loss is no longer a finite number; the last checkpoint
            stays as it was.
    """
    begin = partial(prepare, **how)
    return carry_out("train", options, saved, begin, describe, finish)


class PreTraining(Run):
    """The run of a GPT over windows of a text.

    Args:
        options: a `TrainConfig`.
        engine: an `Engine`.
        tokenizer: of the texts.
        training: `Batches`.
        validation: `Batches`, not shuffled.
        roll_call: a `RollCall`, for the first updates.
        floor: nats per token that no model can go under; None if not known.
        levels: what counting makes of the validation text, see `gpt1.train.levels`;
            none in processes that show nothing.
        build: what makes the model of a config.
    """

    def __init__(
        self,
        options,
        engine,
        tokenizer,
        training,
        validation,
        roll_call,
        floor=None,
        levels=None,
        build=GPT,
    ):
        model = build(options.model(tokenizer.vocab_size))
        text = {
            "training": digest(covered(training.dataset)),
            "validation": digest(covered(validation.dataset)),
        }
        super().__init__(options, engine, tokenizer, model, training, validation, text)
        self.roll_call, self.floor, self.levels = roll_call, floor, levels or {}

    def prepared(self, batch):
        """A batch with names called in it, as long as the roll call lasts."""
        return self.roll_call(self.step, *batch)


def prepare(options, engine=None, saved=None, build=GPT, read=None):
    """The `Run` that `options` ask for, with its texts, at its beginning.

    Args:
        options: a `TrainConfig`.
        engine: an `Engine`; None means alone, on the CPU.
        saved: the contents of a last.pth, to stand where that run stood.
        build: what makes the model of a config: `GPT`, or a class like it.
        read: what gives the texts' ids in the place of `read_texts`.
    """
    engine = engine or Engine()
    # The others find the ids in the cache.
    with engine.main_first(), shown(engine.main):
        tokenizer = choose_tokenizer(options, saved)
        ids = (read or read_texts)(options, tokenizer)
        sizes = [len(part) for part in ids.values()]
        options = chosen(options, tokenizer, sizes, saved and saved["options"])
        training, validation = windows_of(options, ids, tokenizer)
        known = count(training, validation, tokenizer, saved) if engine.main else None
    set_seed(options.seed)
    roll_call, least = known_of_tales(options, tokenizer)
    texts = training, validation
    run = PreTraining(
        options, engine, tokenizer, *texts, roll_call, least, known, build
    )
    if engine.count > 1:
        engine.seed(options.seed)
    if saved:
        run.restore(saved)
    return run


def choose_tokenizer(options, saved=None):
    """The tokenizer that a run began with, or the one that `options` name."""
    began = saved and saved["options"].get("tokenizer")
    if options.tokenizer != began:
        tokenizer = make_tokenizer(
            options.tokenizer,
            lambda: learned_from(options),
            options.vocab_size,
        )
        if saved and tokenizer.to_dict() != saved["tokenizer"]:
            raise ValueError(
                f"the run was started with --tokenizer {began}, but "
                f"{options.tokenizer} is a different one: leave the flag out to go on"
            )
        return tokenizer
    return tokenizer_from_dict(saved["tokenizer"])


def learned_from(options):
    """The text that a tokenizer learns from: what trains, but for characters all of it.

    A vocabulary of characters has nothing for those that only the other parts have.
    """
    where = {"column": options.column, "tales": options.tales}
    texts = [load_text(options.dataset, "train", **where)]
    if options.tokenizer == "characters":
        texts.append(load_text(options.dataset, "validation", column=options.column))
        with suppress(FileNotFoundError, ValueError):  # there need not be a test part
            texts.append(load_text(options.dataset, "test", column=options.column))
    return "".join(texts)


def read_texts(options, tokenizer):
    """The token ids of a text that train, and those that validate, by name of the part.

    They are kept beside the run.
    """
    where = {"column": options.column, "tales": options.tales}
    where["cache"] = Path(options.out) / IDS
    return {
        split: token_ids(options.dataset, tokenizer, split, **where)
        for split in ("train", "validation")
    }


def windows_of(options, ids, tokenizer):
    """`Batches` to train on and to validate with.

    Args:
        options: a `TrainConfig` in which nothing is open.
        ids: what `read_texts` gave.
        tokenizer: of the texts.
    """
    context = options.model(vocab_size=1).context
    for split, part in ids.items():
        if len(part) <= context:
            sizes = {name: len(part) for name, part in ids.items()}
            raise too_short(options.dataset, split, sizes, context)
    training = cut(ids["train"], options, tokenizer, options.subset)
    validation = cut(ids["validation"], options, tokenizer)
    how = {"seed": options.seed, "workers": options.num_workers}
    return (
        get_dataloader(training, options.batch_size, **how),
        get_dataloader(validation, options.batch_size, shuffle=False),
    )


def cut(ids, options, tokenizer, subset=None):
    """A text's windows, side by side or as `--begin_with` says.

    Args:
        ids: of the text.
        options: a `TrainConfig` in which nothing is open.
        tokenizer: of the text.
        subset: use only the first windows, so many.
    """
    context = options.model(vocab_size=1).context
    if options.begin_with is None:
        return GPTDataset(ids, context, subset)
    begin = tokenizer.encode(options.begin_with.replace("\\n", "\n"))
    return Aligned(ids, context, begin, subset)


def count(training, validation, tokenizer, saved=None):
    """The levels of the validation text, or what a run that goes on found them to be.

    Args:
        training: `Batches`, and so is `validation`.
        tokenizer: of their texts.
        saved: the contents of a last.pth, if the run goes on.
    """
    if saved and saved.get("levels"):
        return saved["levels"]
    texts = (covered(batches.dataset) for batches in (training, validation))
    return levels(*texts, tokenizer.vocab_size)


def known_of_tales(options, tokenizer):
    """What only tales have: names for a roll call, and a floor under the loss.

    Returns:
        A `RollCall`, of no names for other texts; and nats per token, or None.
    """
    if options.dataset != "tales":
        return RollCall([], 0), None
    roll_call = call(options.called, tokenizer, options.roll_call, options.seed)
    return roll_call, floor(tokenizer, split="all")


def finish(run):
    """Export the best model, and say what there is to say of it, line by line."""
    if run.options.export and run.engine.main:
        export(run)
    if told := verdict(run.best, run.validation_loss, run.levels):
        yield told


def export(run):
    """Write the best model and its tokenizer where `--export` says."""
    best = load_checkpoint(run.folder / BEST)
    run.model.load_state_dict(best["model"])
    run.model.save_pretrained(run.options.export)
    run.tokenizer.save_pretrained(run.options.export)
    write_card(run, best)
