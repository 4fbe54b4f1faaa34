"""A run that is killed at any moment leaves files that load, and goes on exactly."""

import os
import random
import signal
import time

import pytest
import torch

from gpt1.plumbing.files import load_checkpoint
from lib.runs import assert_same_run, flags, place, wait_for

WORDS = flags(max_steps=30, eval_every=1, save_every=1)
FILES = ("best_model.pth", "curve.csv", "curve.svg", "ids", "last.pth")


@pytest.fixture(scope="module")
def straight(warm, tmp_path_factory):
    """The run that nobody killed."""
    folder = place(tmp_path_factory.mktemp("straight") / "run")
    assert warm.run(folder, *WORDS) == 0
    return folder / "checkpoints"


def assert_sound(folder):
    """All checkpoints load, without code; returns the step of the last one."""
    for path in folder.glob("*.pth"):
        contents = torch.load(path, weights_only=True)
        assert contents["model"], path
    last = folder / "last.pth"
    return load_checkpoint(last)["step"] if last.exists() else 0


def words_for(folder):
    """The words that go on in a folder; anew where nothing was saved yet."""
    if (folder / "checkpoints" / "last.pth").exists():
        return ["--resume"]
    return [*WORDS, "--overwrite"]


def finish(warm, folder, straight):
    """Go on to the end, and compare it with the run that nobody killed."""
    assert warm.run(folder, *words_for(folder)) == 0, (folder / "err").read_text()
    assert_same_run(straight, folder / "checkpoints")
    assert sorted(p.name for p in (folder / "checkpoints").iterdir()) == sorted(FILES)


@pytest.mark.weekly
def test_six_kills_at_random_moments_lose_nothing(warm, straight, tmp_path):
    dice, folder = random.Random(0), place(tmp_path / "run")
    kills, steps, began = 0, [], None
    while kills < 6:
        process = warm.start(folder, *words_for(folder))
        wait_for(folder / "out", "run: ")
        began = time.monotonic() if began is None else began
        time.sleep(dice.uniform(0, 0.12))
        os.kill(process, signal.SIGKILL)
        if warm.wait(process) == -signal.SIGKILL:
            kills += 1
        steps.append(assert_sound(folder / "checkpoints"))
        if steps[-1] == 30:  # it had come to its end: another one
            finish(warm, folder, straight)
            folder = place(tmp_path / f"run{kills}")
            steps = []
        assert steps == sorted(steps)
    finish(warm, folder, straight)


@pytest.mark.parametrize("moment", ["empty", "half", "whole", "done"])
def test_a_kill_in_the_middle_of_each_file_loses_nothing(
    warm, straight, tmp_path, moment
):
    folder = place(tmp_path / "run")
    # The ids of two splits, then at each step: best_model.pth, last.pth, two curves.
    for number in (1, 3, 4, 3, 2, 4, 1):
        before = kept_files(folder)
        process = warm.start(folder, *words_for(folder), at=[moment, number])
        assert warm.wait(process) == "halted", (folder / "err").read_text()
        os.kill(process, signal.SIGKILL)
        assert warm.wait(process) == -signal.SIGKILL
        assert_sound(folder / "checkpoints")
        assert kept_files(folder) >= before
    finish(warm, folder, straight)


def kept_files(folder):
    return {path.name for path in folder.glob("checkpoints/[!.]*")}


def test_a_full_disk_is_one_line_and_leaves_the_checkpoints(warm, tmp_path):
    folder = place(tmp_path / "run")
    assert warm.run(folder, *WORDS, "--stop_after", 3) == 0
    files = [folder / "checkpoints" / name for name in ("best_model.pth", "last.pth")]
    before = [path.read_bytes() for path in files]
    # The model alone would have room, with the optimizer it has none.
    room = sum(map(len, before)) // 2
    assert warm.run(folder, "--resume", "--eval_every", 0, room=room) == 2
    error = (folder / "err").read_text()
    assert error.startswith("error: checkpoints/last.pth could not be written")
    assert "disk full" in error
    assert error.count("\n") == 1
    assert [path.read_bytes() for path in files] == before
    assert {p.name for p in (folder / "checkpoints").iterdir()} == set(FILES)


def test_no_room_for_the_curve_is_one_line_too(warm, tmp_path):
    folder = place(tmp_path / "run")
    assert warm.run(folder, *WORDS, room=1000) == 2
    error = (folder / "err").read_text()
    assert error.startswith("error: ")
    assert "checkpoints/ids" in error
    assert error.count("\n") == 1
