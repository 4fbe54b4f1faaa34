"""Something with nanoGPT's names, and nothing of nanoGPT."""

STAND_IN = """
from dataclasses import dataclass
import torch
from torch import nn

@dataclass
class GPTConfig:
    block_size: int
    vocab_size: int
    n_layer: int
    n_head: int
    n_embd: int
    dropout: float = 0.0
    bias: bool = False

class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        print("something about its size")
        self.config = config
        self.table = nn.Embedding(config.vocab_size, config.n_embd)
        self.head = nn.Linear(config.n_embd, config.vocab_size)

    def forward(self, idx, targets=None):
        assert idx.size(1) <= self.config.block_size
        logits = self.head(self.table(idx))
        if targets is None:
            return logits[:, [-1]], None
        flat = targets.view(-1)  # as theirs, which takes nothing that is not contiguous
        return logits, nn.functional.cross_entropy(logits.flatten(0, 1), flat)

    def configure_optimizers(self, weight_decay, learning_rate, betas, device_type):
        return torch.optim.SGD(self.parameters(), lr=learning_rate)

    def generate(self, idx, max_new_tokens, temperature=1.0, top_k=None):
        for _ in range(max_new_tokens):
            idx = torch.cat([idx, self(idx)[0].argmax(-1)], dim=1)
        return idx
"""
"""A `model.py`: no attention, a table and a product."""


def stand_in(folder):
    """Make a folder that looks like a checkout of nanoGPT; return it."""
    folder.mkdir()
    (folder / "model.py").write_text(STAND_IN, "utf8")
    return folder
