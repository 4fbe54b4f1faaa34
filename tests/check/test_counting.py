"""The exercises of the chapter on counting, answered in other ways, right and wrong."""

import math
from dataclasses import replace

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from gpt1 import GPT, GPTConfig, count
from gpt1.check.counting import (
    CHECKPOINTED_BYTES,
    GPT2_PARAMETERS,
    LARGEST_BATCH,
    NEXT_TOKEN_FLOPS,
    WRITING_SECONDS,
)
from lib.verdicts import is_right, is_shown, is_told


def blocks(config):
    """The sum of the chapter's formula, with its 12 and its 13."""
    return config.layers * (12 * config.width**2 + 13 * config.width)


def tables(config):
    return (config.vocab_size + config.context) * config.width


# GPT-2's parameters.


def gpt2_by_formula(config):
    return tables(config) + blocks(config) + config.width + config.width


def gpt2_by_tensors(config):
    with torch.device("meta"):
        model, norm = GPT(config), torch.nn.LayerNorm(config.width)
    found = 0
    for module in (model, norm):
        for tensor in module.parameters():
            found = found + math.prod(tensor.shape)
    return torch.tensor(found)


@pytest.mark.parametrize("answer", [gpt2_by_formula, gpt2_by_tensors])
def test_gpt2_parameters_in_other_ways(answer):
    is_right(GPT2_PARAMETERS, answer)


def test_gpt2_parameters_wrong_answers_are_named():
    def forgot(config):
        return tables(config) + blocks(config)

    def gain_alone(config):
        return tables(config) + blocks(config) + config.width

    def in_each_block(config):
        per_block = 12 * config.width**2 + 13 * config.width + 2 * config.width
        return tables(config) + config.layers * per_block

    def state_dict(config):
        return gpt2_by_formula(config) + config.vocab_size * config.width

    def fixed(config):
        return 124_439_808

    def other_sizes(config):
        return (
            forgot(config)
            + 2 * config.width
            + config.width * (50257 - config.vocab_size + 1024 - config.context)
        )

    is_told(GPT2_PARAMETERS, forgot, "this is GPT-1's count")
    is_told(GPT2_PARAMETERS, gain_alone, "a gain and a bias")
    is_told(GPT2_PARAMETERS, in_each_block, "to every block")
    is_told(GPT2_PARAMETERS, state_dict, "twice")
    is_told(GPT2_PARAMETERS, fixed, "always that of GPT-2's smallest")
    is_told(GPT2_PARAMETERS, other_sizes, "the config has its own")
    is_told(GPT2_PARAMETERS, lambda c: forgot(c) + 1536, "width 768")
    is_shown(GPT2_PARAMETERS, lambda config: config.width, "got 6")


def test_one_parameter_too_many_in_a_hundred_million_is_noticed():
    def off_by_one(config):
        return gpt2_by_formula(config) + (config.width == 768)

    is_shown(GPT2_PARAMETERS, off_by_one, "GPT-2's smallest model", "124439809")


def test_gpt2_parameters_are_those_of_a_model_of_others():
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.device("meta"):
        theirs = GPT2LMHeadModel(GPT2Config())
    found = GPT2_PARAMETERS.right(GPTConfig(vocab_size=50257, context=1024))
    assert found == sum(p.numel() for p in theirs.parameters()) == 124_439_808


# The FLOPs of one more token.


def token_by_products(config, past):
    keys, width = past + 1, config.width
    found = 2 * config.vocab_size * width
    for _ in range(config.layers):
        for into, out in (
            (width, 3 * width),
            (width, keys),
            (keys, width),
            (width, width),
            (width, 4 * width),
            (4 * width, width),
        ):
            found += 2 * into * out
    return float(found)


def token_by_counter(config, past):
    model = GPT(replace(config, dropout=0.0)).eval()
    cache = model.new_cache()
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        if past:
            model(torch.zeros(1, past, dtype=torch.long), cache)
        with FlopCounterMode(display=False) as counter:
            model(torch.zeros(1, 1, dtype=torch.long), cache)
    return counter.get_total_flops()


@pytest.mark.parametrize("answer", [token_by_products, token_by_counter])
def test_next_token_flops_in_other_ways(answer):
    is_right(NEXT_TOKEN_FLOPS, answer)


def chapter_flops(config, time):
    in_block = 24 * config.width**2 + 4 * time * config.width
    return config.layers * in_block + 2 * config.width * config.vocab_size


def test_next_token_flops_wrong_answers_are_named():
    it = NEXT_TOKEN_FLOPS
    for by in (chapter_flops, lambda *given: count.flops(*given).total):
        is_told(it, lambda config, past, by=by: by(config, past), "at itself too")
    is_told(
        it,
        lambda config, past: (
            sum(chapter_flops(config, past + 1) for _ in range(past))
            + chapter_flops(config, past + 1)
        ),
        "the earlier tokens once more",
    )
    is_told(it, lambda config, past: count.flops(config).total, "a full context")
    is_told(
        it,
        lambda config, past: count.training_flops(config, past + 1),
        "three times the forward pass",
    )
    is_told(it, lambda config, past: chapter_flops(config, 1), "that is alone")
    is_shown(it, lambda config, past: past, "past = 0", "got 0")


def test_the_steps_of_a_text_cost_a_little_less_than_one_pass():
    config = GPTConfig()
    steps = sum(NEXT_TOKEN_FLOPS.right(config, past) for past in range(512))
    whole = 512 * count.flops(config, 512).total
    assert round(1 - steps / whole, 3) == 0.038


# What fits.


def fits_by_halves(config, budget):
    low, high = 0, 1
    while count.training_memory(config, high).total <= budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if count.training_memory(config, middle).total <= budget:
            low = middle
        else:
            high = middle
    return low


def fits_downwards(config, budget):
    tried = [
        batch
        for batch in range(1, 200)
        if count.training_memory(config, batch).total <= budget
    ]
    return torch.tensor(max(tried, default=0))


@pytest.mark.parametrize("answer", [fits_by_halves, fits_downwards])
def test_largest_batch_in_other_ways(answer):
    is_right(LARGEST_BATCH, answer)


def test_largest_batch_wrong_answers_are_named():
    it = LARGEST_BATCH

    def first_too_large(config, budget):
        batch = 1
        while count.training_memory(config, batch).total <= budget:
            batch += 1
        return batch

    def strictly_less(config, budget):
        batch = 0
        while count.training_memory(config, batch + 1).total < budget:
            batch += 1
        return batch

    def at_least_one(config, budget):
        batch = 1
        while count.training_memory(config, batch + 1).total <= budget:
            batch += 1
        return batch

    def divides(config, budget):
        memory = count.training_memory(config, 1)
        fixed = memory.total - memory["activations"]
        return max(0, (budget - fixed) // memory["activations"])

    def only_activations(config, budget):
        batch = 0
        while count.activations(config, batch + 1).total <= budget:
            batch += 1
        return batch

    is_told(it, first_too_large, "one too many")
    is_told(it, strictly_less, "to the last byte fits")
    is_told(it, at_least_one, "the answer is 0")
    is_told(it, divides, "one among others")
    is_told(it, only_activations, "want their place too")
    is_shown(it, lambda config, budget: 7, "10 bytes", "expected 0", "got 7")


def test_what_fits_into_16_gigabytes():
    right = LARGEST_BATCH.right
    assert right(GPTConfig(), 16e9) == 16
    assert right(GPTConfig(dropout=0.0), 16e9) == 36


# The seconds of a step of writing.


def writing_by_hand(config, texts, flop_rate, byte_rate):
    numbers = tables(config) + blocks(config)
    numbers += 2 * config.layers * config.width * config.context * texts
    limits = torch.tensor(
        [
            chapter_flops(config, config.context) * texts / flop_rate,
            4 * numbers / byte_rate,
        ],
        dtype=torch.float64,
    )
    return limits.amax()


def writing_by_cases(config, texts, flop_rate, byte_rate):
    arithmetic = sum(count.flops(config).total / flop_rate for _ in range(texts))
    held = count.generation_memory(config, texts)
    memory = (held["weights"] + held["keys and values"]) / byte_rate
    if memory < arithmetic:
        return arithmetic
    return memory


@pytest.mark.parametrize("answer", [writing_by_hand, writing_by_cases])
def test_writing_seconds_in_other_ways(answer):
    is_right(WRITING_SECONDS, answer)


def test_writing_seconds_wrong_answers_are_named():
    it = WRITING_SECONDS

    def parts(config, texts):
        return texts * count.flops(config).total, count.generation_memory(config, texts)

    def added(config, texts, flop_rate, byte_rate):
        flops, held = parts(config, texts)
        return flops / flop_rate + held.total / byte_rate

    def weights_for_each(config, texts, flop_rate, byte_rate):
        flops, _ = parts(config, texts)
        one = count.generation_memory(config).total
        return max(flops / flop_rate, texts * one / byte_rate)

    def one_cache(config, texts, flop_rate, byte_rate):
        flops, _ = parts(config, texts)
        return max(flops / flop_rate, count.generation_memory(config).total / byte_rate)

    def one_token(config, texts, flop_rate, byte_rate):
        _, held = parts(config, texts)
        return max(count.flops(config).total / flop_rate, held.total / byte_rate)

    def weights_alone(config, texts, flop_rate, byte_rate):
        flops, held = parts(config, texts)
        return max(flops / flop_rate, held["weights"] / byte_rate)

    def itself_forgotten(config, texts, flop_rate, byte_rate):
        _, held = parts(config, texts)
        flops = texts * chapter_flops(config, config.context - 1)
        return max(flops / flop_rate, held.total / byte_rate)

    is_told(it, added, "you added the two times")
    is_told(it, itself_forgotten, "looks at itself too")
    is_told(it, weights_for_each, "the weights once for each text")
    is_told(it, one_cache, "the cache of one text")
    is_told(it, one_token, "the FLOPs of one text")
    is_told(it, weights_alone, "the keys and values are missing")
    is_shown(it, lambda *given: 0.5, "1 text", "got 0.5")


def test_arithmetic_is_the_limit_from_38_texts_on():
    right = WRITING_SECONDS.right

    def limited(texts):  # faster arithmetic would help
        slow, fast = (right(GPTConfig(), texts, rate, 20e9) for rate in (1e11, 1e12))
        return fast < slow

    assert [limited(texts) for texts in (1, 8, 37, 38, 39)] == [False] * 3 + [True] * 2
    seconds = [right(GPTConfig(), texts, 1e11, 20e9) for texts in (1, 8)]
    assert [round(1000 * s) for s in seconds] == [25, 38]


# The bytes that checkpointing keeps.


def kept_by_formula(config, batch):
    tokens = batch * config.context
    states = (config.layers + 1) * config.width
    return 4 * tokens * (states + config.vocab_size)


class Frugal(GPT):
    """A GPT whose blocks keep nothing but their input."""

    def hidden(self, ids):
        x = self.token_embedding(ids)
        x = x + self.position_embedding(torch.arange(ids.size(1)))
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False)
        return x


def kept_by_a_model(config, batch):
    """What a real model keeps, counted as the chapter's `kept_bytes` does."""
    model = Frugal(config)
    ids = torch.zeros(batch, config.context, dtype=torch.long)
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if tensor.dtype == torch.float32 and tensor.dim() > 0:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        logits = model.logits(model.hidden(ids))
        loss = F.cross_entropy(logits.flatten(0, 1), ids.flatten())
    assert loss.requires_grad
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    return sum(kept[place] for place in kept.keys() - weights)


@pytest.mark.parametrize("answer", [kept_by_formula, kept_by_a_model])
def test_checkpointed_bytes_in_other_ways(answer):
    is_right(CHECKPOINTED_BYTES, answer)


def test_checkpointed_bytes_wrong_answers_are_named():
    it = CHECKPOINTED_BYTES

    def rows(*wanted):
        return lambda config, batch: sum(
            count.activations(config, batch)[row] for row in wanted
        )

    def one_block_more(config, batch):
        whole = count.activations(config, batch)
        ends = whole["final state"] + whole["log-probabilities"]
        block = (whole.total - ends) / config.layers
        return kept_by_formula(config, batch) + block

    is_told(it, rows("attention input"), "both are missing")
    is_told(
        it,
        rows("attention input", "log-probabilities"),
        "the last block's output is missing",
    )
    is_told(
        it,
        rows("attention input", "final state"),
        "the log-probabilities are missing",
    )
    is_told(
        it,
        lambda config, batch: count.activations(config, batch).total,
        "without checkpointing",
    )
    is_told(it, one_block_more, "the block that is computed again")
    is_shown(it, lambda config, batch: batch, "got 1")


def test_checkpointing_keeps_less_than_a_seventh_of_a_tiny_model():
    kept = kept_by_formula(GPTConfig.tiny(), 2)
    assert kept < count.activations(GPTConfig.tiny(), 2).total / 7
