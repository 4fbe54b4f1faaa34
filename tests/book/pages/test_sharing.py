"""What other sites see of a page; the page for addresses that lead nowhere."""

import re
import struct
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lib.book.browsing import Silent, serving
from lib.book.chapters import CONTENTS, ROOT
from lib.book.links import Page, css_loads
from scripts.site.address import project
from scripts.site.icons import pictures, welcome

STATIC = ROOT / "book" / "_static"
OWNER, NAME = project()[0].removeprefix("https://github.com/").split("/")
BASE = f"/{NAME}/"
ADDRESS = f"https://{OWNER.lower()}.github.io{BASE}"
NOWHERE = "notebooks/a/deep/address/that-leads-nowhere"


def head(path):
    """The head of a page; the rest of it is long."""
    return BeautifulSoup(path.read_text("utf8").partition("</head>")[0], "html.parser")


def tags(path):
    """The tags of a page's head, by name; what is given twice is an error."""
    found = {}
    for tag in head(path).find_all("meta", content=True):
        name = tag.get("property") or tag.get("name")
        if name and name != "viewport":
            assert name not in found, name
            found[name] = tag["content"]
    return found


@pytest.mark.parametrize("name", [*CONTENTS, "index"])
def test_a_page_says_what_it_is_to_who_gets_its_link(site, name):
    said = tags(site / f"{name}.html")
    assert 40 < len(said["description"]) <= 242
    assert said["og:description"] == said["description"]
    assert said["og:title"].endswith("GPT-1 From Scratch")
    assert said["og:image"] == ADDRESS + "_static/social-card.png"
    assert said["twitter:card"] == "summary_large_image"
    (canonical,) = head(site / f"{name}.html").find_all("link", rel="canonical")
    assert said["og:url"] == canonical["href"]
    assert (site / said["og:url"].removeprefix(ADDRESS)).exists()


def test_no_two_pages_describe_themselves_alike(site):
    said = [tags(site / f"{name}.html") for name in CONTENTS]
    assert len({page["description"] for page in said}) == len(said)
    assert len({page["og:title"] for page in said}) == len(said)


def test_the_first_page_describes_the_welcome_page_and_leads_to_it(site):
    first, there = site / "index.html", site / "book" / "index.html"
    assert tags(first)["description"] == welcome("title-lead")
    assert tags(there)["description"] == welcome("title-lead")
    assert tags(first)["og:title"] == "GPT-1 From Scratch"
    assert Page(first).links() == ["book/index.html"]


def test_the_root_leads_to_the_welcome_page(browser, site):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    assert page.inner_text("h1").strip()
    page.close()


@pytest.mark.parametrize("name", pictures())
def test_a_picture_has_its_size_and_few_bytes(site, name):
    data = (STATIC / name).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == pictures()[name][1:3]
    assert len(data) < 250_000
    assert (site / "_static" / name).read_bytes() == data


def test_the_icons_of_a_page_are_there(site):
    page = head(site / "notebooks" / "04-attention.html")
    kinds = {"icon": "favicon.svg", "apple-touch-icon": "apple-touch-icon.png"}
    for kind, name in [*kinds.items(), ("alternate", "favicon.png")]:
        links = page.find_all("link", rel=kind, href=True)
        assert f"../_static/{name}" in [link["href"].split("?")[0] for link in links]


class Pages(Silent):
    """Serves a site as GitHub Pages does: below BASE, and 404.html for what is not."""

    def translate_path(self, path):
        inside = path.removeprefix(BASE) if path.startswith(BASE) else "outside"
        return super().translate_path("/" + inside)

    def send_error(self, code, *_):
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_all_that_the_lost_page_names_is_below_the_root_of_the_site(site):
    page = Page(site / "404.html")
    named = page.links() + page.loads()
    assert f"{BASE}book/index.html" in named
    for address in named:
        path, _, place = address.partition("#")
        assert path.startswith(BASE)
        target = site / path.removeprefix(BASE)
        assert target.exists(), address
        assert not place or place in Page(target).names
    assert page.soup.find("script") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reader_finds_the_way_back_from_an_address_that_leads_nowhere(
    browser, site, scheme
):
    size, answers = {"width": 390, "height": 844}, {}
    page = browser.new_page(viewport=size, color_scheme=scheme)
    page.on("response", lambda got: answers.update({got.url: got.status}))
    with serving(site, Pages) as address:
        page.goto(address + BASE + NOWHERE)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        lost = [url for url, status in answers.items() if status == 404]
        assert lost == [address + BASE + NOWHERE]
        assert any(url.endswith(".woff2") for url in answers)
        page.click("text=The title page")
        page.wait_for_url("**/book/index.html")
        assert "GPT-1 From Scratch" in page.inner_text("h1")
    page.close()


def test_the_lost_page_has_the_colours_of_the_book():
    page = (ROOT / "book" / "_templates" / "not_found.html").read_text("utf8")
    book = (STATIC / "base.css").read_text("utf8")
    colours = re.findall(r"--\w+: (#\w{6})", page)
    assert len(colours) == 16
    assert [colour for colour in colours if colour not in book] == []
    assert css_loads("".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL)))
