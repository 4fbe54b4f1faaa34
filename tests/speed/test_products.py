"""Products by oneDNN: `F.linear`'s values, its gradients, and only where they pay."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPT
from gpt1.speed import loss, products
from gpt1.speed.dropout import fast_dropout
from gpt1.speed.products import fast_products
from gpt1.train.run import loss_module
from lib.checks import SMALL, close
from lib.weights import random_ids

needs_onednn = pytest.mark.skipif(
    not hasattr(torch.ops.mkldnn, "_linear_pointwise"),
    reason="this PyTorch has no oneDNN",
)


@pytest.fixture
def counted(monkeypatch):
    """Products as on a processor of AMD's; the shapes of what oneDNN multiplied."""
    shapes, plain = [], products.multiplied

    def multiply(input, weight, *bias):
        shapes.append((tuple(input.shape), tuple(weight.shape)))
        return plain(input, weight, *bias)

    monkeypatch.setattr(products, "worth_it", lambda: True)
    monkeypatch.setattr(products, "multiplied", multiply)
    return shapes


def given(*shape):
    """Rows, a matrix and a bias, all with gradients."""
    torch.manual_seed(0)
    sizes = ((*shape, 24), (40, 24), (40,))
    return [torch.randn(size, requires_grad=True) for size in sizes]


@needs_onednn
@pytest.mark.parametrize("shape", [(7,), (2, 5), (2, 3, 5), (1, 1)])
@pytest.mark.parametrize("biased", [True, False])
def test_values_and_gradients_are_those_of_linear(counted, shape, biased):
    tensors = given(*shape)[: 2 + biased]
    slope = torch.randn(*shape, 40)
    want = F.linear(*tensors)
    wanted = torch.autograd.grad(want, tensors, slope)
    with fast_products():
        got = F.linear(*tensors)
    found = torch.autograd.grad(got, tensors, slope)
    assert len(counted) == 3  # forward, to the rows, to the matrix
    close(got, want, "values", 1e-5)
    for name, mine, theirs in zip("xwb", found, wanted, strict=False):
        assert mine.shape == theirs.shape
        close(mine, theirs, f"gradient of {name}", 1e-5)


@needs_onednn
def test_what_needs_no_gradient_gets_none(counted):
    rows, matrix, _ = given(5)
    with fast_products():
        F.linear(rows.detach(), matrix).sum().backward()
    assert rows.grad is None
    assert matrix.grad is not None
    assert len(counted) == 2


@needs_onednn
def test_a_model_learns_from_the_same_gradients(counted):
    torch.manual_seed(0)
    model, ids = GPT(SMALL).double().float(), random_ids(SMALL, 2, 12)
    batch = ids[:, :-1], ids[:, 1:]
    model.eval()
    found = []
    for context in (torch.enable_grad, fast_products):
        model.zero_grad()
        with context():
            model.loss(*batch).backward()
        found.append([p.grad.clone() for p in model.parameters()])
    # Four linear layers a block, and the logits.
    assert len(counted) == 3 * (4 * SMALL.layers + 1)
    for mine, theirs in zip(*found, strict=True):
        close(mine, theirs, "gradient", 1e-5)


@needs_onednn
def test_the_loss_in_one_pass_has_the_same_gradients_by_oneDNN(counted):  # noqa: N802
    rows, matrix, _ = given(300)
    goals = torch.randint(40, (300,))
    want = loss.plain(rows, matrix, goals)
    wanted = torch.autograd.grad(want, (rows, matrix))
    got = loss.in_one_pass(rows, matrix, goals)
    found = torch.autograd.grad(got, (rows, matrix))
    assert len(counted) == 2 * 3  # two pieces: logits, and two gradients
    close(got, want, "loss", 1e-5)
    for mine, theirs in zip(found, wanted, strict=True):
        close(mine, theirs, "gradient", 1e-5)


@needs_onednn
def test_a_product_of_nothing_stays_pytorchs(counted):
    with fast_products():
        assert F.linear(torch.ones(3, 0), torch.ones(5, 0)).eq(0).all()
    assert not counted


@needs_onednn
def test_in_a_compiled_function_products_stay_pytorchs(counted):
    def compute(rows, matrix):
        with fast_products():
            return F.linear(rows, matrix)

    rows, matrix, _ = given(5)
    with torch.no_grad():
        torch.compile(compute, backend="eager")(rows, matrix)
    assert not counted
    compute(rows, matrix)
    assert len(counted) == 1


@needs_onednn
def test_training_multiplies_so_and_drops_out_fast(counted):
    torch.manual_seed(0)
    config = replace(SMALL, dropout=0.5)
    model, ids = GPT(config), random_ids(config, 2, 12)
    loss_of = loss_module(model, SimpleNamespace(compile=False))
    found = []
    for context in (fast_dropout, nullcontext):
        torch.manual_seed(1)
        with context():
            found.append(model.loss(ids[:, :-1], ids[:, 1:]))
    assert not counted
    torch.manual_seed(1)
    got = loss_of(ids[:, :-1], ids[:, 1:])
    assert len(counted) >= 4 * config.layers
    close(got, found[0], "loss", 1e-5)
    assert abs(got - found[1]) > 1e-3, "PyTorch's dropout draws other numbers"


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16])
def test_other_types_stay_pytorchs(counted, kind):
    rows, matrix, bias = (x.detach().to(kind) for x in given(5))
    with fast_products():
        assert F.linear(rows, matrix, bias).dtype == kind
    assert not counted


def test_under_autocast_products_stay_pytorchs(counted):
    with fast_products(), torch.autocast("cpu", torch.bfloat16):
        assert F.linear(*given(5)).dtype == torch.bfloat16
    assert not counted


@pytest.mark.parametrize(
    ("maker", "capability", "answer"),
    [
        ("vendor_id : AuthenticAMD", "AVX512", True),
        ("vendor_id : AuthenticAMD", "AVX2", False),
        ("vendor_id : GenuineIntel", "AVX512", False),
    ],
)
@needs_onednn
def test_it_pays_on_processors_of_amd_with_avx512(
    monkeypatch, maker, capability, answer
):
    monkeypatch.setattr(products, "maker", lambda: maker)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert products.worth_it.__wrapped__() is answer


def test_elsewhere_nothing_changes(monkeypatch):
    monkeypatch.setattr(products, "worth_it", lambda: False)
    monkeypatch.setattr(products, "multiplied", None)
    tensors = given(5)
    want = F.linear(*tensors)
    with fast_products():
        assert torch.equal(F.linear(*tensors), want)
