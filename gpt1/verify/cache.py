"""Whether a model that reads piece by piece computes what it does at once."""

import inspect
from copy import deepcopy

import torch

from gpt1.variants import VARIANTS
from gpt1.verify.changes import LATER
from gpt1.verify.forward import LOOSE, TIGHT, changed, reference
from gpt1.verify.report import DIFFERS, SAME, UNASKED, Finding
from gpt1.verify.running import Dropout, distance, in_mode, tensors_in

CHUNKS = ((4, 4, 3), (8, 1, 1, 1))
TOLD = {
    "is_causal with a past": "later pieces masked as if there was no past",
    "is_causal for one query": "a single new token that sees the first key alone",
    "no mask in later chunks": "no mask in later pieces",
    "a cache not read": "a cache that is filled and not read",
    "positions from 0 again": "positions that begin at 0 in each piece",
}


def ours(model, pieces):
    """Logits by pieces, with `new_cache`."""
    cache = model.new_cache()
    return torch.cat([model(piece, cache=cache) for piece in pieces], 1)


def hugging_face(model, pieces):
    """Logits by pieces, with the cache of `transformers`; None where none comes back.

    It is called `cache` from release 5.24 on, and `past_key_values` before.
    """
    asked = inspect.signature(model.forward).parameters
    name = "cache" if "cache" in asked else "past_key_values"
    past, made = None, []
    for piece in pieces:
        out = model(piece, **{name: past}, use_cache=True)
        past = getattr(out, name, None)
        if past is None:
            return None
        made.append(tensors_in(out)[0])
    return torch.cat(made, 1)


@torch.no_grad()
def by_pieces(model, ids):
    """Logits by pieces of each kind; None where the model has no cache."""
    way = ours if hasattr(model, "new_cache") else hugging_face
    made = []
    with in_mode(model, False), Dropout():
        for sizes in CHUNKS:
            try:
                made.append(way(model, ids.split(list(sizes), 1)))
            except TypeError:
                return None
            except Exception:
                made.append(torch.full((1,), float("nan")))
    return None if None in [m if m is None else 0 for m in made] else made


@torch.no_grad()
def cached(model, ids, at_once, config, known, names):
    """Whether stepwise equals at once, as a finding.

    Args:
        model: with known weights.
        ids: (batch, 11).
        at_once: its logits (batch, 11, vocab).
        config: a `GPTConfig` of its sizes.
        known: the weights; None where they could not be put in.
        names: the model's `Names`.
    """
    made = by_pieces(model, ids)
    if made is None:
        return Finding("cache", UNASKED, "it has none, as OpenAI's code had none")
    if at_once.dtype == torch.float64 and any(m.isnan().any() for m in made):
        # The masks of `transformers` 4 overflow in float64 where there is a past.
        model, at_once = deepcopy(model).float(), at_once.float()
        made = by_pieces(model, ids)
    near = TIGHT * 100 if at_once.dtype == torch.float64 else LOOSE
    if all(distance(each, at_once) <= near for each in made):
        return Finding("cache", SAME, "piece by piece equals at once")
    if known is not None:
        right = reference(config, known, names)
        for name in LATER["cache"]:
            wrong = by_pieces(VARIANTS[name](changed(right, ())), ids)
            pairs = zip(made, wrong, strict=True)
            if all(distance(one, other) <= near for one, other in pairs):
                return Finding("cache", DIFFERS, TOLD[name], name)
    return Finding("cache", DIFFERS, "piece by piece is not what it is at once")
