"""The benchmark runs whole at tiny sizes, and its page says what was measured."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as program, cases
from benchmarks.contenders import GPT1, GPT2, OWN
from benchmarks.interleave import Worker, interleaved, share_imports
from benchmarks.report import limit_share, page, ratios, read_bytes
from benchmarks.roofline import PEAKS, datasheet_peak

ROOT = Path(__file__).parents[1]
MACHINE = {"cores": 2, "architecture": "x86_64", "features": ["avx2"], "gpu": None}
MACHINE |= {"system": "Linux", "python": "3.11.0", "torch": "2.1", "transformers": "5"}
RATES = {"float32": 300e9, "bf16": 150e9, "bytes": 20e9}


def results(**contenders):
    """Results of one case at full size, as the program stores them."""
    case = cases.train("training", "a case", list(contenders), cases.FULL, 2)
    stored = {**vars(case), "tokens": case.tokens, "contenders": contenders}
    imports = {"import torch": [2.0, 1.0], "import gpt1": [2.2, 1.2]}
    found = {"machine": MACHINE, "clock": "wall", "rounds": 2, "rates": RATES}
    return {**found, "cases": [stored], "imports": imports}


def cells(markdown, name):
    """The cells of the table's line that has this name."""
    (line,) = [line for line in markdown.splitlines() if f"| {name} |" in line]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_ratio_is_taken_within_a_round():
    assert ratios([2.0, 30.0, 4.0], [1.0, 10.0, 1.0]) == (3.0, 2.0, 4.0)


def test_the_page_has_rates_ratios_memory_and_the_share_of_the_limit():
    own = {"seconds": [4.0, 2.0, 8.0], "peak": 2**30}
    other = {"seconds": [8.0, 5.0, 24.0], "peak": 4 * 2**30}
    markdown = page(results(**{OWN: own, GPT1: other}))
    # 1,024 tokens in 4 s; 0.753 GFLOP a token against 300 GFLOP/s.
    assert cells(markdown, OWN)[2:] == ["256", "", "1.00", "", "64%"]
    found = ["128", "2.50 (2.00 to 3.00)", "4.00", "0.25", "32%"]
    assert cells(markdown, GPT1)[2:] == found
    assert "| import gpt1 |  | 1.70 | 1.15 (1.10 to 1.20) |" in markdown


def test_a_contender_that_failed_is_named_and_the_others_stay():
    own = {"seconds": [4.0, 2.0], "peak": None}
    markdown = page(results(**{OWN: own, GPT1: {"failed": "out of memory"}}))
    assert cells(markdown, GPT1)[2] == "failed: out of memory"
    assert cells(markdown, OWN)[2] == "341"
    markdown = page(results(**{OWN: {"failed": "ended"}, GPT1: own}))
    assert cells(markdown, GPT1)[2:4] == ["341", ""]


def test_the_limit_of_writing_is_the_bytes_of_the_weights():
    assert read_bytes(cases.FULL) == 4 * (116_534_784 - 512 * 768)
    case = vars(cases.write("", [OWN], cases.FULL, 32, 128))
    assert limit_share(case, 10.0, RATES) == 10 * read_bytes(cases.FULL) / 20e9
    case["settings"]["precision"] = "bf16"
    assert limit_share(case, 10.0, RATES) == 5 * read_bytes(cases.FULL) / 20e9


def test_a_gpu_is_held_against_its_data_sheet():
    assert datasheet_peak("NVIDIA H100 80GB HBM3") == 989
    assert datasheet_peak("NVIDIA A100-SXM4-40GB") == 312
    assert datasheet_peak("NVIDIA L40S") == PEAKS["L40S"]
    assert datasheet_peak("NVIDIA L4") == PEAKS["L4"]
    assert datasheet_peak("Some other GPU") is None
    case = vars(cases.train("training", "", [OWN], cases.FULL, 2, precision="bf16"))
    share = limit_share(case, 1000.0, {**RATES, "datasheet": 989e12})
    assert share == pytest.approx(1000 * 0.753e9 / 989e12, rel=1e-3)


def test_each_round_counts_the_tokens_that_it_works_on():
    assert [case.tokens for case in cases.on_cpu()[:1]] == [1024]
    assert cases.on_cpu()[-1].tokens == 128
    assert cases.on_cpu()[-2].tokens == 20 * 12 * 64
    assert all(case.contenders[0] == OWN for case in cases.on_gpu() + cases.on_cpu())


@pytest.fixture
def quick(monkeypatch):
    """No full-size imports are timed, and the workers share theirs."""
    share_imports()
    monkeypatch.setattr(program, "IMPORTS", dict.fromkeys(program.IMPORTS, "pass"))


@pytest.mark.slow
def test_a_process_that_cannot_go_on_is_reported_with_its_last_words(quick):
    case = cases.quick()[0]
    settings = {**case.settings, "config": {**cases.QUICK, "heads": 5}}
    found = interleaved(case.work, [OWN], settings, 1)
    assert "heads must divide width" in found[OWN]["failed"]


@pytest.mark.slow
def test_a_process_that_dies_is_reported_with_its_status(quick):
    case = cases.quick()[0]
    worker = Worker(case.work, OWN, case.settings)
    assert worker.answer() == {"ready": True}
    worker.process.kill()
    worker.process.join()
    status = worker.process.exitcode
    assert worker.turn() == {"failed": f"ended with status {status}"}
    worker.end()


@pytest.mark.slow
def test_everything_runs_at_tiny_sizes(quick, tmp_path):
    program.main(program.BenchmarkConfig(rounds=2, quick=True, out=str(tmp_path)))
    stored = json.loads((tmp_path / "results.json").read_text("utf8"))
    for case in stored["cases"]:
        assert OWN in case["contenders"]
        for name, result in case["contenders"].items():
            assert len(result["seconds"]) == 2, (name, result)
            assert all(seconds > 0 for seconds in result["seconds"])
    names = [set(case["contenders"]) for case in stored["cases"]]
    assert names == [{OWN, GPT1, GPT2}, {OWN, GPT2}]
    markdown = (tmp_path / "results.md").read_text("utf8")
    assert markdown == page(stored)
    tables = re.findall(r"(?m)(?:^\|.*\n)+", markdown)
    assert len(tables) == 3
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


@pytest.mark.slow
def test_a_part_does_not_overwrite_the_whole():
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "give an --out" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    with pytest.raises(ValueError, match="give an --out"):
        program.main(program.BenchmarkConfig(only="training"))
