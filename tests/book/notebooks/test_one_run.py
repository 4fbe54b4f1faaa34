"""nbval's one run of a chapter also finds false shape comments and wrong solutions."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lib.book.chapters import ROOT

pytestmark = pytest.mark.slow
CELLS = [
    "import numpy as np\n\ntime = 7",
    "x = np.ones((time, 15))  # (time, 15)",
    "y = np.ones((time, 15))\ny = y + 1  # (width, 15)",
    "try:\n    y + x  # (15, time)\nexcept AssertionError:\n    pass",
    "def never(x):\n    return x.T  # (15, time)",
    "x = 1\n# (2, 3)",
    "from gpt1.check import check",
]
STUB = 'def add(a, b):\n    ...\n\n\ncheck("causal-mask", add)'
SOLUTION = """<details><summary>Solution</summary>

```python
def add(*given):
    return given


z = x  # (time, 15)
```
</details>"""


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """What pytest says about each item of that notebook that fails, by its name."""
    folder = tmp_path_factory.mktemp("notebook")
    # What has no number is not compared with what it prints.
    cells = [new_code_cell(s, execution_count=n) for n, s in enumerate(CELLS, start=1)]
    stub = new_code_cell(STUB, metadata={"tags": ["exercise", "nbval-ignore-output"]})
    notebook = new_notebook(cells=[*cells, stub, new_markdown_cell(SOLUTION)])
    nbformat.write(notebook, folder / "01-false.ipynb")
    report = folder / "report.xml"
    command = ["-m", "pytest", "-q", "--nbval", "--nbval-current-env", "--color=no"]
    command += ["-p", "lib.nbval_shapes", "-p", "no:cacheprovider", folder]
    command += [f"--rootdir={folder}", f"--junitxml={report}"]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT / "tests", capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {
        case.get("name"): re.sub(r"\x1b\[[\d;]*m|#x1B\[\d*m", "", case[0].text)
        for case in ElementTree.parse(report).iter("testcase")
        if len(case)
    }


def test_a_false_comment_and_one_of_no_line_are_named_with_their_place(failures):
    told = "[cell 2]:2: the comment says # (width, 15), the tensor (7, 15)"
    assert f"01-false.ipynb{told}" in failures["Cell 2"]
    assert "01-false.ipynb[cell 5]:2: no statement ends on this" in failures["Cell 5"]


def test_cells_that_are_right_pass_and_a_shape_at_the_end_prints_nothing(failures):
    """Cell 1 stores no output, and would have one if the check were an expression."""
    assert set(failures) == {"Cell 2", "Cell 5", "shapes and solutions"}


@pytest.mark.parametrize(
    "told",
    [
        "[cell 3]:2: the comment says # (15, time), the tensor (7, 15): axis 1",
        "[cell 4]:2: never reached",
        "[solution 1]: AssertionError: causal-mask: ",
    ],
    ids=["a comment that a cell hid", "an unreached comment", "a wrong solution"],
)
def test_at_the_end_comes_what_no_cell_showed(failures, told):
    assert f"01-false.ipynb{told}" in failures["shapes and solutions"]


@pytest.mark.weekly
def test_with_n_all_cells_of_a_notebook_go_to_one_worker(tmp_path):
    sources = ["x = 1", "x += 1", "x += 1", "assert x == 3"]
    cells = [new_code_cell(s, execution_count=n) for n, s in enumerate(sources, 1)]
    for file in ("a", "b"):
        nbformat.write(new_notebook(cells=cells), tmp_path / f"{file}.ipynb")
    command = ["-m", "pytest", "--nbval", "--nbval-current-env", "-n", "2", "-q"]
    command += ["-p", "conftest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, *command, tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
