"""Check yourself, in a browser: choices are answered by mouse, keyboard or finger.

Here it is the first chapter's questions; test_pages.py chooses all choices of all.
"""

import re

import pytest

from lib.book.chapters import NOTEBOOKS, cells
from lib.book.quizzes import questions, section

ASKED = questions(section(cells(NOTEBOOKS[0]))[0])


def words(text):
    """A pattern for a text as the page has it: with other quotation marks."""
    return re.compile(re.sub("['\"]", ".", re.escape(text)) + "$")


@pytest.fixture
def quiz(visit):
    """The first chapter's page, and its questions as they are on it."""

    def open_quiz(**options):
        chapter = f"notebooks/{NOTEBOOKS[0].stem}"
        page = visit(chapter, only="fieldset.quiz", **options)
        return page, page.get_by_role("group").filter(has=page.get_by_role("radio"))

    return open_quiz


def test_a_verdict_is_the_explanation_of_the_choice(quiz):
    page, forms = quiz()
    for form, question in zip(forms.all(), ASKED, strict=True):
        for letter, why in question.explained.items():
            form.locator(f"input[value={letter}]").check()
            assert words(why).search(form.get_by_role("status").inner_text())
    assert [url for url in page.asked if not url.startswith("file:")] == []
    assert page.failed == page.wrong == []


def test_a_question_can_be_answered_with_the_keyboard_and_is_named(quiz):
    page, forms = quiz()
    question, form = ASKED[0], forms.first
    assert page.get_by_role("group", name=words(f"1. {question.text}")).count() == 1
    first, second = form.get_by_role("radio").all()[:2]
    named = words(f"(b) {question.choices['b']}")
    assert form.get_by_role("radio", name=named).count() == 1
    verdict = form.get_by_role("status")
    assert verdict.get_attribute("aria-live") == "polite"
    first.focus()
    assert verdict.inner_text() == ""
    page.keyboard.press("Space")
    assert "(a)." in verdict.inner_text()
    page.keyboard.press("ArrowDown")
    assert second.is_checked()
    assert "(b)." in verdict.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert form.locator("details li").first.is_visible()


def test_without_scripts_the_answers_are_folded_text(quiz):
    page, _ = quiz(script=False)
    answer = page.locator("fieldset.quiz details").first
    assert not answer.locator("li").first.is_visible()
    answer.locator("summary").click()
    assert answer.locator("li").first.is_visible()


def test_on_paper_the_answers_stand_unfolded_at_the_end(quiz):
    page, _ = quiz()
    answers = page.locator("fieldset.quiz details")
    opened = page.locator("fieldset.quiz details[open]")
    answers.first.locator("summary").click()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert answers.count() == 0
    told = page.locator(".at-the-end").inner_text()
    assert all(f"Question {number}" in told for number in range(1, 6))
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert (opened.count(), answers.count()) == (1, 5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_question_keeps_its_colours_apart(quiz, scheme):
    form = quiz(color_scheme=scheme)[1].first
    form.get_by_role("radio").first.check()
    style = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    assert len(set(form.get_by_role("status").evaluate(style))) == 2


def test_a_choice_is_answered_by_a_finger(quiz):
    form = quiz(size="phone", has_touch=True)[1].first
    form.locator("label").nth(1).tap()
    assert "(b)." in form.get_by_role("status").inner_text()
