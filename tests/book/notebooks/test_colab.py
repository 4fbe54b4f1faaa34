"""The notebooks look right where there is no book around them: on Colab, in Jupyter."""

import re

import pytest

from lib.book.articles import article
from lib.book.chapters import EVERY, ROOT, cells, name
from scripts.notebooks import colab
from scripts.site.address import pages_address, project, setup_cell

LIST = """\
# Python 3.13
jupyter_client==7.4.9
torch==2.11.0+cu128
nvidia-x @ https://example.com/x.whl
"""
RAW = {
    "a role of MyST": r"\{[\w:-]+\}`",
    "a directive of MyST": r"^(:{3,}|`{3,}\{)",
    "a label of MyST": r"^\([\w-]+\)=",
    "attributes of MyST": r"\{[#.][\w-]+[^}]*\}",
    "a comment of MyST": r"^% ",
    "a line break of MyST": r"^\+\+\+",
    "a footnote": r"\[\^\w",
    "a substitution": r"\{\{",
    "a picture that is a file": r"!\[[^]]*\]\((?!https?:)",
    "HTML but folds": r"<(?!/?(details|summary)>)/?[a-zA-Z][^>]*>",
    "LaTeX outside $$": r"^\\begin\{",
}
"""What Colab and Jupyter would show as it is typed, or drop."""

every_text = pytest.mark.parametrize("path", EVERY, ids=name)


def texts(path):
    return [cell["source"] for cell in cells(path) if cell["cell_type"] == "markdown"]


def prose(text):
    """Return a cell's text without code and formulas."""
    text = re.sub(r"^```[\w ]*\n.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$\$.*?\$\$", "$$", text, flags=re.DOTALL)
    return re.sub(r"(`+).*?\1|\$[^$\n]+\$", "", text)


def raw(text):
    """Return what a reader of this text would stumble over, by what it is."""
    # These two show in what is otherwise code.
    whole = {"a role of MyST", "a directive of MyST"}
    seen = {what: text if what in whole else prose(text) for what in RAW}
    return [what for what, how in RAW.items() if re.search(how, seen[what], re.M)]


def misfolded(text):
    """Return the folds that Colab would show open, empty or with raw Markdown."""
    wrong = []
    opened = 0
    lines = ["", *prose(text).split("\n"), ""]
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if "<details" in line:
            good = re.fullmatch(r"<details><summary>[^<>]+</summary>", line)
            wrong += [] if good and not before and not after else [line]
            opened += 1
        elif "</details" in line:
            wrong += [] if line == "</details>" and not before and not after else [line]
            opened -= 1
        if opened not in (0, 1):
            wrong.append(line)
            opened = 0
    return wrong + (["a fold that is not closed"] if opened else [])


@every_text
def test_no_markdown_is_shown_raw_and_what_is_folded_stays_folded(path):
    for text in texts(path):
        assert raw(text) == [], text
        assert misfolded(text) == []


@every_text
def test_formulas_in_display_stand_alone(path):
    for text in texts(path):
        assert text.count("$$") % 2 == 0
        for block in re.findall(r".*\$\$.*", text):
            assert re.fullmatch(r"\s*(> )?\$\$.*\$\$|\s*(> )?\$\$", block), block


STUMBLES = {
    "see {term}`logits`": "a role of MyST",
    ":::{note}\nread\n:::": "a directive of MyST",
    "```{note}\nread\n```": "a directive of MyST",
    "(here)=\n## Here": "a label of MyST",
    "[x](y){#here}": "attributes of MyST",
    "![a cat](cat.png)": "a picture that is a file",
    "one<br>two": "HTML but folds",
}
FOLD = "<details><summary>Hint</summary>\n\nread\n\n</details>"


@pytest.mark.parametrize("text", STUMBLES)
def test_raw_markdown_would_be_seen(text):
    assert STUMBLES[text] in raw(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</summary>\n", "</summary>"),
        ("<details>", "<details open>"),
        ("<details>", "text\n<details>"),
        ("\n\n</details>", "\n</details>"),
        ("</details>", ""),
    ],
)
def test_a_fold_that_does_not_fold_would_be_seen(old, new):
    assert not misfolded(FOLD)
    assert misfolded(FOLD.replace(old, new))


@every_text
def test_its_links_lead_somewhere_without_the_book(path):
    """To a notebook beside it, which Colab opens too, to this one, or to the web."""
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for text in texts(path)
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    beside = {other.name for other in EVERY}
    for text in texts(path):
        for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
            page, _, place = link.partition("#")
            if page.startswith("https://"):
                continue
            assert page in beside or (not page and place in headings), link


def test_in_the_book_those_links_stay_in_the_book(site):
    ours = pages_address(project()[0])
    leaving = [path for path in EVERY if ours in "".join(texts(path))]
    assert leaving, "no notebook names a page of the site: nothing is tested here"
    for path in leaving:
        page = article(site / "notebooks" / f"{path.stem}.html")
        found = [link["href"] for link in page.find_all("a", href=True)]
        assert not [href for href in found if href.startswith(ours)]
        assert [href for href in found if href.startswith("../book/")]


def test_a_list_of_pips_becomes_versions():
    assert colab.pins(LIST) == {"jupyter-client": "7.4.9", "torch": "2.11.0"}
    fetched = "torch @ https://a.org/cu/torch-2.1.0%2Bcu118-cp310.whl"
    assert colab.pins(fetched) == {"torch": "2.1.0"}
    assert colab.colabs_python(LIST) == "python3.13"


def test_our_list_of_colabs_has_what_the_notebooks_import():
    text = colab.VERSIONS.read_text("utf8")
    assert colab.colabs_python(text)
    assert set(colab.pins(text)) <= set(colab.IMPORTED)
    modules = set()
    for path in EVERY:
        for cell in cells(path):
            if cell["cell_type"] == "code" and cell["source"] != setup_cell():
                found = re.findall(r"^\s*(?:import|from) (\w+)", cell["source"], re.M)
                modules.update(found)
    for module in ("torch", "matplotlib", "spacy", "tokenizers", "transformers"):
        assert module in modules
        assert module in colab.pins(text)


def test_git_finds_this_package_at_the_public_address(tmp_path):
    variables = colab.publish(tmp_path)
    address, version = project()
    assert variables["GIT_CONFIG_KEY_0"] == f"url.{tmp_path.as_uri()}.insteadOf"
    assert variables["GIT_CONFIG_VALUE_0"] == address
    git = ["git", "ls-tree", "-r", "--name-only", f"v{version}"]
    listed = colab.subprocess.check_output(git, cwd=tmp_path, text=True).split()
    assert {"pyproject.toml", "README.md", "LICENSE"} <= set(listed)
    ours = {p.relative_to(ROOT).as_posix() for p in (ROOT / "gpt1").rglob("*.py")}
    assert ours <= set(listed)
    assert not [name for name in listed if name.startswith(("notebooks", "tests"))]


def test_a_notebook_there_knows_nothing_of_this_environment(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("VIRTUAL_ENV", str(ROOT / ".venv"))
    seen = colab.outside() | colab.COLAB
    assert "PYTHONPATH" not in seen
    assert "VIRTUAL_ENV" not in seen
    assert seen["PIP_CONFIG_FILE"] == colab.os.devnull
