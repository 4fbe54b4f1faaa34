"""Symbols in mathematics: which letters an equation uses."""

from __future__ import annotations

import re

MATHS = re.compile(r"\$\$(.*?)\$\$|\$([^$]+?)\$", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
WORDS = re.compile(r"\\(?:text|mathtt|mathrm|operatorname|tag|begin|end)\{[^}]*\}")
# Commands that are functions, signs everybody knows, or layout.
KNOWN = {"approx", "arg", "big", "cdot", "dots", "frac", "ge", "in", "infty", "left"}
KNOWN |= {"leftarrow", "le", "ln", "log", "max", "mid", "min", "prod", "qquad", "quad"}
KNOWN |= {"right", "sqrt", "sum", "tanh", "tfrac", "times"} | {"lVert", "rVert"}
KNOWN |= {"dfrac", "lfloor", "rfloor", "lceil", "rceil", "cos", "sin"}
LETTER = r"(?:\\mathbb\{?[A-Z]\}?|\\[A-Za-z]+|[A-Za-z])"
SUB = r"(?:_(?:\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z0-9]))?"
SYMBOL = re.compile(rf"({LETTER})('?)({SUB})")
BARS = {r"\lVert": "norm", r"\lfloor": "floor", r"\lceil": "ceiling"}


def maths(markdown: str) -> list[str]:
    """Return all formulas of a text, in the order of reading."""
    found = MATHS.findall(CODE.sub("", markdown))
    return [block or line for block, line in found]


def symbols(formula: str) -> list[str]:
    """Return the symbols of a formula, such as W_e, h' or \\theta.

    What stands in a subscript that is an index is found by itself: x_i is x_i and i.
    """
    formula = re.sub(r"\\hat\s*\{?([a-z])\}?", r"\1", WORDS.sub(" ", formula))
    formula = re.sub(r"\\mathcal\{([A-Z])\}", r"\1", formula)
    found = [BARS[bar] for bar in BARS if bar in formula]
    for letter, prime, sub in SYMBOL.findall(formula):
        if letter.removeprefix("\\") in KNOWN:
            found += symbols(sub)
            continue
        found.append(letter + prime + sub.replace("{", "").replace("}", ""))
        found += symbols(sub.lstrip("_{").rstrip("}")) if sub else []
    return found


def without_index(symbol: str) -> str:
    """The symbol without its subscript."""
    return symbol.partition("_")[0]
