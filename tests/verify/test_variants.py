"""Every variant of the package is called by its own name, and by no other."""

import pytest
import torch

from gpt1 import GPT
from gpt1.variants import VARIANTS
from gpt1.verify import verify
from gpt1.verify.changes import IN_BLOCK, IN_EMBEDDINGS, LATER
from lib.checks import SMALL

OWN_ASPECT = {n: a for n, (a, _) in (IN_BLOCK | IN_EMBEDDINGS).items()}
OWN_ASPECT |= {n: a for a, names in LATER.items() for n in names}
OWN_ASPECT |= {"a final norm": "final norm"}
OWN_ASPECT |= {"attention dropout in eval": "dropout in evaluation"}


def spoilt(*names):
    torch.manual_seed(0)
    model = GPT(SMALL)
    for name in names:
        model = VARIANTS[name](model)
    return model


def named(report):
    return {each.variant for each in report.differs if each.variant}


def test_the_model_itself_is_gpt1_in_every_aspect():
    report = verify(spoilt(), fresh=True)
    assert report.same
    assert {each.verdict for each in report.findings} == {"same", "not checked"}
    assert [e.aspect for e in report.having("not checked")] == ["tokenizer"]
    assert (report.first, report.exit_code) == (None, 0)
    assert report.summary == "the model is GPT-1"


def test_every_variant_has_its_aspect():
    assert OWN_ASPECT.keys() == VARIANTS.keys()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_called_by_its_own_name_alone(name):
    report = verify(spoilt(name), fresh=True)
    assert named(report) == {name}
    (own,) = (each for each in report.differs if each.variant == name)
    assert own.aspect == OWN_ASPECT[name]
    assert report.exit_code == 1
    assert own.told in report.summary
    assert not report.undecided
    first = {True: "block 1", False: None}[name in IN_BLOCK]
    first = "the embeddings" if name in IN_EMBEDDINGS else first
    assert report.first == ("the output" if name == "a final norm" else first)


PAIRS = [
    ("pre-norm", "exact GELU"),
    ("no scale", "no mask"),
    ("another epsilon", "ReLU"),
    ("heads before query, key, value", "scale by the width"),
    ("embeddings times root of width", "positions from 1"),
    ("a final norm", "embeddings times root of width"),
    ("pre-norm", "SiLU", "no scale"),
    ("no mean taken off", "mask one too wide", "a final norm", "scaled by depth"),
]


@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
def test_variants_together_are_each_named(names):
    report = verify(spoilt(*names), fresh=True)
    assert named(report) == {*names}
    assert not report.undecided


def test_a_block_that_differs_alone_is_named():
    model = spoilt()
    model.blocks[1:2].apply(lambda part: setattr(part, "eps", 1e-12))
    report = verify(model, fresh=True)
    assert report.first == "block 2"
    assert named(report) == {"another epsilon"}
    assert ", only in block 2" in report.summary


@pytest.mark.slow
def test_what_is_none_of_the_known_ways_is_not_called_one():
    model = spoilt()
    model.blocks[2].register_forward_hook(lambda _p, _g, made: made.roll(1, -1))
    report = verify(model, fresh=True)
    assert [each.aspect for each in report.differs] == ["forward pass"]
    assert "block 3 computed in none of the known ways" in report.summary
    assert report.first == "block 3"
    aspects = {each.aspect for each in report.undecided}
    assert {"activation", "place of LayerNorm"} <= aspects
    assert not {"positions", "final norm", "tying", "mask"} & aspects


def test_a_model_is_not_changed():
    model = spoilt().train()
    model.blocks[1].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes = [part.training for part in model.modules()]
    state = torch.get_rng_state()
    verify(model)
    assert all(torch.equal(model.state_dict()[name], t) for name, t in before.items())
    assert [part.training for part in model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert model.token_embedding.weight.dtype == torch.float32
