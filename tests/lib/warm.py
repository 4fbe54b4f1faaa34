"""Processes that begin with everything imported: a fork of one that waits for orders.

A test that kills a program twenty times would import PyTorch twenty times. `Warm`
starts one process, which never computes anything itself; each command is a fork of it.
"""

import importlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import torch

try:
    import resource
except ImportError:  # Windows
    resource = None

from lib.runs import flags, outcome, small_text


class Warm:
    """The waiting process, seen from the test."""

    def __init__(self):
        folder = Path(__file__).parents[1]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from lib import warm; warm.serve()"],
            cwd=folder,
            # Its standard output was no terminal when it began: print at once.
            env={**environment(folder), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(
        self, folder, *words, at=None, room=None, call=None, rank=None, terminal=None
    ):
        """Start `gpt1 train`; what it prints goes to `out` and `err` in the folder.

        Args:
            folder: where it runs.
            words: the command line.
            at: `[moment, number]`: halt while that file is written, see `halt`.
            room: the most bytes that a file may have, as on a disk that gets full.
            call: run this function, as "module.name", with the words instead.
            rank: `[rank, count, port]` of one of several processes, as torchrun
                tells them; it prints into `out0`, `err0` and so on.
            terminal: path of one, which sees everything that is printed.

        Returns:
            The number of the process.
        """
        for path in printed(folder, rank):
            path.unlink(missing_ok=True)
        words = [str(word) for word in words]
        how = {"at": at, "room": room, "call": call, "rank": rank}
        how["terminal"] = terminal
        return self.ask(folder=str(folder), words=words, **how)

    def wait(self, process):
        """Its exit status, minus the signal that ended it, or "halted"."""
        return self.ask(wait=process)

    def end(self, process, kind, kill=os.kill):
        """Send a signal to a process that has halted, and let it go on.

        A process that nobody halts may have come to its end before a signal reaches it.

        Args:
            process: the number of one that was started with `at`.
            kind: the signal.
            kill: `os.killpg` sends it to the whole group.
        """
        status = self.wait(process)
        assert status == "halted", f"ended with {status} before it could be stopped"
        kill(process, kind)
        kill(process, signal.SIGCONT)

    def run(self, folder, *words, **how):
        """Start it and wait."""
        return self.wait(self.start(folder, *words, **how))


def printed(folder, rank=None):
    """The files with what a process printed: output and errors."""
    number = "" if rank is None else rank[0]
    return Path(folder) / f"out{number}", Path(folder) / f"err{number}"


def environment(folder):
    """Variables for a process that imports tests and package, and shows bars."""
    kept = {name: v for name, v in os.environ.items() if name != "TQDM_DISABLE"}
    return {**kept, "PYTHONPATH": f"{folder}{os.pathsep}{folder.parent}"}


# --- the other side -------------------------------------------------------------------


def serve():
    """Read orders, a line of JSON each, and answer each with one."""
    with tempfile.TemporaryDirectory() as folder:
        # A run now imports, for all that follow, what is imported when it is needed. It
        # is a small one, in one thread: what computes in several must not be forked.
        (Path(folder) / "text.txt").write_text(small_text(), encoding="utf-8")
        torch.set_num_threads(1)
        os.chdir(folder)
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            assert outcome(*flags(max_steps=2, num_workers=1, sample_every=1)) == 0
        os.chdir("/")
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            status = os.waitpid(order["wait"], os.WUNTRACED)[1]
            halted = os.WIFSTOPPED(status)
            answer = "halted" if halted else os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                os._exit(work(**order))
        print(json.dumps(answer), flush=True)
    os._exit(0)  # taking it all down would take seconds


def work(folder, words, at, room, call, rank, terminal):
    """In the fork: the command, as if typed in that folder."""
    os.setsid()
    for number, path in enumerate(printed(folder, rank), start=1):
        path = terminal or path
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os.chdir(folder)
    if rank is not None:
        names = ("RANK", "WORLD_SIZE", "MASTER_PORT")
        os.environ.update(zip(names, map(str, rank), strict=True))
        os.environ.update(LOCAL_RANK=str(rank[0]), MASTER_ADDR="127.0.0.1")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup
    if at is not None:
        halt(*at)
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        if call is None:
            return outcome(*words)
        module, name = call.rsplit(".", 1)
        return getattr(importlib.import_module(module), name)(*words) or 0
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def halt(moment, number):
    """Stop this process with SIGSTOP at a moment of its `number`-th write of a file.

    Args:
        moment: "empty", when the temporary file has been made; "half", with half of the
            content in it; "whole", before it takes its place; "done", right after.
        number: counts the files that are written, from 1.
    """
    from gpt1.plumbing import files

    whole, count = files.atomic_write, 0

    @contextmanager
    def halting(path):
        nonlocal count
        count += 1
        here = count == number
        with whole(path) as temporary:
            stop(here and moment == "empty")
            yield temporary
            if here and moment == "half":
                with open(temporary, "rb+") as file:
                    file.truncate(temporary.stat().st_size // 2)
            stop(here and moment in ("half", "whole"))
        stop(here and moment == "done")

    def stop(now):
        if now:
            os.kill(os.getpid(), signal.SIGSTOP)

    files.atomic_write = halting
    for module in list(sys.modules.values()):
        if getattr(module, "atomic_write", None) is whole:
            module.atomic_write = halting
