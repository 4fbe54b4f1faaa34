"""The public address is set in one place and everything follows it."""

import json

import pytest

from scripts.site import address

OURS = "https://github.com/mine/fork"
COLAB = "https://colab.research.google.com/github/"
BINDER, FILES = "https://mybinder.org/v2/gh/", "raw.githubusercontent.com/"


@pytest.mark.slow
def test_every_file_follows_the_address():
    late = [path.relative_to(address.ROOT).as_posix() for path in address.behind()]
    assert late == [], "make address; FOREIGN in scripts/site/address.py may stay"
    for place in ["_config.yml", "CITATION.cff", "README.md"]:
        assert address.project()[0] in (address.ROOT / place).read_text("utf8")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see https://github.com/old/book.", "see https://github.com/mine/fork."),
        ("git+https://github.com/old/book@v1", "git+https://github.com/mine/fork@v1"),
        ("https://github.com/old/book.git", "https://github.com/mine/fork.git"),
        ("github.com/old/a-b.c/actions/x.svg", "github.com/mine/fork/actions/x.svg"),
        (f"{COLAB}old/book/blob/main/a.ipynb", f"{COLAB}mine/fork/blob/main/a.ipynb"),
        (f"{BINDER}old/book/main?x", f"{BINDER}mine/fork/main?x"),
        ("https://old.github.io/book/a.html", "https://mine.github.io/fork/a.html"),
        (f"{FILES}old/book/main/a", f"{FILES}mine/fork/main/a"),
    ],
)
def test_each_kind_of_address_follows(before, after):
    assert address.followed(before, OURS) == after
    assert address.followed(after, OURS) == after


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/karpathy/nanoGPT",
        "https://github.com/openai/finetune-transformer-lm/blob/master/train.py#L140",
        "https://github.com",
        "uses: actions/checkout@v4",
    ],
)
def test_what_is_not_ours_stays(text):
    assert address.followed(text, OURS) == text


def test_the_set_up_cell_is_rewritten_where_it_stands():
    cell = {"cell_type": "code", "metadata": {}, "source": ['find_spec("gpt1")']}
    new = address.followed_notebook(json.dumps({"cells": [cell]}), OURS)
    (cell,) = json.loads(new)["cells"]
    assert "".join(cell["source"]) == address.setup_cell()
    assert cell["metadata"] == {"tags": ["setup"], **address.FOLD}


def test_the_set_up_cell_does_nothing_here(capfd):
    exec(address.setup_cell(), {})
    assert capfd.readouterr() == ("", "")


def test_the_set_up_cell_installs_where_the_package_is_missing(monkeypatch):
    called = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("subprocess.run", lambda command, **how: called.append(command))
    exec(address.setup_cell(), {})
    url, version = address.project()
    wanted = f"gpt1[pretrained,tokenizer] @ git+{url}@v{version}"
    assert called[0][-1] == wanted


@pytest.mark.parametrize("url", ["https://gitlab.com/a/b", "github.com/a/b", "x"])
def test_an_address_that_colab_cannot_open_is_refused(url):
    with pytest.raises(SystemExit, match=r"expected .*OWNER/NAME"):
        address.check(url)


def test_an_archive_without_git_has_the_same_files(tmp_path, monkeypatch):
    listed = {path.relative_to(address.ROOT) for path in address.tracked()}
    for name in [*listed, ".venv/lib/a.py", "gpt1/__pycache__/a.pyc", "_build/a.html"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    ignored = (address.ROOT / ".gitignore").read_text("utf8")
    (tmp_path / ".gitignore").write_text(ignored, "utf8")
    monkeypatch.setattr(address, "ROOT", tmp_path)
    assert {path.relative_to(tmp_path) for path in address.tracked()} == listed
