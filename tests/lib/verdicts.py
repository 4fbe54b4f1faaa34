"""What the exercises' checks say, as tests ask for it."""

import pytest

from gpt1.check import exercises, judge

ALL = exercises()


def said(name, answer):
    return judge(ALL[name], answer)


def are_right(answers):
    """A test that answers, in lists by exercise, are called right.

    They are typed as learners would, and do in another way what the chapters' solutions
    do. Nothing wrong is among them: that a known mistake is called by its name shows
    `check/test_judge.py`, and `check/test_mutants.py` makes thousands of others.
    """
    each = [(name, answer) for name in answers for answer in answers[name]]

    @pytest.mark.parametrize(("name", "answer"), each)
    def test(name, answer):
        verdict = said(name, answer)
        assert verdict == f"right. Verified: {ALL[name].verified}.", verdict

    return test
