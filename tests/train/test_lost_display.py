"""A run outlives what shows it, and is saved first, whatever asks it to end."""

import io
import os
import signal

import pytest

from gpt1.plumbing.command import ENDING
from gpt1.train.report import progress
from lib.runs import assert_same_run, flags, kept, place, train_here

LONG = flags(max_steps=150, save_every=3)
LATER = ["done", 20]
"""Halted at its twentieth file, in the second of its epochs."""
FIRST = ENDING[0]
OTHERS = [pytest.param(kind, marks=pytest.mark.weekly) for kind in ENDING[1:]]


@pytest.fixture(scope="module")
def straight(warm, tmp_path_factory):
    """A run that everybody could see to its end."""
    folder = place(tmp_path_factory.mktemp("straight") / "run")
    assert warm.run(folder, *LONG) == 0
    return folder / "checkpoints"


def assert_saved(warm, folder, straight):
    assert 0 < kept(folder / "checkpoints")["step"] < 150
    assert warm.run(folder, "--resume") == 0
    assert_same_run(straight, folder / "checkpoints")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
def test_a_terminal_that_closes_saves_the_run(warm, straight, tmp_path):
    folder = place(tmp_path / "run")
    ours, theirs = os.openpty()
    process = warm.start(folder, *LONG, terminal=os.ttyname(theirs), at=LATER)
    seen = os.read(ours, 10_000)
    os.close(theirs)  # so that reading fails where the process ends
    while b"Epoch 1" not in seen:
        more = os.read(ours, 10_000)
        assert more, seen
        seen += more
    os.close(ours)
    # As the system does where the terminal is its own.
    warm.end(process, signal.SIGHUP)
    assert warm.wait(process) == 130
    assert_saved(warm, folder, straight)


@pytest.mark.parametrize("kind", [FIRST, *OTHERS])
def test_every_signal_to_end_saves_though_the_pipe_is_broken(
    warm, straight, tmp_path, kind
):
    folder = place(tmp_path / "run")
    call = "lib.runs.train_into_a_broken_pipe"
    process = warm.start(folder, *LONG, call=call, at=LATER)
    warm.end(process, kind)
    assert warm.wait(process) == 130
    error = (folder / "err").read_text()
    assert error.startswith("stopped after update ")
    assert error.count("\n") == 1
    assert_saved(warm, folder, straight)


def test_a_signal_that_nohup_ignores_stays_ignored(warm, straight, tmp_path):
    folder = place(tmp_path / "run")
    call = "lib.runs.train_without_hangup"
    process = warm.start(folder, *LONG, call=call, at=LATER)
    warm.end(process, signal.SIGHUP)
    assert warm.wait(process) == 0
    assert_same_run(straight, folder / "checkpoints")


class Hung(io.StringIO):
    """A terminal that has gone."""

    encoding = "ascii"

    def isatty(self):
        return True

    def write(self, text):
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize("streams", [["stdout"], ["stderr"], ["stdout", "stderr"]])
def test_a_run_that_nobody_can_see_comes_to_its_end(here, monkeypatch, streams):
    monkeypatch.setattr("os.get_terminal_size", lambda *_: os.terminal_size((80, 24)))
    monkeypatch.setattr("gpt1.train.report.EVERY", 0)
    for name in streams:
        monkeypatch.setattr(f"sys.{name}", Hung())
    train_here(*flags(max_steps=5, sample_every=2, eval_every=2))
    assert kept(here / "checkpoints")["step"] == 5


def test_a_bar_that_cannot_be_made_is_none(monkeypatch):
    pytest.importorskip("tqdm")
    for stream in (None, Hung()):
        monkeypatch.setattr("sys.stderr", stream)
        progress(10).step(loss="1.000")


def test_what_is_shown_was_saved_before(here, monkeypatch):
    seen = []

    class Watching(io.StringIO):
        def write(self, text):
            if text.startswith(("Epoch", "step")):
                seen.append((text.split()[1], kept(here / "checkpoints")["step"]))
            return len(text)

    monkeypatch.setattr("sys.stdout", Watching())
    train_here(*flags(max_steps=15, sample_every=4, save_every=4))
    assert seen == [("4", 4), ("8", 8), ("12", 12), ("1:", 13), ("2:", 15)]
