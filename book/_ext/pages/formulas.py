r"""Formulas as MathML, written when the book is built: a page needs no script for them.

`math-core` reads the TeX, and an error in it is an error of the build. MathML knows no
\tag, so the name of an equation stands beside it; it is text, like the formula, and can
be found, marked and copied. The TeX stays with the formula, as `data-tex`.
"""

import re
from html import escape

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging

NAME = re.compile(r"\s*\\tag\{([^}]*)\}")
# The style sheet sets all rows apart alike.
GAP = re.compile(r"(\\\\)\[[\d.]+(?:pt|em|ex)\]")
CLASS = "math notranslate nohighlight"
CONVERTER = LatexToMathML(fancy_error=False)
logger = logging.getLogger(__name__)


def mathml(tex, *, display=False):
    """Return a formula as `<math>`.

    Raises:
        LatexError: the TeX is wrong, or has a command that is not known.
    """
    plain = GAP.sub(r"\1", NAME.sub("", tex))
    return CONVERTER.convert_with_local_state(plain, displaystyle=display)


def name_of(tex):
    r"""Return what stands beside an equation with a \tag, "" where there is none."""
    found = NAME.search(tex)
    return f'<span class="equation-name">({escape(found[1])})</span>' if found else ""


def written(translator, node, tag):
    """Write a formula into the page; say where one is wrong."""
    tex = node.astext().strip()
    try:
        formula = mathml(tex, display=tag == "div")
    except LatexError as error:
        logger.warning("a formula is wrong: %s\n%s", error, tex, location=node)
        formula = f"<code>{escape(tex)}</code>"
    kept = {"data-tex": tex}
    start = translator.starttag(node, tag, "", CLASS=CLASS, **kept)
    translator.body.append(f"{start}{formula}{name_of(tex)}</{tag}>")
    raise nodes.SkipNode


def visit_math(translator, node):
    written(translator, node, "span")


def visit_equation(translator, node):
    written(translator, node, "div")


def setup(app):
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_equation, None))
