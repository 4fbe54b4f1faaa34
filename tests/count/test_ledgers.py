"""The ledgers of `gpt1.count` against real models, tensors and PyTorch's counter."""

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from gpt1 import GPT, GPTConfig, count

GPT1 = GPTConfig()
ODD = GPTConfig(
    vocab_size=61, context=17, width=30, layers=3, heads=5, feed_forward=70, dropout=0.1
)
CONFIGS = {
    "odd": ODD,
    "tiny": GPTConfig.tiny(),
    "one of each": GPTConfig(vocab_size=2, context=1, width=1, layers=1, heads=1),
    "one head": replace(ODD, heads=1),
    "wide vocabulary": replace(ODD, vocab_size=997, feed_forward=None),
}
every_config = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
with_and_without_dropout = pytest.mark.parametrize("dropout", [0.0, 0.1])


def without_numbers(config):
    """A model on the meta device: names, shapes and types, no memory."""
    with torch.device("meta"):
        return GPT(config)


def random_ids(config, batch, time):
    return torch.randint(config.vocab_size, (batch, time))


def test_gpt1_has_116_534_784_parameters():
    assert count.parameters(GPT1).total == 116_534_784


def test_each_row_of_gpt1_is_the_published_one():
    ledger = count.parameters(GPT1)
    block = {row.component: row.each for row in ledger.rows if row.times == 12}
    assert ledger["token embedding"] == 31_087_104
    assert ledger["position embedding"] == 393_216
    assert block == {
        "query, key, value": 1_771_776,
        "attention projection": 590_592,
        "feed-forward expand": 2_362_368,
        "feed-forward contract": 2_360_064,
        "two LayerNorms": 3_072,
    }
    assert sum(block.values()) == 7_087_872
    assert len(ledger.rows) == 2 + len(block)


PLACES = {
    "token_embedding": "token embedding",
    "position_embedding": "position embedding",
    "attention.query_key_value": "query, key, value",
    "attention.projection": "attention projection",
    "feed_forward.expand": "feed-forward expand",
    "feed_forward.contract": "feed-forward contract",
    "attention_norm": "two LayerNorms",
    "feed_forward_norm": "two LayerNorms",
}


@every_config
def test_each_component_is_as_large_as_in_the_model(config):
    counts = dict.fromkeys(PLACES.values(), 0)
    for name, parameter in without_numbers(config).named_parameters():
        place = name.rpartition(".")[0]
        if place.startswith("blocks."):
            place = place.split(".", 2)[2]
        counts[PLACES[place]] += parameter.numel()
    ledger = count.parameters(config)
    assert {row.component: row.count for row in ledger.rows} == counts
    assert ledger.total == sum(counts.values())


def test_an_untied_model_does_not_pass_for_the_tied_one():
    model = without_numbers(GPT1)
    with torch.device("meta"):
        model.output = nn.Linear(768, 40_478, bias=False)
    assert sum(p.numel() for p in model.parameters()) == 147_621_888
    assert count.parameters(GPT1).total + 40_478 * 768 == 147_621_888


def test_weight_matrices_alone_do_not_pass_for_all_parameters():
    model = without_numbers(GPT1)
    matrices = sum(p.numel() for p in model.parameters() if p.dim() > 1)
    assert matrices == 116_414_976
    assert count.parameters(GPT1).total - matrices == 119_808


def counted(model, step):
    """FLOPs that PyTorch saw. It does not know the CPU's fused attention, so that is
    switched off; otherwise scores and weighted values would count as nothing."""
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        result = step()
    return counter.get_total_flops(), result


@every_config
@pytest.mark.parametrize("time", [1, 2, 11, None])
def test_flops_are_those_that_pytorch_counts(config, time):
    time = min(time or config.context, config.context)
    model, ids = GPT(config), random_ids(config, 2, time)
    forward, logits = counted(model, lambda: model(ids))
    backward, _ = counted(model, lambda: logits.sum().backward())
    assert forward == 2 * time * count.flops(config, time).total
    assert backward == 2 * forward
    assert forward + backward == 2 * time * count.training_flops(config, time)


def test_gpt1_costs_what_pytorch_counts_at_full_size():
    model = without_numbers(GPT1).eval()
    ids = torch.zeros(1, 512, dtype=torch.long, device="meta")
    forward, _ = counted(model, lambda: model(ids))
    assert forward == 512 * 250_917_888 == 512 * count.flops(GPT1).total


@every_config
@pytest.mark.parametrize("time", [1, 7, None])
def test_training_is_six_per_multiplying_weight_and_twelve_per_score(config, time):
    time = min(time or config.context, config.context)
    parameters = dict(without_numbers(config).named_parameters())
    del parameters["position_embedding.weight"]
    weights = sum(p.numel() for p in parameters.values() if p.dim() > 1)
    scores = config.layers * config.width * time
    assert count.training_flops(config, time) == 6 * weights + 12 * scores


def test_a_multiply_and_an_add_are_two_flops():
    assert count.flops(GPT1)["logits"] == 2 * 768 * 40_478


def plain_loss(model, ids):
    return F.cross_entropy(model(ids).flatten(0, 1), ids.flatten())


def kept_bytes(model, step):
    """Bytes of float32 storage that autograd keeps, parameters and scalars excluded.

    The one scalar is how many targets there are, by which the loss is divided.
    """
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        ours = tensor.dtype == torch.float32 and tensor.dim() > 0
        if ours and storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = step()  # what it refers to stays alive: no address is used twice
    assert loss.requires_grad
    return sum(kept.values())


@every_config
@with_and_without_dropout
@pytest.mark.parametrize(("batch", "time"), [(1, 17), (2, 17), (3, 5)])
def test_activations_are_those_that_autograd_keeps(config, dropout, batch, time):
    config, time = replace(config, dropout=dropout), min(time, config.context)
    model, ids = GPT(config).train(), random_ids(config, batch, time)
    kept = kept_bytes(model, lambda: plain_loss(model, ids))
    assert kept == count.activations(config, batch, time).total


@pytest.mark.parametrize("training", [False, True])
def test_a_model_that_drops_out_does_not_pass_for_one_that_does_not(training):
    model, ids = GPT(ODD).train(training), random_ids(ODD, 2, 17)
    kept = kept_bytes(model, lambda: plain_loss(model, ids))
    without = count.activations(replace(ODD, dropout=0.0), 2).total
    assert (kept == without) == (not training)


def test_training_memory_is_that_of_real_weights_gradients_and_moments():
    model, ids = GPT(ODD), random_ids(ODD, 2, 17)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    plain_loss(model, ids).backward()
    optimizer.step()
    ledger = count.training_memory(ODD, batch=2)
    assert ledger["weights"] == sum(p.nbytes for p in model.parameters())
    assert ledger["gradients"] == sum(p.grad.nbytes for p in model.parameters())
    assert ledger["Adam's moments"] == sum(
        state[moment].nbytes
        for state in optimizer.state.values()
        for moment in ("exp_avg", "exp_avg_sq")
    )
    assert ledger["activations"] == count.activations(ODD, batch=2).total


@torch.no_grad()
@every_config
@pytest.mark.parametrize("batch", [1, 3])
def test_generation_memory_is_that_of_a_full_cache(config, batch):
    model = GPT(config).eval()
    cache = model.new_cache()
    model(random_ids(config, batch, config.context), cache=cache)
    assert all(layer.length == config.context for layer in cache)
    ledger = count.generation_memory(config, batch)
    assert ledger["keys and values"] == sum(
        layer.keys.nbytes + layer.values.nbytes for layer in cache
    )
    assert ledger["weights"] == sum(p.nbytes for p in model.parameters())


def test_a_token_of_gpt1_takes_73_728_bytes_of_cache():
    ledger = count.generation_memory(GPT1, time=1)
    assert ledger["keys and values"] == 2 * 12 * 768 * 4 == 73_728


def test_a_ledger_prints_as_an_aligned_table():
    table = str(count.parameters(GPT1))
    assert table == repr(count.parameters(GPT1))
    lines = table.splitlines()
    assert len({len(line) for line in lines}) == 1
    assert max(map(len, lines)) <= 72
    assert lines[0].split() == ["component", "how", "parameters"]
    assert lines[3].startswith("query, key, value      12 x (768 x 2304 + 2304)  ")
    assert lines[-1].split() == ["total", "116,534,784"]
    last = [line.rsplit(" ", 1)[1].replace(",", "") for line in lines[1:]]
    assert sum(map(int, last[:-1])) == int(last[-1])


LEDGERS = {
    "parameters": count.parameters,
    "flops": count.flops,
    "activations": lambda config: count.activations(config, 3),
    "generation memory": lambda config: count.generation_memory(config, 3),
}


@every_config
@with_and_without_dropout
@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS)
def test_the_formula_in_each_row_gives_its_count(config, dropout, ledger):
    for row in ledger(replace(config, dropout=dropout)).rows:
        assert eval(row.formula.replace("x", "*")) == row.each, row


def test_an_unknown_component_is_named_with_those_there_are():
    with pytest.raises(KeyError, match="no 'attention' here; there are: token embed"):
        count.parameters(GPT1)["attention"]


OF_A_BATCH = [count.activations, count.training_memory, count.generation_memory]


@pytest.mark.parametrize("time", [0, -1, 513])
@pytest.mark.parametrize(
    "ledger",
    [count.flops, count.training_flops, *(partial(f, batch=2) for f in OF_A_BATCH)],
)
def test_a_time_that_the_context_cannot_hold_is_refused(ledger, time):
    with pytest.raises(ValueError, match=f"time must be 1 to 512, got {time}"):
        ledger(GPT1, time=time)


@pytest.mark.parametrize("ledger", OF_A_BATCH)
def test_a_batch_of_nothing_is_refused(ledger):
    with pytest.raises(ValueError, match="batch must be at least 1, got 0"):
        ledger(GPT1, 0)
