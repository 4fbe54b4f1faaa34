"""Right answers to the exercises of the chapter on training faster, in other ways."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from gpt1 import GPTConfig, count
from lib.verdicts import ALL, are_right


def race_with_tensors(jobs, rounds, now):
    [job() for job in jobs.values()]
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


def amdahl_with_a_loop(shares, faster):
    left = 0
    for part in shares:
        left += shares[part] / faster[part] if part in faster else shares[part]
    return 1.0 / left


def amdahl_by_savings(shares, faster):
    saved = [shares[part] * (1 - 1 / gain) for part, gain in faster.items()]
    return torch.tensor(1.0, dtype=torch.float64) / (1 - sum(saved))


def amdahl_in_place(shares, faster):
    for part, gain in faster.items():
        shares[part] = Fraction(shares[part]) / Fraction(gain)
    return 1 / float(sum(shares.values()))


def mfu_by_hand(config, tokens_per_second, flops_per_second):
    in_blocks = 12 * config.layers * config.width
    weights = in_blocks * config.width + config.vocab_size * config.width
    each = 6 * weights + in_blocks * config.context
    return each * tokens_per_second / flops_per_second


def mfu_of_all_parameters(config, tokens_per_second, flops_per_second):
    """Biases, gains and positions are within one percent."""
    weights = count.parameters(config).total
    each = 6 * weights + 12 * config.layers * config.width * config.context
    return torch.tensor(each * tokens_per_second) / flops_per_second


def enough_by_search(flops, line):
    number, exchange = 1, 116_534_784 * 4 / line
    one = 512 * count.training_flops(GPTConfig()) / flops
    while exchange > 0.1 * (exchange + number * one):
        number += 1
    return number


def enough_in_tensors(flops, line):
    one = torch.tensor(512.0) * count.training_flops(GPTConfig()) / flops
    return (9 * 4 * count.parameters(GPTConfig()).total / line / one).ceil()


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
    return arithmetic if arithmetic > memory else memory


OTHER_WAYS = {
    "fair-race": [race_with_tensors, race_with_one_look_a_job, race_with_sorted],
    "amdahl": [amdahl_with_a_loop, amdahl_by_savings, amdahl_in_place],
    "utilisation": [mfu_by_hand, mfu_of_all_parameters],
    "enough-work": [enough_by_search, enough_in_tensors],
    "roofline": [roof_by_intensity, roof_in_arrays, roof_with_if],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_a_job_that_is_raced_against_itself():
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


def test_other_peoples_mfu_is_what_the_solution_says():
    gpt2 = GPTConfig(vocab_size=50257, context=1024)
    speeds = [(218e3, 312e12), (468e3, 989e12), (107e3, 312e12)]
    answers = [round(ALL["utilisation"].right(gpt2, *speed), 2) for speed in speeds]
    assert answers == [0.60, 0.40, 0.29]
    assert round(600_000 * 491_520 / (4 * 86400) / 8, -3) == 107_000


def test_the_numbers_of_sequences_are_those_of_the_solution():
    answer = ALL["enough-work"].right
    assert answer(0.4 * 989e12, 31.5e9) == 137
    assert answer(100e9, 1e9 / 8) == 9
    busy = 9 * 512 * count.training_flops(GPTConfig()) / 100e9
    assert 30 < busy < 40  # half a minute


def test_the_times_of_the_logits_are_those_of_the_solution():
    def answer(rows, size=4):
        found = ALL["roofline"].right(rows, 768, 40478, size, 100e9, 10e9)
        return round(1e3 * found, 1)

    assert (answer(1), answer(20), answer(40)) == (12.5, 12.8, 24.9)
    assert answer(1, size=2) == 6.2
