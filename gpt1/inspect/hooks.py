"""Reading and writing what a GPT computes on its way, by PyTorch's hooks.

Reading::

    with watched(model) as run:
        model(ids)
    run["blocks.2.attention.weights"]  # (batch, heads, time, time)

Writing, here to switch a head off::

    def off(heads):  # (batch, heads, time, head_size)
        heads[:, 1] = 0

    with edited(model, {"blocks.2.attention.heads": off}):
        model(ids)

`gpt1.inspect.places` has the names.
"""

from contextlib import contextmanager

from gpt1.inspect.places import hooks, matching

_open = {}  # from each model that has hooks to those who read and write, and the hooks


@contextmanager
def watched(model, *names):
    """Keep what a model computes.

    It is what the model goes on with, so after all edits, whichever context was entered
    first. The logits stay the same to the bit. Of several calls, each replaces what the
    one before left.

    Nothing is detached: where gradients are on, they flow from all that is kept to the
    parameters, and from the logits to it. Only attention weights and contributions are
    on no way to the logits, since the model itself goes another; an edit, be it
    `lambda weights: weights`, puts them on it.

    Args:
        model: a `GPT`, or one of your own whose parts have the same names; not a
            compiled one, which has no hooks.
        names: what to keep, such as "blocks.*.output", where * stands for anything; all
            if there are none. The contributions are large, (batch, heads, time, width).

    Returns:
        A context manager that gives a `Run`, a dictionary from names to tensors.

    Raises:
        KeyError: there is no such name.
        TypeError: the model has other parts.
        ValueError: the model is called with a cache; or weights are asked for, and its
            heads mix by others than those of `gpt1.model.attention_weights`, as they do
            under dropout.
    """
    run = Run()

    def keep(name, value):
        run[name] = value
        return value

    with _visited(model, [(matching(model, *(names or ["*"])), keep)], last=True):
        yield run


@contextmanager
def edited(model, edits):
    """Replace what a model computes while it goes on.

    An edit gets a copy. It returns what the model shall go on with, or changes the copy
    in place and returns nothing. Where several edit one name, those of the context that
    was entered first come first.

    Args:
        model: see `watched`.
        edits: a dictionary from names, where * stands for anything, to functions from
            a tensor to one of the same shape; or to the new tensor itself.

    Returns:
        A context manager.

    Raises:
        KeyError, TypeError: see `watched`.
        ValueError: see `watched`; or an edit gives something of another shape; or, at
            the end, one was never asked: `hidden` and `loss` of a model make no logits.
    """
    found = [(matching(model, name), edit) for name, edit in edits.items()]
    missed = set().union(*(names for names, _ in found))

    def use(edit):
        def change(name, value):
            missed.discard(name)
            return _changed(name, value, edit)

        return change

    with _visited(model, [(names, use(edit)) for names, edit in found]):
        yield
    if missed:
        raise ValueError(
            f"{min(missed)!r} was to be edited, but was not computed: call model(ids) "
            f"inside the with block"
        )


class Run(dict):
    """What a model computed, by its names, in the order of the computation."""

    def __missing__(self, name):
        there = f"only {', '.join(self)}"
        if not self:
            there = "nothing was computed: call the model inside the with block"
        raise KeyError(f"there is no {name!r} in this run, {there}")


@contextmanager
def _visited(model, visitors, last=False):
    """Let visitors, pairs of names and a function, take part in a model's runs."""
    present, handles = _open.setdefault(model, ([], []))
    visitors = [(last, *visitor) for visitor in visitors]

    def take(name, value):
        for _, names, visit in present:
            value = visit(name, value) if name in names else value
        return value

    def wants(name):
        return any(name in names for _, names, _ in present)

    present += visitors
    present.sort(key=lambda visitor: visitor[0])
    try:
        if not handles:
            handles += hooks(model, take, wants)
        yield
    finally:
        present[:] = [each for each in present if not any(each is v for v in visitors)]
        if not present:
            for handle in _open.pop(model)[1]:
                handle.remove()


def _changed(name, value, edit):
    """What an edit gives in the place of a value; see `edited`."""
    new = edit
    if callable(edit):
        copy = value.clone()
        new = edit(copy)
        new = copy if new is None else new
    if getattr(new, "shape", None) != value.shape:
        got = tuple(new.shape) if hasattr(new, "shape") else type(new).__name__
        raise ValueError(
            f"the edit of {name!r} has to give a tensor of shape "
            f"{tuple(value.shape)}, got {got}"
        )
    return new
