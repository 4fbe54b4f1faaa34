"""The places in a GPT where its numbers can be read and written, and their names.

In the order in which a model computes them::

    token_embedding     (batch, time, width)   of each token
    position_embedding  (time, width)          of each position

    blocks.0.input                    (batch, time, width)  the state that comes in
    blocks.0.attention.query          (batch, heads, time, head_size)
    blocks.0.attention.key            (batch, heads, time, head_size)
    blocks.0.attention.value          (batch, heads, time, head_size)
    blocks.0.attention.weights        (batch, heads, time, time)
    blocks.0.attention.heads          (batch, heads, time, head_size)
                                      what each head makes: weights times values
    blocks.0.attention.contributions  (batch, heads, time, width)
                                      the same through the output projection; their
                                      sum, and its bias, is what attention gives
    blocks.0.attention.output         (batch, time, width)  what attention gives
    blocks.0.middle                   (batch, time, width)  the state between halves
    blocks.0.feed_forward.inner       (batch, time, feed_forward)  after the GELU
    blocks.0.feed_forward.output      (batch, time, width)  what feed-forward gives
    blocks.0.output                   (batch, time, width)  the state that goes out

    logits              (batch, time, vocab)   of `model(ids)` alone

Most are what a module gives or is given. The parts of attention are not: they are cut
out between its two matrices, and joined again.
"""

import math
from fnmatch import fnmatchcase
from operator import attrgetter

import torch

PARTS = ("query", "key", "value")
ENDS = ("token_embedding", "position_embedding", "logits")
INSIDE = ("input", *(f"attention.{part}" for part in PARTS), "attention.weights")
INSIDE += ("attention.heads", "attention.contributions", "attention.output", "middle")
INSIDE += ("feed_forward.inner", "feed_forward.output", "output")
MODULES = ("attention.query_key_value", "attention.projection", "attention_norm")
MODULES += ("attention.heads", "feed_forward.contract")


def matching(model, *patterns):
    """The names in a model that are meant, as a set; see `gpt1.inspect.watched`."""
    check_parts(model)
    layers = range(len(model.blocks))
    known = [*ENDS, *(f"blocks.{layer}.{name}" for layer in layers for name in INSIDE)]
    found = set()
    for pattern in patterns:
        meant = {name for name in known if fnmatchcase(name, pattern)}
        if not meant:
            raise KeyError(
                f"there is no {pattern!r}, only {', '.join(ENDS)} and, in each of "
                f"blocks.0 to blocks.{layers[-1]}, {', '.join(INSIDE)}"
            )
        found |= meant
    return found


def check_parts(model):
    """Whether a model can have the hooks; its first block stands for all."""
    if getattr(model, "_compiled_call_impl", None) or hasattr(model, "_orig_mod"):
        raise TypeError("a compiled model takes no hooks: give it as it was before")
    try:
        attrgetter(*ENDS[:2], *(f"blocks.0.{part}" for part in MODULES))(model)
    except AttributeError as error:
        raise TypeError(
            f"hooks need a model whose parts have the names of GPT's, got "
            f"{type(model).__name__}, where {error}; of a fine-tuned one, give its .gpt"
        ) from None


def hooks(model, take, wants):
    """Put hooks into all places of a model.

    Args:
        model: see `gpt1.inspect.watched`.
        take: gets name and tensor, and returns what the model goes on with.
        wants: gets the name of what takes work to compute, and returns whether to.

    Yields:
        The handles of the hooks.
    """
    for name in ENDS:
        part = model if name == "logits" else getattr(model, name)
        yield made_by(part, name, take)
    for layer, block in enumerate(model.blocks):
        name = f"blocks.{layer}"
        yield block.register_forward_pre_hook(refuse_cache, with_kwargs=True)
        yield given_to(block, f"{name}.input", take)
        yield from attention_hooks(block.attention, f"{name}.attention", take, wants)
        yield made_by(block.attention, f"{name}.attention.output", take)
        yield made_by(block.attention_norm, f"{name}.middle", take)
        inner = f"{name}.feed_forward.inner"
        yield given_to(block.feed_forward.contract, inner, take)
        yield made_by(block.feed_forward, f"{name}.feed_forward.output", take)
        yield made_by(block, f"{name}.output", take)


def made_by(part, name, take):
    return part.register_forward_hook(lambda _part, _given, made: take(name, made))


def given_to(part, name, take):
    return part.register_forward_pre_hook(
        lambda _part, given: (take(name, given[0]), *given[1:])
    )


def attention_hooks(attention, name, take, wants):
    """Those in the middle of an attention layer."""
    split = (attention.heads, -1)
    latest = []  # query, key and value of the run

    def cut(_part, _given, joint):
        joint = joint.unflatten(-1, (3, *split))  # (batch, time, 3, heads, head_size)
        joint = joint.permute(2, 0, 3, 1, 4)  # (3, batch, heads, time, head_size)
        pairs = zip(PARTS, joint, strict=True)
        latest[:] = [take(f"{name}.{part}", tensor) for part, tensor in pairs]
        joint = torch.stack(latest)  # (3, batch, heads, time, head_size)
        joint = joint.permute(1, 3, 0, 2, 4)  # (batch, time, 3, heads, head_size)
        return joint.flatten(2)  # (batch, time, 3 * width)

    def mix(_part, given):
        mixed = given[0].unflatten(-1, split)  # (batch, time, heads, head_size)
        mixed = mixed.transpose(1, 2)  # (batch, heads, time, head_size)
        if wants(f"{name}.weights"):
            query, key, value = latest
            weights = causal_weights(query, key)  # (batch, heads, time, time)
            check_weights(weights, value, mixed, name)
            changed = take(f"{name}.weights", weights)
            if changed is not weights:
                mixed = changed @ value  # (batch, heads, time, head_size)
        mixed = take(f"{name}.heads", mixed)
        mixed = mixed.transpose(1, 2)  # (batch, time, heads, head_size)
        return mixed.flatten(2)  # (batch, time, width)

    def project(projection, given, made):
        if not wants(f"{name}.contributions"):
            return made
        mixed = given[0].unflatten(-1, split)  # (batch, time, heads, head_size)
        matrix = projection.weight.unflatten(1, split)  # (width, heads, head_size)
        each = torch.einsum("bthd,whd->bhtw", mixed, matrix)
        changed = take(f"{name}.contributions", each)
        return made if changed is each else changed.sum(1) + projection.bias

    yield attention.query_key_value.register_forward_hook(cut)
    yield attention.projection.register_forward_pre_hook(mix)
    yield attention.projection.register_forward_hook(project)


def causal_weights(query, key):
    """softmax(Q Kᵀ / √head_size), each position's over itself and those before it.

    The same as `gpt1.model.attention_weights`, as a test says: this room knows no
    model.
    """
    scores = query @ key.transpose(-2, -1)  # (batch, heads, time, time)
    future = torch.ones_like(scores, dtype=torch.bool).triu(diagonal=1)
    scores = scores / math.sqrt(query.size(-1))
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1)


@torch.no_grad()
def check_weights(weights, value, mixed, name):
    """Whether heads mixed their values by these weights, rounding of bfloat16 aside."""
    if (weights @ value - mixed).abs().max() > 0.02 * value.abs().max():
        raise ValueError(
            f"what the heads of {name} make is not softmax(QKᵀ / √head_size) V, so "
            f"their weights are unknown; if dropout is on, call model.eval() first"
        )


def refuse_cache(_block, given, named):
    """Keys and values in a cache went through no hook."""
    if any(each is not None for each in (*given[1:], *named.values())):
        raise ValueError("hooks see whole texts only: call the model without a cache")
