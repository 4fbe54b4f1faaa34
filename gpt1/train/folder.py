"""The folder of a run: what is in it belongs to one run, and to nobody else."""

import importlib.util
import math
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from gpt1.loading import TOKENIZER
from gpt1.plumbing.files import atomic_write, load_checkpoint
from gpt1.plumbing.hub import missing
from gpt1.tokenizer import hugging_face
from gpt1.train.card import GENERATION
from gpt1.train.run import BEST, KEPT, LAST
from gpt1.weights.hugging_face import CONFIG, WEIGHTS

IDS = "ids"
"""The folder in that of a run with its text as tokens."""

FILES = (LAST, BEST, "curve.csv", "curve.svg")
EXPORTED = (
    CONFIG,
    WEIGHTS,
    TOKENIZER,
    hugging_face.FILE,
    hugging_face.CONFIG,
    GENERATION,
)


def not_there(options):
    """The folders that a run would have to make, the innermost first.

    Args:
        options: a `TrainConfig`.
    """
    wanted = [Path(options.out) / IDS]
    wanted += [Path(options.export)] if options.export else []
    folders = {folder for path in wanted for folder in (path, *path.parents)}
    deepest = sorted(folders, key=lambda folder: len(folder.parts), reverse=True)
    return [folder for folder in deepest if not folder.exists()]


@contextmanager
def refused_without_trace(options, folders):
    """A block whose error takes away the folders that it made.

    They have to be empty, but for that of the text as tokens.

    Args:
        options: a `TrainConfig`.
        folders: what `not_there` gave before.
    """
    try:
        yield
    except Exception:
        for folder in folders:
            if folder == Path(options.out) / IDS:
                shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # it was never made, or others use it
                folder.rmdir()
        raise


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
    found = [name for name in FILES if (folder / name).exists()]
    if found and not options.overwrite and not goes_on:
        way = "continue it with --resume, " if LAST in found else ""
        raise ValueError(
            f"{folder} already holds a run ({found[0]}): {way}choose another folder "
            f"with --out, or give --overwrite"
        )
    check_writable("--out", folder)
    if options.export:
        export = Path(options.export)
        found = [name for name in EXPORTED if (export / name).exists()]
        if found and not options.overwrite:
            raise ValueError(
                f"{export} already holds a model ({found[0]}): choose another folder "
                f"with --export, or give --overwrite"
            )
        check_writable("--export", export)
        if importlib.util.find_spec("safetensors") is None:
            raise missing("safetensors", "pretrained")
    clear(folder)


def take_over(run, saved=None):
    """Begin in a folder: leave nothing of another run, and bring the best model along.

    Args:
        run: a `Run`, about to begin.
        saved: the contents of a last.pth that it goes on from, if it does.

    Raises:
        ValueError: beside the last.pth is the best model of another run.
    """
    best = _best_so_far(run) if run.engine.main else 0.0
    [best] = run.engine.sum(best)
    if saved and best > run.best:
        run.best = best
        run.notes.append(
            f"the {BEST} of this run is not there: the best model from here on is kept"
        )


def _best_so_far(run):
    """Clear the folder; the worth of the best model that stays, infinite without."""
    options, folder, source = run.options, run.folder, started_in(run.options)
    goes_on = source is not None and source.resolve() == folder.resolve()
    if options.overwrite:
        kept = folder.glob(KEPT.format(0).replace("0", "?"))
        old = [] if goes_on else [*kept, *(folder / name for name in FILES)]
        export = Path(options.export or folder)
        old += [export / name for name in EXPORTED] if options.export else []
        for path in old:
            path.unlink(missing_ok=True)
    best = None if source is None else source / BEST
    if best is None or not best.is_file():
        return math.inf
    worth = _worth_in(best, run)
    if worth is None and goes_on and not options.overwrite:
        raise ValueError(
            f"{best} belongs to a different run than the {LAST} beside it, or is "
            f"damaged: move it away, or give --overwrite to replace it"
        )
    if worth is None:
        return math.inf
    if not goes_on:
        with atomic_write(folder / BEST) as temporary:
            shutil.copyfile(best, temporary)
    return worth


def _worth_in(path, run):
    """The worth of the model in a file; None if it is not of this run."""
    try:
        contents = load_checkpoint(path)
    except ValueError:
        return None
    known, mine = contents.get("run"), run.identity()
    return run.worth(contents) if known in (None, mine) else None


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
    for name in (*FILES, f"{IDS}/*"):
        path = folder / name
        for half in path.parent.glob(f".{path.name}.*"):
            half.unlink(missing_ok=True)
