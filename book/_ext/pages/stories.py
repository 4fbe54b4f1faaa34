"""Prose that a cell prints, on a sheet of paper: lines of one width are for tables.

A notebook prints a story in short lines of typewriter letters. On the page it is text
that fills the column, as on the welcome page. A line above it that ends in a colon
stays what it was, and so does all that is printed and no prose. "k = 2:" at the
beginning of a story becomes such a line. A story may be a single line of any length.
"""

import re
from html import escape
from itertools import pairwise

LONGEST = 76
FEWEST_WORDS = 25
WORD = re.compile(r"[\"'(]*[A-Za-z][A-Za-z'-]*[\"').,;:!?]*")
# What says how a text was made: a number, or a colon at its end.
HEAD = re.compile(r"\d|:$")
HEAD_BEFORE = re.compile(r"^(\w+ = \d+:) (?=\S)", re.MULTILINE)
SHEET = '<div class="story sheet">{}</div>'


def on_paper(cell):
    """Give what a cell prints the look of a sheet, where it is a story."""
    for place, output in enumerate(cell.get("outputs", ())):
        if output.get("name") == "stdout" and (html := sheet(output["text"])):
            data = {"text/html": html, "text/plain": output["text"]}
            made = {"output_type": "display_data", "data": data, "metadata": {}}
            cell.outputs[place] = type(output)(made)


def sheet(printed):
    """The HTML of stories and of the lines above them; "" for what is none."""
    made, story = [], []
    printed = HEAD_BEFORE.sub(r"\1\n", printed.strip("\n"))
    for line in [*printed.split("\n"), None]:
        is_head = line is not None and HEAD.search(line)
        if story and (line is None or is_head):
            if not is_prose(story):
                return ""
            made.append(SHEET.format(paragraphs("\n".join(story))))
            story = []
        if is_head:
            made.append(f'<p class="sheet-head">{escape(line)}</p>')
        elif line is not None and (line or story):
            story.append(line)
    return "".join(made) if SHEET[:10] in "".join(made) else ""


def paragraphs(text):
    parts = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return "".join(f"<p>{escape(part)}</p>" for part in parts)


def is_prose(lines):
    """Tell words in lines of like length from tables, lists and broken words."""
    text = " ".join(lines)
    words = text.split()
    if len(words) < FEWEST_WORDS or re.search(r"[|=_<>\[\]→]|\S {4,}\S", text):
        return False
    if len(lines) == 1 and not text[0].isupper():
        return False
    if len(lines) > 1 and any(line[:1] == " " or len(line) > LONGEST for line in lines):
        return False
    # Wrapped text: a line ends only where the next word would not have fitted.
    longest = max(map(len, lines))
    pairs = [(line, below) for line, below in pairwise(lines) if line and below]
    ends = [len(line) + 1 + len(below.split(" ")[0]) for line, below in pairs]
    if sum(end < longest - 6 for end in ends) > len(pairs) / 8:
        return False
    known = sum(bool(WORD.fullmatch(word)) for word in words)
    return known > 0.85 * len(words)
