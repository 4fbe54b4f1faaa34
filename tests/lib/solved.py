"""What a chapter's exercises have at hand: its imports and its definitions."""

import ast
import functools
import io
import json
from contextlib import redirect_stdout, suppress

TRIALS = (ast.Assert, ast.Expr, ast.For, ast.With)


@functools.cache
def namespace(path):
    """What a chapter imports and defines, without running the rest of it."""
    names = {}
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code":
            continue
        if "exercise" in tags:
            break
        tree = ast.parse("".join(cell["source"]))
        kept = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
        if {"defines", "plain"} & {*tags}:  # without what tries the definitions out
            kept = [n for n in tree.body if not isinstance(n, TRIALS)]
        for statement in kept:
            # A trial may begin with a name for what other cells computed.
            with redirect_stdout(io.StringIO()), suppress(NameError):
                exec(compile(ast.Module([statement], []), path.name, "exec"), names)
    return names
