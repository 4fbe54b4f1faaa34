"""Exercises about training: its schedules and its decay.

Those about gradients are in `training_gradients.py`.
"""

import math

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.training_gradients import CLIP, COMBINED, ESTIMATE_ERROR
from gpt1.train.optimizer import schedule

# The schedule of fine-tuning: up and down in straight lines.


def linear(x, w):
    return min(x / w, 1) * (1 - x)


LINEAR = Exercise(
    name="linear-schedule",
    verified="in the warm-up, at its end, after it, and 0 at both ends of the run",
    cases=lambda: [
        (0.5, 0.25),
        (0.125, 0.25),
        (0.24, 0.25),
        (0.25, 0.25),
        (0.0, 0.25),
        (1.0, 0.25),
        (0.001, 0.002),
        (0.002, 0.002),
    ],
    right=linear,
    mistakes=(
        Mistake(
            "in the warm-up the factor 1 - x is missing: the fall begins with the run, "
            "not where the warm-up ends",
            lambda x, w: x / w if x < w else 1 - x,
        ),
        Mistake(
            "in the warm-up the factor 1 - x is missing: the fall begins with the run, "
            "not where the warm-up ends",
            lambda x, w: x / w if x <= w else 1 - x,
        ),
        Mistake(
            "your fall begins at 1 where the warm-up ends; asked is the one that has "
            "been falling since the start of the run",
            lambda x, w: min(x / w, (1 - x) / (1 - w)),
        ),
        Mistake(
            "you took the smaller of rise and fall; in the warm-up their product is "
            "asked for",
            lambda x, w: min(x / w, 1 - x),
        ),
        Mistake(
            "your rise never ends: after the warm-up its factor stays at 1",
            lambda x, w: x / w * (1 - x),
        ),
        Mistake(
            "it rises and then stays: the fall is missing",
            lambda x, w: min(x / w, 1),
        ),
        Mistake(
            "it falls from the start: the rise is missing",
            lambda x, w: 1 - x,
        ),
        Mistake(
            "this is a cosine; asked is a straight fall",
            lambda x, w: (
                x / w if x < w else (1 + math.cos(math.pi * (x - w) / (1 - w))) / 2
            ),
        ),
    ),
)


# The updates that halve a weight.


def half_life(rate, decay):
    return math.log(0.5) / math.log1p(-rate * decay)


GROWS = (
    "each update multiplies the weight by 1 - rate x decay; times 1 + rate x decay "
    "it would grow"
)

HALF_LIFE = Exercise(
    name="half-life",
    verified="for a fast decay, a usual one, and GPT-1's",
    cases=lambda: [(0.5, 0.8), (0.1, 0.5), (0.01, 0.1), (2.5e-4, 0.01)],
    right=half_life,
    mistakes=(
        Mistake(
            "close for gentle decays only: you took the logarithm of 1 - rate x decay "
            "for - rate x decay",
            lambda rate, decay: math.log(2) / (rate * decay),
        ),
        Mistake(
            "you took the same amount away each time; an update takes a share of what "
            "is left",
            lambda rate, decay: 0.5 / (rate * decay),
        ),
        Mistake(
            "this many updates leave about 37%, which is 1 / e; a half is asked for",
            lambda rate, decay: 1 / (rate * decay),
        ),
        Mistake(
            "the learning rate is missing: it multiplies the decay, too",
            lambda rate, decay: math.log(0.5) / math.log1p(-decay),
        ),
        Mistake(
            "the decay is missing: you used the learning rate alone",
            lambda rate, decay: math.log(0.5) / math.log1p(-rate),
        ),
        Mistake(
            "a number of updates is positive: turn the sign",
            lambda rate, decay: -half_life(rate, decay),
        ),
        Mistake(
            GROWS,
            lambda rate, decay: math.log(2) / math.log1p(rate * decay),
        ),
        Mistake(
            GROWS,
            lambda rate, decay: math.log(0.5) / math.log1p(rate * decay),
        ),
        Mistake(
            "the ratio is upside down: the logarithm of a half, by that of what one "
            "update leaves",
            lambda rate, decay: 1 / half_life(rate, decay),
        ),
        Mistake(
            "this is a whole number of updates; give the fraction too",
            lambda rate, decay: math.ceil(half_life(rate, decay)),
        ),
        Mistake(
            "this is a whole number of updates; give the fraction too",
            lambda rate, decay: math.floor(half_life(rate, decay)),
        ),
        Mistake(
            "this is a whole number of updates; give the fraction too",
            lambda rate, decay: round(half_life(rate, decay)),
        ),
        Mistake(
            "the float32 number next to 1 - 0.0000025 is 2% off in what it takes away: "
            "use Python's floats, or log1p",
            lambda rate, decay: (
                math.log(0.5) / torch.log(torch.tensor(1 - rate * decay)).item()
            ),
        ),
    ),
)


# The schedule that decides late when to end.


def trapezoid(step, total, warmup, cooldown):
    return of_three((step + 1) / warmup, (total - step) / cooldown)


def of_three(rise, fall):
    return min(rise, 1, fall)


def steps():
    some = (0, 39, 40, 100, 300, 301, 350, 398, 399, 400)
    return [(step, 10, 3, 4) for step in range(11)] + [
        (step, 400, 40, 100) for step in some
    ]


TRAPEZOID = Exercise(
    name="trapezoid",
    verified="at every corner: the first update, both ends of the top, and the last",
    cases=steps,
    right=trapezoid,
    mistakes=(
        Mistake(
            "the first update has a rate of 0 and moves nothing: `step` counts the "
            "updates done",
            lambda step, total, warmup, cooldown: of_three(
                step / warmup, (total - step) / cooldown
            ),
        ),
        Mistake(
            "the fall is one step early: step total - cooldown is the last at 1, and "
            "step total the first at 0",
            lambda step, total, warmup, cooldown: of_three(
                (step + 1) / warmup, (total - step - 1) / cooldown
            ),
        ),
        Mistake(
            "the fall is one step late: step total - cooldown is the last at 1",
            lambda step, total, warmup, cooldown: of_three(
                (step + 1) / warmup, (total - step + 1) / cooldown
            ),
        ),
        Mistake(
            "the rate never falls: the cooldown is missing",
            lambda step, total, warmup, cooldown: min((step + 1) / warmup, 1),
        ),
        Mistake(
            "your fall begins right after the warm-up; it takes the last `cooldown` "
            "updates alone",
            lambda step, total, warmup, cooldown: of_three(
                (step + 1) / warmup, (total - step) / (total - warmup)
            ),
        ),
        Mistake(
            "your fall begins at step `cooldown`; that is how long it lasts",
            lambda step, total, warmup, cooldown: of_three(
                (step + 1) / warmup, (total - step) / (total - cooldown)
            ),
        ),
        Mistake(
            "your rise goes on past 1: step `warmup` - 1 is at 1, and step `warmup` "
            "belongs to the top",
            lambda step, total, warmup, cooldown: (
                (step + 1) / warmup
                if step <= warmup
                else trapezoid(step, total, warmup, cooldown)
            ),
        ),
        Mistake(
            "your fall is too flat: it goes from 1 to 0 in `cooldown` steps, not in "
            "one more",
            lambda step, total, warmup, cooldown: of_three(
                (step + 1) / warmup, (total - step) / (cooldown + 1)
            ),
        ),
        Mistake(
            "your fall is a cosine; a straight line is asked for",
            lambda step, total, warmup, cooldown: (
                trapezoid(step, total, warmup, cooldown)
                if step <= total - cooldown
                else (1 - math.cos(math.pi * (total - step) / cooldown)) / 2
            ),
        ),
        Mistake(
            "in the cooldown your rate rises: it should go from 1 down to 0",
            lambda step, total, warmup, cooldown: (
                trapezoid(step, total, warmup, cooldown)
                if step <= total - cooldown
                else 1 - (total - step) / cooldown
            ),
        ),
        Mistake(
            "nothing holds the rate at 1: the rise goes on",
            lambda step, total, warmup, cooldown: min(
                (step + 1) / warmup, (total - step) / cooldown
            ),
        ),
        Mistake(
            "this is the cosine of the chapter",
            lambda step, total, warmup, cooldown: schedule(step, total, warmup),
        ),
    ),
)


EXERCISES = (LINEAR, HALF_LIFE, CLIP, ESTIMATE_ERROR, COMBINED, TRAPEZOID)
