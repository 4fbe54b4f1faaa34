"""GPT-1 changed in one way each: pre-norm, the exact GELU, an untied output, no mask.

Each of `VARIANTS` takes a `GPT` and gives back one that differs from it in what the
name says and in nothing else; the weights stay. Some are other models' architectures,
the others mistakes that published code has had. The tests demand that each is noticed.
"""

import math

from torch import nn
from torch.nn import functional as F

from gpt1.model import Block, FeedForward, MultiHeadAttention
from gpt1.variants import attention, block, model
from gpt1.variants.attention import written_out
from gpt1.variants.swapping import as_class, swapped

WIDTH = property(lambda self: math.sqrt(self.heads * self.head_size))
VARIANTS = {
    # The activation.
    "exact GELU": block.activation(F.gelu),
    "ReLU": block.activation(F.relu),
    "SiLU": block.activation(F.silu),
    "GELU after the second matrix": swapped(FeedForward, block.GeluAtTheEnd),
    # Where and how it normalises.
    "pre-norm": swapped(Block, block.PreNorm),
    "norms exchanged": swapped(Block, block.SwappedNorms),
    "a residual sum left out": swapped(Block, block.NoResidual),
    "a final norm": as_class(model.FinalNorm),
    "unbiased deviation": swapped(nn.LayerNorm, block.UnbiasedNorm),
    "no mean taken off": swapped(nn.LayerNorm, block.NoMean),
    "another epsilon": block.other_epsilon,
    "epsilon outside the root": swapped(nn.LayerNorm, block.EpsilonOutside),
    # Attention.
    "scale by the width": written_out(root=WIDTH),
    "no scale": written_out(root=1.0),
    "mask one too wide": written_out(diagonal=1),
    "mask one too narrow": written_out(diagonal=-1),
    "no mask": written_out(diagonal=99),
    "softmax over queries": written_out(axis=-2),
    "softmax over heads": written_out(axis=1),
    "key and query exchanged": written_out(order=(1, 0, 2)),
    "value and key exchanged": written_out(order=(0, 2, 1)),
    "heads before query, key, value": swapped(MultiHeadAttention, attention.HeadsFirst),
    "heads mixed with time": swapped(MultiHeadAttention, attention.MixedHeads),
    # The cache.
    "is_causal with a past": swapped(MultiHeadAttention, attention.AlwaysCausal),
    "is_causal for one query": swapped(MultiHeadAttention, attention.CausalForOne),
    "no mask in later chunks": swapped(MultiHeadAttention, attention.NoMask),
    "a cache not read": swapped(MultiHeadAttention, attention.ForgetsThePast),
    "positions from 0 again": model.positions_from_zero,
    # Embeddings and output.
    "positions from 1": model.positions_from_one,
    "embeddings times root of width": as_class(model.ScaledEmbedding),
    "an untied copy": model.untied,
    "an output without gradient": as_class(model.DetachedOutput),
    "a mean over the batch": model.batch_norm,
    # Initial weights.
    "scaled by depth": model.scaled_by_depth,
    "N(0, 1) positions": model.normal_positions,
    "PyTorch's linear layers": model.reset(nn.Linear),
    "PyTorch's embeddings": model.reset(nn.Embedding),
    "uniform": model.uniform,
    "random biases": model.random_biases,
    # Dropout.
    "dropout after GELU": swapped(FeedForward, block.DropoutAfterGelu),
    "no embedding dropout": model.quiet_embedding,
    "no attention dropout": swapped(MultiHeadAttention, attention.NoAttentionDropout),
    "attention dropout in eval": swapped(MultiHeadAttention, attention.NoisyEval),
}
"""By what they change; a model that is given is used up."""
