"""GPT-2 in Hugging Face's layout: GPT-1's names but for three, and one norm more."""

from pathlib import Path

from gpt1.config import GPTConfig
from gpt1.plumbing.hub import hub_folder
from gpt1.weights import hugging_face
from gpt1.weights.hugging_face import CONFIG, IN_CONFIG, WEIGHTS
from gpt1.weights.layouts import fitted, from_theirs

EMBEDDINGS = {
    "wte.weight": "tokens_embed.weight",
    "wpe.weight": "positions_embed.weight",
}
"""The names of GPT-2's embeddings, and GPT-1's for the same."""

FINAL = "ln_f"
OWNER = "openai-community"
"""Whose the four published models are on the hub."""

FIXED = {
    "model_type": "gpt2",
    "activation_function": "gelu_new",
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "tie_word_embeddings": True,
}
"""What a config.json has to say, where it says anything, to be of a GPT-2."""


def read(source, *, dropout=None, revision=None):
    """A config and the weights that belong to it.

    Args:
        source: a folder with `config.json` and `model.safetensors`, or several files
            and their index; "gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", or the id
            of another model on the hub, which needs a network.
        dropout: the new model's dropout; None takes `resid_pdrop` from the config.
        revision: branch, tag or commit on the hub.

    Returns:
        A `GPTConfig`, and a dictionary of float32 tensors by the names of `GPT`, with
        `final_norm.weight` and `final_norm.bias`, each (width,).

    Raises:
        FileNotFoundError: there is nothing of that name, here or on the hub.
        ValueError: what is there is not a GPT-2, or tensors are missing, misshapen or
            unknown; the first are named.
        ImportError: safetensors or huggingface_hub is needed and missing.
    """
    folder = Path(source)
    if not folder.is_dir():
        name = str(source) if "/" in str(source) else f"{OWNER}/{source}"
        files = (CONFIG, WEIGHTS, hugging_face.INDEX, hugging_face.SHARDS)
        folder = hub_folder(name, files, revision)
    config = read_config(folder / CONFIG, dropout)
    tensors = {}
    for file in hugging_face.weight_files(folder):
        tensors |= hugging_face.read_tensors(file)
    tensors = {EMBEDDINGS.get(name, name): t for name, t in tensors.items()}
    kinds = ("weight", "bias")
    names = {f"{FINAL}.{kind}": f"final_norm.{kind}" for kind in kinds}
    final = {name: tensors.pop(name) for name in names if name in tensors}
    final = fitted(final, dict.fromkeys(names, (config.width,)), folder)
    state = from_theirs(config, hugging_face.tied(tensors, folder), folder)
    return config, state | {names[name]: tensor for name, tensor in final.items()}


def read_config(path, dropout=None):
    """The `GPTConfig` of a GPT-2's config.json."""
    theirs = {"model_type": None, **hugging_face.described(path)}
    other = {k: theirs[k] for k, v in FIXED.items() if theirs.get(k, v) != v}
    if other:
        raise ValueError(
            f"{path} must describe a GPT-2, with {', '.join(map(str, FIXED.values()))} "
            f"for {', '.join(FIXED)}; got {other}"
        )
    values = {ours: theirs[name] for ours, name in IN_CONFIG.items() if name in theirs}
    inner = theirs.get("n_inner")
    if dropout is None:
        dropout = theirs.get(hugging_face.DROPOUTS[-1], 0.1)
    try:
        return GPTConfig(**{**SMALL, **values}, feed_forward=inner, dropout=dropout)
    except ValueError as error:
        raise ValueError(f"{path} is not the config of a GPT-2: {error}") from None


SMALL = {"vocab_size": 50257, "context": 1024}
"""What transformers takes where a config.json of a GPT-2 does not say it."""
