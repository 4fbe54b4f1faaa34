"""Link works that a chapter names to their entries in the bibliography.

The notebooks hold plain text: "Vaswani et al. (2017)", "(Shazeer, 2019)", and in
"What to read" names, a title in italics and a year. On the page these are links.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from book._ext.links.running_text import link_matches, running_text

BIBLIOGRAPHY = "book/bibliography"
READING = re.compile(r"(?s)(?P<names>.+), \*(?P<title>.+)\* \((?P<year>\d{4})\)")


def last_names(entry):
    """The last names of an entry's authors, as text."""
    people = entry.persons["author"]
    parts = [person.rich_prelast_names + person.rich_last_names for person in people]
    return [" ".join(str(part) for part in each) for each in parts]


def ways_to_name(names):
    """How a sentence names these authors."""
    if len(names) == 1:
        return {names[0]}
    if len(names) == 2 and names[1] != "others":
        return {" and ".join(names)}
    return {f"{names[0]} et al.", ", ".join(names[:-1]) + f" and {names[-1]}", names[0]}


def plain(title):
    """The letters and digits of a title."""
    return re.sub(r"[\W_]", "", title.lower())


class CitationLinks(SphinxPostTransform):
    # Before the glossary's links, which are 50.
    default_priority = 40
    formats = ("html",)

    def run(self, **_):
        if not self.env.docname.startswith("notebooks/"):
            return
        entries = self.env.get_domain("cite").bibdata.data.entries
        self.works = [
            (key, ways_to_name(last_names(entry)), entry.fields)
            for key, entry in entries.items()
        ]
        self.keys = {}
        for key, ways, fields in self.works:
            self.keys.update({(way, fields["year"]): key for way in ways})
        for item in self.document.findall(nodes.list_item):
            self.link_title(item[0])
        ways = sorted({way for way, _ in self.keys}, key=len, reverse=True)
        named = "|".join(map(re.escape, ways))
        year = r"(?:,?\s(?P<year>\d{4})|,?\s\((?P<bracketed>\d{4})\))"
        cited = re.compile(rf"\b(?P<way>{named})(?:['\u2019]s)?{year}")
        for text in list(running_text(self.document, folds=True)):
            link_matches(text, cited, self.link)

    def link(self, match):
        way = " ".join(match["way"].split())
        key = self.keys.get((way, match["year"] or match["bracketed"]))
        return None if key is None else self.made(key, nodes.Text(match[0]))

    def link_title(self, paragraph):
        """Link the title in a line such as: Gage, *A New Algorithm* (1994): why."""
        inside = [node for node in paragraph.children if node.astext()]
        if len(inside) < 3 or not isinstance(inside[1], nodes.emphasis):
            return
        names, title, rest = inside[:3]
        line = f"{names.astext()}*{title.astext()}*{rest.astext()}"
        match = READING.match(line)
        for key, ways, fields in self.works if match else []:
            same_title = plain(fields["title"]).startswith(plain(match["title"]))
            if (
                match["names"] in ways
                and fields["year"] == match["year"]
                and same_title
            ):
                title.replace_self(self.made(key, title.deepcopy()))

    def made(self, key, inside):
        builder, page = self.app.builder, self.env.docname
        link = make_refnode(builder, page, BIBLIOGRAPHY, key, inside)
        link["classes"].append("citation-link")
        return link


def setup(app):
    app.add_post_transform(CitationLinks)
