"""What a piece of code defines, in a form that two pieces can be compared in.

Docstrings, comments and annotations do not count, nor where a line is broken; a class
may be built in several steps:

    class Block(nn.Module): ...
    def forward(self, x): ...
    Block.forward = forward
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field

WRAPPERS = {"classmethod", "property", "staticmethod"}


@dataclass
class Class:
    """A class as its head, the statements of its body, and its methods by name."""

    head: str
    body: list[str]
    methods: dict[str, str]


@dataclass
class Definitions:
    """All that some cells, or a module, define: code by name."""

    functions: dict[str, str] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    loose: dict[str, str] = field(default_factory=dict)

    def read(self, source: str) -> None:
        """Add what a cell defines; attached functions move into their class."""
        for node in Plain().visit(ast.parse(source)).body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = as_class(node)
            elif isinstance(node, ast.FunctionDef):
                self.functions[node.name] = ast.unparse(node)
            elif is_attachment(node):
                self._attach(node)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.loose[node.targets[0].id] = ast.unparse(node)

    def _attach(self, node: ast.Assign) -> None:
        """Follow `Class.name = function`, or `= classmethod(function)`."""
        target, value, decorators = node.targets[0], node.value, []
        while isinstance(value, ast.Call):
            decorators.append(ast.unparse(value.func))
            value = value.args[0]
        function = ast.parse(self.functions.pop(value.id)).body[0]
        function.decorator_list[:0] = [ast.Name(name) for name in decorators]
        function.name = target.attr
        owner = self.classes[target.value.id]
        owner.methods[target.attr] = ast.unparse(function)


class Plain(ast.NodeTransformer):
    """Take docstrings and annotations away."""

    def _plain(self, node):
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self._plain(node)

    visit_ClassDef = visit_Module = _plain  # noqa: N815

    def visit_arg(self, node):
        node.annotation = None
        return node


def as_class(node: ast.ClassDef) -> Class:
    methods = {n.name: ast.unparse(n) for n in node.body if is_function(n)}
    rest = [n for n in node.body if not is_function(n) and not is_remark(n)]
    body = [ast.unparse(n) for n in rest if not isinstance(n, ast.Pass)]
    node.body = [ast.Pass()]
    return Class(ast.unparse(node), body, methods)


def is_function(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef)


def is_remark(node: ast.stmt) -> bool:
    """Tell whether the statement is a text alone, as below a dataclass's field."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_attachment(node: ast.stmt) -> bool:
    """Tell whether this is `Class.name = function`, perhaps wrapped."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if not isinstance(target, ast.Attribute):
        return False
    value = node.value
    while isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
        if ast.unparse(value.func) not in WRAPPERS | {"torch.no_grad()"}:
            return False
        value = value.args[0]
    return isinstance(value, ast.Name) and isinstance(target.value, ast.Name)


def differences(chapter: Definitions, package: Definitions) -> list[str]:
    """Say where what a chapter defines is not the package's, one finding a line."""
    found = []
    for name, code in chapter.functions.items():
        found += compare(name, code, package.functions.get(name))
    for name, code in chapter.loose.items():
        if name in package.loose:
            found += compare(name, code, package.loose[name])
    for name, here in chapter.classes.items():
        there = package.classes.get(name)
        if there is None:
            found.append(f"{name}: the package has no such class")
            continue
        found += compare(name, here.head, there.head)
        found += compare(f"{name}, body", "\n".join(here.body), "\n".join(there.body))
        for method in there.methods.keys() - here.methods.keys():
            found.append(f"{name}.{method}: the chapter does not define it")
        for method, code in here.methods.items():
            found += compare(f"{name}.{method}", code, there.methods.get(method))
    return found


def compare(name: str, here: str, there: str | None) -> list[str]:
    if there is None:
        return [f"{name}: the package has no such name"]
    if here == there:
        return []
    texts = there.split("\n"), here.split("\n")
    lines = difflib.unified_diff(*texts, "package", "chapter", lineterm="", n=1)
    return [f"{name}:\n" + "\n".join(lines)]
