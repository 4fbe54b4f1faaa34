"""Exercises about training faster: measuring, gains, and the limits of machines."""

import math
import statistics

from gpt1 import count
from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig

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
    amounts = {"a": 10.0, "bb": 20.0}, {"a": 10.0, "bb": 10.0}
    three = {"aaa": 7.0, "b": 14.0, "cc": 3.5}
    return [
        (f"jobs of {jobs} seconds, {rounds} rounds, on a drifting machine:", case)
        for rounds, jobs in ((1, amounts[0]), (3, amounts[1]), (5, three))
        for case in [(rounds, jobs)]
    ]


def race(jobs, rounds, now):
    spent = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            start = now()
            job()
            if turn > 0:
                spent[name].append(now() - start)
    first = next(iter(spent.values()))
    return {
        name: statistics.median(t / f for t, f in zip(times, first, strict=True))
        for name, times in spent.items()
    }


RACE = Exercise(
    name="fair-race",
    verified="warm-up, turns and the median of the ratios, on a machine that drifts",
    cases=races,
    right=race,
    observe=on_a_machine,
    mistakes="""
        for turn in range(rounds + 1) -> for name, job in jobs.items()
        and for name, job in jobs.items() -> for turn in range(rounds + 1)
            you run all rounds of one job, then all of the next: the machine has drifted
            in between; take turns
        range(rounds -> range(1, rounds
            there is no warm-up: each job's first run counts
        > 0 -> >= 0
            the warm-up is run, but it counts: leave its time out
        range(rounds -> range(1, rounds
        and start = now() -> job(); start = now()
            you warm up before every round; once is enough, and it makes the machine
            drift more
        statistics.median(t / f for t, f in zip(times, first, strict=True)) \
            -> statistics.median(times) / statistics.median(first)
            this is the ratio of the medians: they may come from different rounds; take
            the median of the ratios
        median -> fmean
            this is the mean of the ratios: one outlier moves it; take the median
        statistics.median -> min
            this is the smallest ratio, which one lucky round decides; take the median
        t / f for -> f / t for
            the ratios are upside down: divide a job's time by the first job's
        t / f for -> t / first[0] for
            every round is divided by the first job's first round; take the same round
        first = next(iter(spent.values())) \
            -> before = dict(zip(jobs, [next(iter(spent.values())), *spent.values()]))
        and times, first -> times, before[name]
            you divide by the job before; the first job is the measure of all
        t / f for -> t for
            these are seconds; ratios to the first job are asked for
        in spent.items() -> in list(spent.items())[1:]
            the first job is missing; its ratio is 1
        ... -> {}
            you do not look at the clock that is given: call `now()`
        rounds + 1 -> rounds + 2
            one round too many counts: after the warm-up there are `rounds` of them
        t / f for -> f for
            these are the first job's seconds, for every job; they divide the job's own
        t / f for -> t * f for
            you multiplied by the first job's time; divide by it
        t / f for -> t // f for
            your ratios are rounded down to whole numbers, as by // in place of /
        now() - start -> now()
        now() - start -> start
        now() - start -> now() + start
            a job takes what the clock says after it, less what it said before
    """,
)

# Amdahl.


def whole_gain(shares, faster):
    new = sum(s / faster.get(part, 1) for part, s in shares.items())
    return 1 / new


def gains():
    shares = {"attention": 0.3, "feed-forward": 0.4, "rest": 0.3}
    return [
        (shares, {"attention": 3.0}),
        (shares, {}),
        ({"products": 0.6, "rest": 0.4}, {"products": 0.5}),
        (shares, {"attention": 3.0, "feed-forward": 8.0}),
        (shares, {"attention": 2.0, "feed-forward": 2.0, "rest": 2.0}),
    ]


AMDAHL = Exercise(
    name="amdahl",
    verified="the gain of the whole, where parts get faster, slower or stay",
    cases=gains,
    right=whole_gain,
    mistakes="""
        s / -> s *
        and 1 / new -> new
            you averaged the gains; times add up, gains do not: what becomes 3 times as
            fast takes a third of its time
        1 / new -> new
            this is the new time, as a share of the old; the gain is the old by the new
        1 / new -> 1 - new
            this is the share of the time that is saved; asked is how many times as fast
            the whole is
        s / -> s *
            a part that is 3 times as fast takes a third of its time; yours takes 3
            times as long
        shares.items() -> shares.items() if part in faster
        shares.items() -> shares.items() if part in faster
        and 1 / new -> 1 / new if faster else 1
            what `faster` does not name has vanished; it takes its time as before
        ... -> sum(shares[part] * gain for part, gain in faster.items()) or 1
            what `faster` does not name has vanished; it takes its time as before. And
            times add up, gains do not
        ... -> math.prod(whole_gain(shares, {part: faster[part]}) for part in faster)
            you multiplied the gains of each change made alone; each leaves a shorter
            whole, in which the next part has a larger share
        ... -> math.prod(faster.values())
            you multiplied the gains as if each part were the whole
        ... -> 1 / max(1e-9, 1 - sum(shares[part] for part in faster))
            a part that is 3 times as fast still takes a third of its time; yours takes
            none
        ... -> 1
            your gain is always 1: divide each share by how many times as fast it is
        1 / new -> 1 // new
            a gain need not be whole: yours is rounded down
        s / faster -> faster
            the shares are missing: a part takes its share of the time, by its gain
        s / faster.get(part, 1) -> faster.get(part, 1) / s
            a part's new time is upside down: it is its share by its gain
        1 / new -> 2 / new
            your gains are twice too large: all shares together are 1, the old time
        1 / new -> 0 / new
            your gain is always 0; where nothing changes it is 1
        part, 1 -> part, 2
            what `faster` does not name is twice as fast in yours; it stays as it was
    """,
)

# Other people's MFU.


def utilisation(config, tokens_per_second, flops_per_second):
    used = count.training_flops(config) * tokens_per_second
    return used / flops_per_second


def speeds():
    gpt2 = GPTConfig(vocab_size=50257, context=1024)
    wide = GPTConfig(vocab_size=30000, context=512, width=1024, heads=16, layers=24)
    gpt1 = "GPT-1, 100,000 tokens and 250e12 FLOPs a second:"
    return [
        (gpt1, (GPTConfig(), 1e5, 250e12)),
        ("GPT-2, 218,000 tokens and 312e12 FLOPs a second:", (gpt2, 218e3, 312e12)),
        ("a wider GPT, 5,000 tokens and 100e12 FLOPs:", (wide, 5e3, 100e12)),
    ]


MFU = Exercise(
    name="utilisation",
    verified="the MFU of three models, to one percent of it",
    cases=speeds,
    right=utilisation,
    tolerance=0.01,
    mistakes="""
        training_flops(config) -> flops(config).total
            this is the forward pass alone: training is three times that
        used = -> used = -12 * config.layers * config.width * config.context \
            * tokens_per_second +
            the scores are missing: attention adds 12 n d T for each token
        used = -> used = 6 * (config.vocab_size + config.context) * config.width \
            * tokens_per_second +
            the look-up of the embedding counts as a product in yours: it is too high by
            what nobody computes
        used = -> used = -6 * config.vocab_size * config.width * tokens_per_second +
            the logits are missing: at the output the token embedding multiplies, so it
            belongs to N
        used = -> used = -6 * config.layers * config.width * config.context \
            * tokens_per_second +
            half of the scores are missing, those that the mask hides; in this
            convention all count, 12 n d T
        training_flops(config) -> training_flops(GPTConfig())
            these are GPT-1's FLOPs for every model: count those of `config`
        return used -> return 100 * used
            these are percent; a share is asked for, 1 being all
        used / flops_per_second -> flops_per_second / used
            the ratio is upside down: what is computed, by what could be
        return used -> return config.context * used
            you multiplied by the context: the speed is in tokens already, not in
            sequences
        / flops_per_second ->
            these are the FLOPs a second that are used; divide by the best
        * tokens_per_second ->
            the speed is missing: these are the FLOPs of one token, by the best
        count.training_flops(config) * ->
            the FLOPs of a token are missing: these are tokens a second, by the best
        * tokens_per_second -> / tokens_per_second
            you divided by the tokens a second; each of them takes its FLOPs
        return used / -> return
            these are the FLOPs a second that could be; divide those used by them
        used / -> used *
            you multiplied by the best; what is used is divided by it
        used / -> used //
            your share is always 0, as if it were rounded down
    """,
)

# Enough work between two exchanges.


def sequences_needed(flops, line):
    exchange = 4 * count.parameters(GPTConfig()).total / line
    one = 512 * count.training_flops(GPTConfig()) / flops
    return math.ceil(9 * exchange / one)


ENOUGH = Exercise(
    name="enough-work",
    verified="the least number for four machines and lines",
    cases=lambda: [
        (1e12, 10e9),
        (100e9, 125e6),
        (20e12, 125e6),
        (0.4 * 989e12, 31.5e9),
    ],
    right=sequences_needed,
    mistakes="""
        9 * -> 10 *
            you let the computing take ten times as long as the exchange; a tenth of the
            whole leaves nine tenths for it
        math.ceil ->
            a part of a sequence cannot be computed: round up
        ceil -> floor
            you rounded down: with that many the exchange takes more than a tenth
        math.ceil -> round
            you rounded to the nearest: round up, or the exchange may take more than a
            tenth
        4 * -> 2 * 4 *
            the gradient counts twice in yours; with two processes each sends its bytes
            once, 2 (n - 1) / n of them
        4 * ->
            you sent a byte for each parameter; a gradient in float32 has 4
        4 * -> 8 * 4 *
            you took the line's bytes for bits; `line` is in bytes a second
        / line -> / (8 * line)
            you turned the line's bytes into bits; the gradient is in bytes too
        512 * ->
            these are tokens; a sequence has 512 of them
        training_flops(GPTConfig()) -> flops(GPTConfig()).total
            this is the forward pass alone: training takes three times its FLOPs
        / one -> / one / 2
            you shared the number between the two; *each* has to compute so many
        9 * -> 0.9 *
            nine tenths of the exchange's time are too little: computing takes nine
            tenths of the whole, nine times as long
        9 * -> 1 / 9 *
            computing takes a ninth of the exchange's time in yours; it has to take nine
            times as long
        9 * ->
            the exchange takes half of the time in yours, not a tenth
        9 * -> 8 *
            eight times the exchange leaves it a ninth of the whole; a tenth is asked
        / line ->
        / line -> * line
        4 * count.parameters(GPTConfig()).total / line -> line
            an exchange takes the bytes of the gradient, by the bytes a second of `line`
        512 * count.training_flops(GPTConfig()) -> 512
            the FLOPs of a token are missing in the seconds of a sequence
        ... -> 1
            your answer is always 1, as if an exchange took next to no time beside one
            sequence; are both in seconds?
        / line -> // line
            the seconds of an exchange are rounded down in yours, as by //
        4 * count.parameters(GPTConfig()).total / line \
            -> line / (4 * count.parameters(GPTConfig()).total)
            the seconds of an exchange are upside down: bytes, by bytes a second
        / one ->
            this is nine times the exchange, in seconds; how many sequences fill it?
        9 * exchange / one -> one
        9 * exchange -> 9
        9 * exchange / one -> 9 * exchange * one
            the time to be filled, nine exchanges, is divided by that of one sequence
    """,
)

# Under the roof.


def least_seconds(rows, inputs, outputs, size, rate, band):
    flops = 2 * rows * inputs * outputs
    numbers = rows * inputs + inputs * outputs + rows * outputs
    return max(flops / rate, size * numbers / band)


ROOF = Exercise(
    name="roofline",
    verified="the least time of eight layers, on both sides of the roof's edge",
    cases=lambda: [
        (1, 3, 5, 4, 1e9, 1e9),
        (7, 3, 5, 4, 1e9, 1e9),
        (2, 3, 5, 2, 1e12, 5e9),
        (50, 30, 20, 4, 2e9, 1e9),
        (1, 768, 40478, 4, 100e9, 10e9),
        (64, 768, 40478, 4, 100e9, 10e9),
        (7, 3, 5, 4, 1e2, 1e9),
        (7, 3, 5, 4, 1e9, 1e2),
    ],
    right=least_seconds,
    mistakes="""
        max(flops / rate, size * numbers / band) -> flops / rate + size * numbers / band
            you added the two times; arithmetic and memory work at once, and the slower
            one is what you wait for
        max -> min
            you took the faster of the two; the slower one is what you wait for
        2 * ->
            a multiply and an add are two FLOPs; you counted one
        + inputs * outputs ->
            the matrix is not moved in yours; it is what most of the bytes are
        rows * inputs + inputs * outputs + rows * outputs -> inputs * outputs
            only the matrix is moved in yours; states are read and results written too
        + rows * outputs ->
            the result is not written in yours: rows times outputs numbers
        rows * inputs + ->
            the states are not read in yours: rows times inputs numbers
        + inputs * outputs -> + rows * inputs * outputs
            the matrix is read anew for each row in yours; it is read once, and all rows
            use it
        size * ->
            you counted numbers, not bytes: each has `size` of them
        size * -> 4 *
            every number has 4 bytes in yours; it has `size`
        size * -> size / 8 *
            you divided `size` by 8, as if it were bits; it is in bytes
        max(flops / rate, size * numbers / band) \
            -> min(rate, flops / (size * numbers) * band)
            this is the height of the roof, in FLOPs a second; divide the FLOPs by it
        max(flops / rate, size * numbers / band) -> flops / rate
            this is the time of the arithmetic alone; memory may be slower
        max(flops / rate, size * numbers / band) -> size * numbers / band
            this is the time of the bytes alone; arithmetic may be slower
        = 2 * rows * inputs * outputs -> = 2 * rows * inputs
        = 2 * rows * inputs * outputs -> = 2 * rows * outputs
        = 2 * rows -> = 2
        = 2 * rows * -> =
        = 2 * rows * inputs * -> =
        = 2 * rows * inputs * outputs -> = 2 * rows * inputs / outputs
        = 2 * rows * inputs -> = 2 * rows / inputs
        = 2 * -> = 2 /
            each of rows x outputs results sums up `inputs` products, of two FLOPs each
        = rows * inputs -> = rows
        = rows * inputs -> = inputs
        = rows * inputs -> = rows / inputs
        + inputs * outputs -> + inputs
        + inputs * outputs -> + outputs
        + inputs * outputs -> + inputs / outputs
        + rows * outputs -> + rows
        + rows * outputs -> + outputs
        + rows * outputs -> + rows / outputs
            each of the three matrices has its two sizes multiplied as numbers; in yours
            one of them has fewer
        + inputs * outputs -> - inputs * outputs
        + rows * outputs -> - rows * outputs
            all three matrices are moved, and their numbers add up; you took one away
        rows * inputs + inputs * outputs + ->
            only the result is moved in yours; states and matrix are read too
        flops / rate -> flops
        size * numbers / band -> size * numbers
            FLOPs by `rate` are seconds, and so are bytes by `band`; compare seconds
        flops / rate -> rate
        size * numbers / band -> band
            a rate is no time: work is divided by it, FLOPs by `rate`, bytes by `band`
        flops / rate -> flops * rate
        numbers / band -> numbers * band
            you multiplied by how much is done a second; divide by it
        flops / rate -> rate / flops
        size * numbers / band -> band / (size * numbers)
            a time is upside down: the work is divided by how much is done a second
        flops / rate -> flops // rate
        numbers / band -> numbers // band
            one of the two times is rounded down to whole seconds, as by // in place of
            /
    """,
)


EXERCISES = (RACE, AMDAHL, MFU, ENOUGH, ROOF)
