"""What the book's pages have beyond Jupyter Book's, as one extension of Sphinx.

links: where links lead, and what the search knows.
pages: parts of a page that are made here, such as heads, asides and questions.
pictures: drawings and plots, which stand in the page itself.
mends: small corrections of what Sphinx makes.
"""

from book._ext.links import own_pages, places, search_index
from book._ext.mends import accessible, empty_heads, tagged_equations, unbroken
from book._ext.pages import (
    anatomy,
    bars,
    code_lines,
    definitions,
    description,
    glossary_letters,
    quiz,
)
from book._ext.pages.reference_style import register
from book._ext.pictures.inline_drawings import InlineDrawings

TRANSFORMS = [anatomy.ChapterHead, anatomy.Asides, anatomy.Exercises, InlineDrawings]
TRANSFORMS += [glossary_letters.Letters, tagged_equations.TaggedEquations]
TRANSFORMS += [unbroken.Unbroken, bars.Bars]


def setup(app):
    register()
    search_index.extend()
    app.add_domain(places.Places)
    for transform in TRANSFORMS:
        app.add_post_transform(transform)
    app.connect("doctree-read", places.read)
    app.connect("doctree-resolved", own_pages.bring_home)
    app.connect("html-page-context", description.describe)
    app.connect("html-page-context", definitions.define)
    app.connect("html-page-context", accessible.mend, priority=900)
    app.connect("html-page-context", empty_heads.mend, priority=900)
    code_lines.setup()
    quiz.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
