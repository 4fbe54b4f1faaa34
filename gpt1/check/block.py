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
    verified="gain, bias and eps are in the right places, and the variance divides by "
    "d",
    cases=lambda: [
        ([2.0, 4.0, 4.0, 10.0], [1.0] * 4, [0.0] * 4),
        ([2.0, 4.0, 4.0, 10.0], [1.0, 2.0, 3.0, 0.5], [0.0, 1.0, -1.0, 2.0]),
        ([1.0, 4.0], [1.0, 1.0], [0.0, 0.0], 0.75),
        ([-3.0, 1.5, 0.25, 8.0, -2.0], [0.5, -1.0, 2.0, 1.0, 3.0], [1.0] * 5, 0.5),
    ],
    right=layer_norm,
    mistakes="""
        for v in x) / len(x) -> for v in x) / (len(x) - 1)
            your variance divides by d - 1 (the unbiased one). Divide by d, or every
            output is too small by the factor sqrt((d - 1) / d)
        for v in x) / len(x) -> for v in x) / (len(x) - 1)
        and variance + eps -> variance
            there are two slips: your variance divides by d - 1 (the unbiased one) where
            it should divide by d, and you don't use eps
        for v in x) / len(x) -> for v in x) / (len(x) - 1)
        and math.sqrt(variance + eps) -> math.sqrt(variance) + eps
            there are two slips: your variance divides by d - 1 (the unbiased one) where
            it should divide by d, and you add eps to the root instead of under it
        math.sqrt(variance + eps) -> math.sqrt(variance) + eps
            you added eps to the root. It belongs under the root, added to the variance
        variance + eps -> variance
            you don't use eps, so changing it doesn't change your result. Add it to the
            variance, under the root
        variance + eps -> variance - eps
            you subtracted eps. Add it, so that the root stays above 0
        math.sqrt(variance + eps) -> variance + eps
            you divided by the variance. Divide by its square root
        g * (v - mean) -> g * v
            you didn't subtract the mean. Take it away from every number before you
            divide
        g * (v - mean) -> g * (v + mean)
            you added the mean. Subtract it from every number
        g * (v - mean) -> g * (mean - v)
            you subtracted each number from the mean, so every output has the wrong
            sign. Subtract the mean from each number
        mean = sum(x) / len(x) -> mean = sum(x)
        mean = sum(x) / len(x) -> mean = len(x)
        mean = sum(x) / len(x) -> mean = sum(x) * len(x)
        mean = sum(x) / len(x) -> mean = sum(x) // len(x)
        mean = sum(x) / len(x) -> mean = len(x) / sum(x)
            your mean is wrong. It is the sum of the numbers divided by how many there
            are, d
        for v in x) / len(x) -> for v in x)
            you summed the squares. The variance is their mean, so divide by d
        for v in x) / len(x) -> for v in x) * len(x)
            you multiplied the sum of the squares by d. The variance is their mean, so
            divide by d
        for v in x) / len(x) -> for v in x) // len(x)
            // rounds the variance down to a whole number. Divide with / instead
        variance + eps -> eps
            only eps is left under your root. Add the variance, and square the
            differences from the mean first, because without squares they sum to 0
        (v - mean) ** 2 -> v**2
            your variance measures each number from 0. Square its difference from the
            mean instead
        (v - mean) ** 2 -> (v + mean) ** 2
        (v - mean) ** 2 -> (v - mean) ** 3
        (v - mean) ** 2 -> mean**2
        (v - mean) ** 2 -> 2
            each term of the variance should be (v - mean) ** 2, the square of a
            number's difference from the mean
        / root ->
            you don't divide by the root, so the differences from the mean keep their
            size. Divide each of them by it
        / root -> * root
            you multiplied by the root. Divide by it
        (v - mean) / root -> (v - mean) // root
            // rounds every quotient down to a whole number. Divide with / instead
        + b for -> - b for
            you subtracted the bias. Add it
        + b for -> for
            you don't use the bias. Add it at the end
        g * (v - mean) / root + b -> g * ((v - mean) / root + b)
            you multiplied the bias by the gain too. Multiply by the gain first, then
            add the bias
        g * (v - mean) -> (v - mean)
            you don't use the gain. Multiply each normalised number by it
        g * (v - mean) -> g / (v - mean)
        g * (v - mean) -> g * mean
        g * (v - mean) -> g
            the gain should multiply a number's difference from the mean: g * (v - mean)
        zip(x, gain -> zip(gain, x
            you've swapped x and gain where you loop over both. Check their order in zip
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
    verified="every vector is divided by its own root mean square, with one, two and "
    "three axes",
    cases=vectors,
    right=rms_norm,
    mistakes="""
        ... -> gain * F.layer_norm(x, x.shape[-1:], eps=eps)
            you subtracted the mean first, which makes this LayerNorm. RMSNorm leaves
            the mean in
        x.square().mean(-1, -> x.var(-1, correction=0,
            you divided by the standard deviation, which is measured from the mean. The
            root mean square is measured from 0
        torch.sqrt(mean_square + eps) -> (torch.sqrt(mean_square) + eps)
            you added eps to the root. It belongs under the root, added to the mean
            square
        mean_square + eps -> mean_square
            you don't use eps, so changing it doesn't change your result. Add it to the
            mean square, under the root
        mean_square + eps -> mean_square - eps
            you subtracted eps. Add it, so that the root stays above 0
        torch.sqrt(mean_square + eps) -> (mean_square + eps)
            you divided by the mean square. Divide by its square root
        torch.sqrt(mean_square + eps) -> mean_square
            there are two slips: you divided by the mean square instead of its square
            root, and you don't use eps
        mean(-1, -> sum(-1,
            you summed the squares without dividing by d, so you divide by the length of
            the vector. Use the mean of the squares
        mean(-1, -> mean(-2,
            your mean runs over the positions, axis -2. Every vector has its own root
            mean square, so average over the last axis
        mean(-1, -> mean(0,
            your mean runs over axis 0. Every vector has its own root mean square, so
            average over the last axis
        mean(-1, -> mean(1,
            axis 1 is the last one only when there are two axes. Use -1, which is always
            the last
        mean(-1, keepdim=True) -> mean()
            you computed one root mean square for the whole tensor. Every vector has its
            own, so average over the last axis
        .mean(-1, keepdim=True) ->
            there is no mean in yours, so every number is divided by its own size. Take
            the mean of the squares over the last axis
        x.square() -> x
            you didn't square the numbers, so under your root is their mean. Use the
            mean of their squares
        / torch.sqrt(mean_square + eps) ->
            you didn't divide by the root mean square: x only gets multiplied by its
            gain
        / torch -> * torch
            you multiplied by the root mean square. Divide by it
        / torch -> // torch
            // rounds every quotient down to a whole number. Divide with / instead
        gain * x -> x
            you don't use the gain. Multiply x by it
        gain * x -> gain / x
        gain * x -> gain
            above the fraction bar should be gain * x, every number times its gain
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
            your layer is in training mode, so its dropout gives different outputs every
            time. Call eval() on it before you return it
        return layer.eval() -> layer.linear1 = block.feed_forward.expand; \
            return layer.eval()
            the outputs are right, but your layer shares its weights with the block, so
            training one changes the other. Copy the weights instead
        activation=tanh_gelu, ->
            your activation is ReLU, the default of the layer. GPT-1 uses GELU
        , approximate="tanh" ->
            you're close: your activation is the exact GELU, but GPT-1 uses the tanh
            form
        "tanh" -> "tanh" if torch.is_grad_enabled() else "none"
            this is right while gradients are on. Without them PyTorch takes a faster
            path, where every nn.GELU counts as the exact one, so pass a function
            instead
        F.gelu(x, approximate="tanh") -> x
            your activation returns its input unchanged. GPT-1 uses GELU
        "batch_first": True ->
            your layer expects (time, batch, width), its default, so it attends across
            different texts. Pass batch_first=True
        True} -> True, "norm_first": True}
            your layer normalises first, as GPT-2 does. GPT-1's block normalises after
            the addition, so leave norm_first off
        block.attention.heads -> 12
            the sizes and weights are right, but your layer always has 12 heads. Use the
            block's number of heads
        layer.self_attn.in_proj_weight.copy_(fused.weight) -> pass
            the matrix that makes queries, keys and values is still the layer's own.
            Copy the block's into it
        layer.self_attn.in_proj_weight.copy_(fused.weight) -> pass
        and layer.self_attn.in_proj_bias.copy_(fused.bias) -> pass
            the matrix and the bias that make queries, keys and values are still the
            layer's own. Copy the block's into them
        layer.self_attn.in_proj_bias.copy_(fused.bias) -> pass
            the bias of queries, keys and values is still 0. Copy the block's into it
        [block.attention_norm, block.feed_forward_norm] \
            -> [block.feed_forward_norm, block.attention_norm]
            you've swapped the two norms. norm1 is the one after attention
        [block.attention_norm, block.feed_forward_norm] -> [layer.norm1, layer.norm2]
            the gains and biases of the two norms are still 1 and 0. Copy the block's
            into them
        there.load_state_dict(here.state_dict()) -> pass
            you copied only what makes queries, keys and values. Copy the projection,
            the feed-forward layers and the norms too
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
    verified="each branch ends in its own norm and is then added to the stream",
    cases=configurations,
    right=BranchNorm,
    observe=block_outputs,
    mistakes="""
        x + self.attention_norm(self -> self.attention_norm(x + self
        and x + self.feed_forward_norm(self -> self.feed_forward_norm(x + self
            this is GPT-1's block, in which the norm comes after the sum and scales the
            stream too. Normalise the branch before you add it
        attention_norm(self.attention(x -> attention(self.attention_norm(x
        and feed_forward_norm(self.feed_forward(x -> \
            feed_forward(self.feed_forward_norm(x
            this is pre-norm, with each norm at the start of its branch. OLMo 2 has each
            norm at the end of its branch
        x + self.attention_norm -> self.attention_norm
        and x + self.feed_forward_norm -> self.feed_forward_norm
            your branches replace the stream. Add each of them to it
        x = x + self -> y = x + self
        and return x -> return y
            your feed-forward layer reads what came into the block. It should read the
            stream after attention's branch has been added
        x = x + self -> y = x + self
        and feed_forward(x) -> feed_forward(y)
            you lose what attention added, because your second sum starts from what came
            into the block. Start it from the first sum
        self.attention_norm -> self.feed_forward_norm
        and self.feed_forward_norm -> self.attention_norm
            you've swapped the two norms. attention_norm belongs to attention
        self.attention(x) -> x + self.attention(x)
        and self.feed_forward(x) -> x + self.feed_forward(x)
            x appears both inside and outside the norm. Normalise f(x) alone, not x +
            f(x)
        x + self.feed_forward_norm(self -> self.feed_forward_norm(x + self
            attention's branch is right, but the norm of the feed-forward layer still
            comes after the sum. Normalise that branch before you add it
        x + self.feed_forward_norm -> self.feed_forward_norm
            the feed-forward layer's branch replaces the stream. Add it, as you added
            attention's branch
        x + self.attention_norm -> self.attention_norm
            attention's branch replaces the stream. Add it instead
        x + self.attention_norm(self.attention(x)) -> x
            attention's branch is missing. Add it to the stream
        x + self.feed_forward_norm(self.feed_forward(x)) -> x
            the feed-forward layer's branch is missing. Add it to the stream
        x + self.attention_norm -> x - self.attention_norm
        x + self.feed_forward_norm -> x - self.feed_forward_norm
            you subtracted one of the branches. Add both
        x = x + self -> x += self
            the numbers are right, but += changes the x that came in, and training then
            stops with an error. Write x = x + f(x) instead
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
    verified="the same gradient as autograd's, even with a large eps",
    cases=gradients,
    right=norm_backward,
    mistakes="""
        - grad.mean(-1, keepdim=True) - along * y ->
            you treated the mean and the variance as constants. They change with x too,
            and each of them adds a part to the gradient
        - along * y ->
            you left out the part along y. The variance changes with x too, so subtract
            that part
        - grad.mean(-1, keepdim=True) ->
            you left out the part along (1, ..., 1). The mean changes with x too, so
            subtract that part
        grad - grad.mean(-1, keepdim=True) - along -> \
            grad + grad.mean(-1, keepdim=True) + along
            you added the two parts. Subtract both
        - along * y -> + along * y
            you added the part along y. Subtract it
        grad - grad.mean -> grad + grad.mean
            you added the mean of grad. Subtract it
        centred.square().mean(-1, -> x.var(-1,
            your variance divides by d - 1 (the unbiased one). Divide by d
        centred.square().mean(-1, -> x.var(-1,
        and variance + eps -> variance
            there are two slips: your variance divides by d - 1 (the unbiased one) where
            it should divide by d, and you don't use eps
        variance + eps -> variance
            you don't use eps, so changing it doesn't change your result. Add it to the
            variance, under the root
        variance + eps -> variance - eps
            you subtracted eps. Add it, so that the root stays above 0
        - along * y) / root -> - along * y)
            you left out the last division. The gradient is divided by the root too,
            just as the numbers are on the way forward
        - along * y) / root -> - along * y) * root
            you multiplied by the root. On the way back, too, you divide by it
        - along * y) / root -> - along * y) // root
            // rounds the gradient down to whole numbers. Divide with / instead
        y = centred / root -> y = centred
            you took out the part along x minus its mean. Use the output y instead,
            whose mean square is 1
        y = centred / root -> y = centred * root
        y = centred / root -> y = centred // root
        y = centred / root -> y = root / centred
        y = centred / root -> y = root
        centred = x - x.mean(-1, keepdim=True) -> centred = x
        centred = x - -> centred = x +
        centred = x - x.mean(-1, keepdim=True) -> centred = x - x
        centred = x - x.mean(-1, keepdim=True) -> centred = x.mean(-1, keepdim=True)
        x - x.mean -> x - x.sum
            your y isn't the output of LayerNorm, which is x minus its mean, divided by
            the root
        (grad * y).mean -> (grad * y).sum
        and grad.mean -> grad.sum
        (grad * y).mean -> (grad * y).sum
        grad.mean -> grad.sum
            you subtracted a sum. Subtract the mean over the vector instead
        square().mean -> square().sum
            you summed the squares. The variance is their mean, so divide by d
        centred.square() -> centred
            you didn't square the numbers, so the variance comes out as 0. Square them
            before you take the mean
        square().mean(-1, keepdim=True) -> square()
            you left out the mean of the squares, so every number has its own variance.
            Average over the vector
        torch.sqrt(variance + eps) -> (variance + eps)
            you divided by the variance. Divide by its square root
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
            one of your means runs over the wrong axis. All of them run over the vector,
            axis -1, however many axes come before it
        (grad * y).mean(-1, keepdim=True) -> grad * y
        (grad * y).mean -> grad.mean
        grad * y -> grad / y
        along * y) -> along / y)
        along * y) -> along)
        along * y) -> y)
            you didn't subtract the part along y. It is the mean of grad * y, times y
        grad - grad.mean(-1, keepdim=True) -> grad - grad
        grad - grad.mean(-1, keepdim=True) -> grad.mean(-1, keepdim=True) - grad
        grad - grad.mean -> grad.mean
            start from grad, and subtract the two parts from it
    """,
)


EXERCISES = (LAYER_NORM, RMS_NORM, AS_TORCH, BRANCH_NORM, NORM_BACKWARD)
