"""Number a chapter by its file: notebooks/04-attention is chapter 4.

Sphinx counts the chapters that are there. While the book is being written some are
not, and a chapter's number must not change when one before it appears.
"""

import re

from docutils import nodes
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles


def number_of(docname):
    """Return the chapter's number, None for a page that is no chapter."""
    match = re.match(r"notebooks/(\d+)-", docname)
    return int(match[1]) if match else None


def by_file(assign_section_numbers):
    """Let a chapter's file name decide the first part of its sections' numbers."""

    def assign(self, env):
        before = env.toc_secnumbers
        assign_section_numbers(self, env)
        for docname, sections in env.toc_secnumbers.items():
            chapter = number_of(docname)
            if chapter is None:
                continue
            for anchor, number in sections.items():
                sections[anchor] = number and (chapter, *number[1:])
            titles = [*env.tocs[docname].findall(nodes.reference), env.titles[docname]]
            for title in titles:
                if title.get("secnumber"):
                    title["secnumber"] = [chapter, *title["secnumber"][1:]]
        after = env.toc_secnumbers
        return [name for name in after if after[name] != before.get(name)]

    return assign


def setup(app):
    # The collector that has the last word on numbers under a _toc.yml.
    collector = TocTreeCollectorWithStyles
    collector.assign_section_numbers = by_file(collector.assign_section_numbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
