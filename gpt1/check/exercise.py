"""What an exercise is: cases, the right answer, and the wrong ones that people give."""

import copy
from dataclasses import dataclass
from functools import cached_property

import torch

from gpt1.check.edits import edits


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and what to tell them.

    Args:
        says: the mistake in the learner's own terms, one sentence.
        answer: a function that makes it.
    """

    says: str
    answer: object


@dataclass(frozen=True)
class Raised:
    """What came of a call that ended in an exception; its kind is what counts."""

    error: Exception

    def __eq__(self, other):
        return isinstance(other, Raised) and type(self.error) is type(other.error)

    __hash__ = None


def call(answer, *arguments):
    """What is looked at, unless an exercise says otherwise: the value returned."""
    return answer(*arguments)


@dataclass(frozen=True)
class Exercise:
    """An exercise that a function answers.

    Args:
        name: what `check` is called with.
        verified: what a right answer has been shown to do, to end "verified: ...".
        cases: function of nothing, called once, which returns a list of tuples of
            arguments, the smallest first; or pairs of a description and a tuple, where
            the arguments are no good description of themselves.
        right: a function that does the exercise. It is never shown.
        mistakes: those that are known by name: a text of edits of `right`, which
            `edits.py` describes, or a tuple of such texts and instances of `Mistake`.
            The first that fits is told.
        observe: what is compared: a function of the answer and the arguments of a case,
            for answers that are not judged by what they return alone.
        tolerance: how far numbers may be off, as a share of the largest expected.
    """

    name: str
    verified: str
    cases: object
    right: object
    mistakes: tuple
    observe: object = call
    tolerance: float = 1e-4

    def __post_init__(self):
        given, known = self.mistakes, []
        for each in [given] if isinstance(given, str) else given:
            known += edits(each, self.right) if isinstance(each, str) else [each]
        object.__setattr__(self, "mistakes", tuple(known))

    @cached_property
    def all_cases(self):
        """Pairs of a description, None if there is none, and a tuple of arguments."""
        pairs = []
        for case in self.cases():
            told = len(case) == 2 and isinstance(case[0], str)
            pairs.append(case if told and type(case[1]) is tuple else (None, case))
        return pairs

    def known(self, answer, number):
        """What the right answer or one of the mistakes comes to, computed once.

        Args:
            answer: `right`, or the `answer` of one of the mistakes.
            number: of the case.
        """
        found = self._known.setdefault(answer, {})
        if number not in found:
            _, arguments = self.all_cases[number]
            found[number] = self.outcome(answer, arguments)
        return found[number]

    @cached_property
    def _known(self):
        return {}

    def outcome(self, answer, arguments):
        """What an answer comes to in a case: a value, or what it `Raised`.

        The answer gets copies and random numbers of its own: neither the next case nor
        the reader's notebook notices that it ran.
        """
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            try:
                return self.observe(answer, *copy.deepcopy(arguments))
            except Exception as error:
                return Raised(error)
