"""Right answers to the exercises of the chapter on counting, in other ways."""

import math
from bisect import bisect_left
from dataclasses import replace

import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from gpt1 import GPT, GPTConfig, count
from lib.verdicts import ALL, are_right


def tables(config):
    return (config.vocab_size + config.context) * config.width


def blocks(config):
    """The sum of the chapter's formula, with its 12 and its 13."""
    return config.layers * (12 * config.width**2 + 13 * config.width)


def gpt2_by_formula(config):
    return tables(config) + blocks(config) + config.width + config.width


def gpt2_by_tensors(config):
    with torch.device("meta"):
        model, norm = GPT(config), torch.nn.LayerNorm(config.width)
    tensors = [*model.parameters(), *norm.parameters()]
    return torch.tensor([math.prod(tensor.shape) for tensor in tensors]).sum()


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
    def too_large(batch):
        return count.training_memory(config, batch).total > budget

    return bisect_left(range(10**6), True, lo=1, key=too_large) - 1


def fits_downwards(config, budget):
    batch = 200
    while batch and count.training_memory(config, batch).total > budget:
        batch -= 1
    return torch.tensor(batch)


def writing_by_hand(config, texts, flop_rate, byte_rate):
    numbers = tables(config) + blocks(config)
    numbers += 2 * config.layers * config.width * config.context * texts
    in_block = 24 * config.width**2 + 4 * config.context * config.width
    flops = config.layers * in_block + 2 * config.width * config.vocab_size
    limits = [flops * texts / flop_rate, 4 * numbers / byte_rate]
    return torch.tensor(limits, dtype=torch.float64).amax()


def writing_by_cases(config, texts, flop_rate, byte_rate):
    arithmetic = sum(count.flops(config).total / flop_rate for _ in range(texts))
    held = count.generation_memory(config, texts)
    memory = (held["weights"] + held["keys and values"]) / byte_rate
    return arithmetic if memory < arithmetic else memory


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


OTHER_WAYS = {
    "gpt2-parameters": [gpt2_by_formula, gpt2_by_tensors],
    "next-token-flops": [token_by_products, token_by_counter],
    "largest-batch": [fits_by_halves, fits_downwards],
    "writing-seconds": [writing_by_hand, writing_by_cases],
    "checkpointed-bytes": [kept_by_formula, kept_by_a_model],
}
test_another_way_is_right = are_right(OTHER_WAYS)


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
