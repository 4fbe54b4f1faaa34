"""The public address of the repository, the version, and all that follows them.

    make address                                   everything follows pyproject.toml
    make address URL=https://github.com/me/fork    set it there first

The address is set in pyproject.toml, under [project.urls], and nowhere else. Every
GitHub, Pages, Colab or Binder address of a repository that FOREIGN does not name is
taken for ours. The version is set there too, and what names it follows; the set-up
cell of the chapters, which names both, is written here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

from scripts.notebooks.kinds import FOLD

ROOT = Path(__file__).resolve().parents[2]

FOREIGN = """actions/checkout actions/configure-pages actions/deploy-pages
actions/setup-python actions/upload-pages-artifact astral-sh/uv
computationalmodelling/nbval googlecolab/backend-info harvardnlp/annotated-transformer
huggingface/transformers karpathy/llm.c karpathy/minbpe karpathy/nanoGPT
kellerjordan/posts
openai/finetune-transformer-lm openai/gpt-2 pytorch/pytorch
rasbt/LLMs-from-scratch stipub/stixfonts"""
"""Repositories of others that the book may name."""

OTHERS = {*FOREIGN.split(), "OWNER/NAME", "me/fork"}

NAME = r"[A-Za-z0-9](?:[\w.-]*\w)?"
ADDRESSES = re.compile(
    r"(?P<host>github\.com/|colab\.research\.google\.com/github/|"
    r"raw\.githubusercontent\.com/|mybinder\.org/v2/gh/)"
    rf"(?P<owner>{NAME})/(?P<name>{NAME})"
    rf"|(?P<pages>{NAME})\.github\.io(?:/(?P<project>{NAME}))?"
)
LEFT_ALONE = (
    "tests/vendor/",
    "tests/book/project/test_address",
)

VERSIONED = {"CITATION.cff", "gpt1/__init__.py"}
VERSION = re.compile(r'^(version: |__version__ = ")[\w.]+', re.MULTILINE)

SETUP = """\
# @title Set-up, for Colab
# Fetches the book's package. Where it is already installed,
# this does nothing.
import importlib.util
import subprocess
import sys

BOOK = "{address}"
if importlib.util.find_spec("gpt1") is None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--root-user-action=ignore"]
    package = f"gpt1[pretrained,tokenizer] @ git+{{BOOK}}@v{version}"
    subprocess.run([*pip, package], check=True)"""


def project() -> tuple[str, str]:
    """Return the address and the version that pyproject.toml states."""
    text = (ROOT / "pyproject.toml").read_text("utf8")
    address, version = (
        re.search(rf'^{name} = "(.*)"', text, re.MULTILINE)[1]
        for name in ("Repository", "version")
    )
    return check(address), version


def check(address: str) -> str:
    """Return the address without a closing slash; refuse one that Colab cannot use."""
    address = address.rstrip("/").removesuffix(".git")
    if not re.fullmatch(rf"https://github\.com/{NAME}/{NAME}", address):
        sys.exit(f"expected https://github.com/OWNER/NAME, got {address!r}")
    return address


def pages_address(repository: str) -> str:
    """Return where GitHub Pages serves a repository, without a closing slash."""
    owner, name = repository.removeprefix("https://github.com/").split("/")
    return f"https://{owner.lower()}.github.io/{name}"


def setup_cell() -> str:
    """Return the source of the set-up cell, the same in every chapter."""
    address, version = project()
    return SETUP.format(address=address, version=version)


def is_setup_cell(cell: dict) -> bool:
    source = "".join(cell["source"])
    return cell["cell_type"] == "code" and 'find_spec("gpt1")' in source


def followed(text: str, address: str) -> str:
    """Return the text with every address of ours, old or new, as the given one."""
    owner, name = address.removeprefix("https://github.com/").split("/")

    def follow(match: re.Match) -> str:
        if match["pages"]:
            if f"{match['pages']}/{match['project']}" in OTHERS:
                return match[0]
            return pages_address(address).removeprefix("https://")
        theirs, git, _ = match["name"].partition(".git")
        if f"{match['owner']}/{theirs}" in OTHERS:
            return match[0]
        return f"{match['host']}{owner}/{name}{git}"

    return ADDRESSES.sub(follow, text)


def followed_notebook(text: str, address: str) -> str:
    """Return the notebook's text with its links and its set-up cell up to date."""
    notebook = json.loads(followed(text, address))
    for cell in notebook["cells"]:
        if is_setup_cell(cell):
            cell["source"] = setup_cell().splitlines(keepends=True)
            cell["metadata"] = {"tags": ["setup"], **FOLD}
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def tracked() -> list[Path]:
    """Return the project's files: what git tracks or would track."""
    if not (ROOT / ".git").exists():
        return walked()
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=ROOT).decode("utf8").split("\0")
    paths = [ROOT / name for name in listed if name]
    return sorted(path for path in set(paths) if path.is_file())


def walked() -> list[Path]:
    """Return the same without git, as in an archive: all that .gitignore allows."""
    lines = (ROOT / ".gitignore").read_text("utf8").splitlines()
    ignored = [line.rstrip("/") for line in lines if line and line[0] != "#"]

    def kept(names: list[str]) -> list[str]:
        return [n for n in names if not any(fnmatch(n, pattern) for pattern in ignored)]

    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = kept(folders)
        found += [Path(folder, name) for name in kept(files)]
    return sorted(found)


def texts() -> Iterator[tuple[Path, str]]:
    """Yield each file that may carry an address, with its text."""
    for path in tracked():
        if not path.relative_to(ROOT).as_posix().startswith(LEFT_ALONE):
            with suppress(UnicodeDecodeError):
                yield path, path.read_text("utf8")


def behind() -> dict[Path, str]:
    """Return the files that do not follow, each with the text that it should have."""
    address, version = project()
    changes = {}
    for path, text in texts():
        follow = followed_notebook if path.suffix == ".ipynb" else followed
        new = follow(text, address)
        if path.relative_to(ROOT).as_posix() in VERSIONED:
            new = VERSION.sub(rf"\g<1>{version}", new)
        if new != text:
            changes[path] = new
    return changes


def main() -> None:
    if len(sys.argv) > 1:
        path = ROOT / "pyproject.toml"
        line = f'Repository = "{check(sys.argv[1])}"'
        text = path.read_text("utf8")
        text = re.sub(r'^Repository = ".*"', line, text, flags=re.MULTILINE)
        path.write_text(text, "utf8", newline="\n")
    changes = behind()
    for path, text in changes.items():
        path.write_text(text, "utf8", newline="\n")
        print("changed", path.relative_to(ROOT).as_posix())
    address, version = project()
    print(f"{address}, version {version}: {len(changes)} files had to follow")


if __name__ == "__main__":
    main()
