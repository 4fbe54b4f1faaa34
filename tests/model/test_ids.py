"""What a model accepts as token ids, and what it says to the rest."""

import numpy as np
import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.inputs import check_ids, check_targets
from lib.checks import SMALL
from lib.weights import random_ids

INTEGERS = [getattr(torch, f"{s}int{n}") for s in ("", "u") for n in (8, 16, 32, 64)]


@pytest.mark.parametrize("kind", INTEGERS, ids=str)
def test_every_integer_type_gives_the_same_logits(small, ids, kind):
    assert torch.equal(small(ids.to(kind)), small(ids))
    assert torch.equal(small.loss(ids.to(kind)), small.loss(ids))


@torch.no_grad()
@pytest.mark.parametrize("time", [1, 2, 511, 512])
def test_gpt1_takes_one_to_512_tokens(time):
    model = GPT(GPTConfig(vocab_size=50, width=8, layers=1, heads=2))
    assert model(random_ids(model.config, 1, time)).shape == (1, time, 50)


def test_ids_need_not_be_contiguous(small):
    ids = random_ids(SMALL, 9, 4)
    assert not ids.t().is_contiguous()
    assert torch.equal(small(ids.t()), small(ids.t().contiguous()))
    assert torch.equal(small(ids[:1].expand(3, 4)), small(ids[:1].repeat(3, 1)))


BAD = {
    "floats": (torch.zeros(1, 3), "tensor of integers, got torch.float32"),
    "bools": (torch.zeros(1, 3, dtype=torch.bool), "integers, got torch.bool"),
    "a list": ([[1, 2]], "tensor of integers, got <class 'list'>"),
    "an array": (np.zeros((1, 3), int), "tensor of integers, got <class 'numpy"),
    "nothing": (None, "tensor of integers, got <class 'NoneType'>"),
    "a sequence alone": (torch.zeros(3).long(), r"\(batch, time\).*got \(3,\)"),
    "three dimensions": (torch.zeros(1, 2, 3).long(), r"got \(1, 2, 3\)"),
    "a number": (torch.tensor(3), r"\(batch, time\).*got \(\)"),
    "no time": (torch.zeros(2, 0).long(), r"at least 1, got \(2, 0\)"),
    "no batch": (torch.zeros(0, 2).long(), r"at least 1, got \(0, 2\)"),
    "too long": (torch.zeros(1, 17).long(), "context is 16 tokens, got 17"),
    "one too high": (torch.tensor([[0, 61]]), "0 to 60, got 61"),
    "far too high": (torch.tensor([[40478, 1]]), "0 to 60, got 40478"),
    "below zero": (torch.tensor([[0, -1]]), "0 to 60, got -1"),
    "a byte too high": (torch.tensor([[200]], dtype=torch.uint8), "60, got 200"),
}


@pytest.mark.parametrize(("bad", "message"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("method", ["forward", "hidden", "loss"])
def test_one_clear_error_for_what_is_not_ids(small, bad, message, method):
    targets = torch.zeros(bad.shape if torch.is_tensor(bad) else (1, 2)).long()
    given = (bad, targets) if method == "loss" else (bad,)
    with pytest.raises(ValueError, match=message):
        getattr(small, method)(*given)


TARGETS = {
    "another shape": (torch.zeros(2, 10).long(), r"\(2, 11\), got \(2, 10\)"),
    "flat": (torch.zeros(22).long(), r"\(2, 11\), got \(22,\)"),
    "floats": (torch.zeros(2, 11), "targets must be a tensor of integers"),
    "too high": (torch.full((2, 11), 61), "targets must be 0 to 60, got 61"),
    "below zero": (torch.full((2, 11), -1), "targets must be 0 to 60, got -1"),
}


@pytest.mark.parametrize(("bad", "message"), TARGETS.values(), ids=TARGETS)
def test_one_clear_error_for_what_is_not_targets(small, ids, bad, message):
    with pytest.raises(ValueError, match=message):
        small.loss(ids, bad)


def test_without_targets_each_id_is_predicted_from_those_before(small, ids):
    assert torch.equal(small.loss(ids), small.loss(ids[:, :-1], ids[:, 1:]))
    with pytest.raises(ValueError, match=r"to copy what it reads: give loss\(ids\)"):
        small.loss(ids, ids)


def test_a_second_argument_is_not_taken_for_a_cache(small, ids):
    with pytest.raises(TypeError, match="positional"):
        small(ids, torch.ones_like(ids))


def test_the_highest_and_lowest_ids_are_accepted(small):
    ids = torch.tensor([[0, SMALL.vocab_size - 1]])
    assert small(ids).isfinite().all()
    assert small.loss(ids, ids.clone()).isfinite()


def test_ids_are_checked_before_anything_is_computed(small, monkeypatch):
    def fail(*_):
        raise AssertionError("computed")

    monkeypatch.setattr(small.token_embedding, "forward", fail)
    with pytest.raises(ValueError, match="0 to 60"):
        small(torch.tensor([[61]]))


class OnCuda(torch.Tensor):
    """Pretends to live on a GPU, and refuses whatever would wait for it there."""

    asserted = 0

    @property
    def device(self):
        return torch.device("cuda")

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", str(function))
        waits = {"item", "tolist", "cpu", "__bool__", "__int__", "__float__", "nonzero"}
        assert name not in waits | {"numpy", "__index__", "masked_select", "equal"}, (
            f"{name} waits for the device"
        )
        if name == "_assert_async":
            OnCuda.asserted += 1
            return None
        if name == "__getitem__":
            index = args[1] if isinstance(args[1], tuple) else (args[1],)
            masks = [i for i in index if isinstance(i, torch.Tensor)]
            assert all(mask.dtype != torch.bool for mask in masks), "a mask waits"
        return super().__torch_function__(function, types, args, kwargs or {})


@pytest.mark.parametrize("bad", [False, True])
def test_the_check_does_not_wait_for_a_gpu(ids, bad):
    """No GPU here: a tensor that says it is on one, and fails if anything waits."""
    ids = (ids + SMALL.vocab_size if bad else ids).as_subclass(OnCuda)
    OnCuda.asserted = 0
    checked = check_ids(ids, SMALL)
    check_targets(checked.clone(), checked, SMALL)
    assert OnCuda.asserted == 2


def test_that_test_would_notice_waiting():
    on_cuda = torch.ones(3).as_subclass(OnCuda)
    for wait in (
        lambda: bool(on_cuda.all()),
        lambda: on_cuda[0].item(),
        lambda: on_cuda[on_cuda > 0],
        lambda: on_cuda.tolist(),
        lambda: on_cuda.nonzero(),
    ):
        with pytest.raises(AssertionError, match="wait"):
            wait()
