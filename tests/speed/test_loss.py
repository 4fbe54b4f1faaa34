"""The loss is F.cross_entropy on the logits, without holding the logits."""

import math

import pytest
import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from gpt1 import GPT, GPTConfig
from gpt1.speed import loss
from lib.checks import close
from lib.weights import random_ids

needs_fused = pytest.mark.skipif(
    not hasattr(F, "linear_cross_entropy"),
    reason="this PyTorch has no F.linear_cross_entropy (2.13 has)",
)
FUSED = pytest.param("fused", marks=needs_fused)
FORMS = ["plain", "chunked", "in_one_pass", FUSED, "linear_cross_entropy"]


def problem(rows, vocab, width=24, ignored=0, kind=torch.float32):
    """Rows of hidden states, an output matrix, and targets; logits of order 1."""
    generator = torch.Generator().manual_seed(rows)
    hidden = torch.randn(rows, width, generator=generator, dtype=kind)
    weight = torch.randn(vocab, width, generator=generator, dtype=kind) / width**0.5
    targets = torch.randint(vocab, (rows,), generator=generator)
    targets[torch.randperm(rows, generator=generator)[:ignored]] = -100
    return hidden.requires_grad_(), weight.requires_grad_(), targets


def value_and_gradients(function, hidden, weight, targets):
    value = function(hidden, weight, targets)
    return value, *torch.autograd.grad(value, (hidden, weight))


def cross_entropy_of_logits(hidden, weight, targets):
    return F.cross_entropy(hidden @ weight.t(), targets)


SIZES = [(1, 61), (2, 5), (255, 61), (256, 61), (257, 61), (700, 61), (300, 2000)]


@pytest.mark.parametrize("kind", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize(("rows", "vocab"), SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_each_form_equals_cross_entropy_in_value_and_gradient(form, rows, vocab, kind):
    for ignored in (0, rows // 3):
        given = problem(rows, vocab, ignored=ignored, kind=kind)
        got = value_and_gradients(getattr(loss, form), *given)
        want = value_and_gradients(cross_entropy_of_logits, *given)
        assert got[0].dtype == kind
        tolerance = 2e-6 if kind == torch.float32 else 1e-12
        names = ("value", "hidden", "weight")
        for name, mine, right in zip(names, got, want, strict=True):
            scale = right.abs().max() if name != "value" else 1.0
            close(mine.detach() / scale, right.detach() / scale, name, tolerance)


@pytest.mark.parametrize("form", FORMS)
def test_ignored_rows_change_nothing_but_the_mean(form):
    hidden, weight, targets = problem(600, 61, ignored=200)
    kept = targets != loss.IGNORED
    function = getattr(loss, form)
    got = value_and_gradients(function, hidden, weight, targets)
    want = function(hidden[kept], weight, targets[kept])
    close(got[0].detach(), want.detach(), "loss")
    assert not got[1][~kept].any()
    assert got[1][kept].any(dim=1).all()


@pytest.mark.parametrize("form", FORMS[:-1])
def test_no_target_at_all_is_not_a_number_as_in_pytorch_but_0_for_a_model(
    form, monkeypatch
):
    hidden, weight, targets = problem(300, 61, ignored=300)
    given = hidden.detach(), weight.detach(), targets
    assert math.isnan(cross_entropy_of_logits(*given))
    assert math.isnan(getattr(loss, form)(*given))
    monkeypatch.setattr(loss, "fastest", lambda *_: getattr(loss, form))
    parts = value_and_gradients(loss.linear_cross_entropy, hidden, weight, targets)
    assert not any(part.any() for part in parts)


@pytest.mark.parametrize("form", ["plain", "chunked", "in_one_pass", "any"])
def test_rows_can_have_shares_of_a_sum(form):
    """As the language model's loss has in fine-tuning: each sequence counts alike."""
    hidden, weight, targets = problem(600, 61, ignored=200)
    shares = torch.rand(600, generator=torch.Generator().manual_seed(0))
    function = loss.linear_cross_entropy if form == "any" else getattr(loss, form)

    def weighted(hidden, weight, targets):
        return function(hidden, weight, targets, shares)

    def written_out(hidden, weight, targets):
        each = F.cross_entropy(hidden @ weight.t(), targets, reduction="none")
        return (each * shares).sum()

    got = value_and_gradients(weighted, hidden, weight, targets)
    want = value_and_gradients(written_out, hidden, weight, targets)
    for mine, right in zip(got, want, strict=True):
        scale = right.detach().abs().max()
        close(mine.detach() / scale, right.detach() / scale, "part", 2e-6)
    assert not weighted(hidden, weight, torch.full_like(targets, -100))


@pytest.mark.parametrize("form", FORMS)
def test_huge_logits_do_not_overflow(form):
    hidden, weight, targets = problem(300, 61)
    given = (hidden.detach() * 1e4).requires_grad_(), weight, targets
    got = value_and_gradients(getattr(loss, form), *given)
    assert all(part.isfinite().all() for part in got)


@pytest.mark.parametrize("form", FORMS)
def test_a_scaled_loss_has_a_scaled_gradient(form):
    """Mixed precision and gradient accumulation multiply the loss."""
    given = problem(300, 61)
    _, one, _ = value_and_gradients(getattr(loss, form), *given)
    _, half, _ = value_and_gradients(lambda *a: getattr(loss, form)(*a) / 2, *given)
    close(half * 600, one * 300, "half of the loss")


@pytest.mark.parametrize("rows", [9, 1200])
@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision_is_widened_before_the_logits_are_made(kind, rows):
    hidden, weight, targets = problem(rows, 4099)
    hidden, weight = hidden.detach().to(kind), weight.detach().to(kind)
    got = loss.linear_cross_entropy(hidden, weight, targets)
    want = cross_entropy_of_logits(hidden.float(), weight.float(), targets)
    assert got.dtype == torch.float32
    close(got, want, "loss", 1e-6)


class LargestTensor(TorchDispatchMode):
    """Watches every operation, backward too, for the most numbers in one tensor."""

    def __init__(self):
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        sizes = [x.numel() for x in tree_leaves(made) if torch.is_tensor(x)]
        self.numbers = max([self.numbers, *sizes])
        return made


ROWS, VOCAB, WIDTH = 2048, 4099, 16


@pytest.mark.parametrize("form", FORMS)
def test_the_logits_are_never_whole_but_in_the_plain_form(form):
    assert ROWS * VOCAB > loss.WHOLE
    given = problem(ROWS, VOCAB, WIDTH)
    with LargestTensor() as largest:
        value_and_gradients(getattr(loss, form), *given)
    if form == "plain":
        assert largest.numbers >= ROWS * VOCAB
    else:
        assert largest.numbers <= ROWS * VOCAB / 8


@pytest.mark.parametrize("form", FORMS[1:4])
def test_nothing_of_the_logits_size_waits_for_the_backward_pass(form):
    kept = 0

    def keep(tensor):
        nonlocal kept
        kept += tensor.numel()
        return tensor

    hidden, weight, targets = problem(ROWS, VOCAB, WIDTH)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        getattr(loss, form)(hidden, weight, targets)
    # Each piece of the chunked form keeps the matrix, which is one tensor.
    assert kept < (ROWS + VOCAB) * (WIDTH + 1) * (ROWS / loss.ROWS)


def used(monkeypatch, *given):
    """The names of the forms that compute a loss."""
    names = []
    for name in ("plain", "chunked", "fused", "in_one_pass"):
        form = getattr(loss, name)
        monkeypatch.setattr(
            loss, name, lambda *a, name=name, form=form: names.append(name) or form(*a)
        )
    loss.linear_cross_entropy(*given)
    monkeypatch.undo()
    return names


def test_each_problem_takes_the_form_that_is_fast_for_it(monkeypatch):
    large = problem(ROWS, VOCAB, WIDTH)
    assert used(monkeypatch, *problem(9, 61)) == ["plain"]
    assert used(monkeypatch, *large) == ["in_one_pass"]
    with torch.no_grad():
        assert used(monkeypatch, *large) == ["chunked"], "no gradient to compute"


@pytest.mark.parametrize("newest", [False, pytest.param(True, marks=needs_fused)])
def test_a_compiled_model_takes_pytorchs_form_where_it_exists(monkeypatch, newest):
    with monkeypatch.context() as patch:
        patch.setattr(torch.compiler, "is_compiling", lambda: True)
        if not newest:
            patch.delattr(F, "linear_cross_entropy", raising=False)
        with pytest.MonkeyPatch.context() as inner:
            names = used(inner, *problem(ROWS, VOCAB, WIDTH))
    assert names == ["fused" if newest else "chunked"]


@pytest.mark.parametrize("unit", [False, True])
def test_in_one_pass_under_autocast_is_near_float32(monkeypatch, unit):
    """Its products are bf16 only where that is faster; its sums never are."""
    monkeypatch.setattr(loss, "has_matrix_unit", lambda: unit)
    given = problem(700, 2003)
    want = value_and_gradients(loss.plain, *given)
    with torch.autocast("cpu", torch.bfloat16):
        got = value_and_gradients(loss.in_one_pass, *given)
    within = 0.01 if unit else 1e-5
    for mine, right in zip(got, want, strict=True):
        assert mine.dtype == torch.float32
        assert (0 if unit else -1) < (mine - right).norm() < within * right.norm()


def test_a_used_gradient_is_never_given_again_wrong():
    hidden, weight, targets = problem(300, 61)
    value = loss.in_one_pass(hidden, weight, targets)
    torch.autograd.grad(value / 2, (hidden, weight), retain_graph=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(value / 2, (hidden, weight))


def test_the_gradient_of_a_tied_matrix_is_summed_once_for_each_use():
    """The two gradients may share memory; a kept one must not be added to."""
    hidden, weight, targets = problem(300, 61)

    def gradient(form):
        tied = hidden.detach() + F.embedding(targets, weight)
        return torch.autograd.grad(form(tied, weight, targets), weight)[0]

    close(gradient(loss.in_one_pass), gradient(loss.plain), "tied", 1e-6)
    first, second = (gradient(loss.in_one_pass) for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("form", ["plain", "chunked", "in_one_pass"])
def test_the_graph_can_be_kept(form):
    hidden, weight, targets = problem(300, 61)
    value = getattr(loss, form)(hidden, weight, targets)
    first = torch.autograd.grad(value, hidden, retain_graph=True)[0]
    assert torch.equal(torch.autograd.grad(value, hidden)[0], first)


WORDY = GPTConfig(vocab_size=9001, context=300, width=24, layers=1, heads=3)


@pytest.mark.parametrize("form", FORMS)
def test_a_models_loss_is_that_of_its_logits(monkeypatch, form):
    monkeypatch.setattr("gpt1.model.linear_cross_entropy", getattr(loss, form))
    torch.manual_seed(0)
    model = GPT(WORDY).eval()
    ids = random_ids(WORDY, 2, 300)
    assert ids.numel() * WORDY.vocab_size > loss.WHOLE
    targets = ids.roll(-1, 1)
    targets[:, -20:] = -100
    got = model.loss(ids, targets)
    mine = torch.autograd.grad(got, list(model.parameters()))
    want = F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
    right = torch.autograd.grad(want, list(model.parameters()))
    close(got.detach(), want.detach(), "loss", 1e-6)
    for (name, _), a, b in zip(model.named_parameters(), mine, right, strict=True):
        assert (a - b).norm() < 1e-5 * max(b.norm(), 1e-3), name


def test_a_models_loss_does_not_hold_its_logits():
    torch.manual_seed(0)
    model = GPT(WORDY)
    ids = random_ids(WORDY, 2, 300)
    with LargestTensor() as largest:
        model.loss(ids).backward()
    assert largest.numbers <= max(256, ids.numel() / 4) * WORDY.vocab_size


@torch.no_grad()
def test_the_loss_has_the_mode_of_the_model(fresh, ids):
    assert torch.equal(fresh.eval().loss(ids), fresh.loss(ids))
    torch.manual_seed(0)
    assert not torch.equal(fresh.train().loss(ids), fresh.loss(ids))
