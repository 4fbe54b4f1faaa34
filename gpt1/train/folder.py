"""The folder of a run: looked at before an hour is spent on what it cannot hold."""

import importlib.util
import shutil
import tempfile
from pathlib import Path

from gpt1.plumbing.files import atomic_write
from gpt1.plumbing.hub import missing
from gpt1.train.run import BEST, LAST

WRITTEN = (BEST, LAST, "curve.csv", "curve.svg", "ids/*")


def make_ready(options):
    """Make a run's folders, see that they can be written to, and clear them up.

    Args:
        options: a `TrainConfig`.

    Raises:
        OSError: a folder cannot be made, or not be written to.
        ValueError: there is a run in it that would be lost.
        ImportError: the export needs what is not installed.
    """
    folder, source = Path(options.out), started_in(options)
    goes_on = source is not None and source.resolve() == folder.resolve()
    found = [name for name in (LAST, BEST) if (folder / name).exists()]
    if found and not options.overwrite and not goes_on:
        way = "go on with it with --resume, " if LAST in found else ""
        raise ValueError(
            f"{folder} holds a run already ({found[0]}): {way}choose another folder "
            f"with --out, or give --overwrite"
        )
    check_writable("--out", folder)
    if options.export:
        check_writable("--export", Path(options.export))
        if importlib.util.find_spec("safetensors") is None:
            raise missing("safetensors", "pretrained")
    clear(folder)
    if source is not None and not goes_on and (source / BEST).is_file():
        # The best model so far may stay the best.
        with atomic_write(folder / BEST) as temporary:
            shutil.copyfile(source / BEST, temporary)


def started_in(options):
    """The folder with the run that is gone on with; None for a new run."""
    if options.resume is None:
        return None
    path = Path(options.resume or options.out)
    return path if path.is_dir() else path.parent


def check_writable(flag, folder):
    """Make a folder and a file in it, which goes again; the error names the flag."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise type(error)(
            f"{flag} must be a folder that can be written to, got {folder}: {reason}"
        ) from None


def clear(folder):
    """Remove the half-written files of a run that was killed while it wrote."""
    for name in WRITTEN:
        path = folder / name
        for half in path.parent.glob(f".{path.name}.*"):
            half.unlink(missing_ok=True)
