"""Weights written as OpenAI published GPT-1: one flat vector cut into params_N.npy.

`params_shapes.json` lists the shapes in order: positions first, then the tokens, then
twelve tensors for each block, with linear matrices as convolution kernels (1, in, out).
"""

import json

import numpy as np

BLOCK = ("attn.c_attn", "attn.c_proj", "ln_1", "mlp.c_fc", "mlp.c_proj", "ln_2")
KINDS = ("weight", "bias")


def write_openai(folder, weights, files=10):
    """Write `numpy_weights` as OpenAI's files; returns the list of shapes."""
    names = ["transformer.positions_embed.weight", "transformer.tokens_embed.weight"]
    layers = sum(name.endswith("ln_1.bias") for name in weights)
    for layer in range(layers):
        for part in BLOCK:
            names += [f"transformer.h.{layer}.{part}.{kind}" for kind in KINDS]
    assert sorted(names) == sorted(weights)
    shapes = []
    for name in names:
        array = weights[name]
        kernel = array.ndim == 2 and "embed" not in name
        shapes.append([1, *array.shape] if kernel else list(array.shape))
    flat = np.concatenate([weights[name].ravel() for name in names])
    # Cut anywhere, as theirs are: a tensor may begin in one file and end in the next.
    for number, part in enumerate(np.array_split(flat, files)):
        np.save(folder / f"params_{number}.npy", part)
    (folder / "params_shapes.json").write_text(json.dumps(shapes))
    return shapes
