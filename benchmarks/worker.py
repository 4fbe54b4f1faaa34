"""One contender in a process of its own: `python -m benchmarks.worker JOB`.

JOB is a dictionary as JSON. The process builds the model, does the work once to warm
up, and says so; then it does it again for each line that it is sent, and answers each
with the seconds taken and the most memory used until then.
"""

import json
import sys
import time

import torch

from benchmarks.contenders import WORK


def peak_memory(device):
    """The most bytes in use so far: the process's on a CPU, PyTorch's on a GPU."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def timed(work, device):
    """Seconds that one unit of work takes."""
    start = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main():
    job = json.loads(sys.argv[1])
    device = job["settings"]["device"]
    if device == "cuda":
        torch.set_float32_matmul_precision("high")
    work = WORK[job["work"]](job["contender"], job["settings"], device)
    for _ in range(job["settings"]["warm_up"]):
        timed(work, device)
    if device == "cuda":
        torch.cuda.empty_cache()
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        answer = {"seconds": timed(work, device), "peak": peak_memory(device)}
        if device == "cuda":
            torch.cuda.empty_cache()  # for those whose turn is next
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
