"""Check shape comments, such as `# (batch, heads, time, head_size)`, by running code.

`Traced` compiles a piece of source so that every line with a shape comment hands its
tensor over, with the integers that are in scope, and compares the two. What a comment
may say, and on which line:

    x = f(y)              # (batch, time, 3 * width)     what the line assigned
    a, b = f(y)           # each (batch, time)           all that it assigned
    return f(y)           # (batch, time)                what it returns
    f(y)                  # (batch, time)                what a bare expression is
    def f(x,              # (batch, time)                what a parameter is given
    (..., time, width)                                   any axes in front

A dimension is an integer, a name, or arithmetic on them. A name means, in this order:
the integer variable of that name (local, then global), the size that the caller of
`Traced` gave it, or, at first sight within a call, whatever fits; it must then stay
the same until the call ends (in a notebook: until the cell ends). What fits must not be
what another of the AXES is that the comment does not name: else `# (width, 15)` would
pass for a tensor `(time, 15)`.

The source is not traced line by line with `sys.settrace`: a tracer does not see what an
expression returned, and gets in the way of coverage.
"""

from __future__ import annotations

import ast
import io
import linecache
import operator
import re
import tokenize
from dataclasses import dataclass, field

AXES = {"batch", "time", "past", "width", "heads", "head_size", "vocab"}
AXES |= {"feed_forward", "context", "layers"}
STEADY = AXES - {"past"}  # which meets every size as it grows
ALIKE = [{"time", "context"}, {"head_size", "width"}]
"""Axes that may well have one size: a full window, a single head."""
SHAPE = re.compile(r"#\s*(each\s+)?(\(.*\))\s*$")
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
CHECK = "__check_shape__"
BOUND = "__bound_sizes__"


class ShapeError(AssertionError):
    """A shape comment is not true, or cannot be checked."""


@dataclass
class Comment:
    """One shape comment, and the cases in which it was true, with what names meant."""

    place: str
    text: str
    dims: list[ast.expr]
    each: bool
    reached: int = 0
    held: dict[tuple, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self):
        self.names = tuple(sorted(AXES.union(*map(names, self.dims))))


def parse(comment: str) -> tuple[list[ast.expr], bool] | None:
    """Return the dimensions of a shape comment, None where it is a remark in words."""
    if not (match := SHAPE.fullmatch(comment.strip())):
        return None
    try:
        shape = ast.parse(match[2], mode="eval").body
    except SyntaxError:
        return None
    if isinstance(shape, ast.Tuple):
        dims = shape.elts
    elif names(shape) & AXES:
        dims = [shape]
    else:
        return None  # one word, or a year, in parentheses
    return (dims, bool(match[1])) if all(map(is_dimension, dims)) else None


def is_dimension(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        known = type(node.op) in OPERATORS
        return known and is_dimension(node.left) and is_dimension(node.right)
    if isinstance(node, ast.Constant):
        return node.value is ... or type(node.value) is int
    return isinstance(node, ast.Name)


def names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def seems_a_shape(comment: str) -> bool:
    """Tell whether a remark lists two axes or more: it was meant to be checked."""
    listed = re.findall(r"\(([^()]*,[^()]*)\)", comment)
    return any(len(AXES & set(re.findall(r"\w+", words))) > 1 for words in listed)


@dataclass
class Traced:
    """Source whose shape comments are checked while it runs in `namespace`.

    Args:
        sizes: integers for names that are not variables in the code.
        namespace: the globals of the code; several pieces may share them.
        example: whether integers among the globals say what names mean, and different
            axes have different sizes: both hold in a chapter's example, and not in the
            cases of a check.
        false: what was wrong until now.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    namespace: dict = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    example: bool = True
    false: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.namespace.setdefault("__name__", "traced")
        self.namespace[CHECK] = self._check

    def run(self, source: str, filename: str) -> None:
        """Execute the source, checking what it reaches.

        Raises:
            ShapeError: a comment is not true or is attached to nothing.
        """
        tree = ast.parse(source, filename)
        self.attach(tree, source, filename)
        ast.fix_missing_locations(tree)
        # For inspect.getsource and tracebacks.
        linecache.cache[filename] = (len(source), None, source.splitlines(True), "")
        exec(compile(tree, filename, "exec"), self.namespace)

    def attach(self, tree: ast.Module, source: str, filename: str) -> None:
        """Put the checks of the source's comments into its syntax tree."""
        found = self.find(source, filename)
        Attach(found, self.comments).visit(tree)
        if loose := [comment.place for comment in found.values()]:
            raise ShapeError(f"{loose[0]}: no statement ends on this line")

    def unreached(self) -> list[str]:
        """Return the places of the comments that nothing has checked yet."""
        return [comment.place for comment in self.comments if not comment.reached]

    def find(self, source: str, filename: str) -> dict[int, Comment]:
        found = {}
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.COMMENT:
                continue
            line, place = token.start[0], f"{filename}:{token.start[0]}"
            if parsed := parse(token.string):
                comment = Comment(place, token.string, *parsed)
                found[line] = comment
                self.comments.append(comment)
            elif seems_a_shape(token.string):
                raise ShapeError(f"{place}: cannot be checked: {token.string}")
        return found

    def _check(self, number: int, value, bound: dict, scope: dict):
        comment = self.comments[number]
        comment.reached += 1
        case = self._case(comment, value, bound, scope)
        if case in comment.held:  # as in the step of training before this one
            bound.update(comment.held[case])
            return value
        try:
            for tensor in list(value) if comment.each else [value]:
                if not hasattr(tensor, "shape"):
                    kind = type(tensor).__name__
                    hint = "; for several tensors write `each (...)`"
                    hint = hint if kind == "tuple" else ""
                    raise ShapeError(f"{comment.place}: a {kind} has no shape{hint}")
                self._compare(comment, tuple(tensor.shape), bound, scope)
        except ShapeError as error:
            self.false.append(str(error))
            raise
        if case is not None:
            comment.held[case] = dict(bound)
        return value

    def _case(self, comment, value, bound, scope) -> tuple | None:
        """All that the comparison of a tensor depends on; None for several tensors."""
        shape = getattr(value, "shape", None)
        if comment.each or shape is None:
            return None
        known = [shape, self.example, tuple(bound.items())]
        for sizes in (scope, self.namespace) if self.example else (scope,):
            for name in comment.names:
                size = sizes.get(name)
                known.append(size if type(size) is int else None)
        return tuple(known)

    def _compare(self, comment, shape, bound, scope):
        dims = comment.dims
        if dims and isinstance(dims[0], ast.Constant) and dims[0].value is ...:
            dims = dims[1:]
            shape = shape[max(len(shape) - len(dims), 0) :]
        told = f"{comment.place}: the comment says {comment.text}, the tensor {shape}"
        if len(dims) != len(shape):
            raise ShapeError(told)
        # First the plain names, so that `past + time` may come before `time`.
        order = sorted(
            range(len(dims)), key=lambda i: not isinstance(dims[i], ast.Name)
        )
        before = set(bound)
        for axis in order:
            self._bind(dims[axis], shape[axis], bound, scope)
            size = self._size(dims[axis], bound, scope)
            if size is None:
                unknown = ast.unparse(dims[axis])
                raise ShapeError(f"{told}: {unknown} means nothing here")
            if size != shape[axis]:
                raise ShapeError(f"{told}: axis {axis} should be {size}")
        fits = {name: bound[name] for name in bound.keys() - before}
        said = set().union(*map(names, dims))
        if other := self._confused(said, fits, bound, scope):
            raise ShapeError(f"{told}: {other}")

    def _bind(self, dim: ast.expr, size: int, bound: dict, scope: dict) -> None:
        """Give a name that has no meaning yet the one that fits: n, or n in n + 3."""
        if isinstance(dim, ast.Name) and self._size(dim, bound, scope) is None:
            bound[dim.id] = size
        elif isinstance(dim, ast.BinOp) and isinstance(dim.op, ast.Add):
            for unknown, known in ((dim.left, dim.right), (dim.right, dim.left)):
                rest = self._size(known, bound, scope)
                if rest is not None and size >= rest:
                    self._bind(unknown, size - rest, bound, scope)

    def _confused(self, said: set, fits: dict, bound: dict, scope: dict) -> str | None:
        """Name an axis that just got the size of one that the comment does not name."""
        if not self.example:
            return None
        for name in STEADY & set(fits):
            for other in STEADY - said:
                size = self._size(ast.Name(other), bound, scope)
                if size == fits[name] and {name, other} not in ALIKE:
                    return f"{name} would be {size}, as {other} is"
        return None

    def _size(self, dim: ast.expr, bound: dict, scope: dict) -> int | None:
        """Return what a dimension says, None where a name has no meaning yet."""
        if isinstance(dim, ast.Constant):
            return dim.value
        if isinstance(dim, ast.Name):
            example = self.namespace if self.example else {}
            for known in (scope, example, self.sizes, bound):
                if type(known.get(dim.id)) is int:
                    return known[dim.id]
            return None
        left, right = (self._size(d, bound, scope) for d in (dim.left, dim.right))
        if left is None or right is None:
            return None
        return OPERATORS[type(dim.op)](left, right)


class Attach(ast.NodeTransformer):
    """Put a check behind each statement that ends on a line with a shape comment."""

    def __init__(self, found: dict[int, Comment], comments: list[Comment]):
        self.found = found
        self.comments = comments

    def visit_Module(self, node):
        self.generic_visit(node)
        node.body.insert(after_imports(node.body), forget())
        return node

    def visit_FunctionDef(self, node):
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        checks = []
        for argument in arguments:
            # The body's own statements come later than its first line.
            if argument.lineno in self.found and argument.lineno < node.body[0].lineno:
                comment = self.found.pop(argument.lineno)
                checks.append(self._after(comment, ast.Name(argument.arg, ast.Load())))
        self.generic_visit(node)
        start = 1 if ast.get_docstring(node) is not None else 0
        node.body[start:start] = [forget(), *checks]
        return node

    def _call(self, comment, value):
        number = self.comments.index(comment)
        arguments = [ast.Constant(number), value, ast.Name(BOUND, ast.Load())]
        arguments.append(ast.Call(ast.Name("locals", ast.Load()), [], []))
        return ast.Call(ast.Name(CHECK, ast.Load()), arguments, [])

    def _after(self, comment, value):
        # No expression: as a cell's last statement it would be shown.
        nothing = ast.Compare(
            self._call(comment, value), [ast.Is()], [ast.Constant(None)]
        )
        return ast.If(nothing, [ast.Pass()], [])

    def _assigned(self, node, target):
        comment = self.found.pop(node.end_lineno, None)
        if comment is None:
            return node
        source = ast.unparse(target)
        return [node, self._after(comment, ast.parse(source, mode="eval").body)]

    def visit_Assign(self, node):
        return self._assigned(node, node.targets[0])

    def visit_AugAssign(self, node):
        return self._assigned(node, node.target)

    def visit_AnnAssign(self, node):
        return self._assigned(node, node.target) if node.value else node

    def _valued(self, node):
        comment = self.found.pop(node.end_lineno, None)
        if comment is not None and node.value is not None:
            node.value = self._call(comment, node.value)
        return node

    visit_Return = visit_Expr = _valued  # noqa: N815


def after_imports(body: list[ast.stmt]) -> int:
    """Return where a statement may be put in front of a module's body."""
    for index, node in enumerate(body):
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        docstring = index == 0 and isinstance(node, ast.Expr)
        docstring = docstring and isinstance(node.value, ast.Constant)
        if not future and not docstring:
            return index
    return len(body)


def forget() -> ast.stmt:
    """Return the statement that starts a call, or a cell, with nothing bound."""
    return ast.parse(f"{BOUND} = {{}}").body[0]
