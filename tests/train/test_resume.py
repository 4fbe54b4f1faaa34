"""A run that was stopped goes on as if it had not been: bit for bit, or not at all."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from gpt1.train.loop import Stop
from gpt1.train.pretraining import train
from gpt1.train.recipe import TrainConfig
from lib.runs import (
    SMALL,
    assert_same_run,
    command,
    flags,
    kept,
    outcome,
    place,
    small_text,
    train_here,
    wait_for,
)

STEPS = 20
"""Updates: the first epoch has 13 of them, the last one of that has 5 windows."""

WORDS = flags(max_steps=STEPS)
LONG = flags(max_steps=150, save_every=3)
CASES = {
    "in the middle of an epoch": ({}, [5, 4]),
    "between two epochs": ({}, [13]),
    "accumulating": ({"grad_accumulation": 3}, [15]),
    "OpenAI's optimizer": ({"optimizer": "openai"}, [7, 11]),
    "with workers": ({"num_workers": 2}, [5, 10]),
    "sampling": ({"eval_every": 3, "save_every": 2, "sample_every": 4}, [5]),
    "where it validates": ({"eval_every": 3}, [6, 9]),
    "in bf16": ({"precision": "bf16"}, [6]),
}


@pytest.mark.parametrize(("changes", "stops"), CASES.values(), ids=CASES)
def test_stopping_and_going_on_changes_no_bit(warm, tmp_path, changes, stops):
    straight, stopped = place(tmp_path / "straight"), place(tmp_path / "stopped")
    words = flags(max_steps=STEPS, **changes)
    assert warm.run(straight, *words) == 0
    for stop in stops:
        assert warm.run(stopped, *words, "--stop_after", stop) == 0
        words = ["--resume"]
    assert kept(stopped / "checkpoints")["step"] == sum(stops) < STEPS
    assert warm.run(stopped, *words) == 0, (stopped / "err").read_text()
    assert_same_run(straight / "checkpoints", stopped / "checkpoints")
    told = (stopped / "out").read_text()
    assert f"resumed after update {sum(stops)}\n" in told
    assert "Training completed." in told


def test_dropout_draws_so_that_the_test_above_could_fail(warm, tmp_path):
    folder = place(tmp_path / "run")
    for out, dropout in {"with": 0.1, "without": 0}.items():
        words = flags(max_steps=STEPS, dropout=dropout, out=out)
        assert warm.run(folder, *words) == 0
    with pytest.raises(AssertionError):
        assert_same_run(folder / "with", folder / "without")


@pytest.mark.weekly
def test_another_program_start_goes_on_exactly_too(warm, tmp_path):
    straight, stopped = place(tmp_path / "straight"), place(tmp_path / "stopped")
    assert warm.run(straight, *WORDS) == 0
    assert warm.run(stopped, *WORDS, "--stop-after", 10) == 0
    result = command("gpt1.train", "--resume", "checkpoints", folder=stopped)
    assert result.returncode == 0, result.stderr
    assert_same_run(straight / "checkpoints", stopped / "checkpoints")


@pytest.fixture(scope="module")
def long_run(warm, tmp_path_factory):
    """A run of 150 updates that nobody interrupted."""
    folder = place(tmp_path_factory.mktemp("long") / "run")
    assert warm.run(folder, *LONG) == 0
    return folder / "checkpoints"


def assert_stopped_well(warm, folder, status, error, straight):
    """It said so in one line, and what it kept leads to the same end."""
    step = kept(folder / "checkpoints")["step"]
    assert 0 < step < 150
    go_on = "go on with  gpt1 train --resume checkpoints\n"
    assert error == f"stopped after update {step} of 150; {go_on}"
    assert status == 130
    assert warm.run(folder, "--resume", "checkpoints") == 0
    assert_same_run(straight, folder / "checkpoints")


def test_ctrl_c_saves_says_so_in_one_line_and_loses_nothing(warm, long_run, tmp_path):
    folder = place(tmp_path / "run")
    words = [sys.executable, "-m", "gpt1.train", *LONG]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=folder, **pipes) as process:
        wait_for(folder / "checkpoints" / "last.pth")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert_stopped_well(warm, folder, process.returncode, error, long_run)


@pytest.mark.parametrize(
    ("kind", "workers"),
    [
        pytest.param(signal.SIGTERM, 0, marks=pytest.mark.weekly),
        (signal.SIGINT, 2),
        pytest.param(signal.SIGTERM, 2, marks=pytest.mark.weekly),
    ],
)
def test_signals_to_the_whole_group_save_too(warm, long_run, tmp_path, kind, workers):
    folder = place(tmp_path / "run")
    at = ["done", 20]
    process = warm.start(folder, *LONG, "--num_workers", workers, at=at)
    warm.end(process, kind, kill=os.killpg)
    status = warm.wait(process)
    assert_stopped_well(warm, folder, status, (folder / "err").read_text(), long_run)


def test_a_second_ctrl_c_ends_at_once_but_not_one_that_torchrun_repeats(monkeypatch):
    now = 100.0
    monkeypatch.setattr("gpt1.train.loop.time.monotonic", lambda: now)
    before = signal.getsignal(signal.SIGINT)
    with Stop() as stop:
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
            assert stop.requested
            now += 0.5
        signal.raise_signal(signal.SIGTERM)
        now += 2
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_what_torchrun_repeats_when_all_is_saved_does_not_end_it_otherwise(monkeypatch):
    now = 100.0
    before = signal.getsignal(signal.SIGINT)

    def sleep(seconds):
        nonlocal now
        signal.raise_signal(signal.SIGINT)
        now += seconds

    monkeypatch.setattr("gpt1.train.loop.time.monotonic", lambda: now)
    monkeypatch.setattr("gpt1.train.loop.time.sleep", sleep)
    with Stop():
        signal.raise_signal(signal.SIGINT)
        now += 0.25
    assert now == 101.0
    assert signal.getsignal(signal.SIGINT) is before
    with Stop():
        now += 0.25
    assert now == 101.25  # nobody asked


def test_a_request_at_the_last_update_lets_the_run_end(here, monkeypatch, capsys):
    monkeypatch.setattr("gpt1.train.carrying_out.Stop", AtOnce)
    assert outcome(*flags(max_steps=1)) == 0
    assert "Training completed." in capsys.readouterr().out
    assert (here / "checkpoints" / "best_model.pth").exists()


class AtOnce(Stop):
    """Somebody asked before the first update."""

    def __enter__(self):
        self.requested = True
        return super().__enter__()


def test_a_worse_model_after_resuming_does_not_replace_the_best(here, monkeypatch):
    losses = iter([1.0, 2.0, 0.5])
    monkeypatch.setattr("gpt1.train.run.evaluate", lambda *_: next(losses))
    train_here(*flags(max_steps=6), "--eval_every", 2, "--stop_after", 3)
    train_here("--resume", "--stop_after", 2)
    best = kept(here / "checkpoints", "best_model.pth")
    assert (best["step"], best["validation_loss"]) == (2, 1.0)
    train_here("--resume")
    assert kept(here / "checkpoints", "best_model.pth")["step"] == 6


@pytest.fixture(scope="module")
def stopped(warm, tmp_path_factory):
    """A folder with a run that was stopped after five updates, not to be changed."""
    folder = place(tmp_path_factory.mktemp("stopped") / "run")
    assert warm.run(folder, *WORDS, "--eval_every", 4, "--stop_after", 5) == 0
    last = folder / "checkpoints" / "last.pth"
    (folder / "cut.pth").write_bytes(last.read_bytes()[:-5000])
    (folder / "empty.pth").write_bytes(b"")
    shutil.make_archive(folder / "archive", "zip", folder, "text.txt")
    (folder / "other").mkdir()
    (folder / "other.txt").write_text(small_text(80), encoding="utf-8")
    assert warm.run(folder, *WORDS, "--out", "other", "--layers", "1") == 0
    return folder


def everything(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("out", "err")
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--resume --layers 3", "started with --layers 2, not 3"),
        ("--resume --seed 1", "started with --seed 0, not 1"),
        ("--resume --dataset other.txt", "text at other.txt is not the one"),
        ("--resume --max-steps 30", "started with --max_steps 20, not 30"),
        ("--resume --learning_rate 1", "--learning_rate 0.01, not 1.0"),
        ("--resume nowhere", "nowhere"),
        ("--resume other.pth", "no checkpoint at other.pth"),
        ("--resume ids", "no checkpoint at ids"),
        ("--resume cut.pth", "cut.pth is not a checkpoint"),
        ("--resume empty.pth", "empty.pth is not a checkpoint"),
        ("--resume archive.zip", "archive.zip is not a checkpoint"),
        ("--resume text.txt", "text.txt is not a checkpoint"),
        ("--resume checkpoints/best_model.pth", "expected a last.pth"),
        ("--resume checkpoints --out other", "other already holds a run"),
        ("--resume --out text.txt", "text.txt"),
        ("--dataset text.txt", "--resume"),
    ],
)
def test_what_cannot_go_on_is_said_in_one_line_and_nothing_is_lost(
    stopped, words, told, monkeypatch, capsys
):
    monkeypatch.chdir(stopped)
    before = everything(stopped)
    assert outcome(*words.split()) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert told in error
    after = everything(stopped)
    assert before.items() <= after.items()
    # The ids of a text stay, under a name that no other text has.
    assert {path.suffix for path in after.keys() - before.keys()} <= {".ids"}


@pytest.fixture
def copy(stopped, tmp_path, monkeypatch):
    """Its checkpoints, in a copy of the folder that may be changed."""
    monkeypatch.chdir(shutil.copytree(stopped, tmp_path / "run"))
    return tmp_path / "run" / "checkpoints"


@pytest.mark.parametrize("how", [(), ("--dataset", "text.txt")])
def test_a_changed_text_is_noticed(here, capsys, how):
    train_here(*WORDS, "--stop_after", 2)
    before = everything(here / "checkpoints")
    (here / "text.txt").write_text(small_text(80), encoding="utf-8")
    assert outcome("--resume", *how) == 2
    assert "is not the one that the run began with" in capsys.readouterr().err
    assert before.items() <= everything(here / "checkpoints").items()


def test_a_run_may_go_on_in_another_folder_with_its_best_model(
    stopped, tmp_path, monkeypatch
):
    monkeypatch.chdir(stopped)
    before = everything(stopped / "checkpoints")
    out = tmp_path / "elsewhere"
    train_here("--resume", "checkpoints", "--out", out, "--stop_after", 1)
    assert everything(stopped / "checkpoints") == before
    assert kept(out)["step"] == 6
    best = before[next(name for name in before if name.name == "best_model.pth")]
    assert (out / "best_model.pth").read_bytes() == best


def test_a_model_of_another_architecture_is_refused_in_python_too(here, stopped):
    sizes = {**SMALL, "layers": 3, "out": str(here)}
    with pytest.raises(ValueError, match=r"its layers is 2, but this run's is 3"):
        train(TrainConfig.tiny(**sizes, resume=str(stopped / "checkpoints")))


def test_a_folder_with_only_a_best_model_is_not_said_to_be_resumable(copy, capsys):
    (copy / "last.pth").unlink()
    assert outcome(*flags()) == 2
    error = capsys.readouterr().err
    assert "already holds a run (best_model.pth)" in error
    assert "--resume" not in error


def test_overwrite_starts_anew(copy):
    train_here(*flags(max_steps=3, layers=1), "--overwrite")
    contents = kept(copy)
    assert (contents["step"], contents["config"]["layers"]) == (3, 1)
