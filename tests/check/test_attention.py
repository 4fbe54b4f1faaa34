"""What a learner is told about the exercises of the chapter on attention.

The answers here are typed as learners would type them, without the gallery: those that
are right, and those that are wrong in ways that `check/test_mutants.py` does not make.
"""

import math

import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPTConfig
from gpt1.model import attention, causal_mask
from lib.verdicts import ALL, right, said

# --- the mask by positions ------------------------------------------------------------


def mask_in_loops(time, past):
    rows = []
    for query in range(time):
        rows.append([key <= query + past for key in range(past + time)])
    return rows


@pytest.mark.parametrize(
    "answer",
    [
        mask_in_loops,
        lambda time, past: torch.tensor(mask_in_loops(time, past), dtype=torch.float64),
        lambda time, past: ~torch.ones(time, past + time).triu(past + 1).bool(),
        lambda time, past: (
            (torch.arange(past + time)[:, None] <= torch.arange(past, past + time)).T
        ),
        lambda time, past: [row.numpy() for row in causal_mask(time, past)],
    ],
    ids=["loops", "float64", "triu", "not contiguous", "arrays in a list"],
)
def test_a_mask_another_way(answer):
    assert right("causal-mask", answer)


def mask_by(rule):
    def answer(time, past):
        query = torch.arange(time)[:, None]
        key = torch.arange(past + time)[None, :]
        return rule(query, key, past)

    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (mask_by(lambda q, k, past: k >= q + past + 1), "True and False are exchanged"),
        (mask_by(lambda q, k, past: (k >= past) & (k <= q + past)), "of the past can"),
        (
            mask_by(lambda q, k, past: k[:, past:] <= q + past),
            "the past has no columns",
        ),
        (
            lambda time, past: mask_in_loops(past + time, 0),
            "a row belongs to a query",
        ),
        (
            mask_by(lambda q, k, past: torch.where(k <= q + past, 0, -math.inf)),
            "these are numbers to be added",
        ),
        (mask_by(lambda q, k, past: k == q + past), "expected\n[[1, 0],"),
    ],
)
def test_a_mask_gone_wrong(answer, told):
    assert told in said("causal-mask", answer)


# --- a short memory -------------------------------------------------------------------


def window_in_loops(time, window):
    rows = [[False] * time for _ in range(time)]
    for query in range(time):
        for key in range(max(0, query - window + 1), query + 1):
            rows[query][key] = True
    return rows


def window_in_place(time, window):
    mask = torch.zeros(time, time)
    for back in range(min(window, time)):
        mask.diagonal(-back).fill_(1)
    return mask


@pytest.mark.parametrize("answer", [window_in_loops, window_in_place])
def test_a_window_another_way(answer):
    assert right("window-mask", answer)


def window_by(rule):
    def answer(time, window):
        place = torch.arange(time)
        return rule(place[:, None] - place[None, :], window)  # how far back

    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (window_by(lambda b, window: b.abs() < window), "cuts away what lies ahead"),
        (
            window_by(lambda back, window: (back > 0) & (back < window)),
            "expected\n[[1, 0, 0],",
        ),
        (window_by(lambda back, window: (back <= 0) & (-back < window)), "exchanged"),
    ],
)
def test_a_window_gone_wrong(answer, told):
    assert told in said("window-mask", answer)


# --- attention from memory ------------------------------------------------------------


def attention_in_loops(query, key, value):
    batch, heads, time, size = query.shape
    past = key.size(2) - time
    mixed = torch.zeros(batch, heads, time, size)
    for b in range(batch):
        for h in range(heads):
            for i in range(time):
                seen = past + i + 1
                scores = [query[b, h, i] @ key[b, h, j] for j in range(seen)]
                weights = torch.stack(scores).div(size**0.5).softmax(0)
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


def masked_late_but_normalised(query, key, value):
    weights = (query @ key.mT / math.sqrt(query.size(-1))).softmax(-1)
    weights = weights * causal_mask(query.size(-2), key.size(-2) - query.size(-2))
    return weights / weights.sum(-1, keepdim=True) @ value


def fused(query, key, value):
    mask = causal_mask(query.size(-2), key.size(-2) - query.size(-2))
    return F.scaled_dot_product_attention(query, key, value, mask)


def head_by_head(query, key, value):
    """A list of a list of tensors."""
    every = zip(query, key, value, strict=True)
    return [list(map(attention, *one)) for one in every]


@pytest.mark.parametrize(
    "answer",
    [
        attention_in_loops,
        attention_by_hand,
        masked_late_but_normalised,
        fused,
        head_by_head,
        lambda q, k, v: attention(q.double(), k.double(), v.double()),
        lambda q, k, v: attention(q, k, v.mT.contiguous().mT).mT.contiguous().mT,
        lambda q, k, v: attention(q, k, v).tolist(),
    ],
)
def test_attention_another_way(answer):
    assert right("attention", answer)


def softmax_then_mask(query, key, value):
    weights = (query @ key.mT / math.sqrt(query.shape[3])).softmax(-1)
    return weights.tril(key.shape[2] - query.shape[2]) @ value


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (F.scaled_dot_product_attention, "no mask: position 0 can see position 1"),
        (softmax_then_mask, "you masked after the softmax"),
        (
            lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
            "your mask takes them for the first",
        ),
        (
            lambda q, k, v: attention(q.flip(1), k, v),
            "For a batch of 2, 3 heads of size 5, 4 positions:\nexpected",
        ),
    ],
)
def test_attention_gone_wrong(answer, told):
    assert told in said("attention", answer)


def test_a_mask_without_the_past_is_named_although_it_raises():
    def answer(query, key, value):
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
        scores[:, :, ~causal_mask(query.size(-2))] = float("-inf")
        return scores.softmax(-1) @ value

    def masked(query, key, value):
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
        mask = torch.ones(query.size(-2), query.size(-2)).tril() == 0
        return scores.masked_fill(mask, float("-inf")).softmax(-1) @ value

    assert "a column for each key" in said("attention", masked)
    # Another way to index raises another error: it is shown with its line.
    assert "at `scores[:, :, ~causal_mask(query.size(-2))]" in said("attention", answer)


# --- scores at the start --------------------------------------------------------------


def std_in_tensors(config):
    variance = torch.tensor(config.width, dtype=torch.float64) * config.init_std**2
    return torch.stack([config.head_size**0.5 * variance, variance])


@pytest.mark.parametrize(
    "answer",
    [
        std_in_tensors,
        lambda c: [c.head_size**0.5 * c.width * c.init_std**2, c.width * c.init_std**2],
    ],
)
def test_the_spread_another_way(answer):
    assert right("score-std", answer)


def test_the_spread_is_that_of_the_solution():
    raw, divided = ALL["score-std"].right(GPTConfig())
    assert round(raw, 2) == 2.46
    assert round(divided, 4) == 0.3072


def test_the_spread_gone_wrong():
    def variances(config):
        entry = (config.width * config.init_std**2) ** 2
        return config.head_size * entry, entry

    assert "these are variances" in said("score-std", variances)
    one = said("score-std", lambda config: config.init_std**2 * config.width)
    assert "expected (0.0665" in one


# --- who said what --------------------------------------------------------------------


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


@pytest.mark.parametrize("answer", [parts_in_a_list, parts_by_zeros, parts_by_einsum])
def test_contributions_another_way(answer):
    assert right("contributions", answer)


def silenced_with_bias(layer, x):
    return parts_by_zeros(layer, x) + layer.projection.bias


def fused_without_mask(layer, x):
    mixed = F.scaled_dot_product_attention(*layer.split(x))
    parts = layer.projection.weight.chunk(layer.heads, dim=1)
    return torch.stack([mixed[:, n] @ parts[n].T for n in range(layer.heads)])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (silenced_with_bias, "has the whole bias"),
        (fused_without_mask, "position 0 can see position 1"),
        (
            lambda layer, x: layer(x) - layer.projection.bias,
            "this is the sum over the heads",
        ),
        (
            lambda layer, x: attention(*layer.split(x)),
            "the shape is not right: expected (3, 1, 2, 12), got (1, 3, 2, 4)",
        ),
        (lambda layer, x: parts_by_einsum(layer, x).flip(0), "(1, 2, 12):\nexpected"),
    ],
)
def test_contributions_gone_wrong(answer, told):
    assert told in said("contributions", answer)


# --- one key at a time ----------------------------------------------------------------


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


@pytest.mark.parametrize("answer", [streamed_in_lists, streamed_as_a_mean])
def test_streamed_attention_another_way(answer):
    assert right("streamed-attention", answer)


def plain(query, keys, values, exp):
    total, mixed = 0, 0
    for key, value in zip(keys, values, strict=True):
        weight = exp((query @ key) / math.sqrt(len(query)))
        total, mixed = total + weight, mixed + weight * value
    return mixed / total


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda q, k, v: plain(q, k, v, torch.exp), "than a float holds"),
        (lambda q, k, v: plain(q, k, v, math.exp), "than a float holds"),
        (lambda q, k, v: v.mean(0), "For 3 keys of size 4:\nexpected ["),
    ],
)
def test_streamed_attention_gone_wrong(answer, told):
    assert told in said("streamed-attention", answer)
