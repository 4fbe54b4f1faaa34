"""Products of float32 matrices by the faster of PyTorch's two libraries.

    >>> with fast_products():
    ...     loss = model.loss(ids, targets)

On a CPU PyTorch multiplies float32 matrices with MKL, Intel's library, which does not
use the 512-bit instructions of AMD's processors: there it reaches half of what oneDNN
does, the library that PyTorch has for bfloat16. Elsewhere MKL is as fast, and nothing
changes. The sums are made in another order, so the last digits differ.
"""

import functools
import platform
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode


class fast_products(TorchFunctionMode):  # noqa: N801  (used like a function)
    """A context in which `F.linear` of float32 on a CPU is computed by oneDNN.

    Only where that is faster, see `worth_it`. Everything else stays PyTorch's, and so
    does all of it under autocast and in a compiled function. So do the products inside
    PyTorch's attention. What was computed inside may be differentiated outside.
    """

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Called by PyTorch in place of each function that takes a tensor."""
        kwargs = kwargs or {}
        if function is F.linear and not torch.compiler.is_compiling():
            return linear(*args, **kwargs)
        return function(*args, **kwargs)


def linear(input, weight, bias=None):
    """`F.linear`, by oneDNN where that is possible and faster."""
    if not by_onednn(input, weight, *([] if bias is None else [bias])):
        return F.linear(input, weight, bias)
    return _Linear.apply(input, weight, bias)


def product(left, right):
    """`left @ right` of two matrices without a gradient, chosen in the same way."""
    return multiplied(left, right.t()) if by_onednn(left, right) else left @ right


def by_onednn(*tensors):
    """Whether these are multiplied by oneDNN: float32, on a CPU where it is faster."""
    if not worth_it() or torch.is_autocast_enabled("cpu"):
        return False
    return all(
        tensor.device.type == "cpu" and tensor.dtype == torch.float32 and tensor.numel()
        for tensor in tensors
    )


@functools.cache
def worth_it():
    """Whether this processor is AMD's with AVX-512, and PyTorch has oneDNN.

    A rule, not a measurement: a run that is resumed has to get the same numbers.
    """
    wide = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return has_onednn() and wide and "AMD" in maker()


def has_onednn():
    """Whether this PyTorch can be asked for oneDNN's product."""
    there = torch.backends.mkldnn.is_available()
    return there and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def maker():
    """Who made the processor, as Linux or Python tell."""
    try:
        return Path("/proc/cpuinfo").read_text("utf8").partition("flags")[0]
    except OSError:
        return platform.processor()


def multiplied(input, weight, bias=None):
    """`F.linear` by oneDNN, whose weight may be laid out for it; no gradient."""
    return torch.ops.mkldnn._linear_pointwise(input, weight, bias, "none", [], "")


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias):
        ctx.save_for_backward(input, weight)
        return multiplied(input, weight, bias)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, slope):
        input, weight = ctx.saved_tensors
        needs = ctx.needs_input_grad
        slope = slope.flatten(0, -2)  # (rows, out)
        to_input = to_weight = to_bias = None
        if needs[0]:
            to_input = multiplied(slope, weight.t()).view(input.shape)
        if needs[1]:
            rows = input.flatten(0, -2)  # (rows, in)
            to_weight = multiplied(slope.t(), rows.t())
        if needs[2]:
            to_bias = slope.sum(0)
        return to_input, to_weight, to_bias
