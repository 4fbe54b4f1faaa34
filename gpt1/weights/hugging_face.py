"""Hugging Face's layout: a `config.json`, and safetensors, which cannot run code."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import torch

from gpt1.config import GPTConfig
from gpt1.plumbing.files import atomic_write
from gpt1.plumbing.hub import missing
from gpt1.weights.layouts import from_theirs, their_name, to_theirs, unwrapped

WEIGHTS, CONFIG = "model.safetensors", "config.json"
INDEX, SHARDS = f"{WEIGHTS}.index.json", "model-*.safetensors"
"""Large models lie in several files, and a list says which tensor is where."""

IN_CONFIG = {
    "vocab_size": "vocab_size",
    "context": "n_positions",
    "width": "n_embd",
    "layers": "n_layer",
    "heads": "n_head",
    "norm_eps": "layer_norm_epsilon",
    "init_std": "initializer_range",
}
# The last is the one that a model of ours takes, in all places.
DROPOUTS = ("embd_pdrop", "attn_pdrop", "resid_pdrop")

# Not part of the language model: mask and position buffers of older versions, and the
# heads that fine-tuned models carry.
IGNORED = re.compile(
    r"h\.\d+\.attn\.(bias|masked_bias)|position_ids|(score|multiple_choice_head|v_head)\..+"
)


def read(path, dropout=None):
    """A config and the weights that belong to it, see `gpt1.weights.read`.

    Args:
        path: a folder, or the file of the weights, whose folder holds the config.
        dropout: the model's dropout; None takes `resid_pdrop` from the config.
    """
    folder = path.parent if path.is_file() else path
    config = read_config(folder / CONFIG, dropout)
    files = [path] if path.suffix == ".safetensors" else weight_files(folder)
    tensors = {}
    for file in files:
        tensors |= read_tensors(file)
    return config, from_theirs(config, tied(tensors, path), path)


def weight_files(folder):
    """The files that hold the weights of a folder.

    Raises:
        FileNotFoundError: a file of the index is not there.
        ValueError: the index is no index.
    """
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        names = sorted({Path(name).name for name in index["weight_map"].values()})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(
            f"{folder / INDEX} must have a weight_map from tensors to files"
        ) from None
    missing_files = [name for name in names if not (folder / name).is_file()]
    if missing_files or not names:
        raise FileNotFoundError(
            f"{folder} must have all files that its {INDEX} names, and lacks "
            f"{', '.join(missing_files[:3]) or 'any'}"
        )
    return [folder / name for name in names]


def read_tensors(path):
    """The tensors of a GPT in a file of safetensors, without what heads brought."""
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError:
        raise missing("safetensors", "pretrained") from None
    try:
        tensors = unwrapped(load_file(path), path)
    except SafetensorError as error:
        raise ValueError(f"{path} is not safetensors, or is damaged: {error}") from None
    plain = {name.removeprefix("transformer."): t for name, t in tensors.items()}
    return {name: t for name, t in plain.items() if not IGNORED.fullmatch(name)}


def tied(tensors, path):
    """The tensors with one matrix for embedding and output, under either name's."""
    tensors = dict(tensors)
    head = tensors.pop("lm_head.weight", None)
    embedding = tensors.get("tokens_embed.weight", head)
    if embedding is None:
        return tensors
    if head is not None and not torch.equal(head, embedding):
        raise ValueError(f"{path} has an output matrix of its own; GPT-1's is tied")
    return {**tensors, "tokens_embed.weight": embedding}


def described(path):
    """What a config.json says, a dictionary; an empty one where it is a list."""
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} has weights and needs a {CONFIG}")
    try:
        theirs = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    return theirs if isinstance(theirs, dict) else {}


def read_config(path, dropout=None):
    """The `GPTConfig` of a config.json."""
    theirs = described(path)
    kind, activation = theirs.get("model_type"), theirs.get("afn", "gelu")
    if kind != "openai-gpt" or activation != "gelu":
        raise ValueError(
            f"{path} must describe a GPT-1 (model_type 'openai-gpt', afn 'gelu'), got "
            f"model_type {kind!r}, afn {activation!r}"
        )
    values = {ours: theirs[name] for ours, name in IN_CONFIG.items() if name in theirs}
    if not values.get("init_std"):  # which a trained model has no use for
        values.pop("init_std", None)
    if dropout is None:
        # One rate stands for their three, which may differ: the one of two places in
        # four. It matters in training alone.
        dropout = theirs.get(DROPOUTS[-1], 0.1)
    try:
        return GPTConfig(**values, dropout=dropout or 0.0)
    except ValueError as error:
        raise ValueError(f"{path} is not the config of a GPT-1: {error}") from None


class Head(NamedTuple):
    """What a fine-tuned model has beside the GPT.

    Args:
        architecture: the name of the class in transformers that has it.
        tensors: by their names, as that class stores them.
        values: for config.json, in place of what the language model has.
    """

    architecture: str
    tensors: dict
    values: dict


def write(config, state, directory, head=None):
    """Write config and weights.

    `transformers.OpenAIGPTLMHeadModel.from_pretrained(directory)` loads the result, and
    so does `read`, both bit for bit. Files of the same name are replaced when both new
    ones are complete.

    Args:
        config: a `GPTConfig`.
        state: tensors by the names of `GPT`.
        directory: created if need be.
        head: a `Head`; None for the language model alone.

    Raises:
        ValueError: the layout has no room for a feed-forward size other than 4 * width.
        ImportError: safetensors is missing.
    """
    try:
        from safetensors.torch import save_file
    except ImportError:
        raise missing("safetensors", "pretrained") from None
    if config.feed_forward != 4 * config.width:
        raise ValueError(
            f"Hugging Face's layout has feed_forward = 4 * width = {4 * config.width}, "
            f"got {config.feed_forward}: keep this model in a .pth, which "
            f"from_pretrained reads too, with  torch.save({{'config': "
            f"model.config.to_dict(), 'model': model.state_dict()}}, 'model.pth')"
        )
    tensors = {
        f"transformer.{their_name(name)}": to_theirs(name, tensor).contiguous().cpu()
        for name, tensor in state.items()
    }
    head = head or Head("OpenAIGPTLMHeadModel", {}, {})
    tensors |= {name: tensor.contiguous() for name, tensor in head.tensors.items()}
    values = {
        "architectures": [head.architecture],
        "model_type": "openai-gpt",
        # Without it, a folder that has no tokenizer gets one there that knows no word.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "afn": "gelu",
        **{theirs: getattr(config, ours) for ours, theirs in IN_CONFIG.items()},
        **dict.fromkeys(DROPOUTS, config.dropout),
        **head.values,
    }
    text = json.dumps(values, indent=2, sort_keys=True) + "\n"
    folder = Path(directory)
    with (
        atomic_write(folder / CONFIG) as config_path,
        atomic_write(folder / WEIGHTS) as weights_path,
    ):
        save_file(tensors, weights_path, metadata={"format": "pt"})
        config_path.write_text(text, encoding="utf-8")
