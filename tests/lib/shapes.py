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
the same until the call ends (in a notebook: until the cell ends).

The source is not traced line by line with `sys.settrace`: a tracer does not see what an
expression returned, and gets in the way of coverage.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import operator
import re
import sys
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

from gpt1.check import verdict

AXES = {"batch", "time", "past", "width", "heads", "head_size", "vocab"}
AXES |= {"feed_forward", "context", "layers"}
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
    """One shape comment."""

    place: str
    text: str
    dims: list[ast.expr]
    each: bool
    reached: int = 0


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
        global_sizes: whether integers among the globals say what names mean. They are
            about the example of a chapter, and not about the cases of a check.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    namespace: dict = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    global_sizes: bool = True

    def __post_init__(self):
        self.namespace.setdefault("__name__", "traced")
        self.namespace[CHECK] = self._check

    def run(self, source: str, filename: str) -> None:
        """Execute the source, checking what it reaches.

        Raises:
            ShapeError: a comment is not true or is attached to nothing.
        """
        tree = ast.parse(source, filename)
        found = self.find(source, filename)
        Attach(found, self.comments).visit(tree)
        if loose := [comment.place for comment in found.values()]:
            raise ShapeError(f"{loose[0]}: no statement ends on this line")
        ast.fix_missing_locations(tree)
        # For inspect.getsource and tracebacks.
        linecache.cache[filename] = (len(source), None, source.splitlines(True), "")
        exec(compile(tree, filename, "exec"), self.namespace)

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
        for tensor in list(value) if comment.each else [value]:
            if not hasattr(tensor, "shape"):
                kind = type(tensor).__name__
                hint = "; for several tensors write `each (...)`" * (kind == "tuple")
                raise ShapeError(f"{comment.place}: a {kind} has no shape{hint}")
            self._compare(comment, tuple(tensor.shape), bound, scope)
        comment.reached += 1
        return value

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
        for axis in order:
            self._bind(dims[axis], shape[axis], bound, scope)
            size = self._size(dims[axis], bound, scope)
            if size is None:
                unknown = ast.unparse(dims[axis])
                raise ShapeError(f"{told}: {unknown} means nothing here")
            if size != shape[axis]:
                raise ShapeError(f"{told}: axis {axis} should be {size}")

    def _bind(self, dim: ast.expr, size: int, bound: dict, scope: dict) -> None:
        """Give a name that has no meaning yet the one that fits: n, or n in n + 3."""
        if isinstance(dim, ast.Name) and self._size(dim, bound, scope) is None:
            bound[dim.id] = size
        elif isinstance(dim, ast.BinOp) and isinstance(dim.op, ast.Add):
            for unknown, known in ((dim.left, dim.right), (dim.right, dim.left)):
                rest = self._size(known, bound, scope)
                if rest is not None and size >= rest:
                    self._bind(unknown, size - rest, bound, scope)

    def _size(self, dim: ast.expr, bound: dict, scope: dict) -> int | None:
        """Return what a dimension says, None where a name has no meaning yet."""
        if isinstance(dim, ast.Constant):
            return dim.value
        if isinstance(dim, ast.Name):
            example = self.namespace if self.global_sizes else {}
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
        return ast.Expr(self._call(comment, value))

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


def run_notebook(path: Path) -> Traced:
    """Run a notebook's code, then its folded solutions, and return what was checked.

    Cells tagged `nbval-skip` are left out; one tagged `raises-exception` may fail, as
    it does in Jupyter, but not by a shape comment. All share one namespace, as in a
    kernel, and each solution has to pass the check of its exercise.
    """
    namespace = {"__name__": "__main__", "display": lambda *values, **options: None}
    traced = Traced(namespace=namespace)
    cells = json.loads(path.read_text("utf8"))["cells"]
    for number, cell in enumerate(cells):
        tags = set(cell["metadata"].get("tags", []))
        if cell["cell_type"] != "code" or "nbval-skip" in tags:
            continue
        try:
            traced.run("".join(cell["source"]), f"{path.name}[cell {number}]")
        except ShapeError:
            raise
        except Exception:
            if not tags & {"raises-exception", "nbval-raises-exception"}:
                raise
    for number, (source, checks) in enumerate(solutions(cells), start=1):
        place = f"{path.name}[solution {number}]"
        traced.run(source, place)
        for name, answer in checks:
            traced.global_sizes = False
            said = verdict(name, namespace[answer])
            traced.global_sizes = True
            if not said.startswith("right"):
                raise AssertionError(f"{place}: {name}: {said}")
    return traced


def solutions(cells: list[dict]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The Python of each folded solution, with the checks of its exercise's cell."""
    found, checks = [], []
    for cell in cells:
        text = "".join(cell["source"])
        if "exercise" in cell["metadata"].get("tags", []):
            checks = re.findall(r'^check\("([a-z0-9-]+)", (\w+)\)$', text, re.MULTILINE)
        for fold in re.findall(r"(?s)<summary>Solution</summary>(.*?)</details>", text):
            for code in re.findall(r"(?s)```python\n(.*?)```", fold):
                found.append((code, checks))
                checks = []
    return found


def main() -> None:
    """Check one notebook: the process ends with an error unless all comments hold."""
    traced = run_notebook(Path(sys.argv[1]))
    if places := traced.unreached():
        sys.exit("never reached: " + ", ".join(places))
    print(len(traced.comments), "shape comments hold, and all solutions run")


if __name__ == "__main__":
    main()
