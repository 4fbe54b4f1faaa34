"""Hints, solutions and answers: at the end of the book, with links both ways.

On the site they are folded below what they answer. On paper nothing folds, and an eye
that looks for the exercise would read its solution.
"""

from __future__ import annotations

from copy import copy

from bs4 import Tag

from scripts.editions.blocks import new
from scripts.editions.pages import Page

OPEN = "Choose first, then open the answer."


def heading_of(section: Tag) -> Tag | None:
    return section.find(["h1", "h2", "h3", "h4"])


def move_answers(pages: list[Page]) -> list[Page]:
    """Take hints, solutions and answers out of the pages; return the pages of them."""
    hints = appendix("hints", "Hints")
    solutions = appendix("solutions", "Solutions and answers")
    for page in pages:
        for kind, made in (("Hint", hints), ("Solution", solutions)):
            title = new("h2", f"{page.number} {page.title}".strip())
            chapter = new("section", title, id=f"{made.key}-of-{page.key}")
            move_exercises(page, kind, chapter)
            if kind == "Solution":
                move_quiz(page, chapter)
            if len(chapter.contents) > 1:
                made.article.section.append(chapter)
    return [made for made in (hints, solutions) if made.article.find("h2")]


def appendix(key: str, title: str) -> Page:
    article = new("article", new("section", new("h1", title)))
    return Page(f"appendix/{key}", article, title)


def move_exercises(page: Page, kind: str, chapter: Tag) -> None:
    """Move each folded hint, or each solution, and leave a line that says where to."""
    for folded in page.article.find_all("details"):
        summary = folded.find("summary", recursive=False)
        if summary is None or summary.get_text(strip=True) != kind:
            continue
        exercise = folded.find_parent("section")
        name = f"{kind.lower()}-{exercise['id']}"
        made = entry(name, heading_of(exercise), exercise["id"])
        summary.decompose()
        made.extend(list(folded.contents))
        chapter.append(made)
        line = exercise.find("p", class_="to-answers", recursive=False)
        if line is None:
            line = new("p", class_="to-answers")
            folded.insert_before(line)
        folded.decompose()
        line.append(pointer(kind, name))


def move_quiz(page: Page, chapter: Tag) -> None:
    """Move the explained answers of "Check yourself"."""
    forms = page.article.select("fieldset.quiz")
    if not forms:
        return
    section = forms[0].find_parent("section")
    name = f"answers-{section['id']}"
    made = entry(name, heading_of(section), section["id"])
    made["class"] = ["answers"]
    for count, form in enumerate(forms, 1):
        folded = form.find("details")
        number = new("p", f"Question {count}", class_="answer-number")
        listed = folded.find_all("ul", recursive=False)
        answer = new("div", number, *listed, class_="answer")
        folded.decompose()
        made.append(answer)
    for key in section.select("div.cell.tag_hide-cell"):
        key.decompose()  # its output is the letters
    chapter.append(made)
    link = pointer("Answers, each explained", name)
    line = new("p", link, class_="to-answers")
    first = section.find("p")
    if first is not None and first.get_text().startswith(OPEN):
        first.replace_with(line)
    else:
        forms[-1].insert_after(line)


def entry(name: str, heading: Tag, target: str) -> Tag:
    """Return a section with an exercise's title, which leads back to the exercise."""
    title = new("h3", *list(copy(heading).contents))
    for aside in title.select(".headerlink, .section-number"):
        aside.decompose()
    back = new("p", pointer("Asked", target), class_="back")
    return new("section", title, back, id=name)


def pointer(words: str, target: str) -> Tag:
    """Return a link with the page it leads to, which is filled in later."""
    place = new("span", class_="page-of", data_target=target)
    return new("a", f"{words}: page ", place, href=f"#{target}", class_="pointer")
