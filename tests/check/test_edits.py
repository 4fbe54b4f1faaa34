"""Mistakes as edits of a right answer: what is read, what comes of it, what is not.

That classes and functions of the package can be edited, the exercises show:
`test_judge.py` looks whether each of their edits comes to its sentence.
"""

import pytest

from gpt1.check.edits import edits


def tenth(number):
    """A tenth, rounded to one digit."""
    return round(number / 10, 1)


def price(
    number,
    each,
):
    """What some things cost: number * each, and the tenth of it."""
    # number * each is the sum
    total = number * each
    total = total + tenth(
        total,  # before the discount
    )
    if number >= 10:
        total = total - 1.5
    return total


def wrong(edit, right=price):
    [mistake] = edits(f"{edit}\n    it is wrong", right)
    return mistake.answer


@pytest.mark.parametrize(
    ("edit", "result"),
    [
        ("number * each -> number + each", 15),
        ("+ tenth(total) ->", 48.5),
        ("total = total + tenth(total) -> pass", 48.5),
        ("total - 1.5 -> total", 55),
        ("1.5 -> 2", 53),
        (">= -> <", 55),
        ("number*each -> each; total += 1", 5.1),
        ("return total -> return -total", -53.5),
        ("... -> number", 10),
        ("... -> -price(number, each)", -53.5),
        ("number / 10 -> number / 5", 58.5),
        ("number / 10 -> number / 5\nand >= -> >", 60),
        ("1.5 -> 1\nand number / 10 -> number", 99),
    ],
)
def test_an_edit_makes_a_wrong_answer(edit, result):
    assert price(10, 5) == 53.5
    assert wrong(edit)(10, 5) == result
    assert price(10, 5) == 53.5


def test_a_function_inside_another_can_be_edited():
    factor = 2

    def answer(number):
        return number * factor

    assert wrong("number * factor -> number - factor", answer)(10) == 8


def test_several_edits_share_a_sentence():
    text = """
        1.5 -> 1
        1.5 -> 2
            the discount is
            1.5

        >= -> >
            ten are enough
    """
    one, two, three = edits(text, price)
    assert one.says == two.says == "the discount is 1.5"
    assert three.says == "ten are enough"
    assert [each.answer(10, 5) for each in (one, two, three)] == [54, 53, 55]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("number + each -> 3", "'number \\+ each' has to occur once in tenth, not 0"),
        ("total -> 3", "'total' has to occur once in price, not 7"),
        ("What some things -> 3", "not 0"),
        ("numb -> 3", "not 0"),
        ("> -> <", "not 0"),
        (">= -> >=", "changes nothing"),
        ("1.5 -> 1.50  # the same", "changes nothing"),
        (">= -> )", "no Python"),
        ("... -> )", "no Python"),
        ("1.5 and 2", "an edit is written old -> new"),
        ("-> 2", "no text in front of an arrow"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edit, message):
    with pytest.raises(ValueError, match=message):
        wrong(edit)


def test_what_has_no_name_cannot_be_edited():
    with pytest.raises(ValueError, match="only what has a name"):
        wrong("n -> n + 1", lambda n: n)


@pytest.mark.parametrize("text", ["1.5 -> 1", "    a sentence", "  a\n1.5 -> 1\n    b"])
def test_edits_have_a_sentence_and_a_sentence_has_edits(text):
    with pytest.raises(ValueError, match="without a sentence"):
        edits(text, price)
