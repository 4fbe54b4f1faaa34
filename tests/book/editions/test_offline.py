"""The archive of `make offline` is whole, repeatable, and needs no network."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile

import pytest

from gpt1.tales import generate_tales, join
from lib.book.chapters import EVERY, ROOT
from scripts.editions import offline

pytestmark = pytest.mark.weekly


@pytest.fixture(scope="module")
def archive(site, tmp_path_factory):
    """The archive of the built book."""
    return offline.make(tmp_path_factory.mktemp("offline") / "book.zip")


@pytest.fixture(scope="module")
def unpacked(archive):
    """The folder that a reader gets, and its files by their names."""
    with zipfile.ZipFile(archive) as file:
        file.extractall(archive.parent)
    folder = archive.parent / "book"
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*")}
    return folder, {name: path for name, path in files.items() if path.is_file()}


def test_each_file_has_its_sum_and_each_sum_its_file(unpacked):
    folder, files = unpacked
    lines = (folder / "SHA256SUMS").read_text("utf8").splitlines()
    sums = dict(line.split("  ")[::-1] for line in lines)
    assert set(sums) == set(files) - {"SHA256SUMS"}
    for name, value in sums.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == value, name


def test_the_python_line_of_the_readme_finds_the_file_that_changed(unpacked):
    folder, files = unpacked
    said = (folder / "README.txt").read_text("utf8")
    [line] = [line for line in said.splitlines() if line.startswith("  python -c ")]
    code = line.removeprefix('  python -c "').removesuffix('"')
    license_text = files["LICENSE"].read_bytes()
    try:
        files["LICENSE"].write_bytes(license_text + b"!")
        command = [sys.executable, "-c", code]
        out = subprocess.check_output(command, cwd=folder, text=True)
    finally:
        files["LICENSE"].write_bytes(license_text)
    wrong = [line for line in out.splitlines() if line.endswith("WRONG")]
    assert wrong == ["LICENSE WRONG"]
    assert out.count(" ok\n") == len(files) - 2


def test_the_site_in_it_is_the_built_one(unpacked, site):
    _, files = unpacked
    packed = {n.removeprefix("site/") for n in files if n.startswith("site/")}
    built = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    left_out = built - packed
    assert packed <= built
    assert all(offline.is_needed(site / name) is False for name in left_out)
    assert not [name for name in left_out if name.endswith((".html", ".ipynb", ".css"))]
    for name in (
        "book/index.html",
        "notebooks/04-attention.html",
        "_static/search-index.js",
    ):
        assert files[f"site/{name}"].read_bytes() == (site / name).read_bytes()


def test_notebooks_tales_and_model_are_the_projects(unpacked):
    _, files = unpacked
    for path in EVERY:
        assert files[f"notebooks/{path.name}"].read_bytes() == path.read_bytes()
    for split, count in offline.TALES.items():
        told = files[f"tales/{split}.txt"].read_text("utf8")
        assert told.startswith(join(generate_tales(3, split=split)).strip()[:200])
        assert count > 100
    assert json.loads(files["model/tales-tiny.json"].read_text("utf8"))
    assert files["model/tales-tiny.pth"].stat().st_size > 1e6


def test_the_package_in_it_writes_a_tale_with_nothing_else_of_ours(unpacked, tmp_path):
    folder, files = unpacked
    [wheel] = [path for name, path in files.items() if name.startswith("wheel/")]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index"]
    pip += ["--no-deps", "--disable-pip-version-check", "--target", tmp_path / "here"]
    subprocess.run([*pip, wheel], check=True, cwd=tmp_path)
    program = "import gpt1, gpt1.__main__; print(gpt1.__file__); gpt1.__main__.main()"
    command = [sys.executable, "-c", program, "generate", "--max_length", "30"]
    there = os.environ | {"PYTHONPATH": str(tmp_path / "here")}
    said = subprocess.check_output(command, cwd=tmp_path, env=there, encoding="utf8")
    place, *story = said.splitlines()
    assert place.startswith(str(tmp_path))
    assert len(" ".join(story).split()) > 10


def test_it_does_not_name_the_machine_that_made_it(unpacked):
    here = str(ROOT).encode()
    named = [name for name, path in unpacked[1].items() if here in path.read_bytes()]
    assert named == []


def test_the_same_sources_give_the_same_archive(archive, tmp_path):
    again = offline.make(tmp_path / "book.zip")
    assert again.read_bytes() == archive.read_bytes()


def test_without_a_built_book_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(offline, "SITE", tmp_path)
    monkeypatch.setattr(offline, "FOLDER", tmp_path)
    assert offline.main() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "make book" in said
    assert list(tmp_path.iterdir()) == []
