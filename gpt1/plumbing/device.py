"""Where to compute, and from which random numbers."""

import hashlib
import random

import torch


def set_seed(seed):
    """Seed Python's and PyTorch's random numbers, on every device."""
    random.seed(seed)
    torch.manual_seed(short(seed))


def mixed(*numbers):
    """A seed of 32 bits from several numbers, of which each bit counts."""
    text = " ".join(map(str, numbers))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def short(seed):
    """A seed for PyTorch, whose generator on a CPU looks at 32 bits of it."""
    return seed if 0 <= seed < 2**32 else mixed(seed)


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
