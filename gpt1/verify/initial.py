"""The weights that a model begins with: N(0, 0.02²), biases 0, gains 1, no depth."""

import math
from collections import defaultdict

import torch

from gpt1.verify.names import dims
from gpt1.verify.report import DIFFERS, SAME, Finding

STD = 0.02
ASPECT = "initial weights"


def kind_of(role):
    """What a parameter is, for its initial values."""
    if role.startswith(("token", "position")):
        return role.partition("_")[0]
    if "norm." in role:
        return "gains" if role.endswith("weight") else "biases"
    if ".bias" in role:
        return "biases"
    if role.startswith("output"):
        return "output"
    late = "attention.projection" in role or "feed_forward.contract" in role
    return "projections" if late else "matrices"


@torch.no_grad()
def initial_weights(model, names):
    """How the weights of a new model differ from GPT-1's, as findings.

    Five standard errors are allowed.

    Args:
        model: as it was made.
        names: its `Names`.
    """
    kinds, in_block = defaultdict(list), defaultdict(list)
    for name, parameter in model.named_parameters():
        role = names.roles.get(name)
        if role:
            kinds[kind_of(role)].append(parameter.detach().double().flatten())
            if role.startswith("blocks.") and len(dims(parameter)) == 2:
                in_block[name] = parameter
    values = {kind: torch.cat(each) for kind, each in kinds.items()}
    told = {}
    if "biases" in values and (values["biases"] != 0).any():
        told["random biases"] = "biases that do not begin at 0"
    if "gains" in values and (values["gains"] != 1).any():
        told["gains"] = "LayerNorm gains that do not begin at 1"
    drawn = {k: v for k, v in values.items() if k not in ("biases", "gains")}
    off = {kind: spread(v) for kind, v in drawn.items() if not fits(v, STD)}
    if off:
        told |= reasons(off, drawn, in_block, names, told)
    elif not_normal(torch.cat(list(drawn.values()))):
        told["uniform"] = "the deviation 0.02, and no normal distribution"
    if not told:
        return [Finding(ASPECT, SAME, "N(0, 0.02²), biases 0, gains 1, at every depth")]
    return [Finding(ASPECT, DIFFERS, told[name], name) for name in told]


def spread(values):
    """The root of the mean square: a mean that is not 0 counts, too."""
    return values.square().mean().sqrt().item()


def fits(values, std):
    """Whether values can have been drawn with this deviation."""
    return abs(spread(values) / std - 1) <= 5 / math.sqrt(2 * len(values)) + 1e-3


def not_normal(values):
    """Whether the fourth moment is not a normal distribution's."""
    some = values[:100_000] / spread(values)
    return abs(some.pow(4).mean() - 3) > 5 * (96 / len(some)) ** 0.5


def reasons(off, drawn, in_block, names, told):
    """Names and sentences for deviations that are not 0.02.

    Args:
        off: the deviations that are not, by kind.
        drawn: all values, by kind.
        in_block: the matrices within blocks, by name.
        names: the model's `Names`.
        told: what was found of biases; PyTorch's own explains them.
    """
    found = {}
    deep = STD / math.sqrt(2 * max(names.layers, 1))
    if "projections" in off and fits(drawn["projections"], deep):
        off.pop("projections")
        found["scaled by depth"] = (
            "projections into the residual stream begin smaller by √(2 layers), as in "
            "GPT-2"
        )
    if off.keys() & {"matrices", "projections"} and all_uniform(in_block, names):
        off.pop("matrices", None)
        off.pop("projections", None)
        told.pop("random biases", None)
        found["PyTorch's linear layers"] = (
            "linear layers begin as PyTorch's, uniform in ±1/√in (GPT-1: N(0, 0.02²))"
        )
    ones = [kind for kind in ("token", "position") if kind in off]
    if ones and all(fits(drawn[kind], 1.0) for kind in ones):
        both = ones == ["token", "position"] or "position" not in drawn
        name = "PyTorch's embeddings" if both else "N(0, 1) positions"
        what = "embeddings" if both else f"{ones[0]} embeddings"
        if ones == ["token"] and "position" in drawn:
            name = "N(0, 1) tokens"
        found[name] = f"{what} begin as PyTorch's, N(0, 1) (GPT-1: N(0, 0.02²))"
        for kind in ones:
            off.pop(kind)
    if off:
        each = ", ".join(f"{kind} {value:.2g}" for kind, value in off.items())
        found["deviation"] = f"initial deviations that are not 0.02: {each}"
    return found


def all_uniform(in_block, names):
    """Whether matrices are PyTorch's own: within ±1/√in, and up to the rim."""
    for name, parameter in in_block.items():
        turned = names.turned.get(name)
        fan = dims(parameter)[0 if turned else 1]
        rim = parameter.abs().max().item() * math.sqrt(fan)
        if not 0.9 < rim <= 1.0001:
            return False
    return bool(in_block)
