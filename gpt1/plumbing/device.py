"""Where to compute, and from which random numbers."""

import random

import torch


def set_seed(seed):
    """Seed Python's and PyTorch's random numbers, on every device."""
    random.seed(seed)
    torch.manual_seed(seed)


def pick_device(name=None):
    """The device to compute on: CUDA where there is one, else the CPU.

    Args:
        name: "cpu", "cuda", "cuda:1", "mps", ...; None chooses. MPS is used only when
            asked for.

    Returns:
        A `torch.device`.

    Raises:
        ValueError: the name is unknown or this machine has no such device.
    """
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f"device must be cpu, cuda, mps or another that this PyTorch has, "
            f"got {name!r}: {str(error).splitlines()[0]}"
        ) from None
    return device
