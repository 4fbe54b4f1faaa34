"""Names sprinkled over the first windows of a run."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from gpt1.tales import generate_tales, join
from gpt1.tales.mentions import naming
from gpt1.tokenizer import BPETokenizer, CharTokenizer
from gpt1.train import TrainConfig
from gpt1.train.pretraining import prepare, train
from gpt1.train.report import describe
from gpt1.train.roll_call import LENGTH, LITTLE, SHARE, RollCall, fact_ids, name_ids
from lib.runs import SMALL

NAMES = [100, 101, 102, 103]


@pytest.fixture
def windows():
    text = torch.arange(4 * 512 + 1) % 97
    return text[:-1].view(4, 512), text[1:].view(4, 512)


def test_names_take_their_share_of_the_places_and_all_else_stays(windows):
    ids, targets = RollCall(NAMES, 10)(0, *windows)
    assert ids.shape == (16, LENGTH)
    assert (ids >= 100).float().mean() == pytest.approx(SHARE, abs=0.03)
    own = [row[row >= 100].unique() for row in ids]
    assert {len(names) for names in own} == {1, 2}
    assert len(torch.cat(own).unique()) == len(NAMES)
    # Targets are the same text one token further.
    assert torch.equal(ids[:, 1:], targets[:, :-1])
    assert (targets[:, -1] >= 100).any()
    for new, old in zip((ids, targets), windows, strict=True):
        assert torch.equal(new[new < 100], old.view(-1, LENGTH)[new < 100])


def test_the_share_stays_falls_and_ends(windows):
    roll_call = RollCall(NAMES, 100)
    shares = [roll_call.share(step) for step in range(102)]
    assert shares[0] == shares[50] == SHARE
    assert all(a > b for a, b in pairwise(shares[50:101]))
    assert shares[100] == shares[101] == 0
    assert roll_call(100, *windows)[0] is windows[0]


def test_it_depends_on_the_update_and_the_seed_alone(windows):
    roll_call = RollCall(NAMES, 10)
    first = roll_call(3, *windows)[0]
    roll_call(4, *windows)
    assert torch.equal(roll_call(3, *windows)[0], first)
    assert torch.equal(RollCall(NAMES, 10)(3, *windows)[0], first)
    assert not torch.equal(roll_call(4, *windows)[0], first)
    assert not torch.equal(RollCall(NAMES, 10, seed=1)(3, *windows)[0], first)


def test_without_two_names_or_windows_to_cut_nothing_is_sprinkled(windows):
    ids = torch.zeros(2, 100, dtype=torch.long)
    assert RollCall(NAMES, 10)(0, ids, ids)[0].shape == (2, 100)
    assert RollCall([5], 10)(0, *windows)[0] is windows[0]


def test_the_names_are_those_of_the_tales():
    text = "".join(f" {name} {name}" for name in ("Rosa", "Milo", "Tansy")) + " hut"
    tokenizer = BPETokenizer.train([text * 5], 300)
    found = [tokenizer.decode([i]) for i in name_ids(tokenizer)]
    assert sorted(found) == [" Milo", " Rosa", " Tansy"]
    tales = "".join(tale.text for tale in generate_tales(3))
    assert name_ids(CharTokenizer.train(tales)) == []


def test_facts_are_the_words_for_heroes_things_places_and_helpers():
    words = [
        "Rosa",
        "Milo",
        "kite",
        "lantern",
        "meadow",
        "heron",
        "hut",
        "the",
        "of",
        "behind",
        "is",
        "counting",
    ]
    text = "".join(f" {word} {word}" for word in words)
    tokenizer = BPETokenizer.train([text * 5], 300)
    found = [tokenizer.decode([i]).strip() for i in fact_ids(tokenizer)]
    assert sorted(found) == ["Milo", "Rosa", "heron", "kite", "lantern", "meadow"]
    assert fact_ids(tokenizer) == sorted(set(fact_ids(tokenizer)))
    assert set(name_ids(tokenizer)) < set(fact_ids(tokenizer))
    letters = CharTokenizer.train(text)
    assert fact_ids(letters) == []


def test_little_words_are_in_the_names_of_things_and_places():
    words = {word for value in naming() for word in value.split()}
    assert set(LITTLE.split()) <= words


def test_a_run_that_was_stopped_goes_on_with_the_same_names(here, monkeypatch):
    calls = []

    def call(self, step, ids, targets):
        calls.append((self.updates, step))
        return ids, targets

    monkeypatch.setattr(RollCall, "__call__", call)
    train(TrainConfig.tiny(**SMALL, max_steps=5, stop_after=3))
    train(TrainConfig.tiny(**SMALL, max_steps=5, resume="checkpoints"))
    assert [step for _, step in calls] == [0, 1, 2, 3, 4]


def test_a_run_says_that_it_has_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gpt1.train.pretraining.load_text", small_tales)
    monkeypatch.setattr("gpt1.data.ids.load_text", small_tales)
    small = {"layers": 1, "width": 16, "heads": 2, "context": 32, "vocab_size": 700}
    options = TrainConfig.tiny(**small, seed=3, roll_call=4)
    run = prepare(options)
    assert len(run.roll_call.names) > 2
    assert (run.roll_call.updates, run.roll_call.seed) == (4, 3)
    assert "names sprinkled over the tales in the first 4 updates" in describe(run)
    assert "names" not in describe(prepare(replace(options, roll_call=0)))
    more = prepare(replace(options, called="facts"))
    assert set(more.roll_call.names.tolist()) > set(run.roll_call.names.tolist())
    assert "facts sprinkled over the tales in the first 4 updates" in describe(more)


def small_tales(name, split="train", **where):
    return join(generate_tales(60, split=split))


def test_a_run_calls_the_roll_of_tales_only(tmp_path):
    text = str(tmp_path / "text.txt")
    Path(text).write_text("Rosa had a hut. " * 200, encoding="utf-8")
    changes = {"tokenizer": "bpe", "vocab_size": 600, "roll_call": 3, "dataset": text}
    run = prepare(TrainConfig.tiny(**{**SMALL, **changes, "out": str(tmp_path)}))
    assert run.roll_call.updates == 0
