"""GPTConfig: the paper's values, and one clear error for a bad one."""

import dataclasses
import json

import pytest

from gpt1 import GPTConfig
from gpt1.config import PRESETS


def test_defaults_are_the_papers():
    assert GPTConfig().to_dict() == {
        "vocab_size": 40478,
        "context": 512,
        "width": 768,
        "layers": 12,
        "heads": 12,
        "feed_forward": 3072,
        "dropout": 0.1,
        "norm_eps": 1e-5,
        "init_std": 0.02,
    }
    assert GPTConfig().head_size == 64


def test_feed_forward_is_four_times_the_width_unless_given():
    assert GPTConfig(width=24).feed_forward == 96
    assert GPTConfig(width=24, feed_forward=7).feed_forward == 7


def test_it_is_frozen_and_keyword_only():
    config = GPTConfig()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.width = 24
    with pytest.raises(TypeError):
        GPTConfig(40478)


def test_presets_take_changes():
    assert PRESETS["gpt1"]() == GPTConfig()
    assert GPTConfig.tiny().head_size == 32
    own = {"vocab_size": 512, "context": 128, "width": 64, "layers": 2, "heads": 4}
    changed = GPTConfig(**own, dropout=0.0, init_std=0.05)
    for tiny in (GPTConfig.tiny, PRESETS["tiny"]):
        assert tiny(layers=2, width=64) == changed


def test_a_dictionary_and_json_carry_it():
    for config in (GPTConfig(), GPTConfig.tiny(feed_forward=7, dropout=0.3)):
        assert GPTConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert GPTConfig.from_dict({"layers": 2}) == GPTConfig(layers=2)


WHOLE = ("vocab_size", "context", "width", "layers", "heads", "feed_forward")
NOT_WHOLE = (0, -1, 1.5, 12.0, "12", True, float("nan"), [12])


@pytest.mark.parametrize("bad", [*NOT_WHOLE, None], ids=repr)
@pytest.mark.parametrize("field", WHOLE)
def test_sizes_must_be_whole_and_positive(field, bad):
    if (field, bad) == ("feed_forward", None):
        return  # four times the width
    with pytest.raises(ValueError, match=rf"^{field} must be a whole number >= 1") as e:
        GPTConfig(**{field: bad})
    assert f"got {bad!r}" in str(e.value)


@pytest.mark.parametrize("bad", [1, 1.0, 1.5, -0.1, "0.1", None, float("nan"), True])
def test_dropout_must_leave_something(bad):
    with pytest.raises(ValueError, match=r"^dropout must be .*0 and below 1") as error:
        GPTConfig(dropout=bad)
    assert f"got {bad!r}" in str(error.value)


@pytest.mark.parametrize("bad", [0, 0.0, -1e-5, "1", None, float("inf"), float("nan")])
@pytest.mark.parametrize("field", ["norm_eps", "init_std"])
def test_epsilon_and_deviation_must_be_above_zero(field, bad):
    with pytest.raises(ValueError, match=rf"^{field} must be a number above 0") as e:
        GPTConfig(**{field: bad})
    assert f"got {bad!r}" in str(e.value)


@pytest.mark.parametrize(("width", "heads"), [(768, 11), (24, 5), (4, 8)])
def test_heads_must_divide_the_width(width, heads):
    with pytest.raises(ValueError, match=f"heads must divide width: {width} / {heads}"):
        GPTConfig(width=width, heads=heads)


@pytest.mark.parametrize("value", [0, 0.0, 0.5, 0.999])
def test_every_usable_dropout_is_accepted(value):
    assert GPTConfig(dropout=value).dropout == value


def test_an_unknown_field_is_named():
    with pytest.raises(ValueError, match=r"fields vocab_size, .*; got also \['n_embd'"):
        GPTConfig.from_dict({"width": 24, "n_embd": 24})
    with pytest.raises(TypeError, match="n_embd"):
        GPTConfig(n_embd=24)


@pytest.mark.parametrize("bad", [None, [], "gpt1", 3])
def test_only_a_dictionary_is_a_dictionary(bad):
    with pytest.raises(ValueError, match=f"got {type(bad).__name__}"):
        GPTConfig.from_dict(bad)
