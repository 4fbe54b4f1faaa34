"""The exercises that check themselves: what a learner is told.

`book/test_exercises.py` looks at the exercises as the chapters have them.
"""

from dataclasses import replace

import pytest
import torch

from gpt1.check import check, exercises, judge
from gpt1.check.compare import difference
from gpt1.check.exercise import Exercise, Mistake, Raised
from gpt1.model import causal_mask

ALL = exercises()
KNOWN = [(name, n) for name in ALL for n in range(len(ALL[name].mistakes))]


@pytest.mark.parametrize("name", ALL)
def test_the_right_answer_is_right(name):
    said = judge(ALL[name], ALL[name].right)
    assert said == f"right. Verified: {ALL[name].verified}."


@pytest.mark.parametrize("name", ALL)
def test_the_right_answer_comes_to_something(name):
    """Where it only raises, every answer that raises would be right."""
    exercise = ALL[name]
    wanted = [exercise.expected(arguments) for _, arguments in exercise.all_cases()]
    assert not all(isinstance(value, Raised) for value in wanted)


@pytest.mark.parametrize(("name", "number"), KNOWN)
def test_a_known_mistake_is_called_by_its_name(name, number):
    mistake = ALL[name].mistakes[number]
    assert judge(ALL[name], mistake.answer) == f"not yet: {mistake.says}."


@pytest.mark.parametrize("name", ALL)
def test_three_mistakes_are_known_at_least(name):
    assert len({mistake.says for mistake in ALL[name].mistakes}) >= 3


@pytest.mark.parametrize("name", ALL)
def test_an_empty_function_is_not_done_yet(name):
    def stub(*arguments):
        raise NotImplementedError

    assert judge(ALL[name], stub).startswith("not done yet")


@pytest.mark.parametrize("name", ALL)
def test_a_check_leaves_the_random_numbers_as_they_were(name):
    torch.manual_seed(3)
    want = torch.rand(2)
    torch.manual_seed(3)
    judge(ALL[name], ALL[name].right)
    assert torch.equal(torch.rand(2), want)


@pytest.mark.parametrize("name", ALL)
def test_what_is_said_fits_into_a_sentence(name):
    for mistake in ALL[name].mistakes:
        assert len(mistake.says) <= 200
        assert not mistake.says.endswith((".", " "))
    assert len(ALL[name].verified) <= 120


# The judge itself.


def halves(numbers):
    return [number / 2 for number in numbers]


HALVES = Exercise(
    name="halves",
    verified="every number is halved",
    cases=lambda: [([2.0],), ([1.0, 3.0, 8.0],), ([],)],
    right=halves,
    mistakes=(
        Mistake("you doubled", lambda numbers: [number * 2 for number in numbers]),
        Mistake("you rounded down", lambda numbers: [n // 2 for n in numbers]),
        Mistake("this raises where there are numbers", lambda n: n and n[99]),
    ),
)


@pytest.mark.parametrize(
    "answer",
    [
        lambda numbers: torch.tensor(numbers) / 2,
        lambda numbers: tuple(number / 2 for number in numbers),
        lambda numbers: torch.tensor(numbers, dtype=torch.float64) / 2,
        lambda numbers: torch.tensor([numbers, numbers]).T[:, 0] / 2,
        lambda numbers: [torch.tensor(number / 2) for number in numbers],
    ],
    ids=["tensor", "tuple", "float64", "not contiguous", "tensors"],
)
def test_another_way_to_the_right_numbers_is_right(answer):
    assert judge(HALVES, answer) == "right. Verified: every number is halved."


def test_an_unknown_mistake_shows_the_smallest_case_that_fails():
    said = judge(
        HALVES, lambda numbers: [n / 2 if len(numbers) < 3 else 0 for n in numbers]
    )
    assert said.endswith("expected [0.5, 1.5, 4.0], got [0, 0, 0]")
    assert "([1.0, 3.0, 8.0])" in said


def test_a_wrong_length_is_told_before_the_numbers():
    said = judge(HALVES, lambda numbers: [number / 2 for number in numbers][1:])
    assert "the length is not right: expected 1: [1.0], got 0: []" in said


def test_an_exception_is_shown_with_its_line():
    def answer(numbers):
        total = sum(numbers)
        return total / len(numbers.items)

    said = judge(HALVES, answer)
    assert "stopped in answer, at `return total / len(numbers.items)`" in said
    assert "AttributeError: 'list' object has no attribute 'items'" in said


def test_a_mistake_that_raises_is_named_like_any_other():
    said = judge(HALVES, lambda numbers: [] if not numbers else numbers[7])
    assert said == "not yet: this raises where there are numbers."


def test_a_forgotten_return_is_asked_for():
    said = judge(HALVES, lambda numbers: None)
    assert said.endswith("got None\nDoes your function end in `return`?")


def test_two_answers_that_only_raise_are_not_taken_for_the_same():
    always = Mistake("this always raises", lambda numbers: numbers.missing)
    exercise = replace(HALVES, mistakes=(always,))
    said = judge(exercise, lambda numbers: numbers.other)
    assert "always" not in said
    assert "AttributeError: 'list' object has no attribute 'other'" in said


def test_a_value_error_of_the_learner_is_shown_with_its_message():
    def answer(numbers):
        first, second, third, fourth = numbers
        return numbers

    said = judge(HALVES, answer)
    assert "at `first, second, third, fourth = numbers`" in said
    assert "ValueError: not enough values to unpack" in said


def test_an_exception_inside_a_library_is_shown_with_the_learners_line():
    def answer(numbers):
        return torch.ones(2, 3) @ torch.ones(2, 3)

    said = judge(HALVES, answer)
    assert "stopped in answer, at `return torch.ones(2, 3) @ torch.ones(2, 3)`" in said


def test_an_exception_in_a_class_is_shown_with_the_learners_line():
    class Answer(torch.nn.Module):
        def forward(self, x):
            return x @ x

    exercise = Exercise(
        name="squares",
        verified="it squares",
        cases=lambda: [(torch.ones(2, 3),)],
        right=lambda: torch.nn.Identity(),
        mistakes=(),
        observe=lambda answer, x: answer()(x),
    )
    said = judge(exercise, Answer)
    assert "stopped in forward, at `return x @ x`" in said
    assert "RuntimeError: mat1 and mat2" in said


def test_an_answer_cannot_spoil_the_cases():
    def answer(numbers):
        found = [number / 2 for number in numbers]
        numbers.clear()
        return found

    assert judge(HALVES, answer).startswith("right")


def test_a_mistake_that_comes_to_the_expected_in_one_case_is_not_named():
    said = judge(HALVES, lambda numbers: [n * 2 if n == 2 else 0 for n in numbers])
    assert "doubled" not in said


def test_an_unknown_name_lists_near_ones(monkeypatch):
    with pytest.raises(ValueError, match="'window-mosk'; did you mean window-mask"):
        check("window-mosk", halves)


def test_a_result_instead_of_a_function_is_told():
    with pytest.raises(ValueError, match="takes the function itself"):
        check("window-mask", causal_mask(3))


def test_check_prints_one_line_for_a_right_answer(capsys):
    check("window-mask", ALL["window-mask"].right)
    printed = capsys.readouterr().out
    assert printed.startswith("window-mask: right. Verified:")
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("got", "want", "told"),
    [
        (1.0, 1.0, None),
        (True, 1, None),
        (0, True, "expected True, got 0"),
        (torch.ones(1), 1.0, None),
        (10.7644, 10.7601, "expected 10.7601, got 10.7644"),
        (torch.ones(2), 1.0, "expected one number, got a tensor of shape (2,)"),
        (float("nan"), 1.0, "expected 1, got nan"),
        (float("inf"), float("inf"), None),
        (float("-inf"), float("inf"), "expected inf, got -inf"),
        ("a", "b", "expected 'b', got 'a'"),
        (None, 1.0, "expected 1, got None"),
        (None, None, None),
        ({"a": 1.0}, {"a": 1.0}, None),
        ({"a": 1.0}, {"a": 2.0}, "at 'a': expected 2, got 1"),
        ({"b": (1.42999999,)}, {"a": 1.0}, "expected {'a': 1.0}, got {'b': (1.43,)}"),
        ({"b": 1.0}, {"a": 1.0}, "expected {'a': 1.0}, got {'b': 1.0}"),
        (Raised(ValueError()), Raised(ValueError("text")), None),
        (Raised(TypeError()), Raised(ValueError()), "got TypeError raised"),
        (1.0, Raised(ValueError()), "expected ValueError raised, got 1"),
        (None, torch.ones(2), "expected a tensor of shape (2,), got None"),
        ([1, 1], torch.ones(2), None),
        ([True, False], torch.tensor([1.0, 0.0]), None),
        (torch.ones(2, 3), torch.ones(3, 2), "expected (3, 2), got (2, 3)"),
        (torch.tensor([1.0, float("nan")]), torch.ones(2), "got [1, nan]"),
    ],
)
def test_differences(got, want, told):
    found = difference(got, want, 1e-4)
    assert found is None if told is None else told in found
