"""Folders of weights for the tests: read, compared, changed and booby-trapped."""

import json
import os

import torch


def same(one, other):
    """Two models with the same config and the same bits."""
    assert one.config == other.config
    one, other = one.state_dict(), other.state_dict()
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name


def rewrite(folder, change=lambda tensors: None, **config):
    """Change tensors and config of a folder in Hugging Face's layout."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**values, **config}))


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)
