"""Models to compare with one that comes with the package: pre-trained in another way.

An LSTM of as many parameters reads the same text by the same recipe, but in batches of
four times the size, since it reads a text token by token; of three rates it gets the
one that is best after a tenth of its updates.

Three more have a third of the model's updates: one that is like it in all else, one
with its norms before the branches, as GPT-2 has them, and one that reads each plot of
the tales in one wording only. The first is what the other two are compared with.

Each is kept in a folder, and what was stopped goes on.
"""

from functools import partial
from pathlib import Path

import torch

from gpt1 import GPT, GPTConfig
from gpt1.data.sources import TALES
from gpt1.plumbing.files import load_checkpoint
from gpt1.plumbing.waiting import watched
from gpt1.tales import join
from gpt1.tales.dice import Dice
from gpt1.tales.tell import derive, in_one_wording, stream_of
from gpt1.train.pretraining import train
from gpt1.train.recipe import TrainConfig
from gpt1.train.run import BEST, LAST, read_run
from gpt1.variants.gpt2 import PreNormGPT
from gpt1.variants.lstm import LSTM
from scripts.project.shipped import RECIPES

TIMES, LSTM_RATES, TRIAL = 4, (1e-3, 3e-3, 1e-2), 10
"""The LSTM's batches are so many times as large; its rates; and the part of its updates
after which one of them is chosen, a tenth."""

SHORTER = 3
"""The other models have so many times fewer updates; warm-up and names are the same."""


def recipe(model, times=1, **changes):
    """The `TrainConfig` of a model that comes with the package.

    Args:
        model: its name.
        times: how many times larger a batch is to be; there are as many fewer updates.
        changes: what is to be otherwise.
    """
    options = dict(RECIPES[model])
    options["batch_size"] *= times
    for name in ("max_steps", "warmup", "roll_call", "eval_every"):
        options[name] //= times
    return TrainConfig.tiny(**{**options, **changes})


def lstm(model, tokenizer, folder):
    """The LSTM, from its folder, where it is trained if need be.

    Args:
        model: name of the model beside it.
        tokenizer: of that model.
        folder: of the LSTM's runs.

    Returns:
        An `LSTM` in evaluation mode.

    Raises:
        ValueError: the text gave it another tokenizer.
    """
    like = partial(recipe, model, TIMES)
    updates = like().max_steps
    trials = {}
    for rate in LSTM_RATES:
        short = {"learning_rate": rate, "stop_after": updates // TRIAL}
        short |= {"eval_every": updates // TRIAL, "keep": None}
        trials[rate] = best_of(like(out=f"{folder}/{rate}", **short), build=LSTM)
    rate = min(trials, key=lambda rate: trials[rate]["validation_loss"])
    options = like(out=f"{folder}/whole", learning_rate=rate)
    return made_of(best_of(options, build=LSTM), LSTM, tokenizer, folder)


def shorter(model, tokenizer, folder, build=GPT, **how):
    """A model with a third of the updates, from its folder or trained; as `lstm`.

    Args:
        model: name of the model beside it, and so are the others.
        build: what makes it of a config.
        how: for `train`.
    """
    updates = recipe(model).max_steps // SHORTER
    few = {"max_steps": updates, "eval_every": updates // 2, "keep": None}
    best = best_of(recipe(model, out=str(folder), **few), build=build, **how)
    return made_of(best, build, tokenizer, folder)


def best_of(options, **how):
    """The best checkpoint of a run, which is begun, gone on with, or done.

    Args:
        options: a `TrainConfig`.
        how: for `train`.
    """
    folder = Path(options.out)
    saved = read_run(folder) if (folder / LAST).is_file() else None
    last = options.stop_after or options.max_steps
    if saved is None or saved["step"] < last:
        train(options, saved, **how)
    return load_checkpoint(folder / BEST)


def made_of(best, build, tokenizer, folder):
    """The model of a checkpoint, in evaluation mode."""
    if best["tokenizer"] != tokenizer.to_dict():
        raise ValueError(f"{folder} has another tokenizer: move it away")
    model = build(GPTConfig.from_dict(best["config"]))
    model.load_state_dict(best["model"])
    return model.eval()


def one_wording(options, tokenizer):
    """The ids of the tales that a recipe reads, each plot in one wording, by split."""
    counts = {"train": options.tales, "validation": TALES["validation"]}
    return {
        split: torch.tensor(tokenizer.encode(text_of(split, count)), dtype=torch.int32)
        for split, count in counts.items()
    }


def text_of(split, count):
    """Tales in one wording: the same facts as `generate_tales` tells in many."""
    dice = Dice(0, stream_of(split))
    numbers = watched(range(count), "making tales")
    return join(in_one_wording(derive(dice), dice, split) for _ in numbers)


OTHERS = {
    "LSTM": lstm,
    "a third": shorter,
    "pre-norm": partial(shorter, build=PreNormGPT),
    "one wording": partial(shorter, read=one_wording),
}
"""What gives each of these models, by its name."""
