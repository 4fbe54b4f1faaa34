"""What the machine can do at best: products, memory, and the names of its features."""

import os
import platform
import statistics
import time
from pathlib import Path

import torch

PEAKS = {"H100": 989, "H200": 989, "GH200": 989, "A100": 312, "L40S": 362, "L4": 121}
PEAKS |= {"A10G": 70, "RTX 4090": 165, "RTX 3090": 71}
"""Dense bf16 TFLOP/s by the makers' data sheets, without sparsity."""

FEATURES = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def datasheet_peak(name):
    """TFLOP/s of the GPU of this name; None if it is not in the table."""
    known = [key for key in PEAKS if key in name]
    return PEAKS[max(known, key=len)] if known else None


def machine():
    """The machine by its features, and the versions of what is compared."""
    import transformers

    allowed = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count()))
    about = {
        "cores": len(allowed(0)),
        "threads": torch.get_num_threads(),
        "architecture": platform.machine(),
        "features": features(),
        "system": platform.system(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        about["memory"] = round(memory / 2**30)
    return about


def features():
    """Which vector and matrix instructions the processor has, where Linux tells."""
    try:
        told = Path("/proc/cpuinfo").read_text("utf8").split()
    except OSError:
        return [torch.backends.cpu.get_cpu_capability()]
    return [name for name in FEATURES if name in told]


def rates(device="cpu", size=2048, megabytes=512, rounds=7):
    """The machine's best rates, each the best of some rounds.

    Args:
        device: "cpu" or "cuda".
        size: rows and columns of the matrices.
        megabytes: how much memory is read.
        rounds: how often.

    Returns:
        {"float32", "bf16"}: FLOP/s of a matrix product; {"bytes"}: bytes a second read.
    """
    found = {}
    for name, kind in (("float32", torch.float32), ("bf16", torch.bfloat16)):
        a, b = torch.randn(2, size, size, device=device).to(kind)
        found[name] = 2 * size**3 / fastest(lambda a=a, b=b: a @ b, device, rounds)
    numbers = torch.ones(megabytes * 2**18, device=device)
    found["bytes"] = numbers.nbytes / fastest(numbers.sum, device, rounds)
    return found


def timed(work, device, clock=time.perf_counter):
    """Seconds that one unit of work takes, by a clock."""
    start = clock()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return clock() - start


def fastest(work, device, rounds):
    """The least seconds that `work` takes; the first time does not count."""
    return min([timed(work, device) for _ in range(rounds + 1)][1:])


def combined(measured):
    """The median of rates that were measured at several moments of a run."""
    return {key: statistics.median(one[key] for one in measured) for key in measured[0]}
