"""Works that the chapters name are in the bibliography, and the pages lead there."""

import re

import pytest

from lib.book.articles import article
from lib.book.chapters import EVERY, ROOT, markdown, name
from scripts.site.address import pages_address, project

NAMES = r"[A-Z][\w-]+(?: team| et al\.|(?:, [A-Z][\w-]+)* and [A-Z][\w-]+)?(?:'s)?"
YEAR = r"(?:19|20)\d\d"
CITED = re.compile(rf"({NAMES}(?:,? \({YEAR}\)|, {YEAR}))")
READ = re.compile(rf"^- ([^*\n]+), \*([^*\n]+)\* \(({YEAR})\)", re.M)


KEYS = re.findall(r"@\w+\{(\w+),", (ROOT / "book/references.bib").read_text("utf8"))
ADDRESS = f"{pages_address(project()[0])}/book/bibliography.html"
LINK = re.compile(rf"\[([^\]]*)\]\({re.escape(ADDRESS)}#([^)]*)\)")
each_chapter = pytest.mark.parametrize("path", EVERY, ids=name)


@pytest.fixture
def bibliography(site):
    return article(site / "book/bibliography.html")


def prose(path):
    """The text of a chapter without code."""
    return re.sub(r"```.*?```|`[^`]*`", "", markdown(path), flags=re.DOTALL)


def test_the_pattern_sees_works_in_all_their_forms():
    seen = "Gage (1994), (Su et al., 2021), MacKay and Peto's, 1995; OLMo team, 2024"
    assert len(CITED.findall(seen)) == 4
    assert CITED.findall("In 1951 and June 2018, Llama 3 (2024)") == []


@each_chapter
def test_every_work_that_is_named_leads_to_the_bibliography(path):
    text = LINK.sub("…", prose(path))
    left = CITED.findall(text) + [title for _, title, _ in READ.findall(text)]
    assert left == [], f"write [...]({ADDRESS}#KEY), its key in book/references.bib"


@each_chapter
def test_a_link_leads_to_the_work_that_is_named(bibliography, path):
    for text, key in LINK.findall(prose(path)):
        entry = bibliography.find(id=key).get_text()
        said = re.findall(r"[A-Z]\w{2,}|\d{4}", text)
        assert all(word in entry for word in said), (text, entry)


def test_every_work_is_listed_by_name_and_named_in_the_text(bibliography):
    assert len(KEYS) == len(set(KEYS)) > 50
    cited = {a["href"].partition("#")[2] for a in bibliography.select('a[href^="#"]')}
    assert set(KEYS) <= cited
    listed = [entry.get_text() for entry in bibliography.select("div.citation > p")]
    assert len(listed) == len(KEYS)
    assert [text.split()[0] for text in listed[:2]] == ["Samira", "Joshua"]


def test_addresses_of_works_are_links_to_archives(bibliography):
    for link in bibliography.select("div.citation a.external"):
        assert link["href"].startswith("https://"), link
        text = link.get_text()
        if text.startswith("arXiv:"):
            assert re.fullmatch(r"arXiv:\d{4}\.\d{4,5}", text)
