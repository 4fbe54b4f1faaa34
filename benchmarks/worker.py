"""One contender in a process of its own.

The process builds the model, does the work once to warm up, and says so; then it does
it again each time that it is told to, and answers with the seconds taken and the most
memory used until then.
"""

import sys
import time

import torch

from benchmarks.contenders import WORK
from benchmarks.roofline import timed

CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


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


def take_turns(connection, work, contender, settings):
    """Serve turns until the other end closes; send the reason if it cannot go on.

    Args:
        connection: one end of a pipe.
        work: a key of `contenders.WORK`.
        contender: its name.
        settings: what the work needs to know.
    """
    try:
        for answer in turns(connection, work, contender, settings):
            connection.send(answer)
    except EOFError:
        pass  # nobody asks any more
    except Exception as error:
        connection.send({"failed": f"{type(error).__name__}: {error}"[:200]})


def turns(connection, work, contender, settings):
    """Yield what is to be answered: once when ready, then once a turn."""
    device = settings["device"]
    if device == "cuda":
        torch.set_float32_matmul_precision("high")
    work = WORK[work](contender, settings, device)
    clock = CLOCKS[settings.get("clock", "wall")]
    for _ in range(settings["warm_up"]):
        timed(work, device)
    answer = {"ready": True}
    while True:
        if device == "cuda":
            torch.cuda.empty_cache()  # for those whose turn is next
        yield answer
        connection.recv()
        answer = {"seconds": timed(work, device, clock), "peak": peak_memory(device)}
