"""What the glossary says of a page's terms, in the page, for `glossary.js` to show.

A word that leads to the glossary opens its entry beside it, by mouse, finger or key,
and nobody loses the place where they read. The page has to have the words itself: it
may be a file, from which a script can fetch nothing. Without script the link leads to
the glossary, and what is here stays hidden.
"""

from docutils import nodes

from book._ext.links.own_pages import GLOSSARY

ENTRY = '<div id="about-{}"><p class="about-term">{}</p>{}</div>'
ALL = '<div class="definitions screen-only" hidden>{}</div>'


def define(app, page, template, context, doctree):
    """Put the entries that a page leads to at its end."""
    places = led_to(doctree) if doctree is not None and page != GLOSSARY else []
    if not places:
        return
    glossary = app.env.get_doctree(GLOSSARY)
    # Its links lead from this page.
    app.env.resolve_references(glossary, page, app.builder)
    entries = {}
    for item in glossary.findall(nodes.definition_list_item):
        for term in item.findall(nodes.term):
            entries |= dict.fromkeys(term["ids"], item)
    made = "".join(entry(app.builder, place, entries[place]) for place in places)
    # A link from one entry to another leads to the glossary, which is another page.
    there = app.builder.get_relative_uri(page, GLOSSARY)
    made = made.replace('href="#term-', f'href="{there}#term-')
    context["body"] += ALL.format(made)


def led_to(doctree):
    """The anchors of terms that a page leads to, each once."""
    links = doctree.findall(nodes.reference)
    terms = [link["refuri"] for link in links if "term-link" in link["classes"]]
    return list(dict.fromkeys(term.partition("#")[2] for term in terms))


def entry(builder, place, item):
    text = item.next_node(nodes.definition)
    body = "".join(builder.render_partial(part)["fragment"] for part in text.children)
    return ENTRY.format(place, item.next_node(nodes.term).astext(), body)
