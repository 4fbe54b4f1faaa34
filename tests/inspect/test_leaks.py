"""`leaks` finds every model that looks ahead, and no other."""

import pytest
import torch
from torch import nn

from gpt1 import GPT, GPTConfig, MultiHeadAttention, causal_mask
from gpt1.inspect.leaks import leaks
from gpt1.variants import VARIANTS
from gpt1.variants.attention import written_out
from lib.checks import SMALL
from lib.weights import numpy_weights, our_model

LEAKY = "mask one too wide", "no mask", "softmax over queries", "heads mixed with time"
NAMES = "scale by the width", "heads before query, key, value", "pre-norm", "exact GELU"
TIGHT = {"unchanged": lambda model: model, "written out": written_out()}
TIGHT |= {name: VARIANTS[name] for name in NAMES}


def small():
    return our_model(SMALL, numpy_weights(SMALL))


def pieces(model, sizes=(3, 3, 2)):
    """The model as a function that works through a cache."""

    def logits(ids):
        cache = model.new_cache()
        return torch.cat([model(p, cache=cache) for p in ids.split(list(sizes), 1)], 1)

    return logits


@pytest.mark.parametrize("name", LEAKY)
def test_a_model_that_looks_ahead_is_found(name):
    found = leaks(VARIANTS[name](small()))
    assert found
    assert found.found


@pytest.mark.parametrize("spoil", TIGHT.values(), ids=TIGHT)
def test_a_causal_model_leaves_a_full_triangle(spoil):
    found = leaks(spoil(small()))
    assert not found
    assert found.found == found.missing == []
    assert torch.equal(found.moved, causal_mask(8))


def test_a_new_model_is_judged_as_well_as_a_trained_one():
    torch.manual_seed(0)
    assert not leaks(GPT(SMALL))
    assert leaks(written_out(diagonal=1)(GPT(SMALL)))


def test_one_layer_with_a_mask_one_too_wide_leaks_one_diagonal():
    config = GPTConfig(**{**SMALL.to_dict(), "layers": 1})
    found = leaks(written_out(diagonal=1)(our_model(config, numpy_weights(config))))
    assert found.found == [(i, i + 1) for i in range(7)]
    assert "7 leaks, output 0 sees input 1" in repr(found)


def test_a_right_model_in_pieces_does_not_leak():
    assert not leaks(pieces(small()))
    assert leaks(pieces(small())).missing == []


def test_later_pieces_that_see_all_of_themselves_are_found():
    model = VARIANTS["no mask in later chunks"](small())
    assert not leaks(model)
    found = leaks(pieces(model))
    assert (3, 4) in found.found
    assert (0, 1) not in found.found


def test_a_cache_that_is_not_read_leaves_gaps():
    model = VARIANTS["a cache not read"](small())
    found = leaks(pieces(model))
    assert not found
    assert (3, 0) in found.missing
    assert "3 sees" not in found.summary
    assert "output 3 does not see input 0" in found.summary


def test_is_causal_with_a_past_leaves_gaps():
    past = {"is_causal with a past": (3, 3, 2), "is_causal for one query": (6, 1, 1)}
    for name, sizes in past.items():
        assert leaks(pieces(VARIANTS[name](small()), sizes)).missing


def test_a_model_that_still_drops_values_is_refused():
    in_eval = VARIANTS["attention dropout in eval"](small())
    for model in (in_eval, small().train().forward):
        with pytest.raises(ValueError, match=r"different outputs .*model\.eval\(\)"):
            leaks(model)


def test_a_module_is_put_into_eval_mode_and_back_part_by_part():
    model = small().train()
    model.blocks[1].eval()
    before = [module.training for module in model.modules()]
    assert not leaks(model)
    assert [module.training for module in model.modules()] == before
    with pytest.raises(ValueError, match="context"):
        leaks(model, torch.zeros(1, 99, dtype=torch.long))
    assert [module.training for module in model.modules()] == before


def test_the_same_call_gives_the_same_answer_and_draws_no_random_number():
    state = torch.get_rng_state()
    states = torch.linspace(-1, 1, 42).view(1, 7, 6)
    first, again = (leaks(lambda x: x.cumsum(1), states) for _ in "ab")
    assert torch.equal(first.moved, again.moved)
    assert torch.equal(torch.get_rng_state(), state)


def test_it_works_on_states_and_on_other_models():
    layer = MultiHeadAttention(SMALL)
    assert not leaks(layer, torch.linspace(-1, 1, 5 * 24).view(1, 5, 24).sin())
    recurrent = nn.Sequential(nn.Embedding(5, 6), nn.GRU(6, 4, batch_first=True))
    assert not leaks(lambda ids: recurrent(ids)[0])
    both_ways = nn.GRU(6, 4, batch_first=True, bidirectional=True)
    assert leaks(lambda ids: both_ways(recurrent[0](ids))[0]).found


def test_other_ids_than_0_and_1_and_several_rows_are_changed_too():
    ids = torch.arange(10).view(2, 5) + 7
    assert not leaks(small(), ids)
    assert leaks(VARIANTS["no mask"](small()), ids).moved.all()


def test_not_a_number_counts_as_moved():
    nothing = leaks(lambda ids: torch.full((*ids.shape, 3), float("nan")))
    assert nothing.moved.all()


def test_without_ids_it_fits_the_models_context():
    config = GPTConfig(**{**SMALL.to_dict(), "context": 4, "vocab_size": 2})
    torch.manual_seed(0)
    assert leaks(GPT(config)).moved.shape == (4, 4)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.zeros(8), r"got \(8,\)"),
        (torch.zeros(1, 1, dtype=torch.long), "at least 2 positions"),
        ([[0, 1, 0]], "got list"),
    ],
)
def test_input_of_another_shape_is_refused(x, message):
    with pytest.raises(ValueError, match=message):
        leaks(small(), x)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda ids: ids.float(), r"\(1, 8, vocab\); got \(1, 8\)"),
        (lambda ids: small()(ids)[:, -1:], r"got \(1, 1, 61\)"),
        (lambda ids: (small()(ids),), r"tuple: .*\.logits"),
    ],
)
def test_output_of_another_shape_is_refused(model, message):
    with pytest.raises(ValueError, match=message):
        leaks(model)


def test_it_prints_as_a_triangle():
    ahead = leaks(lambda x: torch.cat([x[:, 1:], x[:, :1]], 1), torch.zeros(1, 3, 2))
    key = "x moved, ! moved and must not, ? did not and may"
    assert repr(ahead).splitlines() == [
        "  0 1 2",
        "0 ? ! .",
        "1 ? ? !",
        "2 x ? ?",
        "row: output, column: changed input; " + key,
        "2 leaks, output 0 sees input 1; 5 gaps, output 0 does not see input 0",
    ]
