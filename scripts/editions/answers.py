"""Hints, solutions and answers: at the end of the book, with links both ways.

On the site they are folded below what they answer. On paper nothing folds, and an eye
that looks for the exercise would read its solution.
"""

from __future__ import annotations

from copy import copy

from bs4 import BeautifulSoup, Tag

from scripts.editions.blocks import new
from scripts.editions.pages import Page

OPEN = "Choose first, then open the answer."


def heading_of(section: Tag) -> Tag | None:
    return section.find(["h1", "h2", "h3", "h4"])


def move_answers(soup: BeautifulSoup, pages: list[Page]) -> list[Page]:
    """Take hints, solutions and answers out of the pages; return the pages of them."""
    hints = appendix(soup, "hints", "Hints")
    solutions = appendix(soup, "solutions", "Solutions and answers")
    for page in pages:
        name = f"{page.number} {page.title}".strip()
        for kind, made in (("Hint", hints), ("Solution", solutions)):
            chapter = new(soup, "section", id=f"{made.key}-of-{page.key}")
            chapter.append(new(soup, "h2", name))
            move_exercises(soup, page, kind, chapter)
            if kind == "Solution":
                move_quiz(soup, page, chapter)
            if len(chapter.contents) > 1:
                made.article.section.append(chapter)
    return [made for made in (hints, solutions) if made.article.find("h2")]


def appendix(soup: BeautifulSoup, key: str, title: str) -> Page:
    article = new(soup, "article")
    section = new(soup, "section")
    section.append(new(soup, "h1", title))
    article.append(section)
    return Page(f"appendix/{key}", article, title)


def move_exercises(soup: BeautifulSoup, page: Page, kind: str, chapter: Tag) -> None:
    """Move each folded hint, or each solution, and leave a line that says where to."""
    for folded in page.article.find_all("details"):
        summary = folded.find("summary", recursive=False)
        if summary is None or summary.get_text(strip=True) != kind:
            continue
        exercise = folded.find_parent("section")
        name = f"{kind.lower()}-{exercise['id']}"
        made = entry(soup, name, heading_of(exercise), exercise["id"])
        summary.decompose()
        made.extend(list(folded.contents))
        chapter.append(made)
        line = exercise.find("p", class_="to-answers", recursive=False)
        if line is None:
            line = new(soup, "p", class_="to-answers")
            folded.insert_before(line)
        folded.decompose()
        line.append(pointer(soup, kind, name))


def move_quiz(soup: BeautifulSoup, page: Page, chapter: Tag) -> None:
    """Move the explained answers of "Check yourself"."""
    forms = page.article.select("fieldset.quiz")
    if not forms:
        return
    section = forms[0].find_parent("section")
    name = f"answers-{section['id']}"
    made = entry(soup, name, heading_of(section), section["id"])
    made["class"] = ["answers"]
    for count, form in enumerate(forms, 1):
        folded = form.find("details")
        answer = new(soup, "div", class_="answer")
        answer.append(new(soup, "p", f"Question {count}", class_="answer-number"))
        answer.extend(folded.find_all("ul", recursive=False))
        folded.decompose()
        made.append(answer)
    for key in section.select("div.cell.tag_hide-cell"):
        key.decompose()  # its output is the letters
    chapter.append(made)
    line = new(soup, "p", class_="to-answers")
    line.append(pointer(soup, "Answers, each explained", name))
    first = section.find("p")
    if first is not None and first.get_text().startswith(OPEN):
        first.replace_with(line)
    else:
        forms[-1].insert_after(line)


def entry(soup: BeautifulSoup, name: str, heading: Tag, target: str) -> Tag:
    """Return a section with an exercise's title, which leads back to the exercise."""
    section = new(soup, "section", id=name)
    title = new(soup, "h3")
    title.extend(list(copy(heading).contents))
    for aside in title.select(".headerlink, .section-number"):
        aside.decompose()
    section.append(title)
    back = new(soup, "p", class_="back")
    back.append(pointer(soup, "Asked", target))
    section.append(back)
    return section


def pointer(soup: BeautifulSoup, words: str, target: str) -> Tag:
    """Return a link with the page it leads to, which is filled in later."""
    link = new(soup, "a", f"{words}: page ", href=f"#{target}", class_="pointer")
    link.append(new(soup, "span", class_="page-of", data_target=target))
    return link
