"""What the book's pages have beyond Jupyter Book's, as one extension of Sphinx.

links: where links lead, and what the search knows.
pages: parts of a page that are made here, such as heads, asides and questions.
pictures: drawings and plots, which stand in the page itself.
mends: small corrections of what Sphinx makes.
weight: what makes the finished pages light.
"""

from book._ext.links import own_pages, places, search_index
from book._ext.mends import accessible, empty_heads, unbroken
from book._ext.pages import (
    anatomy,
    bars,
    code_lines,
    definitions,
    description,
    figure_letters,
    formulas,
    glossary_letters,
    numbers,
    play,
    quiz,
)
from book._ext.pages.reference_style import register
from book._ext.pictures import living, moving
from book._ext.pictures.inline_drawings import InlineDrawings
from book._ext.weight import finished

TRANSFORMS = [anatomy.ChapterHead, anatomy.Asides, anatomy.Exercises, InlineDrawings]
TRANSFORMS += [glossary_letters.Letters, unbroken.Unbroken, bars.Bars]
TRANSFORMS += [moving.Moving, living.Living]


def setup(app):
    register()
    app.add_domain(places.Places)
    for transform in TRANSFORMS:
        app.add_post_transform(transform)
    app.connect("doctree-read", places.read)
    app.connect("doctree-resolved", own_pages.bring_home)
    app.connect("html-page-context", description.describe)
    app.connect("html-page-context", moving.load)
    app.connect("html-page-context", definitions.define)
    app.connect("html-page-context", accessible.mend, priority=900)
    app.connect("html-page-context", empty_heads.mend, priority=900)
    code_lines.setup()
    figure_letters.setup(app)
    formulas.setup(app)
    numbers.setup(app)
    play.setup(app)
    quiz.setup(app)
    search_index.setup(app)
    finished.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
