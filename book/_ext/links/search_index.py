"""What the search knows: every section, term, equation, figure and name, with its text.

It is one file, `_static/search-index.js`, which only a search loads. It is a script,
not JSON, so that it can be read where the book was opened as a file. The text is prose:
no code, no output of cells; what a search shows of it needs no other file.

Sphinx's own index knows pages, and would read them again for each excerpt.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from book._ext.links.synonyms import SYNONYMS

KINDS = ["page", "section", "term", "equation", "figure", "built", "paper", "symbol"]
KINDS += ["api"]
# What is no prose, and what has an entry of its own.
LEFT_OUT = (
    nodes.comment,
    nodes.FixedTextElement,
    nodes.figure,
    nodes.raw,
    nodes.section,
    addnodes.desc,
    addnodes.glossary,
    addnodes.index,
    addnodes.toctree,
)


def text_of(node):
    """Return the words of a paragraph; of a formula only what reads without TeX."""
    if isinstance(node, nodes.math):
        return "…" if re.search(r"[\\{}^_]", node.astext()) else node.astext()
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, (nodes.raw, addnodes.index)):
        return ""
    return "".join(map(text_of, node.children))


def prose(node):
    """Yield the paragraphs below a node."""
    for child in node.children:
        code = isinstance(child, nodes.container) and "cell" in child.get("classes")
        if code or isinstance(child, (*LEFT_OUT, nodes.title)):
            continue
        if isinstance(child, nodes.TextElement):
            yield text_of(child)
        else:
            yield from prose(child)


def together(paragraphs):
    return " ".join(" ".join(paragraphs).split())


def sections(doctree, title):
    """Yield the page and each of its sections."""
    for section in doctree.findall(nodes.section):
        above = isinstance(section.parent, nodes.section)
        name = section.next_node(nodes.title)
        anchor = section["ids"][0] if above else ""
        shown = text_of(name) if above else title
        yield "section" if above else "page", shown, anchor, together(prose(section))


def terms(doctree):
    for item in doctree.findall(nodes.definition_list_item):
        if anchors := [t for t in item.findall(nodes.term) if t["ids"]]:
            text = together(prose(item.next_node(nodes.definition)))
            for term in anchors:
                yield "term", text_of(term), term["ids"][0], text


def figures(doctree, numbers):
    for figure in doctree.findall(nodes.figure):
        number = next((numbers[i] for i in figure["ids"] if i in numbers), None)
        caption = figure.next_node(nodes.caption)
        if number and caption is not None:
            name = f"Figure {'.'.join(map(str, number))}"
            yield "figure", name, figure["ids"][0], together([text_of(caption)])


def functions(doctree):
    """Yield the package's names, each with what its documentation begins with."""
    for entry in doctree.findall(addnodes.desc):
        signature = entry.next_node(addnodes.desc_signature)
        content = entry.next_node(addnodes.desc_content)
        first = content.next_node(nodes.paragraph) if content is not None else None
        for anchor in signature["ids"][:1]:
            text = together([text_of(first)]) if first is not None else ""
            yield "api", anchor, anchor, text


def entries(env, page):
    """Yield kind, title, anchor and text of all that a page has to be found."""
    doctree = env.get_doctree(page)
    numbers = env.toc_secnumbers.get(page, {}).get("", ())
    title = ". ".join([*map(str, numbers[:1]), env.titles[page].astext()])
    yield from sections(doctree, title)
    yield from terms(doctree)
    yield from figures(doctree, env.toc_fignumbers.get(page, {}).get("figure", {}))
    yield from functions(doctree)
    for kind, name, anchor in env.get_domain("place").data["places"].get(page, ()):
        if kind != "term":
            yield kind, name, anchor, ""


def index(env):
    """Return the whole index: pages, entries, and other words for the same."""
    pages, found = [], []
    for page in sorted(env.found_docs):
        here = list(entries(env, page))
        pages.append([page, next(title for kind, title, *_ in here if kind == "page")])
        for kind, title, anchor, text in here:
            found.append([len(pages) - 1, KINDS.index(kind), title, anchor, text])
    return {"kinds": KINDS, "pages": pages, "entries": found, "synonyms": SYNONYMS}


def write(app, exception):
    if exception is None and app.builder.name == "html":
        text = json.dumps(index(app.env), ensure_ascii=False, separators=(",", ":"))
        path = Path(app.outdir, "_static", "search-index.js")
        path.write_text(f"window.bookIndex={text};\n", "utf8", newline="\n")


def without_sphinxs_own(app):
    if app.builder.name == "html":
        app.builder.search = False


def setup(app):
    app.connect("builder-inited", without_sphinxs_own)
    app.connect("build-finished", write)
