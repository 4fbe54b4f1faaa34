"""The optimizer: who decays, the schedule's numbers, and both forms of Adam."""

import copy
import math

import numpy as np
import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.train.optimizer import (
    OpenAIAdam,
    make_optimizer,
    parameter_groups,
    schedule,
    set_rate,
)

BETAS = (0.9, 0.999)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GPT(GPTConfig(vocab_size=11, context=8, width=12, layers=2, heads=3))


def test_matrices_decay_and_gains_and_biases_do_not(model):
    decayed, kept = parameter_groups(model, 0.01)
    names = {id(p): name for name, p in model.named_parameters()}
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.01, 0.0)
    assert len(decayed["params"]) + len(kept["params"]) == len(names)
    assert {names[id(p)] for p in kept["params"]} == {
        name for name in names.values() if name.endswith((".bias", "norm.weight"))
    }
    ids = [id(p) for p in decayed["params"]]
    for embedding in (model.token_embedding, model.position_embedding):
        assert ids.count(id(embedding.weight)) == 1


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 1.25e-7),  # the first update has a two-thousandth of the highest rate
        (999, 1.25e-4),
        (1_999, 2.5e-4),
        (2_000, 2.5e-4),
        (26_500, 2.133883e-4),  # a quarter of the cosine: (1 + √½) / 2
        (51_000, 1.25e-4),
        (75_500, 3.661165e-5),
        (99_999, 6.42e-14),
    ],
)
def test_the_papers_rate_climbs_for_2000_updates_then_falls_along_a_cosine(step, rate):
    assert 2.5e-4 * schedule(step, 100_000, 2000) == pytest.approx(rate, rel=1e-3)


def test_the_rate_never_rises_after_the_warm_up_and_is_never_zero():
    rates = [schedule(step, 100, 10) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * i for i in range(1, 11)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[99] < 0.001
    assert schedule(100, 100, 10) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("total", "warmup", "shares"),
    [
        (4, 1000, [0.5, 1, 1, 0.5]),
        (5, 0, [1, 0.904508, 0.654508, 0.345492, 0.095492]),
        (1, 1000, [1]),
    ],
)
def test_the_warm_up_takes_at_most_half_of_a_short_run(total, warmup, shares):
    got = [schedule(step, total, warmup) for step in range(total)]
    assert got == pytest.approx(shares, abs=1e-6)


def released(p, m, v, g, t, lr, decay, *, b1=BETAS[0], b2=BETAS[1], e=1e-8):
    """OpenAI's rule in float64: opt.py of finetune-transformer-lm, lines 23 to 49."""
    rate = lr * math.sqrt(1 - b2**t) / (1 - b1**t)
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return p - rate * (m / (np.sqrt(v) + e) + decay * p), m, v


def loshchilov(p, m, v, g, t, lr, decay, *, b1=BETAS[0], b2=BETAS[1], e=1e-8):
    """AdamW as PyTorch documents it, in float64."""
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    corrected = np.sqrt(v / (1 - b2**t)) + e
    return p - lr * (decay * p + m / (1 - b1**t) / corrected), m, v


def gradients(shape, steps=12):
    """Gradients from 1e-9 to 1, so that the place of epsilon matters to some."""
    random = np.random.RandomState(0)
    sizes = 10.0 ** random.uniform(-9, 0, size=shape)
    return [sizes * random.normal(size=shape) for _ in range(steps)]


def follow(rule, decay, steps=12):
    """Parameters after each step of a rule, from the same start and gradients."""
    p = np.random.RandomState(1).normal(size=(5, 40))
    m = v = np.zeros_like(p)
    path = []
    for t, g in enumerate(gradients(p.shape, steps), start=1):
        p, m, v = rule(p, m, v, g, t, 0.01 * t, decay)
        path.append(p)
    return path


def walk(kind, decay, steps=12, dtype=torch.float64, **options):
    """The same with a torch optimizer."""
    start = np.random.RandomState(1).normal(size=(5, 40))
    parameter = torch.nn.Parameter(torch.tensor(start, dtype=dtype))
    optimizer = kind([parameter], betas=BETAS, weight_decay=decay, **options)
    path = []
    for t, g in enumerate(gradients(start.shape, steps), start=1):
        set_rate(optimizer, 0.01 * t)
        parameter.grad = torch.tensor(g, dtype=dtype)
        optimizer.step()
        path.append(parameter.detach().double().numpy().copy())
    return path


def apart(one, other):
    return max(np.abs(a - b).max() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("decay", [0.0, 0.01, 0.3])
def test_the_openai_update_is_the_released_rule(decay):
    assert apart(walk(OpenAIAdam, decay), follow(released, decay)) < 1e-12
    single = walk(OpenAIAdam, decay, dtype=torch.float32)
    assert apart(single, follow(released, decay)) < 1e-5


def test_torchs_adamw_is_the_other_rule():
    got = walk(torch.optim.AdamW, 0.3, fused=True)
    assert apart(got, follow(loshchilov, 0.3)) < 1e-12


def test_the_two_rules_differ_by_epsilon_and_by_decay():
    # Epsilon alone, with gradients about as small as it; then the decay alone.
    assert apart(follow(released, 0), follow(loshchilov, 0)) > 1e-2
    released_decay = np.subtract(follow(released, 0.3), follow(released, 0))
    other_decay = np.subtract(follow(loshchilov, 0.3), follow(loshchilov, 0))
    assert apart(released_decay, other_decay) > 1e-2


@pytest.mark.parametrize(("t", "share"), [(1, 0.32), (10, 0.15), (100, 0.31)])
def test_the_released_decay_begins_at_a_third_of_adamws(t, share):
    start = torch.full((2, 2), 4.0, dtype=torch.float64)
    weights = {}
    for name, kind in {"openai": OpenAIAdam, "adamw": torch.optim.AdamW}.items():
        parameter = torch.nn.Parameter(start.clone())
        optimizer = kind([parameter], lr=0.0, betas=BETAS, weight_decay=0.5)
        parameter.grad = torch.zeros_like(start)
        for _ in range(t - 1):
            optimizer.step()
        set_rate(optimizer, 0.01)
        optimizer.step()  # without a gradient, all that happens is decay
        weights[name] = 4 - parameter[0, 0].item()
    assert weights["adamw"] == pytest.approx(0.01 * 0.5 * 4)
    assert weights["openai"] / weights["adamw"] == pytest.approx(share, abs=0.005)


def test_adamw_is_fused_where_the_model_is_on_a_cpu(model):
    optimizer = make_optimizer(model, learning_rate=1e-3)
    assert isinstance(optimizer, torch.optim.AdamW)
    assert all(group["fused"] for group in optimizer.param_groups)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)
    assert optimizer.param_groups[0]["weight_decay"] == 0.01
    assert [group["lr"] for group in optimizer.param_groups] == [1e-3, 1e-3]
    set_rate(optimizer, 0.5)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.5]


def test_an_unknown_optimizer_is_said(model):
    with pytest.raises(ValueError, match="adamw or openai, got 'sgd'"):
        make_optimizer(model, "sgd", learning_rate=1)


def test_a_parameter_without_a_gradient_stays_as_it_is():
    parameter = torch.nn.Parameter(torch.ones(2, 2))
    OpenAIAdam([parameter], lr=1).step()
    assert torch.equal(parameter, torch.ones(2, 2))


def some_steps(model, optimizer, seed):
    torch.manual_seed(seed)
    for _ in range(3):
        ids = torch.randint(11, (2, 8))
        model.loss(ids).backward()
        optimizer.step()
        optimizer.zero_grad()


@pytest.mark.parametrize("name", ["adamw", "openai"])
def test_an_optimizer_goes_on_exactly_from_its_saved_state(model, name, tmp_path):
    optimizer = make_optimizer(model, name, learning_rate=0.01)
    some_steps(model, optimizer, 1)
    torch.save(optimizer.state_dict(), tmp_path / "state")
    other = copy.deepcopy(model)
    again = make_optimizer(other, name, learning_rate=7)
    again.load_state_dict(torch.load(tmp_path / "state", weights_only=True))
    for pair in ((model, optimizer), (other, again)):
        some_steps(*pair, 2)
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two)
    fresh = make_optimizer(other, name, learning_rate=0.01)
    some_steps(other, fresh, 3)
    some_steps(model, optimizer, 3)
    assert not torch.equal(model.token_embedding.weight, other.token_embedding.weight)
