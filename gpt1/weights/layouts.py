"""Names and shapes of a GPT's tensors: ours, and those of everyone else.

Hugging Face's names, without their `transformer.` prefix, are the common ones: OpenAI's
files are read under these names too.
"""

import re

# Ours on the left, theirs on the right; in OpenAI's files a block's tensors come in
# this order, weight before bias.
IN_BLOCK = {
    "attention.query_key_value": "attn.c_attn",
    "attention.projection": "attn.c_proj",
    "attention_norm": "ln_1",
    "feed_forward.expand": "mlp.c_fc",
    "feed_forward.contract": "mlp.c_proj",
    "feed_forward_norm": "ln_2",
}
OUTSIDE = {
    "token_embedding.weight": "tokens_embed.weight",
    "position_embedding.weight": "positions_embed.weight",
}


TOLD = 12
"""The most tensors that an error names."""

WRAPPED = re.compile(
    r"(^|\.)(?:(?:_orig_mod|module|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.)+"
)
"""What PyTorch's wrappers (compile, data-parallel, checkpointing) put into names."""


def unwrapped(tensors, path):
    """Tensors by the names that they have in a model without wrappers.

    Args:
        tensors: by name.
        path: where they come from, for the message.

    Raises:
        ValueError: two tensors then have the same name.
    """
    names = {name: WRAPPED.sub(r"\1", str(name)) for name in tensors}
    if len(set(names.values())) < len(names):
        raise ValueError(f"{path} has tensors twice, with and without a wrapper's name")
    return {names[name]: tensor for name, tensor in tensors.items()}


def shapes(config):
    """The shape of each tensor of a GPT, by our names.

    Args:
        config: a `GPTConfig`.
    """
    width, inner = config.width, config.feed_forward
    sizes = {
        "attention.query_key_value": (3 * width, width),
        "attention.projection": (width, width),
        "attention_norm": (width,),
        "feed_forward.expand": (inner, width),
        "feed_forward.contract": (width, inner),
        "feed_forward_norm": (width,),
    }
    found = {
        "token_embedding.weight": (config.vocab_size, width),
        "position_embedding.weight": (config.context, width),
    }
    for layer in range(config.layers):
        for module, size in sizes.items():
            found[f"blocks.{layer}.{module}.weight"] = size
            found[f"blocks.{layer}.{module}.bias"] = size[:1]
    return found


def their_name(name):
    """Hugging Face's name, without prefix, for one of our tensors."""
    if name in OUTSIDE:
        return OUTSIDE[name]
    _, layer, rest = name.split(".", 2)
    module, kind = rest.rsplit(".", 1)
    return f"h.{layer}.{IN_BLOCK[module]}.{kind}"


def is_turned(name):
    """Whether one of our tensors is the transpose of theirs: linear weights are.

    Their linear layers store (in, out), `nn.Linear` stores (out, in).
    """
    weight = name.startswith("blocks.") and name.endswith(".weight")
    return weight and "norm" not in name


def to_theirs(name, tensor):
    """Turn a tensor of ours into theirs, or back."""
    return tensor.T if is_turned(name) else tensor


def from_theirs(config, tensors, path):
    """Our tensors from theirs.

    Args:
        config: a `GPTConfig`.
        tensors: by their names.
        path: where they come from, for the message.

    Raises:
        ValueError: tensors are missing, misshapen or unknown; the first are named.
    """
    ours = shapes(config)
    theirs = {
        their_name(name): shape[::-1] if is_turned(name) else shape
        for name, shape in ours.items()
    }
    found = fitted(tensors, theirs, path)
    turned = {name: to_theirs(name, found[their_name(name)]) for name in ours}
    return {name: tensor.contiguous() for name, tensor in turned.items()}


def fitted(tensors, shapes, path):
    """The tensors with these names and shapes, as float32.

    Args:
        tensors: by name.
        shapes: what has to be there, by name.
        path: where they come from, for the message.

    Raises:
        ValueError: tensors are missing, misshapen or unknown; the first are named.
    """
    wrong = []
    for name, shape in shapes.items():
        if name not in tensors:
            wrong.append(f"{name} is missing")
        elif tuple(tensors[name].shape) != shape:
            got = tuple(tensors[name].shape)
            wrong.append(f"{name} must be {shape}, got {got}")
        elif not tensors[name].is_floating_point():
            wrong.append(f"{name} must hold floats, got {tensors[name].dtype}")
    wrong += [f"{name} is unknown" for name in tensors if name not in shapes]
    if wrong:
        more = f"; and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise ValueError(
            f"{path} does not fit its config: {'; '.join(wrong[:TOLD])}{more}"
        )
    return {name: tensors[name].float() for name in shapes}
