"""Exercises about the block."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.norms import LAYER_NORM, NORM_BACKWARD, RMS_NORM
from gpt1.config import GPTConfig
from gpt1.model import Block, KVCache, causal_mask

# The block in torch.nn.


def torch_layer(block, heads=None, skip=(), swap=False, **options):
    """A TransformerEncoderLayer with a block's weights, but for those to skip."""
    tanh = partial(F.gelu, approximate="tanh")
    options = {"activation": tanh, "batch_first": True, **options}
    inner, width = block.feed_forward.expand.weight.shape
    heads = heads or block.attention.heads
    layer = nn.TransformerEncoderLayer(width, heads, inner, **options)
    fused = block.attention.query_key_value
    norms = block.attention_norm, block.feed_forward_norm
    first, second = reversed(norms) if swap else norms
    pairs = (
        ("in_proj_weight", layer.self_attn.in_proj_weight, fused.weight),
        ("in_proj_bias", layer.self_attn.in_proj_bias, fused.bias),
        *both("out_proj", layer.self_attn.out_proj, block.attention.projection),
        *both("linear1", layer.linear1, block.feed_forward.expand),
        *both("linear2", layer.linear2, block.feed_forward.contract),
        *both("norm1", layer.norm1, first),
        *both("norm2", layer.norm2, second),
    )
    with torch.no_grad():
        for name, there, here in pairs:
            if name not in skip:
                there.copy_(here)
    return layer.eval()


def tanh_or_exact(x):
    """What nn.GELU("tanh") comes to inside of PyTorch's layer in eval mode."""
    return F.gelu(x, approximate="tanh" if torch.is_grad_enabled() else "none")


def both(name, there, here):
    return (name, there.weight, here.weight), (name, there.bias, here.bias)


def outputs_in_torch(answer, block, x):
    """What the layer made of a block does, and in which mode it was handed over."""
    layer = answer(block)
    if not isinstance(layer, nn.Module):
        return {
            "its output": layer,
            "its output without gradients": layer,
            "it is in eval mode": True,
            "its weights are its own": True,
        }
    places = {parameter.data_ptr() for parameter in block.parameters()}
    shared = any(parameter.data_ptr() in places for parameter in layer.parameters())
    training, mask = layer.training, ~causal_mask(x.size(1))
    layer.eval()
    with torch.no_grad():
        quick = layer(x, src_mask=mask)
    return {
        "its output": layer(x, src_mask=mask),
        "its output without gradients": quick,
        "it is in eval mode": not training,
        "its weights are its own": not shared,
    }


def blocks():
    """As many texts as tokens in each: a layer that exchanges the two still runs.

    The heads are even: with an odd number PyTorch never takes its faster way.
    """
    found = []
    for width, heads, inner, size in ((24, 4, None, 3), (36, 2, 60, 5)):
        config = GPTConfig(width=width, heads=heads, feed_forward=inner)
        dice = torch.Generator().manual_seed(width)
        block = scrambled(config, dice)
        x = torch.randn(size, size, width, generator=dice)
        name = f"width {width}, {heads} heads, {size} texts of {size} tokens:"
        found.append((name, (block, x)))
    return found


def scrambled(config, dice):
    """A block with weights far from their start: gains and biases matter too."""
    with torch.random.fork_rng(devices=[]):
        block = Block(config).eval().requires_grad_(False)
    for name, parameter in block.named_parameters():
        around = 1.0 if name.endswith("norm.weight") else 0.0
        parameter.normal_(around, 0.4, generator=dice)
    return block


def with_shared_weights(block):
    layer = torch_layer(block)
    layer.linear1 = block.feed_forward.expand
    return layer


AS_TORCH = Exercise(
    name="as-torch",
    verified="equal outputs for two blocks with random weights, gains and biases",
    cases=blocks,
    right=torch_layer,
    observe=outputs_in_torch,
    tolerance=2e-5,
    mistakes=(
        Mistake(
            "the layer is in training mode: it drops out, and answers differently "
            "every time",
            lambda block: torch_layer(block).train(),
        ),
        Mistake(
            "the outputs are right, but the layer shares weights with the block: train "
            "one, and the other changes; copy them",
            with_shared_weights,
        ),
        Mistake(
            "the activation is ReLU, the layer's default; GPT-1 has GELU",
            partial(torch_layer, activation="relu"),
        ),
        Mistake(
            "close: the activation is the exact GELU, GPT-1 has the tanh form",
            partial(torch_layer, activation="gelu"),
        ),
        Mistake(
            "right while gradients are on; without them PyTorch takes a faster way, "
            "where every nn.GELU counts as the exact one: give it a function instead",
            partial(torch_layer, activation=tanh_or_exact),
        ),
        Mistake(
            "your layer takes (time, batch, width), its default: it attends to the "
            "same place in other sentences; ask it for the batch first",
            partial(torch_layer, batch_first=False),
        ),
        Mistake(
            "your layer normalises first, as GPT-2 does; the block is post-norm",
            partial(torch_layer, norm_first=True),
        ),
        Mistake(
            "the sizes and weights are right, but the heads are 12 whatever the block "
            "has",
            partial(torch_layer, heads=12),
        ),
        Mistake(
            "the matrix that makes queries, keys and values is still the layer's own: "
            "copy it too",
            partial(torch_layer, skip=("in_proj_weight",)),
        ),
        Mistake(
            "matrix and bias that make queries, keys and values are still the layer's "
            "own: copy them too",
            partial(torch_layer, skip=("in_proj_weight", "in_proj_bias")),
        ),
        Mistake(
            "the bias of queries, keys and values is still 0: copy it too",
            partial(torch_layer, skip=("in_proj_bias",)),
        ),
        Mistake(
            "the two norms are exchanged: norm1 comes after attention",
            partial(torch_layer, swap=True),
        ),
        Mistake(
            "gains and biases of the two norms are still 1 and 0: copy them too",
            partial(torch_layer, skip=("norm1", "norm2")),
        ),
    ),
)


# A norm at the end of each branch.


class BranchNormBlock(Block):
    def forward(self, x, cache=None):
        x = x + self.attention_norm(self.attention(x, cache))
        return x + self.feed_forward_norm(self.feed_forward(x))


class PreNorm(Block):
    def forward(self, x, cache=None):
        x = x + self.attention(self.attention_norm(x), cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class NoSum(Block):
    def forward(self, x, cache=None):
        x = self.attention_norm(self.attention(x, cache))
        return self.feed_forward_norm(self.feed_forward(x))


class Parallel(Block):
    def forward(self, x, cache=None):
        mixed = self.attention_norm(self.attention(x, cache))
        return x + mixed + self.feed_forward_norm(self.feed_forward(x))


class Reset(Block):
    def forward(self, x, cache=None):
        mixed = x + self.attention_norm(self.attention(x, cache))
        return x + self.feed_forward_norm(self.feed_forward(mixed))


class Exchanged(Block):
    def forward(self, x, cache=None):
        x = x + self.feed_forward_norm(self.attention(x, cache))
        return x + self.attention_norm(self.feed_forward(x))


class SumInside(Block):
    def forward(self, x, cache=None):
        x = x + self.attention_norm(x + self.attention(x, cache))
        return x + self.feed_forward_norm(x + self.feed_forward(x))


class HalfDone(Block):
    def forward(self, x, cache=None):
        x = x + self.attention_norm(self.attention(x, cache))
        return self.feed_forward_norm(x + self.feed_forward(x))


class LastBranchAlone(Block):
    def forward(self, x, cache=None):
        x = x + self.attention_norm(self.attention(x, cache))
        return self.feed_forward_norm(self.feed_forward(x))


class InPlace(Block):
    def forward(self, x, cache=None):
        x += self.attention_norm(self.attention(x, cache))
        return x + self.feed_forward_norm(self.feed_forward(x))


class NoCache(BranchNormBlock):
    def forward(self, x, cache=None):
        return super().forward(x)


def block_outputs(answer, config, weights, x):
    """What a class of blocks does, with given weights, with and without a cache."""
    block = answer(config).eval()
    block.load_state_dict(weights)
    cache, given = KVCache(config.context), x.clone()
    with torch.no_grad():
        pieces = [block(piece.clone(), cache) for piece in (x[:, :2], x[:, 2:])]
        whole = block(given)
        tensors = all(isinstance(piece, torch.Tensor) for piece in pieces)
        return {
            "all at once": whole,
            "in two pieces, with a cache": torch.cat(pieces, 1) if tensors else pieces,
            "x is as it was": torch.equal(given, x),
        }


def configurations():
    dice = torch.Generator().manual_seed(4)
    config = GPTConfig(width=8, heads=2, context=8)
    weights = scrambled(config, dice).state_dict()
    x = torch.randn(1, 4, 8, generator=dice)
    return [("a block of width 8 and x of shape (1, 4, 8):", (config, weights, x))]


BRANCH_NORM = Exercise(
    name="branch-norm",
    verified="each branch ends in its own norm and is added to the stream, with a "
    "cache and without",
    cases=configurations,
    right=BranchNormBlock,
    observe=block_outputs,
    mistakes=(
        Mistake(
            "this is GPT-1's block: the norm still comes after the sum, and scales "
            "the stream too",
            Block,
        ),
        Mistake(
            "this is pre-norm: the norms stand at the start of the branches; OLMo 2 "
            "has them at the end",
            PreNorm,
        ),
        Mistake(
            "the branches replace the stream; add each of them to it",
            NoSum,
        ),
        Mistake(
            "your feed-forward layer reads what came into the block; it should read "
            "the stream that attention has already been added to",
            Parallel,
        ),
        Mistake(
            "what attention added is lost: the second sum starts from what came into "
            "the block again",
            Reset,
        ),
        Mistake(
            "the two norms are exchanged: attention_norm belongs to attention",
            Exchanged,
        ),
        Mistake(
            "x is inside the norm and outside: normalise f(x) alone, not x + f(x)",
            SumInside,
        ),
        Mistake(
            "attention's branch is right; the feed-forward layer's norm still comes "
            "after the sum",
            HalfDone,
        ),
        Mistake(
            "the feed-forward layer's branch replaces the stream; add it, as you added "
            "attention's",
            LastBranchAlone,
        ),
        Mistake(
            "the numbers are right, but += changes the x that came in, and training "
            "stops with an error: write x = x + f(x) instead",
            InPlace,
        ),
        Mistake(
            "right without a cache, but attention is not handed the cache, so later "
            "pieces of a text forget the earlier ones",
            NoCache,
        ),
    ),
)


EXERCISES = (LAYER_NORM, RMS_NORM, AS_TORCH, BRANCH_NORM, NORM_BACKWARD)
