"""Which parameter of a model plays which part in a GPT-1: by names, shapes, order.

A role is a name of ours (`blocks.0.attention.projection.weight`), or one of what ours
has in another form or not at all: `attention.query`, `.key` and `.value` apart, with
`[2]` behind them for one head of several; `final_norm`, `embedding_norm`, `output`.
"""

import fnmatch
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from torch import nn

from gpt1.config import is_whole
from gpt1.verify.sizes import NAMES

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
PARTS = {"weight", "bias", "w", "b", "gamma", "beta", "gain", "scale", "shift", "g"}
BIASES = {"bias", "b", "beta", "shift", "offset"}
ATTENTION = {"attn", "attention", "sa", "self", "mha", "heads", "head", "qkv"}
FORWARD = {"mlp", "ff", "ffn", "ffwd", "feed", "feedforward", "fc", "ffw", "expand"}
FORWARD |= {"contract", "net", "up", "down", "dense", "linear"}
QUERY = {"q", "query", "queries", "wq", "qs"}
KEY = {"k", "key", "keys", "wk", "ks"}
VALUE = {"v", "value", "values", "wv", "vs"}
JOINT = {"query": QUERY, "key": KEY, "value": VALUE}
ATTENTION |= QUERY | KEY | VALUE
OUTPUT = {"head", "lm", "out", "output", "unembed", "unembedding", "decoder", "logits"}
OUTPUT |= {"classifier", "generator", "linear", "fc", "proj", "projection", "final"}
TOKENS = {"wte", "tok", "token", "tokens", "emb", "embed", "embedding", "word"}

IN_BLOCK = ("attention.query_key_value", "attention.query", "attention.key")
IN_BLOCK += ("attention.value", "attention.projection", "attention_norm")
IN_BLOCK += ("feed_forward.expand", "feed_forward.contract", "feed_forward_norm")
OUTSIDE = ("token_embedding", "position_embedding", "embedding_norm", "final_norm")
OUTSIDE += ("output",)


@dataclass
class Names:
    """The roles of a model's parameters.

    Attributes:
        roles: role by parameter name.
        unknown: names of the parameters without a role.
        turned: for each matrix whether it is stored (in, out); None where its shape
            and its module don't tell.
        blocks: names of the modules that are blocks, in their order.
        layers: how many blocks there are.
        also: other names of parameters that have several, with the first of them.
    """

    roles: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)
    turned: dict = field(default_factory=dict)
    blocks: list = field(default_factory=list)
    layers: int = 0
    also: dict = field(default_factory=dict)

    def having(self, role):
        """The names of the parameters with this role."""
        return [name for name, found in self.roles.items() if found == role]

    def has(self, role):
        """Whether there is one in any block, for `attention.query` and the like."""
        wanted = re.compile(rf"(blocks\.\d+\.)?{re.escape(role)}(\[\d+\])?$")
        return any(wanted.match(found) for found in self.roles.values())


def words(name):
    """`transformer.h.0.attn.c_attn` as transformer, h, 0, attn, c, attn."""
    return [word.lower() for word in WORD.findall(name)]


def dims(parameter):
    """A shape without ones."""
    return tuple(size for size in parameter.shape if size > 1) or (1,)


def roles_of(model, given=None, vocab=None):
    """Find out which parameter of a model is what.

    Args:
        model: an `nn.Module`.
        given: roles by parameter name, for those that names and shapes don't tell;
            `*` in both stands for the number of a block, and "none" for no role.
        vocab: how many logits the model gives, which tells tokens from positions.

    Returns:
        `Names`.

    Raises:
        ValueError: a given name or role does not exist.
    """
    found, parameters, first = Names(), {}, {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        if id(parameter) in first:
            found.also[name] = first[id(parameter)]
        else:
            first[id(parameter)] = name
            parameters[name] = parameter
    width = usual_size(parameters, vocab)
    inside, found.blocks = in_blocks(parameters)
    found.layers = len(found.blocks)
    theirs = {name for block in inside for name in block.values()}
    outside = {n: p for n, p in parameters.items() if n not in theirs}
    found.roles |= outside_roles(model, outside, width, vocab, found.also)
    for number, block in enumerate(inside):
        shapes = {rest: parameters[name] for rest, name in block.items()}
        for rest, role in block_roles(shapes, width).items():
            found.roles[block[rest]] = f"blocks.{number}.{role}"
    found.roles |= given_roles(parameters, found, inside, given or {})
    found.roles = {name: role for name, role in found.roles.items() if role != "none"}
    found.unknown = [name for name in parameters if name not in found.roles]
    for name, role in found.roles.items():
        found.turned[name] = is_turned(model, name, parameters[name], role, width)
    settle(found, parameters)
    return found


def usual_size(parameters, vocab=None):
    """The width: the other size of the matrices that have the vocabulary's.

    Without any such, no other size stands in so many shapes.
    """
    shapes = [dims(parameter) for parameter in parameters.values()]
    tables = [size for size in shapes if len(size) == 2 and vocab in size]
    sizes = Counter(n for size in tables for n in size if n != vocab)
    if not sizes:
        sizes = Counter(n for size in shapes for n in {*size})
    return max(sizes, key=sizes.get) if sizes else 0


def in_blocks(parameters):
    """Parameters of each block: their names by what stands behind its number.

    Returns:
        A list of dictionaries, and the names of the blocks.
    """
    for pattern in (r"^(.*?\.|)(\d+)\.(.+)$", r"^(.*?[A-Za-z_])(\d+)\.(.+)$"):
        lists = defaultdict(lambda: defaultdict(dict))
        for name in parameters:
            if match := re.match(pattern, name):
                before, number, rest = match.groups()
                lists[before][int(number)][rest] = name
        if lists:
            most = max(lists, key=lambda b: sum(map(len, lists[b].values())))
            numbers = sorted(lists[most])
            same = [b for b in lists if sorted(lists[b]) == numbers]
            if sum(len(lists[b][n]) for b in same for n in numbers) * 2 < len(
                parameters
            ):
                continue
            blocks = []
            for number in numbers:
                block = {}
                for before in same:
                    added = "" if before == most else before
                    block |= {added + r: n for r, n in lists[before][number].items()}
                blocks.append(block)
            return blocks, [f"{most}{number}" for number in numbers]
    return [], []


def module_of(rest):
    """The module of a parameter, as text, and whether its name says bias."""
    path, _, last = rest.rpartition(".")
    inner = words(last)
    left = [word for word in inner if word not in PARTS | {"a"}]
    bias = any(word in BIASES for word in inner)
    return ".".join(filter(None, [path, "_".join(left)])), bias


# --- within a block -------------------------------------------------------------------


def block_roles(shapes, width):
    """Roles within one block, by what stands behind its number."""
    modules = defaultdict(dict)
    for rest, parameter in shapes.items():
        module, bias = module_of(rest)
        matrix = len(dims(parameter)) > 1
        kind = "weight" if matrix or not bias else "bias"
        modules[module][kind] = rest
    matrices, norms = {}, []
    for module, parts in modules.items():
        size = dims(shapes[parts["weight"]]) if "weight" in parts else ()
        if len(size) == 2:
            matrices[module] = size
        elif size == (width,):
            norms.append(module)
    bias = {
        m: dims(shapes[parts["bias"]])
        for m, parts in modules.items()
        if "bias" in parts
    }
    kinds = matrix_roles(matrices, bias, width)
    kinds |= norm_roles(norms)
    found = {}
    for module, role in kinds.items():
        role, bracket, head = role.partition("[")
        for kind, rest in modules[module].items():
            found[rest] = f"{role}.{kind}{bracket}{head}"
    return found


def is_attention(module):
    """Whether a module's path says attention; False for feed-forward, else None."""
    for word in words(module):
        if word in ATTENTION:
            return True
        if word in FORWARD:
            return False
    return None


def matrix_roles(matrices, bias, width):
    """Roles of a block's matrices.

    Args:
        matrices: shape by module.
        bias: shape of the bias by module.
        width: the model's.
    """
    found, squares, inner = {}, [], []
    for module, size in matrices.items():
        attention = is_attention(module)
        if attention is False or (set(size) not in ({width}, {width, 3 * width})):
            head = head_of(module, size, width) if attention is not False else None
            if head:
                found[module] = head
            elif width in size:
                inner.append(module)
        elif set(size) == {width}:
            squares.append(module)
        else:
            found[module] = "attention.query_key_value"
    named = {module: square_role(module) for module in squares}
    if len(inner) != 2 and None in named.values() and not inner:
        inner = [m for m in squares if named[m] is None][-2:]
        squares = [module for module in squares if module not in inner]
    found |= {m: named[m] for m in squares if named[m]}
    left = [module for module in squares if not named[module]]
    order = ["query", "key", "value", "projection"]
    has = {role.split(".")[-1].partition("[")[0] for role in found.values()}
    if "query_key_value" in has:
        order = ["projection"]
    order = [role for role in order if role not in has]
    if len(left) == len(order):
        found |= {m: f"attention.{r}" for m, r in zip(left, order, strict=True)}
    if len(inner) == 2:
        first, second = inner
        wide = [m for m in inner if bias.get(m, (width,)) != (width,)]
        if wide == [second]:
            first, second = second, first
        found |= {first: "feed_forward.expand", second: "feed_forward.contract"}
    return found


def square_role(module):
    """The role of a square matrix by its name, or None."""
    last = words(module.rpartition(".")[2])
    for role, names in JOINT.items():
        if names & {*last}:
            return f"attention.{role}"
    if {"o", "out", "output", "proj", "projection", "wo", "dense", "unifyheads"} & {
        *last
    }:
        return "attention.projection"
    return None


def head_of(module, size, width):
    """The role of one head's matrix, such as `attention.key[2]`, or None."""
    small = min(size)
    numbers = [int(word) for word in words(module) if word.isdigit()]
    role = square_role(module)
    fits = max(size) == width and small < width and width % small == 0
    if fits and numbers and role and role != "attention.projection":
        return f"{role}[{numbers[-1]}]"
    return None


def norm_roles(norms):
    """Which of a block's norms belongs to attention, which to feed-forward."""
    if len(norms) != 2:
        return {norms[0]: "attention_norm"} if len(norms) == 1 else {}
    numbers = [tuple(int(w) for w in words(m) if w.isdigit()) for m in norms]
    sides = [is_attention(module) for module in norms]
    late = ["post" in words(module) for module in norms]
    if numbers[0] != numbers[1]:
        norms = [norms[i] for i in sorted((0, 1), key=numbers.__getitem__)]
    elif sides[0] != sides[1] and not any(late):
        norms = norms if sides[0] or sides[1] is False else norms[::-1]
    return dict(zip(norms, ("attention_norm", "feed_forward_norm"), strict=True))


# --- around the blocks ----------------------------------------------------------------


def outside_roles(model, parameters, width, vocab, also):
    """Roles of embeddings, output and the norms that no block has."""
    found, modules = {}, defaultdict(dict)
    for name, parameter in parameters.items():
        module, bias = module_of(name)
        bias = bias and len(dims(parameter)) == 1
        modules[module]["bias" if bias else "weight"] = name
    tables = {}
    for module, parts in modules.items():
        weight = parts.get("weight")
        if weight and len(dims(parameters[weight])) == 2:
            tables[module] = weight
        elif weight and dims(parameters[weight]) == (width,):
            early = any(word.startswith("emb") for word in words(module))
            role = "embedding_norm" if early else "final_norm"
            found |= {name: f"{role}.{kind}" for kind, name in parts.items()}
    embeddings = [m for m in tables if is_embedding(model, tables[m], also)]
    for module, name in tables.items():
        told = {*words(module)}
        if any(word.startswith("pos") for word in told) or told & {"wpe", "pe"}:
            found[name] = "position_embedding.weight"
        elif module not in embeddings and width in dims(parameters[name]):
            if told & OUTPUT or not told & TOKENS:
                found[name] = "output.weight"
            else:
                embeddings.append(module)
    left = [module for module in embeddings if tables[module] not in found]
    named = [module for module in left if {*words(module)} & TOKENS]
    fitting = [m for m in left if dims(parameters[tables[m]])[0] == vocab]
    token = ([m for m in fitting if m in named] or fitting or named or left)[:1]
    found |= {tables[m]: "token_embedding.weight" for m in token}
    left = [m for m in left if m not in token]
    if left and "position_embedding.weight" not in found.values():
        found[tables[left[0]]] = "position_embedding.weight"
    for module, parts in modules.items():
        bias, weight = parts.get("bias"), parts.get("weight")
        role = found.get(weight, "output.weight" if {*words(module)} & OUTPUT else None)
        if bias and role == "output.weight":
            found[bias] = "output.bias"
    return found


def is_embedding(model, name, also):
    """Whether a parameter belongs to an `nn.Embedding`, under any of its names."""
    names = [name, *(other for other, first in also.items() if first == name)]
    return any(isinstance(owner(model, each), nn.Embedding) for each in names)


def owner(model, name):
    """The module that has a parameter."""
    return model.get_submodule(name.rpartition(".")[0])


# --- what the user says, and how matrices lie -----------------------------------------


def given_roles(parameters, found, inside, given):
    """The roles of a map, with its stars filled in."""
    roles = {}
    for name, role in given.items():
        check_role(role)
        starred = [str(name)]
        if "*" in name:
            starred = [name.replace("*", str(n), 1) for n in range(1000)]
            starred = [each for each in starred if each in parameters]
        matches = [n for each in starred for n in fnmatch.filter(parameters, each)]
        if not matches:
            close = ", ".join(list(parameters)[:4])
            raise ValueError(
                f"the map names {name!r}, which is no parameter of the model: it has "
                f"{close} and {max(0, len(parameters) - 4)} more"
            )
        for number, match in enumerate(matches):
            roles[match] = role.replace("*", str(number))
    return roles


def check_role(role):
    """Raise ValueError for a role that there is not."""
    kind = re.fullmatch(
        r"(?:blocks\.(?:\d+|\*)\.)?([a-z_.]+)\.(weight|bias)(\[\d+\])?", str(role)
    )
    known = OUTSIDE if kind and not str(role).startswith("blocks.") else IN_BLOCK
    if role != "none" and (not kind or kind[1] not in known):
        raise ValueError(
            f"the map gives the role {role!r}: expected none, or .weight or .bias of "
            f"{', '.join(OUTSIDE)}, or, with blocks.*. before it, of "
            f"{', '.join(IN_BLOCK)}"
        )


def is_turned(model, name, parameter, role, width):
    """Whether a matrix is stored (in, out); None where nothing tells."""
    size = dims(parameter)
    if len(size) != 2 or role.startswith(("token", "position")):
        return False
    if size[0] != size[1]:
        first_is_width = (
            role.startswith("output") or "query" in role or "expand" in role
        )
        first_is_width = first_is_width or ".key" in role or ".value" in role
        return (size[0] == width) == first_is_width
    module = owner(model, name)
    if isinstance(module, nn.Linear | nn.MultiheadAttention | nn.modules.conv._ConvNd):
        return False
    return True if type(module).__name__ == "Conv1D" else None


def settle(found, parameters):
    """Square matrices lie as the others do, where those all lie one way."""
    told = {
        found.turned[name]
        for name, role in found.roles.items()
        if role.startswith("blocks.")
        and len(dims(parameters[name])) == 2
        and len({*dims(parameters[name])}) == 2
    }
    if len(told) == 1:
        way = told.pop()
        found.turned = {n: way if t is None else t for n, t in found.turned.items()}


# --- sizes ----------------------------------------------------------------------------


def sizes_of(model, names):
    """The sizes that the parameters tell, by the names of `GPTConfig`.

    Args:
        model: an `nn.Module`.
        names: its `Names`.

    Returns:
        A dictionary; a size that nothing tells is not in it.
    """
    parameters = dict(model.named_parameters())
    first = {role: name for name, role in reversed(names.roles.items())}
    sizes = {"layers": names.layers}
    for role, key in (
        ("token_embedding", "vocab_size"),
        ("position_embedding", "context"),
    ):
        if f"{role}.weight" in first:
            found = dims(parameters[first[f"{role}.weight"]])
            sizes[key], sizes["width"] = found[0], found[-1]
    if "blocks.0.feed_forward.expand.weight" in first and "width" in sizes:
        wide = dims(parameters[first["blocks.0.feed_forward.expand.weight"]])
        sizes["feed_forward"] = wide[wide[0] == sizes["width"]]
    split = [
        role
        for role in first
        if re.match(r"blocks\.0\.attention\.query\.weight\[", role)
    ]
    if split:
        sizes["heads"] = len(split)
    return sizes


def heads_in(model, width):
    """The number of heads that a config or a module of the model names, or None."""
    places = [getattr(model, "config", None), *model.modules()]
    for place in places:
        for name in NAMES["heads"]:
            value = getattr(place, name, None)
            if is_whole(value) and value > 0 and width % value == 0:
                return value
    return None
