"""Every chapter opens, marks its asides and ends in the same way."""

import re

import pytest

from lib.book.chapters import EVERY, NOTEBOOKS, cells, code_cells, markdown, name

OPENING = re.compile(
    r"# .+\n\n(?P<promise>[^>*#|].+)\n\n"
    r"\*?You need .+ Reading takes about (\d+) minutes, the exercises about "
    r"(?P<minutes>\d+) more; running the code takes (?:less than a|about a|about two) "
    r"minutes? on two CPU cores\b.*",
    re.DOTALL,
)
LEADS = re.compile(
    r"From the paper\.|From the code\.|What has changed since\."
    r"|Get it wrong on purpose: [^:]+\."
)
ENDING = ["Exercises", "Check yourself", "What you can now do", "What to read"]

every_notebook = pytest.mark.parametrize("path", EVERY, ids=name)
every_chapter = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)


def leads(text):
    return re.findall(r"(?m)^>\s*\*\*(.+?)\*\*", text)


def sections(path):
    """The text under each heading of the second level, in order."""
    parts = re.split(r"(?m)^## (.+)$", markdown(path))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@every_chapter
def test_the_drawing_of_the_whole_model_opens_it_without_a_caption(path):
    [drawing, *_] = [c for c in code_cells(path) if "model_drawing(" in c["source"]]
    assert drawing == code_cells(path)[2]
    assert drawing["tags"] == {"picture"}
    assert "mystnb" not in drawing["metadata"]
    assert all(cell["tags"] == {"setup"} for cell in code_cells(path)[:2])


@every_chapter
def test_the_first_cell_says_what_is_built_what_it_needs_and_how_long_it_takes(path):
    told = int(OPENING.fullmatch(cells(path)[0]["source"])["minutes"])
    each = re.findall(r"\*Difficulty: \w+ · (\d+) minutes\b.*\*", markdown(path))
    assert sum(map(int, each)) == told


@every_notebook
def test_a_quotation_is_an_aside_with_one_of_four_leads_and_no_mistake_is_twice(path):
    """Another quotation would stay without a label and colour."""
    found = leads(markdown(path))
    assert [lead for lead in found if not LEADS.fullmatch(lead)] == []
    for block in markdown(path).split("\n\n"):
        if block.startswith(">"):
            assert leads(block.split("\n")[0]), block
    mistakes = [lead for lead in found if lead.startswith("Get it")]
    assert len(set(mistakes)) == len(mistakes)


@every_chapter
def test_it_tells_what_the_paper_says_what_goes_wrong_and_once_what_changed(path):
    found, parts = leads(markdown(path)), sections(path)
    assert "From the paper." in found
    assert any(lead.startswith("Get it wrong on purpose: ") for lead in found)
    assert leads(parts["What you can now do"]) == ["What has changed since."]
    assert found.count("What has changed since.") == 1
    assert list(parts)[-4:] == ENDING


@every_chapter
def test_a_section_of_mistakes_introduces_them_and_names_each(path):
    if mistakes := sections(path).get("Get it wrong on purpose"):
        assert not mistakes.strip().startswith(">")
        assert len(leads(mistakes)) >= 2


@every_chapter
def test_it_ends_with_a_list_to_read_and_the_way_on(path):
    *listed, onward = sections(path)["What to read"].strip().split("\n\n")
    assert len(listed) == 1
    assert all(line.startswith("- ") for line in listed[0].split("\n"))
    assert 3 <= len(listed[0].split("\n")) <= 6
    following = EVERY[EVERY.index(path) + 1]
    title = cells(following)[0]["source"].split("\n")[0].removeprefix("# ")
    assert onward.startswith(f"Next: [{title}]({following.name})")


@every_chapter
def test_the_exercises_are_numbered_and_get_no_easier(path):
    heads = re.findall(r"(?m)^### Exercise (\d+): \S.+$", markdown(path))
    assert [int(number) for number in heads] == list(range(1, len(heads) + 1))
    levels = re.findall(r"\*Difficulty: (\w+) ·", markdown(path))
    assert levels[0] == "easy"
    assert levels == sorted(levels, key=["easy", "medium", "hard"].index)
    assert len(heads) == sum("exercise" in c["tags"] for c in code_cells(path))
