"""Check yourself: the form of the questions, their key, and their form in the book."""

import ast
import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from lib.book.chapters import NOTEBOOKS, ROOT, cells, name
from lib.book.quizzes import ENDING, questions, section

every_chapter = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)


@every_chapter
def test_a_chapter_ends_in_five_questions(path):
    text, _ = section(cells(path))
    assert [question.number for question in questions(text)] == [1, 2, 3, 4, 5]


@every_chapter
def test_every_choice_is_explained_and_one_is_right(path):
    for question in questions(section(cells(path))[0]):
        assert list(question.choices) == list("abcd")[: len(question.choices)]
        assert len(question.choices) >= 3
        assert list(question.explained) == list(question.choices)
        assert len(question.right) == 1
        for why in question.explained.values():
            assert len(why.split()) >= 4, why
            assert why.endswith((".", "$.")), why


@every_chapter
def test_the_folded_letters_are_those_that_the_last_folded_cell_computes(path):
    text, key = section(cells(path))
    [output] = key["outputs"]
    computed = "".join(output["text"]).split()  # nbval has compared it
    assert [question.right for question in questions(text)] == [[x] for x in computed]
    assert key["tags"] == {"key"}


@every_chapter
def test_the_key_is_computed_from_one_truth_for_each_choice(path):
    text, key = section(cells(path))
    assert key["source"].endswith(ENDING)
    named = [n for n in ast.parse(key["source"]).body if isinstance(n, ast.Assign)]
    [answers] = [n.value for n in named if ast.unparse(n.targets[0]) == "answers"]
    assert isinstance(answers, ast.List)
    assert len(answers.elts) == 5
    parts = list(ast.walk(answers))
    options = [part.value for part in parts if isinstance(part, ast.keyword)]
    typed = [part for part in parts if isinstance(part, ast.Constant)]
    assert not any(isinstance(n.value, bool) for n in typed if n not in options)
    for row, question in zip(answers.elts, questions(text), strict=True):
        if isinstance(row, ast.List):  # else it is made by a loop over the choices
            kinds = [type(element) for element in row.elts]
            assert ast.Constant not in kinds
            assert ast.Starred in kinds or len(kinds) == len(question.choices)
        else:
            assert not isinstance(row, ast.Constant)


def test_the_right_answer_is_not_always_in_the_same_place():
    asked = [one for path in NOTEBOOKS for one in questions(section(cells(path))[0])]
    letters = [question.right[0] for question in asked]
    assert max(letters.count(letter) for letter in "abc") < len(letters) / 2


# What the book makes of a question.

GOOD = """# A chapter

## Check yourself

Choose first.

**1. How many heads, if $h = w / 64$ and `w` is 768?**

- (a) 8
- (b) 12, $h = 12$
- (c) `64`

<details><summary>Answer</summary>

- (a) These are the first Transformer's.
- **(b)** It is *768* by 64.
- (c) That is the size of a head.

</details>

Between them.

**2. Which?**

- (a) this
- (b) that

<details><summary>Answer</summary>

- **(a)** It is this one.
- (b) It is not that one.

</details>

## Another section

**3. Not a question**

- (a) one
"""
BAD = {
    "no-letter": ("- (b) that\n", "- that\n"),
    "not-explained": ("- (b) It is not that one.\n", ""),
    "none-right": ("- **(a)** It is this one.", "- (a) It is this one."),
    "two-right": ("- (b) It is not", "- **(b)** It is not"),
    "not-folded": ("</details>\n\n## Another", "\n## Another"),
    "no-list": ("- (a) this\n- (b) that\n", "(a) this (b) that\n"),
    "bold-text": ("- **(a)** It is this one.", "- **(a) It is this one.**"),
}
CONFIG = """
extensions = ["myst_parser", "book._ext.pages.quiz"]
myst_enable_extensions = ["dollarmath"]
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small book of good and bad questions, with the warnings of its build."""
    folder = tmp_path_factory.mktemp("quiz")
    (folder / "conf.py").write_text(CONFIG, "utf8")
    (folder / "index.md").write_text(GOOD, "utf8")
    for page, (old, new) in BAD.items():
        assert GOOD.count(old) == 1
        text = "---\norphan: true\n---\n" + GOOD.replace(old, new)
        (folder / f"{page}.md").write_text(text, "utf8")
    out = folder / "out"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", folder, out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out, done.stderr


@pytest.fixture(scope="module")
def forms(built):
    soup = BeautifulSoup((built[0] / "index.html").read_text("utf8"), "html.parser")
    return soup.find_all("fieldset")


@pytest.mark.slow
def test_a_question_becomes_a_named_group_of_radio_buttons(forms):
    first, second = forms
    asked = "1. How many heads, if \\(h = w / 64\\) and w is 768?"
    assert first.legend.get_text() == asked
    assert first.legend.find("code").get_text() == "w"
    assert first.legend.select_one(".math")
    for form, letters in ((first, "abc"), (second, "ab")):
        buttons = form.select("label > input[type=radio]")
        assert [button["value"] for button in buttons] == list(letters)
        assert len({button["name"] for button in buttons}) == 1
    assert first.input["name"] != second.input["name"]
    assert first.select("label")[1].get_text() == "(b) 12, \\(h = 12\\)"


def test_the_explanations_stay_folded_and_are_marked(forms):
    items = forms[0].select("details > ul > li")
    right = ["quiz-for-b", "quiz-right"]
    assert [item["class"] for item in items] == [["quiz-for-a"], right, ["quiz-for-c"]]
    assert items[1].get_text().strip() == "(b) It is 768 by 64."
    assert items[1].select_one(".quiz-letter").name == "strong"
    assert items[0].select_one(".quiz-letter").get_text() == "(a)"
    assert forms[0].summary.get_text() == "Answer"
    for verdict in [form.select_one(".quiz-verdict") for form in forms]:
        assert (verdict["aria-live"], verdict.get_text()) == ("polite", "")


def test_what_is_no_question_stays_as_it_was(built):
    soup = BeautifulSoup((built[0] / "index.html").read_text("utf8"), "html.parser")
    said = [paragraph.get_text() for paragraph in soup.select("section > p")]
    assert said == ["Choose first.", "Between them.", "3. Not a question"]
    assert len(soup.select("section > ul")) == 1
    assert "question 1" not in built[1]
    assert "index.md" not in built[1]


@pytest.mark.parametrize("page", BAD)
def test_a_question_of_another_form_is_a_warning_and_stays_text(built, page):
    folder, warnings = built
    assert re.search(rf"{page}\.md:\d+: WARNING: question 2: ", warnings)
    soup = BeautifulSoup((folder / f"{page}.html").read_text("utf8"), "html.parser")
    assert len(soup.find_all("fieldset")) == 1
