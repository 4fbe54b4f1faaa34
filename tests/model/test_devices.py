"""The same model under autocast, under torch.compile, on a GPU and on a Mac."""

import shutil

import pytest
import torch
from torch._inductor import config as inductor

from gpt1 import GPT, GPTConfig
from gpt1.generate.sampling import generate
from lib.checks import SMALL, close
from lib.weights import numpy_weights, our_model, random_ids

needs_cuda = pytest.mark.skipif(
    not torch.cuda.is_available(),
    reason="no CUDA device (or hidden: GPT1_CUDA=0 shows the first one to the tests)",
)
needs_mps = pytest.mark.skipif(
    not torch.backends.mps.is_available(), reason="no Apple GPU"
)
SHALLOW = GPTConfig(**{**SMALL.to_dict(), "layers": 1})
# More logits than are made at once, so that the loss takes its fused path.
WORDY = GPTConfig(vocab_size=9001, context=300, width=24, layers=1, heads=3)


def gradients(model, goal):
    """The gradients of a goal, by name."""
    model.zero_grad()
    goal.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters()}


def off(got, want):
    """How far got is from want, as a share of want's size."""
    return ((got.double() - want.double()).norm() / want.double().norm()).item()


@torch.no_grad()
def test_logits_under_bf16_autocast_are_near_float32(small, ids):
    with torch.autocast("cpu", torch.bfloat16):
        got = small(ids)
    # bf16 keeps 8 bits: each product is off by up to 0.4 %, and three blocks add up.
    assert 0 < off(got, small(ids)) < 0.02


@pytest.mark.parametrize("config", [SMALL, WORDY], ids=["plain", "fused"])
def test_training_under_bf16_autocast_is_near_float32(config):
    torch.manual_seed(0)
    model = GPT(config).eval()
    ids = random_ids(config, 2, config.context)
    want = model.loss(ids, ids.roll(-1, 1))
    wanted = gradients(model, want)
    with torch.autocast("cpu", torch.bfloat16):
        got = model.loss(ids, ids.roll(-1, 1))
    assert got.dtype == torch.float32
    close(got.detach(), want.detach(), "loss", 2e-3)
    for name, gradient in gradients(model, got).items():
        assert gradient.dtype == torch.float32
        assert gradient.isfinite().all(), name
        # A third of the bias below is 0 but for rounding.
        if not name.endswith("query_key_value.bias"):
            assert off(gradient, wanted[name]) < 0.03, name


@torch.no_grad()
def test_a_model_in_bf16_has_its_loss_in_float32(small, ids):
    want = small.loss(ids)
    got = small.bfloat16().loss(ids)
    assert got.dtype == torch.float32
    close(got, want, "loss", 0.02)


@pytest.fixture
def compiled():
    """torch.compile without graph breaks; traced afresh for each test.

    It compiles in this process: starting others for it takes longer.
    """
    torch._dynamo.reset()
    with inductor.patch(compile_threads=1):
        yield lambda function, **options: torch.compile(
            function, fullgraph=True, **{"backend": "aot_eager", **options}
        )
    torch._dynamo.reset()


@pytest.fixture
def shallow():
    """One block with scaled weights: compilation takes a second for each."""
    return our_model(SHALLOW, numpy_weights(SHALLOW))


def test_compiles_whole_forward_and_backward(compiled, small, ids):
    close(compiled(small)(ids).detach(), small(ids).detach(), "logits")
    want = gradients(small, small.loss(ids))
    for name, gradient in gradients(small, compiled(small.loss)(ids)).items():
        close(gradient, want[name], name)


def test_the_fused_loss_compiles_whole(compiled):
    torch.manual_seed(0)
    model = GPT(WORDY).eval()
    ids = random_ids(WORDY, 2, 300)
    want, got = model.loss(ids), compiled(model.loss)(ids)
    close(got.detach(), want.detach(), "loss")
    wanted = gradients(model, want)
    for name, gradient in gradients(model, got).items():
        assert off(gradient, wanted[name]) < 1e-5 or gradient.norm() < 1e-6, name


@pytest.mark.weekly
@torch.no_grad()
def test_a_compiled_model_takes_other_lengths(compiled, shallow):
    forward = compiled(shallow)
    for time in (3, 7, 16, 1):
        ids = random_ids(SHALLOW, 2, time)
        close(forward(ids), shallow(ids), f"{time} tokens")


@pytest.mark.weekly
@torch.no_grad()
def test_a_compiled_model_takes_a_cache(compiled, shallow):
    ids, cache = random_ids(SHALLOW, 2, 16), shallow.new_cache()
    forward = compiled(shallow)
    parts = [forward(part, cache=cache) for part in ids.split([5, 1, 1, 1, 1, 4, 3], 1)]
    close(torch.cat(parts, 1), shallow(ids), "pieces")


@pytest.mark.weekly
def test_a_compiled_model_trains_with_dropout(compiled, ids):
    torch.manual_seed(0)
    model = GPT(SHALLOW)
    loss = compiled(model.loss)
    first = loss(ids)
    assert all(part.isfinite().all() for part in gradients(model, first).values())
    assert loss(ids).item() != first.item()


@torch.no_grad()
def test_a_compiled_model_refuses_ids_that_it_does_not_have(compiled, shallow, ids):
    forward = compiled(shallow)
    forward(ids)
    with pytest.raises((RuntimeError, ValueError), match="ids must be 0 to 60"):
        forward(ids + SMALL.vocab_size)


@torch.no_grad()
@pytest.mark.skipif(not shutil.which("c++"), reason="no C++ compiler on the path")
@pytest.mark.weekly
# PyTorch's own import of its compiler warns about PyTorch.
@pytest.mark.filterwarnings(
    "ignore:.torch.jit.script_method. is dep:DeprecationWarning"
)
def test_the_default_compiler_gives_the_same_logits(compiled, shallow, ids):
    close(compiled(shallow, backend="inductor")(ids), shallow(ids), "logits")


def test_compiles_under_bf16_autocast(compiled, shallow, ids):
    with torch.autocast("cpu", torch.bfloat16):
        want = shallow.loss(ids)
        got = compiled(shallow.loss)(ids)
    got.backward()
    close(got.detach(), want.detach(), "loss", 2e-3)


def on_device(device, small_weights, tolerance):
    """Logits, loss, gradients and a cache on a device, against the CPU."""
    here, there = (our_model(SMALL, small_weights) for _ in range(2))
    there.to(device)
    ids = random_ids(SMALL, 2, 16)
    close(there(ids.to(device)).detach().cpu(), here(ids).detach(), "CPU", tolerance)
    want = gradients(here, here.loss(ids))
    for name, gradient in gradients(there, there.loss(ids.to(device))).items():
        close(gradient.cpu(), want[name], name, tolerance)
    with torch.no_grad():
        cache, pieces = there.new_cache(), ids.to(device).split([5, 1, 10], 1)
        got = torch.cat([there(piece, cache=cache) for piece in pieces], 1)
        close(got.cpu(), here(ids), "cache", tolerance)


@needs_cuda
def test_cuda_computes_what_the_cpu_does(small_weights):
    on_device("cuda", small_weights, 1e-4)


@needs_cuda
def test_cuda_never_waits_in_a_forward_and_backward_pass(fresh, ids):
    fresh.cuda()
    ids = ids.cuda()
    fresh.loss(ids).backward()
    torch.cuda.set_sync_debug_mode("error")
    try:
        fresh.loss(ids).backward()
        with torch.no_grad():
            fresh(ids)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@needs_cuda
def test_cuda_under_bf16_autocast_is_near_float32(small, ids):
    small.cuda()
    want = small.loss(ids.cuda(), ids.cuda())
    with torch.autocast("cuda", torch.bfloat16):
        got = small.loss(ids.cuda(), ids.cuda())
    got.backward()
    close(got.detach().cpu(), want.detach().cpu(), "loss", 0.02)


@needs_cuda
def test_cuda_writes_what_the_cpu_writes(small):
    """The likeliest tokens, from prompts of unequal length and past the context."""
    prompts = [[1, 2, 3], [4], [5] * 20]
    want = generate(small, prompts, 30, temperature=0)
    small.cuda()
    for cache in (True, False):
        assert generate(small, prompts, 30, temperature=0, cache=cache) == want
    texts = []
    for _ in range(2):
        dice = [torch.Generator("cuda").manual_seed(seed) for seed in (1, 2, 3)]
        texts.append(generate(small, prompts, 30, top_p=0.9, generator=dice))
    assert texts[0] == texts[1]


@needs_mps
def test_mps_computes_what_the_cpu_does(small_weights):
    on_device("mps", small_weights, 1e-4)
