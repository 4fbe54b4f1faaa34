"""What a learner is told about the exercises of the chapter on training faster.

The answers here are typed as learners would type them, without the gallery.
"""

import math
import time
from fractions import Fraction

import numpy as np
import pytest
import torch

from gpt1 import GPTConfig, count
from lib.verdicts import ALL, right, said

# --- a fair race ----------------------------------------------------------------------


def race_with_tensors(jobs, rounds, now):
    for job in jobs.values():
        job()
    table = torch.zeros(rounds, len(jobs), dtype=torch.float64)
    for turn in range(rounds):
        for column, job in enumerate(jobs.values()):
            before = now()
            job()
            table[turn, column] = now() - before
    middle = (table / table[:, :1]).median(0).values
    return dict(zip(jobs, middle, strict=True))


def race_with_one_look_a_job(jobs, rounds, now):
    names, found = list(jobs), {name: [] for name in jobs}
    [jobs[name]() for name in names]
    for _ in range(rounds):
        ticks = [now()]
        for name in names:
            jobs[name]()
            ticks.append(now())
        spent = np.diff(ticks)
        for name, seconds in zip(names, spent / spent[0], strict=True):
            found[name].append(seconds)
    return {name: np.median(values) for name, values in found.items()}


def race_with_sorted(jobs, rounds, now):
    def once(job):
        start = now()
        job()
        return now() - start

    every = []
    for _ in range(rounds + 1):
        took = {name: once(job) for name, job in jobs.items()}
        every.append({name: t / took[next(iter(jobs))] for name, t in took.items()})
    return {name: sorted(r[name] for r in every[1:])[rounds // 2] for name in jobs}


@pytest.mark.parametrize(
    "answer", [race_with_tensors, race_with_one_look_a_job, race_with_sorted]
)
def test_a_race_another_way(answer):
    assert right("fair-race", answer)


def lists_of_seconds(jobs, rounds, now):
    for job in jobs.values():
        job()
    spent = {name: [] for name in jobs}
    for _ in range(rounds):
        for name in jobs:
            start = now()
            jobs[name]()
            spent[name] += [now() - start]
    return spent


def race_a_then_b(jobs, rounds, now):
    spent = {}
    for name, job in jobs.items():
        job()
        spent[name] = []
        for _ in range(rounds):
            start = now()
            job()
            spent[name].append(now() - start)
    first = spent[next(iter(spent))]
    return {n: np.median(np.array(s) / np.array(first)) for n, s in spent.items()}


def race_medians(jobs, rounds, now):
    spent = lists_of_seconds(jobs, rounds, now)
    middle = {name: np.median(times) for name, times in spent.items()}
    return {name: m / middle[next(iter(jobs))] for name, m in middle.items()}


def race_means(jobs, rounds, now):
    spent = lists_of_seconds(jobs, rounds, now)
    first = np.array(spent[next(iter(jobs))])
    return {name: (np.array(times) / first).mean() for name, times in spent.items()}


def race_cold(jobs, rounds, now):
    ratios = {name: [] for name in jobs}
    for _ in range(rounds):
        reference = None
        for name, job in jobs.items():
            start = now()
            job()
            took = now() - start
            reference = reference or took
            ratios[name].append(took / reference)
    return {name: np.median(found) for name, found in ratios.items()}


def race_upside_down(jobs, rounds, now):
    spent = lists_of_seconds(jobs, rounds, now)
    first = np.array(spent[next(iter(jobs))])
    return {name: np.median(first / np.array(times)) for name, times in spent.items()}


def race_own_clock(jobs, rounds, now):
    return race_with_tensors(jobs, rounds, time.perf_counter)


def race_list(jobs, rounds, now):
    return list(race_with_sorted(jobs, rounds, now).values())


def race_fastest(jobs, rounds, now):
    spent = lists_of_seconds(jobs, rounds, now)
    first = np.array(spent[next(iter(jobs))])
    return {name: (np.array(times) / first).max() for name, times in spent.items()}


def race_luckiest(jobs, rounds, now):
    spent = lists_of_seconds(jobs, rounds, now)
    first = np.array(spent[next(iter(jobs))])
    return {name: (np.array(times) / first).min() for name, times in spent.items()}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (race_luckiest, "this is the smallest ratio"),
        (race_a_then_b, "all rounds of one job, then all of the next"),
        (race_medians, "the ratio of the medians"),
        (race_means, "the mean of the ratios"),
        (race_cold, "there is no warm-up"),
        (race_upside_down, "upside down"),
        (race_own_clock, "do not look at the clock"),
        (race_list, "expected {'a': 1"),
        (race_fastest, "For jobs of {'a': 10.0, 'bb': 10.0} seconds, 3 rounds"),
    ],
)
def test_a_race_gone_wrong(answer, told):
    assert told in said("fair-race", answer)


def test_a_job_that_is_raced_against_itself():
    """The numbers below the exercise's solution."""

    class Drifting:
        seconds, pace = 0.0, 1.0

        def work(self):
            self.pace *= 1.02
            self.seconds += self.pace

    machine = Drifting()
    jobs = {"a": machine.work, "b": machine.work}
    found = ALL["fair-race"].right(jobs, 21, lambda: machine.seconds)
    assert found["b"] == pytest.approx(1.02)
    machine, blocks = Drifting(), []
    for _ in range(2):
        start = machine.seconds
        [machine.work() for _ in range(20)]
        blocks.append(machine.seconds - start)
    assert 1.4 < blocks[1] / blocks[0] < 1.6


# --- Amdahl ---------------------------------------------------------------------------


def amdahl_with_a_loop(shares, faster):
    left = 0
    for part in shares:
        if part in faster:
            left += shares[part] / faster[part]
        else:
            left += shares[part]
    return 1.0 / left


def amdahl_by_savings(shares, faster):
    saved = [shares[part] * (1 - 1 / gain) for part, gain in faster.items()]
    return torch.tensor(1.0, dtype=torch.float64) / (1 - sum(saved))


def amdahl_in_place(shares, faster):
    for part, gain in faster.items():
        shares[part] = Fraction(shares[part]) / Fraction(gain)
    return 1 / float(sum(shares.values()))


@pytest.mark.parametrize(
    "answer", [amdahl_with_a_loop, amdahl_by_savings, amdahl_in_place]
)
def test_amdahl_another_way(answer):
    assert right("amdahl", answer)


def amdahl_weighted(shares, faster):
    return np.average(
        [faster.get(part, 1) for part in shares], weights=list(shares.values())
    )


def amdahl_time(shares, faster):
    return sum(share / faster.get(part, 1.0) for part, share in shares.items())


def amdahl_saved(shares, faster):
    return sum(shares[part] * (1 - 1 / gain) for part, gain in faster.items())


def amdahl_each(shares, faster):
    whole = 1
    for part, gain in faster.items():
        whole *= 1 / (1 - shares[part] + shares[part] / gain)
    return whole


def amdahl_one_part(shares, faster):
    part = next(iter(faster), None)
    if part is None:
        return 1
    return 1 / (1 - shares[part] + shares[part] / faster[part])


def amdahl_longer(shares, faster):
    return 1 / sum(share * faster.get(part, 1) for part, share in shares.items())


def amdahl_without_the_rest(shares, faster):
    return 1 / sum(shares[part] / faster[part] for part in faster)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (amdahl_longer, "yours takes 3 times as long"),
        (amdahl_without_the_rest, "has vanished; it takes its time as before"),
        (amdahl_weighted, "you averaged the gains"),
        (amdahl_time, "this is the new time"),
        (amdahl_saved, "share of the time that is saved"),
        (amdahl_each, "gains of each change made alone"),
        (lambda shares, faster: math.prod(faster.values()), "each part were the whole"),
        (amdahl_one_part, "expected 2.222, got 1.25"),
        (lambda shares, faster: shares["attention"] / faster["rest"], "KeyError"),
    ],
)
def test_amdahl_gone_wrong(answer, told):
    assert told in said("amdahl", answer)


# --- utilisation ----------------------------------------------------------------------


def test_other_peoples_mfu_is_what_the_solution_says():
    gpt2 = GPTConfig(vocab_size=50257, context=1024)
    answer = ALL["utilisation"].right
    assert round(answer(gpt2, 218e3, 312e12), 2) == 0.60
    assert round(answer(gpt2, 468e3, 989e12), 2) == 0.40
    assert round(answer(gpt2, 107e3, 312e12), 2) == 0.29
    assert round(600_000 * 491_520 / (4 * 86400) / 8, -3) == 107_000


def mfu_by_hand(config, tokens_per_second, flops_per_second):
    d, n = config.width, config.layers
    weights = 12 * n * d**2 + config.vocab_size * d
    each = 6 * weights + 12 * n * d * config.context
    return each * tokens_per_second / flops_per_second


def mfu_of_all_parameters(config, tokens_per_second, flops_per_second):
    """Biases, gains and positions are within one percent."""
    weights = count.parameters(config).total
    each = 6 * weights + 12 * config.layers * config.width * config.context
    return torch.tensor(each * tokens_per_second) / flops_per_second


@pytest.mark.parametrize("answer", [mfu_by_hand, mfu_of_all_parameters])
def test_utilisation_another_way(answer):
    assert right("utilisation", answer)


def mfu_six_n(config, tokens_per_second, flops_per_second):
    d = config.width
    weights = 12 * config.layers * d**2 + config.vocab_size * d
    return 6 * weights * tokens_per_second / flops_per_second


def mfu_look_ups(config, tokens_per_second, flops_per_second):
    weights = count.parameters(config).total + config.vocab_size * config.width
    each = 6 * weights + 12 * config.layers * config.width * config.context
    return each * tokens_per_second / flops_per_second


def mfu_forward(config, tokens_per_second, flops_per_second):
    return count.flops(config).total * tokens_per_second / flops_per_second


def mfu_percent(config, tokens_per_second, flops_per_second):
    return mfu_by_hand(config, tokens_per_second, flops_per_second) * 100


def mfu_of_a_batch(config, tokens_per_second, flops_per_second):
    return 64 * mfu_by_hand(config, tokens_per_second, flops_per_second)


def mfu_half_of_the_scores(config, tokens_per_second, flops_per_second):
    d, n = config.width, config.layers
    each = 6 * (12 * n * d**2 + config.vocab_size * d) + 6 * n * d * config.context
    return each * tokens_per_second / flops_per_second


def mfu_of_gpt1(config, tokens_per_second, flops_per_second):
    return mfu_by_hand(GPTConfig(), tokens_per_second, flops_per_second)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (mfu_half_of_the_scores, "those that the mask hides"),
        (mfu_of_gpt1, "count those of `config`"),
        (mfu_six_n, "the scores are missing"),
        (mfu_look_ups, "look-up of the embedding counts"),
        (mfu_forward, "the forward pass alone"),
        (mfu_percent, "these are percent"),
        (mfu_of_a_batch, "For GPT-1, 100,000 tokens"),
    ],
)
def test_utilisation_gone_wrong(answer, told):
    assert told in said("utilisation", answer)


# --- enough work ----------------------------------------------------------------------


def test_the_numbers_of_sequences_are_those_of_the_solution():
    answer = ALL["enough-work"].right
    assert answer(0.4 * 989e12, 31.5e9) == 137
    assert answer(100e9, 1e9 / 8) == 9
    busy = 9 * 512 * count.training_flops(GPTConfig()) / 100e9
    assert 30 < busy < 40  # half a minute


def enough_by_search(flops, line):
    number, exchange = 1, 116_534_784 * 4 / line
    while True:
        busy = number * 512 * count.training_flops(GPTConfig()) / flops
        if exchange <= 0.1 * (exchange + busy):
            return number
        number += 1


def enough_in_tensors(flops, line):
    one = torch.tensor(512.0) * count.training_flops(GPTConfig()) / flops
    sent = 2 * (2 - 1) / 2 * 4 * count.parameters(GPTConfig()).total
    return (9 * sent / line / one).ceil()


@pytest.mark.parametrize("answer", [enough_by_search, enough_in_tensors])
def test_enough_work_another_way(answer):
    assert right("enough-work", answer)


def enough_times(factor):
    def answer(flops, line):
        seconds = 4 * count.parameters(GPTConfig()).total / line
        one = 512 * count.training_flops(GPTConfig()) / flops
        return math.ceil(factor * seconds / one)

    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (enough_times(10), "ten times as long"),
        (lambda flops, line: enough_by_search(flops, line) - 1, "you rounded down"),
        (enough_times(9 / 4), "a byte for each parameter"),
        (enough_times(18), "counts twice"),
        (enough_times(4.5), "shared the number between the two"),
        (enough_times(27), "forward pass alone"),
        (enough_times(0.9), "nine tenths of the exchange's time are too little"),
        (enough_times(1 / 9), "a ninth of the exchange's time"),
        (enough_times(7), "expected 2, got 1"),
        (lambda flops, line: enough_by_search(flops, line) + 1, "expected 2, got 3"),
    ],
)
def test_enough_work_gone_wrong(answer, told):
    assert told in said("enough-work", answer)


# --- the roofline ---------------------------------------------------------------------


def test_the_times_of_the_logits_are_those_of_the_solution():
    def answer(rows, size=4):
        found = ALL["roofline"].right(rows, 768, 40478, size, 100e9, 10e9)
        return round(1e3 * found, 1)

    assert (answer(1), answer(20), answer(40)) == (12.5, 12.8, 24.9)
    assert answer(1, size=2) == 6.2


def roof_by_intensity(rows, inputs, outputs, size, rate, band):
    flops = 2 * rows * inputs * outputs
    moved = size * (rows * inputs + inputs * outputs + rows * outputs)
    return flops / min(rate, flops / moved * band)


def roof_in_arrays(rows, inputs, outputs, size, rate, band):
    shapes = np.array([[rows, inputs], [inputs, outputs], [rows, outputs]])
    seconds = np.array([2.0 * rows * inputs * outputs, shapes.prod(1).sum() * size])
    return (seconds / np.array([rate, band])).max()


def roof_with_if(rows, inputs, outputs, size, rate, band):
    arithmetic = rows * outputs * (2 * inputs) / rate
    memory = (inputs * (rows + outputs) + rows * outputs) / (band / size)
    if arithmetic > memory:
        return torch.tensor([arithmetic], dtype=torch.float64)
    return memory


@pytest.mark.parametrize("answer", [roof_by_intensity, roof_in_arrays, roof_with_if])
def test_the_roofline_another_way(answer):
    assert right("roofline", answer)


def roof_sum(rows, inputs, outputs, size, rate, band):
    moved = size * (rows * inputs + inputs * outputs + rows * outputs)
    return 2 * rows * inputs * outputs / rate + moved / band


def roof_one_flop(rows, inputs, outputs, size, rate, band):
    moved = size * (rows * inputs + inputs * outputs + rows * outputs)
    return max(rows * inputs * outputs / rate, moved / band)


def roof_weights_only(rows, inputs, outputs, size, rate, band):
    return max(2 * rows * inputs * outputs / rate, inputs * outputs * size / band)


def roof_no_result(rows, inputs, outputs, size, rate, band):
    moved = size * inputs * (rows + outputs)
    return max(2 * rows * inputs * outputs / rate, moved / band)


def roof_numbers(rows, inputs, outputs, size, rate, band):
    numbers = rows * inputs + inputs * outputs + rows * outputs
    return max(2 * rows * inputs * outputs / rate, numbers / band)


def roof_in_flops(rows, inputs, outputs, size, rate, band):
    moved = size * (rows * inputs + inputs * outputs + rows * outputs)
    return min(rate, 2 * rows * inputs * outputs / moved * band)


def roof_of_training(rows, inputs, outputs, size, rate, band):
    return 3 * roof_with_if(rows, inputs, outputs, size, rate, band)


def roof_in_bits(rows, inputs, outputs, size, rate, band):
    return roof_with_if(rows, inputs, outputs, size / 8, rate, band)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (roof_in_bits, "you divided `size` by 8"),
        (roof_sum, "you added the two times"),
        (roof_one_flop, "a multiply and an add are two FLOPs"),
        (roof_weights_only, "only the matrix is moved"),
        (roof_no_result, "the result is not written"),
        (roof_numbers, "you counted numbers, not bytes"),
        (roof_in_flops, "the height of the roof"),
        (roof_of_training, "roof_of_training(1, 3, 5, 4, 1000000000.0, 1000000000.0):"),
    ],
)
def test_the_roofline_gone_wrong(answer, told):
    assert told in said("roofline", answer)
