"""Take the docstring of a property or a constant as text, colons included.

Napoleon reads "Size of a head: width / heads." as a type and its description. It looks
for a colon in the first line, so that is hidden from it.
"""

COLON = "\ufdd0"


def hide(app, what, name, obj, options, lines):
    if what in {"attribute", "data", "property"} and lines:
        lines[0] = lines[0].replace(":", COLON)


def show(app, what, name, obj, options, lines):
    lines[:] = [line.replace(COLON, ":") for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", hide, priority=100)
    app.connect("autodoc-process-docstring", show, priority=900)
