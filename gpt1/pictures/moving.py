"""Pictures that a hand can move, where the book shows them.

A notebook stores a picture, which everybody sees, and beside it in the same output the
numbers with which a page of the book lets its reader move it. Jupyter, Colab and GitHub
know nothing of the second form and show the first.
"""

MIME = "application/vnd.gpt1.moving+json"
"""The name of the second form."""


class Moving:
    """A picture with the numbers to move it, to be shown as a cell's last line.

    Args:
        picture: a figure of matplotlib or a `Drawing`.
        name: which of the book's scripts moves it: `book/_static/moving/{name}.js`.
        numbers: what that script needs: numbers, strings, tensors, lists of these.
            Floats are stored with `digits` decimals.
        digits: decimals; few, since another processor's last ones differ.
    """

    def __init__(self, picture, name, *, digits=4, **numbers):
        self.picture = picture
        self.numbers = {"name": name, **plain(numbers, digits)}

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = getattr(self.picture, "_repr_mimebundle_", None)
        return {**(shown() if shown else plot(self.picture)), MIME: self.numbers}

    def __repr__(self):
        return repr(self.picture)


def plain(value, digits):
    """Return a value as JSON has it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(one, digits) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, digits) for one in value]
    return round(value, digits) if isinstance(value, float) else value


def plot(figure):
    """Return the forms of a figure of matplotlib, which is then not shown again."""
    import matplotlib.pyplot as plt
    from IPython import get_ipython

    data, _ = get_ipython().display_formatter.format(figure)
    plt.close(figure)
    return data
