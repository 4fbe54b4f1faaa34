"""The LSTM beside GPT-1: its equations, its size, and that it is used like a GPT."""

from dataclasses import replace

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.generate import generate
from gpt1.inspect import leaks
from gpt1.train.pretraining import train
from gpt1.train.recipe import TrainConfig
from gpt1.train.run import read_run
from gpt1.variants.lstm import LSTM, cells_of
from lib.checks import SMALL
from lib.weights import random_ids


def size(model):
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.fixture
def lstm():
    torch.manual_seed(0)
    return LSTM(replace(SMALL, init_std=0.5)).eval()


@torch.no_grad()
def test_it_computes_the_equations_of_an_lstm(lstm):
    ids = random_ids(SMALL, 2, 11)
    net, embedding = lstm.lstm, lstm.token_embedding.weight
    output = cell = torch.zeros(2, net.hidden_size)
    for time in range(11):
        read = embedding[ids[:, time]]
        gates = read @ net.weight_ih_l0.T + net.bias_ih_l0
        gates = gates + output @ net.weight_hh_l0.T + net.bias_hh_l0
        let_in, keep, new, let_out = gates.chunk(4, dim=-1)
        cell = keep.sigmoid() * cell + let_in.sigmoid() * new.tanh()
        output = let_out.sigmoid() * cell.tanh()
        state = output @ lstm.projection.weight.T + lstm.projection.bias
        torch.testing.assert_close(state @ embedding.T, lstm(ids)[:, time])


@pytest.mark.parametrize(
    "config", [SMALL, GPTConfig.tiny(), GPTConfig.tiny(layers=1, feed_forward=50)]
)
def test_it_is_as_large_as_a_gpt_can_be_without_being_larger(config):
    most = size(GPT(config))
    cells = cells_of(config)
    assert size(LSTM(config)) == size(LSTM(config, cells)) <= most
    assert size(LSTM(config, cells + 1)) > most


def test_it_does_not_look_ahead(lstm):
    assert not leaks(lstm)


@torch.no_grad()
def test_a_cache_goes_on_where_the_text_stood(lstm):
    ids, cache = random_ids(SMALL, 2, 11), lstm.new_cache()
    parts = [lstm(part, cache=cache) for part in ids.split(4, dim=1)]
    torch.testing.assert_close(torch.cat(parts, 1), lstm(ids))
    room = SMALL.context - 11
    with pytest.raises(ValueError, match="the model's context is"):
        lstm(random_ids(SMALL, 2, room + 1), cache=cache)


def test_it_writes_the_same_with_and_without_a_cache(lstm):
    prompt = random_ids(SMALL, 1, 3)
    texts = [
        generate(lstm, prompt, SMALL.context, temperature=0, cache=cache)
        for cache in (True, False)
    ]
    assert len(set(texts[0][0])) > 3
    assert texts[0] == texts[1]


def test_it_is_trained_as_a_gpt_is(here):
    told = {"layers": 1, "width": 16, "heads": 2, "context": 16, "batch_size": 8}
    told |= {"dataset": "text.txt", "tokenizer": "characters", "warmup": 2}
    told |= {"max_steps": 30, "learning_rate": 0.02, "eval_every": 10}
    options = TrainConfig.tiny(**told, stop_after=20)
    train(options, build=LSTM)
    saved = read_run(here / "checkpoints")
    assert saved["step"] == 20
    train(replace(options, stop_after=None, resume="checkpoints"), build=LSTM)
    saved = read_run(here / "checkpoints")
    model = LSTM(GPTConfig.from_dict(saved["config"]))
    model.load_state_dict(saved["model"])
    losses = [row[6] for row in saved["numbers"]["rows"] if row[6] is not None]
    assert saved["step"] == 30
    assert losses[-1] < losses[0]
