"""Fast dropout: PyTorch's distribution, its gradients, its generator."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import GPT, GPTConfig, attention_weights
from gpt1.speed import dropout as fast
from gpt1.speed.dropout import fast_dropout
from lib.checks import SMALL, close
from lib.weights import random_ids

RATES = [0.1, 0.37, 0.5, 0.9]
DROPPY = GPTConfig(**{**SMALL.to_dict(), "dropout": 0.25})


def heads(time=100, batch=2, count=3, size=8, kind=torch.float32):
    """Queries, keys and values as the model makes them: axes swapped in memory."""
    generator = torch.Generator().manual_seed(time)
    joint = torch.randn(3, batch, time, count, size, generator=generator, dtype=kind)
    return [x.transpose(1, 2).requires_grad_() for x in joint]


def attend(query, key, value, rate):
    options = {"dropout_p": rate, "is_causal": True}
    with fast_dropout():
        return F.scaled_dot_product_attention(query, key, value, **options)


def drawn_masks(monkeypatch):
    """Every mask that the fast forms draw from now on."""
    masks, plain = [], fast.mask

    def draw(*given):
        masks.append(plain(*given).clone())
        return plain(*given)

    monkeypatch.setattr(fast, "mask", draw)
    return masks


@pytest.mark.parametrize("rate", RATES)
def test_the_rate_is_right_and_what_is_kept_is_scaled(rate):
    torch.manual_seed(0)
    with fast_dropout():
        got = F.dropout(torch.ones(1000, 1000), rate)
    share = (got == 0).double().mean()
    close(share, rate, "share that is dropped", 5 * math.sqrt(rate * (1 - rate)) / 1000)
    close(got[got != 0], torch.full_like(got[got != 0], 1 / (1 - rate)), "kept", 2e-4)


@pytest.mark.parametrize("rate", [*RATES, 1e-5, 1 / 3])
def test_the_mean_is_that_of_the_input_but_for_rounding(rate):
    """The share that is kept, of all 65536 possible bits, times the scale is 1."""
    every = torch.arange(-(2**15), 2**15).short()
    kept = fast.mask(every, rate, torch.float64)
    close(kept.mean() * fast.scale(rate), 1.0, "mean", 1e-15)
    close(kept.mean(), 1 - rate, "share that is kept", 0.5 / fast.LEVELS)


def test_all_bits_are_alike_in_each_quarter_of_a_word():
    torch.manual_seed(0)
    bits = fast.random_bits(1 << 20).view(-1, 4)
    for quarter in bits.int().unbind(1):
        for half in ((quarter + 2**15) // 256, quarter & 255):
            chi = ((half.bincount(minlength=256) - 1024) ** 2 / 1024).sum().item()
            assert abs(chi - 255) < 5 * math.sqrt(2 * 255)


def test_neighbours_are_dropped_independently():
    torch.manual_seed(0)
    with fast_dropout():
        kept = F.dropout(torch.ones(1 << 20), 0.5) != 0
    signs = kept.double() * 2 - 1
    for apart in (1, 2, 3, 4, 5, 8, 64, 624):
        both = (signs[apart:] * signs[:-apart]).mean()
        close(both, 0.0, f"correlation {apart} apart", 5 / 1024)


def test_attention_drops_its_weights_independently(monkeypatch):
    masks = drawn_masks(monkeypatch)
    torch.manual_seed(0)
    attend(*heads(), 0.5)
    attend(*heads(), 0.5)
    one, two = masks[0], masks[len(masks) // 2]
    assert one.shape == two.shape == (6, 64, 64)
    for name, first, second in (
        ("calls", one, two),
        ("heads", one[:3], one[3:]),
        ("queries", one[:, 1:], one[:, :-1]),
        ("keys", one[..., 1:], one[..., :-1]),
    ):
        agree = (first == second).double().mean()
        close(agree, 0.5, name, 2.5 / math.sqrt(first.numel()))


def test_dropout_and_its_gradient_equal_the_mask_written_out(monkeypatch):
    masks = drawn_masks(monkeypatch)
    x = torch.randn(7, 11, 13, requires_grad=True)
    with fast_dropout():
        got = F.dropout(x, 0.25)
    want = x * masks[0] * (4 / 3)
    slope = torch.randn_like(x)
    close(got.detach(), want.detach(), "values", 1e-6)
    mine, right = (torch.autograd.grad(y, x, slope)[0] for y in (got, want))
    close(mine, right, "gradient", 1e-6)


@pytest.mark.parametrize("time", [1, 2, 63, 64, 65, 100, 128, 131])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64], ids=str)
def test_attention_and_its_gradient_equal_the_masks_written_out(
    monkeypatch, time, kind
):
    masks = drawn_masks(monkeypatch)
    given = heads(time, kind=kind)
    rate, tolerance = 0.25, 2e-6 if kind == torch.float32 else 1e-13
    got = attend(*given, rate)
    dropped = torch.zeros(2, 3, time, time, dtype=kind)
    for rows, block in zip(dropped.split(64, dim=2), masks, strict=True):
        rows[..., : block.size(2)] = block.view(2, 3, *block.shape[1:])
    query, key, value = given
    want = (attention_weights(query, key) * dropped / (1 - rate)) @ value
    assert got.dtype == kind
    close(got.detach(), want.detach(), "values", tolerance)
    slope = torch.randn_like(got)
    mine = torch.autograd.grad(got, given, slope)
    right = torch.autograd.grad(want, given, slope)
    for name, a, b in zip(("query", "key", "value"), mine, right, strict=True):
        close(a, b, name, 4 * tolerance)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision_is_near_float32(kind):
    wide = heads(100)
    narrow = [x.detach().to(kind).requires_grad_() for x in wide]
    results = []
    for given in (wide, narrow):
        torch.manual_seed(0)
        mixed = attend(*given, 0.1)
        assert mixed.dtype == given[0].dtype
        gradients = torch.autograd.grad(mixed.float().square().sum(), given)
        results.append((mixed, *gradients))
    for want, got in zip(*results, strict=True):
        assert got.dtype == kind
        assert (got.float() - want).norm() < 0.01 * want.norm()
    torch.manual_seed(0)
    with fast_dropout():
        got = F.dropout(narrow[0], 0.1)
    assert got.dtype == kind


def test_autocast_changes_nothing_within():
    given = heads(100)
    results = []
    for low in (False, True):
        torch.manual_seed(0)
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            mixed = attend(*given, 0.1)
            results.append((mixed, *torch.autograd.grad(mixed.sum(), given)))
    assert all(map(torch.equal, *results))


def test_the_global_seed_and_state_repeat_it_to_the_bit():
    ids = random_ids(DROPPY, 2, 16)
    torch.manual_seed(0)
    model = GPT(DROPPY)

    def step():
        model.zero_grad()
        with fast_dropout():
            loss = model.loss(ids)
        loss.backward()
        return [loss.detach(), *(p.grad.clone() for p in model.parameters())]

    torch.manual_seed(1)
    first, state = step(), torch.get_rng_state()
    second = step()
    torch.manual_seed(1)
    assert all(map(torch.equal, step(), first))
    torch.set_rng_state(state)
    assert all(map(torch.equal, step(), second))
    assert not torch.equal(first[0], second[0])


@pytest.mark.parametrize("count", [1, 3, 4, 5, 1001])
def test_any_number_of_values_can_be_dropped(count):
    torch.manual_seed(count)
    with fast_dropout():
        got = F.dropout(torch.ones(count), 0.5)
    assert set(got.tolist()) <= {0.0, 2.0}
    assert got.shape == (count,)


def calls(monkeypatch):
    """The names of the fast forms that were used."""
    used = []
    for part in (fast._Dropout, fast._Attention):
        apply = part.apply
        monkeypatch.setattr(
            part, "apply", lambda *a, n=part.__name__, f=apply: used.append(n) or f(*a)
        )
    return used


def test_a_model_uses_it_in_all_places_and_only_within(monkeypatch):
    used = calls(monkeypatch)
    model, ids = GPT(DROPPY), random_ids(DROPPY, 2, 16)
    with fast_dropout():
        model.loss(ids).backward()
    block = ["_Attention", "_Dropout", "_Dropout"]
    assert used == ["_Dropout"] + DROPPY.layers * block
    used.clear()
    model.loss(ids).backward()
    with fast_dropout(), torch.no_grad():
        model.eval()(ids)
    assert used == []


def test_a_model_in_eval_or_without_dropout_is_the_same_to_the_bit(small, ids):
    want = small(ids)
    with fast_dropout():
        assert torch.equal(small(ids), want)
        for part in small.train().modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        assert torch.equal(small(ids), want)


def test_what_it_cannot_do_is_left_to_pytorch(monkeypatch):
    used = calls(monkeypatch)
    query, key, value = heads(16)
    mask = torch.ones(16, 16, dtype=torch.bool)

    def mixed(query, *given, dropout_p=0.5, **options):
        options["dropout_p"] = dropout_p
        return F.scaled_dot_product_attention(query, key, value, *given, **options)

    cases = [
        lambda: F.dropout(query, 0.0),
        lambda: F.dropout(query, 1.0),
        lambda: F.dropout(query, 1e-9),
        lambda: F.dropout(query, 0.5, training=False),
        lambda: F.dropout(query.detach().clone(), 0.5, inplace=True),
        lambda: F.dropout(torch.ones(3, device="meta"), 0.5),
        lambda: mixed(query, mask),
        lambda: mixed(query),
        lambda: mixed(query, is_causal=True, scale=1.0),
        lambda: mixed(query[:, :, :4], is_causal=True),
        lambda: mixed(query, is_causal=True, dropout_p=0.0),
    ]
    for case in cases:
        torch.manual_seed(0)
        want = case()
        torch.manual_seed(0)
        with fast_dropout():
            got = case()
        assert got.shape == want.shape
        assert want.is_meta or torch.equal(got, want)
    assert used == []


@pytest.mark.slow
def test_a_compiled_model_trains_within_it(ids):
    torch._dynamo.reset()
    torch.manual_seed(0)
    model = GPT(GPTConfig(**{**DROPPY.to_dict(), "layers": 1}))
    loss = torch.compile(model.loss, backend="aot_eager", fullgraph=True)
    with fast_dropout():
        first, second = loss(ids), loss(ids)
    first.backward()
    assert first.item() != second.item()
    assert all(p.grad.isfinite().all() for p in model.parameters())
    torch._dynamo.reset()
