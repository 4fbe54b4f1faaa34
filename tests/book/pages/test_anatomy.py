"""A page gives a chapter's recurring parts the look that anatomy.py promises."""

import re

import pytest
import yaml

from lib.book.articles import article
from lib.book.chapters import EVERY, NOTEBOOKS, ROOT, markdown, name

LEADS = {"From the paper": "paper", "From the code": "code"}
LEADS |= {"Get it wrong on purpose": "wrong", "What has changed since": "since"}


@pytest.fixture
def page(site):
    def read(path):
        return article(site / "notebooks" / f"{path.stem}.html")

    return read


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_the_head_names_the_part_of_the_contents(path, page):
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))["parts"]
    numbered = [part for part in parts if part.get("numbered")]
    file = {"file": f"notebooks/{path.stem}"}
    [place] = [n for n, part in enumerate(numbered) if file in part["chapters"]]
    number = ["I", "II", "III", "IV"][place]
    head = page(path).select_one("p.chapter-part")
    assert head["class"][1] == f"part-{place + 1}"
    assert head.get_text() == f"Part {number} · {numbered[place]['caption']}"
    assert head.find_next_sibling().name == "h1"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_the_head_tells_the_times_that_the_chapter_tells(path, page):
    text = markdown(path)
    reading = re.search(r"Reading takes about (\d+) minutes", text)[1]
    each = re.findall(r"Difficulty: \w+ · (\d+) minutes", text)
    facts = [li.get_text() for li in page(path).select(".chapter-strip .facts li")]
    exercises = f"{len(each)} exercises, {sum(map(int, each))} min"
    assert facts == [f"{reading} min to read", exercises]


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_the_head_offers_colab_and_the_notebook_itself(path, page, site):
    colab, file = page(path).select(".chapter-strip a.way")
    assert colab["href"].endswith(f"/blob/main/notebooks/{path.name}")
    assert (site / "notebooks" / file["href"]).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_each_lead_is_a_labelled_aside_and_no_quotation_keeps_one(path, page):
    leads = re.findall(r"(?m)^> \*\*(.+?)\*\*", markdown(path))
    wanted = [lead.rstrip(".").partition(": ") for lead in leads]
    asides = page(path).select("div.aside")
    labels = [aside.select_one(".aside-label").get_text() for aside in asides]
    got = list(zip(labels, [aside["class"][-1] for aside in asides], strict=True))
    assert got == [(label, f"aside-{LEADS[label]}") for label, _, _ in wanted]
    for aside, (_, _, title) in zip(asides, wanted, strict=True):
        shown = aside.select_one(".aside-title")
        assert (shown is not None) == bool(title)
        printed = title.replace("`", "").replace("'", "\u2019")
        assert not title or printed[1:6] in shown.get_text()
        body = aside.find_all("p")[1 + bool(title)].get_text()
        assert body == body.lstrip()
    assert not page(path).select("blockquote > p:first-child > strong:first-child")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_each_exercise_is_set_apart_and_marked(path, page):
    wanted = re.findall(
        r"(?m)^\*Difficulty: (\w+) · (\d+) minutes(.*)\*$", markdown(path)
    )
    framed = page(path).select("section.exercise")
    assert len(framed) == len(wanted)
    for section, (level, minutes, choice) in zip(framed, wanted, strict=True):
        mark = section.select_one("p.difficulty").get_text(" ", strip=True)
        dots = {"easy": "● ○○", "medium": "●● ○", "hard": "●●●"}[level]
        chosen = choice.replace(" ·", "")
        assert mark == f"{dots} {level} {minutes} minutes{chosen}"
        assert section.select_one("div.cell_input")
