"""`make gpu`, tried without a GPU: parts, limits, reasons, and the page."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks.gpu import __main__ as program, measure, notebook, parts
from benchmarks.gpu.measure import MEASUREMENTS, Bench
from benchmarks.gpu.outcome import SKIPPED, Outcome, Part, carried_out, last_line
from benchmarks.gpu.page import page

ROOT = Path(__file__).parents[1]
ABOUT = {"device": "one H200", "versions": "torch 2.11"}


def written(folder, *cells):
    """A notebook with these cells of code; one that begins with # skip has the tag."""
    path = folder / "small.ipynb"
    cells = [
        {
            "cell_type": "code",
            "source": source.splitlines(keepends=True),
            "metadata": {"tags": ["nbval-skip"]} if source.startswith("# skip") else {},
        }
        for source in cells
    ]
    text = {"cell_type": "markdown", "source": ["1 / 0"], "metadata": {}}
    path.write_text(json.dumps({"cells": [text, *cells]}), "utf8")
    return path


@pytest.fixture
def contained(monkeypatch, tmp_path):
    """What a notebook changes in its process is put back."""
    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def ended(*command, limit=60.0, left=60.0, cuda=False, has_cuda=False):
    part = Part("a part", list(command), limit, cuda=cuda)
    return carried_out(part, left, has_cuda)


def test_a_part_that_ends_well_tells_its_last_line():
    done = ended("-c", "print('first'); print('== 3 passed in 1s =='); print()")
    assert (done.state, done.told) == ("passed", "3 passed in 1s")
    assert done.seconds > 0


def test_a_part_that_fails_keeps_what_it_printed():
    done = ended("-c", "print('before'); raise ValueError('why')")
    assert (done.state, done.told) == ("failed", "ValueError: why")
    assert done.output.startswith("before\nTraceback")


def test_a_part_that_cannot_be_run_says_why():
    done = ended("-c", f"print('no package x'); raise SystemExit({SKIPPED})")
    assert (done.state, done.told) == ("skipped", "no package x")


@pytest.mark.parametrize("limits", [{"limit": 0.5}, {"left": 0.5}])
def test_a_part_is_stopped_at_its_limit_or_at_that_of_all(limits):
    code = "import time; print('begun', flush=True); time.sleep(60)"
    done = ended("-c", code, **limits)
    assert done.state == "failed"
    assert done.told.startswith("stopped after 0 s; ")
    assert done.seconds < 30


def test_what_needs_a_gpu_or_time_is_skipped_with_the_reason():
    done = ended("-c", "1 / 0", cuda=True)
    assert (done.state, done.told) == ("skipped", "no CUDA device")
    assert ended("-c", "", cuda=True, has_cuda=True).state == "passed"
    done = ended("-c", "1 / 0", left=-1.0)
    assert (done.state, done.told) == ("skipped", "no time was left")


def test_a_part_sees_the_gpu_only_where_there_is_one_and_this_checkout():
    code = "import os; from importlib.util import find_spec as found; "
    code += "print(os.environ.get('GPT1_CUDA'), found('gpt1').origin)"
    here = str(ROOT / "gpt1" / "__init__.py")
    assert ended("-c", code, has_cuda=True).told == f"0 {here}"
    assert ended("-c", code).told == f"None {here}"


def test_the_last_line_that_says_something():
    assert last_line("one\n=== two ===\n\n") == "two"
    assert last_line("") == "it printed nothing"


def test_a_notebook_is_one_program_in_its_own_folder(contained):
    path = written(
        contained,
        "from pathlib import Path\nhere = Path.cwd()",
        "# skip\n1 / 0",
        "from dataclasses import dataclass\n@dataclass\nclass Pair:\n    left: int",
        "import inspect, pickle\npickle.dumps(Pair(1))\ndisplay(here)",
        "def double(x):\n    return 2 * x",
        "assert 'return 2' in inspect.getsource(double)",
        f"assert here == Path({str(contained)!r}) and __name__ == '__main__'",
    )
    assert notebook.execute(path, everything=False) == 6


def test_with_a_gpu_the_cells_run_too_that_nbval_skips(contained):
    path = written(contained, "a = 1", "# skip\n1 / 0")
    with pytest.raises(RuntimeError, match="cell 2: ZeroDivisionError: division"):
        notebook.execute(path, everything=True)


def test_an_error_in_a_cell_ends_the_notebook(contained):
    path = written(contained, "a = 1", "assert a == 2, 'not two'", "open('x', 'w')")
    with pytest.raises(RuntimeError, match="cell 2: AssertionError: not two"):
        notebook.execute(path, everything=False)
    assert not (contained / "x").exists()


@pytest.mark.slow
def test_a_notebook_without_its_package_is_skipped(tmp_path):
    path = written(tmp_path, "import no_such_package.part")
    done = ended("-m", "benchmarks.gpu.notebook", str(path))
    assert (done.state, done.told) == ("skipped", "no package no_such_package")


def test_every_notebook_is_a_part_by_nbval_or_without_it(monkeypatch):
    names = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {part.name for part in parts.notebooks()} == names
    assert all("--nbval-lax" in part.command for part in parts.notebooks())
    there = parts.find_spec
    monkeypatch.setattr(parts, "find_spec", lambda n: n != "ipykernel" and there(n))
    plain = parts.notebooks()
    assert {part.name for part in plain} == names
    for part in plain:
        assert part.command[:2] == ["-m", "benchmarks.gpu.notebook"]
        assert (ROOT / part.command[2]).is_file()


def test_all_limits_together_are_under_eight_minutes():
    alone = sum(part.limit for part in parts.measurements(tiny=False))
    assert alone < 60 * 8
    assert program.GPUConfig().minutes < 8
    assert all(part.cuda for part in parts.measurements(tiny=False))
    assert not any(part.cuda for part in parts.measurements(tiny=True))


@pytest.mark.weekly
def test_the_tests_for_a_gpu_are_found_without_nbval():
    done = ended(*parts.tests().command, "--collect-only", "-p", "no:nbval")
    assert done.state == "passed", done.output
    assert "test_cuda_computes_what_the_cpu_does" in done.output
    assert "test_cuda_writes_what_the_cpu_writes" in done.output


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_each_measurement_runs_at_tiny_sizes(name):
    told = MEASUREMENTS[name](Bench(tiny=True))
    assert {
        "products": "TFLOP/s in bf16",
        "step": "dropout 0.1: ",
        "compiled": "the same loss",
        "bf16": "times as fast",
        "generation": "tokens/s in bf16; 3 + 5 tokens",
    }[name] in told


def test_the_share_of_the_peak_is_that_of_the_data_sheet(monkeypatch):
    bench = Bench(tiny=False)
    bench.device = torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H200")
    # 0.753 GFLOP a token: 1e9 / 1000 of them a second against 989 TFLOP/s.
    assert bench.told(1e6, 64) == (
        "1,000,000 tokens/s at 64 x 512, MFU 76.1% of 989 TFLOP/s"
    )
    assert bench.told(5e5, 64).endswith(
        "MFU 38.1% of 989 TFLOP/s, under the 50% aimed at"
    )
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA L4")
    assert "aimed" not in bench.told(1.0, 64)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "another")
    assert "no peak is known of another" in bench.told(1.0, 64)


def test_losses_that_differ_are_no_measurement(monkeypatch):
    values = iter([1.0, 1.1])
    monkeypatch.setattr(Bench, "step", lambda *given, **how: lambda: next(values))
    with pytest.raises(AssertionError):
        measure.compiled(Bench(tiny=True))


def test_the_fastest_batch_counts_and_one_that_does_not_fit_is_left_out(monkeypatch):
    bench = Bench(tiny=False)

    def speed(batch):
        if batch == 128:
            raise torch.OutOfMemoryError
        return 1000.0 / batch

    monkeypatch.setattr(bench, "speed", speed)
    assert bench.fastest() == (1000 / 32, 32)


def test_the_page_has_a_line_for_each_part():
    found = [
        Outcome("a step", "passed", "5 tokens/s", 3.4),
        Outcome("a notebook", "failed", "cell 2: a | b", 1.6),
        Outcome("a test", "skipped", "no CUDA device"),
    ]
    lines = page(ABOUT, found).splitlines()
    assert lines[0] == "# On a GPU"
    assert "`make gpu` on one H200; torch 2.11." in lines[2]
    assert lines[-3:] == [
        "| a step | 5 tokens/s | 3 |  |",
        "| a notebook | **failed**: cell 2: a \\| b | 2 |  |",
        "| a test |  |  | no CUDA device |",
    ]
    assert "6N + 12LHQT" in page(ABOUT, found)
    assert "trial" not in page(ABOUT, found)
    assert "mean nothing" in page(ABOUT, found, tiny=True)


@pytest.fixture
def few(monkeypatch, tmp_path):
    """One measurement, no pytest, and one small notebook in place of the book's."""
    path = written(tmp_path, "print('hello')")
    one = Part(path.name, ["-m", "benchmarks.gpu.notebook", str(path)], 60, alone=False)
    monkeypatch.setattr(parts, "notebooks", lambda names: [one])
    monkeypatch.setattr(parts, "MEASURED", {"writing": ("generation", 60)})
    return tmp_path / "gpu.md"


@pytest.mark.weekly
def test_a_trial_on_the_cpu_writes_the_page(few, capsys):
    program.main(program.GPUConfig(tiny=True, out=str(few)))
    text = few.read_text("utf8")
    assert "| writing | " in text
    assert "| CUDA tests |  |  | no CUDA device |" in text
    assert "| small.ipynb | 1 cells without an error, on the CPU | " in text
    assert f"torch {torch.__version__}" in text
    assert capsys.readouterr().out.endswith(text + "\n")


def test_a_part_that_fails_fails_the_command_after_the_page(few, monkeypatch):
    wrong = Part("wrong", ["-c", "1 / 0"], 60, alone=False)
    monkeypatch.setattr(parts, "notebooks", lambda names: [wrong])
    monkeypatch.setattr(parts, "MEASURED", {})
    with pytest.raises(SystemExit, match="failed: wrong"):
        program.main(program.GPUConfig(tiny=True, out=str(few)))
    assert "**failed**: ZeroDivisionError: division by zero" in few.read_text("utf8")


def test_without_a_gpu_nothing_is_measured_and_the_page_stays(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="no CUDA device: --tiny"):
        program.main(program.GPUConfig())
    for change in ({"tiny": True}, {"notebooks": "04"}):
        with pytest.raises(ValueError, match="give an --out"):
            program.GPUConfig(**change)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
def test_make_installs_nothing_where_python_has_pytorch(tmp_path):
    command = ["make", "gpu", f"PYTHON={sys.executable}", f"VENV={tmp_path / 'venv'}"]
    command += ["ARGS=--minutes=0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "error: --minutes must be above 0" in done.stderr
    assert not (tmp_path / "venv").exists()
