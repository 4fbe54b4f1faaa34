"""Wrong answers made mechanically: the chapters' solutions with one thing changed.

`mutants(code, names)` gives them one by one: an operator, a comparison, a constant, an
order of arguments, a call, a keyword or a statement is another, or is gone.
"""

import ast
import copy
import linecache
from itertools import count

OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
PAIRS = """
    min max, sum mean, argmin argmax, any all, tril triu, zeros ones,
    zeros_like ones_like, floor ceil, log exp
"""
NAMES = {"log1p": "log", "expm1": "exp", "log2": "log", "log10": "log"}
for one, other in map(str.split, PAIRS.split(",")):
    NAMES |= {one: other, other: one}
KEPT = (ast.Pass, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.MatMult)


def mutants(code, names):
    """Mutants of the functions and classes of a solution that are needed for `names`.

    Args:
        code: the solution's source.
        names: what is checked; other statements, such as trials, are left out.

    Yields:
        Pairs of what changed, "line -> line", and the whole source.
    """
    tree = ast.parse(code)
    tree.body = needed(tree.body, names)
    seen = {ast.unparse(tree)}
    strict = [node.value for node in ast.walk(tree) if is_strict(node)]
    for number, node in enumerate(ast.walk(tree)):
        if node in strict:
            continue
        for change in range(len(list(changes(node)))):
            spoilt = copy.deepcopy(tree)
            target = list(ast.walk(spoilt))[number]
            list(changes(target))[change]()
            text = ast.unparse(ast.fix_missing_locations(spoilt))
            if text not in seen:
                seen.add(text)
                yield told(ast.unparse(tree), text), text


def is_strict(node):
    """What `zip` is strict about is no matter of an exercise."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def needed(body, names):
    """The definitions among some statements, from the first to the last checked."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign)
    last = max(n for n, each in enumerate(body) if getattr(each, "name", "") in names)
    return [each for each in body[: last + 1] if isinstance(each, kinds)]


def told(old, new):
    """The lines that differ: what mutants are called."""
    old, new = old.splitlines(), new.splitlines()
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return " -> ".join("; ".join(line.strip() for line in part) for part in (old, new))


def changes(node):
    """Functions of nothing, each of which changes a node of a tree for the worse."""
    if type(node) in CHANGES:
        yield from CHANGES[type(node)](node)
    for field, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield from statements(value)
        elif isinstance(value, list):
            for index, each in enumerate(value):
                yield from expressions(each, setter(value, index))
        elif isinstance(value, ast.expr):
            yield from expressions(value, lambda new, f=field: setattr(node, f, new))


def setter(values, index):
    return lambda new: values.__setitem__(index, new)


def statements(body):
    """A statement is gone, or a condition's branch is always taken."""
    for index, each in enumerate(body):
        docstring = isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        if not docstring and not isinstance(each, KEPT):
            yield lambda i=index: body.__setitem__(i, ast.Pass())
        if isinstance(each, ast.If):
            yield lambda i=index, e=each: body.__setitem__(slice(i, i + 1), e.body)


def expressions(node, put):
    """What can stand in the place of an expression."""
    if isinstance(node, ast.UnaryOp):
        yield lambda: put(node.operand)
    if isinstance(node, ast.BinOp):
        yield lambda: put(node.left)
        yield lambda: put(node.right)
    if isinstance(node, ast.IfExp):
        yield lambda: put(node.body)
        yield lambda: put(node.orelse)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not is_module(node.func.value):
            yield lambda: put(node.func.value)
        elif len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
            yield lambda: put(node.args[0])
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield lambda: put(node.value)


def is_module(node):
    names = ("torch", "math", "F", "nn", "random", "json", "np", "re", "itertools")
    return ast.unparse(node).split(".")[0] in names


def constant(node):
    value = node.value
    if isinstance(value, bool):
        yield lambda: setattr(node, "value", not value)
    elif isinstance(value, (int, float)):
        yield lambda: setattr(node, "value", value + 1)
        yield lambda: setattr(node, "value", value - 1)


def operation(node):
    for other in OPERATORS.get(type(node.op), ()):
        yield lambda other=other: setattr(node, "op", other())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ORDERED):
        yield lambda: vars(node).update(left=node.right, right=node.left)


def comparison(node):
    for other in COMPARISONS.get(type(node.ops[0]), ()):
        yield lambda other=other: node.ops.__setitem__(0, other())


def logic(node):
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield lambda: setattr(node, "op", other())
    for index in range(len(node.values)):
        yield lambda i=index: node.values.pop(i)


def arguments(node):
    if len(node.args) >= 2 and getattr(node.func, "id", "") not in ("min", "max"):
        yield lambda: node.args.insert(0, node.args.pop(1))
    for index, each in enumerate(node.keywords):
        if each.arg not in (None, "strict", "dtype", "device"):
            yield lambda i=index: node.keywords.pop(i)
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        for index in range(len(node.args)):
            yield from shifted(node.args[index], setter(node.args, index))


def shifted(node, put):
    """One more and one less; constants are changed anyway."""
    if not isinstance(node, ast.Constant):
        for operator in (ast.Add, ast.Sub):
            yield lambda op=operator: put(ast.BinOp(node, op(), ast.Constant(1)))


def bounds(node):
    for field in ("lower", "upper"):
        if getattr(node, field) is not None:
            yield lambda f=field: setattr(node, f, None)
            yield from shifted(
                getattr(node, field), lambda new, f=field: setattr(node, f, new)
            )


def named(node):
    field = "id" if isinstance(node, ast.Name) else "attr"
    if getattr(node, field) in NAMES:
        yield lambda: setattr(node, field, NAMES[getattr(node, field)])


def filtered(node):
    for index in range(len(node.ifs)):
        yield lambda i=index: node.ifs.pop(i)


CHANGES = {
    ast.Constant: constant,
    ast.BinOp: operation,
    ast.AugAssign: operation,
    ast.Compare: comparison,
    ast.BoolOp: logic,
    ast.Call: arguments,
    ast.Slice: bounds,
    ast.Name: named,
    ast.Attribute: named,
    ast.comprehension: filtered,
}


class Steps:
    """Counts the rounds of all loops of what `run` ran; too many are an error."""

    def __init__(self, limit):
        self.limit, self.done = limit, 0

    def step(self):
        self.done += 1
        if self.done > self.limit:
            raise RuntimeError("this does not seem to end")
        return True

    def over(self, values):
        for value in values:
            self.step()
            yield value


class Counted(ast.NodeTransformer):
    """Every loop counts its rounds."""

    def generic_visit(self, node):
        super().generic_visit(node)
        if isinstance(node, ast.While):
            step = ast.parse("_steps.step()", mode="eval").body
            node.test = ast.BoolOp(ast.And(), [step, node.test])
        elif isinstance(node, (ast.For, ast.comprehension)):
            over = ast.parse("_steps.over", mode="eval").body
            node.iter = ast.Call(over, [node.iter], [])
        return node


NUMBERS = count()


def run(code, names, steps):
    """The names after running some code, whose loops count their rounds in `steps`."""
    file = f"<mutant {next(NUMBERS)}>"
    linecache.cache[file] = len(code), None, code.splitlines(True), file
    tree = ast.fix_missing_locations(Counted().visit(ast.parse(code)))
    space = {**names, "_steps": steps}
    exec(compile(tree, file, "exec"), space)
    return space
