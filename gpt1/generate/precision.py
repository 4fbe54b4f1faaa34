"""Writing faster: the same model, with its weights laid out or rounded for writing.

    >>> quick = faster(model, "int8")
    >>> text = write_text(quick, tokenizer, "Once there was")

To write one token, every weight is read once and used for one multiplication: the time
is that of reading. So half the bits are half the time, almost, and a quarter is less
still. The products are PyTorch's own kernels:

- float32: oneDNN's, from weights that are laid out once for it. The numbers stay, but
  for the order in which they are added up.
- bf16: the same, with weights and activations rounded to 8 significant bits.
- int8: weights rounded to one of 255 steps, with a scale for each row of a matrix; the
  step is 1/127 of the row's largest value. Activations are bf16. The embedding, which
  is also the output matrix, stays one matrix.

Attention is computed in float32 on a CPU: for one query, PyTorch's kernel is several
times slower in bf16. So keys and values that are kept are float32 there, too.

The first two are what `torch.compile` uses for a frozen model, the third what torchao
and gpt-fast use for weights of 8 bits, here without compiling.
"""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.inputs import check_targets
from gpt1.model import GPT
from gpt1.speed.products import has_onednn, multiplied

PRECISIONS = ("float32", "bf16", "int8")
"""What a model can be written with."""

LARGE = 2**19
"""Matrices from this many values on gain by another layout; smaller ones stay."""

ROWS = 32
"""From this many positions on, int8 weights are widened once for all of them."""


def faster(model, precision="float32"):
    """A copy of a model for `generate`, `stream` and `write_text`, faster than it.

    It gives logits, keeps a cache and measures losses as the model does, without
    gradients. What stays as it was it shares with the model. Move the model to its
    device before; train and save the model itself, not the copy. In bf16 and int8 two
    tokens that are almost equally likely may change places, also between a text alone
    and the same beside others.

    Args:
        model: a `GPT`. Of a small one, such as tales-tiny, few matrices are large
            enough to gain.
        precision: "float32", the same numbers to rounding, faster on a CPU; "bf16",
            half the memory, on any device; "int8", a quarter of it, on a CPU.

    Returns:
        A `FastGPT` in evaluation mode.

    Raises:
        ValueError: the precision is unknown; the model is a `FastGPT` already, or
            another than `GPT`; or int8 is not to be had: on another device than a CPU,
            or with a PyTorch that lacks its kernel.
    """
    _check(model, precision)
    # deepcopy takes what the memo has for a part: no weight is copied to be replaced.
    parts = [part for part in model.modules() if isinstance(part, nn.Linear)]
    memo = {id(part): _linear(part.weight, part.bias, precision) for part in parts}
    drops = [part for part in model.modules() if isinstance(part, nn.Dropout)]
    memo |= {id(part): nn.Identity() for part in drops}  # each call costs its time
    matrix = model.token_embedding.weight
    output = _linear(matrix, None, precision)
    if precision == "int8":
        memo[id(model.token_embedding)] = Int8Embedding(output)
    kept = model.parameters() if precision == "float32" else []
    memo |= {id(parameter): parameter for parameter in kept}
    fast = copy.deepcopy(model, memo)
    fast.__class__, fast.output = FastGPT, output
    if precision != "float32":
        fast.to(torch.bfloat16)
    if isinstance(output, nn.Linear):  # it was not laid out, so it can stay tied
        output.weight = fast.token_embedding.weight
    if precision != "float32" and matrix.device.type == "cpu":
        _widen(fast)
    return fast.eval()


class FastGPT(GPT):
    """A GPT whose linear layers are made for writing; `faster` makes it.

    Attributes:
        output: what makes logits, a module like the linear layers.
    """

    def train(self, mode=True):
        """Stays in evaluation mode: there is no dropout to turn on.

        Args:
            mode: not used.
        """
        return super().train(False)

    @torch.no_grad()
    def hidden(self, ids, *, cache=None):
        """The final state of each position, as `GPT.hidden`, without gradients."""
        return super().hidden(ids, cache=cache)

    @torch.no_grad()
    def logits(self, hidden):
        """Scores for the next token, as `GPT.logits`.

        Args:
            hidden: (batch, time, width), or without one of the first two axes.

        Returns:
            (batch, time, vocab), float32: in bf16, finding the largest is slow.
        """
        return self.output(hidden).float()  # (batch, time, vocab)

    def loss(self, ids, targets=None):
        """Mean cross-entropy in nats per token, as `GPT.loss`, without gradients."""
        if targets is None:
            ids, targets = ids[:, :-1], ids[:, 1:]  # each (batch, time)
        targets = check_targets(targets, ids, self.config)  # (batch, time)
        logits = self(ids).flatten(0, 1)  # (batch * time, vocab)
        return F.cross_entropy(logits, targets.flatten())

    def save_pretrained(self, directory):
        """Refuses: the weights are no longer those that were learned.

        Raises:
            ValueError: always.
        """
        raise ValueError("this copy is for writing: save the model it was made from")


class PackedLinear(nn.Module):
    """A linear layer whose weights are laid out for oneDNN, once.

    `F.linear` leaves them as they are, and its product reads them more slowly.

    Args:
        weight: (out, in), on a CPU, in float32 or bf16.
        bias: (out,), or None.
    """

    def __init__(self, weight, bias=None):
        super().__init__()
        # No buffers: what is laid out for a kernel has no other type or device.
        self.packed = torch.ops.mkldnn._reorder_linear_weight(weight, 1)
        self.bias = bias

    def forward(self, x):
        """The product of the last axis: (..., in) to (..., out)."""
        return multiplied(x, self.packed, self.bias)


class Int8Linear(nn.Module):
    """A linear layer of 8-bit weights, one scale a row, and bf16 activations.

    Args:
        weight: (out, in), any floating type.
        bias: (out,), or None.

    Attributes:
        weight: int8, (out, in), from -127 to 127.
        scale: bf16, (out,); `weight` times it is nearly what was given.
    """

    def __init__(self, weight, bias=None):
        super().__init__()
        weight, scale = quantized(weight)
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", None if bias is None else bias.bfloat16())

    def forward(self, x):
        """The product of the last axis: (..., in) to (..., out), bf16."""
        rows = x.contiguous().view(-1, x.size(-1))  # (rows, in)
        # The kernel reads past the end of a row of another length, and says nothing.
        if len(rows) < ROWS and rows.size(1) % 32 == 0:
            out = torch._weight_int8pack_mm(rows, self.weight, self.scale)
        else:
            out = F.linear(rows, self.weight.to(x.dtype)) * self.scale  # (rows, out)
        out = out.view(*x.shape[:-1], -1)
        return out if self.bias is None else out.add_(self.bias)


class Converted(nn.Module):
    """A linear layer of bf16 activations that takes any floating type and gives one.

    Args:
        linear: the layer.
        kind: the type of what it gives.
    """

    def __init__(self, linear, kind):
        super().__init__()
        self.linear, self.kind = linear, kind

    def forward(self, x):
        """The product of the last axis: (..., in) to (..., out)."""
        return self.linear(x.bfloat16()).to(self.kind)  # (..., out)


class Int8Embedding(nn.Module):
    """The rows of an `Int8Linear`, read one by one: the input of tied weights.

    Args:
        linear: the `Int8Linear` whose matrix it shares, (vocab, width).
    """

    def __init__(self, linear):
        super().__init__()
        self.register_buffer("weight", linear.weight)
        self.register_buffer("scale", linear.scale)

    def forward(self, ids):
        """Embeddings in bf16: (batch, time) to (batch, time, width)."""
        rows = self.weight[ids].to(self.scale.dtype)  # (batch, time, width)
        return rows * self.scale[ids].unsqueeze(-1)  # (batch, time, width)


def quantized(weight):
    """A matrix in 8 bits, and the scale of each row.

    Args:
        weight: (rows, columns), any floating type.

    Returns:
        int8, (rows, columns), from -127 to 127, and bf16, (rows,). Their product is
        off by half a scale at most: rounding makes a scale smaller by 1/512 of it at
        most, and 127 steps by a quarter of one.
    """
    weight = weight.float()
    scale = weight.abs().amax(dim=1) / 127  # (rows,)
    # Rounded before the weights are: so the weights make up for it.
    scale = scale.clamp(min=torch.finfo(torch.float32).tiny).bfloat16()
    steps = (weight / scale.float().unsqueeze(1)).round()  # (rows, columns)
    return steps.to(torch.int8), scale


def _check(model, precision):
    if precision not in PRECISIONS:
        raise ValueError(
            f"precision must be {', '.join(PRECISIONS)}, got {precision!r}"
        )
    if type(model) is not GPT:
        raise ValueError(f"faster takes a GPT, got a {type(model).__name__}")
    device = model.token_embedding.weight.device.type
    if precision == "int8" and device != "cpu":
        raise ValueError(f"precision int8 is for a CPU, not for {device}: use bf16")
    if precision == "int8" and not hasattr(torch, "_weight_int8pack_mm"):
        raise ValueError(
            f"precision int8 needs a kernel that PyTorch {torch.__version__} lacks: "
            f"use bf16"
        )


@torch.no_grad()
def _linear(weight, bias, precision):
    """A module that multiplies by these weights in this precision."""
    weight, bias = weight.detach(), None if bias is None else bias.detach()
    if precision == "int8":
        return Int8Linear(weight, bias)
    kind = torch.float32 if precision == "float32" else torch.bfloat16
    weight, bias = weight.to(kind), None if bias is None else bias.to(kind)
    if weight.numel() >= LARGE and _packs(weight):
        return PackedLinear(weight, bias)
    plain = nn.Linear(*reversed(weight.shape), bias=bias is not None, device="meta")
    plain.weight = nn.Parameter(weight, requires_grad=False)
    if bias is not None:
        plain.bias = nn.Parameter(bias, requires_grad=False)
    return plain


def _widen(model):
    """Let attention compute in float32, in a model of bf16."""
    for block in model.blocks:
        part = block.attention
        part.query_key_value = Converted(part.query_key_value, torch.float32)
        part.projection = Converted(part.projection, torch.bfloat16)


def _packs(weight):
    """Whether oneDNN is there to lay this weight out, and has its type."""
    ops = torch.ops.mkldnn
    there = has_onednn() and hasattr(ops, "_reorder_linear_weight")
    if weight.device.type != "cpu" or not there:
        return False
    return weight.dtype == torch.float32 or ops._is_mkldnn_bf16_supported()
