"""Code that fits the width of a sheet: smaller letters, or lines broken with a mark."""

from __future__ import annotations

from bs4 import NavigableString, Tag

from scripts.editions.blocks import new

# Lines of this many letters fit at the size of all code; longer ones are set smaller.
COLUMNS = 84
SMALLEST = 102
POINTS = 8.15  # the size of code in book.css
MARK = "↪ "


def columns(pre: Tag) -> int:
    """Return the length of the longest line."""
    return max(map(len, pre.get_text().split("\n")))


def fit_code(article: Tag) -> None:
    """Set long lines smaller; break those that are longer still, with a mark."""
    for pre in article.find_all("pre"):
        text = pre.get_text().rstrip("\n")
        if text.count("\n") < 18:
            pre["class"] = [*pre.get("class", []), "whole"]
        if columns(pre) > SMALLEST:
            break_lines(pre, SMALLEST)
        if (longest := columns(pre)) > COLUMNS:
            pre["style"] = f"font-size: {POINTS * COLUMNS / longest:.2f}pt"


def break_lines(pre: Tag, width: int) -> None:
    """Break each line after `width` letters; the rest goes on below, after a mark."""
    place = 0
    for text in list(pre.find_all(string=True)):
        pieces, line = [], ""
        for letter in text:
            if letter == "\n":
                place = 0
            elif place == width:
                pieces.append(line)
                line, place = "", len(MARK)
            if letter != "\n":
                place += 1
            line += letter
        if pieces:
            made = []
            for piece in [*pieces, line]:
                made.append(NavigableString(piece))
                made += [NavigableString("\n"), new("span", MARK, class_="turned")]
            text.replace_with(*made[:-2])
