"""The benchmark runs whole at tiny sizes, and its page says what was measured."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as program, cases, nanogpt
from benchmarks.contenders import GPT1, GPT2, NANO, NANOS, OWN, OWN_IN
from benchmarks.interleave import Worker, interleaved, share_imports
from benchmarks.report import limit_share, page, ratios, read_bytes
from benchmarks.roofline import PEAKS, datasheet_peak
from lib.nanogpt import stand_in

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
    assert "| import gpt1 | 1.70 | 1.15 (1.10 to 1.20) |" in markdown


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


def test_fewer_bits_are_compared_the_other_way_round():
    int8, bf16 = (name for bits in ("int8", "bf16") for name in OWN_IN if bits in name)
    times = {OWN: [4.0, 2.0, 8.0], int8: [1.0, 1.0, 2.0], bf16: [2.0, 4.0, 4.0]}
    found = {name: {"seconds": times[name], "peak": None} for name in times}
    case = cases.write_in_fewer_bits(cases.FULL, 32, 128)
    whole = results(**found)
    whole["cases"] = [{**vars(case), "tokens": case.tokens, "contenders": found}]
    markdown = page({**whole, "clock": "processor"})
    assert cells(markdown, int8)[3] == "4.00 (2.00 to 4.00)"
    assert cells(markdown, bf16)[3] == "2.00 (0.50 to 2.00)"
    assert "| as fast as float32 |" in markdown
    assert "Times are those of the processor" in markdown
    assert "Times are those of the processor" not in page(whole)
    of_float32 = limit_share(vars(case), 10.0, RATES)
    for name, times_smaller in {int8: 4, bf16: 2, GPT2: 1}.items():
        share = limit_share(vars(case), 10.0, RATES, name)
        assert share * times_smaller == of_float32


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
    assert [case.tokens for case in cases.on_cpu()[-2:]] == [128, 128]
    assert cases.on_cpu()[-3].tokens == 20 * 12 * 64
    assert all(case.contenders[0] == OWN for case in cases.on_gpu() + cases.on_cpu())


@pytest.fixture
def quick(monkeypatch):
    """No full-size imports are timed, and the workers share theirs."""
    share_imports()
    monkeypatch.setattr(program, "IMPORTS", dict.fromkeys(program.IMPORTS, "pass"))


@pytest.mark.weekly
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


@pytest.fixture
def checkout(tmp_path):
    return stand_in(tmp_path / "nanoGPT")


def test_nanogpt_is_made_with_the_sizes_of_the_others(checkout, capsys):
    settings = {"nanogpt": str(checkout), "config": cases.QUICK, "dropout": 0.1}
    sizes = {"block_size": 16, "vocab_size": 101, "n_layer": 2, "n_head": 3}
    sizes |= {"n_embd": 12, "dropout": 0.1, "bias": True}
    assert vars(nanogpt.model(settings).config) == sizes
    assert capsys.readouterr().out == ""


def test_nanogpt_has_the_cases_of_the_others_with_dropout_and_without():
    found = {case.label for case in cases.on_cpu() if NANO in case.contenders}
    assert {"float32, 4 x 512", "float32, 4 x 512, dropout 0.1"} <= found
    assert {"bf16, 4 x 512", "bf16, 4 x 512, dropout 0.1"} <= found
    assert all(NANO in case.contenders for case in cases.on_gpu())


def test_without_a_checkout_nanogpt_is_left_out_and_the_page_says_so(tmp_path):
    assert "--nanogpt PATH" in nanogpt.missing(tmp_path)
    kept = cases.without(cases.on_cpu(), NANOS)
    assert all(not set(NANOS) & set(case.contenders) for case in kept)
    assert all(OWN in case.contenders for case in kept)
    one = {"seconds": [1.0, 1.0], "peak": None}
    markdown = page({**results(**{OWN: one}), "left_out": nanogpt.missing(tmp_path)})
    assert "\n\nnanoGPT was not measured" in markdown
    assert "nanoGPT" not in page(results(**{OWN: one}))


def test_the_page_says_whether_the_processor_has_amx():
    found = results(**{OWN: {"seconds": [1.0, 1.0], "peak": None}})
    assert "no AMX" in page(found)
    for change in (
        {"features": ["avx2", "amx_bf16"]},
        {"gpu": "NVIDIA H200"},
        {"architecture": "arm64"},
    ):
        machine = {**MACHINE, **change}
        assert "no AMX" not in page({**found, "machine": machine})
    features = ["avx512_bf16", "amx_bf16"]
    machine = {**MACHINE, "features": features}
    assert "(x86_64, avx512_bf16, amx_bf16)" in page({**found, "machine": machine})


@pytest.mark.slow
def test_everything_runs_at_tiny_sizes(quick, tmp_path, checkout):
    options = {"rounds": 2, "quick": True, "out": str(tmp_path)}
    program.main(program.BenchmarkConfig(**options, nanogpt=str(checkout)))
    stored = json.loads((tmp_path / "results.json").read_text("utf8"))
    for case in stored["cases"]:
        assert OWN in case["contenders"]
        for name, result in case["contenders"].items():
            assert len(result["seconds"]) == 2, (name, result)
            assert all(seconds > 0 for seconds in result["seconds"])
    names = [set(case["contenders"]) for case in stored["cases"]]
    assert names == [{OWN, GPT1, GPT2, NANO}, {OWN, GPT2, NANO}, {OWN, *OWN_IN, GPT2}]
    assert str(checkout) not in json.dumps(stored)
    markdown = (tmp_path / "results.md").read_text("utf8")
    assert markdown == page(stored)
    tables = re.findall(r"(?m)(?:^\|.*\n)+", markdown)
    assert len(tables) == 4
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
