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
    return found if machine.looks else "the clock `now` is never read"


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
    verified="a warm-up, jobs in turns, and the median of the ratios, on a machine "
    "that drifts",
    cases=races,
    right=race,
    observe=on_a_machine,
    mistakes="""
        for turn in range(rounds + 1) -> for name, job in jobs.items()
        and for name, job in jobs.items() -> for turn in range(rounds + 1)
            you ran all the rounds of one job and then all of the next. The machine
            drifts in between, so take turns: run every job once in each round
        range(rounds -> range(1, rounds
            there's no warm-up, so each job's slow first run counts. Run every job once
            before you measure
        > 0 -> >= 0
            you ran the warm-up, but you counted it too. Leave its time out
        range(rounds -> range(1, rounds
        and start = now() -> job(); start = now()
            you warmed up before every round. Once is enough, and each extra run makes
            the machine drift more
        statistics.median(t / f for t, f in zip(times, first, strict=True)) \
            -> statistics.median(times) / statistics.median(first)
            this is the ratio of the medians, which may come from different rounds. Take
            the median of the ratios
        median -> fmean
            this is the mean of the ratios, and a single outlier moves it. Take the
            median
        statistics.median -> min
            this is the smallest ratio, which a single lucky round decides. Take the
            median
        t / f for -> f / t for
            your ratios are upside down. Divide each job's time by the first job's time
        t / f for -> t / first[0] for
            you divided every round by the first job's first round. Divide by the first
            job's time in the same round
        first = next(iter(spent.values())) \
            -> before = dict(zip(jobs, [next(iter(spent.values())), *spent.values()]))
        and times, first -> times, before[name]
            you divided by the job before. Divide every job by the first one
        t / f for -> t for
            these are seconds. Return ratios to the first job's time
        in spent.items() -> in list(spent.items())[1:]
            the first job is missing. Include it, with a ratio of 1
        ... -> {}
            you don't look at the clock that you are given. Call `now()`
        rounds + 1 -> rounds + 2
            you counted one round too many. There should be `rounds` of them after the
            warm-up
        t / f for -> f for
            these are the first job's seconds, for every job. Divide each job's own time
            by them
        t / f for -> t * f for
            you multiplied by the first job's time. Divide by it
        t / f for -> t // f for
            your ratios are rounded down to whole numbers, as with //. Divide with /
            instead
        now() - start -> now()
        now() - start -> start
        now() - start -> now() + start
            a job's time is what the clock says after it minus what it said before
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
    verified="the gain of the whole, where parts get faster, get slower or stay the "
    "same",
    cases=gains,
    right=whole_gain,
    mistakes="""
        s / -> s *
        and 1 / new -> new
            you averaged the gains. Add up times instead: a part that becomes 3 times as
            fast takes a third of its time
        1 / new -> new
            this is the new time as a share of the old. The gain is the old time divided
            by the new
        1 / new -> 1 - new
            this is the share of the time that you save. Return how many times as fast
            the whole becomes
        s / -> s *
            a part that is 3 times as fast takes a third of its time, but yours takes 3
            times as long. Divide its share by the gain
        shares.items() -> shares.items() if part in faster
        shares.items() -> shares.items() if part in faster
        and 1 / new -> 1 / new if faster else 1
            the parts that `faster` doesn't name have vanished. They still take as long
            as before
        ... -> sum(shares[part] * gain for part, gain in faster.items()) or 1
            the parts that `faster` doesn't name have vanished, but they still take as
            long as before. Also, add up times, not gains
        ... -> math.prod(whole_gain(shares, {part: faster[part]}) for part in faster)
            you multiplied the gains of the single changes. After each change the whole
            is shorter, so the next part has a larger share of it. Add up the times
            instead
        ... -> math.prod(faster.values())
            you multiplied the gains as if each part were the whole. Add up the times of
            the parts instead
        ... -> 1 / max(1e-9, 1 - sum(shares[part] for part in faster))
            a part that is 3 times as fast still takes a third of its time, but yours
            takes none. Divide its share by the gain
        ... -> 1
            your gain is always 1. Divide each share by how many times as fast that part
            becomes
        1 / new -> 1 // new
            you rounded the gain down. It needn't be a whole number, so divide with /
        s / faster -> faster
            you left out the shares. The new time of a part is its share divided by its
            gain
        s / faster.get(part, 1) -> faster.get(part, 1) / s
            the new time of a part is upside down. It's the share divided by the gain
        1 / new -> 2 / new
            your gains are twice too large. The shares add up to 1, so the old time is 1
        1 / new -> 0 / new
            your gain is always 0. Where nothing changes, it should be 1
        part, 1 -> part, 2
            you made the parts that `faster` doesn't name twice as fast. They should
            stay as they were
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
    verified="the MFU of three models, to within one percent",
    cases=speeds,
    right=utilisation,
    tolerance=0.01,
    mistakes="""
        training_flops(config) -> flops(config).total
            this is the forward pass alone. Training takes three times as many FLOPs
        used = -> used = -12 * config.layers * config.width * config.context \
            * tokens_per_second +
            you left out the scores. Attention adds 12 n d T FLOPs for each token
        used = -> used = 6 * (config.vocab_size + config.context) * config.width \
            * tokens_per_second +
            you counted the embedding's look-up as a matrix product, so your result is
            too high. A look-up computes nothing
        used = -> used = -6 * config.vocab_size * config.width * tokens_per_second +
            you left out the logits. At the output, the token embedding is multiplied by
            the state, so it belongs to N
        used = -> used = -6 * config.layers * config.width * config.context \
            * tokens_per_second +
            you left out half of the scores, those that the mask hides. In this
            convention they all count, 12 n d T
        training_flops(config) -> training_flops(GPTConfig())
            you used GPT-1's FLOPs for every model. Use those of `config`
        return used -> return 100 * used
            these are percentages. Return a share, where 1 means all of it
        used / flops_per_second -> flops_per_second / used
            the ratio is upside down. Divide what is used by what the machine could do
        return used -> return config.context * used
            you multiplied by the context. The speed is already in tokens, not in
            sequences
        / flops_per_second ->
            these are the FLOPs a second that are used. Divide them by the most that the
            machine could do
        * tokens_per_second ->
            you left out the speed, so these are the FLOPs of a single token. Multiply
            them by the tokens a second
        count.training_flops(config) * ->
            you left out the FLOPs of a token, so these are only tokens a second.
            Multiply by the FLOPs of one token
        * tokens_per_second -> / tokens_per_second
            you divided by the tokens a second. Multiply by them, because every token
            takes its own FLOPs
        return used / -> return
            this is what the machine could do. Divide the FLOPs a second that are used
            by it
        used / -> used *
            you multiplied by what the machine could do. Divide by it
        used / -> used //
            your share is always 0, as if rounded down. Divide with / instead
    """,
)

# Enough work between two exchanges.


def sequences_needed(flops, line):
    exchange = 4 * count.parameters(GPTConfig()).total / line
    one = 512 * count.training_flops(GPTConfig()) / flops
    return math.ceil(9 * exchange / one)


ENOUGH = Exercise(
    name="enough-work",
    verified="the smallest number that is enough, for four pairs of machine and line",
    cases=lambda: [
        (1e12, 10e9),
        (100e9, 125e6),
        (20e12, 125e6),
        (0.4 * 989e12, 31.5e9),
    ],
    right=sequences_needed,
    mistakes="""
        9 * -> 10 *
            you made computing take ten times as long as the exchange. A tenth of the
            whole for the exchange leaves nine tenths, so take nine times as long
        math.ceil ->
            you can't compute a part of a sequence. Round up to a whole number
        ceil -> floor
            you rounded down, so the exchange takes more than a tenth. Round up
        math.ceil -> round
            you rounded to the nearest number, so the exchange may take more than a
            tenth. Round up
        4 * -> 2 * 4 *
            you counted the gradient twice. With two processes, each sends its bytes
            only once, since 2 (n - 1) / n is 1
        4 * ->
            you sent one byte for each parameter. A gradient in float32 takes 4 bytes
        4 * -> 8 * 4 *
            you treated the bytes of the line as bits. `line` is already in bytes a
            second
        / line -> / (8 * line)
            you turned the bytes of the line into bits. The gradient is in bytes too, so
            leave them as they are
        512 * ->
            you counted tokens. A sequence has 512 of them
        training_flops(GPTConfig()) -> flops(GPTConfig()).total
            this is the forward pass alone. Training takes three times as many FLOPs
        / one -> / one / 2
            you shared the number between the two processes. *Each* of them has to
            compute that many
        9 * -> 0.9 *
            you used nine tenths of the exchange's time. Computing takes nine tenths of
            the whole, which is nine times the exchange's tenth
        9 * -> 1 / 9 *
            you made computing take a ninth of the exchange's time. It should take nine
            times as long
        9 * ->
            your exchange takes half of the time. It should take a tenth, so computing
            should take nine times as long
        9 * -> 8 *
            computing for eight times as long leaves the exchange a ninth of the whole.
            It should be a tenth, so take nine times as long
        / line ->
        / line -> * line
        4 * count.parameters(GPTConfig()).total / line -> line
            the time of an exchange should be the bytes of the gradient divided by the
            bytes a second of `line`
        512 * count.training_flops(GPTConfig()) -> 512
            the seconds of a sequence are missing the FLOPs of a token. Multiply 512 by
            them, then divide by the FLOPs a second
        ... -> 1
            your answer is always 1, as if an exchange took hardly any time compared
            with a sequence. Check that both are in seconds
        / line -> // line
            you rounded the seconds of an exchange down, as with //. Divide with /
            instead
        4 * count.parameters(GPTConfig()).total / line \
            -> line / (4 * count.parameters(GPTConfig()).total)
            the seconds of an exchange are upside down. Divide the bytes by the bytes a
            second
        / one ->
            this is nine times the exchange, in seconds. Divide it by the seconds of one
            sequence
        9 * exchange / one -> one
        9 * exchange -> 9
        9 * exchange / one -> 9 * exchange * one
            the number of sequences should be nine exchanges' time divided by the time
            of one sequence
    """,
)

# Under the roof.


def least_seconds(rows, inputs, outputs, size, rate, band):
    flops = 2 * rows * inputs * outputs
    numbers = rows * inputs + inputs * outputs + rows * outputs
    return max(flops / rate, size * numbers / band)


ROOF = Exercise(
    name="roofline",
    verified="the least time for eight layers, on both sides of the roof's edge",
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
            you added the two times. Arithmetic and memory work at the same time, so
            wait only for the slower one
        max -> min
            you took the faster of the two times. You have to wait for the slower one
        2 * ->
            you counted a multiplication and an addition as one FLOP. They are two
        + inputs * outputs ->
            you left out the matrix. It has to be read too, and it makes up most of the
            bytes
        rows * inputs + inputs * outputs + rows * outputs -> inputs * outputs
            you moved only the matrix. The states have to be read and the results
            written too
        + rows * outputs ->
            you left out the result. It has to be written too, rows times outputs
            numbers
        rows * inputs + ->
            you left out the states. They have to be read too, rows times inputs numbers
        + inputs * outputs -> + rows * inputs * outputs
            you read the matrix again for each row. It is read once, and all rows use it
        size * ->
            you counted numbers, not bytes. Each number takes `size` bytes
        size * -> 4 *
            you gave every number 4 bytes. Use `size` instead
        size * -> size / 8 *
            you divided `size` by 8, as if it were in bits. It is in bytes
        max(flops / rate, size * numbers / band) \
            -> min(rate, flops / (size * numbers) * band)
            this is the height of the roof, in FLOPs a second. Divide the FLOPs by it to
            get the time
        max(flops / rate, size * numbers / band) -> flops / rate
            this is the time of the arithmetic alone. Memory may be slower, so take the
            larger of the two times
        max(flops / rate, size * numbers / band) -> size * numbers / band
            this is the time of the memory alone. Arithmetic may be slower, so take the
            larger of the two times
        = 2 * rows * inputs * outputs -> = 2 * rows * inputs
        = 2 * rows * inputs * outputs -> = 2 * rows * outputs
        = 2 * rows -> = 2
        = 2 * rows * -> =
        = 2 * rows * inputs * -> =
        = 2 * rows * inputs * outputs -> = 2 * rows * inputs / outputs
        = 2 * rows * inputs -> = 2 * rows / inputs
        = 2 * -> = 2 /
            you miscounted the FLOPs. Each of the rows x outputs results is a sum of
            `inputs` products, and each product takes two FLOPs
        = rows * inputs -> = rows
        = rows * inputs -> = inputs
        = rows * inputs -> = rows / inputs
        + inputs * outputs -> + inputs
        + inputs * outputs -> + outputs
        + inputs * outputs -> + inputs / outputs
        + rows * outputs -> + rows
        + rows * outputs -> + outputs
        + rows * outputs -> + rows / outputs
            you miscounted the numbers of a matrix. Each of the three has the product of
            its two sizes
        + inputs * outputs -> - inputs * outputs
        + rows * outputs -> - rows * outputs
            you subtracted the numbers of one matrix. All three matrices are moved, so
            add up their numbers
        rows * inputs + inputs * outputs + ->
            you moved only the result. The states and the matrix have to be read too
        flops / rate -> flops
        size * numbers / band -> size * numbers
            you compared something that isn't a time. Divide the FLOPs by `rate` and the
            bytes by `band`, so that both are seconds
        flops / rate -> rate
        size * numbers / band -> band
            you used a rate as a time. Divide the work by it: the FLOPs by `rate`, and
            the bytes by `band`
        flops / rate -> flops * rate
        numbers / band -> numbers * band
            you multiplied by a rate. Divide by it to get seconds
        flops / rate -> rate / flops
        size * numbers / band -> band / (size * numbers)
            one of the times is upside down. Divide the work by the rate
        flops / rate -> flops // rate
        numbers / band -> numbers // band
            one of the two times is rounded down to whole seconds, as with //. Divide
            with / instead
    """,
)


EXERCISES = (RACE, AMDAHL, MFU, ENOUGH, ROOF)
