"""Weights in and out of files, as a config and tensors; nothing here knows the model.

`read` takes every layout, `write` makes Hugging Face's. What stands between them is a
`GPTConfig`, and a dictionary of float32 tensors by the names that `GPT` gives them.
"""

from pathlib import Path

from gpt1.plumbing.hub import hub_folder
from gpt1.weights import checkpoint, hugging_face, openai
from gpt1.weights.checkpoint import SHIPPED, SHIPPED_FILES
from gpt1.weights.hugging_face import write

__all__ = ["CHECKPOINTS", "HUB_FILES", "SHIPPED", "SHIPPED_FILES", "read", "write"]

CHECKPOINTS = ("best_model.pth", "last.pth")
"""What `gpt1 train` writes; in the folder of a run the first is taken."""

HUB_FILES = (
    hugging_face.CONFIG,
    hugging_face.WEIGHTS,
    hugging_face.INDEX,
    hugging_face.SHARDS,
)
"""What is fetched of a model on the hub."""

PICKLES = {".bin", ".ckpt", ".pkl", ".pt", ".pth"}


def read(source, *, dropout=None, heads=12, revision=None):
    """A config and the weights that belong to it, from wherever they may lie.

    Args:
        source: a directory or a `model.safetensors` with its `config.json` beside it,
            in Hugging Face's layout; a directory with OpenAI's `params_shapes.json` and
            `params_0.npy` onwards; a `.pth` that `gpt1 train` wrote, or the folder of
            its run; the id of a model on the hub, which needs a network, such as
            "openai-community/openai-gpt"; or the name of a model that comes with this
            package, such as "tales-tiny".
        dropout: the new model's dropout; None takes it from the config (0.1 for
            OpenAI's files; of Hugging Face's three rates `resid_pdrop`).
        heads: OpenAI's files do not say how many attention heads there are; 12 is the
            default of their code. Not used otherwise.
        revision: branch, tag or commit on the hub.

    Returns:
        A `GPTConfig`, and a dictionary of float32 tensors by the names of `GPT`.

    Raises:
        FileNotFoundError: there is nothing of that name, here or on the hub.
        ValueError: what is there is not a GPT-1, or tensors are missing, misshapen or
            unknown; the first are named.
        ImportError: safetensors, NumPy or huggingface_hub is needed and missing.
    """
    path = Path(source)
    if not str(source):
        raise ValueError("a model needs a name, got an empty one")
    if not path.exists():
        path = SHIPPED_FILES.get(str(source), path)
    if path.suffix == ".pth":
        return checkpoint.read(path, dropout)
    if not path.exists():
        path = hub_folder(str(source), HUB_FILES, revision)
    path = path.parent if path.name == hugging_face.INDEX else path
    weights = (hugging_face.WEIGHTS, hugging_face.INDEX)
    if path.suffix == ".safetensors" or any((path / w).is_file() for w in weights):
        return hugging_face.read(path, dropout)
    if (path / openai.SHAPES).is_file():
        return openai.read(path, heads, dropout)
    for name in CHECKPOINTS:
        if (path / name).is_file():
            return checkpoint.read(path / name, dropout)
    raise _nothing_here(path)


def _nothing_here(path):
    wanted = f"{hugging_face.WEIGHTS} (Hugging Face) nor {openai.SHAPES} (OpenAI)"
    files = [path] if path.is_file() else sorted(path.iterdir())
    pickles = [file for file in files if file.suffix in PICKLES]
    if pickles:
        return ValueError(
            f"{pickles[0]} is not read, since a pickle can run code when it is loaded: "
            f"convert it to {hugging_face.WEIGHTS} first, or name a directory with "
            f"that or {openai.SHAPES}, or a .pth of gpt1 train"
        )
    if path.is_file():
        return ValueError(
            f"{path} is not a checkpoint: expected a .pth of gpt1 train, a "
            f".safetensors, or a directory with weights"
        )
    return FileNotFoundError(f"{path} has neither {wanted}")
