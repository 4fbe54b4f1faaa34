"""Give the bibliography the roles that a list has.

Docutils calls its entries by a role that ARIA has given up, and a list may hold nothing
but items: then a screen reader says how many there are.
"""

OLD, NEW = 'role="doc-biblioentry"', 'role="listitem"'


def mend(app, page, template, context, doctree):
    if "body" in context:
        context["body"] = context["body"].replace(OLD, NEW)
