r"""Leave equations with a \tag as they are written.

Sphinx puts an equation of several lines into a `split` environment, in which MathJax
allows no \tag.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

TAG = r"\tag{"


class TaggedEquations(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **_):
        for block in self.document.findall(nodes.math_block):
            source = block.astext()
            if TAG in source and not block["nowrap"]:
                block[:] = [nodes.Text(rf"\[{source.strip()}\]")]
                block["nowrap"] = True
