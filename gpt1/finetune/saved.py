"""A fine-tuned model from its checkpoint."""

from pathlib import Path

from gpt1.config import GPTConfig
from gpt1.finetune.examples import Kind
from gpt1.finetune.model import FineTuned
from gpt1.model import GPT
from gpt1.plumbing.device import pick_device
from gpt1.plumbing.files import load_checkpoint
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.weights import CHECKPOINTS


def load_finetuned(source, device=None):
    """A fine-tuned model, ready to answer.

    Args:
        source: a checkpoint of `gpt1 finetune`, or the folder of its run, whose best
            model is taken.
        device: see `gpt1.plumbing.device.pick_device`.

    Returns:
        A `FineTuned` in evaluation mode, its tokenizer, and the `Kind` of its answers.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is something else.
    """
    device, path = pick_device(device), Path(source)
    if path.is_dir():
        found = (path / name for name in CHECKPOINTS if (path / name).is_file())
        path = next(found, path / CHECKPOINTS[0])
    contents = load_checkpoint(path)
    if "finetuned" not in contents:
        raise ValueError(
            f"{path} is no fine-tuned model: expected a file written by  gpt1 finetune"
        )
    kind, gpt, tokenizer = from_saved(contents)
    model = FineTuned(gpt, kind.classes)
    model.load_state_dict(contents["model"])
    return model.to(device).eval(), tokenizer, kind


def from_saved(contents):
    """What a checkpoint says of its model: the `Kind` of its answers, a `GPT` of its
    sizes with weights that are yet to be loaded, and the tokenizer.

    Args:
        contents: of a checkpoint.
    """
    values = contents["finetuned"]
    kind = Kind(**{**values, "labels": tuple(values["labels"])})
    gpt = GPT(GPTConfig.from_dict(contents["config"]))
    return kind, gpt, tokenizer_from_dict(contents["tokenizer"])
