"""Names sprinkled over the first windows of a run."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from gpt1.tales import generate_tales, join
from gpt1.tales.words import ANIMALS, CHILDREN
from gpt1.tokenizer import BPETokenizer, CharTokenizer
from gpt1.train import TrainConfig
from gpt1.train.pretraining import prepare, train
from gpt1.train.report import describe
from gpt1.train.roll_call import (
    LENGTH,
    SHARE,
    FactCall,
    RollCall,
    call,
    fact_ids,
    name_ids,
    place_ids,
)
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


def test_what_names_facts_is_called_as_a_whole_each_kind_as_often(windows):
    # One hero, two things of two tokens, a place of three, a helper.
    groups = [[[200]], [[210, 211], [212, 213]], [[220, 221, 222]], [[230]]]
    calls = FactCall([[[ids] for ids in group] for group in groups], 10)
    kinds, share, alone = [], [], []
    for seed in range(40):
        calls.seed = seed
        ids, targets = calls(0, *windows)
        assert ids.shape == (16, LENGTH)
        assert torch.equal(ids[:, 1:], targets[:, :-1])
        old = windows[0].view(-1, LENGTH)
        assert torch.equal(ids[ids < 200], old[ids < 200])
        share.append((ids >= 200).float().mean())
        for row in ids.tolist():
            own = {tuple(group) for group in groups[1] if group[0] in row}
            own |= {(first,) for first in (200, 220, 230) if first in row}
            assert 1 <= len(own) <= 2
            alone.append(len(own) == 1)
            kinds += [first // 10 for first, *_ in own]
            for place, token in enumerate(row[3:], start=3):
                # It began so many places before, whatever covers the rest of it.
                if token in (211, 213, 221, 222):
                    behind = 2 if token == 222 else 1
                    assert row[place - behind] == token - behind
                if row[place - 1] in (210, 212, 220):
                    begins = (200, 210, 212, 220, 230)
                    assert token == row[place - 1] + 1 or token in begins
    assert sum(share) / len(share) == pytest.approx(SHARE, abs=0.05)
    # Half of them by intention, and of the others those that draw one twice.
    assert sum(alone) / len(alone) == pytest.approx(0.61, abs=0.06)
    each = [kinds.count(kind) / len(kinds) for kind in (20, 21, 22, 23)]
    assert each == pytest.approx([0.25] * 4, abs=0.05)


def test_facts_depend_on_the_update_and_the_seed_alone(windows):
    groups = [[[[200]], [[201]]], [[[210, 211]], [[212], [213, 214]]]]
    first = FactCall(groups, 10)(3, *windows)[0]
    assert torch.equal(FactCall(groups, 10)(3, *windows)[0], first)
    assert not torch.equal(FactCall(groups, 10)(4, *windows)[0], first)
    assert not torch.equal(FactCall(groups, 10, seed=1)(3, *windows)[0], first)
    kept = [tensor.clone() for tensor in windows]
    assert FactCall(groups, 10)(10, *windows)[0] is windows[0]
    assert all(map(torch.equal, kept, windows))


def test_facts_are_what_names_heroes_things_places_and_helpers():
    tokenizer = BPETokenizer.train(join(generate_tales(300)), 1000)
    names, things, places, helpers = (
        {tokenizer.decode(ids) for ids in group} for group in fact_ids(tokenizer)
    )
    assert names == {f" {name}" for names in (*CHILDREN, *ANIMALS) for name in names}
    assert {" red balloon", " a bicycle lamp"} < things
    assert {" in the park", " Station Street"} < places
    assert {" the old heron", " Grandpa", " Mrs Thistle"} < helpers
    letters = CharTokenizer("R osa")
    assert fact_ids(letters) == [[letters.encode(" Rosa")], [], [], []]


def test_of_a_value_each_form_is_called_as_often(windows):
    calls = FactCall([[[[200], [201, 202]], [[210], [211]]]], 10)
    seen, mixed = [], 0
    for seed in range(40):
        calls.seed = seed
        for row in calls(0, *windows)[0].tolist():
            own = [token for token in row if token in (200, 201, 210, 211)]
            seen += own
            mixed += {200, 201} <= set(own) or {210, 211} <= set(own)
    each = [seen.count(token) / len(seen) for token in (200, 201, 210, 211)]
    assert each == pytest.approx([0.25] * 4, abs=0.05)
    assert mixed == 40 * 16


def test_places_are_called_in_all_their_forms():
    tokenizer = BPETokenizer.train(join(generate_tales(300)), 1000)
    found = [{tokenizer.decode(ids) for ids in forms} for forms in place_ids(tokenizer)]
    assert {" Church Street", " on Church Street"} in found
    assert {" At the old mill", " at the old mill", " the old mill"} in found
    assert not any(" red balloon" in each for each in found)
    calls = call("places", tokenizer, 10, 3)
    assert calls.sizes.tolist() == [len(found)]
    assert (calls.updates, calls.seed) == (10, 3)
    assert place_ids(CharTokenizer("R osa")) == []


def test_a_run_that_was_stopped_goes_on_with_the_same_names(here, monkeypatch):
    calls = []

    def call(self, step, ids, targets):
        calls.append((self.updates, step))
        return ids, targets

    monkeypatch.setattr(RollCall, "__call__", call)
    train(TrainConfig.tiny(**SMALL, max_steps=5, stop_after=3))
    train(TrainConfig.tiny(**SMALL, max_steps=5, resume="checkpoints"))
    assert [step for _, step in calls] == [0, 1, 2, 3, 4]


@pytest.mark.slow
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
    assert (more.roll_call.updates, more.roll_call.seed) == (4, 3)
    assert more.roll_call.sizes[0] == 120
    assert "facts sprinkled over the tales in the first 4 updates" in describe(more)


def small_tales(name, split="train", **where):
    return join(generate_tales(60, split=split))


def test_a_run_calls_the_roll_of_tales_only(tmp_path):
    text = str(tmp_path / "text.txt")
    Path(text).write_text("Rosa had a hut. " * 200, encoding="utf-8")
    changes = {"tokenizer": "bpe", "vocab_size": 600, "roll_call": 3, "dataset": text}
    run = prepare(TrainConfig.tiny(**{**SMALL, **changes, "out": str(tmp_path)}))
    assert run.roll_call.updates == 0
