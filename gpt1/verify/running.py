"""Running anybody's model: its logits in one form, and its states between blocks."""

from contextlib import ExitStack, contextmanager

import torch
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from gpt1.verify.sizes import told

ATTEND, JOINT = F.scaled_dot_product_attention, F.multi_head_attention_forward
DROPS = {F.dropout, torch.dropout}


class Dropout(TorchFunctionMode):
    """Sees each dropout that acts, and can keep it from acting.

    Args:
        quiet: whether nothing is dropped.

    Attributes:
        calls: (shape, probability) of each that acts, in the order of the calls; for
            attention the shape is that of its weights.
    """

    def __init__(self, quiet=True):
        super().__init__()
        self.quiet, self.calls = quiet, []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function in DROPS:
            p = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
            train = kwargs.get("training", kwargs.get("train", (*args, 1, 1, 1)[2]))
            if train and p:
                self.calls.append((tuple(args[0].shape), p))
            if self.quiet:
                return args[0]
        elif function is ATTEND:
            p = kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0)
            if p:
                query, key = args[0], (args[1] if len(args) > 1 else kwargs["key"])
                self.calls.append(((*query.shape[:-1], key.size(-2)), p))
            if self.quiet:
                args, kwargs["dropout_p"] = args[:4], 0.0
        elif function is JOINT:  # what it calls is not seen
            time, heads, p = args[0].size(0), args[4], args[10]
            if kwargs.get("training", True) and p:
                self.calls.append(((args[0].size(1), heads, time, time), p))
            kwargs["training"] = kwargs.get("training", True) and not self.quiet
        return function(*args, **kwargs)


def tensors_in(made):
    """All tensors that a model returns, in their order."""
    if torch.is_tensor(made):
        return [made]
    if hasattr(made, "logits"):
        return [made.logits]
    if isinstance(made, dict):
        return tensors_in([made["logits"]] if "logits" in made else [*made.values()])
    if isinstance(made, list | tuple):
        return [tensor for each in made for tensor in tensors_in(each)]
    return []


def shaped(made, ids, vocab):
    """The logits (batch, time, vocab) among what a model returns, or None."""
    batch, time = ids.shape
    for tensor in tensors_in(made):
        if tensor.shape == (batch, time, vocab):
            return tensor
        if tensor.shape == (batch * time, vocab) and time > 1:
            return tensor.view(batch, time, vocab)
    return None


def logits_of(model, ids, vocab=None):
    """A model's logits for all positions, in whatever form it returns them.

    Where it gives those of the last position only, it is given targets too, as
    nanoGPT's wants them; where it takes none, it reads each beginning of the ids.

    Args:
        model: from (batch, time) ids to a tensor, a tuple or an object with `logits`.
        ids: (batch, time).
        vocab: the number of tokens; None takes the last size of what comes.

    Returns:
        (batch, time, vocab).

    Raises:
        ValueError: nothing of that shape comes back, or the model fails.
    """
    try:
        made = model(ids)
    except Exception as error:
        hint = "; wrap it in a module that takes ids alone"
        hint = hint if "required positional argument" in str(error) else ""
        raise ValueError(
            f"the model fails on ids {tuple(ids.shape)}: {told(error)}{hint}"
        ) from error
    if vocab is None:
        vocab = next((t.size(-1) for t in tensors_in(made) if t.dim() > 1), 0)
    found = shaped(made, ids, vocab)
    if found is not None:
        return found
    try:
        found = shaped(model(ids, ids.clone()), ids, vocab)
    except Exception:
        found = None
    if found is not None:
        return found
    if any(last_only(tensor, ids, vocab) for tensor in tensors_in(made)):
        ends = [tensors_in(model(ids[:, :stop])) for stop in range(1, ids.size(1) + 1)]
        ends = [[t for t in each if last_only(t, ids, vocab)] for each in ends]
        if all(ends):
            return torch.stack([each[0].reshape(-1, vocab) for each in ends], 1)
    got = [tuple(tensor.shape) for tensor in tensors_in(made)]
    raise ValueError(
        f"the model must return logits of shape (batch, time, vocab), here "
        f"({ids.size(0)}, {ids.size(1)}, {vocab}); got {got or type(made).__name__}"
    )


def last_only(tensor, ids, vocab):
    """Whether a tensor is logits of one position for each text."""
    texts = ids.size(0)
    return tensor.shape in ((texts, vocab), (texts, 1, vocab))


@contextmanager
def in_mode(model, training):
    """A model in training or evaluation mode, and back part by part."""
    before = {part: part.training for part in model.modules()}
    model.train(training)
    try:
        yield model
    finally:
        for part, mode in before.items():
            part.training = mode


@contextmanager
def borrowed(model):
    """Let a model be changed, and give it back as it was: its tensors and rates.

    It is not copied, since a function inside it may know the modules by themselves.
    Meanwhile it is on the CPU.
    """
    modules = list(model.modules())
    tensors = [(p, p.data, p.requires_grad) for p in model.parameters()]
    buffers = [(part, dict(part._buffers)) for part in modules]
    rates = [(part, part.p) for part in modules if isinstance(part, nn.Dropout)]
    try:
        for parameter, data, _ in tensors:
            parameter.data = data.detach().cpu().clone()
        for part, held in buffers:
            for name, tensor in held.items():
                if tensor is not None:
                    part._buffers[name] = tensor.detach().cpu().clone()
        yield model
    finally:
        for parameter, data, learns in tensors:
            parameter.data = data
            parameter.requires_grad_(learns)
        for part, held in buffers:
            part._buffers.update(held)
        for part, rate in rates:
            part.p = rate


@torch.no_grad()
def states_of(model, blocks, ids, vocab):
    """What goes into each block and comes out of it, and the logits.

    Args:
        model: in the mode that is wanted.
        blocks: names of its blocks.
        ids: (batch, time).
        vocab: the number of tokens.

    Returns:
        A list of (input, output), each (batch, time, width), empty where the blocks
        are no modules or are not called one after the other; and the logits.
    """
    parts = dict(model.named_modules())
    kept = {}

    def keeper(name):
        def keep(_part, args, kwargs, made):
            given = [t for t in tensors_in([*args, *kwargs.values()]) if t.dim() == 3]
            made = [t for t in tensors_in(made) if t.dim() == 3]
            if given and made and name not in kept:
                kept[name] = batch_first(given[0], ids), batch_first(made[0], ids)

        return keep

    with ExitStack() as hooks:
        for name in blocks:
            if name in parts:
                hook = parts[name].register_forward_hook(keeper(name), with_kwargs=True)
                hooks.enter_context(hook)
        logits = logits_of(model, ids, vocab)
    states = [kept[name] for name in blocks if name in kept]
    whole = len(states) == len(blocks) and all(
        x.shape[:2] == ids.shape and x.shape == y.shape for x, y in states
    )
    return (states if whole else []), logits


def batch_first(state, ids):
    """A state as (batch, time, width), though it may be (time, batch, width)."""
    turned = state.shape[:2] == ids.shape[::-1] and state.shape[:2] != ids.shape
    return (state.transpose(0, 1) if turned else state).detach().clone()


def distance(got, want):
    """How far two tensors are apart, by the size of the second; inf if not alike."""
    if got.shape != want.shape:
        return float("inf")
    off = (got.double() - want.double()).abs()
    size = want.double().abs().mean().clamp(min=1e-12)
    return (off.max() / size).nan_to_num(float("inf")).item()
