"""Links of the chapters to pages that are no notebooks.

On Colab and in Jupyter there is nothing behind `../book/glossary.md`, so a chapter
names such a page by its address on the web. In the built book that link leads to the
page beside it: nobody has to leave the book, nor be online.
"""

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def bring_home(app, doctree, docname):
    """Make links to this book on the web lead to the pages that are built here."""
    address = app.config.html_baseurl
    for link in doctree.findall(nodes.reference):
        page, _, place = link.get("refuri", "").partition("#")
        if not page.startswith(address) or not page.endswith(".html"):
            continue
        name = page.removeprefix(address).removesuffix(".html")
        if name not in app.env.found_docs:
            logger.warning("the book has no page %s", name, location=link)
            continue
        home = app.builder.get_relative_uri(docname, name)
        link["refuri"] = home + (f"#{place}" if place else "")
        link["internal"] = True
        link["classes"] = [c for c in link["classes"] if c != "external"] + ["internal"]


def setup(app):
    app.connect("doctree-resolved", bring_home)
