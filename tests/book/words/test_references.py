"""Works that the chapters name are in the bibliography, and the pages lead there."""

import re
from collections import Counter

import pytest

from lib.book.articles import article
from lib.book.chapters import EVERY, ROOT, markdown, name

NAMES = r"[A-Z][\w-]+(?: team| et al\.|(?:, [A-Z][\w-]+)* and [A-Z][\w-]+)?(?:'s)?"
YEAR = r"(?:19|20)\d\d"
CITED = re.compile(rf"({NAMES}(?:,? \({YEAR}\)|, {YEAR}))")
READ = re.compile(rf"^- ([^*\n]+), \*([^*\n]+)\* \(({YEAR})\)", re.M)
KEY = re.compile(r"@\w+\{(\w+),")


def prose(path):
    """The text of a chapter without code."""
    return re.sub(r"```.*?```|`[^`]*`", "", markdown(path), flags=re.DOTALL)


@pytest.fixture(scope="session")
def page(site):
    def read(path):
        return article(site / f"{path}.html")

    return read


def linked(chapter):
    links = chapter.select("a.citation-link")
    return [a.get_text().replace("\u2019", "'") for a in links]


def test_the_pattern_sees_works_in_all_their_forms():
    seen = "Gage (1994), (Su et al., 2021), MacKay and Peto's, 1995; OLMo team, 2024"
    assert len(CITED.findall(seen)) == 4
    assert CITED.findall("In 1951 and June 2018, Llama 3 (2024)") == []


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_name_with_a_year_leads_to_the_bibliography(page, path):
    there = Counter(CITED.findall(prose(path)))
    assert there - Counter(linked(page(f"notebooks/{path.stem}"))) == {}


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_title_to_read_leads_to_the_bibliography(page, path):
    chapter = page(f"notebooks/{path.stem}")
    titles = [a.get_text() for a in chapter.select("a.citation-link > em")]
    plain = [re.sub(r"\W", "", title) for title in titles]
    for _, title, _ in READ.findall(prose(path)):
        assert re.sub(r"\W", "", title) in plain, title


def test_a_link_leads_to_the_work_that_is_named(page):
    entries = page("book/bibliography")
    for path in EVERY:
        for link in page(f"notebooks/{path.stem}").select("a.citation-link"):
            entry = entries.find(id=link["href"].partition("#")[2]).get_text()
            text = link.get_text()
            assert text in entry or all(
                word in entry for word in re.findall(r"[A-Z]\w{2,}|\d{4}", text)
            ), (text, entry)


def test_every_work_is_listed_by_name_and_named_in_the_text(page):
    keys = KEY.findall((ROOT / "book/references.bib").read_text("utf8"))
    assert len(keys) == len(set(keys)) > 50
    listed_in = page("book/bibliography")
    cited = {a["href"].partition("#")[2] for a in listed_in.select('a[href^="#"]')}
    assert set(keys) <= cited
    listed = [entry.get_text() for entry in listed_in.select("div.citation > p")]
    assert len(listed) == len(keys)
    assert [text.split()[0] for text in listed[:2]] == ["Joshua", "Jimmy"]


def test_addresses_of_works_are_links_to_archives(page):
    for link in page("book/bibliography").select("div.citation a.external"):
        assert link["href"].startswith("https://"), link
        text = link.get_text()
        if text.startswith("arXiv:"):
            assert re.fullmatch(r"arXiv:\d{4}\.\d{4,5}", text)
