"""HTML that goes into a page as it is written, and where a page has some."""

from docutils import nodes


def raw(html):
    """Return the node for HTML of ours."""
    return nodes.raw("", html, format="html")


def is_raw(node, start):
    """Tell whether a node is HTML that begins with a tag such as `<details`."""
    return isinstance(node, nodes.raw) and node.astext().strip().startswith(start)
