"""The comparison of forward passes in words: a finding for each aspect."""

from gpt1.verify.report import DIFFERS, SAME, UNDECIDED, Finding

EMBEDDINGS = {
    "positions": "learned, from 0, added to the token embeddings",
    "embedding scale": "none",
    "batch": "texts do not touch each other",
}
BLOCK = {
    "place of LayerNorm": "after each residual sum",
    "LayerNorm": "mean taken off, biased variance",
    "epsilon": "1e-5 inside the root",
    "residual sums": "around attention and around feed-forward",
    "activation": "GELU, tanh form",
    "scale": "1/√head size",
    "mask": "each sees itself and what comes before",
    "softmax": "over the keys",
    "order of q, k, v": "q, k, v",
    "split into heads": "q, k, v first, then heads",
}
OUTPUT = {
    "final norm": "none",
    "output": "logits are states times a matrix",
}
HIDDEN = "not to be told from what else differs here"


def forward_findings(compared, names, seen):
    """A finding for each aspect of the forward pass.

    Args:
        compared: a `Compared`.
        names: the model's `Names`.
        seen: a `Leaks` of the model, or None.
    """
    found = stage(EMBEDDINGS, [compared.embeddings], ["the embeddings"])
    if not names.has("position_embedding.weight"):
        found = [without_positions(each) for each in found]
    places = [f"block {n + 1}" for n in range(len(compared.blocks))]
    inside = stage(BLOCK, compared.blocks, places)
    if not compared.exact:
        inside = [rounded(each) for each in inside]
    if names.roles and not split_known(names):
        inside = [apart(each) for each in inside]
    found += [by_leaks(each, seen, inside) for each in inside]
    return found + stage(OUTPUT, [compared.output], ["the output"])


def stage(aspects, parts, places):
    """The findings of one stage: one or more for each aspect.

    Args:
        aspects: what is said of each where it is GPT-1's.
        parts: for each place its changes, or None.
        places: what these are called.
    """
    changes = list(dict.fromkeys(c for part in parts for c in part or ()))
    unknown = [place for p, place in zip(parts, places, strict=True) if p is None]
    found = []
    for aspect in [*aspects, *sorted({c.aspect for c in changes} - {*aspects})]:
        here = [change for change in changes if change.aspect == aspect]
        for change in here:
            at = [
                p
                for part, p in zip(parts, places, strict=True)
                if change in (part or ())
            ]
            only = f", only in {listed(at)}" if len(at) < len(parts) else ""
            found.append(Finding(aspect, DIFFERS, change.told + only, change.name))
        if not here and unknown:
            at = "" if len(unknown) == len(parts) else f", in {listed(unknown)}"
            found.append(Finding(aspect, UNDECIDED, HIDDEN + at))
        elif not here:
            found.append(Finding(aspect, SAME, aspects[aspect]))
    if unknown:
        told = f"{listed(unknown)} computed in none of the known ways"
        found.append(Finding("forward pass", DIFFERS, told))
    return found


def listed(places):
    """block 1, block 2 as `blocks 1, 2`."""
    if len(places) == 1:
        return places[0]
    return "blocks " + ", ".join(place.rpartition(" ")[2] for place in places)


def without_positions(finding):
    """The same, where the model has no table of positions."""
    if finding.aspect != "positions" or finding.verdict != SAME:
        return finding
    return Finding("positions", DIFFERS, "no positions added to the token embeddings")


def rounded(finding):
    """The same, where the model computes in float32, which hides an epsilon."""
    if finding.aspect == "epsilon" and finding.verdict == SAME:
        return Finding(
            "epsilon", UNDECIDED, "the model rounds to float32, which hides it"
        )
    return finding


def split_known(names):
    """Whether queries, keys and values are one matrix, whose order is a choice."""
    return names.has("attention.query_key_value.weight")


def apart(finding):
    """The same, where queries, keys and values have matrices of their own."""
    told = {
        "order of q, k, v": "matrices of their own, used as named",
        "split into heads": "neighbouring columns, joined in order",
    }
    if finding.verdict == SAME and finding.aspect in told:
        return Finding(finding.aspect, SAME, told[finding.aspect])
    return finding


def by_leaks(finding, seen, inside):
    """The mask by what `leaks` saw, where the comparison does not explain it."""
    known = any(each.verdict == DIFFERS for each in inside)
    if finding.aspect != "mask" or seen is None or finding.verdict == DIFFERS:
        return finding
    if seen.found and not known:
        return Finding("mask", DIFFERS, f"it looks ahead: {seen.summary}")
    if finding.verdict == UNDECIDED:
        return leaks_alone(seen)
    return finding


def leaks_alone(seen):
    """What `leaks` says by itself."""
    if seen.found or seen.missing:
        return Finding("mask", DIFFERS, f"not causal: {seen.summary}")
    return Finding("mask", SAME, BLOCK["mask"])


def unmapped(told):
    """The findings of a forward pass that could not be compared."""
    aspects = [*EMBEDDINGS, *BLOCK, *OUTPUT]
    found = [Finding("names", UNDECIDED, told)]
    found += [Finding(e, UNDECIDED, "not compared") for e in aspects if e != "mask"]
    return found
