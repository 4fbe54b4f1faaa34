"""From the name of a text to batches of token ids."""

from gpt1.data.ids import token_ids
from gpt1.data.sources import load_text
from gpt1.data.windows import Batches, GPTDataset, get_dataloader

__all__ = ["Batches", "GPTDataset", "get_dataloader", "load_text", "token_ids"]
