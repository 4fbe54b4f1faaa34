"""What the chapter on tokens says of GPT-1's vocabulary is so, if that is at hand."""

import re
from pathlib import Path

import pytest

from gpt1.tokenizer import GPT1Tokenizer
from lib.book.chapters import NOTEBOOKS, code_cells, markdown

DATA = Path(__file__).parents[4] / "shared" / "data" / "gpt1-bpe"
[CHAPTER] = [path for path in NOTEBOOKS if path.stem == "02-tokens"]
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="GPT-1's vocabulary is not at hand"
)


@pytest.fixture(scope="module")
def original():
    return GPT1Tokenizer.from_pretrained(DATA)


def test_the_drawn_cuts_are_gpt1s(original):
    [drawn] = [c["source"] for c in code_cells(CHAPTER) if "her mi one" in c["source"]]
    rows = re.findall(r'(?m)^cuts.+"(\w.*\|.+)"', drawn)
    words = [word.split() for row in rows for word in row.split("|")]
    assert len(words) == 16
    for tokens in words:
        found = original.strings(original.encode_word("".join(tokens)))
        assert found == [*tokens[:-1], tokens[-1] + "</w>"]


def test_the_ids_in_the_text_are_gpt1s(original):
    said = markdown(CHAPTER)
    assert '"knife" and "knives", 2898 and 8675' in said
    assert [original.ids[f"{word}</w>"] for word in ("knife", "knives")] == [2898, 8675]
    assert "it reads и, college, rolling, §, p, door and w" in said
    gpt2 = original.strings([464, 3797, 3332, 319, 262, 2603, 13])
    read = ["и", "college", "rolling", "§", "p", "door", "w"]
    assert [token.replace("</w>", "") for token in gpt2] == read
    assert "ë" in original.ids
