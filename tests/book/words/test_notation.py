"""A thing has one name in all chapters: the one that the page on notation gives it."""

import ast
import re

import pytest

from lib.book.chapters import EVERY, ROOT, code_cells, markdown, name

PAGE = (ROOT / "book/notation.md").read_text("utf8")
TABLE = PAGE.split("## One word for one thing")[1].split("\n## ")[0]
ELSEWHERE = [line.strip("|").split(" | ")[2] for line in TABLE.split("\n")[9:-2]]
NAMES = {name for words in ELSEWHERE for name in re.findall(r"`(\w+)`", words)}
WORDS = [
    word
    for words in ELSEWHERE
    for word in map(str.strip, words.split(","))
    if not word.startswith("`")
]
# What others said is quoted as they said it, and a work has the title that it has.
QUOTED = re.compile(
    r"> \*\*(?:From the|What changed).+?(?=\n\n|\Z)|```.*?```|`[^`\n]*`|\$\$.*?\$\$"
    r"|\"[^\"\n]*\"|\[\*?[^\]]*\*?\]\([^)]*bibliography[^)]*\)|</?[a-z][^>\n]*>",
    re.DOTALL,
)


def others_words(text):
    """Return the words for which the page on notation has another."""
    text = re.sub(r"\]\([^)]*\)", "]", QUOTED.sub(" ", text))
    return [
        word
        for word in WORDS
        if re.search(rf"\b{re.sub('[- ]', '[- ]', word)}s?\b", text, re.IGNORECASE)
    ]


def others_names(code):
    """Return the variables and parameters that the page has another name for."""
    made = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        if isinstance(node, ast.arg):
            made.add(node.arg)
    return sorted(made & NAMES)


def test_the_page_is_read():
    assert {"d_model", "seq_len", "mlp"} <= NAMES
    assert {"hidden size", "skip connection", "mini-batch"} <= set(WORDS)


def test_others_words_are_seen():
    assert others_words("the Skip connections of an MLP") == ["MLP", "skip connection"]
    assert others_words("> **From the paper.** positional encoding\n\n`MLP`") == []
    assert others_names("def f(d_model): seq_len = 3") == ["d_model", "seq_len"]
    assert others_names("f(d_model=3).n_head") == []


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_a_chapter_has_one_name_for_one_thing(path):
    assert others_words(markdown(path)) == []
    for cell in code_cells(path):
        assert others_names(cell["source"]) == [], cell["source"]
