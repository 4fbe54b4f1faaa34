"""The questions of "Check yourself", read from the notebooks' text."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADING = "## Check yourself\n"
LEAD = re.compile(
    r"Choose first, then open the answer\. The last cell computes all five"
    r"(?: answers)?\.\n\n"
)
QUESTION = re.compile(
    r"""\*\*(?P<number>\d)\.\ (?P<text>[^\n]+)\*\*\n\n
    (?P<choices>(?:-\ \([a-z]\)\ [^\n]+\n)+)\n
    <details><summary>Answer</summary>\n\n
    (?P<answers>(?:-\ (?:\*\*)?\([a-z]\)(?:\*\*)?\ [^\n]+\n)+)\n
    </details>\n+""",
    re.VERBOSE,
)
CHOICE = re.compile(r"- \(([a-z])\) (.+)")
ANSWER = re.compile(r"- (\*\*)?\(([a-z])\)(?:\*\*)? (.+)")
ENDING = """
assert all(sum(choices) == 1 for choices in answers)
print(*["abcd"[choices.index(True)] for choices in answers])"""


@dataclass
class Question:
    number: int
    text: str
    choices: dict[str, str]
    explained: dict[str, str]
    right: list[str]


def section(cells: list[dict]) -> tuple[str, dict]:
    """Return the text of "Check yourself" in a chapter, and its last cell."""
    [place] = [n for n, cell in enumerate(cells) if HEADING in cell["source"]]
    return cells[place]["source"].split(HEADING)[1].lstrip() + "\n", cells[place + 1]


def questions(text: str) -> list[Question]:
    """Read the questions; whatever is not one of them is a ValueError."""
    lead = LEAD.match(text)
    if not lead:
        raise ValueError(f"expected {LEAD.pattern!r}, got {text[:80]!r}")
    found, place = [], lead.end()
    while place < len(text):
        match = QUESTION.match(text, place)
        if not match:
            raise ValueError(f"no question: {text[place : place + 200]!r}")
        answers = ANSWER.findall(match["answers"])
        choices = dict(CHOICE.findall(match["choices"]))
        explained = {letter: why for _, letter, why in answers}
        right = [letter for bold, letter, _ in answers if bold]
        number = int(match["number"])
        found.append(Question(number, match["text"], choices, explained, right))
        place = match.end()
    return found
