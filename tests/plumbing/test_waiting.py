"""How far something is: shown to who waits at a command, and to nobody else."""

import io
import sys

import pytest

from gpt1.data import load_text, sources
from gpt1.plumbing import waiting
from gpt1.plumbing.waiting import shown, watched
from gpt1.tokenizer import BPETokenizer
from gpt1.tokenizer.trained import PIECES
from lib.runs import flags, train_here


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A second passes whenever somebody looks."""
    seconds = iter(range(10**9))
    monkeypatch.setattr(waiting.time, "monotonic", lambda: next(seconds))


def test_a_terminal_has_a_bar_that_goes_when_it_is_full(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with shown():
        assert list(watched("abcd", "spelling")) == list("abcd")
        looks = sys.stderr.getvalue().split("\r")
    assert looks[1] == f"spelling:   0% |{30 * ' '}|"
    assert looks[3] == f"spelling:  50% |{15 * '#'}{15 * ' '}|"
    assert looks[-1] == "\033[K"


def test_a_log_has_a_line_at_once_and_then_every_ten_seconds(clock, capsys):
    with shown():
        list(watched(range(25), "counting"))
    lines = ["counting:   0%", "counting:  40%", "counting:  80%"]
    assert capsys.readouterr().err.splitlines() == lines


def test_nothing_is_shown_outside_nor_of_what_is_quick(clock, capsys, monkeypatch):
    list(watched(range(25), "counting"))
    with shown(False):
        list(watched(range(25), "counting"))
    monkeypatch.setattr(waiting.time, "monotonic", lambda: 0)
    with shown():
        list(watched(range(25), "counting"))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_that_closes_ends_nothing(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with shown():
        items = watched("abcd", "spelling")
        sys.stderr.close()
        assert list(items) == list("abcd")


def test_tales_and_tokens_are_watched(clock, capsys, monkeypatch):
    monkeypatch.setitem(sources.TALES, "train", 3)
    with shown():
        text = load_text("tales")
        tokenizer = BPETokenizer.train(text, 100)
        tokenizer.encode(text)
    shown_here = capsys.readouterr().err
    for what in ("making tales", "learning tokens", "text to tokens"):
        assert f"{what}:   0%\n" in shown_here


def test_the_command_shows_it(here, clock, capsys):
    (here / "text.txt").write_text("abc abd " * 100)
    words = flags(tokenizer="bpe", vocab_size=10, max_steps=1)
    train_here(*words)
    assert "text to tokens:   0%\n" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["ACGT" * 1000, "-=+|" * 1000])
def test_a_text_without_spaces_is_cut(text):
    pieces = PIECES.findall(text)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) == 128
    tokenizer = BPETokenizer.train(text, 20)
    assert tokenizer.decode(tokenizer.encode(text)) == text
