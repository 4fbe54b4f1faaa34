"""The commands of a clone, as they are typed: `python scripts/train.py --epochs 3`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gpt1.train.__main__ import start
from lib.runs import flags, small_text
from scripts import train

ROOT = Path(__file__).parents[2]
NO_HUB = {"HF_ENDPOINT": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}
NO_HUB |= {"HF_HUB_OFFLINE": "0"}


def typed(*words, **variables):
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def trained_on(monkeypatch):
    """The text that a command line of scripts/train.py trains on, without training."""
    options = []
    monkeypatch.setattr("gpt1.train.__main__.train", lambda o, *_: options.append(o))

    def choose(*words):
        start(train.with_text(list(words)))
        return options.pop().dataset

    return choose


@pytest.fixture
def hub(monkeypatch):
    """A hub that has WikiText; a test may take it away."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr(train, "hub_answers", lambda: True)
    monkeypatch.setattr("gpt1.data.load_text", lambda *source: "a text")
    return monkeypatch


@pytest.mark.weekly
def test_it_trains_and_then_writes(tmp_path):
    (tmp_path / "text.txt").write_text(small_text(), encoding="utf-8")
    asked = flags(
        dataset=tmp_path / "text.txt", epochs=1, subset=8, out=tmp_path / "checkpoints"
    )
    done = typed("scripts/train.py", *asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Epoch 1: Train Loss" in done.stdout
    model = tmp_path / "checkpoints" / "best_model.pth"
    wanted = ["--prompt", "the cat", "--max_length", 30, "--model_path", model]
    done = typed("scripts/generate.py", *wanted)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the cat" in done.stdout


@pytest.mark.slow
def test_without_the_hub_one_line_says_so(tmp_path):
    """What follows it is the mistake that keeps this test from training."""
    done = typed("scripts/train.py", "--layers", 0, HF_HOME=str(tmp_path), **NO_HUB)
    first, second = done.stderr.splitlines()
    assert first.startswith("This run is on tales: ")
    assert "Salesforce/wikitext" in first or "datasets" in first
    assert second.startswith("error: layers must be")
    assert done.returncode == 2


def test_it_trains_on_wikitext_where_the_hub_answers(hub, trained_on):
    assert trained_on("--batch_size", "8", "--epochs", "3") == "wikitext-2"


@pytest.mark.parametrize("error", [FileNotFoundError, ImportError])
def test_it_trains_on_tales_where_wikitext_is_not_to_be_had(
    hub, trained_on, error, capsys
):
    def refuse(*source):
        raise error("there is none")

    hub.setattr("gpt1.data.load_text", refuse)
    words = "--batch_size", "4", "--epochs", "1", "--subset", "100"
    assert trained_on(*words) == "tales"
    assert capsys.readouterr().err == "This run is on tales: there is none\n"


@pytest.mark.parametrize("words", [["--dataset", "a.txt"], ["--dataset=a.txt"]])
def test_a_text_that_is_named_is_never_replaced(hub, trained_on, words):
    hub.setattr(train, "hub_answers", lambda: pytest.fail("the hub was asked"))
    assert trained_on(*words) == "a.txt"


@pytest.mark.parametrize("words", [["--resume", "runs/mine"], ["--help"], ["-h"]])
def test_a_run_that_goes_on_keeps_its_text(hub, words):
    hub.setattr(train, "hub_answers", lambda: pytest.fail("the hub was asked"))
    assert train.with_text(words) == words


def test_nothing_answers_at_a_closed_port(monkeypatch):
    for name, value in NO_HUB.items():
        monkeypatch.setenv(name, value)
    assert not train.hub_answers()


@pytest.mark.slow
def test_the_models_tests_say_their_names_and_ok():
    done = typed("tests/test_model.py")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert len(lines) >= 5
    assert all(line.startswith("test_") and line.endswith(" OK") for line in lines)


@pytest.mark.weekly
def test_the_models_tests_fail_with_a_wrong_model():
    exact = "import torch.nn.functional as F; g = F.gelu; F.gelu = lambda x, **_: g(x)"
    run = "import runpy; runpy.run_path('tests/test_model.py', run_name='__main__')"
    done = typed("-c", f"{exact}; {run}")
    assert done.returncode == 1
    assert "equations_written_out FAILED\n" in done.stdout
    assert "AssertionError" in done.stderr


def test_requirements_ask_for_the_package_and_pin_nothing():
    lines = (ROOT / "requirements.txt").read_text("utf8").splitlines()
    asked = [line for line in lines if not line.startswith("#")]
    assert asked == ["-e .[pretrained,tokenizer,data,train]"]
