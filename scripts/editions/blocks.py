"""What only a screen can do, done in another way: folding, scrolling, clicking."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, NavigableString, Tag

# What a page of the site has and a page of a book has not.
SCREEN = {"button", "input", "script"}
SCREEN_CLASSES = {"chapter-part", "headerlink", "quiz-verdict", "screen-only"}
SCREEN_CLASSES |= {"sd-stretched-link", "title-facts", "title-ways", "ways"}

MAKER = BeautifulSoup("", "html.parser")


def new(name: str, *inside: str | Tag | None, **attributes) -> Tag:
    """Make an element; `class_` is its class, `data_target` its data-target."""
    names = {key: key.rstrip("_").replace("_", "-") for key in attributes}
    tag = MAKER.new_tag(name, attrs={names[k]: v for k, v in attributes.items()})
    tag.extend([part for part in inside if part])
    return tag


def remove_screen(article: Tag) -> None:
    """Take away buttons, permalinks and all else that is there to be clicked."""
    for tag in article.find_all(is_for_a_screen):
        if not tag.decomposed:  # with one that it was in
            tag.decompose()


def is_for_a_screen(tag: Tag) -> bool:
    """Tell whether an element is there to be clicked, or to lead about the site."""
    return tag.name in SCREEN or not SCREEN_CLASSES.isdisjoint(tag.get("class", ()))


def remove_folded_code(article: Tag) -> None:
    """Take away the code that the site shows on demand alone, and keep its output.

    These cells fetch the package or draw a figure.
    """
    for cell in article.select("div.cell.tag_hide-input"):
        for folded in cell.find_all("details", recursive=False):
            folded.decompose()
        if not cell.get_text(strip=True) and not cell.find(["svg", "img"]):
            cell.decompose()
    for output in article.select("div.cell.tag_exercise > div.cell_output"):
        output.decompose()  # it says that the exercise is not done yet


def unfold(article: Tag) -> None:
    """Show what is still folded, under the words that unfolded it."""
    for folded in article.find_all("details"):
        summary = folded.find("summary", recursive=False)
        words = summary.get_text(" ", strip=True) if summary else ""
        if summary:
            summary.decompose()
        folded.name = "div"
        folded.attrs = {"class": "unfolded"}
        if words:
            folded.insert(0, new("p", words, class_="unfolded-title"))


def questions(article: Tag) -> None:
    """Set the questions of "Check yourself" as text: what is asked, and the choices."""
    for form in article.select("fieldset.quiz"):
        form.name = "div"
        form["class"] = ["question"]
        legend = form.find("legend")
        legend.name, legend["class"] = "p", ["asked"]
        for label in form.find_all("label"):
            label.name, label["class"] = "p", ["choice"]
            letter = re.match(r"\s*(\([a-z]\)) ?", label.get_text())
            first = label.find(string=True)
            if letter and first.startswith(letter[1]):
                rest = first[len(letter[1]) :].lstrip()
                mark = new("span", letter[1], class_="letter")
                first.replace_with(mark, NavigableString(" " + rest))


def keep_marks(article: Tag) -> None:
    """Keep a full stop or a comma on the line of the formula before it."""
    for formula in article.select("span.math"):
        text = formula.next_sibling
        is_text = isinstance(text, NavigableString)
        found = re.match(r"[.,;:!?)\u2019\u201d]+", text) if is_text else None
        if found:
            text.replace_with(NavigableString(text[found.end() :]))
            formula.wrap(new("span", class_="stay")).append(found[0])
