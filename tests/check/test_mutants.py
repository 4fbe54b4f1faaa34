"""Mutants of the chapters' solutions are called wrong, and most of them by name.

A learner's slip is often one thing that is not as it should be. Here every such change
to a solution is made, see `lib/mutants.py`, and its verdict looked at: it is *named* by
a sentence of the gallery; or *stopped* by an exception, shown with its line, or
by a forgotten `return`, which is asked for; or *shown* with the smallest case that
fails, which leaves the learner to find out why.

    PYTHONPATH=.:tests python tests/check/test_mutants.py attention

prints the verdicts of a chapter, those that are named last.
"""

import functools
import json
import sys
import warnings
from collections import Counter
from itertools import count
from pathlib import Path

import nbformat
import pytest

from gpt1.check import exercises, judge
from lib.mutants import Steps, mutants, run
from lib.solutions import solutions
from lib.solved import namespace

BOOK = Path(__file__).parents[2] / "notebooks"
SAME = {path.stem: path for path in sorted(Path(__file__).parent.glob("same/*.json"))}
"""Which mutants of a chapter are right: by exercise, a part of the change, and why.

The chapters that have such a file are held to all this.
"""

SHARE = 0.8
"""Of the mutants of a chapter that come to a wrong result, so many are named."""

ALL = exercises()
pytestmark = pytest.mark.weekly


def solved(chapter):
    """Exercise, name of the answer, and code of every solution of a chapter."""
    cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    return [(*each, code) for code, checks in solutions(cells) for each in checks]


@functools.cache
def verdicts(chapter, name, answer, code):
    """Of every mutant: what was changed, and what is said of it."""
    names = namespace(BOOK / f"{chapter}.ipynb")
    trial = Steps(10**7)
    judge(ALL[name], run(code, names, trial)[answer])
    found = {}
    for change, text in mutants(code, [answer]):
        steps = Steps(10 * trial.done + 1000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as it would be in a notebook
            if change in found:  # the same line, in another place
                change += f" ({len(found)})"
            found[change] = judge(ALL[name], run(text, names, steps)[answer])
    return found


def kind(said):
    if said.startswith("right"):
        return "right"
    if said.startswith("not yet: "):
        return "named"
    if "your code stopped in" in said or "end in `return`?" in said:
        return "stopped"
    return "shown"


EACH = [(chapter, *each) for chapter in SAME for each in solved(chapter)]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EACH, ids=lambda each: each[1])
def test_no_mutant_is_right_but_those_that_are_the_same(exercise):
    chapter, name, *_ = exercise
    same = json.loads(SAME[chapter].read_text("utf8")).get(name, {})
    found = verdicts(*exercise)
    right = [change for change, said in found.items() if kind(said) == "right"]
    assert [new for new in right if not any(part in new for part in same)] == []
    assert [part for part in same if not any(part in new for new in right)] == []


@pytest.mark.slow
@pytest.mark.parametrize("chapter", SAME)
def test_most_mutants_of_a_chapter_are_named(chapter):
    kinds = counted(chapter)
    assert kinds["named"] + kinds["stopped"] > 50
    assert kinds["named"] >= SHARE * (kinds["named"] + kinds["shown"])


def test_a_mutant_has_one_thing_changed():
    code = "def f(a, b):\n    c = a - b\n    return min(c[1:], b.size(-1))\nf(1, 2)\n"
    made = [change.split(" -> ") for change, _ in mutants(code, ["f"])]
    assert sorted(new for old, new in made if old == "c = a - b") == [
        "c = a",
        "c = a + b",
        "c = b",
        "c = b - a",
        "pass",
    ]
    ends = {new.removeprefix("return ") for old, new in made if "min" in old}
    assert ends == {
        "pass",
        "max(c[1:], b.size(-1))",
        "min(c[:], b.size(-1))",
        "min(c[2:], b.size(-1))",
        "min(c[0:], b.size(-1))",
        "min(c[1:], b)",
        "min(c[1:], b.size(1))",
        "min(c[1:], b.size(-2))",
        "min(c[1:], b.size(-0))",
    }


@pytest.mark.parametrize(
    "loop",
    ["while True:\n    pass", "[n for n in count()]", "for n in count():\n    pass"],
)
def test_a_mutant_that_never_ends_is_stopped(loop):
    with pytest.raises(RuntimeError, match="does not seem to end"):
        run(loop, {"count": count}, Steps(100))


def counted(chapter):
    every = [verdicts(chapter, *each) for each in solved(chapter)]
    return Counter(kind(said) for each in every for said in each.values())


def main():
    [chapter] = [path.stem for path in BOOK.glob(f"*{sys.argv[1]}.ipynb")]
    for each in solved(chapter):
        print(f"\n## {each[0]}")
        found = verdicts(chapter, *each).items()
        for change, said in sorted(found, key=lambda one: kind(one[1]) == "named"):
            print(f"{kind(said):8}{change}\n            {said[:160]!r}")
    print(f"\n{chapter}: {dict(counted(chapter))}")


if __name__ == "__main__":
    main()
