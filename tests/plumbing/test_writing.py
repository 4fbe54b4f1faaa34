"""What a command shows cannot end it: pipes, terminals, disks and encodings fail."""

import errno
import io
import os

import pytest

from gpt1.plumbing.command import run
from gpt1.plumbing.writing import ERRORS, OUT, hand_over

FAILURES = {
    "the reader has left": BrokenPipeError(errno.EPIPE, "Broken pipe"),
    "the terminal has gone": OSError(errno.EIO, "Input/output error"),
    "the disk is full": OSError(errno.ENOSPC, "No space left on device"),
    "the stream is closed": ValueError("I/O operation on closed file"),
}


class Failing(io.StringIO):
    """A stream that takes nothing."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, text):
        raise self.error


each_failure = pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES)


def fail(monkeypatch, error):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", Failing(error))


@each_failure
def test_a_run_goes_on_but_a_product_that_is_lost_is_an_error(monkeypatch, error):
    fail(monkeypatch, error)
    assert OUT.line("step 1") is ERRORS.write("50%") is error
    with pytest.raises(type(error)):
        hand_over("Once upon a time")


@each_failure
@pytest.mark.parametrize(
    ("reason", "status"), [(ValueError, 2), (KeyboardInterrupt, 130)]
)
def test_the_status_of_a_command_is_kept_though_nobody_reads_why(
    monkeypatch, error, reason, status
):
    def main():
        raise reason("take less salt")

    fail(monkeypatch, error)
    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == status


def test_after_a_failure_what_the_stream_holds_goes_nowhere(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        assert isinstance(OUT.line("step 1"), OSError)
        assert OUT.line("step 2") is None  # and closing it raises nothing


def test_a_program_without_a_console_shows_nothing(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    assert OUT.line("step 1") is None


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_character_that_the_encoding_lacks_is_a_question_mark(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    assert OUT.write("a\N{SNOWMAN}\udcffb") is None
    seen = stream.buffer.getvalue().decode(encoding)
    assert seen == ("a\N{SNOWMAN}?b" if encoding == "utf-8" else "a??b")
