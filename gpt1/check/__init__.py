"""Exercises that check themselves: `check("causal-mask", my_function)`.

A right answer is told what was verified. A wrong one is compared with the mistakes that
people make; if it is one of them, the mistake is named. Otherwise the smallest case
that fails is shown. The solution is never printed: it is in the chapter, folded.
"""

import difflib
import inspect
from importlib import import_module

from gpt1.check.compare import difference
from gpt1.check.explain import explain

__all__ = ["check", "exercises"]

TOPICS = (
    "words",
    "tokens",
    "batches",
    "attention",
    "block",
    "model",
    "counting",
    "training",
    "speed",
    "sampling",
)
"""The modules of this package that hold exercises, in the order of the book."""


def exercises():
    """All exercises, a dictionary from names to `Exercise`s."""
    found = {}
    for topic in TOPICS:
        for exercise in import_module(f"gpt1.check.{topic}").EXERCISES:
            found[exercise.name] = exercise
    return found


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
        raise ValueError(f"no exercise {name!r}; did you mean {', '.join(near)}?")
    if not callable(answer):
        raise ValueError(
            f"check takes the function itself, check({name!r}, my_function), without "
            f"calling it; got {answer!r}"
        )
    return judge(known[name], answer)


def judge(exercise, answer):
    """A sentence or a few lines about an answer."""
    try:
        failure = first_failure(exercise, answer)
    except NotImplementedError:
        return "not done yet. Replace `raise NotImplementedError`, then run this cell."
    except Exception as error:
        return f"not yet: {explain(error, answer)}"
    if failure is None:
        return f"right. Verified: {exercise.verified}."
    for mistake in exercise.mistakes:
        if same(exercise, answer, mistake.answer):
            return f"not yet: {mistake.says}."
    return f"not yet. {failure}"


def first_failure(exercise, answer):
    """What is wrong in the first case that fails; None if all are right."""
    for description, arguments in exercise.all_cases():
        got = exercise.outcome(answer, arguments)
        want = exercise.expected(arguments)
        found = difference(got, want, exercise.tolerance)
        if found:
            return f"For {description or called(answer, arguments)}\n{found}"
    return None


def same(exercise, answer, wrong):
    """Whether an answer does what a known mistake does, in all cases."""
    for _, arguments in exercise.all_cases():
        outcomes = []
        for function in (answer, wrong):
            try:
                outcomes.append(exercise.outcome(function, arguments))
            except Exception as error:
                outcomes.append(type(error))
        got, theirs = outcomes
        if isinstance(got, type) or isinstance(theirs, type):
            if got is not theirs:
                return False
        elif difference(got, theirs, exercise.tolerance):
            return False
    return True


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
