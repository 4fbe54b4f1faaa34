"""The forward pass beside GPT-1's: embeddings, each block and the output, one by one.

Each part of the model is given what it was really given, and so is ours: a block that
differs does not hide what comes after it. Where no part of ours gives the same, the
variants are tried, one at a time, then in pairs, then by threes of which two are usual.
"""

from dataclasses import dataclass
from itertools import combinations, pairwise

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.model import GPT
from gpt1.verify import changes
from gpt1.verify.running import Dropout, distance, in_mode, states_of

EQUAL, TIGHT, LOOSE = 1e-12, 1e-9, 3e-5
"""How far apart equal numbers are, and may be, in float64; and where a model rounds to
float32."""

TIME, TEXTS = 11, 2


@dataclass
class Compared:
    """What a forward pass was found to be. A part is a tuple of `Change`, or None.

    Attributes:
        embeddings: how they differ: () if not at all, None if in an unknown way.
        blocks: the same for each block; empty where the blocks could not be watched.
        output: the same for what follows the blocks.
        watched: whether states between the blocks were seen.
        exact: whether the model computes in float64.
        own_output: whether logits are made with the output's own matrix.
    """

    embeddings: tuple | None
    blocks: list
    output: tuple | None
    watched: bool
    exact: bool
    own_output: bool = False

    def parts(self):
        """All parts from bottom to top."""
        return [self.embeddings, *self.blocks, self.output]

    def cost(self):
        """How much there is to explain: what is unknown, then what differs."""
        parts = self.parts()
        return sum(p is None for p in parts), sum(len(p or ()) for p in parts)

    def first(self):
        """Where it first differs, in words, or None."""
        names = ["the embeddings", *(f"block {n + 1}" for n in range(len(self.blocks)))]
        for name, part in zip([*names, "the output"], self.parts(), strict=True):
            if part != ():
                return name
        return None


@torch.no_grad()
def reference(config, known, names):
    """A GPT in float64 with the known weights, and the model's norm on embeddings."""
    model = GPT(config).double()
    model.load_state_dict({name: known[name] for name in model.state_dict()})
    if names.has("embedding_norm.weight"):
        model.embedding_norm = nn.LayerNorm(config.width).double()
        for kind in ("weight", "bias"):
            getattr(model.embedding_norm, kind).copy_(known[f"embedding_norm.{kind}"])
    return model.eval()


def twin(module):
    """A copy that can be changed, with the same parameters; quicker than deepcopy."""
    new = module.__new__(type(module))
    new.__dict__ = dict(vars(module))
    for name in ("_parameters", "_forward_hooks", "_forward_pre_hooks"):
        new.__dict__[name] = new.__dict__[name].copy()
    new._modules = {name: twin(part) for name, part in module._modules.items()}
    return new


def changed(model, some):
    """A copy with some changes, its parameters the same."""
    model = twin(model)
    for change in some:
        model = change.apply(model)
    return model


def worth_trying(some):
    """Whether changes go together: of different aspects, and of three two are usual."""
    usual = sum(c.stage != "block" or c.name in changes.USUAL for c in some)
    apart = len({change.aspect for change in some}) == len(some)
    return apart and (len(some) < 3 or usual >= 2)


def explain(possible, make, want, exact, most=3):
    """The fewest changes with which ours gives what theirs gives.

    Args:
        possible: list of `Change`.
        make: from a tuple of changes to a tensor.
        want: theirs.
        exact: whether `want` was computed in float64.
        most: the most changes at once.

    Returns:
        A tuple of changes, or None.
    """
    best, kept = float("inf"), None
    for count in range(most + 1):
        found, which = float("inf"), None
        for some in combinations(possible, count):
            if worth_trying(some):
                off = distance(make(some), want)
                if off < found:
                    found, which = off, some
                if off <= EQUAL:
                    return some
        if found <= TIGHT:
            return which
        if best <= LOOSE and found > best / 30:
            return kept
        if found < best:
            best, kept = found, which
    return kept if best <= LOOSE else None


@torch.no_grad()
def compare(model, names, config, known, ids, most=3):
    """Compare a model that holds known weights with ours.

    Args:
        model: an `nn.Module`.
        names: its `Names`.
        config: a `GPTConfig` of its sizes.
        known: the weights, by our names.
        ids: (batch, time).
        most: the most changes of one part.

    Returns:
        A `Compared`.

    Raises:
        ValueError: the model fails, or returns no logits.
    """
    ours = reference(config, known, names)
    with in_mode(model, False), Dropout():
        states, logits = states_of(model, names.blocks, ids, config.vocab_size)
    exact = logits.dtype == torch.float64
    logits = logits.double()
    if not states:
        return whole(ours, names, config, known, ids, logits, exact)
    states = [(given.double(), made.double()) for given, made in states]
    if not chained(states) and most == 3:
        found = whole(ours, names, config, known, ids, logits, exact)
        if found.cost()[0] == 0:
            return found

    def embedded(some):
        return inputs_of(changed(ours, some), ids)

    bottom = explain(changes.in_embeddings(names), embedded, states[0][0], exact, most)
    blocks, tried = [], most
    for block, (given, made) in zip(ours.blocks, states, strict=True):
        again = blocks[-1] if blocks else ()
        blocks.append(explain_block(ours, block, given, made, exact, again, tried))
        tried = 1 if blocks[-1] is None else tried
    top, own = explain_output(known, names, config, states[-1][1], logits, exact)
    found = Compared(bottom, blocks, top, True, exact, own)
    if most == 3 and None in blocks and found.cost()[0] == len(blocks) + (top is None):
        other = whole(ours, names, config, known, ids, logits, exact)
        return other if other.cost()[0] == 0 else found
    return found


def chained(states):
    """Whether each block is given what the one before it made."""
    pairs = pairwise(states)
    return all(distance(given, made) <= LOOSE for (_, made), (given, _) in pairs)


def inputs_of(model, ids):
    """What the first block is given."""
    kept = []
    hook = model.blocks[0].register_forward_pre_hook(
        lambda _p, given: kept.append(given[0])
    )
    try:
        model(ids)
    finally:
        hook.remove()
    return kept[0]


def explain_block(ours, block, given, made, exact, again, most):
    """How one block differs; the way of the block before it is tried first."""
    alone = nn.ModuleList([block])

    def computed(some):
        return changed(alone, some)[0](given)

    if again and distance(computed(again), made) <= (TIGHT if exact else LOOSE):
        return again
    return explain(changes.in_block(), computed, made, exact, most)


def explain_output(known, names, config, final, logits, exact, most=2):
    """How what follows the blocks differs, and whether it has a matrix of its own."""
    best = None
    for own in (True, False) if names.has("output.weight") else (False,):

        def made(some, own=own):
            return output(final, some, known, names, own)

        possible = changes.behind_the_blocks() + changes.on_logits(config)
        found = explain(possible, made, logits, exact, most)
        if found is not None and (best is None or len(found) < len(best[0])):
            best = found, own
    return best or (None, False)


def output(final, some, known, names, own):
    """Logits from final states, with some changes.

    Args:
        final: (batch, time, width).
        some: changes of the output.
        known: the weights.
        names: the model's `Names`.
        own: whether the output has its own matrix.
    """
    for change in some:
        if change.aspect == "final norm":
            final = change.apply(final, known)
    table = known["output.weight" if own else "token_embedding.weight"]
    bias = known["output.bias"] if names.has("output.bias") else None
    logits = F.linear(final, table, bias)
    for change in some:
        if change.aspect != "final norm":
            logits = change.apply(logits)
    return logits


@torch.no_grad()
def whole_logits(compared, config, known, names, ids):
    """The logits of a GPT with all changes that were found.

    Args:
        compared: a `Compared` in which nothing is unknown.
        config: a `GPTConfig`.
        known: the weights.
        names: the model's `Names`.
        ids: (batch, time).
    """
    ours = reference(config, known, names)
    blocks = [
        changed(nn.ModuleList([block]), some)[0]
        for block, some in zip(ours.blocks, compared.blocks, strict=True)
    ]
    ours = changed(ours, compared.embeddings)
    ours.blocks = nn.ModuleList(blocks)
    own = compared.own_output
    return output(ours.hidden(ids), compared.output, known, names, own)


def whole(ours, names, config, known, ids, logits, exact):
    """The comparison by logits alone, where states could not be seen."""
    possible = changes.in_embeddings(names) + changes.in_block()
    results = {}

    def hidden(some):
        return changed(ours, some).hidden(ids)

    for count in range(3):
        for some in combinations(possible, count):
            if not worth_trying(some):
                continue
            final = hidden(some)
            top, own = explain_output(known, names, config, final, logits, exact, 1)
            if top is not None:
                results[some] = top, own
        if results:
            break
    if not results:
        return Compared(None, [None] * config.layers, None, False, exact)
    some = min(results, key=lambda some: len(results[some][0]))
    bottom = tuple(change for change in some if change.stage == "embeddings")
    middle = tuple(change for change in some if change.stage == "block")
    return Compared(
        bottom,
        [middle] * config.layers,
        *results[some][:1],
        False,
        exact,
        results[some][1],
    )
