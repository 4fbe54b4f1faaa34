"""What the book's pages have beyond Jupyter Book's, as one extension of Sphinx.

links       where links lead, and what the search knows
pages       parts of a page that are made here: heads, asides, questions, entries
pictures    drawings and plots that stand in the page itself
mends       small corrections of what Sphinx makes
"""

from book._ext.links import (
    own_pages,
    places,
    search_index,
)
from book._ext.mends import (
    accessible,
    plain_attributes,
    tagged_equations,
    unbroken,
)
from book._ext.pages import (
    anatomy,
    description,
    glossary_letters,
    quiz,
    reference_style,
)
from book._ext.pictures import inline_drawings

PARTS = [accessible, anatomy, glossary_letters]
PARTS += [inline_drawings, own_pages, plain_attributes, description]
PARTS += [tagged_equations, quiz, places, reference_style, search_index, unbroken]


def setup(app):
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
