"""`watched` reads what a model computes, `edited` writes it, and nothing else moves."""

import numpy as np
import pytest
import torch
from torch import nn

from gpt1 import GPT, GPTConfig
from gpt1.finetune.model import FineTuned
from gpt1.inspect import edited, watched
from gpt1.inspect.places import ENDS, INSIDE, causal_weights
from gpt1.model import attention_weights
from gpt1.variants import VARIANTS
from lib import numpy_gpt
from lib.weights import numpy_weights, our_model, random_ids

SIZES = {"context": 11, "width": 12, "layers": 2, "heads": 3, "dropout": 0.1}
CONFIG = GPTConfig(vocab_size=17, **SIZES)
WEIGHTS = numpy_weights(CONFIG)
IDS, OTHER_IDS = (random_ids(CONFIG, batch=2, time=7, seed=seed) for seed in (1, 2))
BLOCK = "blocks.1"
HEADS, CONTRIBUTIONS = f"{BLOCK}.attention.heads", f"{BLOCK}.attention.contributions"
ALL = [*ENDS, *(f"blocks.{n}.{name}" for n in range(2) for name in INSIDE)]


@pytest.fixture
def model():
    return our_model(CONFIG, WEIGHTS)


@torch.no_grad()
def run_of(model, ids, *names):
    with watched(model, *names) as run:
        model(ids)
    return run


def hooks_in(model):
    parts = list(model.modules())
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in parts)


def close(ours, theirs, atol=1e-5):
    torch.testing.assert_close(ours, theirs, rtol=0, atol=atol)


def by_numpy(ids):
    """All that can be read, from NumPy's forward pass and one loop over the heads."""
    states, logits = numpy_gpt.forward(WEIGHTS, ids, CONFIG.heads)
    places = WEIGHTS["transformer.positions_embed.weight"][: ids.size(1)]
    made = {"position_embedding": places, "logits": logits}
    made["token_embedding"] = WEIGHTS["transformer.tokens_embed.weight"][ids]
    for layer in range(CONFIG.layers):
        prefix = f"transformer.h.{layer}."
        part = {
            name.removeprefix(prefix): array.astype(np.float64)
            for name, array in WEIGHTS.items()
            if name.startswith(prefix)
        }
        rows = [of_one(part, sequence) for sequence in states[layer]]
        for name in rows[0]:
            made[f"blocks.{layer}.{name}"] = np.stack([row[name] for row in rows])
        made[f"blocks.{layer}.output"] = states[layer + 1]
    return made


def of_one(part, state):
    """What is inside a block, of one sequence's states (time, width)."""
    made, size = {"input": state}, CONFIG.head_size
    joint = numpy_gpt.linear(part, "attn.c_attn", state)
    for name, columns in zip(
        ("query", "key", "value"), np.split(joint, 3, 1), strict=True
    ):
        made[f"attention.{name}"] = np.stack(np.split(columns, CONFIG.heads, axis=1))
    weights = np.zeros((CONFIG.heads, len(state), len(state)))
    for head in range(CONFIG.heads):
        query, key = made["attention.query"][head], made["attention.key"][head]
        for now in range(len(state)):
            scores = key[: now + 1] @ query[now] / np.sqrt(size)
            weights[head, now, : now + 1] = numpy_gpt.softmax(scores)
    made["attention.weights"] = weights
    made["attention.heads"] = weights @ made["attention.value"]
    rows = part["attn.c_proj.weight"].reshape(CONFIG.heads, size, -1)
    made["attention.contributions"] = made["attention.heads"] @ rows
    attended = numpy_gpt.self_attention(part, state, CONFIG.heads)
    made["attention.output"] = numpy_gpt.linear(part, "attn.c_proj", attended)
    made["middle"] = numpy_gpt.layer_norm(
        part, "ln_1", state + made["attention.output"]
    )
    inner = numpy_gpt.gelu(numpy_gpt.linear(part, "mlp.c_fc", made["middle"]))
    made["feed_forward.inner"] = inner
    made["feed_forward.output"] = numpy_gpt.linear(part, "mlp.c_proj", inner)
    return made


# --- reading --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected():
    return by_numpy(IDS)


@pytest.mark.parametrize("name", ALL)
def test_what_is_read_is_what_numpy_computes(model, expected, name):
    close(run_of(model, IDS)[name].double(), torch.tensor(expected[name]).double())


def test_everything_is_read_in_the_order_of_the_computation(model):
    names = list(run_of(model, IDS))
    inside = [f"blocks.{n}.{name}" for n in range(2) for name in INSIDE]
    assert names == [*ENDS[:2], *inside, "logits"]


def test_watching_changes_no_bit_of_logits_loss_and_gradients(model):
    alone = [model(IDS), model.loss(IDS)]
    alone += torch.autograd.grad(alone[1], model.parameters())
    with watched(model):
        seen = [model(IDS), model.loss(IDS)]
        seen += torch.autograd.grad(seen[1], model.parameters())
    assert all(map(torch.equal, alone, seen))


def test_only_what_was_asked_for_is_kept(model):
    run = run_of(model, IDS, "blocks.*.output", "logits")
    assert set(run) == {
        "logits",
        *(
            f"blocks.{n}.{x}output"
            for n in range(2)
            for x in ("", "attention.", "feed_forward.")
        ),
    }
    assert list(run_of(model, IDS, HEADS)) == [HEADS]


def test_the_sum_of_contributions_and_bias_is_what_attention_gives(model):
    run = run_of(model, IDS)
    bias = model.blocks[1].attention.projection.bias
    close(run[CONTRIBUTIONS].sum(1) + bias, run[f"{BLOCK}.attention.output"])


def test_its_own_weights_are_the_models():
    query, key = torch.randn(2, 2, 3, 5, 4).unbind()
    close(causal_weights(query, key), attention_weights(query, key), atol=0)


def test_gradients_flow_through_what_is_read(model):
    with watched(model) as run:
        total = model(IDS).square().mean()
    for name, tensor in run.items():
        [below] = torch.autograd.grad(
            tensor.square().sum(),
            model.position_embedding.weight
            if name != "token_embedding"
            else model.token_embedding.weight,
            retain_graph=True,
        )
        assert below.any(), name
        if not name.endswith(("weights", "contributions")):
            [above] = torch.autograd.grad(total, tensor, retain_graph=True)
            assert above.any(), name


@pytest.mark.parametrize("name", [f"{BLOCK}.attention.weights", CONTRIBUTIONS])
def test_an_edit_that_changes_nothing_sets_a_tensor_on_the_way(model, name):
    with watched(model) as run, edited(model, {name: lambda tensor: tensor}):
        logits = model(IDS)
    close(logits, model(IDS))
    [slope] = torch.autograd.grad(logits.square().mean(), run[name])
    assert slope.any()


def test_a_second_run_takes_the_place_of_the_first(model):
    with watched(model) as run:
        model(IDS), model(OTHER_IDS)
    close(run["logits"], model(OTHER_IDS), atol=0)


# --- writing --------------------------------------------------------------------------


@torch.no_grad()
@pytest.mark.parametrize("name", [HEADS, CONTRIBUTIONS])
def test_a_head_set_to_zero_is_a_head_without_its_rows_of_the_projection(model, name):
    def off(heads):
        heads[:, 2] = 0

    with edited(model, {name: off}):
        found = model(IDS)
    columns = slice(2 * CONFIG.head_size, 3 * CONFIG.head_size)
    model.blocks[1].attention.projection.weight[:, columns] = 0
    close(found, model(IDS))


@torch.no_grad()
def test_a_value_edit_is_an_edit_of_the_matrix(model):
    with edited(model, {f"{BLOCK}.attention.value": lambda value: 2 * value}):
        found = model(IDS)
    for parameter in model.blocks[1].attention.query_key_value.parameters():
        parameter[2 * CONFIG.width :] *= 2
    close(found, model(IDS))


@torch.no_grad()
@pytest.mark.parametrize("part", ["query", "key"])
def test_weights_follow_query_and_key(model, part):
    with (
        watched(model) as run,
        edited(model, {f"{BLOCK}.attention.{part}": torch.zeros_like}),
    ):
        model(IDS)
    even = torch.ones(7, 7).tril() / torch.arange(1, 8)[:, None]
    close(run[f"{BLOCK}.attention.weights"], even.expand(2, 3, 7, 7))
    values = run[f"{BLOCK}.attention.value"]
    close(run[HEADS], even @ values)


@torch.no_grad()
def test_heads_and_all_behind_them_follow_the_weights(model):
    def themselves(weights):
        return torch.eye(7).expand_as(weights)

    with (
        edited(model, {f"{BLOCK}.attention.weights": themselves}),
        watched(model) as run,
    ):
        model(IDS)
    close(run[HEADS], run[f"{BLOCK}.attention.value"])
    close(run[f"{BLOCK}.attention.weights"], torch.eye(7).expand(2, 3, 7, 7))
    weight = model.blocks[1].attention.projection
    joined = run[HEADS].transpose(1, 2).flatten(2)
    close(run[f"{BLOCK}.attention.output"], weight(joined))


@torch.no_grad()
@pytest.mark.parametrize("name", ALL)
def test_every_edit_of_a_name_is_what_the_run_goes_on_with(model, name):
    before, others = run_of(model, IDS), run_of(model, OTHER_IDS)
    new = before[name] + 1 if name == "position_embedding" else others[name]
    with edited(model, {name: new}), watched(model) as run:
        logits = model(IDS)
    close(run[name], new, atol=0)
    names = list(run)
    for earlier in names[: names.index(name)]:
        close(run[earlier], before[earlier], atol=0)
    # Queries act through weights, which no later row of the list shows by itself.
    assert not torch.allclose(logits, before["logits"], rtol=0, atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("name", ["token_embedding", "blocks.0.output", "logits"])
def test_a_patched_state_brings_all_of_the_other_run(model, name):
    others = run_of(model, OTHER_IDS, name)
    with edited(model, {name: others[name]}):
        close(model(IDS), model(OTHER_IDS))


@torch.no_grad()
def test_a_patch_of_one_position_leaves_those_before_it(model):
    others = run_of(model, OTHER_IDS)

    def patch(state):
        state[:, 4] = others["blocks.0.output"][:, 4]
        return state

    with edited(model, {"blocks.0.output": patch}):
        found = model(IDS)
    moved = (found - model(IDS)).abs().amax(dim=(0, 2)) > 1e-4
    assert moved.tolist() == [False] * 4 + [True] * 3


@torch.no_grad()
def test_an_edit_gets_a_copy_and_the_record_of_the_place_before_it_stays(model):
    def clear(state):
        state.zero_()

    with watched(model) as run, edited(model, {"blocks.1.input": clear}):
        model(IDS)
    close(run["blocks.0.output"], run_of(model, IDS)["blocks.0.output"], atol=0)
    assert not run["blocks.1.input"].any()


@torch.no_grad()
def test_one_pattern_edits_every_block(model):
    with edited(model, {"blocks.*.attention.output": torch.zeros_like}):
        found = model(IDS)
    for block in model.blocks:
        nn.init.zeros_(block.attention.projection.weight)
        nn.init.zeros_(block.attention.projection.bias)
    close(found, model(IDS))


@torch.no_grad()
def test_two_edits_of_one_name_follow_each_other(model):
    twice, more = (lambda x: 2 * x), (lambda x: x + 1)
    with edited(model, {"logits": twice, "logit*": more}):
        close(model(IDS), 2 * run_of(our_model(CONFIG, WEIGHTS), IDS)["logits"] + 1)
    with edited(model, {"logits": twice}), edited(model, {"logits": more}):
        inside = model(IDS)
    close(inside, 2 * model(IDS) + 1)


@torch.no_grad()
def test_who_reads_sees_the_edit_whichever_came_first(model):
    zero = {HEADS: torch.zeros_like}
    with watched(model) as outer, edited(model, zero), watched(model) as inner:
        model(IDS)
    assert not outer[HEADS].any()
    assert not inner[HEADS].any()
    assert outer.keys() == inner.keys()


@torch.no_grad()
def test_a_position_may_stand_alone(model):
    assert run_of(model, IDS[:, :1])[f"{BLOCK}.attention.weights"].eq(1).all()


@torch.no_grad()
def test_a_fine_tuned_model_is_read_and_written_through_its_gpt(model):
    tuned = FineTuned(model, 2)
    with pytest.raises(TypeError, match=r"got FineTuned.*give its \.gpt"):
        run_of(tuned, IDS)
    ones = {"blocks.1.output": torch.ones_like}
    with edited(tuned.gpt, ones), watched(tuned.gpt, *ones) as run:
        states = tuned.hidden(IDS[:, None])
    assert torch.equal(states[:, 0], run["blocks.1.output"])
    assert states.eq(1).all()


# --- leaving --------------------------------------------------------------------------


def test_at_the_end_everything_is_as_it_was(model):
    before = model(IDS)
    with edited(model, {"logits": torch.zeros_like}), watched(model):
        assert not model(IDS).any()
        assert not model(IDS).any()
    assert torch.equal(model(IDS), before)
    assert hooks_in(model) == 0


def test_after_an_error_too(model):
    before = model(IDS)

    def fails(_):
        raise ArithmeticError

    with pytest.raises(ArithmeticError), watched(model), edited(model, {HEADS: fails}):
        model(IDS)
    assert torch.equal(model(IDS), before)
    assert hooks_in(model) == 0


def test_contexts_may_end_in_another_order(model):
    outer, inner = watched(model), edited(model, {"logits": torch.zeros_like})
    run = outer.__enter__()
    inner.__enter__()
    model(IDS)
    outer.__exit__(None, None, None)
    assert not model(IDS).any()
    assert not run["logits"].any()
    inner.__exit__(None, None, None)
    assert model(IDS).any()
    assert hooks_in(model) == 0


def test_hooks_of_others_stay(model):
    seen = []
    mine = model.blocks[0].register_forward_hook(lambda *_: seen.append(1))
    run_of(model, IDS)
    assert (hooks_in(model), seen) == (1, [1])
    mine.remove()


# --- what is refused ------------------------------------------------------------------


def test_an_unknown_name_is_refused_with_those_there_are(model):
    with (
        pytest.raises(KeyError, match=r"no 'blocks.2.output', only .*blocks.0 to bl"),
        watched(model, "blocks.2.output"),
    ):
        pass
    with (
        pytest.raises(KeyError, match=r"no 'head', .* attention.contributions, "),
        edited(model, {"head": torch.zeros_like}),
    ):
        pass
    assert hooks_in(model) == 0


def test_a_name_that_was_not_kept_is_refused(model):
    with pytest.raises(KeyError, match=f"no 'logits' in this run, only {HEADS}"):
        run_of(model, IDS, HEADS)["logits"]
    with watched(model) as run:
        pass
    with pytest.raises(KeyError, match="nothing was computed: call the model inside"):
        run["logits"]


def test_a_cache_is_refused(model):
    with torch.no_grad(), watched(model), pytest.raises(ValueError, match="a cache"):
        model(IDS, cache=model.new_cache())


def test_an_edit_of_another_shape_is_refused(model):
    told = r"'logits' has to give .* shape \(2, 7, 17\), got "
    for edit, got in ((lambda x: x[0], r"\(7, 17\)"), (lambda x: 0, "int")):
        with (
            pytest.raises(ValueError, match=told + got),
            edited(model, {"logits": edit}),
        ):
            model(IDS)


def test_an_edit_that_is_never_asked_is_refused(model):
    with (
        pytest.raises(ValueError, match="'logits' was to be edited, but was not comp"),
        edited(model, {"logits": torch.zeros_like}),
    ):
        model.hidden(IDS)


@pytest.mark.parametrize(
    "name", ["no scale", "no mask", "key and query exchanged", "heads mixed with time"]
)
def test_weights_of_another_attention_are_refused(name):
    model = VARIANTS[name](our_model(CONFIG, WEIGHTS))
    assert list(run_of(model, IDS, "blocks.0.output")) == ["blocks.0.output"]
    with pytest.raises(ValueError, match=r"heads of blocks.0.attention make is not"):
        run_of(model, IDS)


def test_weights_under_dropout_are_refused_and_states_are_not(model):
    torch.manual_seed(0)
    model.train()
    assert run_of(model, IDS, "blocks.0.output", HEADS)
    with pytest.raises(ValueError, match=r"call model.eval\(\) first"):
        run_of(model, IDS, "*.weights")


def test_half_precision_is_no_other_attention(model):
    with torch.autocast("cpu", torch.bfloat16):
        weights = run_of(model, IDS)[f"{BLOCK}.attention.weights"]
    close(weights.float().sum(-1), torch.ones(2, 3, 7), atol=0.02)


def test_models_of_another_build_are_refused(model):
    with (
        pytest.raises(TypeError, match=r"names of GPT's, got Linear.*no attribute"),
        watched(nn.Linear(2, 2)),
    ):
        pass
    with (
        pytest.raises(TypeError, match="a compiled model takes no hooks"),
        watched(torch.compile(model, backend="eager")),
    ):
        pass
    inside = GPT(CONFIG)
    inside.compile(backend="eager")
    with (
        pytest.raises(TypeError, match="a compiled model takes no hooks"),
        watched(inside),
    ):
        pass
