"""GPT-1 at its own size: 116,534,784 parameters, held to Hugging Face and to NumPy.

Weights are scaled so that states and logits are of order 1 (see weights.py); the
comparisons are between float32 models at 1e-5.
"""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPT, GPTConfig
from lib import numpy_gpt
from lib.checks import (
    check_cache,
    check_initial_loss,
    check_initial_weights,
    check_post_norm,
    check_states,
    close,
)
from lib.weights import numpy_weights, our_model, our_name, random_ids, their_model

pytestmark = pytest.mark.slow
GPT1 = GPTConfig()
LAYERS = range(GPT1.layers)


@pytest.fixture(scope="module")
def weights():
    return numpy_weights(GPT1)


@pytest.fixture(scope="module")
def ours(weights):
    return our_model(GPT1, weights)


@pytest.fixture(scope="module")
def theirs(weights):
    return their_model(GPT1, weights)


@pytest.fixture(scope="module")
def ids():
    return random_ids(GPT1, 2, 24)


@pytest.fixture(scope="module")
def their_states(theirs, ids):
    with torch.no_grad():
        return theirs(ids, output_hidden_states=True).hidden_states


@pytest.fixture(scope="module")
def fresh():
    torch.manual_seed(0)
    return GPT(GPT1).eval()


def test_has_116534784_parameters(ours):
    parameters = list(ours.parameters())
    assert sum(parameter.numel() for parameter in parameters) == 116_534_784
    assert len({parameter.data_ptr() for parameter in parameters}) == len(parameters)
    assert not list(ours.buffers())
    assert set(ours.state_dict()) == {name for name, _ in ours.named_parameters()}


def test_the_comparison_has_scale(their_states):
    for state in their_states[1:]:
        assert 0.9 < state.std() < 1.2


@torch.no_grad()
@pytest.mark.parametrize("layer", LAYERS)
def test_each_block_equals_hugging_faces_on_the_same_input(ours, their_states, layer):
    got = ours.blocks[layer](their_states[layer])
    close(got, their_states[layer + 1], f"block {layer}", 5e-6)


@torch.no_grad()
def test_the_exact_gelu_would_fail_that_comparison(ours, their_states, monkeypatch):
    exact = F.gelu
    monkeypatch.setattr(F, "gelu", lambda x, approximate: exact(x))
    with pytest.raises(AssertionError, match=r"block 0: off by \d\.\de-0[234]"):
        close(ours.blocks[0](their_states[0]), their_states[1], "block 0", 5e-6)


@torch.no_grad()
def test_all_states_and_logits_equal_hugging_faces(ours, theirs, ids, their_states):
    check_states(ours, their_states, theirs(ids).logits, ids)


def test_all_states_and_logits_equal_numpys_in_float64(ours, weights, ids):
    states, logits = numpy_gpt.forward(weights, ids.numpy(), GPT1.heads)
    assert 0.9 < np.std(logits) < 1.1
    check_states(ours, states, logits, ids)


@torch.no_grad()
def test_equals_hugging_face_over_the_whole_context(ours, theirs):
    ids = random_ids(GPT1, 1, GPT1.context)
    want = theirs.transformer(ids).last_hidden_state
    close(ours.hidden(ids), want, "states at 512 positions")


def test_loss_and_gradients_equal_hugging_faces(ours, theirs, ids):
    targets = ids.roll(-1, dims=1)
    want = F.cross_entropy(theirs(ids).logits.flatten(0, 1), targets.flatten())
    want.backward()
    loss = ours.loss(ids, targets)
    loss.backward()
    close(loss.detach(), want.detach(), "loss", 1e-6)
    for name, parameter in theirs.named_parameters():
        linear = parameter.dim() == 2 and "embed" not in name
        theirs_here = parameter.grad.t() if linear else parameter.grad
        mine = ours.get_parameter(our_name(name)).grad
        if name.endswith("c_attn.bias"):
            # A change of all keys by one vector moves no weight: the true gradient of
            # the middle third is 0, and what is left there is rounding.
            assert mine.chunk(3)[1].norm() < 1e-5 * mine.norm()
        off = (mine - theirs_here).norm() / theirs_here.norm()
        assert off < 2e-5, f"gradient of {name}: {off:.1e}"
    ours.zero_grad()
    theirs.zero_grad()


@pytest.mark.parametrize("sizes", [[23, 1], [1, 7, 16]])
def test_a_cache_gives_the_logits_of_the_whole(ours, ids, sizes):
    check_cache(ours, ids, sizes)


def test_initial_weights_have_the_papers_deviation_at_every_depth(fresh):
    check_initial_weights(fresh)


def test_initial_loss_is_the_predicted_one(fresh):
    loss = check_initial_loss(fresh, random_ids(GPT1, 2, 65), within=0.08)
    assert 10.60 < loss < 10.85


def test_every_block_normalises_its_output_at_the_start(fresh, ids):
    check_post_norm(fresh, ids)
