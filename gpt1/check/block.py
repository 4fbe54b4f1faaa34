"""Exercises about the block: its norms, its copy in torch.nn, its way back."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig
from gpt1.model import Block, causal_mask

# LayerNorm, from its formula.


def layer_norm(x, gain, bias, eps=1e-5):
    mean = sum(x) / len(x)
    variance = sum((v - mean) ** 2 for v in x) / len(x)
    root = math.sqrt(variance + eps)
    columns = zip(x, gain, bias, strict=True)
    return torch.tensor([g * (v - mean) / root + b for v, g, b in columns])


LAYER_NORM = Exercise(
    name="layer-norm",
    verified="gain, bias and epsilon in their places, and the variance divides by d",
    cases=lambda: [
        ([2.0, 4.0, 4.0, 10.0], [1.0] * 4, [0.0] * 4),
        ([2.0, 4.0, 4.0, 10.0], [1.0, 2.0, 3.0, 0.5], [0.0, 1.0, -1.0, 2.0]),
        ([1.0, 4.0], [1.0, 1.0], [0.0, 0.0], 0.75),
        ([-3.0, 1.5, 0.25, 8.0, -2.0], [0.5, -1.0, 2.0, 1.0, 3.0], [1.0] * 5, 0.5),
    ],
    right=layer_norm,
    mistakes="""
        for v in x) / len(x) -> for v in x) / (len(x) - 1)
            your variance is the unbiased one, it divides by d - 1: every output is too
            small by the factor sqrt((d - 1) / d)
        for v in x) / len(x) -> for v in x) / (len(x) - 1)
        and variance + eps -> variance
            two slips: your deviation is the unbiased one, it divides by d - 1, and eps
            is not used
        for v in x) / len(x) -> for v in x) / (len(x) - 1)
        and math.sqrt(variance + eps) -> math.sqrt(variance) + eps
            two slips: your deviation is the unbiased one, it divides by d - 1, and
            epsilon is added to it; it belongs under the root
        math.sqrt(variance + eps) -> math.sqrt(variance) + eps
            epsilon is added to the root; it belongs under it, to the variance
        variance + eps -> variance
            the result must change with eps: yours does not use the argument
        variance + eps -> variance - eps
            epsilon is subtracted; added, it keeps the root above 0
        math.sqrt(variance + eps) -> variance + eps
            you divide by the variance, not by its root
        g * (v - mean) -> g * v
            the mean is still in it: take it from every number before you divide
        g * (v - mean) -> g * (v + mean)
            the mean is added; take it from every number
        g * (v - mean) -> g * (mean - v)
            you take the number from the mean: every output has the wrong sign
        mean = sum(x) / len(x) -> mean = sum(x)
        mean = sum(x) / len(x) -> mean = len(x)
        mean = sum(x) / len(x) -> mean = sum(x) * len(x)
        mean = sum(x) / len(x) -> mean = sum(x) // len(x)
        mean = sum(x) / len(x) -> mean = len(x) / sum(x)
            you take something else for the mean: it is the sum of the numbers over d
        for v in x) / len(x) -> for v in x)
            you sum the squares; the variance is their mean, so divide by d
        for v in x) / len(x) -> for v in x) * len(x)
            you multiply the sum of the squares by d; the variance is their mean
        for v in x) / len(x) -> for v in x) // len(x)
            // rounds the variance down to a whole number; / divides
        variance + eps -> eps
            under your root is epsilon alone: the variance is missing, or its gaps are
            not squared, and gaps to the mean add up to 0
        (v - mean) ** 2 -> v**2
            your variance measures from 0; its squares are those of the gaps to the mean
        (v - mean) ** 2 -> (v + mean) ** 2
        (v - mean) ** 2 -> (v - mean) ** 3
        (v - mean) ** 2 -> mean**2
        (v - mean) ** 2 -> 2
            what you sum for the variance is not (v - mean) ** 2, the square of a
            number's gap to the mean
        / root ->
            you do not divide: the gaps to the mean keep their size
        / root -> * root
            you multiply by the root; divide by it
        (v - mean) / root -> (v - mean) // root
            // rounds every quotient down to a whole number; / divides
        + b for -> - b for
            the bias is subtracted; add it
        + b for -> for
            the bias is not used
        g * (v - mean) / root + b -> g * ((v - mean) / root + b)
            the gain multiplies the bias as well; the bias comes last
        g * (v - mean) -> (v - mean)
            the gain is not used
        g * (v - mean) -> g / (v - mean)
        g * (v - mean) -> g * mean
        g * (v - mean) -> g
            the gain is multiplied with a number's gap to the mean: g * (v - mean)
        zip(x, gain -> zip(gain, x
            x and gain are exchanged where you go through both
    """,
)


# RMSNorm.


def rms_norm(x, gain, eps=1e-5):
    mean_square = x.square().mean(-1, keepdim=True)
    return gain * x / torch.sqrt(mean_square + eps)


def vectors():
    dice = torch.Generator().manual_seed(1)

    def case(*shape):
        x = 3 * torch.randn(shape, generator=dice) + 2
        return x, torch.randn(shape[-1], generator=dice)

    small = torch.tensor([[3.0, 4.0]])
    return [
        ("x [[3, 4]] and gain [1, 1]:", (small, torch.ones(2))),
        ("x [[3, 4]] and gain [1, 2]:", (small, torch.tensor([1.0, 2.0]))),
        ("x of shape (3, 5):", case(3, 5)),
        ("x of shape (3, 5) and eps=2:", (*case(3, 5), 2.0)),
        ("x of shape (2, 3, 5):", case(2, 3, 5)),
        ("x of shape (5,):", case(5)),
    ]


RMS_NORM = Exercise(
    name="rms-norm",
    verified="every vector by its own root mean square, for one, two and three axes",
    cases=vectors,
    right=rms_norm,
    mistakes="""
        ... -> gain * F.layer_norm(x, x.shape[-1:], eps=eps)
            you take the mean away first: this is LayerNorm
        x.square().mean(-1, -> x.var(-1, correction=0,
            you divide by the standard deviation; the root mean square measures from 0,
            not from the mean
        torch.sqrt(mean_square + eps) -> (torch.sqrt(mean_square) + eps)
            epsilon is added to the root; it belongs under it, to the mean square
        mean_square + eps -> mean_square
            the result must change with eps: yours does not use the argument
        mean_square + eps -> mean_square - eps
            epsilon is subtracted; added, it keeps the root above 0
        torch.sqrt(mean_square + eps) -> (mean_square + eps)
            you divide by the mean square, not by its root
        torch.sqrt(mean_square + eps) -> mean_square
            two slips: you divide by the mean square, not by its root, and eps is not
            used
        mean(-1, -> sum(-1,
            you divide by the length of the vector: the squares are summed, and not
            divided by d
        mean(-1, -> mean(-2,
            the mean runs over positions, axis -2; every vector has a root mean square
            of its own, over the last axis
        mean(-1, -> mean(0,
            your mean runs over axis 0; every vector has a root mean square of its own,
            over the last axis
        mean(-1, -> mean(1,
            axis 1 is the last one of two axes only; the last of any number is -1
        mean(-1, keepdim=True) -> mean()
            one root mean square for the whole tensor; every vector has its own, over
            the last axis
        .mean(-1, keepdim=True) ->
            there is no mean: every number is divided by its own size
        x.square() -> x
            there are no squares: under your root is the mean
        / torch.sqrt(mean_square + eps) ->
            you do not divide: x only gets its gain
        / torch -> * torch
            you multiply by the root mean square; divide by it
        / torch -> // torch
            // rounds every quotient down to a whole number; / divides
        gain * x -> x
            the gain is not used
        gain * x -> gain / x
        gain * x -> gain
            above the root belongs gain * x, every number times its gain
    """,
)


# The block in torch.nn.


def layer_of(block):
    def tanh_gelu(x):
        return F.gelu(x, approximate="tanh")

    inner, width = block.feed_forward.expand.weight.shape
    heads, options = block.attention.heads, {"batch_first": True}
    layer = nn.TransformerEncoderLayer(
        width, heads, inner, activation=tanh_gelu, **options
    )
    norms = [block.attention_norm, block.feed_forward_norm]
    pairs = [
        (layer.self_attn.out_proj, block.attention.projection),
        (layer.linear1, block.feed_forward.expand),
        (layer.linear2, block.feed_forward.contract),
        (layer.norm1, norms[0]),
        (layer.norm2, norms[1]),
    ]
    for there, here in pairs:
        there.load_state_dict(here.state_dict())
    fused = block.attention.query_key_value
    with torch.no_grad():
        layer.self_attn.in_proj_weight.copy_(fused.weight)
        layer.self_attn.in_proj_bias.copy_(fused.bias)
    return layer.eval()


def outputs_in_torch(answer, block, x):
    """What the layer made of a block does, and in which mode it was handed over."""
    layer, found = answer(block), {}
    if not isinstance(layer, nn.Module):
        found["its output"] = found["its output without gradients"] = layer
        return found | {"it is in eval mode": True, "its weights are its own": True}
    places = {parameter.data_ptr() for parameter in block.parameters()}
    shared = any(parameter.data_ptr() in places for parameter in layer.parameters())
    training, mask = layer.training, ~causal_mask(x.size(1))
    layer.eval()
    found["its output"] = layer(x, src_mask=mask)
    with torch.no_grad():
        found["its output without gradients"] = layer(x, src_mask=mask)
    found["it is in eval mode"] = not training
    found["its weights are its own"] = not shared
    return found


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


AS_TORCH = Exercise(
    name="as-torch",
    verified="equal outputs for two blocks with random weights, gains and biases",
    cases=blocks,
    right=layer_of,
    observe=outputs_in_torch,
    tolerance=2e-5,
    mistakes="""
        layer.eval() -> layer
            the layer is in training mode: it drops out, and answers differently every
            time
        return layer.eval() -> layer.linear1 = block.feed_forward.expand; \
            return layer.eval()
            the outputs are right, but the layer shares weights with the block: train
            one, and the other changes; copy them
        activation=tanh_gelu, ->
            the activation is ReLU, the layer's default; GPT-1 has GELU
        , approximate="tanh" ->
            close: the activation is the exact GELU, GPT-1 has the tanh form
        "tanh" -> "tanh" if torch.is_grad_enabled() else "none"
            right while gradients are on; without them PyTorch takes a faster way, where
            every nn.GELU counts as the exact one: give it a function instead
        F.gelu(x, approximate="tanh") -> x
            your activation hands on what it gets; GPT-1 has GELU
        "batch_first": True ->
            your layer takes (time, batch, width), its default: it attends to the same
            place in other sentences; ask it for the batch first
        True} -> True, "norm_first": True}
            your layer normalises first, as GPT-2 does; the block is post-norm
        block.attention.heads -> 12
            the sizes and weights are right, but the heads are 12 whatever the block has
        layer.self_attn.in_proj_weight.copy_(fused.weight) -> pass
            the matrix that makes queries, keys and values is still the layer's own:
            copy it too
        layer.self_attn.in_proj_weight.copy_(fused.weight) -> pass
        and layer.self_attn.in_proj_bias.copy_(fused.bias) -> pass
            matrix and bias that make queries, keys and values are still the layer's
            own: copy them too
        layer.self_attn.in_proj_bias.copy_(fused.bias) -> pass
            the bias of queries, keys and values is still 0: copy it too
        [block.attention_norm, block.feed_forward_norm] \
            -> [block.feed_forward_norm, block.attention_norm]
            the two norms are exchanged: norm1 comes after attention
        [block.attention_norm, block.feed_forward_norm] -> [layer.norm1, layer.norm2]
            gains and biases of the two norms are still 1 and 0: copy them too
        there.load_state_dict(here.state_dict()) -> pass
            only what makes queries, keys and values is copied: the projection, the
            feed-forward layers and the norms are still the layer's own
    """,
)


# A norm at the end of each branch.


class BranchNorm(Block):
    def forward(self, x):
        x = x + self.attention_norm(self.attention(x))
        return x + self.feed_forward_norm(self.feed_forward(x))


def block_outputs(answer, config, weights, x):
    """What a class of blocks does, with given weights."""
    block = answer(config).eval()
    block.load_state_dict(weights)
    given = x.clone()
    with torch.no_grad():
        return {"the block": block(given), "x is as it was": torch.equal(given, x)}


def configurations():
    dice = torch.Generator().manual_seed(4)
    config = GPTConfig(width=8, heads=2, context=8)
    weights = scrambled(config, dice).state_dict()
    x = torch.randn(1, 4, 8, generator=dice)
    return [("a block of width 8 and x of shape (1, 4, 8):", (config, weights, x))]


BRANCH_NORM = Exercise(
    name="branch-norm",
    verified="each branch ends in its own norm and is added to the stream",
    cases=configurations,
    right=BranchNorm,
    observe=block_outputs,
    mistakes="""
        x + self.attention_norm(self -> self.attention_norm(x + self
        and x + self.feed_forward_norm(self -> self.feed_forward_norm(x + self
            this is GPT-1's block: the norm still comes after the sum, and scales the
            stream too
        attention_norm(self.attention(x -> attention(self.attention_norm(x
        and feed_forward_norm(self.feed_forward(x -> \
            feed_forward(self.feed_forward_norm(x
            this is pre-norm: the norms stand at the start of the branches; OLMo 2 has
            them at the end
        x + self.attention_norm -> self.attention_norm
        and x + self.feed_forward_norm -> self.feed_forward_norm
            the branches replace the stream; add each of them to it
        x = x + self -> y = x + self
        and return x -> return y
            your feed-forward layer reads what came into the block; it should read the
            stream that attention has already been added to
        x = x + self -> y = x + self
        and feed_forward(x) -> feed_forward(y)
            what attention added is lost: the second sum starts from what came into the
            block again
        self.attention_norm -> self.feed_forward_norm
        and self.feed_forward_norm -> self.attention_norm
            the two norms are exchanged: attention_norm belongs to attention
        self.attention(x) -> x + self.attention(x)
        and self.feed_forward(x) -> x + self.feed_forward(x)
            x is inside the norm and outside: normalise f(x) alone, not x + f(x)
        x + self.feed_forward_norm(self -> self.feed_forward_norm(x + self
            attention's branch is right; the feed-forward layer's norm still comes after
            the sum
        x + self.feed_forward_norm -> self.feed_forward_norm
            the feed-forward layer's branch replaces the stream; add it, as you added
            attention's
        x + self.attention_norm -> self.attention_norm
            attention's branch replaces the stream; add it
        x + self.attention_norm(self.attention(x)) -> x
            attention's branch is missing
        x + self.feed_forward_norm(self.feed_forward(x)) -> x
            the feed-forward layer's branch is missing
        x + self.attention_norm -> x - self.attention_norm
        x + self.feed_forward_norm -> x - self.feed_forward_norm
            one of the branches is subtracted; add both
        x = x + self -> x += self
            the numbers are right, but += changes the x that came in, and training stops
            with an error: write x = x + f(x) instead
    """,
)


# Back through LayerNorm.


def norm_backward(x, grad, eps=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    root = torch.sqrt(variance + eps)
    y = centred / root
    along = (grad * y).mean(-1, keepdim=True)
    return (grad - grad.mean(-1, keepdim=True) - along * y) / root


def gradients():
    dice = torch.Generator().manual_seed(5)

    def case(*shape):
        return tuple(torch.randn(2, *shape, generator=dice) * 2)

    return [
        ("x and grad of shape (1, 3):", case(1, 3)),
        ("x and grad of shape (2, 4):", case(2, 4)),
        ("x and grad of shape (2, 4) and eps=0.5:", (*case(2, 4), 0.5)),
        ("x and grad of shape (2, 3, 7):", case(2, 3, 7)),
    ]


NORM_BACKWARD = Exercise(
    name="norm-backward",
    verified="the gradient that autograd finds, also for a large epsilon",
    cases=gradients,
    right=norm_backward,
    mistakes="""
        - grad.mean(-1, keepdim=True) - along * y ->
            mean and variance are taken as constants: they move with x, and two parts of
            the gradient go with that
        - along * y ->
            the part along y is still in it: the variance moves with x too
        - grad.mean(-1, keepdim=True) ->
            the part along (1, ..., 1) is still in it: the mean moves with x too
        grad - grad.mean(-1, keepdim=True) - along -> \
            grad + grad.mean(-1, keepdim=True) + along
            you add what should be taken out: both parts are subtracted
        - along * y -> + along * y
            the part along y is added; take it out
        grad - grad.mean -> grad + grad.mean
            the mean of grad is added; take it out
        centred.square().mean(-1, -> x.var(-1,
            your variance is the unbiased one, it divides by d - 1
        centred.square().mean(-1, -> x.var(-1,
        and variance + eps -> variance
            two slips: your deviation is the unbiased one, it divides by d - 1, and eps
            is not used
        variance + eps -> variance
            the result must change with eps: yours does not use the argument
        variance + eps -> variance - eps
            epsilon is subtracted; added, it keeps the root above 0
        - along * y) / root -> - along * y)
            you stop before the division: the gradient is divided by the spread, as the
            numbers are on the way forward
        - along * y) / root -> - along * y) * root
            you multiply by the spread; the way back divides by it once more
        - along * y) / root -> - along * y) // root
            // rounds the gradient down to whole numbers; / divides
        y = centred / root -> y = centred
            take out the part along the output y, not along x minus its mean: y has mean
            square 1, and x has not
        y = centred / root -> y = centred * root
        y = centred / root -> y = centred // root
        y = centred / root -> y = root / centred
        y = centred / root -> y = root
        centred = x - x.mean(-1, keepdim=True) -> centred = x
        centred = x - -> centred = x +
        centred = x - x.mean(-1, keepdim=True) -> centred = x - x
        centred = x - x.mean(-1, keepdim=True) -> centred = x.mean(-1, keepdim=True)
        x - x.mean -> x - x.sum
            your y is not LayerNorm's output: x minus its mean, divided by the root
        (grad * y).mean -> (grad * y).sum
        and grad.mean -> grad.sum
        (grad * y).mean -> (grad * y).sum
        grad.mean -> grad.sum
            you take out a sum; what is to be taken out is a mean over the vector
        square().mean -> square().sum
            you sum the squares; the variance is their mean, so divide by d
        centred.square() -> centred
            the squares are missing: without them the variance is 0
        square().mean(-1, keepdim=True) -> square()
            there is no mean: every number has a variance of its own
        torch.sqrt(variance + eps) -> (variance + eps)
            you divide by the variance, not by its root
        x - x.mean(-1 -> x - x.mean(0
        x - x.mean(-1 -> x - x.mean(1
        x - x.mean(-1 -> x - x.mean(-2
        square().mean(-1 -> square().mean(0
        square().mean(-1 -> square().mean(1
        square().mean(-1 -> square().mean(-2
        (grad * y).mean(-1 -> (grad * y).mean(0
        (grad * y).mean(-1 -> (grad * y).mean(1
        (grad * y).mean(-1 -> (grad * y).mean(-2
        grad.mean(-1 -> grad.mean(0
        grad.mean(-1 -> grad.mean(1
        grad.mean(-1 -> grad.mean(-2
            a mean of yours runs over another axis than the last: all of them are taken
            over the vector, axis -1, whatever comes before it
        (grad * y).mean(-1, keepdim=True) -> grad * y
        (grad * y).mean -> grad.mean
        grad * y -> grad / y
        along * y) -> along / y)
        along * y) -> along)
        along * y) -> y)
            you do not take out the part along y: it is the mean of grad * y, times y
        grad - grad.mean(-1, keepdim=True) -> grad - grad
        grad - grad.mean(-1, keepdim=True) -> grad.mean(-1, keepdim=True) - grad
        grad - grad.mean -> grad.mean
            begin with grad: it is what remains when its parts are taken out
    """,
)


EXERCISES = (LAYER_NORM, RMS_NORM, AS_TORCH, BRANCH_NORM, NORM_BACKWARD)
