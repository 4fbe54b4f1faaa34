"""The EPUB: well-formed, whole, with every link leading on and nothing to fetch."""

import re
import zipfile
from posixpath import join, normpath
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from lib.book.chapters import CONTENTS, ROOT
from scripts.editions.archive import write
from scripts.editions.epub.book import read
from scripts.editions.epub.lines import hang
from scripts.editions.epub.package import collect, modified
from scripts.editions.epub.typeset import cover, plain, typeset

pytestmark = pytest.mark.weekly

PACKAGE = "EPUB/package.opf"
OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
XLINK = "{http://www.w3.org/1999/xlink}href"
FIGURES = re.compile("<figure|<img")
FORMULA = re.compile('class="math notranslate')


@pytest.fixture(scope="module")
def packed(site, browser, tmp_path_factory):
    """What is written into the archive."""
    folder, book = tmp_path_factory.mktemp("epub"), read(ROOT, site)
    return collect(
        book, typeset(browser, book, folder), cover(browser, site, folder), site
    )


@pytest.fixture(scope="module")
def opened(packed, tmp_path_factory):
    """The folder with all that is in the archive."""
    folder = tmp_path_factory.mktemp("opened")
    for name, content in packed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def archive(packed, tmp_path_factory):
    """The archive, opened."""
    path = tmp_path_factory.mktemp("written") / "book.epub"
    write(packed, path)
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def files(archive):
    """The text of each file that is XML, parsed: nothing but well-formed XML passes."""
    xml = [n for n in archive.namelist() if n.endswith((".xhtml", ".opf", ".xml"))]
    return {name: ElementTree.fromstring(archive.read(name)) for name in xml}


@pytest.fixture(scope="module")
def pages(files):
    return {name: tree for name, tree in files.items() if name.endswith(".xhtml")}


def test_the_archive_says_first_what_it_is(archive, files):
    first = archive.infolist()[0]
    assert first.filename == "mimetype"
    assert first.compress_type == zipfile.ZIP_STORED
    assert archive.read(first) == b"application/epub+zip"
    rooted = files["META-INF/container.xml"].find(".//*[@full-path]")
    assert rooted.get("full-path") in archive.namelist()


def test_the_manifest_lists_the_files_and_says_what_is_in_them(archive, files):
    package = files[PACKAGE]
    listed = {item.get("href"): item for item in package.iter(f"{OPF}item")}
    there = {n[5:] for n in archive.namelist() if n.startswith("EPUB/")}
    assert set(listed) == there - {"package.opf"}
    for name, item in listed.items():
        has = item.get("properties", "").split()
        if name.endswith(".xhtml") and name != "nav.xhtml":
            text = archive.read(f"EPUB/{name}")
            assert ("svg" in has) == (b"<svg" in text), name
            assert ("mathml" in has) == (b"<math" in text), name
    assert listed["nav.xhtml"].get("properties") == "nav"
    assert listed["cover.png"].get("properties") == "cover-image"


def test_every_page_is_read_once_in_the_order_of_the_contents(files, pages):
    package = files[PACKAGE]
    names = {i.get("id"): i.get("href") for i in package.iter(f"{OPF}item")}
    order = [names[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
    assert order[:3] == ["cover.xhtml", "title.xhtml", "nav.xhtml"]
    assert sorted(order) == sorted(name.removeprefix("EPUB/") for name in pages)
    chapters = [f"{name.rpartition('/')[2]}.xhtml" for name in CONTENTS]
    assert [name for name in order if name in chapters] == chapters


def test_the_same_book_is_the_same_file(packed, tmp_path, monkeypatch):
    made = []
    for now in (1e9, 2e9):
        monkeypatch.setattr("time.time", lambda now=now: now)
        write(packed, tmp_path / "book.epub")
        made.append((tmp_path / "book.epub").read_bytes())
    assert made[0] == made[1]


def test_the_date_is_the_year_of_the_book_unless_one_is_given(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert modified("Version 1.2.3 · 2031") == "2031-01-01T00:00:00Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert modified("Version 1.2.3 · 2031") == "1970-01-02T00:00:00Z"


def test_every_link_leads_to_a_place_in_the_book_or_to_a_whole_address(pages):
    names = {}
    for file, tree in pages.items():
        ids = [tag.get("id") for tag in tree.iter() if tag.get("id")]
        assert len(ids) == len(set(ids)), f"{file} gives a name twice"
        names[file] = set(ids)
    count = 0
    for file, tree in pages.items():
        for link in tree.iter(f"{XHTML}a"):
            path, _, name = link.get("href").partition("#")
            if re.match(r"\w+:", path):
                assert path.startswith(("https://", "http://", "mailto:")), path
                continue
            target = normpath(join("EPUB", path)) if path else file
            assert target in names, f"{file}: {link.get('href')}"
            assert not name or name in names[target], f"{file}: {link.get('href')}"
            count += 1
    assert count > 900


def test_the_contents_lead_to_every_page_and_section(pages):
    nav = pages["EPUB/nav.xhtml"].find(f".//{XHTML}nav[@id='toc']")
    listed = [link.get("href") for link in nav.iter(f"{XHTML}a")]
    for name in CONTENTS:
        key = name.rpartition("/")[2]
        assert f"{key}.xhtml" in listed
        if re.match(r"\d\d-", key):
            headings = pages[f"EPUB/{key}.xhtml"].iter(f"{XHTML}h2")
            inner = [href for href in listed if href.startswith(f"{key}.xhtml#")]
            assert len(inner) == len(list(headings)) > 5


def test_no_page_fetches_anything_or_runs_a_script(archive, pages):
    for file, tree in pages.items():
        for tag in tree.iter():
            assert tag.tag not in (f"{XHTML}script", f"{SVG}script"), file
            assert not any(name.startswith("on") for name in tag.attrib), file
            loaded = tag.get("src") or tag.get(XLINK) or ""
            if loaded and not loaded.startswith(("data:image/", "#")):
                assert f"EPUB/{loaded}" in archive.namelist(), f"{file}: {loaded}"
    css = archive.read("EPUB/book.css").decode()
    used = re.findall(r'url\("?([^")]*)', css)
    assert used
    assert all(f"EPUB/{name}" in archive.namelist() for name in used)
    assert "@import" not in css


def test_no_colour_waits_for_a_variable(archive):
    """What sets the look of a page is in these attributes: not in its code or text."""
    for name in archive.namelist():
        if name.endswith((".xhtml", ".css")):
            text = archive.read(name).decode()
            sets = re.findall(r'(?:style|fill|stroke|font-family)="[^"]*"', text)
            looks = text if name.endswith(".css") else "\n".join(sets)
            assert not re.search(r"\bvar\(|--[a-z]-", looks), name


def test_the_figures_and_formulas_of_the_site_are_there(on_site, pages):
    for name, html in on_site.items():
        tree = pages[f"EPUB/{name.rpartition('/')[2]}.xhtml"]
        figures = [t for t in tree.iter() if t.tag in (f"{XHTML}figure", f"{XHTML}img")]
        assert len(figures) == len(FIGURES.findall(html)), name
        assert all(f.find(f".//{SVG}svg") is not None for f in figures), name
        assert all(t.get("alt") for t in tree.iter(f"{XHTML}img")), name
        drawings = tree.iterfind(f".//{SVG}svg[@role='img']")
        assert all(drawing.get("aria-label") for drawing in drawings), name
    formulas = [f for tree in pages.values() for f in tree.iter(f"{MATH}math")]
    there = sum(len(FORMULA.findall(html)) for html in on_site.values())
    assert len(formulas) == there > 600


def test_answers_stand_at_the_end_with_links_both_ways(on_site, pages):
    for kind in ("Hint", "Solution"):
        place = pages[f"EPUB/{kind.lower()}s.xhtml"]
        back = place.findall(f".//{XHTML}p[@class='back']/{XHTML}a")
        there = [
            link.get("href")
            for tree in pages.values()
            for link in tree.iterfind(f".//{XHTML}p[@class='to-answers']/{XHTML}a")
            if link.get("href").startswith(f"{kind.lower()}s.xhtml#")
        ]
        folded = "".join(on_site.values()).count(f"<summary>{kind}</summary>")
        assert len(there) == len(back) >= folded > 50
        assert len(set(there)) == len(there)


def test_no_page_is_wider_than_a_telephone(opened, browser):
    screen = browser.new_page(viewport={"width": 390, "height": 800})
    for path in sorted(opened.glob("EPUB/*.xhtml")):
        screen.goto(path.as_uri())
        wide = screen.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path.name
    screen.close()


def test_the_name_of_an_equation_is_as_high_as_its_middle(opened, browser):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto((opened / "EPUB" / "04-attention.xhtml").as_uri())
    gaps = page.evaluate("""() => {
      const middle = ({ top, bottom }) => (top + bottom) / 2;
      return [...document.querySelectorAll(".equation-name")].map((name) => middle(
        name.getBoundingClientRect()
      ) - middle(name.previousElementSibling.getBoundingClientRect()));
    }""")
    page.close()
    assert len(gaps) > 5
    assert max(map(abs, gaps)) < 1


def test_the_panels_of_a_plot_have_one_scale(opened, browser):
    screen = browser.new_page(viewport={"width": 600, "height": 800})
    [path] = opened.glob("EPUB/01-*.xhtml")
    screen.goto(path.as_uri())
    plots = screen.evaluate("""() => [...document.querySelectorAll(".gpt1-panels")]
      .map((plot) => [...plot.querySelectorAll(":scope > svg")].map((e) =>
        e.getBoundingClientRect().width / e.viewBox.baseVal.width))""")
    screen.close()
    assert plots
    for scales in plots:
        assert max(scales) < 1.02 * min(scales)


def test_a_long_line_of_code_goes_on_further_right_than_it_begins():
    code = "<pre>if a:\n    <i>b</i> <span class='s'>'''c\n\n  d'''</span>\n</pre>"
    soup = BeautifulSoup(code, "html.parser")
    text = soup.pre.get_text()
    hang(soup)
    assert soup.pre.get_text() == text
    lines = soup.select("pre > .line")
    assert [line.get_text() for line in lines] == text.splitlines(keepends=True)
    assert "style" not in lines[0].attrs
    assert lines[1]["style"] == "padding-left: 4.8em; text-indent: -4.8em"
    assert [span["class"] for span in soup.select(".line > span")] == [["s"], ["s"]]


def test_the_lines_of_the_site_become_the_lines_of_the_edition():
    code = '<pre><span class="line">a <span class="o">=</span> 1\n</span>'
    code += '<span class="line" style="--in:4">    b\n</span></pre>'
    soup = BeautifulSoup(code, "html.parser")
    hang(soup)
    assert [line.get_text() for line in soup.select(".line")] == ["a = 1\n", "    b\n"]
    assert [span["class"] for span in soup.select(".line > span")] == [["o"]]


def test_no_line_of_code_is_within_another(pages):
    line = f".//{XHTML}span[@class='line']"
    lines = [one for tree in pages.values() for one in tree.iterfind(line)]
    assert len(lines) > 1000
    assert [one for one in lines if one.find(line) is not None] == []


def test_a_table_with_long_lines_is_set_smaller():
    code = f"<pre>{'a' * 80}\nb</pre><pre>{'a' * 81}</pre>"
    soup = BeautifulSoup(code, "html.parser")
    hang(soup)
    assert [pre.get("class") for pre in soup.find_all("pre")] == [None, ["wide"]]


def test_colours_are_those_of_the_light_page():
    style = "fill:var(--g-card,#ffffff);stroke:var(--c-blue, #0072b2)"
    assert plain(style) == "fill:#ffffff;stroke:#0072b2"
    assert "var(" not in plain("font-family:var(--mono)")
