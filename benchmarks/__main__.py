"""`python -m benchmarks`: run everything, write `results.md` and `results.json`."""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from benchmarks import cases, nanogpt
from benchmarks.contenders import NANOS
from benchmarks.interleave import interleaved, share_imports
from benchmarks.report import page
from benchmarks.roofline import combined, datasheet_peak, machine, rates
from benchmarks.worker import CLOCKS
from gpt1.plumbing.command import option, parse, run

HERE = Path(__file__).parent
IMPORTS = {
    "import torch": "import torch",
    "import gpt1": "import gpt1",
    "Hugging Face's GPT-1 class": "from transformers import OpenAIGPTLMHeadModel",
}


@dataclass
class BenchmarkConfig:
    """Compare speed and memory with Hugging Face's models and nanoGPT.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    rounds: int = option(3, "turns of each contender")
    device: str | None = option(None, "cpu or cuda", choices=["cpu", "cuda"])
    peak: float | None = option(None, "TFLOP/s of the GPU's data sheet, if not known")
    nanogpt: str = option(
        str(nanogpt.BESIDE), "a checkout of nanoGPT; it is left out where there is none"
    )
    only: str = option("", "cases whose name has this in it, such as generation")
    clock: str = option(
        "wall",
        "wall, or processor: the time that a contender's threads compute, for ratios "
        "on a machine that has other work too",
        choices=CLOCKS,
    )
    quick: bool = option(False, "tiny sizes, to see that it runs")
    out: str = option(str(HERE), "folder for results.md and results.json")

    def __post_init__(self):
        if self.rounds < 1:
            raise ValueError(f"--rounds must be at least 1, got {self.rounds}")
        if self.peak is not None and self.peak <= 0:
            raise ValueError(f"--peak must be above 0, got {self.peak}")


def imports(rounds):
    """Seconds that each import takes in a new process, in turn."""
    seconds = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        for name, code in IMPORTS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent)
            seconds[name].append(time.perf_counter() - start)
    return seconds


def measure(options):
    """Everything, as one dictionary of plain values."""
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if options.quick:
        share_imports()
        chosen, size = cases.quick(), {"size": 64, "megabytes": 1, "rounds": 1}
    else:
        chosen = cases.on_gpu() if device == "cuda" else cases.on_cpu()
        size = {"size": 8192} if device == "cuda" else {}
    chosen = [case for case in chosen if options.only in f"{case.table}, {case.label}"]
    left_out = nanogpt.missing(options.nanogpt)
    if left_out:
        print(left_out, flush=True)
        chosen = cases.without(chosen, NANOS)
    measured = [rates(device, **size)]
    done = []
    for number, case in enumerate(chosen, start=1):
        print(f"{number} of {len(chosen)}: {case.table}, {case.label}", flush=True)
        names = case.contenders
        settings = {
            **case.settings,
            "nanogpt": options.nanogpt,
            "clock": options.clock,
        }
        found = interleaved(case.work, names, settings, options.rounds)
        done.append({**asdict(case), "tokens": case.tokens, "contenders": found})
        measured.append(rates(device, **size))
    best = combined(measured)
    if device == "cuda":
        peak = options.peak or datasheet_peak(torch.cuda.get_device_name())
        best |= {"datasheet": peak * 1e12} if peak else {}
    start = imports(1 if options.quick else 5)
    commit = None if left_out else nanogpt.version(options.nanogpt)
    about = {**machine(), "nanogpt": commit}
    found = {"machine": about, "clock": options.clock, "rounds": options.rounds}
    found |= {"rates": best, "left_out": left_out}
    return {**found, "cases": done, "imports": start}


def main(options):
    """Measure, write both files, and print the page."""
    out = Path(options.out)
    part = options.quick or options.only or options.clock != "wall"
    if part and out == HERE:
        raise ValueError(f"{HERE} is for the whole benchmark: give an --out")
    out.mkdir(parents=True, exist_ok=True)
    results = measure(options)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n", "utf8")
    (out / "results.md").write_text(page(results), "utf8")
    print(page(results))


if __name__ == "__main__":
    run(lambda: main(parse(BenchmarkConfig, prog="python -m benchmarks")))
