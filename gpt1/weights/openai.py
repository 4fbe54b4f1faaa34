"""OpenAI's files: one flat vector in ten pieces, and a list of shapes."""

import json

import torch

from gpt1.config import GPTConfig
from gpt1.plumbing.hub import missing
from gpt1.weights.layouts import IN_BLOCK, OUTSIDE, from_theirs

SHAPES = "params_shapes.json"


def read(folder, heads=12, dropout=None):
    """A config and the weights that belong to it, see `gpt1.weights.read`.

    Args:
        folder: a `Path`, with `params_shapes.json` and `params_0.npy` onwards.
        heads: how many attention heads; the files do not say.
        dropout: None means 0.1.
    """
    shapes = _read_shapes(folder / SHAPES)
    flat = _read_vector(folder)
    sizes = [torch.Size(shape).numel() for shape in shapes]
    if sum(sizes) != flat.numel():
        count = len(list(folder.glob("params_*.npy")))
        raise ValueError(
            f"{folder} must hold {sum(sizes)} numbers by its {SHAPES}, got "
            f"{flat.numel()} in {count} files: is a params_*.npy missing?"
        )
    layers = (len(shapes) - 2) // (2 * len(IN_BLOCK))
    names = [OUTSIDE["position_embedding.weight"], OUTSIDE["token_embedding.weight"]]
    names += [
        f"h.{layer}.{module}.{kind}"
        for layer in range(layers)
        for module in IN_BLOCK.values()
        for kind in ("weight", "bias")
    ]
    tensors = {}
    for name, shape, numbers in zip(names, shapes, flat.split(sizes), strict=True):
        # Their linear weights are kernels of convolutions of length 1: (1, in, out).
        tensors[name] = numbers.view(shape[1:] if len(shape) == 3 else shape)
    (context, width), (vocab_size, _) = shapes[:2]
    values = {"vocab_size": vocab_size, "context": context, "width": width}
    values |= {} if dropout is None else {"dropout": dropout}
    config = GPTConfig(**values, layers=layers, heads=heads)
    return config, from_theirs(config, tensors, folder)


def _read_shapes(path):
    """The list of shapes: two embeddings, then twelve tensors for each block."""
    try:
        shapes = json.loads(path.read_text(encoding="utf-8"))
        sizes = [torch.Size(shape).numel() for shape in shapes]
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(f"{path} is not a list of shapes: {error}") from None
    if len(shapes) < 14 or (len(shapes) - 2) % 12 or min(sizes) < 1:
        raise ValueError(
            f"{path} must list two embeddings and 12 tensors for each block, got "
            f"{len(shapes)} shapes"
        )
    return shapes


def _read_vector(folder):
    """All numbers, in the order of the files' numbers."""
    try:
        import numpy as np
    except ImportError:
        raise missing("numpy", "pretrained") from None
    files = folder.glob("params_*.npy")
    files = sorted(files, key=lambda path: int(path.stem.split("_")[1]))
    if not files:
        raise FileNotFoundError(f"{folder} has {SHAPES} but no params_0.npy")
    pieces = [np.load(file, allow_pickle=False) for file in files]
    return torch.from_numpy(np.concatenate(pieces))
