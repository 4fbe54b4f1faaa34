"""Right answers to the exercises on embeddings, in other ways."""

import math
from itertools import combinations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lib.verdicts import are_right


def likeness_of_pairs(table, rows):
    found = [
        F.cosine_similarity(table[a], table[b], 0) for a, b in combinations(rows, 2)
    ]
    return sum(found) / len(found)


def likeness_by_mask(table, rows):
    group = table[rows]
    lengths = group.norm(dim=1)
    cosines = group @ group.T / lengths / lengths[:, None]
    return cosines[~torch.eye(len(rows), dtype=torch.bool)].mean().item()


def likeness_in_numpy(table, rows):
    group = table.numpy()[np.array(rows)]
    group = group / np.linalg.norm(group, axis=1, keepdims=True)
    above = np.triu_indices(len(rows), 1)
    return float((group @ group.T)[above].mean())


def state_in_loops(ids, tokens, positions):
    return torch.stack(
        [
            torch.stack([tokens[i] + positions[t] for t, i in enumerate(row)])
            for row in ids.tolist()
        ]
    )


def state_in_layers(ids, tokens, positions):
    one, two = (
        nn.Embedding.from_pretrained(tokens),
        nn.Embedding.from_pretrained(positions),
    )
    return one(ids) + two(torch.arange(ids.shape[1]))


def state_by_one_hot(ids, tokens, positions):
    return (
        F.one_hot(ids, len(tokens)).float() @ tokens + positions[None, : ids.shape[1]]
    )


def gradient_in_loops(ids, gradient, vocab):
    table = [[0.0] * gradient.shape[1] for _ in range(vocab)]
    for i, row in zip(ids.tolist(), gradient.tolist(), strict=True):
        table[i] = [a + b for a, b in zip(table[i], row, strict=True)]
    return table


def gradient_by_autograd(ids, gradient, vocab):
    layer = nn.Embedding(vocab, gradient.size(1))
    layer(ids).backward(gradient)
    return layer.weight.grad


def gradient_by_columns(ids, gradient, vocab):
    """Not contiguous."""
    columns = [torch.bincount(ids, weights, vocab) for weights in gradient.T]
    return torch.stack(columns).T


def sines_in_loops(context, width):
    table = [[0.0] * width for _ in range(context)]
    for t in range(context):
        for i in range(0, width, 2):
            angle = t / 10000 ** (i / width)
            table[t][i], table[t][i + 1] = math.sin(angle), math.cos(angle)
    return torch.tensor(table)


def sines_interleaved(context, width):
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angles = torch.outer(torch.arange(context).float(), rates)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


OTHER_WAYS = {
    "likeness": [likeness_of_pairs, likeness_by_mask, likeness_in_numpy],
    "first-state": [state_in_loops, state_in_layers, state_by_one_hot],
    "table-gradient": [gradient_in_loops, gradient_by_autograd, gradient_by_columns],
    "sine-positions": [sines_in_loops, sines_interleaved],
}
test_another_way_is_right = are_right(OTHER_WAYS)
