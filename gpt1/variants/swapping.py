"""Exchanging the parts of a model: they get another class, and keep their weights."""


def swap(model, old, new):
    """Give every module of class `old` the class `new`; its parameters stay."""
    for part in model.modules():
        if type(part) is old:
            part.__class__ = new
    return model


def swapped(old, new):
    """The variant that has `new` in the place of `old`."""
    return lambda model: swap(model, old, new)


def as_class(kind):
    """The variant in which the whole model is of another class."""
    return lambda model: swap(model, type(model), kind)
