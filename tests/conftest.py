"""Fixtures for the tests of the model, and for those of training."""

import os

import pytest
import torch

from gpt1 import GPT
from lib.checks import SMALL
from lib.runs import small_text
from lib.warm import Warm
from lib.weights import numpy_weights, our_model, random_ids, their_model


@pytest.fixture(scope="session")
def small_weights():
    return numpy_weights(SMALL)


@pytest.fixture
def small(small_weights):
    """A small model with scaled weights, in eval mode; each test gets its own."""
    return our_model(SMALL, small_weights)


@pytest.fixture
def fresh():
    """A small model as it is initialised, in train mode."""
    torch.manual_seed(0)
    return GPT(SMALL)


@pytest.fixture
def ids():
    """Token ids (2, 11) for the small models."""
    return random_ids(SMALL, 2, 11)


@pytest.fixture
def theirs(small_weights, tmp_path):
    """A folder written by Hugging Face's own `save_pretrained`."""
    their_model(SMALL, small_weights).save_pretrained(tmp_path / "theirs")
    return tmp_path / "theirs"


@pytest.fixture(scope="session")
def warm():
    """A process from which others are forked, see `warm.Warm`."""
    if not hasattr(os, "fork"):
        pytest.skip("this system starts processes without fork")
    warm = Warm()
    yield warm
    warm.process.stdin.close()
    warm.process.wait(60)
    warm.process.stdout.close()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder but for a small text, which is the current one."""
    (tmp_path / "text.txt").write_text(small_text(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
