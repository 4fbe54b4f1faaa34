"""`verify`: known weights put into any model, and what it computes with them."""

import torch

from gpt1.verify import aspects, cache, dropout, findings, initial, tokens
from gpt1.verify.forward import TEXTS, TIME, compare, whole_logits
from gpt1.verify.known import config_of, draw, lacking, put_in
from gpt1.verify.names import heads_in, roles_of, sizes_of
from gpt1.verify.report import DIFFERS, SAME, UNASKED, UNDECIDED, Finding, Report
from gpt1.verify.running import Dropout, borrowed, distance, in_mode, logits_of
from gpt1.verify.sizes import NAMES
from gpt1.verify.target import find_target


def verify(
    target,
    *,
    names=None,
    heads=None,
    tokenizer=None,
    arguments=None,
    fresh=None,
):
    """Find out whether a model is GPT-1, and if not, in what it differs.

        report = verify("model.py:GPT")
        print(report)
        assert report.same

    Known weights are put in, in float64 where the model allows it, and embeddings, each
    block and logits compared with those of `gpt1.GPT`; where they differ, with every
    variant of `gpt1.variants` and some more, one at a time, in pairs and, where two of
    them are usual, by threes.
    What weights do not tell is looked at by itself. A model that is given is not
    changed.

    Args:
        target: an `nn.Module`; a class or a function that makes one, called with small
            sizes if its arguments, or the fields of its config, have usual names; the
            text "path/to/file.py:Name" or "package.module:Name" for any of these; or a
            folder in Hugging Face's layout, of whose config a small model is made.
        names: roles of parameters that cannot be guessed, by name; the book has them.
        heads: number of attention heads, where neither a config nor a module of the
            model has it under a usual name.
        tokenizer: what has `encode`, to be compared with GPT-1's; or a folder.
        arguments: values for the constructor or its config, by name.
        fresh: whether the weights are those that it was made with, and to be checked as
            such; None means so unless the target is an `nn.Module`.

    Returns:
        A `Report`.

    Raises:
        ValueError: the target makes no model, the model does not run, or `names` does
            not fit it; the message is one line.
        FileNotFoundError, ImportError: the target or what reads it is missing.
    """
    if isinstance(tokenizer, str):
        tokenizer = tokens.load_tokenizer(tokenizer)
    goal = find_target(target, arguments)
    fresh = goal.fresh if fresh is None else fresh
    with torch.random.fork_rng(devices=[]), borrowed(goal.model) as model:
        torch.manual_seed(0)
        found = judged(model, names, heads, fresh)
    return Report(
        goal.name, found.findings + tokens.tokenizer_findings(tokenizer), *found.rest
    )


class Found:
    """Findings as they come, with the sizes and the place where it first differs."""

    def __init__(self):
        self.findings, self.rest = [], ({}, None)

    def add(self, *some):
        self.findings += some


def judged(model, given, heads, fresh):
    """All findings but the tokenizer's.

    Args:
        model: borrowed, since it is changed.
        given: roles by name.
        heads: see `verify`.
        fresh: whether the initial weights are to be checked.
    """
    found = Found()
    vocab = output_size(model)
    names = roles_of(model, given, vocab)
    sizes = {"context": context_of(model), **sizes_of(model, names)}
    known_ids = min(sizes.get("vocab_size", vocab), 2**15)
    # 0 may be padding, which is looked at by itself.
    ids = torch.randint(1, known_ids, (TEXTS, min(TIME, sizes["context"])))
    late = before_known_weights(model, names, ids, fresh)
    copy = aspects.is_copy(model, names)
    to_float64(model, ids, vocab)
    compared, config, known = None, None, None
    reason = missing_parts(sizes, names)
    if reason is None:
        compared, config, known = best_match(model, names, sizes, heads, ids)
        found.rest = (shown(config, compared), compared and compared.first())
        reason = None if compared else "the number of heads is not known: give heads"
    seen = seen_ahead(model, vocab)
    if compared:
        found.add(*findings.forward_findings(compared, names, seen))
        if compared.cost()[0] == 0:
            every = logits_with_zeros(model, ids, vocab)
            found.add(padding(every, compared, config, known, names, ids))
    else:
        found.add(*findings.unmapped(reason))
        found.add(mask_undecided() if seen is None else findings.leaks_alone(seen))
    found.add(aspects.tying(model, names, compared, copy))
    if config:
        found.add(aspects.biases(names, config), aspects.inner_width(config))
        found.add(aspects.counted(model, names, config))
    else:
        count = sum(p.numel() for p in model.parameters())
        found.add(Finding("parameters", UNDECIDED, f"{count:,}, of sizes not known"))
    found.add(*late)
    found.add(cache_finding(model, ids, vocab, config, compared and known, names))
    found.add(*aspects.lengths(model, sizes["context"], vocab))
    return found


def before_known_weights(model, names, ids, fresh):
    """What is found of a model as it was made: dropout and initial weights."""
    with borrowed(model):
        found = dropout.in_training(model, names, ids)
        found += dropout.in_evaluation(model, ids)
    if fresh:
        return found + initial.initial_weights(model, names)
    told = "the weights may be trained"
    return [*found, Finding(initial.ASPECT, UNASKED, told)]


@torch.no_grad()
def output_size(model):
    """How many logits a model gives for a token.

    Raises:
        ValueError: it does not run.
    """
    with in_mode(model, False), Dropout():
        return logits_of(model, torch.zeros(2, 3, dtype=torch.long)).size(-1)


def context_of(model):
    """The context that a config of the model tells; 16 if none does."""
    for place in (getattr(model, "config", None), model):
        for name in NAMES["context"]:
            value = getattr(place, name, None)
            if isinstance(value, int) and value > 1:
                return value
    return 16


def to_float64(model, ids, vocab):
    """Put a model into float64 if it runs in that.

    Raises:
        ValueError: it does not run at all.
    """
    try:
        with borrowed(model):
            runs(model.double(), ids, vocab)
    except ValueError:
        runs(model, ids, vocab)
    else:
        model.double()


@torch.no_grad()
def runs(model, ids, vocab):
    """Raise ValueError where a model gives no logits."""
    with in_mode(model, False), Dropout():
        logits_of(model, ids, vocab)


def missing_parts(sizes, names):
    """Why the forward pass cannot be compared, or None."""
    if "width" not in sizes or "feed_forward" not in sizes or not sizes["layers"]:
        hint = ", ".join(names.unknown[:3])
        return f"the names don't tell which parameter is what: map {hint}"
    lack = lacking(names, config_of(sizes, 1))
    if lack:
        return f"nothing was found for {lack[0]}: map {', '.join(names.unknown[:3])}"
    return None


def best_match(model, names, sizes, heads, ids):
    """The comparison that needs the fewest words, of all ways to read the weights.

    Returns:
        A `Compared` or None, the `GPTConfig`, and the known weights, which the model
        then holds.
    """
    heads = heads or sizes.get("heads") or heads_in(model, sizes["width"])
    width = sizes["width"]
    if heads and width % heads:
        raise ValueError(f"heads must divide the width {width}, got {heads}")
    many = [heads] if heads else [n for n in range(1, width + 1) if width % n == 0]
    unsure = any(turned is None for turned in names.turned.values())
    results = []
    for number in many:
        config = config_of(sizes, number)
        for squares in (False, True) if unsure else (False,):
            known = put_in(model, names, draw(config), config, squares)
            most = 3 if len(many) == 1 else 1
            compared = compare(model, names, config, known, ids, most)
            results.append((compared.cost(), number, squares, compared))
            if compared.cost() == (0, 0):
                break
    cost, number, squares, compared = min(results, key=lambda each: each[0])
    config = config_of(sizes, number)
    known = put_in(model, names, draw(config), config, squares)
    found = None if len(many) > 1 and cost[0] else compared
    return found, config, known


@torch.no_grad()
def logits_with_zeros(model, ids, vocab):
    """A model's logits for ids of which every third is 0."""
    with in_mode(model, False), Dropout():
        return logits_of(model, zeroed(ids), vocab)


def zeroed(ids):
    """The same ids with 0 in every third place."""
    ids = ids.clone()
    ids[:, ::3] = 0
    return ids


@torch.no_grad()
def padding(logits, compared, config, known, names, ids):
    """Whether token 0 is a token like others, as a finding."""
    ours = whole_logits(compared, config, known, names, zeroed(ids))
    if distance(logits, ours) <= 1e-3:  # what masks a token changes far more
        return Finding("padding", SAME, "no token is masked")
    told = "token 0 is treated otherwise than others, as padding"
    return Finding("padding", DIFFERS, told)


def shown(config, compared):
    """The sizes for a report's heading."""
    order = ("layers", "width", "heads", "feed_forward", "context", "vocab_size")
    sizes = {name: getattr(config, name) for name in order}
    if compared is None:
        del sizes["heads"]
    return sizes


def seen_ahead(model, vocab):
    try:
        return aspects.looks_ahead(model, vocab)
    except ValueError:
        return None


def mask_undecided():
    return Finding("mask", UNDECIDED, "the model does not give the same answer twice")


@torch.no_grad()
def cache_finding(model, ids, vocab, config, known, names):
    """Whether stepwise equals at once."""
    if ids.size(1) < TIME:
        return Finding("cache", UNASKED, f"the context is below {TIME} tokens")
    with in_mode(model, False), Dropout():
        at_once = logits_of(model, ids, vocab)
    return cache.cached(model, ids, at_once, config, known, names)
