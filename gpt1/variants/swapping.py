"""Exchanging the parts of a model: they get another class, and keep their weights.

Two variants, one after the other, both hold where they change different things.
"""

from gpt1.model import GPT


def swap(model, old, new):
    """Give every module of class `old` the class `new`; its parameters stay.

    A module that another variant has changed already keeps that change, too, unless
    `new` changes the same.
    """
    for part in model.modules():
        if type(part) is old:
            part.__class__ = new
        elif isinstance(part, old) and not isinstance(part, new):
            part.__class__ = type(new.__name__, (new, type(part)), {})
    return model


def swapped(old, new):
    """The variant that has `new` in the place of `old`."""
    return lambda model: swap(model, old, new)


def as_class(kind):
    """The variant in which the whole model is of another class."""

    def change(model):
        return swap(model, GPT if isinstance(model, GPT) else type(model), kind)

    return change
