"""A chapter's number is the one in its file's name, whichever others are there.

Sphinx counts: if chapter 14 is not yet in the contents, it calls the fifteenth the
fourteenth, while links and captions in the notebooks say 15.
"""

import re

from docutils import nodes
from sphinx.environment.collectors.toctree import TocTreeCollector

NAMED = re.compile(r"notebooks/(\d\d)-")


def setup(app):
    """Number chapters by their names, whichever collector it is that counts them."""
    app.connect("builder-inited", by_name)


def by_name(_):
    """Let the numbers that a collector gives to chapters be those of the files."""
    collector = (*TocTreeCollector.__subclasses__(), TocTreeCollector)[0]
    count = collector.assign_section_numbers
    if getattr(count, "by_name", False):
        return

    def assign(self, env):
        before = env.toc_secnumbers
        count(self, env)
        for page, found in env.toc_secnumbers.items():
            if (named := NAMED.match(page)) is None:
                continue
            number = int(named[1])
            env.toc_secnumbers[page] = {
                anchor: own and (number, *own[1:]) for anchor, own in found.items()
            }
            places = [*env.tocs[page].findall(nodes.reference), env.titles[page]]
            for node in filter(lambda node: node.get("secnumber"), places):
                node["secnumber"] = [number, *node["secnumber"][1:]]
        now = env.toc_secnumbers
        return [page for page in now if now[page] != before.get(page)]

    assign.by_name = True
    collector.assign_section_numbers = assign
