"""What happens in a model, module by module: `with trace(model): model(ids)`.

Works on any `nn.Module`: the book's GPT and its parts, your own classes, PyTorch's. The
table prints as text; `drawing()` shows the same as a picture.
"""

import sys
from dataclasses import dataclass, field

from torch import nn

from gpt1.count.ledger import aligned
from gpt1.inspect.equations import equation, legend
from gpt1.inspect.products import Products, storage
from gpt1.pictures.trace import flow_drawing


def trace(model, *, depth=None, show=True):
    """Watch a model while it runs.

    At the end of the block a table is printed, and in a notebook drawn::

        with trace(model):
            model(ids)

    To use the numbers, give it a name and let it be silent::

        with trace(model, show=False) as ledger:
            model(ids)
        print(ledger.flops)

    Nothing that the model computes changes. Its modules get forward hooks, which are
    removed at the end of the block, also where that ends in an error. Only what runs
    inside a call of a module is seen: `model(ids)`, not `model.hidden(ids)`. A compiled
    model cannot be watched.

    Args:
        model: any `nn.Module`.
        depth: how many levels of modules the table shows; those below are added up. 0
            is the model as one row, None shows all.
        show: whether the table is printed and drawn at the end.

    Returns:
        A `Trace`, to be entered by `with`.

    Raises:
        TypeError: `model` is not an `nn.Module`.
    """
    return Trace(model, depth=depth, show=show)


@dataclass
class Call:
    """A module's call, or a product of matrices that a module made by itself.

    Args:
        module: what was called; None for a product.
        name: from the model down: "blocks.0.attention".
        given: shapes of the tensors that came in.
        made: shapes of those that went out.
        flops: of its own, without its parts.
        parameters: of its own that no earlier row has, without its parts.
        equation: where the book defines it, "" if it does not.
        parts: the calls inside, in their order.
        times: how many calls in a row this stands for; all numbers are their sums.
        last: the name of the last of these.
        tied: the name of a parameter that takes part and belongs to another module.
    """

    module: nn.Module | None
    name: str
    given: list = field(default_factory=list)
    made: list = field(default_factory=list)
    flops: int = 0
    parameters: int = 0
    equation: str = ""
    parts: list = field(default_factory=list)
    times: int = 1
    last: str = ""
    tied: str = ""

    def inside(self):
        """All calls inside this one."""
        for part in self.parts:
            yield part
            yield from part.inside()


@dataclass(frozen=True)
class TraceRow:
    """One line of a `Trace`.

    Args:
        name: of the module or the product; that of the first if there are several.
        label: the last part of the name, and how many there are.
        depth: how deep it lies inside the model.
        kind: the name of the module's class, "product" for a product.
        given: shapes that came in, as text.
        made: shapes that went out, as text.
        parameters: of its own, each counted where it is first met.
        flops: of its own, forward.
        equation: where the book defines it: "A4" is marked so in the chapter Attention.
        times: how many alike follow each other; the numbers are those of all.
        tied: the name of a parameter that is used once more here, or "".
        inner: whether its parts follow as rows.
    """

    name: str
    label: str
    depth: int
    kind: str
    given: str
    made: str
    parameters: int
    flops: int
    equation: str
    times: int
    tied: str
    inner: bool


class Trace:
    """What happened, in the order of the calls. It prints as a table.

    Made by `trace`. Modules in a row that are alike, such as the blocks of a GPT, share
    their rows, whose numbers are those of all together, so each column adds up.

    Attributes:
        rows: a tuple of `TraceRow`, top to bottom.
    """

    def __init__(self, model, *, depth=None, show=True):
        if not isinstance(model, nn.Module):
            raise TypeError(
                f"trace watches an nn.Module, got {type(model).__name__}: give the "
                f"model itself, and call it inside the with block"
            )
        self.model, self.depth, self.show = model, depth, show
        self.names = {module: name for name, module in model.named_modules()}
        self.calls, self.open, self.rows = [], [], ()
        self._hooks, self._products = [], None

    def __enter__(self):
        self.calls, self.open, self.rows = [], [], ()
        for module in self.names:
            before = module.register_forward_pre_hook(self._begin, with_kwargs=True)
            self._hooks += [before, module.register_forward_hook(self._end)]
        stored = {storage(p): name for name, p in self.model.named_parameters()}
        self._products = Products(stored, self._product)
        self._products.__enter__()
        return self

    def __exit__(self, error, *more):
        try:
            self._products.__exit__(error, *more)
        finally:
            while self._hooks:
                self._hooks.pop().remove()
        self._finish()
        if error is None and self.show:
            self.display()

    @property
    def parameters(self) -> int:
        """Parameters of all modules that ran, each counted once."""
        return sum(row.parameters for row in self.rows)

    @property
    def flops(self) -> int:
        """FLOPs of the forward pass, two for each multiply-add, products alone."""
        return sum(row.flops for row in self.rows)

    @property
    def legend(self) -> str:
        """What the letters of the equations stand for."""
        return legend(row.equation for row in self.rows)

    def __getitem__(self, name) -> TraceRow:
        """The first row of a name, such as "blocks.0.attention.scores".

        Raises:
            KeyError: there is none; the message names those there are.
        """
        rows = {row.name: row for row in reversed(self.rows)}
        if name not in rows:
            known = ", ".join(dict.fromkeys(row.name for row in self.rows))
            raise KeyError(f"there is no {name!r} in this trace, only: {known}")
        return rows[name]

    def drawing(self):
        """The table as a picture, from top to bottom: a `Drawing`."""
        return flow_drawing(self)

    def display(self):
        """Print the table; in a notebook, draw it too."""
        print(self)
        kernel = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if self.rows and hasattr(kernel, "kernel"):
            from IPython.display import display

            display(self.drawing())

    def __str__(self):
        if not self.rows:
            return "no module ran: call the model itself inside the with block"
        table = [("module", "in", "out", "parameters", "FLOPs", "")]
        for row in self.rows:
            numbers = "tied" if row.tied else f"{row.parameters:,}", f"{row.flops:,}"
            if row.inner and not row.parameters and not row.flops:
                numbers = "", ""
            label = "  " * row.depth + row.label
            table.append((label, row.given, row.made, *numbers, row.equation))
        table.append(("total", "", "", f"{self.parameters:,}", f"{self.flops:,}", ""))
        return "\n".join(filter(None, (aligned(table, "<<<>><"), self.legend)))

    __repr__ = __str__

    def _begin(self, module, args, kwargs):
        call = Call(module, self.names[module], shapes((args, kwargs)))
        (self.open[-1].parts if self.open else self.calls).append(call)
        self.open.append(call)

    def _end(self, module, _args, made):
        # A call whose error was caught further up has not ended by itself.
        while self.open and self.open[-1].module is not module:
            self.open.pop()
        if self.open:
            self.open.pop().made = shapes(made)

    def _product(self, product):
        if self.open:
            self.open[-1].parts.append(product)

    def _finish(self):
        """From calls to rows."""
        self.open, seen = [], set()
        named = dict(self.model.named_parameters())
        for call in self.calls:
            self._settle(call, seen, named)
        calls = fold(self.calls)
        if self.depth is not None:
            calls = [cut(call, self.depth) for call in calls]
        root = type(self.model).__name__
        self.rows = tuple(row for call in calls for row in rows_of(call, root))

    def _settle(self, call, seen, named):
        """Give a call its own numbers, and its products a place among its parts."""
        called = [part for part in call.parts if isinstance(part, Call)]
        products = [part for part in call.parts if not isinstance(part, Call)]
        elsewhere = seen | {id(p) for part in called for p in part.module.parameters()}
        for parameter in call.module.parameters():
            if id(parameter) not in elsewhere:
                seen.add(id(parameter))
                call.parameters += parameter.numel()
        owner, _, attribute = call.name.rpartition(".")
        holder = self.model.get_submodule(owner) if call.name else None
        call.equation = equation(call.module, holder, attribute)
        alone = len(products) == 1 and not called
        if alone or type(call.module).__module__.startswith("torch.nn"):
            call.flops = sum(product.flops for product in products)
            call.parts = called
        for index, part in enumerate(call.parts):
            if isinstance(part, Call):
                self._settle(part, seen, named)
            else:
                call.parts[index] = own(part, call, elsewhere, named)


def own(product, call, elsewhere, named):
    """A product that a module computed by itself, as a call inside the module's."""
    place = f"{call.name}." if call.name else ""
    label = product.name.replace(f"@ {place}", "@ ", 1)
    tied = id(named.get(product.parameter)) in elsewhere
    made = Call(None, place + label, [product.given], [product.made], product.flops)
    made.equation = equation(None, call.module, label)
    made.tied = product.parameter if tied else ""
    return made


def shapes(value):
    """The shapes of all tensors in a value, however they are packed."""
    if hasattr(value, "shape"):
        return [tuple(value.shape)]
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (tuple, list)):
        return []
    return [shape for part in value for shape in shapes(part)]


def written(found):
    """Shapes as text; like ones once, and at most two."""
    if len(found) > 1 and len(set(found)) == 1:
        return f"each {found[0]}"
    more = ", ..." if len(found) > 2 else ""
    return ", ".join(map(str, found[:2])) + more


def fold(calls):
    """Calls in a row that are alike, as one."""
    folded = []
    for call in calls:
        call.parts = fold(call.parts)
        if folded and alike(folded[-1], call):
            merge(folded[-1], call)
        else:
            folded.append(call)
    return folded


def alike(first, other):
    """Whether two calls differ in nothing but their numbers in a list."""
    return (
        type(first.module) is type(other.module)
        and pattern(first) == pattern(other)
        and (first.given, first.made, first.flops // first.times)
        == (other.given, other.made, other.flops // other.times)
        and len(first.parts) == len(other.parts)
        and all(map(alike, first.parts, other.parts))
        and (other.module is first.module or size(other.module) == size(first.module))
    )


def pattern(call):
    return [("#" if part.isdigit() else part) for part in call.name.split(".")]


def size(module):
    return sum(parameter.numel() for parameter in module.parameters())


def merge(first, other):
    """Add another call's numbers to the first's."""
    first.times += other.times
    first.last = other.last or other.name
    first.flops += other.flops
    first.parameters += other.parameters
    for mine, theirs in zip(first.parts, other.parts, strict=True):
        merge(mine, theirs)


def cut(call, depth):
    """A call without what lies deeper, whose numbers are added up."""
    if depth == 0:
        inside = list(call.inside())
        call.flops += sum(part.flops for part in inside)
        call.parameters += sum(part.parameters for part in inside)
        call.parts = []
    call.parts = [cut(part, depth - 1) for part in call.parts]
    return call


def rows_of(call, root, above="", around=1, depth=0):
    """A call and its parts as rows; `around` is how many calls share the row above."""
    label = (call.name.removeprefix(f"{above}.") if above else call.name) or root
    if call.times > around and call.last == call.name:
        label += f", {call.times // around} times"
    elif call.times > around:
        label += f" to {last_number(call)}"
    elif label.isdigit():
        label += f" {type(call.module).__name__}"
    kind = "product" if call.module is None else type(call.module).__name__
    shapes = written(call.given), written(call.made)
    rest = call.parameters, call.flops, call.equation, call.times, call.tied
    place = call.name or root, label, depth
    yield TraceRow(*place, kind, *shapes, *rest, bool(call.parts))
    for part in call.parts:
        yield from rows_of(part, root, call.name, call.times, depth + 1)


def last_number(call):
    """Where two names differ, what the last has: "11" for blocks.0 and blocks.11."""
    pairs = zip(call.name.split("."), call.last.split("."), strict=True)
    return next(last for first, last in pairs if first != last)
