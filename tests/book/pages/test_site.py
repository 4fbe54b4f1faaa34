"""The built book has no dead link, loads nothing from elsewhere, and is complete."""

import re

import pytest

from lib.book.chapters import CONTENTS, EVERY, NOTEBOOKS, ROOT
from lib.book.links import Page, css_loads, dead, is_elsewhere
from scripts.site.address import project, tracked


@pytest.fixture(scope="session")
def pages(site):
    paths = [p.resolve() for p in site.rglob("*.html") if "_static" not in p.parts]
    # Its links begin at the root of the host: test_sharing.py follows them.
    paths.remove(site.resolve() / "404.html")
    return {path: Page(path) for path in paths}


def findings(pages, check):
    found = {path.name: sorted(set(check(page))) for path, page in pages.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_every_page_of_the_contents_is_built(site, pages):
    assert CONTENTS
    for name in [*CONTENTS, "index"]:
        assert (site / f"{name}.html").resolve() in pages


def test_the_year_of_the_copyright_is_the_books(site):
    year = re.search(r'copyright: "(\d+)"', (ROOT / "_config.yml").read_text("utf8"))[1]
    assert f"Copyright {year}." in (site / "book/index.html").read_text("utf8")


def test_every_internal_link_leads_to_a_place(pages):
    def check(page):
        for address in page.links() + page.loads():
            if not is_elsewhere(address) and (wrong := dead(page, address, pages)):
                yield wrong

    assert findings(pages, check) == {}


def test_no_page_loads_anything_from_elsewhere(pages):
    def check(page):
        yield from filter(is_elsewhere, page.loads())
        for script in page.soup.find_all("script"):
            yield from re.findall(r"https?://[\w./@-]+\.m?js\b", script.get_text())

    assert findings(pages, check) == {}


def test_no_style_sheet_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.css"):
        loaded = css_loads(path.read_text("utf8"))
        assert [address for address in loaded if is_elsewhere(address)] == [], path


def test_no_name_is_given_twice_on_a_page(pages):
    def check(page):
        return [name for name, count in page.ids.items() if count > 1]

    assert findings(pages, check) == {}


def test_every_picture_is_described(pages):
    def check(page):
        for image in page.soup.select("article img"):
            alt = image.get("alt", "").strip()
            if not alt or alt.startswith("../") or "_images/" in alt:
                yield f"{image.get('src')}: alt={alt!r}"

    assert findings(pages, check) == {}


def figures(page):
    """The drawings and plots that stand in a page as SVG."""
    for svg in page.soup.select("article svg"):
        if not svg.find_parent("svg"):
            yield svg


def test_every_drawing_and_plot_in_a_page_has_a_name_and_refers_only_to_itself(pages):
    def check(page):
        for svg in figures(page):
            named = svg.get("role") == "img" and len(svg.get("aria-label", "")) > 20
            if not named and svg.get("aria-hidden") != "true":
                yield str(svg)[:100]
            own = {part["id"] for part in svg.select("[id]")}
            yield from own ^ set(re.findall(r'(?:url\(|href=")#([\w-]+)', str(svg)))
            if svg.find("style"):
                yield "a style for the whole page"

    assert findings(pages, check) == {}
    assert sum(len(list(figures(page))) for page in pages.values()) > 60


def test_no_directive_or_role_is_left_unread_on_a_page(pages):
    raw = re.compile(r"^:::+\s*\{.*|\{(?:cite|doc|eq|numref|ref|term)[:\w]*\}`.*", re.M)

    def check(page):
        for text in page.soup.find_all(string=raw):
            if not text.find_parent(["code", "pre", "script", "style"]):
                yield text.strip()

    assert findings(pages, check) == {}


@pytest.fixture
def chapter(site, pages):
    return lambda path: pages[(site / "notebooks" / f"{path.stem}.html").resolve()]


def test_chapters_carry_the_number_of_their_file(chapter):
    for path in NOTEBOOKS:
        page = chapter(path)
        number = page.soup.select_one("article h1 .section-number").get_text()
        assert number.strip() == f"{int(path.stem[:2])}."


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_the_buttons_of_a_chapter_lead_to_its_tracked_notebook(chapter, path):
    owner_name = project()[0].removeprefix("https://github.com/")
    links = chapter(path).links()
    file = f"notebooks/{path.name}"
    colab = f"https://colab.research.google.com/github/{owner_name}/blob/main/{file}"
    binder = f"https://mybinder.org/v2/gh/{owner_name}/main?urlpath=lab/tree/{file}"
    assert colab in links
    assert binder in links
    assert path in tracked()


def small_page(folder, html):
    """A page of a small site, for the checker itself."""
    (folder / "a.html").write_text(html, "utf8")
    (folder / "b.html").write_text('<a name="here">', "utf8")
    return Page((folder / "a.html").resolve())


@pytest.mark.parametrize("address", ["b.html#here", "b.html", "#top", ""])
def test_a_dead_link_is_found(tmp_path, address):
    page = small_page(tmp_path, '<p id="top">')
    pages = {path: Page(path) for path in tmp_path.resolve().glob("*.html")}
    assert not dead(page, address, pages)
    for wrong in ("b.html#nowhere", "c.html", "#nowhere"):
        assert dead(page, wrong, pages)


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://x.org/a.js"></script>',
        '<script src="//x.org/a.js"></script>',
        '<link rel="stylesheet" href="https://x.org/a.css">',
        '<img src="https://x.org/a.png">',
        '<p style="background: url(https://x.org/a.png)">',
        '<style>@import "https://x.org/a.css";</style>',
        '<iframe src="https://x.org"></iframe>',
    ],
)
def test_a_page_that_loads_from_elsewhere_is_found_a_link_is_no_load(tmp_path, html):
    assert any(map(is_elsewhere, small_page(tmp_path, html).loads()))
    html = '<a href="https://x.org">x</a><link rel="canonical" href="https://x.org">'
    assert small_page(tmp_path, html).loads() == []


def test_titles_tell_pages_apart_and_every_page_says_its_language(pages):
    titles = [page.soup.title.get_text(strip=True) for page in pages.values()]
    assert len(set(titles)) == len(titles)
    assert {page.soup.html["lang"] for page in pages.values()} == {"en"}


def test_links_say_where_they_lead(pages):
    def check(page):
        for link in page.soup.select("article a[href]"):
            if link.get_text(" ", strip=True).lower() in {"here", "this", "link"}:
                yield link["href"]

    assert findings(pages, check) == {}
