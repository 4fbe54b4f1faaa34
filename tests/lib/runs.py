"""Small training runs for the tests: a text, a command line, and what must be equal."""

import csv
import os
import random
import signal
import subprocess
import sys
import time

import torch
from torch.utils._pytree import keystr, tree_leaves_with_path

from gpt1.plumbing.files import load_checkpoint
from gpt1.train import pretraining, report
from gpt1.train.__main__ import main, start
from gpt1.train.curve import COLUMNS

WORDS = ["the", "cat", "dog", "mat", "log", "sat", "on", "saw", "ran", "to", "a", "big"]
WORDS += ["old", "red", "hat"]


def small_text(lines=60, seed=0):
    """Sentences of eight words, about 31 characters each."""
    dice = random.Random(seed)
    return "".join(" ".join(dice.choices(WORDS, k=8)) + ".\n" for _ in range(lines))


def place(folder):
    """Make a folder with the text in it."""
    folder.mkdir()
    (folder / "text.txt").write_text(small_text(), encoding="utf-8")
    return folder


def wait_for(path, words=""):
    """Wait until a process has made a file with some words in it."""
    end = time.monotonic() + 300  # a machine may be busy
    while not (path.exists() and (not words or words in path.read_text())):
        assert time.monotonic() < end
        time.sleep(0.002)


SMALL = {
    "dataset": "text.txt",
    "tokenizer": "characters",
    "layers": 2,
    "width": 16,
    "heads": 2,
    "context": 16,
    "dropout": 0.1,
    "batch_size": 8,
    "epochs": 2,
    "warmup": 4,
    "learning_rate": 0.01,
}
"""A run of 13 updates an epoch over `small_text`, the last of 6 windows."""


def flags(**changes):
    """`SMALL` with changes, as words of a command line; None leaves a flag out."""
    words = []
    for name, value in {**SMALL, **changes}.items():
        if value is True:
            words += [f"--{name}"]
        elif value is not None and value is not False:
            words += [f"--{name}", str(value)]
    return words


def command(module, *words, folder, **how):
    """A command in a process of its own."""
    how = {"cwd": folder, "capture_output": True, "text": True, "timeout": 300, **how}
    return subprocess.run([sys.executable, "-m", module, *map(str, words)], **how)


def train_here(*words):
    """`gpt1 train` in this process, which errors reach as they are."""
    start([str(word) for word in words])


def outcome(*words):
    """Exit status of `gpt1 train` in this process."""
    try:
        main([str(word) for word in words])
    except SystemExit as stop:
        return stop.code
    return 0


def train_without_hangup(*words):
    """`outcome` under `nohup`."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return outcome(*words)


def train_into_a_broken_pipe(*words):
    """`outcome` with a line for every update, beside a `tee` that Ctrl-C has ended."""
    report.EVERY = 0
    nobody, pipe = os.pipe()
    os.close(nobody)
    os.dup2(pipe, 1)
    return outcome(*words)


def train_with_floor(*words):
    """`outcome` of a text whose floor is 1 nat per token."""
    prepare = pretraining.prepare

    def with_floor(*given, **how):
        run = prepare(*given, **how)
        run.floor = 1.0
        return run

    pretraining.prepare = with_floor
    return outcome(*words)


def kept(folder, name="last.pth"):
    """What a run's file holds, but for times and for the options."""
    contents = load_checkpoint(folder / name)
    contents.pop("options", None)
    if "numbers" in contents:
        del contents["numbers"]["seconds"]
        time = COLUMNS.index("seconds")
        rows = contents["numbers"]["rows"]
        contents["numbers"]["rows"] = [row[:time] + row[time + 1 :] for row in rows]
    return contents


def differences(one, other):
    """Where two trees of values and tensors differ: a list of paths."""
    one, other = (dict(tree_leaves_with_path(tree)) for tree in (one, other))
    return [
        keystr(at)
        for at in one.keys() | other.keys()
        if at not in one or at not in other or not equal(one[at], other[at])
    ]


def equal(one, other):
    tensors = isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor)
    return torch.equal(one, other) if tensors else one == other


def assert_same_run(one, other):
    """Two folders hold the same run, bit for bit: weights, optimizer, curve, dice."""
    for name in ("last.pth", "best_model.pth"):
        assert differences(kept(one, name), kept(other, name)) == [], name
    curves = []
    for folder in (one, other):
        rows = csv.DictReader((folder / "curve.csv").read_text().splitlines())
        curves.append([{**row, "seconds": None} for row in rows])
    assert curves[0] == curves[1]
