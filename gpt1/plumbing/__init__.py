"""What every part needs and no part is about; nothing here knows a GPT."""

from gpt1.plumbing.device import pick_device, set_seed
from gpt1.plumbing.files import atomic_write, load_checkpoint, save_checkpoint
from gpt1.plumbing.hub import hub_folder, missing

__all__ = [
    "atomic_write",
    "hub_folder",
    "load_checkpoint",
    "missing",
    "pick_device",
    "save_checkpoint",
    "set_seed",
]
