"""What a learner is told about the exercises of the chapter on counting.

The answers here are typed as learners would type them, without the gallery: those that
are right, and those that are wrong in ways that `check/test_mutants.py` does not make.
"""

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
from lib.verdicts import ALL, right, said


def tables(config):
    return (config.vocab_size + config.context) * config.width


def blocks(config):
    """The sum of the chapter's formula, with its 12 and its 13."""
    return config.layers * (12 * config.width**2 + 13 * config.width)


def chapter_flops(config, time):
    in_block = 24 * config.width**2 + 4 * time * config.width
    return config.layers * in_block + 2 * config.width * config.vocab_size


# Right in another way.


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


def token_by_products(config, past):
    keys, width = past + 1, config.width
    attention = [(width, 3 * width), (width, keys), (keys, width), (width, width)]
    found = 2 * config.vocab_size * width
    for _ in range(config.layers):
        for into, out in [*attention, (width, 4 * width), (4 * width, width)]:
            found += 2 * into * out
    return float(found)


def token_by_counter(config, past):
    model = GPT(replace(config, dropout=0.0)).eval()
    cache = model.new_cache()
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        if past:
            model(torch.zeros(1, past, dtype=torch.long), cache=cache)
        with FlopCounterMode(display=False) as counter:
            model(torch.zeros(1, 1, dtype=torch.long), cache=cache)
    return counter.get_total_flops()


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
    def fits(batch):
        return count.training_memory(config, batch).total <= budget

    return torch.tensor(max(filter(fits, range(1, 200)), default=0))


def writing_by_hand(config, texts, flop_rate, byte_rate):
    numbers = tables(config) + blocks(config)
    numbers += 2 * config.layers * config.width * config.context * texts
    arithmetic = chapter_flops(config, config.context) * texts / flop_rate
    limits = [arithmetic, 4 * numbers / byte_rate]
    return torch.tensor(limits, dtype=torch.float64).amax()


def writing_by_cases(config, texts, flop_rate, byte_rate):
    arithmetic = sum(count.flops(config).total / flop_rate for _ in range(texts))
    held = count.generation_memory(config, texts)
    memory = (held["weights"] + held["keys and values"]) / byte_rate
    if memory < arithmetic:
        return arithmetic
    return memory


def kept_by_formula(config, batch):
    states = (config.layers + 1) * config.width
    return 4 * batch * config.context * (states + config.vocab_size)


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


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("gpt2-parameters", gpt2_by_formula),
        ("gpt2-parameters", gpt2_by_tensors),
        ("next-token-flops", token_by_products),
        ("next-token-flops", token_by_counter),
        ("largest-batch", fits_by_halves),
        ("largest-batch", fits_downwards),
        ("writing-seconds", writing_by_hand),
        ("writing-seconds", writing_by_cases),
        ("checkpointed-bytes", kept_by_formula),
        ("checkpointed-bytes", kept_by_a_model),
    ],
)
def test_another_way(name, answer):
    assert right(name, answer)


# Wrong.


def first_too_large(config, budget):
    batch = 1
    while count.training_memory(config, batch).total <= budget:
        batch += 1
    return batch


def at_least_one(config, budget):
    return max(1, fits_by_halves(config, budget))


def divides(config, budget):
    memory = count.training_memory(config, 1)
    fixed = memory.total - memory["activations"]
    return max(0, (budget - fixed) // memory["activations"])


def all_of_the_text(config, past):
    return sum(chapter_flops(config, past + 1) for _ in range(past + 1))


def off_by_one(config):
    return gpt2_by_formula(config) + (config.width == 768)


def one_block_more(config, batch):
    whole = count.activations(config, batch)
    ends = whole["final state"] + whole["log-probabilities"]
    return kept_by_formula(config, batch) + (whole.total - ends) / config.layers


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("gpt2-parameters", lambda c: 124_439_808, "always that of GPT-2's smallest"),
        ("gpt2-parameters", off_by_one, "GPT-2's smallest model:\nexpected 124439808"),
        ("gpt2-parameters", lambda c: tables(c) + blocks(c), "this is GPT-1's count"),
        ("next-token-flops", chapter_flops, "at itself too"),
        ("next-token-flops", all_of_the_text, "the earlier tokens once more"),
        ("next-token-flops", lambda c, past: past, "past = 0:\nexpected 1908, got 0"),
        ("largest-batch", first_too_large, "one too many"),
        ("largest-batch", at_least_one, "not even one sequence fits, the answer is 0."),
        ("largest-batch", divides, "one among others"),
        ("largest-batch", lambda *given: 7, "10 bytes:\nexpected 0, got 7"),
        ("writing-seconds", lambda *given: 0.5, "1,000 bytes/s:\nexpected 4.944, got"),
        ("checkpointed-bytes", one_block_more, "the block that is computed again"),
        ("checkpointed-bytes", lambda c, batch: batch, "expected 580, got 1"),
    ],
)
def test_gone_wrong(name, answer, told):
    assert told in said(name, answer)


# The numbers of the solutions.


def test_gpt2_parameters_are_those_of_a_model_of_others():
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.device("meta"):
        theirs = GPT2LMHeadModel(GPT2Config())
    found = ALL["gpt2-parameters"].right(GPTConfig(vocab_size=50257, context=1024))
    assert found == sum(p.numel() for p in theirs.parameters()) == 124_439_808


def test_the_steps_of_a_text_cost_a_little_less_than_one_pass():
    config, step = GPTConfig(), ALL["next-token-flops"].right
    whole = 512 * count.flops(config, 512).total
    assert round(1 - sum(step(config, past) for past in range(512)) / whole, 3) == 0.038


def test_what_fits_into_16_gigabytes():
    fits = ALL["largest-batch"].right
    assert fits(GPTConfig(), 16e9) == 16
    assert fits(GPTConfig(dropout=0.0), 16e9) == 36


def test_arithmetic_is_the_limit_from_38_texts_on():
    def seconds(texts, flop_rate):
        return ALL["writing-seconds"].right(GPTConfig(), texts, flop_rate, 20e9)

    # Where arithmetic is the limit, a faster one would help.
    limited = [seconds(n, 1e12) < seconds(n, 1e11) for n in (1, 8, 37, 38, 39)]
    assert limited == [False, False, False, True, True]
    assert [round(1000 * seconds(n, 1e11)) for n in (1, 8)] == [25, 38]


def test_checkpointing_keeps_less_than_a_seventh_of_a_tiny_model():
    kept = kept_by_formula(GPTConfig.tiny(), 2)
    assert kept < count.activations(GPTConfig.tiny(), 2).total / 7
