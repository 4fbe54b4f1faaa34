"""A model and its tokenizer together, from wherever a trained one may lie."""

import json
from pathlib import Path

from gpt1.model import GPT
from gpt1.plumbing.device import pick_device
from gpt1.plumbing.files import load_checkpoint
from gpt1.plumbing.hub import hub_folder
from gpt1.tokenizer import GPT1Tokenizer, tokenizer_from_dict
from gpt1.tokenizer.base import FILE as TOKENIZER
from gpt1.weights import CHECKPOINTS, HUB_FILES, SHIPPED, SHIPPED_FILES

__all__ = ["SHIPPED", "SHIPPED_FILES", "load_model"]

VOCABULARY = ("vocab.json", "merges.txt", "tokenizer.json", "added_tokens.json")


def load_model(source, device=None):
    """A trained model, ready to write, and its tokenizer.

    Args:
        source: a checkpoint of `gpt1.train`; the folder of a run, whose best model is
            taken, or the last where none was validated; a folder that `gpt1 train
            --export` wrote, or one in Hugging Face's or OpenAI's layout with GPT-1's
            vocabulary; the id of such a model on the hub, which needs a network; or
            the name of a model that this package brings, such as "tales-tiny".
        device: see `gpt1.plumbing.device.pick_device`.

    Returns:
        A `GPT` in evaluation mode and in float32, and its tokenizer.

    Raises:
        FileNotFoundError: there is no such file, and no such model on the hub.
        ValueError: it is something else, or model and tokenizer do not fit each other.
        ImportError: what reads it is not installed.
    """
    device, path = pick_device(device), _place(source)
    model = GPT.from_pretrained(path)
    inside = path.suffix == ".pth"
    tokenizer = _tokenizer_inside(path) if inside else _tokenizer_beside(path)
    if tokenizer.vocab_size != model.config.vocab_size:
        raise ValueError(
            f"the model in {source} knows {model.config.vocab_size} tokens, but the "
            f"tokenizer has {tokenizer.vocab_size}: they don't belong together"
        )
    if not all(weight.isfinite().all() for weight in model.parameters()):
        raise ValueError(f"{source} has weights that are not finite: train it again")
    return model.to(device), tokenizer


def _place(source):
    """The file or folder that is meant; what is on the hub is fetched."""
    path = Path(source)
    if not str(source):
        raise ValueError("a model needs a name, got an empty one")
    if path.is_dir():
        found = (path / name for name in CHECKPOINTS if (path / name).is_file())
        return next(found, path)
    if path.exists() or path.suffix == ".pth":
        return path
    if str(source) in SHIPPED_FILES:
        return SHIPPED_FILES[str(source)]
    return hub_folder(str(source), [*HUB_FILES, TOKENIZER, *VOCABULARY])


def _tokenizer_inside(path):
    """The tokenizer in a checkpoint."""
    contents = load_checkpoint(path)
    if "tokenizer" not in contents:
        raise ValueError(
            f"{path} contains no tokenizer: expected a file written by  "
            f"python -m gpt1.train"
        )
    return _known(contents["tokenizer"], path)


def _tokenizer_beside(path):
    """The tokenizer in the folder of the weights."""
    folder = path.parent if path.is_file() else path
    file = folder / TOKENIZER
    if file.is_file():
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            values = None
        return _known(values, file)
    try:
        return GPT1Tokenizer.from_pretrained(folder)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{folder} has weights but no tokenizer: expected {TOKENIZER}, or "
            f"GPT-1's own: {error}"
        ) from None


def _known(values, path):
    try:
        return tokenizer_from_dict(values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} contains no tokenizer that can be read: {error}"
        ) from None
