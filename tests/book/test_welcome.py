"""What the welcome page says about the chapters agrees with the chapters."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_welcome_page_lists_the_chapter_with_its_number_title_and_minutes(path):
    first = "".join(json.loads(path.read_text("utf8"))["cells"][0]["source"])
    title = re.match(r"# (.*)", first)[1]
    minutes = re.search(r"Reading takes about (\d+) minutes", first)[1]
    welcome = (ROOT / "book" / "index.md").read_text("utf8")
    link = re.escape(f"[{title}](../notebooks/{path.name})")
    number = int(path.stem.split("-")[0])
    assert re.search(rf"^\| {number} \| {link} \| .+ \| {minutes} \|$", welcome, re.M)


def test_the_story_on_the_welcome_page_is_what_its_code_writes(capsys):
    welcome = (ROOT / "book" / "index.md").read_text("utf8")
    pair = r"```python\n(from gpt1\.generate(?:.*\n)+?)```\n\n((?:>.*\n)+)"
    [(code, story)] = re.findall(pair, welcome)
    exec(code, {})
    assert capsys.readouterr().out.split() == story.replace(">", "").split()
