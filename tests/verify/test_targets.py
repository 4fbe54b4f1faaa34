"""What can be verified: files, modules, folders, classes, functions, objects."""

import json
import sys

import pytest
import torch
from torch import nn

from gpt1 import GPT, GPTConfig
from gpt1.verify import verify
from gpt1.verify.running import logits_of
from gpt1.verify.sizes import SMALL, build
from gpt1.verify.target import find_target
from lib import foreign

CODE = """
import torch
from torch import nn
import beside

class GPTConfig:
    n_layer, n_head, n_embd, vocab_size, block_size = 12, 2, 8, 99, 10
    print("reading")

class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.sizes = config.n_layer, config.n_head, config.n_embd
        self.part = nn.Linear(config.n_embd, config.vocab_size)

def make():
    return Model(GPTConfig())

def ten(depth=10):
    return nn.ModuleList(nn.Linear(2, 2) for _ in range(depth))

def pair():
    return make(), None

ready = make()
number = 3

class Outer:
    Inner = Model
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "beside.py").write_text("")
    (tmp_path / "model.py").write_text(CODE)
    return tmp_path / "model.py"


def test_a_file_gives_a_class_with_small_sizes(file):
    found = find_target(f"{file}:Model")
    assert found.model.sizes == (3, 4, 24)
    assert found.model.part.weight.shape == (61, 24)
    assert found.fresh
    assert str(file.parent) not in sys.path


def test_a_file_gives_what_a_function_builds_and_what_is_built(file):
    assert find_target(f"{file}:make").model.sizes == (12, 2, 8)
    assert find_target(f"{file}:ready").model.sizes == (12, 2, 8)
    assert find_target(f"{file}:pair").model.sizes == (12, 2, 8)
    assert len(find_target(f"{file}:ten").model) == SMALL["layers"]
    assert find_target(f"{file}:Outer.Inner").model.sizes == (3, 4, 24)


def test_values_that_are_given_win(file):
    given = {"n_embd": 30, "n_head": 5}
    assert find_target(f"{file}:Model", given).model.sizes == (3, 5, 30)
    assert len(find_target(f"{file}:ten", {"depth": 2}).model) == 2


def test_a_module_is_imported_by_its_name():
    assert type(find_target("gpt1.model:FeedForward").model).__name__ == "FeedForward"


def test_a_config_is_the_one_of_the_package_where_the_module_has_none():
    for target in ("gpt1:GPT", "gpt1.model:GPT"):
        config = find_target(target).model.config
        assert isinstance(config, GPTConfig)
        assert (config.layers, config.width) == (SMALL["layers"], SMALL["width"])


def test_an_object_is_taken_as_it_is():
    model = GPT(GPTConfig.tiny())
    found = find_target(model)
    assert found.model is model
    assert not found.fresh


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "{file}:Nope",
            "model.py has no Nope; it has GPTConfig, Model, make, ten, pair",
        ),
        ("{file}:number", "is no model, class or function: int"),
        ("{file}", "has no name behind it: give .*model.py:Name"),
        ("{folder}/other.py:GPT", "there is no file"),
        ("{folder}", "has no config.json"),
        ("{folder}/nothing", "is no folder, and no file.py:Name or module:Name"),
        ("{folder}/broken.py:GPT", "broken.py cannot be imported: SyntaxError"),
        ("{folder}/leaves.py:GPT", "leaves.py cannot be imported: SystemExit: 3"),
        ("{folder}/inside.py:GPT", "give package.module:Name"),
        ("no_such_module_x:GPT", "cannot be imported: ModuleNotFoundError"),
        ("{file}:GPTConfig", "gives no nn.Module but GPTConfig"),
        ("", "a target is a model, a class"),
        (3, "got 3"),
    ],
)
def test_a_target_that_is_none_is_told_in_one_line(file, target, message):
    folder = file.parent
    (folder / "broken.py").write_text("class GPT(:\n")
    (folder / "leaves.py").write_text("raise SystemExit(3)\n")
    (folder / "inside.py").write_text("from .layers import GPT\n")
    if isinstance(target, str):
        target = target.format(file=file, folder=folder)
    with pytest.raises((ValueError, OSError), match=message) as error:
        find_target(target)
    assert "\n" not in str(error.value)


def strange(n_layer, wingspan):
    raise AssertionError


def fails(n_layer):
    raise RuntimeError(f"{n_layer} is\ntoo few")


@pytest.mark.parametrize(
    ("made", "given", "message"),
    [
        (strange, {}, "needs the argument 'wingspan'"),
        (fails, {}, "fails with small sizes: RuntimeError: 3 is too few"),
        (fails, {"colour": 1}, "takes no argument 'colour'"),
    ],
)
def test_a_maker_that_cannot_be_called_is_told_in_one_line(made, given, message):
    with pytest.raises(ValueError, match=message) as error:
        build(made, "it", given)
    assert "\n" not in str(error.value)


# --- what models return ---------------------------------------------------------------

IDS = torch.arange(12).view(2, 6)
TABLE = torch.randn(61, 61, generator=torch.Generator().manual_seed(0))


class Out:
    def __init__(self, logits):
        self.logits = logits


RETURNS = {
    "a tensor": lambda ids: TABLE[ids],
    "a tuple": lambda ids: (torch.zeros(()), TABLE[ids]),
    "an object": lambda ids: Out(TABLE[ids]),
    "a dictionary": lambda ids: {"states": IDS, "logits": TABLE[ids]},
    "flat": lambda ids: (TABLE[ids].flatten(0, 1), None),
    "the last": lambda ids: TABLE[ids][:, -1],
    "the last, with its axis": lambda ids: (TABLE[ids][:, [-1]], None),
    "the last without targets": lambda ids, targets=None: (
        TABLE[ids] if targets is not None else TABLE[ids][:, [-1]],
        None,
    ),
}


@pytest.mark.parametrize("form", RETURNS)
def test_logits_are_found_in_what_is_returned(form):
    assert torch.equal(logits_of(RETURNS[form], IDS, 61), TABLE[IDS])


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda ids: None, "got NoneType"),
        (lambda ids: TABLE[ids][:, :2], r"got \[\(2, 2, 61\)\]"),
        (lambda ids: ids / 0 @ ids, r"the model fails on ids \(2, 6\): RuntimeError"),
    ],
)
def test_a_model_without_logits_is_told_in_one_line(model, message):
    with pytest.raises(ValueError, match=message) as error:
        logits_of(model, IDS, 61)
    assert "\n" not in str(error.value)


def test_a_model_that_fails_is_told_in_one_line():
    with pytest.raises(ValueError, match=r"the model fails on ids \(2, 3\)"):
        verify(nn.Linear(3, 4))
    with pytest.raises(ValueError, match="the model fails on ids"):
        verify(foreign.NanoBlock)


def test_a_folder_that_makes_no_model_is_told_in_one_line(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "unheard-of"}))
    with pytest.raises(ValueError, match="makes no model") as error:
        find_target(tmp_path)
    assert "\n" not in str(error.value)
