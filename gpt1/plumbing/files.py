"""Files that are whole or absent: any file, and checkpoints of tensors."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import torch


@contextmanager
def atomic_write(path):
    """A temporary path that becomes `path` only if the block succeeds.

    The file appears whole or not at all; what was there before stays until then.

    Yields:
        A path in the same directory, to be written to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if error.errno is not None:  # a full disk does not say where
            error.filename = error.filename or str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


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
            f"or give the path of yours"
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
