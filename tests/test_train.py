"""The pieces of the training loop."""

import itertools
import math

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.train import evaluate, parameter_groups, progress, schedule


@pytest.fixture
def model():
    return GPT(GPTConfig(vocab_size=11, context=8, width=12, layers=2, heads=3))


def test_matrices_decay_and_gains_and_biases_do_not(model):
    decayed, kept = parameter_groups(model, 0.01)
    names = {id(p): name for name, p in model.named_parameters()}
    kept_names = {names[id(p)] for p in kept["params"]}
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.01, 0.0)
    assert len(decayed["params"]) + len(kept["params"]) == len(names)
    assert kept_names == {
        name for name in names.values() if name.endswith((".bias", "norm.weight"))
    }


def test_the_schedule_climbs_then_falls_along_a_cosine_to_zero():
    rates = [schedule(step, 100, 10) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * i for i in range(1, 11)])
    assert rates[10] == 1
    assert rates[55] == pytest.approx(0.5)
    assert 0 < rates[99] < 0.001
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_warm_up_takes_at_most_half_of_a_short_run():
    assert [schedule(step, 4, 1000) for step in range(3)] == [0.5, 1, 1]
    assert schedule(0, 1, 1000) == 1
    assert schedule(0, 5, 0) == 1


def test_validation_counts_every_token_once(model):
    torch.manual_seed(0)
    batches = [
        (torch.randint(11, (batch, time)), torch.randint(11, (batch, time)))
        for batch, time in [(3, 8), (1, 2)]
    ]
    model.train()
    loss = evaluate(model, batches)
    assert model.training
    model.eval()
    total = sum(
        torch.nn.functional.cross_entropy(
            model(ids).flatten(0, 1), targets.flatten(), reduction="sum"
        ).item()
        for ids, targets in batches
    )
    assert loss == pytest.approx(total / 26, rel=1e-5)
    assert not math.isclose(
        loss,
        sum(model.loss(*batch).item() for batch in batches) / 2,
        rel_tol=1e-4,
    )


def test_a_terminal_sees_a_bar_with_the_loss(monkeypatch):
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert isinstance(progress([1, 2], "epoch 1"), tqdm.tqdm)


def test_a_log_gets_a_line_now_and_then_with_the_loss(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    clock = itertools.count(step=6)
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    bar = progress([1, 2, 3, 4], "epoch 1")
    for number in bar:
        bar.set_postfix(loss=f"{number / 8:.3f}")
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "epoch 1: step 2 of 4, loss 0.250",
        "epoch 1: step 4 of 4, loss 0.500",
    ]
