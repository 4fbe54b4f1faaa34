"""What a learner is told about the exercises of the chapter on sampling.

The answers here are typed as learners would type them, without the gallery: those that
are right, and those that are wrong in ways that `check/test_mutants.py` does not make.
"""

import math

import numpy as np
import pytest
import torch

from gpt1.generate.sampling import generate
from gpt1.model import KVCache
from lib.verdicts import ALL, right, said

# --- nats per character ---------------------------------------------------------------


def test_the_two_models_of_the_exercise_have_the_numbers_of_its_solution():
    answer = ALL["per-character"].right
    assert round(answer(18.4, 4.5), 3) == 0.647
    assert round(answer(6, 2.5), 3) == 0.717


@pytest.mark.parametrize(
    "answer",
    [
        lambda perplexity, length: math.log(perplexity ** (1 / length)),
        lambda perplexity, length: torch.tensor(perplexity).log() / length,
        lambda perplexity, length: np.log(perplexity) / np.float64(length),
        lambda perplexity, length: math.log2(perplexity) * math.log(2) / length,
    ],
)
def test_nats_per_character_another_way(answer):
    assert right("per-character", answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda p, length: np.log2(p) / length, "these are bits"),
        (lambda p, length: math.exp(math.log(p) / length), "perplexity per character"),
        (lambda p, length: length / math.log(p + 1e-9), "expected 0.6931, got 1.443"),
    ],
)
def test_nats_per_character_gone_wrong(answer, told):
    assert told in said("per-character", answer)


# --- min-p ----------------------------------------------------------------------------


def min_p_in_loops(logits, share):
    rows = []
    for row in logits.tolist():
        best = max(row)
        rows.append([z if z - best >= math.log(share) else -math.inf for z in row])
    return rows


def min_p_in_place(logits, share):
    logits[logits.exp() < 0] = 0
    for row in logits:
        row[row - row.max() < math.log(share)] = float("-inf")
    return logits


def min_p_by_where(logits, share):
    gap = (logits.double() - logits.double().amax(1, keepdim=True)).exp()
    return torch.where(gap >= share, logits.double(), -torch.inf)


def min_p_not_contiguous(logits, share):
    columns = logits.T.clone()  # (vocab, batch)
    columns[columns < columns.max(0).values + math.log(share)] = -math.inf
    return columns.T


@pytest.mark.parametrize(
    "answer", [min_p_in_loops, min_p_in_place, min_p_by_where, min_p_not_contiguous]
)
def test_min_p_another_way(answer):
    assert right("min-p", answer)


def min_p_of_own_chance(logits, share):
    chances = torch.softmax(logits, dim=-1)
    logits[chances < share] = -math.inf
    return logits


def min_p_to_zero(logits, share):
    best = logits.amax(-1, keepdim=True)
    return logits * ((logits - best) >= math.log(share))


def min_p_low_number(logits, share):
    best = logits.amax(-1, keepdim=True)
    return logits.masked_fill(logits - best < math.log(share), -1e9)


def min_p_without_a_logarithm(logits, share):
    gap = logits - logits.amax(-1, keepdim=True)
    return logits.masked_fill(gap < share, -math.inf)


def min_p_of_chances_to_zero(logits, share):
    chances = logits.softmax(-1)
    return chances * (chances >= share * chances.amax(-1, keepdim=True))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (min_p_without_a_logarithm, "no logit is above the best"),
        (min_p_of_chances_to_zero, "these are chances"),
        (min_p_of_own_chance, "a token's own chance"),
        (min_p_to_zero, "a logit of 0 is no cut"),
        (min_p_low_number, "expected [[-inf, -inf, 2]], got [[-1e+09, -1e+09, 2]]"),
        (lambda logits, share: logits[0], "expected (1, 3), got (3,)"),
    ],
)
def test_min_p_gone_wrong(answer, told):
    assert told in said("min-p", answer)


# --- rewind ---------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    "answer", [rewind_by_index, rewind_with_new_caches, rewind_and_erase]
)
def test_rewind_another_way(answer):
    assert right("rewind", answer)


def rewind_copies(cache, length):
    shorter = []
    for layer in cache:
        copied = KVCache(layer.context)
        copied.keys, copied.values, copied.length = layer.keys, layer.values, length
        shorter.append(copied)
    return shorter


def rewind_list(cache, length):
    cache[:] = cache[:length]


def rewind_swapped(cache, length):
    for layer in cache:
        layer.keys, layer.values, layer.length = layer.values, layer.keys, length


def rewind_the_list(cache, length):
    cache.length = length


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (rewind_copies, "the caches are as before"),
        (rewind_list, "cut the list of layers"),
        (rewind_swapped, "at 'the other ending': expected"),
        (rewind_the_list, "in rewind_the_list, at `cache.length = length`"),
        (rewind_the_list, "'list' object has no attribute 'length'"),
    ],
)
def test_rewind_gone_wrong(answer, told):
    assert told in said("rewind", answer)


# --- the race -------------------------------------------------------------------------


def race_as_written(logits, generator):
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


@pytest.mark.parametrize(
    "answer", [race_as_written, race_of_gumbel, race_by_columns, race_in_place]
)
def test_race_another_way(answer):
    assert right("exponential-race", answer)


def race_flat(logits, generator):
    e = torch.rand(logits.shape, generator=generator).log().neg()
    return (logits - e.log()).argmax(-1)


def race_uniform(logits, generator):
    u = torch.rand(logits.shape, generator=generator)
    return (logits - u.log()).argmax(-1, keepdim=True)


def race_of_a_number_a_row(logits, generator):
    e = torch.empty(len(logits), 1).exponential_(generator=generator)
    return (logits - e.log()).argmax(-1, keepdim=True)


def race_lukewarm(logits, generator):
    e = torch.empty_like(logits).exponential_(generator=generator)
    return (logits / 2 - e.log()).argmax(-1, keepdim=True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (race_flat, "asked for as (batch, 1)"),
        (race_uniform, "subtract the logarithm of uniform noise"),
        (race_of_a_number_a_row, "this is greedy"),
        (race_lukewarm, "of the tokens': expected [0.2704, 0.7297], got [0.37"),
        (lambda logits, generator: logits, "at 'shape': expected"),
    ],
)
def test_race_gone_wrong(answer, told):
    assert told in said("exponential-race", answer)


# --- guess ahead ----------------------------------------------------------------------


def ahead_with_a_loop(model, ids, guess):
    best = model(torch.cat([ids, guess], dim=1))[0].argmax(-1).tolist()
    count = 0
    for number, token in enumerate(guess[0].tolist()):
        if best[ids.size(1) - 1 + number] != token:
            break
        count += 1
    return count


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


@pytest.mark.parametrize(
    "answer", [ahead_with_a_loop, ahead_with_a_cache, ahead_by_slip]
)
def test_guess_ahead_another_way(answer):
    assert right("guess-ahead", answer)


def ahead_by_generate(model, ids, guess):
    n = guess.size(1)
    text = torch.tensor(generate(model, ids, n, temperature=0))[:, -n:]
    return (text == guess).int().cumprod(1).sum().item()


def ahead_halved(model, ids, guess):
    return ahead_by_slip(model, ids, guess) // 2


def ahead_by_one_row(model, ids, guess):
    best = model(ids)[:, -1].argmax(-1)
    return int((best == guess)[0].int().cumprod(0).sum())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ahead_by_one_row, "judge all guesses in yours"),
        (ahead_by_generate, "reads once for each token"),
        (ahead_halved, "at 'tokens accepted': expected 1, got 0"),
    ],
)
def test_guess_ahead_gone_wrong(answer, told):
    assert told in said("guess-ahead", answer)


def test_the_guesses_are_of_different_tokens():
    """Or an answer that is off by one would be right, here or on another machine."""
    *_, (model, ids, guess) = (case for _, case in ALL["guess-ahead"].all_cases())
    assert len(set(guess[0].tolist())) >= 5
    with torch.no_grad():
        rows = model(torch.cat([ids, guess], 1))[0, ids.size(1) - 1 :]
    best, second = rows.topk(2).values.unbind(-1)
    assert (best - second).min() > 1e-3
