"""Keep in one line what a reader reads as one word.

A browser breaks a line after a hyphen, between a number and its unit, and between a
formula and the comma that follows it. The style sheet keeps what is marked here.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class Unbroken(SphinxPostTransform):
    """Mark names, numbers with units, short code, a formula with its comma."""

    default_priority = 630
    formats = ("html",)
    longest = 24
    name = re.compile(
        r"(GPT-\d|top-[kp]\b|N\(0, [\d.]+\)"
        r"|\d[\d.,]* (?:nats|ms|[KMG]B(?:/s)?|[MGT]FLOPs?(?:/s)?)\b)"
    )
    mark = re.compile(r"[,.;:!?)\]]+")

    def run(self, **_):
        for literal in self.document.findall(nodes.literal):
            if len(literal.astext()) <= self.longest:
                literal["classes"].append("short")
        for formula in list(self.document.findall(nodes.math)):
            self.keep_mark(formula)
        for text in list(self.document.findall(nodes.Text)):
            if self.name.search(text) and self.is_prose(text):
                made = [
                    nodes.inline("", piece, classes=["unbroken"])
                    if self.name.fullmatch(piece)
                    else nodes.Text(piece)
                    for piece in self.name.split(text)
                ]
                text.parent.replace(text, made)

    def keep_mark(self, formula):
        parent, place = formula.parent, formula.parent.index(formula)
        text = parent[place + 1] if place + 1 < len(parent) else None
        mark = self.mark.match(text) if isinstance(text, nodes.Text) else None
        if mark:
            kept = nodes.inline(classes=["unbroken"])
            # By place: `parent.replace` takes the first text that reads the same.
            parent[place + 1] = nodes.Text(text[mark.end() :])
            parent[place] = kept
            kept += [formula, nodes.Text(mark.group())]

    @staticmethod
    def is_prose(text):
        parent = text.parent
        while isinstance(parent, nodes.Inline):
            if isinstance(parent, (nodes.literal, nodes.math, nodes.raw)):
                return False
            parent = parent.parent
        fixed = isinstance(parent, nodes.FixedTextElement)
        return isinstance(parent, nodes.TextElement) and not fixed
