"""What the book makes of a notebook's cells before it sets them."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book._ext.pages.cells import read
from book._ext.pages.stories import sheet
from scripts.notebooks.kinds import FOLD

PICTURE = {"tags": ["picture"], "mystnb": {"figure": {"name": "fig-mask"}}, **FOLD}
BELOW = """**Figure 4.1.** A triangle:
time runs down.

In figure 4.1 it is `figure 4.1`, $$figure 4.1$$, not [figure 4.1](#x) or figure 4.2."""


def code(source, *tags, **metadata):
    return new_code_cell(source, metadata={"tags": [*tags], **metadata})


@pytest.fixture
def shown():
    cells = [
        new_markdown_cell("# Attention"),
        code("# @title Imports\nimport torch", "setup", **FOLD),
        code("# @title Draw the whole model\nmodel_drawing()", "picture", **FOLD),
        code("x = 1", "lesson"),
        new_code_cell("# @title Draw the mask\ndraw(x)", metadata=PICTURE),
        new_markdown_cell(BELOW),
        code("# @title Check: it is one\nassert x", "proof", **FOLD),
        code("print(answers)", "key"),
    ]
    return read(nbformat.writes(new_notebook(cells=cells))).cells


def test_the_drawing_comes_first_and_nothing_else_moves(shown):
    sources = [cell.source for cell in shown]
    assert sources[:4] == ["# Attention", "model_drawing()", "import torch", "x = 1"]
    assert sources[4] == "draw(x)"


def test_a_notebook_without_a_drawing_keeps_its_order():
    cells = [new_markdown_cell("# A"), code("a", "setup", **FOLD), code("b", "lesson")]
    shown = read(nbformat.writes(new_notebook(cells=cells))).cells
    assert [cell.source for cell in shown] == ["# A", "a", "b"]


def test_what_jupyter_folds_is_folded_under_its_words(shown):
    found = {
        cell.source: (
            cell.metadata["tags"][-1],
            cell.metadata["mystnb"]["code_prompt_show"],
        )
        for cell in shown
        if "code_prompt_show" in cell.metadata.get("mystnb", {})
    }
    assert found == {
        "model_drawing()": ("remove-input", "Show the code"),
        "import torch": ("hide-input", "Imports"),
        "draw(x)": ("hide-input", "Show the code"),
        "assert x": ("hide-input", "Show the check"),
        "print(answers)": ("hide-cell", "Show the key"),
    }


STORY = """after 800 updates, loss 0.48:
One Friday morning when every twig wore frost the great sledge race
was held on the whole school was there. Icicles hung from every pump,
and breath hung in the air like smoke. The prize was a cake.

One Friday morning Cora, a cheerful boy with a quiet evening in April
he sharpened a lively boy with a great many questions, ran out to play
on the park with her new straw hat.
"""
TABLE = "\n".join(
    f"word{letter}  {number} times" for number, letter in enumerate(STORY)
)


def test_a_story_that_a_cell_prints_is_put_on_paper_and_a_table_is_not():
    made = sheet(STORY)
    assert made.count('<div class="story sheet">') == 1
    assert made.startswith('<p class="sheet-head">after 800 updates, loss 0.48:</p>')
    assert (
        "<p>One Friday morning when every twig wore frost the great sledge race was"
        in made
    )
    assert made.count("<p>") == 2
    assert sheet(TABLE) == sheet(STORY.replace(" ", "\n")) == sheet("One line.") == ""


def test_a_story_in_one_line_and_one_behind_its_label_are_put_on_paper_too():
    [head, *lines] = STORY.partition("\n\n")[0].split("\n")
    assert sheet(" ".join(lines)) == sheet("\n".join(lines)) != ""
    assert sheet(" ".join(lines).lower()) == "", "a list of words, for all we know"
    assert sheet("\n".join([f"k = 2: {lines[0]}", *lines[1:]])) == sheet(
        "\n".join(["k = 2:", *lines])
    )


def test_a_caption_moves_into_its_figure_and_mentions_become_links(shown):
    figure = shown[4].metadata["mystnb"]["figure"]
    assert figure["caption"] == "A triangle: time runs down."
    linked = "[figure 4.1](#fig-mask)"
    assert shown[5].source == (
        f"In {linked} it is `figure 4.1`, $$figure 4.1$$, not [figure 4.1](#x) "
        "or figure 4.2."
    )
