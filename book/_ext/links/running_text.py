"""The running text of a chapter: where words may become links, and how they do.

Not headings, bold leads, code, mathematics, links, captions, tables and what cells
print; not the sections of SKIPPED; and what is folded away for works alone.
"""

from docutils import nodes

from book._ext.raw_html import is_raw

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


def link_matches(text, pattern, link):
    """Put links in the place of what a pattern finds in a piece of text.

    Args:
        text: a node of text, which may stand inside emphasis.
        pattern: a compiled regular expression.
        link: makes a link of a match, or None where it shall stay as it is.
    """
    parts, end, source = [], 0, text.astext()
    for match in pattern.finditer(source):
        if (made := link(match)) is not None:
            parts += [nodes.Text(source[end : match.start()]), made]
            end = match.end()
    if parts:
        parts.append(nodes.Text(source[end:]))
        text.parent.replace(text, [part for part in parts if part.astext()])
