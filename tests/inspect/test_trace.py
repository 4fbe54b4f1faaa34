"""`trace` says what ran, with the numbers of `gpt1.count`, and changes nothing."""

import re
from itertools import chain

import pytest
import torch
from torch import nn

from gpt1 import GPT, Block, FeedForward, GPTConfig, MultiHeadAttention, count
from gpt1.inspect.equations import CHAPTERS, EQUATIONS
from gpt1.inspect.products import Products
from gpt1.inspect.trace import trace
from gpt1.pictures.model import Drawing
from gpt1.variants import VARIANTS
from gpt1.variants.attention import WrittenOut
from gpt1.variants.swapping import swap
from lib.checks import SMALL
from lib.weights import random_ids

COMPONENTS = {
    "query, key, value": ["attention.query_key_value"],
    "scores": ["attention.scores"],
    "weighted values": ["attention.weighted values"],
    "attention projection": ["attention.projection"],
    "feed-forward expand": ["feed_forward.expand"],
    "feed-forward contract": ["feed_forward.contract"],
    "two LayerNorms": ["attention_norm", "feed_forward_norm"],
}
MODES = [torch.enable_grad, torch.no_grad, torch.inference_mode]


ROWS = """
    0 GPT, 1 token_embedding, 1 position_embedding, 1 dropout, 1 blocks.0 to 2, 2
    attention, 3 query_key_value, 3 scores, 3 weighted values, 3 projection, 3 dropout,
    2 attention_norm, 2 feed_forward, 3 expand, 3 contract, 3 dropout, 2
    feed_forward_norm, 1 @ token_embedding.weight"""
"""Of a GPT: how deep each lies, and its label."""


def small(**changes):
    torch.manual_seed(0)
    return GPT(GPTConfig(**{**SMALL.to_dict(), **changes})).eval()


def watch(model, *given, **options):
    with trace(model, show=False, **options) as ledger:
        model(*given)
    return ledger


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.__name__)
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", [MultiHeadAttention, WrittenOut])
def test_each_component_has_the_flops_of_count(mode, training, kind):
    model = swap(small().train(training), MultiHeadAttention, kind)
    with mode():
        ledger = watch(model, random_ids(SMALL, 2, 11))
    want = count.flops(SMALL, 11)
    assert ledger.flops == 2 * 11 * want.total
    assert ledger["@ token_embedding.weight"].flops == 22 * want["logits"]
    for component, names in COMPONENTS.items():
        if component != "two LayerNorms":
            assert ledger[f"blocks.0.{names[0]}"].flops == 22 * want[component]


@pytest.mark.parametrize("config", [SMALL, GPTConfig.tiny(), GPTConfig(layers=1)])
def test_each_component_has_the_parameters_of_count(config):
    ledger = watch(GPT(config), torch.zeros(1, 3, dtype=torch.long))
    want = count.parameters(config)
    assert ledger.parameters == want.total
    assert ledger["token_embedding"].parameters == want["token embedding"]
    assert ledger["position_embedding"].parameters == want["position embedding"]
    for component, names in COMPONENTS.items():
        rows = [ledger[f"blocks.0.{name}"] for name in names]
        counted = {row.component: row.count for row in want.rows}
        assert sum(row.parameters for row in rows) == counted.get(component, 0)


def test_a_cache_is_counted_as_what_it_saves():
    model, config = small(), SMALL
    with torch.no_grad(), trace(model, show=False) as ledger:
        cache = model.new_cache()
        model(torch.zeros(1, 5, dtype=torch.long), cache=cache)
        model(torch.zeros(1, 1, dtype=torch.long), cache=cache)
    second = [row for row in ledger.rows if row.name == "blocks.0.attention.scores"][1]
    assert (second.given, second.made) == ("(1, 4, 1, 6)", "(1, 4, 1, 6)")
    work = 5 * count.flops(config, 5).total + count.flops(config, 6).total
    assert ledger.flops == work
    assert ledger.parameters == count.parameters(config).total


def test_the_rows_are_in_the_order_of_the_calls_with_shapes_in_and_out():
    rows = watch(small(), random_ids(SMALL, 2, 11)).rows
    found = ", ".join(f"{row.depth} {row.label}" for row in rows)
    assert found == " ".join(ROWS.split())
    shapes = {row.name: (row.given, row.made) for row in rows}
    assert shapes["GPT"] == ("(2, 11)", "(2, 11, 61)")
    assert shapes["blocks.0.attention.scores"] == ("(2, 4, 11, 6)", "(2, 4, 11, 11)")
    assert shapes["blocks.0.attention.weighted values"][1] == "(2, 4, 11, 6)"
    assert shapes["blocks.0.feed_forward.expand"] == ("(2, 11, 24)", "(2, 11, 96)")
    assert shapes["@ token_embedding.weight"] == ("(2, 11, 24)", "(2, 11, 61)")


@pytest.mark.parametrize("training", [False, True])
def test_written_out_attention_has_the_rows_of_the_fused_one(training):
    model = small(dropout=0.0).train(training)
    fused = watch(model, random_ids(SMALL, 2, 11))
    swap(model, MultiHeadAttention, WrittenOut)
    assert str(watch(model, random_ids(SMALL, 2, 11))) == str(fused)


@pytest.mark.parametrize("training", [False, True])
def test_results_and_gradients_stay_the_same_to_the_bit(training):
    model, ids = small().train(training), random_ids(SMALL, 2, 11)

    def run():
        model.zero_grad()
        torch.manual_seed(1)
        logits = model(ids)
        logits.square().mean().backward()
        return [logits, *(p.grad.clone() for p in model.parameters())]

    plain = run()
    with trace(model, show=False) as ledger:
        watched = run()
    assert all(map(torch.equal, watched, plain))
    assert ledger.flops == 22 * count.flops(SMALL, 11).total, "backward was counted"


def hooks(model):
    kinds = ((part._forward_hooks, part._forward_pre_hooks) for part in model.modules())
    return sum(map(len, chain.from_iterable(kinds)))


@pytest.mark.parametrize("place", ["in the block", "in the model", "in a module"])
def test_the_hooks_are_gone_after_an_error_which_is_not_hidden(place, capsys):
    model, ids = small(), random_ids(SMALL, 2, 11)
    own = model.dropout.register_forward_hook(lambda *_: None)
    wrong_ids = ids + 99 if place == "in the model" else ids
    if place == "in a module":
        model.blocks[1].feed_forward.expand = nn.Linear(7, 7)
    with pytest.raises((ValueError, RuntimeError, KeyError)), trace(model):
        model(wrong_ids)
        raise KeyError("in the block")
    assert capsys.readouterr().out == ""
    assert hooks(model) == 1
    own.remove()
    # The mode that sees the products is gone too.
    seen = []
    with Products({}, seen.append):
        pass
    torch.ones(2, 2) @ torch.ones(2, 2)
    assert seen == []


def test_an_error_that_the_model_catches_does_not_upset_the_table():
    class Careful(nn.Module):
        def __init__(self):
            super().__init__()
            self.bad, self.good = nn.Linear(7, 7), nn.Linear(3, 2)

        def forward(self, x):
            try:
                return self.bad(x)
            except RuntimeError:
                return self.good(x)

    rows = watch(Careful(), torch.ones(5, 3)).rows
    assert [row.label for row in rows] == ["Careful", "bad", "good"]
    assert (rows[0].made, rows[1].made, rows[2].made) == ("(5, 2)", "", "(5, 2)")
    assert rows[2].flops == 60


def test_a_tied_weight_is_counted_once_and_said_to_be_tied():
    tied = watch(small(), random_ids(SMALL, 1, 3))
    row = tied["@ token_embedding.weight"]
    assert (row.parameters, row.tied) == (0, "token_embedding.weight")
    assert re.search(r"@ token_embedding\.weight .* tied +8,784 ", str(tied))
    table = SMALL.vocab_size * SMALL.width
    copied = watch(VARIANTS["an untied copy"](small()), random_ids(SMALL, 1, 3))
    assert copied.parameters == tied.parameters + table
    assert not any(row.tied for row in copied.rows)
    shared = nn.Linear(4, 4)
    twice = watch(nn.Sequential(shared, nn.ReLU(), shared), torch.ones(1, 4))
    assert twice.parameters == 20
    assert twice.flops == 64


def test_any_module_is_traced():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(torch.ones(3, 5))

        def forward(self, x, scale=None):
            return (x @ self.table) @ self.table.T * scale

    own = watch(Own(), torch.ones(7, 3), torch.ones(3))
    assert own.parameters == 15
    assert own.flops == 2 * 2 * 7 * 3 * 5
    assert [row.label for row in own.rows] == ["Own", "@ table", "@ table"]
    layers = [nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.Conv1d(2, 3, 2)]
    plain = watch(nn.Sequential(*layers), torch.randn(5, 2, 4))
    assert [row.label for row in plain.rows][1:3] == ["0 Linear", "1 ReLU"]
    assert [row.flops for row in plain.rows] == [0, 640, 0, 640, 2 * 5 * 3 * 3 * 4]
    assert plain.parameters == sum(p.numel() for m in layers for p in m.parameters())
    up = watch(nn.ConvTranspose1d(2, 3, 2), torch.randn(5, 2, 4))
    assert up.flops == 2 * 5 * 2 * 4 * 3 * 2
    alone = watch(nn.Linear(3, 2, bias=False), torch.ones(3))
    assert (alone.flops, alone.parameters, len(alone.rows)) == (12, 6, 1)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.__name__)
def test_pytorchs_own_attention_costs_what_ours_costs(mode):
    ours = MultiHeadAttention(SMALL).eval()
    theirs = nn.MultiheadAttention(24, 4, batch_first=True).eval()
    x = torch.randn(2, 7, 24)
    with mode():
        expected = theirs(x, x, x)[0]
        with trace(theirs, show=False) as ledger:
            got = theirs(x, x, x)[0]
        assert torch.equal(got, expected)
        assert ledger.flops == watch(ours, x).flops
    assert ledger.parameters == sum(p.numel() for p in theirs.parameters())
    assert ledger.rows[0].given == "each (2, 7, 24)"


def test_tensors_given_by_name_and_dictionaries_are_seen():
    class Named(nn.Module):
        def forward(self, *, x):
            return {"out": x[:, :2], "rest": None}

    with trace(Named(), show=False) as ledger:
        ledger.model(x=torch.ones(4, 3))
    assert (ledger.rows[0].given, ledger.rows[0].made) == ("(4, 3)", "(4, 2)")


def test_blocks_that_differ_keep_their_own_rows():
    torch.manual_seed(0)
    model = nn.Sequential(*(Block(SMALL) for _ in range(2)), Block(SMALL).eval())
    model[1].feed_forward = nn.Linear(24, 24)
    labels = [row.label for row in watch(model, torch.ones(1, 3, 24)).rows]
    blocks = [label for label in labels if "Block" in label]
    assert blocks == ["0 Block", "1 Block", "2 Block"]


def test_depth_adds_up_what_it_does_not_show():
    model, ids = small(), random_ids(SMALL, 2, 11)
    full = watch(model, ids)
    for depth, rows in ((0, 1), (1, 6), (2, 10), (9, 18)):
        short = watch(model, ids, depth=depth)
        assert len(short.rows) == rows
        assert (short.flops, short.parameters) == (full.flops, full.parameters)
    block = count.parameters(SMALL).total - 24 * (61 + 16)
    assert watch(model, ids, depth=1)["blocks.0"].parameters == block


def test_the_columns_of_the_printed_table_add_up():
    ledger = watch(small(), random_ids(SMALL, 2, 11))
    *lines, total, legend = str(ledger).splitlines()
    parameters = flops = 0
    for line in lines[1:]:
        numbers = re.search(r" ([\d,]+|tied) +([\d,]+)  [A-Z]\d+$", line)
        if numbers:
            own, work = (int(re.sub(r"\D", "", f"0{n}")) for n in numbers.groups())
            parameters, flops = parameters + own, flops + work
    assert total.split() == ["total", f"{parameters:,}", f"{flops:,}"]
    assert (parameters, flops) == (ledger.parameters, ledger.flops)
    assert legend == "equations: A in Attention, B in The block, M in The model"


def test_it_is_shown_at_the_end_unless_silenced(capsys):
    model, ids = small(), random_ids(SMALL, 2, 11)
    with trace(model) as ledger:
        model(ids)
    assert capsys.readouterr().out == f"{ledger}\n"
    watch(model, ids)
    assert capsys.readouterr().out == ""


def test_a_trace_may_be_used_again_and_starts_anew():
    model, ids = small(), random_ids(SMALL, 2, 11)
    ledger = watch(model, ids)
    first = str(ledger)
    assert hooks(model) == 0
    with ledger:
        model(ids)
    assert str(ledger) == first


def test_every_part_of_a_gpt_has_its_equation():
    model = small()
    for part in (model, model.blocks[0], model.blocks[0].attention):
        given = torch.ones(1, 3, 24) if part is not model else random_ids(SMALL, 1, 3)
        assert all(row.equation for row in watch(part, given).rows)
    ledger = watch(model, random_ids(SMALL, 1, 3))
    assert ledger["blocks.0.attention.query_key_value"].equation == "A5"
    assert ledger["blocks.0.attention_norm"].equation == "B5"
    assert watch(nn.Linear(2, 2), torch.ones(2)).rows[0].equation == ""
    assert {number[0] for number in EQUATIONS.values()} <= set(CHAPTERS)
    derived = VARIANTS["pre-norm"](small())
    assert watch(derived, random_ids(SMALL, 1, 3))["blocks.0"].equation == "B1"


def test_nothing_run_and_no_module_are_said():
    with trace(small(), show=False) as ledger:
        pass
    assert "no module ran" in str(ledger)
    with pytest.raises(TypeError, match=r"watches an nn\.Module, got function"):
        trace(lambda x: x)
    full = watch(small(), random_ids(SMALL, 1, 3))
    with pytest.raises(KeyError, match=r"no 'blocks\.9' in this trace, only: GPT"):
        full["blocks.9"]


def test_the_drawing_has_a_box_for_each_row_and_says_the_numbers():
    ledger = watch(small(), random_ids(SMALL, 2, 11))
    drawing = ledger.drawing()
    assert isinstance(drawing, Drawing)
    for row in ledger.rows:
        assert f">{row.label}</text>" in drawing.svg
        assert row.inner or f">{row.given} → {row.made}</text>" in drawing.svg
        assert not row.parameters or f">{row.parameters:,}</text>" in drawing.svg
        assert not row.flops or f">{row.flops:,}</text>" in drawing.svg
    assert drawing.svg == watch(small(), random_ids(SMALL, 2, 11)).drawing().svg


def test_bars_are_as_long_as_their_numbers():
    svg = watch(FeedForward(SMALL), torch.ones(1, 3, 24)).drawing().svg
    bars = re.findall(r'x="268" y="\d+" width="([\d.]+)" height="9"', svg)
    contract = (96 * 24 + 24) / (24 * 96 + 96)
    longest = max(map(float, bars))
    found = [float(bar) / longest for bar in bars]
    assert found == pytest.approx([1, 1, contract, 1], abs=0.005)
