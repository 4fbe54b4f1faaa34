"""A model and its tokenizer together, from wherever a trained one may lie."""

import json
from pathlib import Path

from gpt1.plumbing.device import pick_device
from gpt1.plumbing.files import load_checkpoint
from gpt1.plumbing.hub import hub_folder
from gpt1.tokenizer import GPT1Tokenizer, tokenizer_from_dict
from gpt1.weights import layouts
from gpt1.weights.checkpoint import ASSETS, SHIPPED, model_of

CHECKPOINTS = ("best_model.pth", "last.pth")
TOKENIZER = "gpt1_tokenizer.json"
VOCABULARY = ("vocab.json", "merges.txt")
FILES = {".pth", ".pt", ".bin", ".safetensors", ".json", ".npy", ".txt"}
"""What no model on the hub is named after."""


def load_model(source, device=None):
    """A trained model, ready to write, and its tokenizer.

    Args:
        source: a checkpoint of `gpt1.train`; the folder of a run, whose best model is
            taken, or the last where none was validated; a folder that `gpt1 train
            --export` wrote, or one in Hugging Face's or OpenAI's layout with GPT-1's
            vocabulary; the id of such a model on the hub, which needs a network; or
            "tales-tiny", the model that this package brings.
        device: see `gpt1.plumbing.device.pick_device`.

    Returns:
        A `GPT` in evaluation mode and in float32, and its tokenizer.

    Raises:
        FileNotFoundError: there is no such file, and no such model on the hub.
        ValueError: it is something else, or model and tokenizer do not fit each other.
        ImportError: what reads it is not installed.
    """
    device, path = pick_device(device), Path(source)
    if str(source) == SHIPPED and not path.exists():
        path = ASSETS / f"{SHIPPED}.pth"
    elif path.is_dir():
        found = (path / name for name in CHECKPOINTS if (path / name).is_file())
        path = next(found, path)
    elif not path.exists() and path.suffix not in FILES:
        names = [layouts.CONFIG, layouts.WEIGHTS, TOKENIZER, *VOCABULARY]
        path = hub_folder(str(source), names)
    if path.is_dir() or path.suffix == ".safetensors":
        model, tokenizer = _from_folder(path)
    else:
        model, tokenizer = _from_checkpoint(path)
    if tokenizer.vocab_size != model.config.vocab_size:
        raise ValueError(
            f"{source} has a model of {model.config.vocab_size} tokens and a tokenizer "
            f"of {tokenizer.vocab_size}: they were not made for each other"
        )
    if not all(weight.isfinite().all() for weight in model.parameters()):
        raise ValueError(f"{source} has weights that are not finite: train it again")
    return model.to(device).eval(), tokenizer


def _from_checkpoint(path):
    contents = load_checkpoint(path)
    if not {"model", "config", "tokenizer"} <= set(contents):
        raise ValueError(
            f"{path} lacks model, config or tokenizer: expected a file written by  "
            f"python -m gpt1.train"
        )
    return model_of(contents, path), _tokenizer(contents["tokenizer"], path)


def _from_folder(path):
    folder = path.parent if path.is_file() else path
    model = layouts.load(path)
    file = folder / TOKENIZER
    if not file.is_file():
        try:
            return model, GPT1Tokenizer.from_pretrained(folder)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"{folder} has weights but no tokenizer: expected {TOKENIZER}, or "
                f"GPT-1's own: {error}"
            ) from None
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        values = None
    return model, _tokenizer(values, file)


def _tokenizer(values, path):
    try:
        return tokenizer_from_dict(values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no tokenizer that is known: {error}") from None
