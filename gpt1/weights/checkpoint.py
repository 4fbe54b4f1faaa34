"""A model from what `gpt1.train` wrote, and the one that this package brings."""

from pathlib import Path

import torch

from gpt1.config import GPTConfig
from gpt1.model import GPT
from gpt1.plumbing.files import load_checkpoint

ASSETS = Path(__file__).parents[1] / "assets"
SHIPPED = "tales-tiny"
"""The model that comes with the package: a tiny GPT-1 that tells tales."""


def model_of(contents, path, dropout=None):
    """The model of a checkpoint, in evaluation mode and float32.

    Args:
        contents: what `load_checkpoint` gave, with "model" and "config".
        path: where it came from, for the message.
        dropout: the model's dropout; None takes it from the config.

    Raises:
        ValueError: weights and config do not fit each other, or are something else.
    """
    try:
        config = GPTConfig.from_dict(contents["config"])
        if dropout is not None:
            config = GPTConfig.from_dict({**config.to_dict(), "dropout": dropout})
        # Not on the meta device, for which PyTorch needs NumPy.
        with torch.random.fork_rng(devices=[]):
            model = GPT(config)
        weights = {name: tensor.float() for name, tensor in contents["model"].items()}
        model.load_state_dict(weights, assign=True)
    except (RuntimeError, TypeError, AttributeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} does not fit its config: {reason:.200}") from None
    return model.requires_grad_().eval()


def shipped_model(dropout=None):
    """The model that comes with the package; needs nothing but torch."""
    path = ASSETS / f"{SHIPPED}.pth"
    return model_of(load_checkpoint(path), path, dropout)
