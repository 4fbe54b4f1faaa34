"""Small models and small tasks for the tests of fine-tuning."""

import csv
import random

import torch

from gpt1 import GPT, GPTConfig
from gpt1.finetune.__main__ import main, start
from gpt1.finetune.batch import padded
from gpt1.finetune.transform import marks, sequences
from gpt1.plumbing.files import save_checkpoint
from gpt1.tokenizer import CharTokenizer

VOCAB, POSITIONS = 29, 24
LETTERS = "abcdefghijklmnopqrstuvwxyz .\n"
SMALL = {"epochs": 2, "batch_size": 4, "learning_rate": 0.01, "eval_every": 3}
"""A run of a few updates."""


def small_gpt(**changes):
    """A small GPT in evaluation mode, with weights that make a difference."""
    sizes = {"vocab_size": VOCAB, "context": POSITIONS, "width": 16, "layers": 2}
    sizes |= {"heads": 2, "dropout": 0.0, "init_std": 0.3, **changes}
    torch.manual_seed(0)
    return GPT(GPTConfig(**sizes)).eval()


def small_model(folder):
    """The checkpoint of a small GPT of letters, as `gpt1 train` would leave it."""
    gpt, path = small_gpt(), folder / "small.pth"
    tokenizer = CharTokenizer(LETTERS).to_dict()
    contents = {"model": gpt.state_dict(), "config": gpt.config.to_dict()}
    save_checkpoint(path, {**contents, "tokenizer": tokenizer})
    return path


def examples(form, count=3, seed=0, choices=3):
    """Texts of token ids of unequal lengths, as `sequences` takes them."""
    dice = random.Random(seed)
    sides = {"classification": 1, "entailment": 2, "similarity": 2}
    many = sides.get(form, 1 + choices)
    return [
        [dice.choices(range(VOCAB), k=dice.randint(2, 9)) for _ in range(many)]
        for _ in range(count)
    ]


def batch(form, texts):
    """Ids and targets, each (batch, sequences, time)."""
    rows = [sequences(form, each, marks(VOCAB), POSITIONS) for each in texts]
    ids, targets = padded([each for row in rows for each in row])
    shape = len(rows), -1, ids.size(1)
    return ids.view(shape), targets.view(shape)


def sentences(path, count=24, seed=0):
    """A .csv of sentences that are about a cat or about a dog, and which it is."""
    dice, rows = random.Random(seed), []
    for number in range(count):
        about = ("cat", "dog")[number % 2]
        words = dice.choices(["the", "a", "red", "old", "sat", "ran"], k=2)
        rows.append((" ".join([*words, about]), about))
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([("said", "about"), *rows])
    return path


def flags(folder, **changes):
    """`SMALL` with changes, for `sentences` in a folder, as words of a command line."""
    task = {"form": "classification", "text": "said", "label": "about"}
    task |= {"train": folder / "train.csv", "model": folder / "small.pth"}
    words = []
    for name, value in {**SMALL, **task, **changes}.items():
        if value is True:
            words += [f"--{name}"]
        elif value is not None:
            words += [f"--{name}", str(value)]
    return words


def place(folder):
    """Make a folder with a small model and sentences to learn from in it."""
    folder.mkdir(exist_ok=True)
    small_model(folder)
    sentences(folder / "train.csv")
    return folder


def finetune_here(*words):
    """`gpt1 finetune` in this process, which errors reach as they are."""
    start([str(word) for word in words])


def outcome(*words):
    """Exit status of `gpt1 finetune` in this process."""
    try:
        main([str(word) for word in words])
    except SystemExit as stop:
        return stop.code
    return 0
