"""Places in the chapters that the search finds and other pages link to.

Each equation of `equation_names` gets an anchor, `eq-a3`, and so does each cell that
builds a class or function of the package, `built-Block`. The search index lists them,
together with the glossary's terms. `[(A3)](#eq-a3)` is a link from any page.
"""

import ast
import re
from typing import ClassVar

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.util import logging

from book._ext.links.equation_names import NUMBERED, OTHERS
from book._ext.raw_html import raw

PAPER = re.compile(r"paper-(section|equation|figure|table)-(\d+(?:-\d+)*)")
BUILDS = {"tag_defines", "tag_plain"}
LINK = "Link to this equation"
TAG = re.compile(r"\\tag\{(\w+)\}")
logger = logging.getLogger(__name__)


class Places(Domain):
    """What the search index knows beside pages, headings and the package."""

    name = "place"
    label = "Places"
    kinds = "equation", "built", "term", "paper", "symbol"
    object_types: ClassVar = {kind: ObjType(kind) for kind in kinds}
    initial_data: ClassVar = {"places": {}}

    def get_type_name(self, kind, primary=False):
        return kind.lname

    def note(self, kind, name, anchor):
        here = self.data["places"].setdefault(self.env.docname, [])
        here.append((kind, name, anchor))

    def clear_doc(self, docname):
        self.data["places"].pop(docname, None)

    def resolve_any_xref(self, *_):
        """Leave links to the standard domain, which knows the anchors."""
        return []

    def merge_domaindata(self, docnames, otherdata):
        for docname in docnames:
            self.data["places"][docname] = otherdata["places"].get(docname, [])

    def get_objects(self):
        for docname, here in self.data["places"].items():
            for kind, name, anchor in here:
                yield name, name, kind, docname, anchor, 0


def name_of(docname, source):
    """Return the anchor and the name of an equation, None for one that says shapes."""
    if tag := TAG.search(source):
        number = tag[1]
        if number not in NUMBERED:
            logger.warning("equation_names has no name for equation %s", number)
        return f"eq-{number.lower()}", f"({number}) {NUMBERED.get(number, '')}"
    chapter = docname.removeprefix("notebooks/")[:2]
    for start, (slug, name) in OTHERS.get(chapter, {}).items():
        if " ".join(source.split()).startswith(start):
            return f"eq-{slug}", name
    return None


def built_in(cell):
    """Return the names of the classes and functions that a cell of code defines."""
    source = cell.next_node(nodes.literal_block).astext()
    kinds = ast.ClassDef | ast.FunctionDef
    return [node.name for node in ast.parse(source).body if isinstance(node, kinds)]


def mark(env, node, kind, name, anchor):
    """Put an anchor in front of a node and list it."""
    place = nodes.target("", "", ids=[anchor])
    node.parent.insert(node.parent.index(node), place)
    note(env, kind, name, anchor)


def note(env, kind, name, anchor):
    """List a place for the search, and for links from any page."""
    env.get_domain("place").note(kind, name, anchor)
    labels = env.get_domain("std")
    labels.anonlabels[anchor] = env.docname, anchor
    labels.labels[anchor] = env.docname, anchor, name


def frame(env, block, name, anchor):
    """Put an equation into a frame with its anchor and a link to it, and list it."""
    title = f"Link to equation {name.split()[0]}" if name[0] == "(" else LINK
    link = f'<a class="headerlink" href="#{anchor}" title="{title}">#</a>'
    framed = nodes.container("", ids=[anchor], classes=["equation"])
    block.replace_self(framed)
    framed += [block, raw(link)]
    note(env, "equation", name, anchor)


def mark_chapter(env, doctree):
    seen = set()
    for block in list(doctree.findall(nodes.math_block)):
        if found := name_of(env.docname, block.astext()):
            anchor, name = found
            frame(env, block, name, anchor)
    for cell in list(doctree.findall(nodes.container)):
        if BUILDS.intersection(cell["classes"]):
            for name in built_in(cell):
                if name not in seen:
                    seen.add(name)
                    mark(env, cell, "built", name, f"built-{name}")


def mark_glossary(env, doctree):
    for term in doctree.findall(nodes.term):
        env.get_domain("place").note("term", term.astext(), term["ids"][0])


def mark_paper(env, doctree):
    """List the sections, equations, figures and tables in the map of the paper."""
    for place in doctree.findall(nodes.inline):
        anchor = place["ids"][0] if place["ids"] else ""
        if found := PAPER.match(anchor):
            kind, number = found[1], found[2].replace("-", ".")
            row = next(n for n in ancestors(place) if isinstance(n, nodes.row))
            what = row[1].astext() if kind != "section" else place.astext()
            what = what.removeprefix(number).strip().rstrip(".")
            name = f"{kind} {number} of the paper: {what}".replace("  ", " ")
            env.get_domain("place").note("paper", name, anchor)


def mark_symbols(env, doctree):
    """List the rows of the index of symbols, each under its letters."""
    for number, row in enumerate(doctree.findall(nodes.row)):
        letters = [math.astext() for math in row[0].findall(nodes.math)]
        if letters:
            row["ids"].append(f"symbol-{number}")
            plain = re.sub(r"\\mathbb|[\\{}]", "", ", ".join(letters))
            name = f"{plain}: {shortened(row[1])}"
            env.get_domain("place").note("symbol", name, row["ids"][0])


def shortened(cell):
    """What a cell says up to its first semicolon or colon, without mathematics."""
    texts = [node.astext() for node in cell.findall(nodes.Text)]
    return re.split(r"[;:]", "".join(texts))[0].strip()


def ancestors(node):
    while node.parent is not None:
        node = node.parent
        yield node


MARKS = {"book/glossary": mark_glossary, "book/paper-map": mark_paper}
MARKS |= {"book/symbols": mark_symbols}


def read(app, doctree):
    name = app.env.docname
    mark_page = mark_chapter if name.startswith("notebooks/") else MARKS.get(name)
    if mark_page:
        mark_page(app.env, doctree)
