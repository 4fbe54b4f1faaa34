"""Weights in and out: Hugging Face's layout, OpenAI's files, the hub.

Everything goes through one form, a dictionary of tensors in Hugging Face's names
without their `transformer.` prefix, and one map between those names and ours. Only
safetensors and plain arrays are read: nothing that is loaded can run code.
"""

import json
import re
from pathlib import Path

import torch

from gpt1.config import GPTConfig
from gpt1.model import GPT
from gpt1.plumbing.files import atomic_write
from gpt1.plumbing.hub import hub_folder, missing
from gpt1.weights.checkpoint import SHIPPED, shipped_model

WEIGHTS, CONFIG, SHAPES = "model.safetensors", "config.json", "params_shapes.json"

# Ours on the left, theirs on the right; in OpenAI's files a block's tensors come in
# this order, weight before bias.
IN_BLOCK = {
    "attention.query_key_value": "attn.c_attn",
    "attention.projection": "attn.c_proj",
    "attention_norm": "ln_1",
    "feed_forward.expand": "mlp.c_fc",
    "feed_forward.contract": "mlp.c_proj",
    "feed_forward_norm": "ln_2",
}
OUTSIDE = {
    "token_embedding.weight": "tokens_embed.weight",
    "position_embedding.weight": "positions_embed.weight",
}
IN_CONFIG = {
    "vocab_size": "vocab_size",
    "context": "n_positions",
    "width": "n_embd",
    "layers": "n_layer",
    "heads": "n_head",
    "norm_eps": "layer_norm_epsilon",
    "init_std": "initializer_range",
}
DROPOUTS = ("embd_pdrop", "attn_pdrop", "resid_pdrop")

# Not part of the language model: mask and position buffers of older versions, and the
# heads that fine-tuned models carry.
IGNORED = re.compile(
    r"h\.\d+\.attn\.(bias|masked_bias)|position_ids|(score|multiple_choice_head)\..+"
)


def load(source, *, dropout=None, heads=12, revision=None):
    """A GPT with weights from somewhere else, in evaluation mode and float32.

    Args:
        source: a directory or a `model.safetensors` with its `config.json` beside it,
            in Hugging Face's layout; a directory with OpenAI's `params_shapes.json` and
            `params_0.npy` onwards; or the id of a model on the hub, such as
            "openai-community/openai-gpt", which needs a network; or "tales-tiny", the
            small model that comes with this package.
        dropout: the new model's dropout; None takes it from the config (0.1 for
            OpenAI's files).
        heads: OpenAI's files do not say how many attention heads there are; 12 is the
            default of their code. Not used otherwise.
        revision: branch, tag or commit on the hub.

    Returns:
        A `GPT`.

    Raises:
        FileNotFoundError: there is nothing of that name, here or on the hub.
        ValueError: what is there is not a GPT-1, or tensors are missing, misshapen or
            unknown; all of them are named.
        ImportError: safetensors, NumPy or huggingface_hub is needed and missing.
    """
    path = Path(source)
    if str(source) == SHIPPED and not path.exists():
        return shipped_model(dropout)
    if not path.exists():
        path = hub_folder(str(source), [CONFIG, WEIGHTS], revision)
    folder = path.parent if path.is_file() else path
    if path.suffix == ".safetensors" or (path / WEIGHTS).is_file():
        weights = path if path.is_file() else path / WEIGHTS
        values, tensors = _read_hugging_face(folder / CONFIG, weights, dropout)
    elif (path / SHAPES).is_file():
        values, tensors = _read_openai(path, heads)
        values |= {} if dropout is None else {"dropout": dropout}
    else:
        raise _nothing_here(path)
    return _assemble(GPTConfig(**values), tensors, path)


def save(model, directory):
    """Write config and weights in Hugging Face's layout.

    `transformers.OpenAIGPTLMHeadModel.from_pretrained(directory)` loads the result, and
    so does `load`, both bit for bit. Files of the same name are replaced when both new
    ones are complete.

    Args:
        model: a `GPT`.
        directory: created if need be.

    Raises:
        ValueError: the layout has no room for a feed-forward size other than 4 * width.
        ImportError: safetensors is missing.
    """
    try:
        from safetensors.torch import save_file
    except ImportError:
        raise missing("safetensors", "pretrained") from None
    config = model.config
    if config.feed_forward != 4 * config.width:
        raise ValueError(
            f"Hugging Face's layout has feed_forward = 4 * width = {4 * config.width}, "
            f"got {config.feed_forward}: save such a model with "
            f"torch.save(model.state_dict(), path)"
        )
    tensors = {
        f"transformer.{their_name(name)}": to_theirs(name, tensor).contiguous().cpu()
        for name, tensor in model.state_dict().items()
    }
    values = {
        "architectures": ["OpenAIGPTLMHeadModel"],
        "model_type": "openai-gpt",
        "afn": "gelu",
        **{theirs: getattr(config, ours) for ours, theirs in IN_CONFIG.items()},
        **dict.fromkeys(DROPOUTS, config.dropout),
    }
    text = json.dumps(values, indent=2, sort_keys=True) + "\n"
    folder = Path(directory)
    with (
        atomic_write(folder / CONFIG) as config_path,
        atomic_write(folder / WEIGHTS) as weights_path,
    ):
        save_file(tensors, weights_path, metadata={"format": "pt"})
        config_path.write_text(text, encoding="utf-8")


def their_name(name):
    """Hugging Face's name, without prefix, for one of our parameters."""
    if name in OUTSIDE:
        return OUTSIDE[name]
    _, layer, rest = name.split(".", 2)
    module, kind = rest.rsplit(".", 1)
    return f"h.{layer}.{IN_BLOCK[module]}.{kind}"


def to_theirs(name, tensor):
    """Turn a tensor of ours into theirs, or back: linear weights are transposed.

    Their linear layers store (in, out), `nn.Linear` stores (out, in).
    """
    linear = name.startswith("blocks.") and tensor.dim() == 2
    return tensor.T if linear else tensor


def _read_hugging_face(config_path, weights_path, dropout):
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError:
        raise missing("safetensors", "pretrained") from None
    if not config_path.is_file():
        raise FileNotFoundError(f"{weights_path} needs a {CONFIG} beside it")
    try:
        values = json.loads(config_path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{config_path} is not JSON: {error}") from None
    try:
        tensors = load_file(weights_path)
    except SafetensorError as error:
        raise ValueError(
            f"{weights_path} is not safetensors, or is damaged: {error}"
        ) from None
    return _config_values(values, config_path, dropout), tensors


def _config_values(theirs, path, dropout):
    theirs = theirs if isinstance(theirs, dict) else {}
    kind, activation = theirs.get("model_type"), theirs.get("afn", "gelu")
    if kind != "openai-gpt" or activation != "gelu":
        raise ValueError(
            f"{path} must describe a GPT-1 (model_type 'openai-gpt', afn 'gelu'), got "
            f"model_type {kind!r}, afn {activation!r}"
        )
    values = {ours: theirs[name] for ours, name in IN_CONFIG.items() if name in theirs}
    rates = {theirs.get(name, 0.1) for name in DROPOUTS}
    if dropout is None and len(rates) > 1:
        raise ValueError(
            f"{path} has different rates for {', '.join(DROPOUTS)}; this model has "
            f"one: choose it with load(..., dropout=...)"
        )
    return {**values, "dropout": rates.pop() if dropout is None else dropout}


def _read_openai(folder, heads):
    try:
        import numpy as np
    except ImportError:
        raise missing("numpy", "pretrained") from None
    shapes = _read_shapes(folder / SHAPES)
    files = sorted(
        folder.glob("params_*.npy"), key=lambda path: int(path.stem.split("_")[1])
    )
    if not files:
        raise FileNotFoundError(f"{folder} has {SHAPES} but no params_0.npy")
    flat = np.concatenate([np.load(file, allow_pickle=False) for file in files])
    flat = torch.from_numpy(flat)
    sizes = [torch.Size(shape).numel() for shape in shapes]
    if sum(sizes) != flat.numel():
        raise ValueError(
            f"{folder} must hold {sum(sizes)} numbers by its {SHAPES}, got "
            f"{flat.numel()} in {len(files)} files: is a params_*.npy missing?"
        )
    layers = (len(shapes) - 2) // (2 * len(IN_BLOCK))
    names = ["positions_embed.weight", "tokens_embed.weight"] + [
        f"h.{layer}.{module}.{kind}"
        for layer in range(layers)
        for module in IN_BLOCK.values()
        for kind in ("weight", "bias")
    ]
    tensors = {}
    for name, shape, numbers in zip(names, shapes, flat.split(sizes), strict=True):
        # Their linear weights are kernels of convolutions of length 1: (1, in, out).
        tensors[name] = numbers.view(shape[1:] if len(shape) == 3 else shape)
    (context, width), (vocab_size, _) = shapes[:2]
    sizes = {"vocab_size": vocab_size, "context": context, "width": width}
    return {**sizes, "layers": layers, "heads": heads}, tensors


def _read_shapes(path):
    """OpenAI's list of shapes: two embeddings, then twelve tensors for each block."""
    try:
        shapes = json.loads(path.read_text(encoding="utf-8"))
        sizes = [torch.Size(shape).numel() for shape in shapes]
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(f"{path} is not a list of shapes: {error}") from None
    if len(shapes) < 14 or (len(shapes) - 2) % 12 or min(sizes) < 1:
        raise ValueError(
            f"{path} must list two embeddings and 12 tensors for each block, got "
            f"{len(shapes)} shapes"
        )
    return shapes


def _assemble(config, tensors, path):
    """A model from tensors in Hugging Face's names, or one error naming all faults."""
    tensors = {
        name.removeprefix("transformer."): tensor for name, tensor in tensors.items()
    }
    head = tensors.pop("lm_head.weight", None)
    embedding = tensors.setdefault("tokens_embed.weight", head)
    if embedding is None:
        del tensors["tokens_embed.weight"]
    elif head is not None and not torch.equal(head, embedding):
        raise ValueError(f"{path} has an output matrix of its own; GPT-1's is tied")
    with torch.device("meta"):
        model = GPT(config)
    state, wrong = {}, []
    for name, parameter in model.state_dict().items():
        theirs = their_name(name)
        want = tuple(to_theirs(name, parameter).shape)
        tensor = tensors.pop(theirs, None)
        if tensor is None:
            wrong.append(f"{theirs} is missing")
        elif tuple(tensor.shape) != want:
            wrong.append(f"{theirs} must be {want}, got {tuple(tensor.shape)}")
        else:
            state[name] = to_theirs(name, tensor).contiguous().float()
    wrong += [f"{name} is unknown" for name in tensors if not IGNORED.fullmatch(name)]
    if wrong:
        raise ValueError(f"{path} does not fit its config: {'; '.join(wrong)}")
    model.load_state_dict(state, assign=True)
    return model.requires_grad_().eval()


def _nothing_here(path):
    pickles = [p for p in path.glob("*") if p.suffix in {".bin", ".pt", ".pth"}]
    if path.is_file() or pickles:
        return ValueError(
            f"{path if path.is_file() else pickles[0]} is not read, since a pickle can "
            f"run code when it is loaded: convert it to {WEIGHTS} first, or name a "
            f"directory with {WEIGHTS} or {SHAPES}"
        )
    return FileNotFoundError(
        f"{path} has neither {WEIGHTS} (Hugging Face) nor {SHAPES} (OpenAI)"
    )
