"""The README says what the chapters say, and shows pictures of the book."""

import re

import pytest
from bs4 import BeautifulSoup

from lib.book.chapters import NOTEBOOKS, ROOT, cells
from scripts.site import screenshot
from scripts.site.icons import welcome

README = (ROOT / "README.md").read_text("utf8")
PICTURES = re.findall(r'(?:src|srcset)="(book/images/[^"]+)"', README)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_table_names_the_chapter_its_minutes_and_where_it_runs(path):
    first = cells(path)[0]["source"]
    title = re.match(r"# (.*)", first)[1]
    minutes = re.search(r"Reading takes about (\d+) minutes", first)[1]
    file = f"notebooks/{path.name}"
    start = re.escape(f"| {int(path.stem[:2])} | [{title}]({file}) | ")
    end = rf" \| {minutes} \| \[Colab\]\(https://colab\.\S+/{re.escape(file)}\) \|$"
    assert re.search(rf"^{start}[^|]+{end}", README, re.MULTILINE)


def test_the_readme_begins_with_the_sentence_of_the_title_page():
    sentence = welcome("title-lead").replace("GPT,", "GPT (Radford et al., 2018),")
    assert sentence in " ".join(README.split())


def test_every_picture_is_one_that_the_command_takes_small_and_described():
    taken = {f"book/images/{name}.webp" for name in screenshot.NAMES}
    assert set(PICTURES) == taken
    stored = (ROOT / "book" / "images").glob("*.webp")
    assert {f"book/images/{path.name}" for path in stored} == taken
    for name in PICTURES:
        data = (ROOT / name).read_bytes()
        assert data[:4] + data[8:12] == b"RIFFWEBP"
        assert 10_000 < len(data) < 250_000
    shown = BeautifulSoup(README, "html.parser").find_all("img")
    assert len(shown) == 4
    assert all(len(picture["alt"]) > 40 for picture in shown)


def test_the_picture_of_an_exercise_shows_one_of_the_book():
    code = [cell["source"] for cell in cells(ROOT / f"{screenshot.CHAPTER}.ipynb")]
    (place,) = [i for i, text in enumerate(code) if f"{screenshot.EXERCISE}:" in text]
    assert "    raise NotImplementedError\n" in code[place + 1]
    assert "position_mask(time, past)" in code[place + 1]
