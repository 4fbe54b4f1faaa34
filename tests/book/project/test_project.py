"""The project's papers say what is there, and nothing that is only on one machine."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import torch
import yaml

from lib.book.chapters import ROOT
from scripts.site.address import project, texts

PAPERS = ["README.md", "CONTRIBUTING.md", "book/how-checked.md", "book/how-to-read.md"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text("utf8")
TARGETS = set(re.findall(r"^([a-z][\w-]*):", MAKEFILE, re.MULTILINE))


def commands(text):
    """Yield each `make target` that a text tells its reader to run."""
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ *(make .*)", text, re.M)
    for line in code:
        yield from re.findall(r"(?:^|&& |run: )make ([a-z][\w-]*)", line)


def test_every_make_command_that_is_named_exists():
    named = {paper: set(commands((ROOT / paper).read_text("utf8"))) for paper in PAPERS}
    assert set().union(*named.values()) <= TARGETS
    assert {"book", "test"} <= named["README.md"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_make(path):
    steps = yaml.safe_load(path.read_text("utf8"))["jobs"]
    called = set(re.findall(r"\bmake ([a-z][\w-]*)", str(steps)))
    assert called
    assert called <= TARGETS
    assert (ROOT / ".ci" / "run").read_text("utf8").strip().endswith("make test")


def test_every_target_explains_itself():
    explained = set(re.findall(r"^([\w-]+):.*##", MAKEFILE, re.MULTILINE))
    assert TARGETS - explained == {"environment"}


def test_help_needs_no_environment():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "make book" in done.stdout


def test_the_version_is_the_same_everywhere():
    _, version = project()
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text("utf8")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == version


@pytest.mark.slow
def test_the_five_lines_of_the_readme_say_what_they_print(capsys):
    readme = (ROOT / "README.md").read_text("utf8")
    (code,) = re.findall(r"(?s)```python\n(.*?)```", readme)
    torch.manual_seed(0)
    with torch.no_grad():  # the same loss in less time
        exec(code, {})
    loss = float(re.search(r"tensor\(([\d.]+)", capsys.readouterr().out)[1])
    (said,) = re.findall(r"about ([\d.]+) before training", code)
    assert f"{loss:.1f}" == said


def test_links_of_the_readme_lead_to_files():
    for name in ["README.md", "CONTRIBUTING.md"]:
        text = (ROOT / name).read_text("utf8")
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_no_file_holds_a_path_of_this_machine():
    here = {str(ROOT), str(Path.home()), sys.prefix, tempfile.gettempdir()}
    here = {place for place in here if len(place) > 4}
    for path, text in texts():
        for place in here:
            found = re.search(re.escape(place) + r"(?![\w-])", text)
            assert not found, f"{path.name}: {place}"
