"""The table of "How this book is checked" is about the chapters as they are now."""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from lib.book.chapters import EVERY, ROOT, code_cells, name
from scripts.project.lock import newest_versions
from scripts.site.checked import PACKAGES, TABLE, count, fingerprint, outcomes, row

TEXT = TABLE.read_text("utf8")


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_the_chapter_is_the_one_that_was_checked(path):
    lines = [line for line in TEXT.splitlines() if f"notebooks/{path.name})" in line]
    assert len(lines) == 1, "run: make checked"
    assert f"`{fingerprint(path)}`" in lines[0], "changed since: make checked"


def test_no_other_chapter_is_listed():
    listed = re.findall(r"notebooks/([\w-]+\.ipynb)\)", TEXT)
    assert listed == [path.name for path in EVERY]


def test_it_was_checked_with_the_versions_of_the_constraints():
    versions = newest_versions((ROOT / "constraints.txt").read_text("utf8"))
    for package in PACKAGES:
        assert f" {package} {versions[package]}" in TEXT, "run: make checked"


@pytest.fixture
def notebook(tmp_path):
    """Make a notebook from (source, output, tags)."""

    def make(*cells):
        written = [{"cell_type": "markdown", "metadata": {}, "source": ["# Title"]}]
        for source, output, tags in cells:
            outputs = [{"output_type": "stream", "name": "stdout", "text": output}]
            cell = {"cell_type": "code", "metadata": {"tags": tags}}
            written.append(cell | {"source": source, "outputs": outputs})
        path = tmp_path / "01-title.ipynb"
        path.write_text(json.dumps({"cells": written}), "utf8")
        return path

    return make


def test_the_fingerprint_follows_code_and_compared_outputs_alone(notebook):
    before = fingerprint(notebook(("print(1)", "1", [])))
    assert fingerprint(notebook(("print(1)", "1", []))) == before
    for other in [("print(2)", "1", []), ("print(1)", "2", [])]:
        assert fingerprint(notebook(other)) != before
    assert fingerprint(notebook(("print(1)", "1", ["nbval-skip"]))) != before
    ignored = ["nbval-ignore-output"]
    first = fingerprint(notebook(("clock()", "1", ignored)))
    assert fingerprint(notebook(("clock()", "2", ignored))) == first


def test_cells_are_counted_by_what_nbval_does_with_them(notebook):
    path = notebook(("a", "", []), ("b", "", ["nbval-ignore-output"]))
    assert count(path) == {"compared": 1, "ignored": 1, "skipped": 0, "pictures": 0}
    assert "| 1 | 1 | 0 | 0 | 2 of 2 |" in row(path, ["passed", "passed"])
    with pytest.raises(SystemExit, match="but nbval counted"):
        row(path, ["passed"])


@pytest.fixture
def report(tmp_path):
    """Make pytest's report of a run, an hour from now or before, from (name, end)."""

    def make(*cases, hours=1):
        began = datetime.now(timezone.utc) + timedelta(hours=hours)
        case = '<testcase classname="{}.01-title.ipynb" name="{}">{}</testcase>'
        written = "".join(case.format(*told) for told in cases)
        suite = f'<testsuite timestamp="{began.isoformat()}">{written}</testsuite>'
        path = tmp_path / "tests.xml"
        path.write_text(f"<testsuites>{suite}</testsuites>", "utf8")
        return path

    return make


def test_the_cells_of_the_last_run_are_read(notebook, report):
    cells = [("notebooks", "Cell 0", ""), ("notebooks", "Cell 1", "<skipped/>")]
    others = [("notebooks", "shapes and solutions", ""), ("tests", "x", "<failure/>")]
    paths = [notebook(("a", "", []), ("b", "", ["nbval-skip"]))]
    found = outcomes(report(*cells, *others), paths)
    assert found == {"01-title.ipynb": ["passed", "skipped"]}


@pytest.mark.parametrize("name", ["Cell 0", "shapes and solutions"])
@pytest.mark.parametrize("end", ["failure", "error"])
def test_what_failed_is_in_no_table(notebook, report, name, end):
    paths = [notebook(("a", "", []))]
    with pytest.raises(SystemExit, match=r"01-title\.ipynb did not pass"):
        outcomes(report(("notebooks", name, f"<{end}/>")), paths)


def test_no_run_and_a_run_before_a_chapter_changed_are_no_table(notebook, report):
    paths = [notebook(("a", "", []))]
    old = report(("notebooks", "Cell 0", ""), hours=-1)
    with pytest.raises(SystemExit, match=r"since the last run: 01-title\.ipynb"):
        outcomes(old, paths)
    old.unlink()
    with pytest.raises(SystemExit, match="no report of a run: make test"):
        outcomes(old, paths)


def test_the_counts_add_up_to_the_cells_and_all_pictures():
    for path in EVERY:
        counts = count(path)
        drawn = path.read_text("utf8").count('"image/svg+xml": ')
        assert counts.pop("pictures") == drawn, path.name
        assert sum(counts.values()) == len(code_cells(path))
