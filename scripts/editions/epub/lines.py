"""Code that wraps on a narrow page, and still shows where its lines begin."""

from __future__ import annotations

from bs4 import NavigableString, Tag

from scripts.editions.blocks import new

LETTER = 0.6  # the width of a letter, in the size of the type
WIDE = 80  # a table with longer lines is set smaller, so that a tablet has room for it
HANG = 4  # what does not fit goes on this many letters to the right


def hang(article: Tag) -> None:
    """Make an element of each line of code, indented from its second row on.

    The newlines stay, for e-readers that know nothing of this.
    """
    for pre in article.find_all("pre"):
        if pre.find("a"):
            continue
        lines = split(pre)
        if max(len(line.get_text().rstrip()) for line in lines) > WIDE:
            pre["class"] = [*pre.get("class", []), "wide"]
        pre.clear()
        for line in lines:
            text = line.get_text()
            indent = len(text) - len(text.lstrip(" "))
            if indent:
                wide = f"{LETTER * (indent + HANG):.1f}em"
                line["style"] = f"padding-left: {wide}; text-indent: -{wide}"
            pre.append(line)


def split(pre: Tag) -> list[Tag]:
    """Return the lines; a colour that goes over several is in each of them.

    The site has an element for each line too, which is left out: a line within a line
    would break it.
    """
    lines = [new("span", class_="line")]
    for text in pre.find_all(string=True):
        colour = text.parent.get("class") if text.parent.name == "span" else None
        colour = None if colour == ["line"] else colour
        for piece in text.splitlines(keepends=True):
            part = NavigableString(piece)
            if colour and piece.strip():
                part = new("span", piece, class_=colour)
            lines[-1].append(part)
            if piece.endswith("\n"):
                lines.append(new("span", class_="line"))
    return [line for line in lines if line.contents]
