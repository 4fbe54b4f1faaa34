"""The model computes GPT-1: held to NumPy in float64 and to Hugging Face's port."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPTConfig
from lib import numpy_gpt
from lib.checks import SMALL, check_against_numpy, check_states, close
from lib.weights import (
    noise,
    numpy_weights,
    our_model,
    our_name,
    our_state,
    random_ids,
    their_model,
)

SHAPES = {
    "small": {},
    "one of everything": {"layers": 1, "heads": 1, "width": 1, "vocab_size": 1},
    "one head": {"heads": 1},
    "as many heads as width": {"heads": 24},
    "narrow feed-forward": {"feed_forward": 7},
    "wide feed-forward": {"feed_forward": 211},
    "deep": {"layers": 8, "width": 8, "heads": 2},
}


@pytest.mark.parametrize("changes", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("time", [1, 2, 16])
def test_equals_numpy_in_float64(changes, time):
    config = GPTConfig(**{**SMALL.to_dict(), "feed_forward": None, **changes})
    weights = numpy_weights(config)
    ids = random_ids(config, 3, time)
    check_against_numpy(our_model(config, weights), weights, ids)


def test_equals_numpy_to_rounding_when_both_are_float64(small, small_weights, ids):
    check_against_numpy(small.double(), small_weights, ids, tolerance=1e-12)


def test_equals_numpy_where_the_epsilon_of_layer_norm_matters(ids):
    weights = numpy_weights(SMALL, size=0.02)
    states, _ = numpy_gpt.forward(weights, ids.numpy(), SMALL.heads)
    assert states[0].var(-1).max() < 1e-4
    check_against_numpy(our_model(SMALL, weights), weights, ids)


def test_equals_hugging_face_block_by_block(small, small_weights, ids):
    theirs = their_model(SMALL, small_weights)
    with torch.no_grad():
        out = theirs(ids, output_hidden_states=True)
    check_states(small, out.hidden_states, out.logits, ids)


def test_the_loss_equals_numpys(small, small_weights, ids):
    _, logits = numpy_gpt.forward(small_weights, ids.numpy(), SMALL.heads)
    targets = ids.roll(-1, dims=1)
    targets[:, -1] = -100
    want = numpy_gpt.loss(logits, targets.numpy())
    close(small.double().loss(ids, targets), want, "loss", 1e-12)


def test_gradients_equal_hugging_faces_in_float64(small, small_weights, ids):
    theirs = their_model(SMALL, small_weights).double()
    targets = ids.roll(-1, dims=1)
    # Their own loss is computed in float32 whatever the model's type.
    F.cross_entropy(theirs(ids).logits.flatten(0, 1), targets.flatten()).backward()
    small.double().loss(ids, targets).backward()
    compared = 0
    for name, parameter in theirs.named_parameters():
        want = parameter.grad
        want = want.t() if want.dim() == 2 and "embed" not in name else want
        got = small.get_parameter(our_name(name)).grad
        close(got, want, name, 1e-12)
        compared += 1
    assert compared == len(list(small.parameters()))


def test_gradients_equal_finite_differences_of_numpy(small, small_weights, ids):
    targets = ids.roll(-1, dims=1)
    small.double().loss(ids, targets).backward()
    gradients = {name: p.grad.numpy() for name, p in small.named_parameters()}
    random, step = np.random.RandomState(7), 1e-5
    for name, array in small_weights.items():
        direction = noise(random, *array.shape)
        sides = []
        for sign in (1, -1):
            moved = array.astype(np.float64) + sign * step * direction
            _, logits = numpy_gpt.forward(
                {**small_weights, name: moved}, ids.numpy(), SMALL.heads
            )
            sides.append(numpy_gpt.loss(logits, targets.numpy()))
        slope = (sides[0] - sides[1]) / (2 * step)
        ours = our_state({name: direction})[our_name(name)].numpy()
        got = (gradients[our_name(name)] * ours).sum()
        close(got, slope, f"slope along a change of {name}", 1e-7)
