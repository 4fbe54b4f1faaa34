"""What must hold for a GPT-1, as functions that raise AssertionError where it does not.

The tests call them with the real model. `test_mutations.py` calls the same functions
with models that are wrong in one way, and expects the error: a check that no wrong
model fails would prove nothing.
"""

import math
from contextlib import ExitStack

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import GPTConfig
from lib import numpy_gpt

SMALL = GPTConfig(
    vocab_size=61, context=16, width=24, layers=3, heads=4, dropout=0.1, norm_eps=1e-5
)
"""Small enough for a loop over everything; heads and head size differ."""

TOLERANCE = 1e-5
"""For float32 states and logits of order 1."""


def close(got, want, what, tolerance=TOLERANCE):
    """Assert |got - want| <= tolerance * (1 + |want|), and say how far off it is."""
    got = torch.as_tensor(np.asarray(got) if isinstance(got, np.ndarray) else got)
    want = torch.as_tensor(want)
    assert got.shape == want.shape, f"{what}: shape {got.shape}, want {want.shape}"
    off = (got.double() - want.double()).abs()
    allowed = tolerance * (1 + want.double().abs())
    worst = (off / allowed).nan_to_num(math.inf).max().item()
    assert worst <= 1, f"{what}: off by {off.max():.1e}, {worst:.1f} times too much"


@torch.no_grad()
def states_and_logits(model, ids):
    """What `numpy_gpt.forward` returns, from a `GPT`, seen through forward hooks."""
    states = []

    def keep(_part, _given, made):
        states.append(made)

    with ExitStack() as hooks:
        for part in (model.dropout, *model.blocks):
            hooks.enter_context(part.register_forward_hook(keep))
        return states, model(ids)


def check_states(model, states, logits, ids, tolerance=TOLERANCE):
    """Embeddings, each block and the logits are the given ones, in this order."""
    ours, our_logits = states_and_logits(model, ids)
    assert len(ours) == len(states), f"{len(ours) - 1} blocks, want {len(states) - 1}"
    names = ["embeddings"] + [f"block {layer}" for layer in range(len(states) - 1)]
    for name, got, want in zip(names, ours, states, strict=True):
        close(got, want, name, tolerance)
    close(our_logits, logits, "logits", tolerance)


def check_against_numpy(model, weights, ids, tolerance=TOLERANCE):
    """The model computes what the float64 NumPy forward computes."""
    states, logits = numpy_gpt.forward(weights, ids.numpy(), model.config.heads)
    check_states(model, states, logits, ids, tolerance)


@torch.no_grad()
def check_perturbation(model, ids):
    """A changed token changes the logits of its own and all later positions only."""
    time = ids.size(1)
    before = model(ids)
    reach = torch.empty(time, time)
    for position in range(time):
        other = ids.clone()
        other[:, position] = (other[:, position] + 1) % model.config.vocab_size
        reach[position] = (model(other) - before).abs().amax(dim=(0, 2))
    early = reach.tril(-1)
    assert early.max() <= 1e-6, f"a future token reached back: {early.max():.1e}"
    late = reach[torch.ones(time, time, dtype=torch.bool).triu()]
    assert late.min() > 1e-3, f"a past token was not seen: {late.min():.1e}"


def check_gradient_reach(model, ids):
    """A logit has gradient at the embeddings of its own and all earlier positions."""
    kept = []

    def keep(_part, _given, made):
        made = made.detach().requires_grad_()
        kept.append(made)
        return made

    with model.dropout.register_forward_hook(keep):
        logits = model(ids)
    for position in range(ids.size(1)):
        # Squares: the plain sum of a tied model's logits says too little.
        goal = logits[:, position].square().sum()
        (gradient,) = torch.autograd.grad(goal, kept[0], retain_graph=True)
        size = gradient.norm(dim=-1)
        later = size[:, position + 1 :]
        assert not later.any(), f"position {position} looks ahead"
        assert size[:, : position + 1].min() > 1e-4, f"position {position} misses one"


@torch.no_grad()
def check_batch_independence(model, ids):
    """A sequence's logits do not depend on the others in its batch."""
    together = model(ids)
    for row in range(ids.size(0)):
        close(together[row], model(ids[row : row + 1])[0], f"row {row} alone", 1e-6)


@torch.no_grad()
def check_cache(model, ids, sizes):
    """Pieces of the given sizes through a cache give the logits of the whole."""
    assert sum(sizes) == ids.size(1)
    cache = model.new_cache()
    pieces = [model(piece, cache=cache) for piece in ids.split(sizes, dim=1)]
    close(torch.cat(pieces, dim=1), model(ids), f"pieces of {sizes}")
    held = {layer.length for layer in cache}
    assert held == {ids.size(1)}, f"the cache says that it holds {held}"


def check_attention_weights(function):
    """The weights are softmax(q·k / √head_size) over what each query may see."""
    random = np.random.RandomState(0)
    query, key = random.normal(size=(2, 3, 5, 8)), random.normal(size=(2, 3, 7, 8))
    got = function(torch.from_numpy(query), torch.from_numpy(key))
    assert got.shape == (2, 3, 5, 7), got.shape
    close(got.sum(-1), torch.ones(2, 3, 5), "sums of rows", 1e-12)
    for batch, head, time in np.ndindex(2, 3, 5):
        seen = slice(0, 2 + time + 1)
        scores = key[batch, head, seen] @ query[batch, head, time] / 8**0.5
        want = np.zeros(7)
        want[seen] = np.exp(scores) / np.exp(scores).sum()
        close(got[batch, head, time], want, f"weights of query {time}", 1e-12)


def check_post_norm(model, ids):
    """At initialisation each block's output is normalised, each input is not."""
    states, _ = states_and_logits(model, ids)
    start = states[0].var(-1, correction=0).max()
    assert start < 0.1, f"the embeddings have variance {start:.2f}"
    for layer, state in enumerate(states[1:]):
        mean, variance = state.mean(-1), state.var(-1, correction=0)
        close(mean, torch.zeros_like(mean), f"mean after block {layer}")
        # The epsilon takes a little from 1.
        close(variance, torch.ones_like(mean), f"variance after block {layer}", 0.01)


@torch.no_grad()
def check_no_final_norm(model, ids):
    """The last block's output is what meets the embedding."""
    states, logits = states_and_logits(model, ids)
    assert torch.equal(model.hidden(ids), states[-1]), "something follows the blocks"
    close(logits, F.linear(states[-1], model.token_embedding.weight), "logits", 1e-6)
    norms = sum(isinstance(part, nn.LayerNorm) for part in model.modules())
    assert norms == 2 * model.config.layers, f"{norms} LayerNorms"


def check_tied(model, ids):
    """One matrix embeds and predicts, and is taught by both uses."""
    config = model.config
    shape = (config.vocab_size, config.width)
    matrices = [p for p in model.parameters() if p.shape == shape]
    assert len(matrices) == 1, f"{len(matrices)} matrices (vocab, width)"
    weight = model.token_embedding.weight
    assert matrices[0] is weight, "that matrix is not the embedding"

    hidden = model.hidden(ids)
    whole = gradient(F.cross_entropy(model(ids).flatten(0, 1), ids.flatten()), weight)
    below = F.linear(hidden, weight.detach()).flatten(0, 1)
    above = F.linear(hidden.detach(), weight).flatten(0, 1)
    below = gradient(F.cross_entropy(below, ids.flatten()), weight)
    above = gradient(F.cross_entropy(above, ids.flatten()), weight)
    assert min(below.norm(), above.norm()) > 1e-3, "one use teaches nothing"
    close(whole, below + above, "gradient of both uses", 1e-6)


def gradient(goal, parameter):
    return torch.autograd.grad(goal, parameter, retain_graph=True)[0]


def check_initial_weights(model):
    """Matrices are N(0, init_std²) at every depth, biases 0 and gains 1."""
    std = model.config.init_std
    for name, parameter in model.named_parameters():
        values = parameter.detach().flatten().double()
        if parameter.dim() == 1:
            gain = name.endswith("norm.weight")
            assert (values == (1 if gain else 0)).all(), name
            continue
        count = values.numel()
        # Five standard errors of a normal sample's mean, deviation and kurtosis.
        close(values.mean() / std, 0.0, f"{name} mean", 5 / count**0.5)
        close(values.std() / std, 1.0, f"{name} deviation", 2.5 / (2 * count) ** 0.5)
        some = values[:100_000] / std
        kurtosis = some.pow(4).mean() - 3
        assert abs(kurtosis) < 5 * (96 / len(some)) ** 0.5, f"{name} is not normal"


@torch.no_grad()
def check_initial_loss(model, ids, within):
    """Near ln(vocab) + width * init_std² / 2 on random ids.

    The final states have norm √width, so the logits are normal with deviation
    √width * init_std, and half its square is what that costs. Returns the loss.
    """
    config = model.config
    want = math.log(config.vocab_size) + config.width * config.init_std**2 / 2
    loss = model.loss(ids[:, :-1], ids[:, 1:]).item()
    assert abs(loss - want) < within, f"initial loss {loss:.3f}, want {want:.3f}"
    return loss


def dropout_calls(model, ids, monkeypatch):
    """(what, shape, probability) of each dropout that acts in one forward pass."""
    calls = []
    plain, fused = F.dropout, F.scaled_dot_product_attention

    def dropout(x, p=0.5, training=True, inplace=False):
        if training and p:
            calls.append(("values", tuple(x.shape), p))
        return plain(x, p, training, inplace)

    def attend(query, key, value, *args, dropout_p=0.0, **options):
        if dropout_p:
            shape = (*query.shape[:-1], key.size(-2))
            calls.append(("attention", tuple(shape), dropout_p))
        return fused(query, key, value, *args, dropout_p=dropout_p, **options)

    with monkeypatch.context() as patch:
        patch.setattr(F, "dropout", dropout)
        patch.setattr(F, "scaled_dot_product_attention", attend)
        model(ids)
    return calls


def check_dropout_places(model, ids, monkeypatch):
    """In training it acts in the paper's four places, in eval nowhere."""
    config, (batch, time) = model.config, ids.shape
    stream = ("values", (batch, time, config.width), config.dropout)
    weights = ("attention", (batch, config.heads, time, time), config.dropout)
    want = [stream] + config.layers * [weights, stream, stream]
    got = dropout_calls(model.train(), ids, monkeypatch)
    assert got == want, f"in training: {got}, want {want}"
    got = dropout_calls(model.eval(), ids, monkeypatch)
    assert got == [], f"in eval: {got}"
