"""One update: its gradient, its clipping, its precision; and the validation loss."""

import copy

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.train.engine import Engine, pick_precision
from gpt1.train.optimizer import make_optimizer
from gpt1.train.run import Loss
from gpt1.train.step import counted, evaluate, total_loss, train_step
from lib.two_processes import CONFIG, Keep, batches

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GPT(CONFIG)


@pytest.fixture
def uneven():
    """A batch (5, 8) whose rows have 8, 1, 0, 5 and 3 targets."""
    return batches()[0]


def gradient(model, batch, clip=1e9, pieces=1):
    """Mean loss, norm and gradients of one update."""
    keep = Keep(model)
    loss, norm = train_step(model.loss, batch, keep, clip=clip, pieces=pieces)
    return loss.item(), norm.item(), keep.gradients


def assert_close(one, other):
    for a, b in zip(one, other, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("pieces", [1, 2, 3, 5, 9])
def test_pieces_have_the_gradient_of_the_whole_batch(model, uneven, pieces):
    loss, norm, got = gradient(model, uneven, pieces=pieces)
    wanted = model.loss(*uneven)
    wanted.backward()
    assert loss == pytest.approx(wanted.item(), rel=1e-6)
    assert_close(got, [p.grad for p in model.parameters()])
    whole = torch.cat([p.grad.flatten() for p in model.parameters()])
    assert norm == pytest.approx(whole.norm().item(), rel=1e-5)


def test_a_mean_of_the_pieces_means_would_be_another_gradient(model, uneven):
    _, _, got = gradient(model, uneven, pieces=5)
    rows = [row for row in zip(*uneven, strict=True) if counted(row[1])]
    for ids, targets in rows:
        (model.loss(ids[None], targets[None]) / len(rows)).backward()
    means = [p.grad for p in model.parameters()]
    assert any((a - b).abs().max() > 0.01 for a, b in zip(got, means, strict=True))


def test_an_update_leaves_no_gradient_for_the_next(model, uneven):
    optimizer = make_optimizer(model, learning_rate=0.0, weight_decay=0.0)
    first = train_step(model.loss, uneven, optimizer)
    second = train_step(model.loss, uneven, optimizer)
    assert all(p.grad is None for p in model.parameters())
    assert torch.equal(torch.stack(first), torch.stack(second))


def test_the_gradient_is_clipped_by_its_norm_over_all_parameters(model, uneven):
    _, norm, plain = gradient(model, uneven)
    told, clipped = gradient(model, uneven, clip=norm / 4)[1:]
    assert told == pytest.approx(norm)
    assert_close(clipped, [g / 4 for g in plain])
    # Clipped one by one, most tensors would have stayed as they are.
    assert sum(g.norm() < norm / 4 for g in plain) > len(plain) / 2
    unchanged = gradient(model, uneven, clip=norm * 2)[2]
    assert all(map(torch.equal, unchanged, plain))


def test_validation_counts_every_token_once(model, uneven):
    other = torch.randint(29, (1, 3)), torch.randint(29, (1, 3))
    empty = torch.randint(29, (1, 8)), torch.full((1, 8), -100)
    model.train()
    loss = evaluate(model, [uneven, other, empty])
    nats, tokens = total_loss(model, [uneven, other, empty])
    assert model.training
    model.eval()
    parts = [
        torch.nn.functional.cross_entropy(
            model(ids).flatten(0, 1), targets.flatten(), reduction="sum"
        ).item()
        for ids, targets in (uneven, other)
    ]
    assert tokens == 17 + 3
    assert nats == pytest.approx(sum(parts), rel=1e-5)
    assert loss == pytest.approx(sum(parts) / 20, rel=1e-5)
    mean_of_means = sum(model.loss(*batch).item() for batch in (uneven, other)) / 2
    assert abs(loss - mean_of_means) > 1e-3


def test_validation_is_without_dropout_and_draws_nothing(uneven):
    model = GPT(GPTConfig(**{**CONFIG.to_dict(), "dropout": 0.5}))
    state = torch.get_rng_state()
    assert evaluate(model, [uneven]) == evaluate(model, [uneven])
    assert torch.equal(torch.get_rng_state(), state)
    assert model.training


def learn(model, kind, steps=60):
    """Mean loss of the last ten of some updates on one repeated batch."""
    engine = Engine(kind=kind)
    optimizer = make_optimizer(model, learning_rate=0.01)
    ids = torch.arange(4 * 9).reshape(4, 9) * 7 % 29
    batch, losses = (ids[:, :-1], ids[:, 1:]), []
    for _ in range(steps):
        loss, _ = train_step(model.loss, batch, optimizer, engine=engine)
        losses.append(loss.item())
    return sum(losses[-10:]) / 10


def test_bf16_learns_nearly_what_float32_learns(model):
    seen = []
    other = copy.deepcopy(model)
    for part in (other.blocks[0], other.blocks[0].feed_forward):
        part.register_forward_hook(lambda _part, _given, made: seen.append(made))
    full, half = learn(model, None), learn(other, torch.bfloat16)
    assert full < 1
    assert half == pytest.approx(full, rel=0.1)
    assert torch.bfloat16 in {made.dtype for made in seen}
    assert {p.dtype for p in other.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("name", "device", "capability", "kind"),
    [
        ("auto", CPU, None, None),
        ("float32", CUDA, (9, 0), None),
        ("bf16", CPU, None, torch.bfloat16),
        ("auto", CUDA, (8, 0), torch.bfloat16),
        ("auto", CUDA, (7, 5), torch.float16),  # T4
        ("bf16", CUDA, (7, 5), torch.float16),
        ("bf16", CUDA, (9, 0), torch.bfloat16),
        ("fp16", CUDA, (9, 0), torch.float16),
    ],
)
def test_the_type_is_one_that_the_device_is_fast_at(
    name, device, capability, kind, monkeypatch
):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    assert pick_precision(name, device) == kind


@pytest.mark.parametrize(
    ("name", "told"), [("fp16", "bf16 or float32"), ("int8", "'int8'")]
)
def test_a_precision_that_is_not_to_be_had_is_said(name, told):
    with pytest.raises(ValueError, match=told):
        pick_precision(name, CPU)


def test_float16_scales_its_loss_and_clips_what_it_would_be_without(model, uneven):
    loss, norm, plain = gradient(model, uneven, clip=0.5)
    engine, keep = Engine(kind=torch.float16), Keep(model)
    half_loss, half_norm = train_step(model.loss, uneven, keep, clip=0.5, engine=engine)
    assert engine.scaler.get_scale() > 1000
    assert norm > 0.5
    assert half_loss.item() == pytest.approx(loss, rel=0.01)
    assert half_norm.item() == pytest.approx(norm, rel=0.02)
    for got, want in zip(keep.gradients, plain, strict=True):
        assert (got - want).norm() < 0.05 * want.norm() + 1e-4


def test_a_float16_overflow_skips_the_update_and_lowers_the_scale(model, uneven):
    engine = Engine(kind=torch.float16)
    engine.scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40)
    before = copy.deepcopy(model.state_dict())
    optimizer = make_optimizer(model, learning_rate=0.01)
    train_step(model.loss, uneven, optimizer, engine=engine)
    assert engine.scaler.get_scale() == 2.0**39
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])


@pytest.mark.weekly
def test_a_compiled_model_has_the_same_gradient(model, uneven):
    loss, _, plain = gradient(model, uneven)
    # This backend needs no compiler for C++.
    compiled, keep = Loss(model), Keep(model)
    compiled.compile(backend="aot_eager")
    compiled_loss, _ = train_step(compiled, uneven, keep, clip=1e9)
    assert compiled_loss.item() == pytest.approx(loss, rel=1e-5)
    assert_close(keep.gradients, plain)
