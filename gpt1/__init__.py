"""GPT-1 from scratch: the model of Radford et al. (2018) and what trains and runs it.

    >>> from gpt1 import GPT, GPTConfig
    >>> model = GPT(GPTConfig.tiny())

`import gpt1` needs torch and nothing else; what reads other formats imports its
libraries when it is called.
"""

from gpt1.config import GPTConfig
from gpt1.model import (
    GPT,
    Block,
    Cache,
    FeedForward,
    KVCache,
    MultiHeadAttention,
    attention,
    attention_weights,
    causal_mask,
)

__version__ = "0.2.0"

__all__ = ["GPT", "Block", "Cache", "FeedForward", "GPTConfig", "KVCache"]
__all__ += ["MultiHeadAttention", "attention", "attention_weights", "causal_mask"]
