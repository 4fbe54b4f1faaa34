"""Right answers to the exercises of the chapter on sampling, in other ways."""

import math

import torch

from gpt1.model import KVCache
from lib.verdicts import ALL, are_right


def min_p_in_loops(logits, share):
    rows = []
    for row in logits.tolist():
        best = max(row)
        rows.append([z if z - best >= math.log(share) else -math.inf for z in row])
    return rows


def min_p_in_place(logits, share):
    for row in logits:
        row[row - row.max() < math.log(share)] = float("-inf")
    return logits


def min_p_by_where(logits, share):
    gap = (logits.double() - logits.double().amax(1, keepdim=True)).exp()
    return torch.where(gap >= share, logits.double(), -torch.inf)


def rewind_by_index(cache, length):
    for i in range(len(cache)):
        cache[i].length = torch.tensor(length).item()
    return cache


def rewind_with_new_caches(cache, length):
    for i, old in enumerate(cache):
        cache[i] = KVCache(old.context)
        cache[i].extend(old.keys[:, :, :length], old.values[:, :, :length])


def rewind_and_erase(cache, length):
    for layer in cache:
        layer.keys[:, :, length:] = float("nan")
        layer.values[:, :, length:] = float("nan")
        layer.length = length


def race_of_uniform(logits, generator):
    chances = logits.double().softmax(-1)
    e = -torch.rand(chances.shape, generator=generator, dtype=torch.float64).log()
    return (e / chances).argmin(-1, keepdim=True)


def race_of_gumbel(logits, generator):
    u = torch.rand(*logits.shape, generator=generator)
    return torch.argmax(logits - torch.log(-torch.log(u)), dim=-1)[:, None]


def race_by_columns(logits, generator):
    e = torch.zeros(logits.T.shape).exponential_(generator=generator)
    return (e.log() - logits.T).min(0, keepdim=True).indices.T


def race_in_place(logits, generator):
    logits -= torch.zeros_like(logits).exponential_(2.0, generator=generator).log_()
    return logits.topk(1).indices


def ahead_with_a_loop(model, ids, guess):
    best = model(torch.cat([ids, guess], dim=1))[0].argmax(-1).tolist()
    for number, token in enumerate(guess[0].tolist()):
        if best[ids.size(1) - 1 + number] != token:
            return number
    return guess.size(1)


def ahead_with_a_cache(model, ids, guess):
    cache = model.new_cache()
    first = model(ids, cache=cache)[:, -1:]
    rest = model(guess[:, :-1], cache=cache) if guess.size(1) > 1 else first[:, :0]
    same = torch.cat([first, rest], 1).argmax(-1) == guess
    return same.double().cumprod(1).sum()


def ahead_by_slip(model, ids, guess):
    best = model(torch.cat([ids, guess], 1))[:, ids.size(1) - 1 : -1].argmax(-1)
    slips = (best != guess)[0].nonzero()
    return slips[0].item() if len(slips) else guess.size(1)


OTHER_WAYS = {
    "per-character": [
        lambda perplexity, length: math.log(perplexity ** (1 / length)),
        lambda perplexity, length: math.log2(perplexity) * math.log(2) / length,
    ],
    "min-p": [min_p_in_loops, min_p_in_place, min_p_by_where],
    "rewind": [rewind_by_index, rewind_with_new_caches, rewind_and_erase],
    "exponential-race": [
        race_of_uniform,
        race_of_gumbel,
        race_by_columns,
        race_in_place,
    ],
    "guess-ahead": [ahead_with_a_loop, ahead_with_a_cache, ahead_by_slip],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_the_two_models_of_the_exercise_have_the_numbers_of_its_solution():
    answer = ALL["per-character"].right
    assert round(answer(18.4, 4.5), 3) == 0.647
    assert round(answer(6, 2.5), 3) == 0.717


def test_no_token_is_where_rounding_would_decide_whether_min_p_cuts_it():
    for _, (logits, share) in ALL["min-p"].all_cases:
        behind = logits.double().amax(-1, keepdim=True) - logits.double()
        away = (behind[behind > 0] + math.log(share)).abs()
        assert away.min() > 0.05


def test_the_guesses_are_of_different_tokens():
    """Or an answer that is off by one would be right, here or on another machine."""
    *_, (model, ids, guess) = (case for _, case in ALL["guess-ahead"].all_cases)
    assert len(set(guess[0].tolist())) >= 5
    with torch.no_grad():
        rows = model(torch.cat([ids, guess], 1))[0, ids.size(1) - 1 :]
    best, second = rows.topk(2).values.unbind(-1)
    assert (best - second).min() > 1e-3
