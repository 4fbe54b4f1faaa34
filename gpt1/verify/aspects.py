"""What of a model can be judged beside its forward pass: sizes, tying, lengths."""

import re
import warnings

import torch
from torch import nn

from gpt1.count.ledgers import parameters as ledger
from gpt1.inspect import leaks
from gpt1.verify.known import JOINT, place
from gpt1.verify.names import dims, owner
from gpt1.verify.report import DIFFERS, SAME, UNDECIDED, Finding
from gpt1.verify.running import Dropout, in_mode, logits_of, tensors_in


def looks_ahead(model, vocab):
    """What `leaks` finds of a model in evaluation mode.

    Returns:
        A `Leaks`.

    Raises:
        ValueError: see `leaks`.
    """
    with in_mode(model, False), Dropout():
        return leaks(lambda ids: logits_of(model, ids, vocab))


def counted(model, names, config):
    """Parameters to the unit, as a finding."""
    sizes = {n: p.numel() for n, p in model.named_parameters()}
    have, want = sum(sizes.values()), ledger(config).total
    if have == want:
        return Finding("parameters", SAME, f"{have:,}, to the unit")
    more = {}
    for name in names.unknown:
        more[generic(name)] = more.get(generic(name), 0) + sizes[name]
    for name, role in names.roles.items():
        if role.startswith(("output", "final_norm", "embedding_norm")):
            module = role.rpartition(".")[0].replace("_", " ")
            more[module] = more.get(module, 0) + sizes[name]
    less = have - sum(more.values()) - want
    more |= {"what is lacking" if less < 0 else "other sizes": less} if less else {}
    parts = ", ".join(f"{name} {count:+,}" for name, count in more.items())
    told = f"{have:,} (GPT-1 of these sizes: {want:,}): {parts}"
    return Finding("parameters", DIFFERS, told)


def generic(name):
    """A parameter's name with stars for numbers."""
    return re.sub(r"(?<![a-zA-Z0-9])\d+(?![a-zA-Z0-9])", "*", name)


def biases(names, config):
    """Which biases there are beside GPT-1's, as a finding."""
    have = {place(role, config)[0] for role in names.roles.values()}
    parts = {
        JOINT: "query, key and value",
        "attention.projection": "attention's output",
        "attention_norm": "attention's LayerNorm",
        "feed_forward.expand": "the first feed-forward matrix",
        "feed_forward.contract": "the second feed-forward matrix",
        "feed_forward_norm": "the feed-forward LayerNorm",
    }
    lacks = []
    for part, words in parts.items():
        layers = range(config.layers)
        if not all(f"blocks.{n}.{part}.bias" in have for n in layers):
            lacks.append(words)
    told = []
    if len(lacks) == len(parts):
        told.append("no biases")
    elif lacks:
        told.append(f"no bias at {', '.join(lacks)}")
    if names.has("output.bias"):
        told.append("a bias on the logits")
    if told:
        return Finding("biases", DIFFERS, " and ".join(told))
    return Finding("biases", SAME, "everywhere in a block, and none on the logits")


def inner_width(config):
    """Whether the feed-forward layer is four times as wide as a state."""
    ratio = config.feed_forward / config.width
    if ratio == 4:
        return Finding("inner width", SAME, "4 x width")
    told = f"a feed-forward layer {ratio:.3g} times as wide as a state (GPT-1: 4)"
    return Finding("inner width", DIFFERS, told)


def is_copy(model, names):
    """Whether the output matrix has the same numbers as the embedding."""
    parameters = dict(model.named_parameters())
    both = (names.having("output.weight"), names.having("token_embedding.weight"))
    if not all(both):
        return False
    one, other = (parameters[found[0]].detach().squeeze() for found in both)
    return torch.equal(one, other)


def tying(model, names, compared, copy):
    """Whether one matrix embeds and predicts, and learns from both, as a finding.

    Args:
        model: with known weights.
        names: its `Names`.
        compared: a `Compared`, or None.
        copy: what `is_copy` says of the weights that it was made with.
    """
    aspect = "tying"
    output, token = (
        names.having("output.weight"),
        names.having("token_embedding.weight"),
    )
    known = compared is not None and compared.output is not None
    if output and (compared.own_output if known else is_linear(model, output[0])):
        told = "an output matrix of its own (untied)"
        if copy:
            told = "an untied copy as output matrix: equal at first, apart after a step"
        return Finding(aspect, DIFFERS, told, "an untied copy")
    if not known or not token:
        return Finding(aspect, UNDECIDED, "how the logits are made was not found out")
    if not output_learns(model, token[0]):
        told = "the tied matrix learns nothing as the output: its gradient is cut off"
        return Finding(aspect, DIFFERS, told, "an output without gradient")
    return Finding(aspect, SAME, "one matrix embeds and predicts, and learns from both")


def is_linear(model, name):
    """Whether a parameter belongs to an `nn.Linear`."""
    return isinstance(owner(model, name), nn.Linear)


def output_learns(model, name):
    """Whether the logit of a token that is not read has a gradient in its row."""
    weight = dict(model.named_parameters())[name]
    ids = torch.zeros(1, 4, dtype=torch.long)
    weight.requires_grad_()
    with in_mode(model, False), Dropout(), torch.enable_grad():
        logits = logits_of(model, ids, dims(weight)[0])
        (found,) = torch.autograd.grad(logits[0, -1, 1], weight, allow_unused=True)
    return found is not None and bool(found.reshape(dims(weight))[1].any())


@torch.no_grad()
def lengths(model, context, vocab):
    """What becomes of a text that is too long, and of an empty one, as findings."""
    findings = []
    made = answer(model, torch.ones(1, context + 1, dtype=torch.long), vocab)
    if made is None:
        told = f"an error beyond {context} tokens"
        findings.append(Finding("longer texts", SAME, told))
    else:
        told = f"no error at {context + 1} tokens, though the context is {context}"
        findings.append(Finding("longer texts", DIFFERS, told))
    made = answer(model, torch.zeros(1, 0, dtype=torch.long), vocab)
    if made is None or made.numel() == 0:
        told = "an error" if made is None else "no logits"
        findings.append(Finding("empty texts", SAME, told))
    else:
        told = "an empty text gets logits"
        findings.append(Finding("empty texts", DIFFERS, told))
    return findings


def answer(model, ids, vocab):
    """The first tensor that a model gives; None where it raises an error."""
    try:
        with warnings.catch_warnings(), in_mode(model, False), Dropout():
            warnings.simplefilter("ignore")
            return tensors_in(model(ids))[0]
    except Exception:
        return None
