"""What every part needs: a seed, a device, safe checkpoints, one plot style.

Nothing here knows the model; everything may import it.
"""

import os
import random
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path

import torch

from gpt1.colours import BALANCE, COLOURS, NEUTRALS, RAMP


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


def missing(package, extra):
    """The error for a library that is not installed.

    Args:
        package: what could not be imported.
        extra: the extra of this package that brings it.
    """
    return ImportError(
        f'this needs {package}: install it with  pip install "gpt1[{extra}]"  '
        f"or  pip install {package}"
    )


def hub_folder(source, files, revision=None):
    """The folder with some files of a model of the hub, fetched once and kept.

    Args:
        source: the model's id, such as "openai-community/openai-gpt".
        files: the names of the files that are wanted.
        revision: branch, tag or commit; None means the main branch.

    Returns:
        A `Path`.

    Raises:
        FileNotFoundError: `source` is no id, or the hub did not give the model.
        ImportError: huggingface_hub is missing.
    """
    if not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", source):
        raise FileNotFoundError(f"no such file or directory: {source}")
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise missing("huggingface_hub", "pretrained") from None
    try:
        wanted = list(files)
        return Path(snapshot_download(source, revision=revision, allow_patterns=wanted))
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f"no file or directory {source}, and the hub did not give {wanted[0]} of "
            f"a model of that name: {' '.join(str(error).split())[:200]}"
        ) from None


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


def plot_style():
    """Set matplotlib to the book's style: size, colours, type, white card.

    In a notebook figures become SVG: sharp at every size, and their text stays text.
    """
    try:
        import matplotlib
    except ImportError:
        raise missing("matplotlib", "book") from None
    _name_ramps(matplotlib)
    _show_svg()
    ink, soft, faint = (NEUTRALS[name][0] for name in ("ink", "soft", "faint"))
    matplotlib.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": soft,
            "axes.grid": True,
            "axes.labelcolor": ink,
            "axes.prop_cycle": matplotlib.cycler(color=list(COLOURS.values())),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.wspace": 0.06,
            "figure.dpi": 110,
            "figure.facecolor": "white",
            "figure.figsize": (6.5, 3.4),
            "font.size": 11,
            "grid.alpha": 0.6,
            "grid.color": faint,
            "image.cmap": "gpt1",
            "legend.frameon": False,
            "lines.linewidth": 2,
            "savefig.dpi": 150,
            "svg.fonttype": "none",
            "svg.hashsalt": "gpt1",
            "text.color": ink,
            "xtick.color": soft,
            "ytick.color": soft,
        }
    )


def _name_ramps(matplotlib):
    """The colours of heat maps, under the names "gpt1" and "balance"."""
    make = matplotlib.colors.LinearSegmentedColormap.from_list
    for name, colours in (("gpt1", RAMP), ("balance", BALANCE)):
        matplotlib.colormaps.register(make(name, colours), force=True)


def _show_svg():
    """Let a notebook show figures as SVG, the same bytes each time."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Creator": None, "Date": None})
