"""Weights that are kept on the way, and windows that begin where a text does."""

from itertools import pairwise

import pytest
import torch

from gpt1.plumbing.files import load_checkpoint
from gpt1.train import TrainConfig
from gpt1.train.loop import kept
from gpt1.train.pretraining import prepare
from lib.runs import flags, train_here as train


def test_each_is_as_many_times_later_than_the_one_before():
    found = sorted(kept(12, 100, 5000))
    assert (len(found), found[0], found[-1]) == (12, 100, 5000)
    ratios = [later / earlier for earlier, later in pairwise(found)]
    assert max(ratios) / min(ratios) < 1.02
    assert kept(0, 100, 5000) == set()
    assert kept(1, 100, 5000) == {5000}
    assert kept(3, 0, 100) == {1, 10, 100}
    assert kept(5, 9, 4) == {4}  # a run that ends within its warm-up


@pytest.mark.slow
def test_they_are_the_weights_of_their_updates_and_go_with_their_run(here):
    train(*flags(max_steps=16, keep=3))
    folder = here / "checkpoints"
    names = [path.name for path in sorted(folder.glob("after-*"))]
    assert names == ["after-000004.pth", "after-000008.pth", "after-000016.pth"]
    whole = [load_checkpoint(folder / name) for name in names]
    assert [contents["step"] for contents in whole] == [4, 8, 16]
    last = load_checkpoint(folder / "last.pth")["model"]
    for name, tensor in last.items():
        assert torch.equal(whole[-1]["model"][name], tensor)
    # Stopped and gone on with, it keeps the same.
    train(*flags(max_steps=16, keep=3, out="halves"), "--stop_after", 6)
    train("--resume", "halves")
    for name, contents in zip(names, whole, strict=True):
        again = load_checkpoint(here / "halves" / name)["model"]
        assert all(torch.equal(again[n], t) for n, t in contents["model"].items())
    train(*flags(max_steps=2, keep=1), "--overwrite")
    assert [path.name for path in folder.glob("after-*")] == ["after-000002.pth"]


def test_windows_begin_with_what_was_asked_for(here):
    options = {"dataset": "text.txt", "tokenizer": "characters", "context": 16}
    run = prepare(TrainConfig.tiny(begin_with=r".\n", **options))
    begin = run.tokenizer.encode(".\n")
    for batches in (run.training, run.validation):
        for ids, _ in batches:
            assert torch.equal(ids[:, :2], torch.tensor(begin).expand(len(ids), 2))
    assert run.text != prepare(TrainConfig.tiny(**options)).text


def test_a_beginning_that_the_text_has_not_is_refused(here):
    options = {"dataset": "text.txt", "tokenizer": "characters", "context": 16}
    with pytest.raises(ValueError, match="no window of 16 tokens begins with"):
        prepare(TrainConfig.tiny(begin_with="tt", **options))


def test_a_number_of_tales_is_for_tales(here):
    with pytest.raises(ValueError, match="tales only, not for text"):
        prepare(TrainConfig.tiny(dataset="text.txt", tales=10))
