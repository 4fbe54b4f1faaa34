"""The exercises that check themselves: what a learner is told.

`book/test_exercises.py` looks at the exercises as the chapters have them.
"""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from gpt1.check import check, judge
from gpt1.check.compare import difference
from gpt1.check.exercise import Exercise, Mistake, Raised
from gpt1.model import causal_mask
from lib.verdicts import ALL, are_right, said

test_the_right_answer_is_right = are_right({name: [ALL[name].right] for name in ALL})

CLOTHES = {
    "float32": torch.Tensor.float,
    "float64": torch.Tensor.double,
    "lists": torch.Tensor.tolist,
    "arrays": torch.Tensor.numpy,
    "not contiguous": lambda x: x.mT.contiguous().mT if x.ndim > 1 else x,
}


def dressed(value, clothes):
    """A result, its tensors and numbers as something else."""
    if isinstance(value, dict):
        return {key: dressed(inside, clothes) for key, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [dressed(inside, clothes) for inside in value]
    if isinstance(value, (int, float)):
        value = torch.from_numpy(np.asarray(value))
    return clothes(value.detach()) if isinstance(value, torch.Tensor) else value


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_the_right_result_is_right_as_anything(name):
    def told(clothes):
        return said(name, lambda *given: dressed(ALL[name].right(*given), clothes))

    verdicts = {kind: told(clothes) for kind, clothes in CLOTHES.items()}
    right = dict.fromkeys(CLOTHES, f"right. Verified: {ALL[name].verified}.")
    assert verdicts == right


@pytest.mark.parametrize("name", ALL)
def test_the_right_answer_comes_to_something(name):
    """Where it only raises, every answer that raises would be right."""
    right, cases = ALL[name].right, ALL[name].all_cases
    wanted = [ALL[name].known(right, number) for number in range(len(cases))]
    assert not all(isinstance(value, Raised) for value in wanted)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_each_known_mistake_is_called_by_its_name(name):
    known = ALL[name].mistakes
    told = [judge(ALL[name], mistake.answer) for mistake in known]
    assert told == [f"not yet: {mistake.says}." for mistake in known]


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
def test_three_mistakes_are_known_at_least_each_told_in_a_sentence(name):
    sentences = {mistake.says for mistake in ALL[name].mistakes}
    assert len(sentences) >= 3
    assert all(len(each) <= 200 and each[-1] not in ". " for each in sentences)
    assert len(ALL[name].verified) <= 120


HALVES = Exercise(
    "halves",
    "every number is halved",
    lambda: [([2.0],), ([1.0, 3.0, 8.0],), ([],)],
    lambda numbers: [number / 2 for number in numbers],
    mistakes=(
        Mistake("you doubled", lambda numbers: [number * 2 for number in numbers]),
        Mistake("you rounded down", lambda numbers: [n // 2 for n in numbers]),
        Mistake("this raises where there are numbers", lambda n: n and n[99]),
    ),
)


def test_an_exception_is_shown_with_the_learners_line():
    def answer(numbers):
        first, second, third, fourth = numbers
        return numbers

    told = judge(HALVES, answer)
    assert "stopped in answer, at `first, second, third, fourth = numbers`\n" in told
    assert "ValueError: not enough values to unpack" in told


def test_an_exception_inside_a_library_is_shown_with_the_learners_line():
    class Answer(torch.nn.Module):
        def forward(self, x):
            return functional.layer_norm(x, (5,))

    def observe(answer, x):
        return answer()(x)

    cases = [(torch.ones(2, 3),)]
    exercise = Exercise("kept", "", lambda: cases, torch.nn.Identity, (), observe)
    told = judge(exercise, Answer)
    assert "stopped in forward, at `return functional.layer_norm(x, (5,))`\n" in told
    assert "RuntimeError: Given normalized_shape=[5]" in told


def test_an_unknown_mistake_shows_the_smallest_case_that_fails():
    told = judge(HALVES, lambda given: [n / 2 if len(given) < 3 else 0 for n in given])
    assert told.endswith("([1.0, 3.0, 8.0]):\nexpected [0.5, 1.5, 4.0], got [0, 0, 0]")


def test_a_wrong_length_is_told_before_the_numbers():
    told = judge(HALVES, lambda numbers: [number / 2 for number in numbers][1:])
    assert "the length is wrong: expected 1: [1.0], got 0: []" in told


def test_a_mistake_that_raises_is_named_like_any_other():
    told = judge(HALVES, lambda numbers: [] if not numbers else numbers[7])
    assert told == "not yet: this raises where there are numbers."


def test_a_forgotten_return_is_asked_for():
    told = judge(HALVES, lambda numbers: None)
    assert told.endswith("got None\nDoes your function end in `return`?")


def test_two_answers_that_only_raise_are_not_taken_for_the_same():
    always = Mistake("this always raises", lambda numbers: numbers.missing)
    told = judge(replace(HALVES, mistakes=(always,)), lambda numbers: numbers.other)
    assert "this always" not in told
    assert "AttributeError: 'list' object has no attribute 'other'" in told


def test_an_answer_cannot_spoil_the_cases():
    def answer(numbers):
        found = [number / 2 for number in numbers]
        numbers.clear()
        return found

    for _ in range(2):
        assert judge(HALVES, answer) == "right. Verified: every number is halved."


def test_chance_is_the_same_whenever_an_answer_is_judged():
    exercise = replace(HALVES, right=lambda numbers: torch.rand(2), mistakes=())
    for seed in range(2):
        torch.manual_seed(seed)
        assert judge(exercise, lambda numbers: torch.rand(2)).startswith("right")


def test_a_mistake_that_comes_to_the_expected_in_one_case_is_not_named():
    told = judge(HALVES, lambda numbers: [n * 2 if n == 2 else 0 for n in numbers])
    assert "doubled" not in told


def test_an_unknown_name_lists_near_ones():
    with pytest.raises(ValueError, match="'window-mosk'\\. Did you mean window-mask"):
        check("window-mosk", print)


def test_a_result_instead_of_a_function_is_told():
    with pytest.raises(ValueError, match="needs the function itself"):
        check("window-mask", causal_mask(3))


def test_check_prints_one_line_for_a_right_answer(capsys):
    check("window-mask", ALL["window-mask"].right)
    assert re.fullmatch("window-mask: right. Verified: .*\n", capsys.readouterr().out)


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
        (Raised(TypeError()), Raised(ValueError()), "got a raised TypeError"),
        (1.0, Raised(ValueError()), "expected a raised ValueError, got 1"),
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
