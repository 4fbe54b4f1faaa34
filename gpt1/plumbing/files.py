"""Files that are whole or absent: any file, and checkpoints of tensors."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path

import torch


@contextmanager
def temporary_file(path):
    """An empty file beside `path`, which goes with the block unless it was renamed.

    Yields:
        Its path.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    # Made by `open`, it has the rights that any new file of this user has.
    open(temporary, "xb").close()
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_write(path):
    """A temporary path that becomes `path` only if the block succeeds.

    The file appears whole or not at all; what was there before stays until then.

    Yields:
        A path in the same directory, to be written to.
    """
    try:
        with temporary_file(path) as temporary:
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
    except OSError as error:
        if error.errno is not None:  # a full disk does not say where
            error.filename = error.filename or str(path)
        raise


def save_checkpoint(path, contents):
    """Write a dictionary of tensors, numbers and strings, whole or not at all.

    Raises:
        OSError: it could not be written; what was there before is intact.
    """
    with atomic_write(path) as temporary:
        try:
            torch.save(contents, temporary)
        except RuntimeError as error:  # PyTorch's word for a failed write
            raise OSError(
                f"{path} could not be written; is the disk full? What was there before "
                f"is intact ({str(error).splitlines()[0]})"
            ) from None


def load_checkpoint(path):
    """Read what `save_checkpoint` wrote; runs no code from the file.

    Returns:
        The dictionary, with its tensors on the CPU.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no checkpoint, or is damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"no checkpoint at {path}: train one with  python -m gpt1.train  first, "
            f"or give the path of your own"
        )
    try:
        contents = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # a foreign or damaged file can raise anything
        contents = None
    if not isinstance(contents, dict):
        raise ValueError(
            f"{path} is not a checkpoint of gpt1, or it is damaged: expected a file "
            f"written by  python -m gpt1.train"
        )
    return contents
