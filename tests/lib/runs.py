"""Small training runs for the tests: a text, a command line, and what must be equal."""

import random
import signal
import subprocess
import sys
import time

import torch

from gpt1.plumbing.files import load_checkpoint
from gpt1.train.__main__ import main, start
from gpt1.train.curve import COLUMNS

WORDS = ["the", "cat", "dog", "mat", "log", "sat", "on", "saw", "ran", "to", "a"]
WORDS += ["big", "old", "red", "hat"]


def small_text(lines=60, seed=0):
    """Sentences of eight words, about 31 characters each."""
    dice = random.Random(seed)
    return "".join(" ".join(dice.choices(WORDS, k=8)) + ".\n" for _ in range(lines))


def place(folder):
    """Make a folder with the text in it."""
    folder.mkdir()
    (folder / "text.txt").write_text(small_text(), encoding="utf-8")
    return folder


def wait_for(path):
    """Wait until a process has made a file."""
    end = time.monotonic() + 300  # a machine may be busy
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.002)


SMALL = {
    "dataset": "text.txt",
    "tokenizer": "characters",
    "layers": 2,
    "width": 16,
    "heads": 2,
    "context": 16,
    "batch_size": 8,
    "dropout": 0.1,
    "warmup": 4,
    "learning_rate": 0.01,
}
"""A run of 13 updates an epoch over `small_text`, the last of 6 windows."""


def flags(**changes):
    """`SMALL` with changes, as words of a command line; None leaves a flag out."""
    values = {**SMALL, **changes}
    words = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return words


def command(module, *words, folder, **how):
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        **how,
    )


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


def train_with_floor(*words):
    """`outcome` of a text whose floor is 1 nat per token."""
    from gpt1.train import pretraining

    prepare = pretraining.prepare

    def with_floor(*given):
        run = prepare(*given)
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


def differences(one, other, at=""):
    """Where two trees of values and tensors differ: a list of paths."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return [] if torch.equal(one, other) else [at]
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return [f"{at}: {set(one) ^ set(other)}"]
        pairs = [(name, one[name], other[name]) for name in one]
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return [f"{at}: {len(one)} and {len(other)} items"]
        pairs = [(i, *pair) for i, pair in enumerate(zip(one, other, strict=True))]
    else:
        return [] if one == other else [f"{at}: {one!r} and {other!r}"]
    return [d for name, a, b in pairs for d in differences(a, b, f"{at}/{name}")]


def assert_same_run(one, other):
    """Two folders hold the same run, bit for bit: weights, optimizer, curve, dice."""
    for name in ("last.pth", "best_model.pth"):
        assert differences(kept(one, name), kept(other, name)) == [], name
    time = COLUMNS.index("seconds")
    curves = [
        [row.split(",") for row in (folder / "curve.csv").read_text().splitlines()]
        for folder in (one, other)
    ]
    for rows in curves:
        for row in rows:
            del row[time]
    assert curves[0] == curves[1]
