"""Weights from what `gpt1 train` wrote; such files come with this package, too."""

from pathlib import Path

import torch

from gpt1.config import GPTConfig
from gpt1.plumbing.files import load_checkpoint
from gpt1.weights.layouts import fitted, shapes, unwrapped

SHIPPED = "tales-tiny"
"""The model that writes unless another is named: a tiny GPT-1 that tells tales."""

ASSETS = Path(__file__).parents[1] / "assets"
SHIPPED_FILES = {path.stem: path for path in sorted(ASSETS.glob("*.pth"))}
"""The models that come with the package, by name."""


def read(path, dropout=None):
    """A config and the weights that belong to it, see `gpt1.weights.read`.

    Args:
        path: a `.pth` with "model" and "config" in it.
        dropout: the model's dropout; None takes it from the config.
    """
    contents = load_checkpoint(path)
    if "finetuned" in contents:
        raise ValueError(
            f"{path} is a fine-tuned model, which answers and does not write: "
            f"gpt1.finetune.load_finetuned opens it"
        )
    if not {"model", "config"} <= contents.keys():
        raise ValueError(
            f"{path} lacks model or config: expected a file written by  "
            f"python -m gpt1.train"
        )
    chosen = {} if dropout is None else {"dropout": dropout}
    try:
        config = GPTConfig.from_dict({**contents["config"], **chosen})
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} does not fit its config: {error}") from None
    tensors = contents["model"]
    known = tensors.values() if isinstance(tensors, dict) else [None]
    if not all(isinstance(each, torch.Tensor) for each in known):
        raise ValueError(f"{path} does not fit its config: its model has no weights")
    return config, fitted(unwrapped(tensors, path), shapes(config), path)
