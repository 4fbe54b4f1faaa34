"""Right answers to the exercises of the chapter on attention, in other ways."""

import math

import torch
from torch.nn import functional as F

from gpt1 import GPTConfig
from gpt1.model import attention, causal_mask
from lib.verdicts import ALL, are_right


def mask_in_loops(time, past):
    return [
        [key <= query + past for key in range(past + time)] for query in range(time)
    ]


def mask_by_triu(time, past):
    return ~torch.ones(time, past + time).triu(past + 1).bool()


def mask_turned(time, past):
    return (torch.arange(past + time)[:, None] <= torch.arange(past, past + time)).T


def window_in_loops(time, window):
    near = [range(max(0, query - window + 1), query + 1) for query in range(time)]
    return [[key in near[query] for key in range(time)] for query in range(time)]


def window_in_place(time, window):
    mask = torch.zeros(time, time)
    for back in range(min(window, time)):
        mask.diagonal(-back).fill_(1)
    return mask


def attention_in_loops(query, key, value):
    mixed = torch.zeros_like(query)
    past = key.size(2) - query.size(2)
    for b, h, i in torch.ones(query.shape[:3]).nonzero():
        seen = past + i + 1
        scores = [query[b, h, i] @ key[b, h, j] for j in range(seen)]
        weights = torch.stack(scores).div(query.size(3) ** 0.5).softmax(0)
        for weight, row in zip(weights, value[b, h], strict=False):
            mixed[b, h, i] += weight * row
    return mixed


def attention_by_hand(query, key, value):
    scores = torch.einsum("bhid,bhjd->bhij", query, key) * query.shape[-1] ** -0.5
    mask = causal_mask(query.shape[2], key.shape[2] - query.shape[2])
    scores += torch.where(mask, 0.0, -1e9)
    weights = scores.exp()
    weights /= weights.sum(-1, keepdim=True)
    return weights @ value


def masked_late(query, key, value):
    weights = (query @ key.mT / math.sqrt(query.size(-1))).softmax(-1)
    weights = weights * causal_mask(query.size(-2), key.size(-2) - query.size(-2))
    return weights / weights.sum(-1, keepdim=True) @ value


def fused(query, key, value):
    mask = causal_mask(query.size(-2), key.size(-2) - query.size(-2))
    return F.scaled_dot_product_attention(query, key, value, mask)


def std_in_a_list(config):
    variance = config.width * config.init_std**2
    return [config.head_size**0.5 * variance, variance]


def parts_in_a_list(layer, x):
    query, key, value = layer.split(x)
    size, found = layer.head_size, []
    for n in range(layer.heads):
        mixed = attention(query[:, n], key[:, n], value[:, n])
        columns = layer.projection.weight[:, n * size : (n + 1) * size]
        found.append(F.linear(mixed, columns))
    return found


def parts_by_zeros(layer, x):
    """All heads but one silenced, and the bias taken away."""
    mixed = attention(*layer.split(x))
    found = []
    for n in range(layer.heads):
        alone = torch.zeros_like(mixed)
        alone[:, n] = mixed[:, n]
        joined = alone.transpose(1, 2).flatten(2)
        found.append(layer.projection(joined) - layer.projection.bias)
    return torch.stack(found)


def parts_by_einsum(layer, x):
    weight = layer.projection.weight.view(-1, layer.heads, layer.head_size)
    mixed = attention(*layer.split(x))
    return torch.einsum("bhtd,whd->bthw", mixed, weight).permute(2, 0, 1, 3)


def streamed_in_lists(query, keys, values):
    query, keys, values = query.tolist(), keys.tolist(), values.tolist()
    best, total, mixed = None, 0.0, [0.0] * len(query)
    for key, value in zip(keys, values, strict=True):
        score = sum(q * k for q, k in zip(query, key, strict=True)) / len(query) ** 0.5
        if best is None or score > best:
            shrink = 0.0 if best is None else math.exp(best - score)
            total, mixed, best = total * shrink, [m * shrink for m in mixed], score
        weight = math.exp(score - best)
        total += weight
        mixed = [m + weight * v for m, v in zip(mixed, value, strict=True)]
    return [m / total for m in mixed]


def streamed_as_a_mean(query, keys, values):
    """The mean so far, and the logarithm of the sum so far."""
    log_sum, mean = torch.tensor(-math.inf).double(), torch.zeros(len(query)).double()
    for key, value in zip(keys.double(), values.double(), strict=True):
        score = query.double() @ key / math.sqrt(len(query))
        log_sum = torch.logaddexp(log_sum, score)
        mean += (score - log_sum).exp() * (value - mean)
    return mean


OTHER_WAYS = {
    "causal-mask": [mask_in_loops, mask_by_triu, mask_turned],
    "window-mask": [window_in_loops, window_in_place],
    "attention": [attention_in_loops, attention_by_hand, masked_late, fused],
    "score-std": [std_in_a_list],
    "contributions": [parts_in_a_list, parts_by_zeros, parts_by_einsum],
    "streamed-attention": [streamed_in_lists, streamed_as_a_mean],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_the_spread_is_that_of_the_solution():
    raw, divided = ALL["score-std"].right(GPTConfig())
    assert round(raw, 2) == 2.46
    assert round(divided, 4) == 0.3072
