"""What the book's pages have beyond Jupyter Book's, as one extension of Sphinx.

links: where links lead, and what the search knows.
pages: parts of a page that are made here, such as heads, asides and questions.
pictures: drawings and plots, which stand in the page itself.
mends: small corrections of what Sphinx makes.
"""

from book._ext.links import own_pages, places, search_index
from book._ext.mends import accessible, tagged_equations, unbroken
from book._ext.pages import (
    anatomy,
    description,
    glossary_letters,
    quiz,
    reference_style,
)
from book._ext.pictures import inline_drawings

LINKS = [own_pages, places, search_index]
PAGES = [anatomy, description, glossary_letters, quiz, reference_style]
MENDS = [accessible, tagged_equations, unbroken]


def setup(app):
    for part in [*LINKS, *PAGES, inline_drawings, *MENDS]:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
