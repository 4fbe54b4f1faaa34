"""Links of the chapters to pages that are no notebooks.

On Colab and in Jupyter there is nothing behind `../book/glossary.md`, so a chapter
names such a page by its address on the web. In the built book that link leads to the
page beside it: nobody has to leave the book, nor be online. A file that the site has
at its root (`html_extra_path`) is named and found in the same way.

A link to a term of the glossary has the first sentence of its entry as its title, if
that is short.
"""

import re
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

GLOSSARY = "book/glossary"
LONGEST_TITLE = 160
logger = logging.getLogger(__name__)


def bring_home(app, doctree, docname):
    """Make links to this book on the web lead to the pages that are built here."""
    address = app.config.html_baseurl
    files = {address + Path(path).name for path in app.config.html_extra_path}
    for link in doctree.findall(nodes.reference):
        page, _, place = link.get("refuri", "").partition("#")
        if page in files:
            link["refuri"] = "../" * docname.count("/") + page.removeprefix(address)
            link["internal"] = True
            link["classes"] = [c for c in link["classes"] if c != "external"]
        if not page.startswith(address) or not page.endswith(".html"):
            continue
        name = page.removeprefix(address).removesuffix(".html")
        if name not in app.env.found_docs:
            logger.warning("the book has no page %s", name, location=link)
            continue
        home = app.builder.get_relative_uri(docname, name)
        # MyST has escaped what is escaped again when it is written.
        link["refuri"] = home + (f"#{unescape(place)}" if place else "")
        link["internal"] = True
        link["classes"] = [c for c in link["classes"] if c != "external"]
        if name == GLOSSARY and place:
            link["classes"].append("term-link")
            if title := first_sentences(app.env).get(place):
                link["reftitle"] = title


def first_sentences(env):
    """Return the first sentence of each entry of the glossary, by its anchor."""
    found = env.temp_data.setdefault("first_sentences", {})
    if not found:
        for item in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
            for anchor in item.next_node(nodes.term)["ids"]:
                found[anchor] = first_sentence(item.next_node(nodes.paragraph))
    return found


def first_sentence(paragraph):
    """The first sentence of an entry, "" if it is long or has mathematics in it."""
    text = " ".join(paragraph.astext().split())
    sentence = re.match(r".*?[.](?= [A-Z]|$)", text)
    if sentence is None or len(sentence[0]) > LONGEST_TITLE:
        return ""
    return "" if any(paragraph.findall(nodes.math)) else sentence[0]
