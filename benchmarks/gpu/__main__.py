"""`python -m benchmarks.gpu`: run everything, write `benchmarks/gpu.md`."""

import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import torch

from benchmarks.gpu import parts
from benchmarks.gpu.outcome import ROOT, carried_out
from benchmarks.gpu.page import page
from gpt1.plumbing.command import option, parse, run

PAGE = ROOT / "benchmarks" / "gpu.md"
MENTIONED = ("transformers", "pytest", "nbval", "ipykernel", "matplotlib")


@dataclass
class GPUConfig:
    """Run on a GPU what the other commands run without one, and measure its speed.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    minutes: float = option(7.5, "what begins later is skipped")
    tiny: bool = option(False, "sizes for a trial on a CPU; needs an --out")
    notebooks: str = option("", "only those whose name has this in it")
    out: str = option(str(PAGE), "file for the page")

    def __post_init__(self):
        if self.minutes <= 0:
            raise ValueError(f"--minutes must be above 0, got {self.minutes}")
        if Path(self.out) == PAGE and (self.tiny or self.notebooks):
            raise ValueError(f"{PAGE} is for the whole run: give an --out")


def about():
    """The device, and the versions of what there is."""
    device = f"{len(_cores())} cores without a GPU"
    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        device = f"one {torch.cuda.get_device_name()} ({memory:.0f} GiB)"
    versions = [f"Python {platform.python_version()}", f"torch {torch.__version__}"]
    for name in MENTIONED:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    versions.append(f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA")
    return {"device": device, "versions": ", ".join(versions)}


def _cores():
    return getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count()))(0)


def outcomes(options, cuda):
    """Carry out all parts: those whose time counts one by one, then the others."""
    end = time.monotonic() + 60 * options.minutes

    def carry_out(part):
        found = carried_out(part, end - time.monotonic(), cuda)
        print(f"{found.name}: {found.state}, {found.told}", flush=True)
        if found.state == "failed":
            print(*found.output.splitlines()[-40:], sep="\n", flush=True)
        return found

    everything = [
        *parts.measurements(options.tiny),
        parts.tests(),
        *parts.notebooks(options.notebooks),
    ]
    found = [carry_out(part) for part in everything if part.alone]
    workers = max(1, min(8, len(_cores()) // 2))
    with ThreadPoolExecutor(workers) as pool:
        found += pool.map(carry_out, [p for p in everything if not p.alone])
    return found


def main(options):
    """Run, write the page, and print it.

    Raises:
        ValueError: there is no GPU, and no trial was asked for.
        SystemExit: a part failed.
    """
    cuda = torch.cuda.is_available()
    if not (cuda or options.tiny):
        raise ValueError("this machine has no CUDA device: --tiny tries it on the CPU")
    found = outcomes(options, cuda)
    text = page(about(), found, options.tiny)
    Path(options.out).write_text(text, "utf8")
    print(text)
    if failed := [one.name for one in found if one.state == "failed"]:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    run(lambda: main(parse(GPUConfig, prog="python -m benchmarks.gpu")))
