"""Dropout acts in the paper's four places while training, and nowhere else."""

import pytest
import torch
from torch import nn

from gpt1 import GPT, GPTConfig
from lib.checks import SMALL, check_dropout_places, close, dropout_calls


@pytest.mark.parametrize("rate", [0.1, 0.37])
def test_it_acts_in_the_papers_four_places(rate, ids, monkeypatch):
    model = GPT(GPTConfig(**{**SMALL.to_dict(), "dropout": rate}))
    check_dropout_places(model, ids, monkeypatch)


@torch.no_grad()
def test_eval_is_the_model_without_dropout(small, small_weights, ids):
    without = GPT(GPTConfig(**{**SMALL.to_dict(), "dropout": 0.0}))
    without.load_state_dict(small.state_dict())
    first = small(ids)
    assert torch.equal(first, small(ids))
    assert torch.equal(first, without.eval()(ids))
    assert torch.equal(first, without.train()(ids))
    torch.manual_seed(0)
    noisy = small.train()(ids)
    assert not torch.allclose(noisy, small(ids), atol=0.01)
    assert torch.equal(small.eval()(ids), first)


@torch.no_grad()
@pytest.mark.parametrize("training", [False, True])
def test_attention_gets_no_dropout_in_eval(small, ids, monkeypatch, training):
    calls = dropout_calls(small.train(training), ids, monkeypatch)
    rates = [rate for what, _, rate in calls if what == "attention"]
    assert rates == training * SMALL.layers * [SMALL.dropout]


@torch.no_grad()
@pytest.mark.parametrize("place", ["dropout", "blocks.1.attention.dropout"])
def test_each_place_alone_changes_the_output_in_training(small, ids, place):
    quiet = small(ids)
    for part in small.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    small.train()
    assert torch.equal(small(ids), quiet)
    small.get_submodule(place).p = 0.5
    torch.manual_seed(0)
    assert not torch.allclose(small(ids), quiet, atol=0.01)


@torch.no_grad()
def test_embedding_dropout_is_drawn_for_each_position(small):
    torch.manual_seed(0)
    small.train().dropout.p = 0.5
    kept = []
    small.dropout.register_forward_hook(lambda _part, _given, made: kept.append(made))
    small(torch.full((1, 16), 3))
    dropped = kept[0][0] == 0
    share = dropped.float().mean()
    close(share, 0.5, "share that is dropped", 0.1)
    assert len({tuple(row.tolist()) for row in dropped}) == 16, "one mask for a token"
