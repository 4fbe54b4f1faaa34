"""The confusion matrix: every number in its place, named, and nothing unescaped."""

from xml.etree import ElementTree

import pytest

from gpt1.pictures import confusion_matrix

SVG = "{http://www.w3.org/2000/svg}"


def drawn(counts, names, title="Answers to moods"):
    return ElementTree.fromstring(confusion_matrix(counts, names, title).svg)


def test_each_square_says_what_it_counts_and_is_as_dark_as_its_share():
    svg = drawn([[6, 2], [1, 3]], ["happy", "sad <&>"])
    seen = {}
    for square in svg.iter(f"{SVG}rect"):
        if square.get("class") == "g-heat":
            seen[square[0].text] = float(square.get("fill-opacity"))
    assert seen == {
        "happy, answered happy: 6": 0.75,
        "happy, answered sad <&>: 2": 0.25,
        "sad <&>, answered happy: 1": 0.25,
        "sad <&>, answered sad <&>: 3": 0.75,
    }
    written = [text.text for text in svg.iter(f"{SVG}text")]
    assert [word for word in written if word.isdecimal()] == ["6", "2", "1", "3"]
    assert "9 of 12 right, 75.0%" in written


def test_labels_stand_at_rows_and_answers_at_columns():
    svg = drawn([[5, 0], [4, 1]], ["yes", "no"])
    places = {}
    for text in svg.iter(f"{SVG}text"):
        places.setdefault(text.text, []).append((text.get("x"), text.get("y")))
    (row_x, row_y), (column_x, column_y) = places["yes"]
    [(x, y)] = places["5"]
    assert (column_x, row_y) == (x, y)
    assert float(row_x) < float(x)
    assert float(column_y) < float(y)


def test_many_labels_and_none_of_an_example_are_drawn_too():
    names = [f"label {i}" for i in range(12)]
    svg = drawn([[0] * 12 for _ in names], names)
    assert "0 of 0 right, 0.0%" in [text.text for text in svg.iter(f"{SVG}text")]


def test_numbers_that_fit_no_square_are_refused():
    with pytest.raises(ValueError, match="2 rows of 2 numbers"):
        confusion_matrix([[1, 2, 3], [1, 2, 3]], ["a", "b"], "wrong")
