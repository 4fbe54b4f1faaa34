"""Letters in the glossary: a bar to jump by, and a heading for each."""

from itertools import groupby

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book._ext.raw_html import raw


def initial(item):
    return item.next_node(nodes.term).astext()[0].upper()


class Letters(SphinxPostTransform):
    default_priority = 620
    formats = ("html",)

    def run(self, **_):
        for glossary in list(self.document.findall(addnodes.glossary)):
            self.divide(glossary)

    @staticmethod
    def divide(glossary):
        entries = glossary.next_node(nodes.definition_list)
        parts, links = [], []
        for letter, items in groupby(list(entries.children), initial):
            name = f"letter-{letter.lower()}"
            links.append(f'<a href="#{name}">{letter}</a>')
            part = nodes.definition_list("", *items, classes=entries["classes"])
            parts += [raw(f'<p class="letter" id="{name}">{letter}</p>'), part]
        bar = f'<nav class="letters" aria-label="Letters">{"".join(links)}</nav>'
        glossary.children = []
        glossary += [raw(bar), *parts]
