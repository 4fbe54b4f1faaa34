"""What a person sees of a run on a terminal, and reads when something is wrong."""

import io
import math
import os
import re
import socket
import struct
from contextlib import suppress

import pytest
import torch

from gpt1.data import sources
from gpt1.loading import load_model
from gpt1.tales import floor
from gpt1.train import loop, run
from gpt1.train.pretraining import prepare
from gpt1.train.recipe import TrainConfig
from gpt1.train.report import Lines, Silence, clock, progress, sample
from lib.runs import SMALL, flags, kept, outcome, small_text, train_here

STEPS = 20


LOSS, RATE, MANY = r"\d\.\d{3}", r"\d\.\de[+-]\d\d", r"[\d,]+"
KINDS = {"outcome": rf"(uni|bi|tri) {LOSS}", "train_with_floor": "floor 1.000"}


@pytest.mark.parametrize(("columns", "shown"), [(80, ""), (160, "20/20, ")])
@pytest.mark.parametrize(("call", "beside"), KINDS.items(), ids=KINDS)
def test_a_terminal_sees_a_bar_that_fits(warm, tmp_path, call, beside, columns, shown):
    import fcntl
    import termios

    (tmp_path / "text.txt").write_text(small_text(), encoding="utf-8")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    process = warm.start(
        tmp_path,
        *flags(max_steps=STEPS, eval_every=4, sample_every=15),
        terminal=os.ttyname(theirs),
        call=f"lib.runs.{call}",
    )
    seen = os.read(ours, 10_000)
    os.close(theirs)  # so that reading ends where the process does
    with suppress(OSError):
        while more := os.read(ours, 10_000):
            seen += more
    os.close(ours)
    seen = seen.decode()
    assert warm.wait(process) == 0, seen
    bars = [part for part in re.split(r"[\r\n]", seen) if " left, loss" in part]
    words = f"loss {LOSS} {beside} val {LOSS} rate {RATE} {MANY} tok/s"
    assert re.search(rf"^100%\|█+\| {shown}00:.. left, {words}", bars[-1]), bars[-1]
    long = [bar for bar in bars if len(bar) >= columns]
    assert not long, long[:3]
    lines = [line.rsplit("\r", 1)[-1] for line in seen.split("\r\n")]
    assert any(line.startswith("Epoch 2: Train Loss = ") for line in lines)


def test_a_log_gets_a_line_about_every_ten_seconds(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    now = 0
    monkeypatch.setattr("gpt1.train.report.time.monotonic", lambda: now)
    display = progress(1010, 1000)
    assert isinstance(display, Lines)
    for number in range(10):
        now += 6
        display.step(loss=f"{number / 8:.3f}", tokens_per_s="1,000")
    assert capsys.readouterr().out.splitlines() == [
        "step 1,002 of 1,010: loss 0.125, 1,000 tok/s, 0:48 left",
        "step 1,004 of 1,010: loss 0.375, 1,000 tok/s, 0:36 left",
        "step 1,006 of 1,010: loss 0.625, 1,000 tok/s, 0:24 left",
        "step 1,008 of 1,010: loss 0.875, 1,000 tok/s, 0:12 left",
        "step 1,010 of 1,010: loss 1.125, 1,000 tok/s, 0:00 left",
    ]


def test_times_read_like_a_clock():
    told = [clock(seconds) for seconds in (0, 59.6, 125, 3723)]
    assert told == ["0:00", "1:00", "2:05", "1:02:03"]


class Recorder(Silence):
    """A display that keeps what it is given."""

    def __init__(self):
        self.steps, self.lines = [], []

    def step(self, **values):
        self.steps.append(values)

    def write(self, words):
        self.lines.append(words)


@pytest.mark.slow
def test_with_no_flags_it_trains_on_tales_without_a_network(tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked for")

    display = Recorder()
    monkeypatch.setattr("gpt1.train.carrying_out.progress", lambda *_, **__: display)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    # The recipe as it is, but for a corpus and a run that a test has time for.
    monkeypatch.setitem(sources.TALES, "train", 120)
    monkeypatch.setitem(sources.TALES, "validation", 15)
    monkeypatch.chdir(tmp_path)
    train_here("--max_steps", 3, "--subset", 4, "--batch_size", 2)
    made = kept(tmp_path / "checkpoints", "best_model.pth")
    model, tokenizer = load_model("checkpoints", "cpu")
    assert model.config == TrainConfig.tiny().model(tokenizer.vocab_size)
    assert (made["tokenizer"]["kind"], made["step"]) == ("bpe", 3)
    known = floor(tokenizer, split="all")
    assert 0 < known < 1
    assert f"floor {known:.4f} nats per token" in display.lines[0]
    assert display.steps[-1]["floor"] == f"{known:.3f}"
    assert display.lines[-1].startswith("Training completed.")
    assert "floor" in (tmp_path / "checkpoints" / "curve.svg").read_text()


def test_a_sample_changes_neither_the_mode_nor_the_dice(here):
    run = prepare(TrainConfig.tiny(**{**SMALL, "dropout": 0.5}))
    run.model.train()
    before = torch.get_rng_state()
    assert sample(run) == sample(run)
    assert torch.equal(torch.get_rng_state(), before)
    assert run.model.training
    run.model.eval()
    assert sample(run) == sample(run)
    assert not run.model.training


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--dataset", "nowhere.txt"], "nowhere.txt"),
        (["--subset", "0"], "--subset"),
        (["--context", "9999"], "10000"),
        (["--device", "abacus"], "abacus"),
        (["--precision", "fp16"], "bf16 or float32"),
        (["--tokenizer", "nowhere.json"], "nowhere.json"),
        (["--tokenizer", "text.txt"], "text.txt is not a tokenizer"),
        (["--tokenizer", "bpe", "--vocab_size", "3"], "vocab_size must be above"),
        (["--width", "15"], "15"),
        (["--out", "text.txt"], "--out must be a folder"),
        (["--out", "text.txt/below"], "text.txt/below"),
        (["--export", "text.txt"], "--export must be a folder"),
        (["--learning_rate", "nan"], "--learning_rate"),
        (["--learning_rate", "1e30", "--warmup", "0"], "--learning_rate"),
    ],
)
def test_a_mistake_is_told_in_one_line(here, capsys, words, named):
    assert outcome(*flags(max_steps=9), *words) == 2
    error = capsys.readouterr().err
    assert (error[:7], error.count("\n")) == ("error: ", 1)
    assert named in error
    assert (here / "text.txt").read_text() == small_text()


@pytest.mark.parametrize(
    "words",
    [
        ["--context", "9999"],
        ["--dataset", "nowhere.txt"],
        ["--dataset", "blank.txt"],
        ["--tokenizer", "nowhere.json"],
        ["--export", "text.txt"],
        ["--export", "model/new", "--context", "9999"],
    ],
)
@pytest.mark.parametrize("out", ["checkpoints", "mine", "mine/new/ids", "ids"])
def test_a_run_that_is_refused_leaves_no_new_folder(here, words, out):
    (here / "mine").mkdir()
    (here / "mine" / "note.txt").write_text("mine")
    (here / "blank.txt").write_text("\n" * 500)
    before = sorted(here.rglob("*"))
    assert outcome(*flags(max_steps=9, out=out), *words) == 2
    assert sorted(here.rglob("*")) == before
    assert outcome(*flags(max_steps=1, out=out)) == 0
    assert outcome(*flags(max_steps=1, out=out)) == 2
    assert (here / out / "last.pth").exists()


@pytest.mark.parametrize("flag", ["--out", "--export"])
def test_a_folder_that_must_not_be_written_to_is_said_before_training(
    here, capsys, monkeypatch, flag
):
    def refuse(dir):
        if dir.name == "mine":
            raise PermissionError(13, "Permission denied", str(dir))
        return io.BytesIO()

    monkeypatch.setattr("gpt1.train.folder.tempfile.TemporaryFile", refuse)
    assert outcome(*flags(), flag, "mine") == 2
    output, error = capsys.readouterr()
    assert output == ""
    assert error == (
        f"error: {flag} must be a folder that can be written to, got mine: permission "
        f"denied\n"
    )


@pytest.mark.parametrize("what", ["loss", "norm of the gradient", "validation loss"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_ends_the_run_and_keeps_the_last_good_one(
    here, monkeypatch, capsys, what, value
):
    step, measure, saved = loop.train_step, run.evaluate, []
    folder = here / "checkpoints"

    def spoilt(loss_of, *given, **options):
        loss, norm = step(loss_of, *given, **options)
        if (folder / "last.pth").exists() and not saved:
            saved.extend(path.read_bytes() for path in sorted(folder.glob("*.pth")))
        if not saved:
            return loss, norm
        norm = value if what == "norm of the gradient" else norm
        return (loss * value if what == "loss" else loss), norm

    def spoilt_measure(*given):
        loss = measure(*given)
        return value if saved and what == "validation loss" else loss

    monkeypatch.setattr(loop, "train_step", spoilt)
    monkeypatch.setattr(run, "evaluate", spoilt_measure)
    assert outcome(*flags(max_steps=STEPS, eval_every=2, save_every=2)) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: the {what} became {value} near update ")
    for advice in ("--learning_rate", "--warmup", "--precision", "intact"):
        assert advice in error
    assert error.count("\n") == 1
    assert len(saved) == 2
    assert [path.read_bytes() for path in sorted(folder.glob("*.pth"))] == saved
    assert not list(folder.glob(".*"))
