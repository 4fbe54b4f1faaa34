"""A new model: its parameters, their values, and what it predicts."""

import copy

import pytest
import torch
from torch import nn

from gpt1 import GPT, GPTConfig
from lib.checks import (
    SMALL,
    check_initial_loss,
    check_initial_weights,
    check_no_final_norm,
    check_post_norm,
    check_tied,
)
from lib.weights import OURS, random_ids


@pytest.mark.parametrize("deviation", [SMALL.init_std, 0.3])
def test_weights_are_normal_with_one_deviation_at_every_depth(deviation):
    torch.manual_seed(0)
    model = GPT(GPTConfig(**{**SMALL.to_dict(), "init_std": deviation}))
    check_initial_weights(model)


def test_a_seed_gives_the_same_model():
    models = []
    for _ in range(2):
        torch.manual_seed(5)
        models.append(GPT(SMALL).state_dict())
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_initial_loss_is_near_the_predicted_one():
    torch.manual_seed(0)
    config = GPTConfig.tiny(init_std=0.06)
    # Here the second term is 0.23, four times what is allowed.
    check_initial_loss(GPT(config).eval(), random_ids(config, 8, 128), within=0.06)


def test_each_block_normalises_its_output(fresh, ids):
    check_post_norm(fresh.eval(), ids)


def test_nothing_follows_the_last_block(small, ids):
    check_no_final_norm(small, ids)


def test_embedding_and_output_are_one_matrix(small, ids):
    check_tied(small, ids)


def test_tying_survives_a_state_dict_a_move_and_a_copy(small, small_weights, ids):
    other = GPT(SMALL)
    other.load_state_dict(small.state_dict())
    check_tied(other.to(torch.float64).to(torch.float32).eval(), ids)
    check_tied(copy.deepcopy(small), ids)


@pytest.mark.parametrize("epsilon", [SMALL.norm_eps, 0.125])
def test_every_linear_layer_has_a_bias_and_the_output_none(epsilon):
    model = GPT(GPTConfig(**{**SMALL.to_dict(), "norm_eps": epsilon}))
    linear = [part for part in model.modules() if isinstance(part, nn.Linear)]
    assert len(linear) == 4 * SMALL.layers
    assert all(part.bias is not None for part in linear)
    norms = [part for part in model.modules() if isinstance(part, nn.LayerNorm)]
    assert all(part.bias is not None and part.eps == epsilon for part in norms)


def test_the_order_of_parameters_is_the_order_of_the_forward_pass(small):
    names = [name for name, _ in small.named_parameters()]
    assert names[:2] == ["token_embedding.weight", "position_embedding.weight"]
    assert names[2:14] == [
        f"blocks.0.{part}.{kind}"
        for part in OURS.values()
        if part[-9:] != "embedding" and part != "blocks"
        for kind in ("weight", "bias")
    ]


@pytest.mark.parametrize("batch", [1, 3])
def test_every_parameter_gets_a_gradient(fresh, batch):
    ids = random_ids(SMALL, batch, SMALL.context)
    fresh.loss(ids, ids.roll(-1, 1)).backward()
    for name, parameter in fresh.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name
