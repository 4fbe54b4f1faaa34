"""nanoGPT as a contender, from a checkout beside the project: none of it is in here.

git clone https://github.com/karpathy/nanoGPT ../nanoGPT
"""

import contextlib
import importlib.util
import io
import subprocess
import sys
from pathlib import Path

BESIDE = Path(__file__).resolve().parents[2] / "nanoGPT"
"""Where the checkout is looked for, unless `--nanogpt` names another place."""

NAMES = {
    "block_size": "context",
    "vocab_size": "vocab_size",
    "n_layer": "layers",
    "n_head": "heads",
    "n_embd": "width",
}
"""Its names of the sizes, and ours."""


def missing(folder):
    """Why it cannot be measured, as a sentence for the page; None if it can."""
    if (Path(folder) / "model.py").is_file():
        return None
    return "nanoGPT was not measured: no checkout of it was found (`--nanogpt PATH`)."


def version(folder):
    """The commit of the checkout in short; None where git does not know."""
    command = ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done.stdout.strip() or None


def module(folder):
    """Its `model.py`, as a module."""
    spec = importlib.util.spec_from_file_location(
        "nanogpt_model", Path(folder) / "model.py"
    )
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded  # where its dataclass looks itself up
    spec.loader.exec_module(loaded)
    return loaded


def model(settings, bias=True):
    """Its GPT with the sizes of a job.

    Args:
        settings: "nanogpt", the folder; "config"; "dropout".
        bias: whether it has biases, as GPT-1 does; its own recipes leave them out.
    """
    found, config = module(settings["nanogpt"]), settings["config"]
    sizes = {theirs: config[ours] for theirs, ours in NAMES.items()}
    sizes |= {"dropout": settings["dropout"], "bias": bias}
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its size
        return found.GPT(found.GPTConfig(**sizes))


def optimizer(model, device, rate=2.5e-4, betas=(0.9, 0.95)):
    """Its own AdamW with its own decay; the rate is that of the other contenders."""
    with contextlib.redirect_stdout(io.StringIO()):
        return model.configure_optimizers(0.1, rate, betas, device)
