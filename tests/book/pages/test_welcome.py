"""What the first pages say about the chapters and the shipped model is so."""

import re

import pytest

from gpt1 import count
from gpt1.config import GPTConfig
from gpt1.loading import load_model
from lib.book.chapters import NOTEBOOKS, ROOT, cells, markdown

WELCOME = (ROOT / "book" / "index.md").read_text("utf8")
HOW_TO_READ = (ROOT / "book" / "how-to-read.md").read_text("utf8")
CONTENTS = (ROOT / "_toc.yml").read_text("utf8")
WORDS = "none one two three four five six seven eight nine ten eleven twelve thirteen"
WORDS = [*WORDS.split(), "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"]
WORDS += ["nineteen"]
FIRST = r"Reading takes about (\d+) minutes, the exercises about (\d+) more"


def minutes(path):
    """What a chapter says of itself: minutes to read, minutes for the exercises."""
    said = re.search(FIRST, cells(path)[0]["source"])
    return int(said[1]), int(said[2])


def title(path):
    return re.match(r"# (.*)", cells(path)[0]["source"])[1]


def as_time(count):
    hours, rest = divmod(count, 60)
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0))


def part_of(text):
    """Yield each part of the overview: its number, its name and what is said of it."""
    pattern = r"^### Part ([IV]+) · (.*)\n\n\[(.*)\]\{\.minutes\}\n\n((?:(?!#).*\n)+)"
    return re.findall(pattern, text, re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_welcome_page_lists_the_chapter_with_its_number_title_and_minutes(path):
    number, (time, _) = int(path.stem.split("-")[0]), minutes(path)
    link = f"{number}. **[{title(path)}](../notebooks/{path.name})**"
    assert f"\n{link} [{time} min]{{.minutes}}\\\n" in WELCOME


def test_the_parts_are_those_of_the_contents_and_their_times_are_sums():
    parts = part_of(WELCOME)
    listed = re.findall(r"caption: (.*)\n    numbered: 2\n((?: +.*\n)+?)  -", CONTENTS)
    assert len(parts) == len(listed)
    for (_, name, time, rows), (caption, files) in zip(parts, listed, strict=True):
        stems = re.findall(r"notebooks/(\S+)", files)
        assert name == caption
        assert re.findall(r"notebooks/(.+)\.ipynb", rows) == stems
        inside = [path for path in NOTEBOOKS if path.stem in stems]
        assert time == as_time(sum(minutes(path)[0] for path in inside))


def test_the_welcome_page_says_how_many_chapters_there_are_and_their_hours():
    reading, exercises = map(sum, zip(*map(minutes, NOTEBOOKS), strict=True))
    hours, half = divmod(round(reading / 30), 2)
    told = WORDS[hours] + " and a half" * half
    chapters = WORDS[len(NOTEBOOKS)].capitalize()
    assert f"\n{chapters} chapters, about {told} hours of" in WELCOME
    said = re.search(r"exercises\s+take longer: (\w+) hours", WELCOME)[1]
    assert WORDS[round(exercises / 60)] == said


def test_the_story_on_the_welcome_page_is_what_its_code_writes(capsys):
    [story] = re.findall(r":{4}\{div\} story\n(.*?)\n:{4}\n", WELCOME, re.DOTALL)
    [code] = re.findall(r"```python\n(from gpt1\.generate.*?)```", WELCOME, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.split() == story.replace("**", "").split()


def test_the_beginning_of_the_story_that_was_given_is_in_bold():
    [given] = re.findall(r'write_text\(model, tokenizer, "(.*?)"', WELCOME)
    assert f"story\n**{given}** " in WELCOME
    assert f"The {WORDS[len(given.split())]} words in bold were given." in WELCOME


def test_the_writer_of_the_story_has_as_many_parameters_as_the_page_says():
    written = sum(p.numel() for p in load_model("tales-tiny", "cpu")[0].parameters())
    published = count.parameters(GPTConfig()).total
    assert f"by a model of {written:,} parameters" in WELCOME
    assert WELCOME.count(f"{published:,} parameters") == 2
    assert "about a hundredth of the size" in WELCOME
    assert 80 < published / written < 125


def test_the_writer_above_is_the_model_that_the_page_tells_of():
    model = load_model("tales-small", "cpu")[0]
    written = sum(p.numel() for p in model.parameters())
    full = GPTConfig()
    assert f"\n{written:,} parameters" in WELCOME
    assert 40 < count.parameters(full).total / written < 60
    assert "at a fiftieth of the size" in WELCOME
    layers = f"{WORDS[model.config.layers]} layers instead of {WORDS[full.layers]}"
    assert layers in WELCOME


def test_the_museum_has_as_many_rooms_and_mistakes_as_the_page_says():
    text = markdown(ROOT / "notebooks" / "bug-museum.ipynb")
    rooms = len(re.findall(r"^### \d+[.] ", text, re.M))
    listed = len(re.findall(r"^\| \d+ \| ", text, re.M))
    assert f"\n  {rooms + listed} mistakes" in WELCOME
    assert f": {WORDS[rooms]} beside the right code" in WELCOME


def test_the_paths_take_as_long_as_their_chapters_and_as_their_cards_say():
    pattern = r"^## ([^\n]*)\n\n(.*?)(?=^## |^\(|\Z)"
    sections = dict(re.findall(pattern, HOW_TO_READ, re.MULTILINE | re.DOTALL))
    row = r"notebooks/(.+)\.ipynb\)\*\*, .* \[(\d+ min)\]\{\.minutes\}"
    paths = {"Build it": "A weekend: build it"}
    paths["Make it write"] = "Another weekend: make it write"
    for name, section in paths.items():
        rows = re.findall(row, sections[section])
        assert len(rows) >= 2
        times = {path.stem: minutes(path)[0] for path in NOTEBOOKS}
        assert rows == [(stem, f"{times[stem]} min") for stem, _ in rows]
        assert card_time(name) == as_time(sum(times[stem] for stem, _ in rows))
    assert card_time("All of it") == as_time(sum(times.values()))
    friday = as_time(sum(minutes(path)[0] for path in NOTEBOOKS[:2]))
    assert f"[{friday}]{{.minutes}}" in sections["A weekend: build it"]


def card_time(name):
    return re.search(rf"\*\*\[{name}\]\(#.*\)\*\* \[(.*)\]\{{", HOW_TO_READ)[1]
