"""The four input transformations, written out, and what is predicted in them."""

import pytest

from gpt1.finetune.batch import Examples, padded
from gpt1.finetune.transform import (
    choice,
    classification,
    entailment,
    marks,
    room,
    sequences,
    similarity,
)

MARKS = marks(100)
S, D, E = MARKS
A, B, C = [1, 2, 3], [4, 5], [6]


def test_the_marks_come_after_the_words_in_the_order_of_the_code():
    assert (S, D, E) == (100, 101, 102)


def test_each_form_is_that_of_figure_1():
    assert classification(A, MARKS, 24) == [[S, 1, 2, 3, E]]
    assert entailment(A, B, MARKS, 24) == [[S, 1, 2, 3, D, 4, 5, E]]
    assert similarity(A, B, MARKS, 24) == [
        [S, 1, 2, 3, D, 4, 5, E],
        [S, 4, 5, D, 1, 2, 3, E],
    ]
    assert choice(A, [B, C], MARKS, 24) == [
        [S, 1, 2, 3, D, 4, 5, E],
        [S, 1, 2, 3, D, 6, E],
    ]


def test_nothing_stands_between_a_story_and_its_question():
    assert choice(A, [B], MARKS, 24, question=C) == [[S, 1, 2, 3, 6, D, 4, 5, E]]


def test_sides_are_cut_to_half_of_the_positions_less_two():
    assert room(512) == 254  # train.py: max_len = n_ctx//2-2
    long = list(range(50))
    [sequence] = entailment(long, long, MARKS, 20)
    assert sequence == [S, *range(8), D, *range(8), E]
    assert len(sequence) <= 20
    [odd] = entailment(long, long, MARKS, 21)
    assert odd == sequence
    for sequence in choice(long, [long, A], MARKS, 20):
        assert sequence[:10] == [S, *range(8), D]


def test_a_text_alone_may_fill_the_context():
    [sequence] = classification(list(range(50)), MARKS, 20)
    assert sequence == [S, *range(18), E]


def test_a_story_gives_way_to_its_question():
    [sequence] = choice(list(range(50)), [A], MARKS, 20, question=[7, 7, 7])
    assert sequence == [S, *range(5), 7, 7, 7, D, *A, E]
    [sequence] = choice(list(range(50)), [A], MARKS, 20, question=[7] * 50)
    assert sequence == [S, *[7] * 8, D, *A, E]


@pytest.mark.parametrize("form", ["classification", "entailment", "similarity"])
def test_sequences_of_an_example_are_its_forms(form):
    texts = [A] if form == "classification" else [A, B]
    function = {
        "classification": classification,
        "entailment": entailment,
        "similarity": similarity,
    }[form]
    assert sequences(form, texts, MARKS, 24) == function(*texts, MARKS, 24)
    assert sequences("choice", [A, B, C], MARKS, 24) == choice(A, [B, C], MARKS, 24)


def test_delimiter_and_extract_are_targets_and_start_and_padding_never_are():
    ids, targets = padded([*entailment(A, B, MARKS, 24), *classification(C, MARKS, 24)])
    assert ids.tolist() == [[S, 1, 2, 3, D, 4, 5, E], [S, 6, E, 0, 0, 0, 0, 0]]
    assert targets.tolist() == [
        [1, 2, 3, D, 4, 5, E, -100],
        [6, E, *[-100] * 6],
    ]


def test_a_batch_is_as_long_as_its_own_longest_sequence():
    rows = [similarity(A, B, MARKS, 24), similarity(C, C, MARKS, 24)]
    examples = Examples(rows, [1, 0])
    assert examples.longest == 8
    ids, targets, labels = Examples.collate([examples[0], examples[1]])
    assert ids.shape == targets.shape == (2, 2, 8)
    assert labels.tolist() == [1, 0]
    ids, *_ = Examples.collate([examples[1]])
    assert ids.tolist() == [[[S, 6, D, 6, E]] * 2]


def test_the_hash_knows_every_token_and_label():
    def digest(rows, labels):
        return Examples(rows, labels).digest()

    rows = [[[S, 1, E]], [[S, 2, E]]]
    same = digest(rows, [0, 1])
    assert digest([[[S, 1, E]], [[S, 2, E]]], [0, 1]) == same
    assert digest([[[S, 1, E]], [[S, 3, E]]], [0, 1]) != same
    assert digest(rows, [1, 1]) != same
