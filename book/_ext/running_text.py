"""The running text of a chapter: where words may become links.

Not headings, bold leads, code, mathematics, links, captions, tables and what cells
print; not the sections of SKIPPED; and what is folded away for works alone.
"""

from docutils import nodes

SKIPPED = {"Check yourself"}
CLOSED = (
    nodes.title,
    nodes.strong,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.reference,
    nodes.caption,
    nodes.table,
    nodes.container,
)


def is_raw(node, start):
    return isinstance(node, nodes.raw) and node.astext().strip().startswith(start)


def running_text(node, skipped=frozenset(SKIPPED), *, folds=False):
    """Yield the pieces of running text below a node, in the order of reading.

    Args:
        node: a document or a part of one.
        skipped: titles of sections to leave out.
        folds: whether what is folded away counts, too.
    """
    folded = False
    for child in list(node.children):
        if is_raw(child, "<details"):
            folded = True
        elif is_raw(child, "</details"):
            folded = False
        elif (folded and not folds) or isinstance(child, CLOSED):
            continue
        elif isinstance(child, nodes.section):
            if child.next_node(nodes.title).astext() not in skipped:
                yield from running_text(child, skipped, folds=folds)
        elif isinstance(child, nodes.Text):
            if not isinstance(node, nodes.raw | nodes.comment):
                yield child
        else:
            yield from running_text(child, skipped, folds=folds)


def replace(text, parts):
    """Put nodes in the place of a piece of text, which may stand inside emphasis."""
    parent = text.parent
    place = parent.index(text)
    parent.remove(text)
    for node in reversed([part for part in parts if part.astext()]):
        parent.insert(place, node)
