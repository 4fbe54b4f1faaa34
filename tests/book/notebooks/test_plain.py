"""The plain form of a class, shown first, computes what the package's does.

A cell with the tag `plain` shows a class or function of `gpt1/model.py` without cache,
past and checks. It is run here beside what its chapter imports; whatever else it needs
is the package's. Then both get the same numbers, and have to give the same.
"""

import ast
import inspect
import re

import pytest
import torch

import gpt1.model
from gpt1 import GPTConfig
from lib.book.chapters import NOTEBOOKS, code_cells, name as stem

# No two sizes are equal, and nothing is at its default.
CONFIG = GPTConfig(
    vocab_size=101,
    context=31,
    width=15,
    heads=3,
    feed_forward=67,
    layers=2,
    dropout=0.0,
    norm_eps=0.1,
    init_std=0.3,
)
FUNCTIONS = {"causal_mask", "attention_weights", "attention"}
MODULES = {"MultiHeadAttention", "FeedForward", "Block"}
KNOWN = FUNCTIONS | MODULES | {"GPT"}
CLOSE = {"atol": 1e-6, "rtol": 1e-6}
"""In double precision: what is left is no rounding of sums."""

DRAWS = 4000
"""Copies of one input, dropped in different places."""


def definitions(cells):
    """Run the imports of a chapter, then what its plain cells define; return that.

    Other statements of a plain cell are an example, and nobody's plain form.
    """
    scope, found = dict(vars(gpt1.model)), {}
    for cell in cells:
        for node in ast.parse(cell["source"]).body:
            imports = isinstance(node, (ast.Import, ast.ImportFrom))
            defines = isinstance(node, (ast.ClassDef, ast.FunctionDef))
            plain = defines and "plain" in cell["tags"]
            if plain or (imports and "setup" in cell["tags"]):
                code = ast.Module([node], type_ignores=[])
                exec(compile(code, "plain", "exec"), scope)
            if plain:
                found[node.name] = scope[node.name]
    return found


def plain_cells(path):
    return [cell for cell in code_cells(path) if "plain" in cell["tags"]]


def compare(name, ours):
    """Fail where a plain form differs from the package's."""
    assert name in KNOWN, f"{name}: nothing says how to compare it"
    theirs = getattr(gpt1.model, name)
    same_parameters(ours, theirs)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        if name in FUNCTIONS:
            {"causal_mask": same_mask}.get(name, same_function)(ours, theirs)
        else:
            same_class(ours, theirs)


def same_parameters(ours, theirs):
    """What the plain form takes, the package's takes too, by the same names."""
    if inspect.isclass(ours):
        for method, function in vars(ours).items():
            if inspect.isfunction(function):
                assert method in vars(theirs), f"the package has no {method}"
                same_parameters(function, vars(theirs)[method])
    else:
        known = list(inspect.signature(theirs).parameters)
        for parameter in inspect.signature(ours).parameters:
            assert parameter in known, f"the package's takes no {parameter}"
            assert parameter not in {"cache", "past"}, "that is not plain"


def same_mask(ours, theirs):
    for time in (1, 2, 7, 31):
        assert torch.equal(ours(time), theirs(time))


def same_function(ours, theirs):
    """One head, several heads, one position, and scores in the tens."""
    known = inspect.signature(theirs).parameters
    takes = [name for name in ("query", "key", "value") if name in known]
    for shape in [(7, 5), (2, 3, 7, 5), (2, 3, 1, 64), (13, 64)]:
        for scale in (0.3, 1.0, 6.0):
            given = [
                (scale * torch.randn(shape).double()).requires_grad_() for _ in takes
            ]
            one, other = ours(*given), theirs(*given)
            torch.testing.assert_close(one, other, **CLOSE)
            same_gradients(one, other, given, given)


def same_gradients(one, other, ours, theirs):
    """Of a sum with random weights, with regard to each of some tensors."""
    weights = torch.randn_like(other)
    grads = [
        torch.autograd.grad((out * weights).sum(), of)
        for out, of in ((one, ours), (other, theirs))
    ]
    for left, right in zip(*grads, strict=True):
        torch.testing.assert_close(left, right, **CLOSE)


def same_class(kind, package):
    ours, theirs = begun(kind), begun(package)
    shapes = [
        {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
        for module in (ours, theirs)
    ]
    assert shapes[0] == shapes[1]
    whole = package is gpt1.model.GPT
    if whole:
        assert len(list(ours.parameters())) == len(list(theirs.parameters()))
        for name, tensor in theirs.state_dict().items():
            assert torch.equal(ours.state_dict()[name], tensor), f"{name} begins other"
    scramble(theirs)
    ours, theirs = ours.double(), theirs.double()
    ours.load_state_dict(theirs.state_dict())
    for training in (False, True):
        ours.train(training)
        theirs.train(training)
        for time in (1, 11, CONFIG.context):
            (same_model if whole else same_module)(ours, theirs, time)
    same_dropout(kind, theirs)


def begun(kind, **changes):
    torch.manual_seed(7)
    fields = CONFIG.to_dict() | changes
    return kind(GPTConfig(**fields))


def scramble(module):
    """Let every gain and bias matter."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.normal_(1.0 if name.endswith("norm.weight") else 0.0, 0.5)


def same_module(ours, theirs, time):
    x = torch.randn(2, time, CONFIG.width).double().requires_grad_()
    one, other = ours(x), theirs(x)
    torch.testing.assert_close(one, other, **CLOSE)
    same_gradients(one, other, [x, *ordered(ours, theirs)], [x, *theirs.parameters()])


def same_model(ours, theirs, time):
    ids = torch.randint(CONFIG.vocab_size, (2, time))
    targets = torch.randint(CONFIG.vocab_size, (2, time))
    targets[0, -1] = -100  # nothing to predict
    torch.testing.assert_close(ours(ids), theirs(ids), **CLOSE)
    state = theirs.hidden(ids)
    torch.testing.assert_close(ours.hidden(ids), state, **CLOSE)
    torch.testing.assert_close(ours.logits(state), theirs.logits(state), **CLOSE)
    losses = ours.loss(ids, targets), theirs.loss(ids, targets)
    torch.testing.assert_close(*losses, **CLOSE)
    same_gradients(*losses, ordered(ours, theirs), [*theirs.parameters()])


def ordered(ours, theirs):
    """The parameters of one module, in the other's order."""
    mine = dict(ours.named_parameters())
    return [mine[name] for name, _ in theirs.named_parameters()]


def same_dropout(kind, theirs):
    """Where dropout falls cannot be compared draw by draw: the spread can.

    The same input many times over, one batch. A place that is left out, or that drops
    at another rate, changes what the copies vary by.
    """
    state = theirs.state_dict()
    if hasattr(theirs, "blocks"):  # quiet branches: a block's own places are its own
        for part in ("attention.projection", "feed_forward.contract"):
            for name in state:
                state[name] = state[name] * (part not in name)
    spreads = []
    for one in (kind, type(theirs)):
        module = begun(one, dropout=0.3).double()
        module.load_state_dict(state)
        module.train()
        with torch.no_grad():
            outputs = module(dropout_input(module))  # (copies, time, ...)
        spreads.append(outputs.var(0).mean(-1))
    torch.testing.assert_close(*spreads, atol=0.0, rtol=0.12)


def dropout_input(module):
    draw = torch.Generator().manual_seed(3)
    if hasattr(module, "token_embedding"):
        ids = torch.randint(CONFIG.vocab_size, (1, 3), generator=draw)
        return ids.expand(DRAWS // 4, -1)
    x = torch.randn(1, 5, CONFIG.width, generator=draw).double()
    return x.expand(DRAWS, -1, -1)


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if plain_cells(path)], ids=stem
)
def test_what_is_plain_gives_the_numbers_of_the_package(path):
    found = definitions(code_cells(path))
    assert found
    for name, ours in found.items():
        compare(name, ours)


def test_every_cell_that_says_it_is_plain_defines_something_and_nothing_twice():
    names = []
    for path in NOTEBOOKS:
        for cell in plain_cells(path):
            here = definitions([cell | {"tags": {"plain"}}])
            assert here, cell["source"]
            names += here
    assert "GPT" in names
    assert len(names) == len(set(names))


# The comparison itself: what it must find in the chapters' own plain forms.

IMPORTS = "import math\nimport torch\nfrom torch import nn\n"
IMPORTS += "from torch.nn import functional as F\n"
BUILT = re.compile(r"^(?:class FeedForward|def attention)\(", re.MULTILINE)
PLAIN = "\n\n\n".join(
    cell["source"]
    for path in NOTEBOOKS
    for cell in code_cells(path)
    if "plain" in cell["tags"]
    or ("defines" in cell["tags"] and BUILT.search(cell["source"]))
)
"""All of them in one piece, with the two parts that are the package's as they are."""


def judge(source):
    setup = {"source": IMPORTS, "tags": {"setup"}}
    plain = {"source": source, "tags": {"plain"}}
    for name, ours in definitions([setup, plain]).items():
        compare(name, ours)


def test_plain_forms_that_are_right_pass():
    judge(PLAIN)


SLIPS = {
    "mask off by one": (".tril()", ".tril(1)"),
    "missing scale": ("scores = scores / math.sqrt(query.size(-1))", "pass"),
    "scale by the width": ("math.sqrt(query.size(-1))", "math.sqrt(15)"),
    "softmax over queries": ("softmax(dim=-1)", "softmax(dim=-2)"),
    "no projection": ("self.dropout(self.projection(mixed))", "self.dropout(mixed)"),
    "keys for queries": ("query, key, value = joint", "key, query, value = joint"),
    "thirds and heads exchanged": (
        "joint.view(batch, time, 3, self.heads, self.head_size)",
        "joint.view(batch, time, self.heads, 3, self.head_size).transpose(2, 3)",
    ),
    "heads not moved": ("mixed.transpose(1, 2).flatten(2)", "mixed.reshape(x.shape)"),
    "weights not dropped": ("F.dropout(weights, dropout)", "weights"),
    "weights dropped in use": ("self.dropout.p if self.training", "0.3 if True"),
    "output not dropped": (
        "self.dropout(self.projection(mixed))",
        "self.projection(mixed)",
    ),
    "pre-norm": (
        "x = x + self.attention(x)\n        x = self.attention_norm(x)",
        "x = x + self.attention(self.attention_norm(x))",
    ),
    "pre-norm, second half": (
        "x = x + self.feed_forward(x)\n        x = self.feed_forward_norm(x)",
        "x = x + self.feed_forward(self.feed_forward_norm(x))",
    ),
    "no sum": ("x + self.feed_forward(x)", "self.feed_forward(x)"),
    "another epsilon": ("nn.LayerNorm(width, eps)", "nn.LayerNorm(width)"),
    "exact GELU": ('inner, approximate="tanh"', "inner"),
    "feed-forward not dropped": (
        "return self.dropout(\n            self.contract(inner)",
        "return (\n            self.contract(inner)",
    ),
    "untied": (
        "        self.initialise()\n\n",
        "        self.output = nn.Linear(1, 1)\n        self.initialise()\n\n",
    ),
    "output that does not learn": (
        "hidden @ self.token_embedding.weight.T",
        "hidden @ self.token_embedding.weight.detach().T",
    ),
    "not initialised": ("        self.initialise()\n\n", "\n"),
    "another deviation": ("self.config.init_std", "0.02"),
    "gains begin at 0": ("1.0 if gain else 0.0", "0.0"),
    "no positions": ("x = x + self.position_embedding(positions)", "pass"),
    "embeddings not dropped": ("        x = self.dropout(x)\n", ""),
    "one block": ("for block in self.blocks:", "for block in self.blocks[:1]:"),
    "a sum for a mean": ("targets.flatten())", 'targets.flatten(), reduction="sum")'),
    "a method more": ("    def loss(", "    def score("),
    "a parameter more": ("def hidden(self, ids):", "def hidden(self, ids, mask=None):"),
    "a name that is not known": ("class FeedForward", "class MLP"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found(slip):
    before, after = SLIPS[slip]
    assert before in PLAIN
    with pytest.raises((AssertionError, AttributeError, NameError)):
        judge(PLAIN.replace(before, after))


def test_what_a_chapter_imports_is_there_and_only_plain_cells_count():
    lesson = {"source": "class Tanh(nn.GELU): pass", "tags": {"lesson"}}
    assert definitions([lesson]) == {}
    imports = {"source": "from math import tau", "tags": {"setup"}}
    plain = {"source": "def turn(): return tau", "tags": {"plain"}}
    assert definitions([imports, plain])["turn"]() > 6
    with pytest.raises(AssertionError, match="turn: nothing says how"):
        compare("turn", None)
