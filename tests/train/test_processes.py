"""Several processes learn what one would, on the CPU, with gloo."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
import torch

from gpt1.train.engine import Engine
from lib import two_processes
from lib.runs import assert_same_run, command, flags, kept, place, wait_for
from lib.warm import environment

pytestmark = pytest.mark.slow
WORDS = flags(max_steps=15, batch_size=5, subset=51, eval_every=4)
"""Eleven updates an epoch, the last of them with one window for two processes."""


def start_two(warm, folder, *words, **how):
    """Two processes that know of each other, as torchrun would have it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return [warm.start(folder, *words, rank=[rank, 2, port], **how) for rank in (0, 1)]


def run_two(warm, folder, *words, **how):
    statuses = [warm.wait(number) for number in start_two(warm, folder, *words, **how)]
    assert statuses == [0, 0], (folder / "err0").read_text()


@pytest.fixture(scope="module")
def found(warm, tmp_path_factory):
    """What each of two processes found: gradients, evaluation, random numbers."""
    folder = tmp_path_factory.mktemp("found")
    run_two(warm, folder, call="lib.two_processes.write_gradients")
    return [torch.load(folder / f"found{rank}", weights_only=True) for rank in (0, 1)]


def test_the_gradient_of_two_is_that_of_one_with_the_same_batch(found):
    alone, validation_loss = two_processes.gradients(Engine())
    for together, loss, _ in found:
        assert loss == pytest.approx(validation_loss, rel=1e-6)
        for got, want in zip(together, alone, strict=True):
            for a, b in zip(got["gradients"], want["gradients"], strict=True):
                torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
            assert got["norm"].item() == pytest.approx(want["norm"].item(), rel=1e-4)
            assert got["loss"] == pytest.approx(want["loss"], rel=1e-5)


def test_each_process_drops_out_other_values(found):
    (*_, draws), (*_, again) = found
    assert not torch.equal(*draws)
    assert all(map(torch.equal, draws, again))


def test_a_process_that_leaves_does_not_wait_for_its_own_threads(warm, tmp_path):
    run_two(warm, tmp_path, call="lib.two_processes.leave_at_once")


@pytest.fixture(scope="module")
def pair(warm, tmp_path_factory):
    """A run of two processes, without dropout, and what they saw."""
    folder = place(tmp_path_factory.mktemp("pair") / "run")
    words = [*WORDS, "--dropout", 0, "--grad_accumulation", 2]
    run_two(warm, folder, *words, call="lib.two_processes.train_watched")
    return folder


def test_two_processes_learn_what_one_learns(warm, pair, tmp_path):
    alone = place(tmp_path / "alone")
    assert warm.run(alone, *WORDS, "--dropout", 0) == 0
    for name in ("last.pth", "best_model.pth"):
        one, two = kept(alone / "checkpoints", name), kept(pair / "checkpoints", name)
        assert one["model"].keys() == two["model"].keys()
        for key, tensor in one["model"].items():
            torch.testing.assert_close(two["model"][key], tensor, rtol=1e-3, atol=1e-4)
        assert two["validation_loss"] == pytest.approx(one["validation_loss"], rel=1e-4)
    assert two["step"] == one["step"]
    rows = [
        [line.split(",") for line in path.read_text().splitlines()[1:]]
        for path in (f / "checkpoints" / "curve.csv" for f in (alone, pair))
    ]
    for one, two in zip(*rows, strict=True):
        assert one[:3] == two[:3]
        for a, b in zip(one[4:], two[4:], strict=True):
            assert float(a or 0) == pytest.approx(float(b or 0), rel=1e-3)


def test_each_window_of_an_epoch_is_seen_once(pair):
    seen = [torch.load(pair / f"rows{rank}", weights_only=True) for rank in (0, 1)]
    epoch = [[look for look in mine if look[0]][:11] for mine in seen]
    rows = [tuple(row.tolist()) for mine in epoch for *_, got in mine for row in got]
    batches = [tuple(row.tolist()) for _, ids, _ in epoch[0] for row in ids]
    assert len(rows) == len(batches) == 51
    assert sorted(rows) == sorted(batches)
    assert len(set(rows)) == 51
    assert [len(got) for *_, got in epoch[1]] == [2] * 10 + [0]


def test_only_the_first_process_writes_and_speaks(pair):
    assert (pair / "err0").read_text() == (pair / "err1").read_text() == ""
    assert (pair / "out1").read_text() == ""
    told = (pair / "out0").read_text()
    assert "2 processes" in told
    assert told.count("Training completed.") == 1


@pytest.fixture(scope="module")
def straight(warm, tmp_path_factory):
    """A run of two processes with dropout, that nobody stopped."""
    folder = place(tmp_path_factory.mktemp("straight") / "run")
    run_two(warm, folder, *WORDS)
    return folder / "checkpoints"


def test_two_processes_resume_exactly(warm, straight, tmp_path):
    folder = place(tmp_path / "run")
    run_two(warm, folder, *WORDS, "--stop_after", 7)
    run_two(warm, folder, "--resume")
    assert_same_run(straight, folder / "checkpoints")
    seeds = []
    for state in kept(straight)["random"]:
        dice = torch.Generator()
        dice.set_state(state["cpu"])
        seeds.append(dice.initial_seed())
    assert seeds[0] != seeds[1]  # each drops out other values


def test_another_number_of_processes_is_refused(warm, straight):
    before = (straight / "last.pth").read_bytes()
    assert warm.run(straight.parent, "--resume") == 2
    error = (straight.parent / "err").read_text()
    assert "saved by 2 processes, not 1" in error
    assert error.count("\n") == 1
    assert (straight / "last.pth").read_bytes() == before


def test_ctrl_c_saves_though_torchrun_repeats_it(warm, tmp_path):
    folder = place(tmp_path / "run")
    words = [*WORDS, "--max_steps", 2000, "--save_every", 2]
    processes = start_two(warm, folder, *words)
    wait_for(folder / "checkpoints" / "last.pth")
    for _ in range(2):
        for process in processes:
            os.kill(process, signal.SIGINT)
        time.sleep(0.05)
    assert [warm.wait(process) for process in processes] == [130, 130]
    step = kept(folder / "checkpoints")["step"]
    assert (folder / "err0").read_text().startswith(f"stopped after update {step} of")
    assert (folder / "err1").read_text() == ""


def test_a_mistake_is_told_once(warm, tmp_path):
    folder = place(tmp_path / "run")
    processes = start_two(warm, folder, *WORDS, "--heads", 3)
    assert [warm.wait(process) for process in processes] == [2, 2]
    assert (folder / "err0").read_text().count("\n") == 1
    assert (folder / "err1").read_text() == ""


@pytest.mark.parametrize("rank", [0, 1])
def test_when_a_process_is_killed_the_other_says_so_and_ends(warm, tmp_path, rank):
    folder = place(tmp_path / "run")
    words = [*WORDS, "--max_steps", 100_000, "--save_every", 2]
    processes = start_two(warm, folder, *words)
    wait_for(folder / "checkpoints" / "last.pth")
    os.kill(processes[rank], signal.SIGKILL)
    began = time.monotonic()
    assert warm.wait(processes[1 - rank]) == 2
    assert time.monotonic() - began < 30  # far below the patience of ten minutes
    error = (folder / f"err{1 - rank}").read_text()
    assert f"error: process {1 - rank} of 2 lost contact with another one" in error
    assert "--resume" in error
    assert kept(folder / "checkpoints")["step"] >= 2


@pytest.mark.weekly
def test_torchrun_ends_when_a_process_dies_and_can_be_started_again(
    warm, straight, tmp_path
):
    folder = place(tmp_path / "run")
    words = ["--standalone", "--nproc-per-node", 2, two_processes.__file__, *WORDS]
    variables = environment(Path(two_processes.__file__).parents[1])
    words = ["torch.distributed.run", *words, "--save_every", 3]
    result = command(*words, folder=folder, env=variables)
    assert result.returncode != 0
    assert "error: process 0 of 2 lost contact with another one" in result.stderr
    assert kept(folder / "checkpoints")["step"] == 6
    run_two(warm, folder, "--resume")
    assert_same_run(straight, folder / "checkpoints")
