"""What the exercises' checks say, as tests ask for it."""

from gpt1.check import exercises, judge

ALL = exercises()


def said(name, answer):
    return judge(ALL[name], answer)


def right(name, answer):
    return said(name, answer) == f"right. Verified: {ALL[name].verified}."


def is_right(exercise, answer):
    said = judge(exercise, answer)
    assert said == f"right. Verified: {exercise.verified}."


def is_told(exercise, answer, phrase):
    """The answer is a known mistake, and these words name it."""
    said = judge(exercise, answer)
    assert said in [f"not yet: {mistake.says}." for mistake in exercise.mistakes]
    assert phrase in said


def is_shown(exercise, answer, *parts):
    """The answer is wrong in a way of its own: a case that fails is shown."""
    said = judge(exercise, answer)
    assert said.startswith("not yet. For "), said
    for part in ("expected", "got", *parts):
        assert part in said
