"""The stand-in for a GPU refuses what a GPU would; the package runs on it unchanged."""

import pytest
import torch
from torch import nn

from gpt1.generate.sampling import generate
from gpt1.plumbing.device import pick_device
from gpt1.train.engine import Engine
from gpt1.train.step import evaluate, train_step
from lib.two_devices import two_devices
from lib.weights import random_ids


@pytest.fixture
def gpu():
    with two_devices():
        yield pick_device()


def test_what_is_computed_from_its_tensors_is_on_it(gpu):
    assert gpu.type == torch.zeros(2, device=gpu).device.type == "cuda"
    assert torch.zeros(2).device.type == "cpu"
    x, layer = torch.randn(3, 4).to(gpu), nn.Linear(4, 2).to(gpu)
    y = layer(x)
    y.sum().backward()
    for tensor in (x * 2, x[0], x.T, y, layer.weight.grad, torch.zeros_like(x)):
        assert tensor.device.type == "cuda"
    assert x.cpu().device.type == "cpu"
    assert (x * torch.tensor(2.0)).device.type == "cuda"
    assert x[torch.tensor([0])].device.type == "cuda"


@pytest.mark.parametrize(
    "mistake",
    [
        lambda x: x + torch.ones(4),
        lambda x: torch.ones(4).add_(x.sum()),
        lambda x: torch.ones(4)[x.argmax(0, keepdim=True)],
        lambda x: nn.Linear(4, 2)(x),
        lambda x: nn.Embedding(3, 2).to(x.device)(torch.tensor([1])),
        lambda x: x.numpy(),
        lambda x: torch.multinomial(x.exp(), 1, generator=torch.Generator()),
        lambda x: torch.cat([x, torch.ones(4)]),
    ],
)
def test_it_does_not_mix(gpu, mistake):
    x = torch.randn(4).to(gpu)
    with pytest.raises((RuntimeError, TypeError)):
        mistake(x)


def test_the_package_trains_and_writes_on_it(gpu, small):
    model = small.to(gpu)
    ids = random_ids(model.config, 2, 16)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loss, norm = train_step(model.loss, (ids, ids), optimizer, engine=Engine(gpu))
    assert loss.device.type == norm.device.type == "cuda"
    assert all(p.device.type == "cuda" for p in model.parameters())
    assert evaluate(model, [(ids, ids)]) > 0
    dice = torch.Generator(gpu).manual_seed(0)
    assert len(generate(model, [[1, 2], [3]], 4, generator=dice)) == 2
