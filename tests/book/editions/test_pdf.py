"""The PDF: every page of the site is in it, every link leads on, nothing is cut off."""

import io
import posixpath
import re
from collections import Counter, defaultdict
from html import unescape
from importlib.util import find_spec

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from lib.book.chapters import CONTENTS, NOTEBOOKS, ROOT
from lib.book.links import is_elsewhere
from scripts.editions.command import EditionError
from scripts.editions.pdf.code import break_lines
from scripts.editions.pdf.document import Document, assemble
from scripts.editions.pdf.finish import bookmark, dead_links, finish
from scripts.editions.pdf.layout import before, open_document, print_pages

pytestmark = pytest.mark.weekly

LINK = r'<a class="(?:\w+ )?internal"[^>]* href="([^"]*)"'
# Where `make pdf` keeps its typefaces.
FONTS = "pdf/fonts"
# The welcome page and the shortest chapter.
SOME = ["book/index", "notebooks/02-tokens"]


@pytest.fixture(scope="module")
def whole(site):
    """The whole book as one document."""
    return assemble(ROOT, site, site.parent / FONTS)


@pytest.fixture(scope="module")
def soup(whole):
    return whole.body


@pytest.fixture(scope="module")
def places(soup):
    """What each name names."""
    return {tag["id"]: tag for tag in soup.find_all(id=True)}


@pytest.fixture(scope="module")
def linked(soup):
    """The links that lead to each name."""
    found = defaultdict(list)
    for link in soup.find_all("a", href=True):
        found[link["href"].removeprefix("#")].append(link)
    return found


@pytest.fixture(scope="module")
def printed(site, browser, tmp_path_factory):
    """Some pages, printed and read back."""
    document = assemble(ROOT, site, site.parent / FONTS, only=SOME)
    page = open_document(browser, document, tmp_path_factory.mktemp("pdf"))
    made = finish(print_pages(page), document.about)
    page.close()
    return PdfReader(io.BytesIO(made))


@pytest.fixture(scope="module")
def texts(printed):
    """What is written on each of these pages."""
    return [page.extract_text() for page in printed.pages]


def test_every_page_of_the_contents_is_in_the_book_in_order(soup):
    found = [article["id"] for article in soup.select("article.chapter")]
    assert [key for key in found if key not in ("hints", "solutions")] == [
        name.split("/")[-1] for name in CONTENTS
    ]
    assert {"hints", "solutions"} <= set(found)


def test_every_link_within_the_site_has_its_place_in_the_book(on_site, places, soup):
    count = 0
    web = {a["href"].rpartition("/")[2] for a in soup.select('a[href^="https:"]')}
    for name, html in on_site.items():
        for link in re.findall(LINK, html):
            path, _, fragment = unescape(link).partition("#")
            if "=" in fragment:  # a state that only the site's page has
                fragment = ""
            page = posixpath.normpath(f"{name}/../{path}")[:-5] if path else name
            if page == "genindex":  # not printed: the link leads to the site
                assert "genindex.html" in web
                continue
            if path and not path.endswith(".html"):  # a file: it is on the web
                assert posixpath.basename(path) in web
                continue
            assert page in on_site, f"{name}: {link}"
            key = page.split("/")[-1]
            assert (f"{key}--{fragment}" if fragment else key) in places, link
            count += 1
    assert count > 300


def test_no_name_is_given_twice_and_no_link_of_the_book_is_dead(soup):
    names = Counter(tag["id"] for tag in soup.find_all(id=True))
    assert [name for name, count in names.items() if count > 1] == []
    targets = {a["href"][1:] for a in soup.select('a[href^="#"]')}
    targets |= {tag["data-target"] for tag in soup.select("[data-target]")}
    assert targets - set(names) == set()
    drawn = re.findall(r"url\(#([^)]+)\)", str(soup.main))
    assert set(drawn) - set(names) == set()


def test_other_links_are_whole_addresses(soup):
    others = [a["href"] for a in soup.select('a[href]:not([href^="#"])')]
    assert others
    assert [link for link in others if not is_elsewhere(link)] == []


def test_nothing_waits_for_a_click(soup):
    left = soup.select("main :is(details, summary, button, input, script, .headerlink)")
    assert left == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_hints_and_solutions_stand_at_the_end_with_links_both_ways(
    on_site, places, linked, path
):
    folded = re.findall(r"<summary>(\w+)</summary>", on_site[f"notebooks/{path.stem}"])
    prefix = f"{path.stem}--"
    for kind, place in (("Hint", "hints"), ("Solution", "solutions")):
        lead = f"{kind.lower()}-{prefix}"
        moved = [name for name in places if name.startswith(lead)]
        assert len(moved) == folded.count(kind) > 0
        for name in moved:
            (there,) = linked[name]
            assert there.get_text().startswith(kind)
            assert there.find_parent("article")["id"] == path.stem
            section = places[name]
            assert section.find_parent("article")["id"] == place
            back = section.find(class_="back").a["href"]
            assert there.find_parent("section")["id"] == back[1:]
            assert len(section.get_text().split()) > 5
    questions = places[path.stem].find_all(class_="question")
    (answers,) = [name for name in places if name.startswith(f"answers-{prefix}")]
    answered = places[answers].find_all(class_="answer")
    assert len(answered) == len(questions) == folded.count("Answer")


def test_the_figures_of_every_page_are_kept(on_site, places):
    for name, html in on_site.items():
        there = len(re.findall("<figure|<img", html))
        assert len(places[name.split("/")[-1]].find_all(["figure", "img"])) == there


def test_the_contents_list_every_chapter_and_section(soup):
    listed = {tag["data-target"] for tag in soup.select("#contents .page-of")}
    for article in soup.select("article.chapter"):
        assert article["id"] in listed
        if re.match(r"\d\d-", article["id"]):
            sections = article.select("section > section > h3")
            assert {heading.parent["id"] for heading in sections} <= listed


def test_the_numbers_of_the_contents_are_the_pages(texts):
    listed = dict(re.findall(r"^(2\.\d+)\b.*?(\d+)$", "\n".join(texts[2:5]), re.M))
    assert len(listed) > 10
    for number, page in listed.items():
        heading = re.compile(rf"^{re.escape(number)}\. \w", re.MULTILINE)
        assert heading.search(texts[int(page) - 1]), f"{number} is not on page {page}"


def test_every_page_has_its_number_at_its_foot(texts):
    feet = 0
    for number, text in enumerate(texts, 1):
        foot = rf"{number}\s+GPT-1 From Scratch|(Welcome|Tokens|Hints)\s+{number}$"
        feet += bool(re.search(foot, text, re.MULTILINE))
    assert feet > 10


def test_links_in_the_pdf_lead_somewhere(printed):
    assert dead_links(printed) == []
    assert len(printed.named_destinations) > 40


def test_a_part_opens_on_the_right(printed):
    names = printed.named_destinations
    parts = [n for n in names if re.fullmatch(r"/?part-\d+", n)]
    assert len(parts) >= 2
    for name in parts:
        assert printed.get_destination_page_number(names[name]) % 2 == 0  # from 0


def test_the_pdf_says_what_it_is_and_has_bookmarks_and_structure(printed):
    assert printed.metadata.title == "GPT-1 From Scratch"
    assert printed.metadata.author
    root = printed.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "'/Title': '2 Tokens'" in str(printed.outline)


@pytest.mark.skipif(find_spec("brotli") is None, reason="brotli opens the typefaces")
def test_letters_are_those_of_real_fonts(printed):
    listed = [page["/Resources"].get("/Font") for page in printed.pages]
    listed = [one.get_object() for one in listed if one is not None]
    fonts = [font.get_object() for one in listed for font in one.values()]
    assert "/Type3" not in {font["/Subtype"] for font in fonts}
    assert any("SourceSerif" in font["/BaseFont"] for font in fonts)


WIDE = {
    "code": f"<pre>{'x' * 300}</pre>",
    "table": f"<table><tr>{'<td>wideworded</td>' * 40}</tr></table>",
    "picture": '<svg style="min-width: 200mm; height: 5mm"></svg>',
}


@pytest.fixture(scope="module")
def head(whole):
    html = whole.html.partition("<body>")[0]
    return html.replace("<script defer", "<script data-no")


@pytest.mark.parametrize("what", WIDE)
def test_what_is_wider_than_the_page_is_not_printed(
    browser, whole, head, tmp_path, what
):
    made = f'{head}<body><main class="book">{WIDE[what]}</main></body></html>'
    document = Document(made, whole.body, whole.about)
    with pytest.raises(EditionError, match="too wide"):
        open_document(browser, document, tmp_path)


def test_a_line_that_is_too_long_goes_on_after_a_mark():
    made = BeautifulSoup(f"<pre>ab <b>{'c' * 7}</b>d\nshort</pre>", "html.parser")
    break_lines(made.pre, 6)
    assert made.pre.get_text() == "ab ccc\n↪ cccc\n↪ d\nshort"


@pytest.mark.parametrize("case", [":35:", ":46:a", ":47:ab", "a:57:a", "a:58:ab"])
def test_an_empty_page_stands_before_a_part_that_would_open_on_the_left(case):
    blanks, pages, wanted = case.split(":")
    found = dict(zip("ab", map(int, pages), strict=True))
    assert before(["a", "b"], list(blanks), found) == list(wanted)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("4Attention", "4 Attention"),
        ("ContentsContents", "Contents"),
        ("4.1. What the paper says", "4.1. What the paper says"),
        ("2018 and after", "2018 and after"),
    ],
)
def test_a_bookmark_parts_the_number_from_the_title(printed, shown):
    assert bookmark(printed) == shown
