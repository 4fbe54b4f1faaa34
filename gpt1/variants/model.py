"""The whole in other ways: embeddings, output, and the weights it begins with."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.model import GPT


class FinalNorm(GPT):
    """One more LayerNorm at the end; untrained, it has gain 1 and bias 0."""

    def hidden(self, ids, cache=None):
        return F.layer_norm(super().hidden(ids, cache=cache), (self.config.width,))


class ScaledEmbedding(GPT):
    """Multiplies embeddings by √width, as the first Transformer did."""

    def hidden(self, ids, cache=None):
        hook = self.token_embedding.register_forward_hook(
            lambda _part, _given, made: made * self.config.width**0.5
        )
        try:
            return super().hidden(ids, cache=cache)
        finally:
            hook.remove()


class Untied(GPT):
    """Predicts with a copy: equal at the start, and apart after the first step."""

    def __init__(self, config):
        super().__init__(config)
        self.output = nn.Parameter(torch.empty_like(self.token_embedding.weight))

    def logits(self, hidden):
        return F.linear(hidden, self.output)


def untied(model):
    with torch.device("meta"):
        copy = Untied(model.config)
    state = {**model.state_dict(), "output": model.token_embedding.weight.detach()}
    copy.to_empty(device="cpu").load_state_dict(state)
    return copy.eval()


class DetachedOutput(GPT):
    """Ties the matrix and teaches it by the input alone."""

    def logits(self, hidden):
        return F.linear(hidden, self.token_embedding.weight.detach())


def positions_from_zero(model):
    """With a cache each piece starts again at position 0."""
    model.position_embedding.register_forward_pre_hook(
        lambda _part, given: (given[0] - given[0][0],)
    )
    return model


def positions_from_one(model):
    model.position_embedding.register_forward_pre_hook(
        lambda _part, given: ((given[0] + 1) % model.config.context,)
    )
    return model


def batch_norm(model):
    """Centres the embeddings over the batch."""
    model.dropout.register_forward_hook(
        lambda _part, _given, made: made - made.mean(0, keepdim=True) / 2
    )
    return model


def quiet_embedding(model):
    model.dropout = nn.Identity()
    return model


@torch.no_grad()
def scaled_by_depth(model):
    """As in GPT-2: what joins the residual stream is smaller by √(2 layers)."""
    for block in model.blocks:
        for part in (block.attention.projection, block.feed_forward.contract):
            part.weight /= math.sqrt(2 * model.config.layers)
    return model


@torch.no_grad()
def reset(kind):
    """The variant with PyTorch's own initial weights in one kind of module."""

    def mutate(model):
        for part in model.modules():
            if isinstance(part, kind):
                part.reset_parameters()
        return model

    return mutate


@torch.no_grad()
def normal_positions(model):
    """N(0, 1), as nn.Embedding has it."""
    model.position_embedding.reset_parameters()
    return model


@torch.no_grad()
def uniform(model):
    """The right deviation and the wrong distribution."""
    width = model.config.init_std * 3**0.5
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.uniform_(-width, width)
    return model


@torch.no_grad()
def random_biases(model):
    model.blocks[1].feed_forward.expand.bias.normal_(0.0, 0.02)
    return model
