"""Models that write faster: the same text, and a loss that hardly differs."""

import re

import pytest
import torch
from torch import nn

from gpt1 import GPT, GPTConfig
from gpt1.data import GPTDataset, get_dataloader, load_text
from gpt1.generate import faster, generate, load_model, precision
from gpt1.generate.precision import PRECISIONS, Int8Linear, PackedLinear, quantized
from gpt1.train import evaluate
from gpt1.variants.model import FinalNorm

SIZES = {"vocab_size": 101, "context": 24, "width": 96, "layers": 2, "heads": 3}
LOST = {"float32": 1e-5, "bf16": 0.002, "int8": 0.002}
"""Nats a token that rounding may cost; 0, 0.0002 and 0.0003 on 100,000 tokens."""

NEAR = {"float32": 1e-5, "bf16": 0.03, "int8": 0.04}
"""How far logits may be off, as a share of their size, where weights are random."""

PACKS = torch.backends.mkldnn.is_available()


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GPT(GPTConfig(**SIZES, init_std=0.2)).eval()


@pytest.fixture
def large(monkeypatch):
    """Matrices count as large from one value on."""
    monkeypatch.setattr(precision, "LARGE", 1)


@pytest.fixture(scope="module")
def shipped():
    return load_model("tales-tiny", "cpu")


@pytest.fixture(scope="module")
def tales(shipped):
    """Windows of the validation tales, 12 x 512 tokens."""
    model, tokenizer = shipped
    ids = tokenizer.encode(load_text("tales", "validation")[:30_000])
    return GPTDataset(ids, model.config.context, 12)


def off(got, want):
    """The size of what differs over the size of what was wanted."""
    assert got.shape == want.shape
    return ((got.float() - want).norm() / want.norm()).item()


def one_by_one(model, ids):
    """Logits of all positions, read with a cache, a token of each text at a time."""
    cache = model.new_cache()
    return torch.cat([model(token, cache=cache) for token in ids.split(1, dim=1)], 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRECISIONS)
def test_rounding_costs_few_nats_on_tales(shipped, tales, name):
    windows = get_dataloader(tales, 4, shuffle=False)
    plain, fast = (evaluate(m, windows) for m in (shipped[0], faster(shipped[0], name)))
    assert 0.1 < plain < 0.6, "the shipped model reads its own kind of tales"
    assert fast - plain == pytest.approx(0, abs=LOST[name])
    if name != "float32":
        assert fast != plain, "nothing was rounded"


@pytest.mark.parametrize("name", PRECISIONS)
def test_the_kernels_for_single_tokens_cost_few_nats_too(shipped, tales, name):
    ids, targets = (torch.stack(rows)[:, :60] for rows in zip(*tales, strict=True))
    with torch.no_grad():
        logits = [one_by_one(m, ids) for m in (shipped[0], faster(shipped[0], name))]
    plain, fast = (
        nn.functional.cross_entropy(x.float().flatten(0, 1), targets.flatten())
        for x in logits
    )
    assert (fast - plain).item() == pytest.approx(0, abs=10 * LOST[name])


@pytest.mark.parametrize("name", PRECISIONS)
@pytest.mark.parametrize("cache", [True, False])
def test_each_token_is_the_likeliest_or_nearly(shipped, name, cache):
    model, tokenizer = shipped
    prompts = [tokenizer.encode(text) for text in ("Once there was", "One", "A")]
    texts = generate(faster(model, name), prompts, 40, temperature=0, cache=cache)
    for prompt, text in zip(prompts, texts, strict=True):
        assert len(text) == len(prompt) + 40
        with torch.no_grad():
            scores = model(torch.tensor([text[:-1]]))[0, len(prompt) - 1 :]
        drawn = torch.tensor(text[len(prompt) :]).unsqueeze(1)
        behind = scores.amax(dim=1) - scores.gather(1, drawn).flatten()
        assert behind.max() < {"float32": 1e-3}.get(name, 1.0)


@pytest.mark.parametrize("name", PRECISIONS)
@pytest.mark.parametrize("width", [96, 12])
def test_logits_are_those_of_the_model_at_once_and_one_by_one(large, name, width):
    torch.manual_seed(0)
    model = GPT(GPTConfig(**{**SIZES, "width": width}, init_std=0.2)).eval()
    fast, ids = faster(model, name), torch.randint(101, (3, 24))
    with torch.no_grad():
        want = model(ids)
    assert off(fast(ids), want) < NEAR[name]
    assert off(fast(ids[:1, :5]), want[:1, :5]) < NEAR[name]
    assert off(one_by_one(fast, ids), want) < NEAR[name]
    assert not fast(ids).requires_grad


@pytest.mark.parametrize("name", ["float32", "bf16"])
def test_large_matrices_are_laid_out_where_there_is_a_kernel(
    model, large, monkeypatch, name
):
    kinds = {type(part) for part in faster(model, name).blocks.modules()}
    can = PACKS and (name == "float32" or torch.ops.mkldnn._is_mkldnn_bf16_supported())
    assert ({PackedLinear, nn.Linear} & kinds) == {PackedLinear if can else nn.Linear}
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    plain, ids = faster(model, name), torch.randint(101, (2, 9))
    assert PackedLinear not in map(type, plain.modules())
    with torch.no_grad():
        assert off(plain(ids), model(ids)) < NEAR[name]


def test_small_matrices_stay_as_they_are(model):
    fast = faster(model)
    assert PackedLinear not in map(type, fast.modules())
    ids = torch.randint(101, (2, 9))
    with torch.no_grad():
        assert fast(ids).equal(model(ids))


@pytest.mark.parametrize("name", PRECISIONS)
def test_writing_goes_on_past_the_context(large, model, name):
    prompts, fast = [[1, 2, 3], [4]], faster(model, name)
    texts = generate(fast, prompts, 60, temperature=0)
    assert [len(text) for text in texts] == [63, 61]
    if name == "float32":
        assert texts == generate(model, prompts, 60, temperature=0)


def test_eight_bits_are_a_row_scale_and_steps_of_it():
    torch.manual_seed(0)
    weight = torch.randn(50, 70) * torch.logspace(-3, 2, 50).unsqueeze(1)
    weight[7] = 0
    steps, scale = quantized(weight)
    assert (steps.dtype, scale.dtype) == (torch.int8, torch.bfloat16)
    largest = steps.abs().amax(dim=1).tolist()
    assert largest.pop(7) == 0
    assert set(largest) <= {126, 127}
    scale = scale.float().unsqueeze(1)
    error = (steps * scale - weight).abs()
    assert (error <= scale / 2 * 1.001).all()
    assert steps[7].eq(0).all()
    assert (scale > 0).all(), "a row of zeros is divided by its scale, too"


def test_an_int8_layer_multiplies_by_its_weights():
    torch.manual_seed(0)
    layer = Int8Linear(torch.randn(33, 64), torch.randn(33))
    whole = layer.weight * layer.scale.float().unsqueeze(1)  # (33, 64)
    for rows in (1, 5, precision.ROWS, 40):
        x = torch.randn(rows, 2, 64).bfloat16()
        want = x.float() @ whole.t() + layer.bias.float()
        assert off(layer(x), want) < 0.01
        assert off(layer(x[:, 0]), want[:, 0]) < 0.01


def test_the_int8_kernel_gets_no_rows_that_it_would_read_past(monkeypatch):
    calls = []
    real = torch._weight_int8pack_mm
    monkeypatch.setattr(
        torch, "_weight_int8pack_mm", lambda *x: calls.append(x) or real(*x)
    )
    for width in (3, 12, 48, 100):
        Int8Linear(torch.randn(8, width))(torch.randn(1, width).bfloat16())
    assert not calls
    Int8Linear(torch.randn(8, 64))(torch.randn(1, 64).bfloat16())
    assert len(calls) == 1


def stored(model):
    """Bytes of all tensors of a model, each once."""
    kept = {x.data_ptr(): x.nbytes for x in model.state_dict().values()}
    return sum(kept.values())


def test_weights_take_half_and_a_quarter_of_the_bytes(model):
    plain, shared = stored(model), faster(model)
    assert shared.token_embedding.weight is model.token_embedding.weight
    assert stored(shared) == plain
    assert stored(faster(model, "bf16")) == pytest.approx(plain / 2, rel=0.01)
    assert stored(faster(model, "int8")) == pytest.approx(plain / 4, rel=0.1)


@pytest.mark.parametrize("name", PRECISIONS)
def test_the_model_itself_stays_and_still_learns(model, name):
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.train()
    fast = faster(model, name)
    assert not fast.training
    assert model.training
    assert type(model) is GPT
    assert model.state_dict().keys() == before.keys()
    assert all(value.equal(before[key]) for key, value in model.state_dict().items())
    model.loss(torch.randint(101, (2, 9))).backward()
    assert model.token_embedding.weight.grad is not None


@pytest.mark.parametrize("name", PRECISIONS)
def test_a_copy_never_drops_anything(model, name):
    fast, ids = faster(model, name), torch.randint(101, (2, 9))
    want = fast(ids)
    assert not fast.train().training
    assert not any(isinstance(part, nn.Dropout) for part in fast.modules())
    assert fast(ids).equal(want)
    assert isinstance(model.dropout, nn.Dropout)


@pytest.mark.parametrize("name", ["bf16", "int8"])
def test_keys_and_values_are_float32_on_a_cpu_and_so_are_logits(model, name):
    fast = faster(model, name)
    cache = fast.new_cache()
    assert fast(torch.randint(101, (2, 9)), cache=cache).dtype == torch.float32
    assert {held.keys.dtype for held in cache} == {torch.float32}
    assert {held.values.dtype for held in cache} == {torch.float32}


@pytest.mark.parametrize("name", PRECISIONS)
def test_the_loss_is_the_cross_entropy_of_the_logits(model, name):
    fast, ids = faster(model, name), torch.randint(101, (2, 9))
    logits = fast(ids[:, :-1]).float().transpose(1, 2)
    want = nn.functional.cross_entropy(logits, ids[:, 1:])
    assert fast.loss(ids) == pytest.approx(want.item(), rel=1e-6)
    targets = ids[:, 1:].clone()
    targets[0] = -100
    want = nn.functional.cross_entropy(logits[1:], ids[1:, 1:])
    assert fast.loss(ids[:, :-1], targets) == pytest.approx(want.item(), rel=1e-4)
    with pytest.raises(ValueError, match="ids"):
        fast.loss(ids, ids)


def refused(model, name, *words):
    with pytest.raises(ValueError, match=re.escape(words[0])) as error:
        faster(model, name)
    told = str(error.value)
    assert "\n" not in told
    assert all(word in told for word in words), told


def test_what_cannot_be_is_refused_in_one_line(model, monkeypatch, tmp_path):
    refused(model, "int4", "float32, bf16, int8", "'int4'")
    refused(faster(model), "bf16", "FastGPT")
    refused(FinalNorm(model.config), "bf16", "FinalNorm")
    refused(GPT(model.config).to("meta"), "int8", "meta", "use bf16")
    monkeypatch.delattr(torch, "_weight_int8pack_mm")
    refused(model, "int8", torch.__version__, "use bf16")
    with pytest.raises(ValueError, match="save the model"):
        faster(model).save_pretrained(tmp_path)
