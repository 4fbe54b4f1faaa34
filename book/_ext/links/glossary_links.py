"""Link the first use of each term of the glossary, in each chapter, to its entry.

The notebooks hold plain text. On the page the first place in the running text where a
term stands, in one of the forms of `term_forms`, leads to the glossary. The first
sentence of the entry is the link's title if it is short.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from book._ext.links.running_text import SKIPPED, link_matches, running_text
from book._ext.links.term_forms import FORMS, OTHER_MEANINGS, forms_of, is_meant

GLOSSARY = "book/glossary"
LONGEST_TITLE = 160
TITLES = "What to read"  # a list of titles of papers
logger = logging.getLogger(__name__)


def pattern(phrases):
    """A pattern for whole words: the longest phrase first, and any white space."""
    ordered = sorted(phrases, key=len, reverse=True)
    escaped = [re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(escaped)})(?![\w-])")


def meanings(terms, chapter):
    """Return each phrase with the term that it stands for; None for other meanings."""
    found = dict.fromkeys(OTHER_MEANINGS)
    for term in terms:
        for form in forms_of(term):
            meant = term if is_meant(term, chapter) else None
            found[form] = found[form[0].upper() + form[1:]] = meant
    return found


def first_sentence(definition):
    """The first sentence of an entry, "" if it is long or has mathematics in it."""
    paragraph = definition.next_node(nodes.paragraph)
    text = " ".join(paragraph.astext().split())
    sentence = re.match(r".*?[.](?= [A-Z]|$)", text)
    if sentence is None or len(sentence[0]) > LONGEST_TITLE:
        return ""
    return "" if any(paragraph.findall(nodes.math)) else sentence[0]


def entries(env):
    """Return, for each term of the glossary, its anchor and its first sentence."""
    found = {}
    for item in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        term = item.next_node(nodes.term)
        sentence = first_sentence(item.next_node(nodes.definition))
        found[term.astext()] = term["ids"][0], sentence
    return found


class GlossaryLinks(SphinxPostTransform):
    # After references are resolved, which is 10, and before questions become forms.
    default_priority = 50
    formats = ("html",)

    def run(self, **_):
        if not self.env.docname.startswith("notebooks/"):
            return
        if not hasattr(self.env, "glossary_entries"):
            self.env.glossary_entries = entries(self.env)
            for term in set(FORMS) - set(self.env.glossary_entries):
                logger.warning("term_forms has %r, which the glossary has not", term)
        chapter = self.env.docname.removeprefix("notebooks/")
        self.terms = meanings(self.env.glossary_entries, chapter)
        phrases = pattern(self.terms)
        self.seen = set()
        for text in list(running_text(self.document, SKIPPED | {TITLES})):
            link_matches(text, phrases, self.link)

    def link(self, match):
        term = self.terms[" ".join(match[0].split())]
        if term is None or term in self.seen:
            return None
        self.seen.add(term)
        anchor, sentence = self.env.glossary_entries[term]
        builder, page, words = self.app.builder, self.env.docname, nodes.Text(match[0])
        link = make_refnode(builder, page, GLOSSARY, anchor, words, sentence or None)
        link["classes"].append("term-link")
        return link


def forget(app, env, docname):
    """The glossary is read anew: so are its entries."""
    if docname == GLOSSARY and hasattr(env, "glossary_entries"):
        del env.glossary_entries


def setup(app):
    app.connect("env-purge-doc", forget)
    app.add_post_transform(GlossaryLinks)
