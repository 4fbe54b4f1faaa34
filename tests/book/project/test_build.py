"""What a build keeps of the last one, and what it has to make anew."""

import shutil

import pytest

from lib.book.chapters import ROOT
from scripts.site import build

CHAPTER, PAGE = "notebooks/05-block.ipynb", "book/notation.md"


@pytest.mark.parametrize(
    ("file", "old", "new", "anew"),
    [
        (CHAPTER, '"# The block', '"# Another name', True),
        (CHAPTER, '"## Exercises', '"## Tasks', True),
        (CHAPTER, "tag{B1}", "tag{Z1}", True),
        (PAGE, "\n## ", "\n## New ", True),
        (PAGE, "the", "thee", False),
    ],
)
def test_what_other_pages_show_of_a_page_makes_all_anew(
    tmp_path, monkeypatch, file, old, new, anew
):
    for name in (CHAPTER, PAGE):
        (tmp_path / name).parent.mkdir()
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    before = build.shared_inputs()
    text = (tmp_path / file).read_text("utf8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), "utf8")
    assert (build.shared_inputs() != before) == anew
