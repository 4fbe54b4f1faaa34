"""Weights to compare models on, and the same weights in three kinds of model.

They come from NumPy's RandomState, so they are the same with every PyTorch. They are
far larger than GPT-1's initial weights: queries meet keys with scores of order 1, the
feed-forward layer reaches GELU's curved part, gains are not 1 and biases not 0, so
that a slip anywhere shows at a tolerance of 1e-5.

The names and the transposition are written out here once more, on purpose: the tests
of the model must not rest on `gpt1.weights.layouts`.
"""

import re

import numpy as np
import torch

from gpt1 import GPT

OURS = {
    "transformer.tokens_embed": "token_embedding",
    "transformer.positions_embed": "position_embedding",
    "transformer.h": "blocks",
    "attn.c_attn": "attention.query_key_value",
    "attn.c_proj": "attention.projection",
    "ln_1": "attention_norm",
    "mlp.c_fc": "feed_forward.expand",
    "mlp.c_proj": "feed_forward.contract",
    "ln_2": "feed_forward_norm",
}


def numpy_weights(config, seed=0, size=1.0):
    """float32 arrays by Hugging Face's names, linear matrices (in, out).

    Args:
        config: the model's `GPTConfig`.
        seed: for NumPy's RandomState.
        size: multiplies all but gains and biases of LayerNorm.
    """
    random = np.random.RandomState(seed)
    width, inner = config.width, config.feed_forward

    def draw(deviation, *shape, around=0.0):
        return (around + deviation * noise(random, *shape)).astype(np.float32)

    embedding = size / width**0.5
    weights = {
        "transformer.tokens_embed.weight": draw(embedding, config.vocab_size, width),
        "transformer.positions_embed.weight": draw(embedding, config.context, width),
    }
    for layer in range(config.layers):
        for name, rows, columns, spread in (
            ("attn.c_attn", width, 3 * width, 1.0),
            ("attn.c_proj", width, width, 0.7),
            ("mlp.c_fc", width, inner, 1.5),
            ("mlp.c_proj", inner, width, 0.7),
        ):
            name = f"transformer.h.{layer}.{name}"
            deviation = size * spread / rows**0.5
            weights[f"{name}.weight"] = draw(deviation, rows, columns)
            weights[f"{name}.bias"] = draw(0.2 * size, columns)
        for name in ("ln_1", "ln_2"):
            name = f"transformer.h.{layer}.{name}"
            weights[f"{name}.weight"] = draw(0.2, width, around=1.0)
            weights[f"{name}.bias"] = draw(0.2, width)
    return weights


def noise(random, *shape):
    """Uniform with mean 0 and standard deviation 1: cheaper than normal."""
    return (random.random_sample(shape) - 0.5) * 12**0.5


def random_ids(config, batch, time, seed=1):
    """Token ids (batch, time) from NumPy's RandomState."""
    random = np.random.RandomState(seed)
    return torch.from_numpy(random.randint(0, config.vocab_size, (batch, time)))


def our_name(name):
    """`transformer.h.3.ln_1.bias` to `blocks.3.attention_norm.bias`."""
    for theirs, ours in OURS.items():
        name = re.sub(rf"(^|\.){re.escape(theirs)}\.", rf"\g<1>{ours}.", name)
    return name


def our_state(weights):
    """`numpy_weights` as a state dict of `GPT`."""
    state = {}
    for name, array in weights.items():
        tensor = torch.from_numpy(array)
        linear = ".attn." in name or ".mlp." in name
        state[our_name(name)] = tensor.t() if linear and tensor.dim() == 2 else tensor
    return state


def our_model(config, weights):
    """A `GPT` in eval mode that holds the weights."""
    with torch.device("meta"):
        model = GPT(config)
    model.to_empty(device="cpu").load_state_dict(our_state(weights))
    return model.eval()


def their_config(config):
    """The same sizes for Hugging Face's GPT-1, whose inner width is 4 * width."""
    from transformers import OpenAIGPTConfig

    assert config.feed_forward == 4 * config.width
    return OpenAIGPTConfig(
        vocab_size=config.vocab_size,
        n_positions=config.context,
        n_embd=config.width,
        n_layer=config.layers,
        n_head=config.heads,
        resid_pdrop=config.dropout,
        embd_pdrop=config.dropout,
        attn_pdrop=config.dropout,
        layer_norm_epsilon=config.norm_eps,
    )


def their_model(config, weights):
    """`OpenAIGPTLMHeadModel` in eval mode that holds the weights."""
    from transformers import OpenAIGPTLMHeadModel

    state = {name: torch.from_numpy(array) for name, array in weights.items()}
    model = OpenAIGPTLMHeadModel.from_pretrained(
        None, config=their_config(config), state_dict=state
    )
    return model.eval()
