"""Known weights: the same numbers in a model by its names, and in a GPT by ours."""

import re

import torch

from gpt1.config import GPTConfig
from gpt1.weights.layouts import shapes

JOINT = "attention.query_key_value"
THIRD = {"query": 0, "key": 1, "value": 2}


def draw(config, seed=0):
    """Weights at which every step shows, by our names, in float64.

    Scores are of order 1, GELU is met where it curves, gains are not 1 and biases
    not 0. Added are the tensors of `output`, `final_norm` and `embedding_norm`.

    Args:
        config: a `GPTConfig`.
        seed: of the random numbers.
    """
    random = torch.Generator().manual_seed(seed)
    spread = {JOINT: 1.0, "attention.projection": 0.7, "feed_forward.expand": 1.5}
    extra = {"output.weight": (config.vocab_size, config.width)}
    extra["output.bias"] = (config.vocab_size,)
    for norm in ("final_norm", "embedding_norm"):
        extra |= {f"{norm}.{kind}": (config.width,) for kind in ("weight", "bias")}
    known = {}
    for name, size in (shapes(config) | extra).items():
        noise = torch.randn(*size, generator=random, dtype=torch.float64)
        if len(size) == 1:
            around = 1.0 if name.endswith("norm.weight") else 0.0
            known[name] = around + 0.2 * noise
        elif name.startswith(("token", "position", "output")):
            known[name] = noise / config.width**0.5
        else:
            module = re.sub(r"blocks\.\d+\.|\.weight$", "", name)
            known[name] = noise * spread.get(module, 0.7) / size[1] ** 0.5
    return known


def place(role, config):
    """Which of our tensors a role is, and which of its rows.

    Args:
        role: see `gpt1.verify.names`.
        config: a `GPTConfig`.

    Returns:
        Our name, and a slice.
    """
    found = re.fullmatch(
        r"(.*\.)attention\.(query|key|value)\.(\w+)(?:\[(\d+)\])?", role
    )
    if not found:
        return role, slice(None)
    block, which, kind, head = found.groups()
    start, size = THIRD[which] * config.width, config.width
    if head is not None:
        start, size = start + int(head) * config.head_size, config.head_size
    return f"{block}{JOINT}.{kind}", slice(start, start + size)


@torch.no_grad()
def put_in(model, names, known, config, squares=False):
    """Write known weights into a model; what it lacks becomes neutral in ours.

    Args:
        model: an `nn.Module`, changed in place.
        names: its `Names`.
        known: what `draw` made.
        config: a `GPTConfig`.
        squares: how the square matrices lie of which nothing tells.

    Returns:
        The same weights, with 0 for a bias, 1 for a gain and the identity for an
        attention projection that the model does not have.

    Raises:
        ValueError: a parameter has another shape than its role.
    """
    parameters = dict(model.named_parameters())
    seen = {name: torch.zeros(len(known[name]), dtype=torch.bool) for name in known}
    for name, role in names.roles.items():
        ours, rows = place(role, config)
        if ours not in known:
            raise ValueError(f"{name} cannot be {role}: there is no such block or part")
        value = known[ours][rows]
        turned = names.turned[name]
        value = value.T if (squares if turned is None else turned) else value
        if value.numel() != parameters[name].numel():
            raise ValueError(
                f"{name} has the shape {tuple(parameters[name].shape)}, and as {role} "
                f"would need {tuple(value.shape)}"
            )
        parameters[name].copy_(value.reshape(parameters[name].shape))
        seen[ours][rows] = True
    return {name: neutral(name, value, seen[name]) for name, value in known.items()}


def neutral(name, value, seen):
    """A tensor of ours in which the rows that a model lacks do nothing."""
    if seen.all():
        return value
    nothing = torch.zeros_like(value)
    if name.endswith("norm.weight"):
        nothing += 1.0
    elif name.endswith("attention.projection.weight"):
        nothing = torch.eye(len(value), dtype=value.dtype)
    return torch.where(seen.view(-1, *[1] * (value.dim() - 1)), value, nothing)


def lacking(names, config):
    """Our matrices that a model has nothing for, or not all, and can't do without."""
    wanted = {"token_embedding.weight": config.vocab_size}
    for layer in range(config.layers):
        wanted[f"blocks.{layer}.{JOINT}.weight"] = 3 * config.width
        wanted[f"blocks.{layer}.feed_forward.expand.weight"] = config.feed_forward
        wanted[f"blocks.{layer}.feed_forward.contract.weight"] = config.width
    have = {name: set() for name in wanted}
    for role in names.roles.values():
        name, rows = place(role, config)
        if name in wanted:
            have[name] |= {*range(wanted[name])[rows]}
    return [name for name in wanted if len(have[name]) < wanted[name]]


def config_of(sizes, heads):
    """A `GPTConfig` of the sizes that were found.

    Args:
        sizes: see `gpt1.verify.names.sizes_of`.
        heads: the number of attention heads.
    """
    known = {"context": 16, "dropout": 0.1, **sizes, "heads": heads}
    return GPTConfig(**known)
