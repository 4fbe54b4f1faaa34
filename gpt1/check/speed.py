"""Exercises about training faster: measuring, and what a change brings.

Those about the limits of machines are in `speed_limits.py`.
"""

import math
from statistics import fmean, median
from time import perf_counter

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.speed_limits import ENOUGH, MFU, ROOF

# A fair race.


class Machine:
    """A clock in a machine that gets slower, and whose runs are not all alike.

    A job's first run takes five times as long as it should, and some later ones half
    as long again or more.
    """

    PACES = (5.0, 1.0, 1.6, 1.1, 1.0, 2.5, 1.3, 1.0)

    def __init__(self):
        self.seconds, self.pace, self.runs, self.looks = 0.0, 1.0, {}, 0

    def work(self, name, amount):
        run = self.runs[name] = self.runs.get(name, -1) + 1
        moved = run + len(name) if run else 0
        self.seconds += amount * self.pace * self.PACES[moved % len(self.PACES)]
        self.pace *= 1.04

    def now(self):
        self.looks += 1
        return self.seconds


def on_a_machine(answer, rounds, amounts):
    """What an answer says of jobs that take so many seconds on a new machine."""
    machine = Machine()
    jobs = {
        name: lambda name=name, amount=amount: machine.work(name, amount)
        for name, amount in amounts.items()
    }
    found = answer(jobs, rounds, machine.now)
    return found if machine.looks else "nobody looks at the clock `now`"


def races():
    return [
        (f"jobs of {amounts} seconds, {rounds} rounds, on a drifting machine:", case)
        for rounds, amounts in (
            (1, {"a": 10.0, "bb": 20.0}),
            (3, {"a": 10.0, "bb": 10.0}),
            (5, {"aaa": 7.0, "b": 14.0, "cc": 3.5}),
        )
        for case in [(rounds, amounts)]
    ]


def timed(job, now):
    start = now()
    job()
    return now() - start


def in_turns(jobs, rounds, now):
    spent = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            spent[name].append(timed(job, now))
    return spent


def warm(jobs, rounds, now):
    in_turns(jobs, 1, now)
    return in_turns(jobs, rounds, now)


def in_blocks(jobs, rounds, now):
    return {name: warm({name: job}, rounds, now)[name] for name, job in jobs.items()}


def warm_each_time(jobs, rounds, now):
    spent = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            job()
            spent[name].append(timed(job, now))
    return spent


def ratios(times, first):
    return median(t / f for t, f in zip(times, first, strict=True))


def raced(spend, tell=ratios):
    """An answer: how time is taken, and what is told of a job and the first one."""

    def answer(jobs, rounds, now):
        spent = spend(jobs, rounds, now)
        first = next(iter(spent.values()))
        return {name: tell(times, first) for name, times in spent.items()}

    return answer


def beside_the_one_before(jobs, rounds, now):
    spent = list(warm(jobs, rounds, now).values())
    before = [spent[0], *spent]
    return {
        name: ratios(times, earlier)
        for name, times, earlier in zip(jobs, spent, before, strict=False)
    }


def all_but_the_first(jobs, rounds, now):
    found = raced(warm)(jobs, rounds, now)
    del found[next(iter(jobs))]
    return found


RACE = Exercise(
    name="fair-race",
    verified="warm-up, turns and the median of the ratios, on a machine that drifts",
    cases=races,
    right=raced(warm),
    observe=on_a_machine,
    mistakes=(
        Mistake(
            "you run all rounds of one job, then all of the next: the machine has "
            "drifted in between; take turns",
            raced(in_blocks),
        ),
        Mistake(
            "there is no warm-up: each job's first run counts",
            raced(in_turns),
        ),
        Mistake(
            "the warm-up is run, but it counts: leave its time out",
            raced(lambda jobs, rounds, now: in_turns(jobs, rounds + 1, now)),
        ),
        Mistake(
            "you warm up before every round; once is enough, and it makes the machine "
            "drift more",
            raced(warm_each_time),
        ),
        Mistake(
            "this is the ratio of the medians: they may come from different rounds; "
            "take the median of the ratios",
            raced(warm, lambda times, first: median(times) / median(first)),
        ),
        Mistake(
            "this is the mean of the ratios: one outlier moves it; take the median",
            raced(
                warm,
                lambda times, first: fmean(
                    t / f for t, f in zip(times, first, strict=True)
                ),
            ),
        ),
        Mistake(
            "this is the smallest ratio, which one lucky round decides; take the "
            "median",
            raced(
                warm,
                lambda times, first: min(
                    t / f for t, f in zip(times, first, strict=True)
                ),
            ),
        ),
        Mistake(
            "the ratios are upside down: divide a job's time by the first job's",
            raced(warm, lambda times, first: ratios(first, times)),
        ),
        Mistake(
            "every round is divided by the first job's first round; take the same "
            "round",
            raced(warm, lambda times, first: median(times) / first[0]),
        ),
        Mistake(
            "you divide by the job before; the first job is the measure of all",
            beside_the_one_before,
        ),
        Mistake(
            "these are seconds; ratios to the first job are asked for",
            raced(warm, lambda times, first: median(times)),
        ),
        Mistake(
            "the first job is missing; its ratio is 1",
            all_but_the_first,
        ),
        Mistake(
            "you do not look at the clock that is given: call `now()`",
            lambda jobs, rounds, now: raced(warm)(jobs, rounds, perf_counter),
        ),
    ),
)


# Amdahl.


def whole_gain(shares, faster):
    return 1 / sum(share / faster.get(part, 1) for part, share in shares.items())


def gains():
    shares = {"attention": 0.3, "feed-forward": 0.4, "rest": 0.3}
    return [
        (shares, {"attention": 3.0}),
        (shares, {}),
        ({"products": 0.6, "rest": 0.4}, {"products": 0.5}),
        (shares, {"attention": 3.0, "feed-forward": 8.0}),
        (shares, {"attention": 2.0, "feed-forward": 2.0, "rest": 2.0}),
    ]


def each_alone(shares, faster):
    return math.prod(whole_gain(shares, {part: faster[part]}) for part in faster)


def gain_left(shares, faster):
    """The speed-ups weighed by the shares, where nothing stays as it was."""
    return sum(shares[part] * gain for part, gain in faster.items()) or 1.0


AMDAHL = Exercise(
    name="amdahl",
    verified="the gain of the whole, where parts get faster, slower or stay",
    cases=gains,
    right=whole_gain,
    mistakes=(
        Mistake(
            "you averaged the gains; times add up, gains do not: what becomes 3 times "
            "as fast takes a third of its time",
            lambda shares, faster: sum(
                share * faster.get(part, 1) for part, share in shares.items()
            ),
        ),
        Mistake(
            "this is the new time, as a share of the old; the gain is the old by the "
            "new",
            lambda shares, faster: 1 / whole_gain(shares, faster),
        ),
        Mistake(
            "this is the share of the time that is saved; asked is how many times as "
            "fast the whole is",
            lambda shares, faster: 1 - 1 / whole_gain(shares, faster),
        ),
        Mistake(
            "a part that is 3 times as fast takes a third of its time; yours takes 3 "
            "times as long",
            lambda shares, faster: (
                1 / sum(share * faster.get(part, 1) for part, share in shares.items())
            ),
        ),
        Mistake(
            "what `faster` does not name has vanished; it takes its time as before",
            lambda shares, faster: (
                1 / sum(shares[part] / gain for part, gain in faster.items())
            ),
        ),
        Mistake(
            "what `faster` does not name has vanished; it takes its time as before",
            lambda shares, faster: (
                1 / sum(shares[part] / gain for part, gain in faster.items())
                if faster
                else 1.0
            ),
        ),
        Mistake(
            "what `faster` does not name has vanished; it takes its time as before. "
            "And times add up, gains do not",
            gain_left,
        ),
        Mistake(
            "you multiplied the gains of each change made alone; each leaves a shorter "
            "whole, in which the next part has a larger share",
            each_alone,
        ),
        Mistake(
            "you multiplied the gains as if each part were the whole",
            lambda shares, faster: math.prod(faster.values()),
        ),
        Mistake(
            "a part that is 3 times as fast still takes a third of its time; yours "
            "takes none",
            lambda shares, faster: (
                1 / max(1e-9, 1 - sum(shares[part] for part in faster))
            ),
        ),
    ),
)


EXERCISES = (RACE, AMDAHL, MFU, ENOUGH, ROOF)
