"""The products of matrices that run inside a program: their shapes and their FLOPs.

PyTorch shows a dispatch mode every operation just before it is computed, whoever asked
for it: `nn.Linear`, an `@`, the fused attention. `trace.py` gives each to its module.

Conventions are those of `gpt1.count`: a multiply and an add are two FLOPs, only
products count (of matrices, and convolutions), and attention counts all its scores,
the masked ones included. The fused kernels of `nn.LSTM` and its like hide their
products.
"""

from dataclasses import dataclass
from math import prod

import torch
from torch.utils._python_dispatch import TorchDispatchMode


@dataclass
class Product:
    """One product.

    Args:
        name: "scores" and "weighted values" for those of attention, otherwise "@" and
            the parameter that takes part, if one does.
        given: shape of the left factor.
        made: shape of the result.
        flops: two for each multiply-add.
        parameter: the name of the parameter that takes part, or None.
    """

    name: str
    given: tuple
    made: tuple
    flops: int
    parameter: str | None = None


MATRICES = dict.fromkeys(["aten::mm", "aten::bmm", "aten::mv", "aten::dot"], (0, 1))
MATRICES |= dict.fromkeys(["aten::addmm", "aten::addmv", "aten::baddbmm"], (1, 2))
"""Operations, and which of their arguments are the factors."""

VIEWS = {"aten::view", "aten::_unsafe_view"}
FUSED = "aten::_scaled_dot_product_"
CONVOLUTION = "aten::convolution"
WHOLE_LAYER = "aten::_native_multi_head_attention"


class Products(TorchDispatchMode):
    """While it is entered, reports each product that is computed.

    Args:
        names: a dictionary from `storage(parameter)` to the parameter's name.
        report: is called with each `Product`. The mode may still correct the shapes
            of the last one, since batched products are computed on flattened axes.
    """

    def __init__(self, names, report):
        super().__init__()
        self.names, self.report = names, report
        self.result = self.product = None

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = func._schema.name
        if name not in MATRICES and not name.startswith(FUSED):
            # Under torch.inference_mode operations arrive whole.
            with self:
                made = func.decompose(*args, **kwargs)
            if made is not NotImplemented:
                return made
        made = func(*args, **kwargs)
        if name in MATRICES:
            self.matrices(*(args[place] for place in MATRICES[name]), made)
        elif name.startswith(FUSED):
            self.attention(*args[:3])
        elif name == CONVOLUTION:
            self.convolution(args[0], args[1], made, transposed=args[6])
        elif name == WHOLE_LAYER:
            self.whole_layer(args[0], args[1])
        elif name in VIEWS and args[0] is self.result:
            self.unflatten(made)
        return made

    def matrices(self, left, right, made):
        """Note a product of two matrices, or of two stacks of them."""
        flops = 2 * left.numel() * (right.shape[-1] if right.dim() > 1 else 1)
        parameter = self.names.get(storage(left)) or self.names.get(storage(right))
        before = self.product
        product = Product("@", tuple(left.shape), tuple(made.shape), flops, parameter)
        if parameter:
            product.name = f"@ {parameter}"
        elif before is not None and weights_and_values(before, left, made):
            before.name, product.name = "scores", "weighted values"
        self.result, self.product = made, product
        self.report(product)

    def unflatten(self, made):
        """The last product's result gets its axes back: so do both shapes."""
        if made.shape[-1:] == self.result.shape[-1:]:
            inner = self.product.given[-1:]
            self.product.made = tuple(made.shape)
            self.product.given = (*made.shape[:-1], *inner)
            self.result = made

    def attention(self, query, key, value):
        """Note the two products of a fused attention."""
        scores = (*query.shape[:-1], key.shape[-2])
        mixed = (*query.shape[:-1], value.shape[-1])
        for name, given, made, inner in (
            ("scores", tuple(query.shape), scores, query.shape[-1]),
            ("weighted values", scores, mixed, key.shape[-2]),
        ):
            self.report(Product(name, given, made, 2 * prod(made) * inner))
        self.result = self.product = None

    def convolution(self, given, weight, made, transposed):
        """Note a convolution."""
        flops = 2 * prod(weight.shape[1:]) * (given if transposed else made).numel()
        parameter = self.names.get(storage(weight))
        shapes = tuple(given.shape), tuple(made.shape)
        self.result = self.product = None
        self.report(Product(f"@ {parameter or ''}".strip(), *shapes, flops, parameter))

    def whole_layer(self, query, key):
        """Note the six products of PyTorch's own layer, which come as one operation."""
        width, shape = query.shape[-1], tuple(query.shape)
        flops = 8 * query.numel() * width + 4 * query.numel() * key.shape[-2]
        self.result = self.product = None
        self.report(Product("@", shape, shape, flops))


def weights_and_values(before, left, made):
    """Whether two products in a row are attention's: Q @ Kᵀ, and softmax of it @ V."""
    return (
        before.parameter is None
        and left.dim() >= 2
        and left.numel() == prod(before.made)
        and left.shape[-2:] == before.made[-2:]
        and made.shape[-2] == before.given[-2]
    )


def storage(tensor):
    """What two tensors have in common that share their numbers."""
    return tensor.untyped_storage()._cdata if tensor.layout is torch.strided else None
