"""Exercises that check themselves: `check("causal-mask", my_function)`.

A right answer is told what was verified. A wrong one is compared with the mistakes that
people make; if it is one of them, the mistake is named. Otherwise the smallest case
that fails is shown. The solution is never printed: it is in the chapter, folded.
"""

import difflib
import functools
import inspect
from importlib import import_module

from gpt1.check.compare import difference
from gpt1.check.exercise import Raised
from gpt1.check.explain import explain

__all__ = ["check", "exercises"]

TOPICS = ["words", "tokens", "embeddings", "attention", "block", "model", "counting"]
TOPICS += ["training", "speed", "sampling", "batches", "zero_shot", "finetuning"]
TOPICS += ["ablations", "inside", "released", "gpt2"]
"""The modules of this package that hold exercises, in the order of the book."""


def exercises():
    """All exercises, a dictionary from their names."""
    topics = (import_module(f"gpt1.check.{topic}").EXERCISES for topic in TOPICS)
    return {exercise.name: exercise for topic in topics for exercise in topic}


def check(name, answer):
    """Say whether an exercise is done, and if not, what is wrong.

    Args:
        name: of the exercise, as its cell has it.
        answer: the function, or the class, that you wrote.

    Raises:
        ValueError: there is no such exercise, or the answer cannot be called; the
            message says what was expected.
    """
    print(f"{name}: {verdict(name, answer)}")


def verdict(name, answer):
    """What `check` prints, without the name."""
    known = exercises()
    if name not in known:
        near = difflib.get_close_matches(str(name), known, 3) or sorted(known)
        raise ValueError(
            f"there is no exercise {name!r}. Did you mean {', '.join(near)}?"
        )
    if not callable(answer):
        raise ValueError(
            f"check needs the function itself, without calling it: "
            f"check({name!r}, my_function). You passed {answer!r}"
        )
    return judge(known[name], answer)


def judge(exercise, answer):
    """A sentence or a few lines about an answer."""

    @functools.cache
    def result(number):
        return exercise.outcome(answer, exercise.all_cases[number][1])

    failure = first_failure(exercise, result)
    if failure is None:
        return f"right. Verified: {exercise.verified}."
    description, arguments, got, found = failure
    error = got.error if isinstance(got, Raised) else None
    if isinstance(error, NotImplementedError):
        return "not done yet. Write the function, then run this cell."
    for mistake in exercise.mistakes:
        if same(exercise, result, mistake.answer):
            return f"not yet: {mistake.says}."
    if got is None:
        found += "\nDoes your function end in `return`?"
    found = explain(error, answer) if error else found
    return f"not yet. For {description or called(answer, arguments)}\n{found}"


def first_failure(exercise, result):
    """Description, arguments, result and difference of the first failure, or None."""
    for number, case in enumerate(exercise.all_cases):
        want = exercise.known(exercise.right, number)
        found = difference(result(number), want, exercise.tolerance)
        if found:
            return *case, result(number), found
    return None


def same(exercise, result, wrong):
    """Whether results are those of a known mistake: in all cases, some with values.

    Two answers that do nothing but raise have nothing to be compared by.
    """
    numbers = range(len(exercise.all_cases))
    pairs = ((result(n), exercise.known(wrong, n)) for n in numbers)
    if any(difference(*pair, exercise.tolerance) for pair in pairs):
        return False
    return not all(isinstance(result(n), Raised) for n in numbers)


def called(answer, arguments):
    """A call as one would type it: my_function(3, tensor of shape (2, 4))."""
    name = getattr(answer, "__name__", "your function")
    return f"{name}({', '.join(map(argument, arguments))}):"


def argument(value):
    if inspect.isroutine(value) or isinstance(value, type):
        return value.__name__
    if hasattr(value, "shape") and value.shape:
        return f"tensor of shape {tuple(value.shape)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{type(value).__name__} {text[:50]}..."
