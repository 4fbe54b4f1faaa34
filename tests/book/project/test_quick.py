"""`make quick` runs the notebooks that changed, and no test that takes long."""

import subprocess

import pytest

from scripts.project import quick


@pytest.fixture
def git(tmp_path, monkeypatch):
    """A repository with one notebook on `main`, where git takes these words."""
    name = ["-c", "user.name=me", "-c", "user.email=me@x.org", "-c", "commit.gpgsign=0"]

    def git(*words):
        subprocess.run(["git", *name, *words], cwd=tmp_path, check=True)

    monkeypatch.setattr(quick, "ROOT", tmp_path)
    git("init", "-q", "-b", "main")
    write(tmp_path, "01-kept")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    return git


def write(folder, name, text="{}"):
    (folder / "notebooks").mkdir(exist_ok=True)
    (folder / "notebooks" / f"{name}.ipynb").write_text(text, "utf8")


def test_a_notebook_is_run_that_changed_since_main_or_is_new(git, tmp_path):
    assert quick.changed_notebooks() == []
    git("checkout", "-q", "-b", "mine")
    write(tmp_path, "02-committed")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    write(tmp_path, "03-new")
    names = ["notebooks/02-committed.ipynb", "notebooks/03-new.ipynb"]
    assert quick.changed_notebooks() == names
    write(tmp_path, "01-kept", "{ }")
    assert quick.changed_notebooks() == ["notebooks/01-kept.ipynb", *names]


def test_without_a_main_it_is_the_last_commit_that_counts(git, tmp_path):
    git("branch", "-q", "-m", "main", "other")
    assert quick.changed_notebooks() == []
    (tmp_path / "notebooks" / "01-kept.ipynb").unlink()
    assert quick.changed_notebooks() == []
    write(tmp_path, "01-kept", "{ }")
    assert quick.changed_notebooks() == ["notebooks/01-kept.ipynb"]


def test_in_an_archive_every_notebook_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(quick, "ROOT", tmp_path)
    write(tmp_path, "01-kept")
    assert quick.changed_notebooks() == ["notebooks/01-kept.ipynb"]
