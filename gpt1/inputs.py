"""What a model accepts: one clear error before anything is computed."""

import torch

from gpt1.config import GPTConfig
from gpt1.speed.loss import IGNORED

INTEGERS = {torch.int8, torch.int16, torch.int32, torch.int64}
INTEGERS |= {torch.uint8, torch.uint16, torch.uint32, torch.uint64}


def check_ids(ids, config: GPTConfig, past=0):
    """Token ids as int64, after one check that they fit the model.

    Args:
        ids: an integer tensor (batch, time).
        config: the model's `GPTConfig`.
        past: number of positions already in the cache.

    Returns:
        The same ids as int64, (batch, time).

    Raises:
        ValueError: not an integer tensor of two dimensions, empty, longer than the
            context, or an id that the vocabulary does not have. That last check needs
            the values. On a CUDA device it is an assertion that runs on the device, so
            that nothing waits for it, and its failure is PyTorch's RuntimeError at the
            next synchronisation; so it is in a compiled model. Other devices have no
            such assertion, and there it is left out.
    """
    _check_integers("ids", ids)
    if ids.dim() != 2 or ids.numel() == 0:
        raise ValueError(
            f"ids must have shape (batch, time) with both at least 1, "
            f"got {tuple(ids.shape)}"
        )
    if past + ids.size(1) > config.context:
        held = f"{past} in the cache and " if past else ""
        raise ValueError(
            f"the model's context is {config.context} tokens, got {held}"
            f"{ids.size(1)}: shorten ids{' or start a new cache' if past else ''}"
        )
    ids = ids.long()
    _check_range("ids", ids, (ids >= 0) & (ids < config.vocab_size), config)
    return ids


def check_targets(targets, ids, config: GPTConfig):
    """Targets as int64, after one check that they fit ids and model.

    Args:
        targets: an integer tensor shaped like `ids`.
        ids: (batch, time).
        config: the model's `GPTConfig`.

    Returns:
        The same targets as int64, (batch, time).

    Raises:
        ValueError: not integers, another shape than ids, or a value that is neither
            -100 nor in the vocabulary (on devices as for `check_ids`); or `ids` itself.
    """
    if targets is ids:
        raise ValueError(
            "targets are the ids themselves, which trains a model to copy what it "
            "reads: give loss(ids) alone, or loss(ids[:, :-1], ids[:, 1:])"
        )
    _check_integers("ids", ids)
    _check_integers("targets", targets)
    if targets.shape != ids.shape:
        raise ValueError(
            f"targets must have the shape of ids, {tuple(ids.shape)}, "
            f"got {tuple(targets.shape)}"
        )
    targets = targets.long()
    known = ((targets >= 0) & (targets < config.vocab_size)) | (targets == IGNORED)
    _check_range("targets", targets, known, config)
    return targets


def _check_integers(name, tensor):
    if not isinstance(tensor, torch.Tensor) or tensor.dtype not in INTEGERS:
        got = tensor.dtype if isinstance(tensor, torch.Tensor) else type(tensor)
        raise ValueError(f"{name} must be a tensor of integers, got {got}")


def _check_range(name, values, known, config):
    want = f"{name} must be 0 to {config.vocab_size - 1}"
    if torch.compiler.is_compiling() or values.device.type == "cuda":
        torch._assert_async(known.all(), want)
    elif values.device.type == "cpu" and not known.all():
        wrong = values[~known][0].item()
        raise ValueError(f"{want}, got {wrong}: was it made by another tokenizer?")
