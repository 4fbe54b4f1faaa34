"""What search engines and other sites say of a page: its first paragraph, shortened.

The templates in book/_templates put it into the head of each page, with a card for
sites that link to it.
"""

import re

from docutils import nodes

LONGEST = 240
DEFAULT = "A book of notebooks that rebuilds GPT-1 in PyTorch from a blank page."


def shortened(text):
    """Return the sentences that fit, or as many words as do, on one line."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    text = text[:LONGEST]
    ends = [match.end() for match in re.finditer(r"[.?!](?= [A-Z])", text)]
    if ends and ends[-1] > LONGEST / 3:
        return text[: ends[-1]]
    return text.rpartition(" ")[0].rstrip(",;:") + " …"


def first_paragraph(doctree):
    """Return the first paragraph of running text, as text."""
    inside = (nodes.section, nodes.document, nodes.container)
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, inside) and len(paragraph.astext()) > 40:
            return paragraph.astext()
    return DEFAULT


def describe(app, name, template, context, doctree):
    """Tell the templates what a page is called and says, and the site's address."""
    context["heading"] = app.env.titles[name].astext() if doctree else ""
    if name == "index":  # it leads to the welcome page, and says the same
        doctree = app.env.get_doctree(app.config.root_doc)
    context["description"] = shortened(first_paragraph(doctree)) if doctree else DEFAULT
    context["site"] = app.config.html_baseurl
