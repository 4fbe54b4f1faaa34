"""GPT-1's forward pass in NumPy and float64: an opinion that shares no code with gpt1.

Written from the paper, from OpenAI's released code as the book describes it, and from
Vaswani et al. (2017). Parameters come as a plain dictionary in Hugging Face's names
and layout, where a linear layer's matrix is (in, out).

It is slow and plain on purpose: loops over sequences and heads, attention over a slice
of the past where others use a mask, nothing fused.
"""

import numpy as np

EPSILON = 1e-5


def forward(weights, ids, heads):
    """Everything that the model computes, from embeddings to logits.

    Args:
        weights: arrays by name, as in `OpenAIGPTLMHeadModel.state_dict()`.
        ids: integers, (batch, time).
        heads: number of attention heads.

    Returns:
        The list of states, float64 (batch, time, width): after the embeddings and
        after each block; and the logits (batch, time, vocab).
    """
    ids = np.asarray(ids)
    embedding = as_float64(weights["transformer.tokens_embed.weight"])
    positions = as_float64(weights["transformer.positions_embed.weight"])
    state = np.stack([embedding[row] + positions[: len(row)] for row in ids])
    states = [state]
    while f"transformer.h.{len(states) - 1}.ln_1.weight" in weights:
        state = block(weights, f"transformer.h.{len(states) - 1}.", state, heads)
        states.append(state)
    return states, state @ embedding.T


def block(weights, prefix, state, heads):
    """One layer: (batch, time, width) to (batch, time, width)."""
    part = {
        name.removeprefix(prefix): as_float64(array)
        for name, array in weights.items()
        if name.startswith(prefix)
    }
    return np.stack([block_of_one(part, sequence, heads) for sequence in state])


def block_of_one(part, state, heads):
    attended = linear(part, "attn.c_proj", self_attention(part, state, heads))
    middle = layer_norm(part, "ln_1", state + attended)
    inner = gelu(linear(part, "mlp.c_fc", middle))
    return layer_norm(part, "ln_2", middle + linear(part, "mlp.c_proj", inner))


def self_attention(part, state, heads):
    time, width = state.shape
    size = width // heads
    query, key, value = np.split(linear(part, "attn.c_attn", state), 3, axis=1)
    out = np.empty((time, width))
    for head in range(heads):
        columns = slice(head * size, (head + 1) * size)
        for now in range(time):
            past = slice(0, now + 1)
            scores = key[past, columns] @ query[now, columns] / np.sqrt(size)
            out[now, columns] = softmax(scores) @ value[past, columns]
    return out


def linear(part, name, x):
    return x @ part[f"{name}.weight"] + part[f"{name}.bias"]


def layer_norm(part, name, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    normal = centred / np.sqrt(variance + EPSILON)
    return normal * part[f"{name}.weight"] + part[f"{name}.bias"]


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def softmax(x):
    powers = np.exp(x - x.max())
    return powers / powers.sum()


def loss(logits, targets, ignored=-100):
    """Mean of -log softmax at the targets, in nats; float64."""
    logits = np.asarray(logits, np.float64).reshape(-1, np.shape(logits)[-1])
    targets = np.asarray(targets).reshape(-1)
    nats = [
        np.log(np.exp(row - row.max()).sum()) + row.max() - row[target]
        for row, target in zip(logits, targets, strict=True)
        if target != ignored
    ]
    return np.mean(nats)


def as_float64(array):
    return np.asarray(array, np.float64)
