"""Run contenders in turn, so that a slow moment of the machine meets all of them."""

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Worker:
    """A process that waits for its turn; see `worker.py`.

    Args:
        work: a key of `contenders.WORK`.
        contender: its name.
        settings: what the work needs to know.
    """

    def __init__(self, work, contender, settings):
        job = {"work": work, "contender": contender, "settings": settings}
        self.errors = tempfile.TemporaryFile("w+", encoding="utf8")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", json.dumps(job)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def answer(self):
        """The next thing that the process says; None if it ended without a word."""
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def turn(self):
        """Let it work once; what it answers."""
        try:
            self.process.stdin.write("go\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        return self.answer()

    def failure(self):
        """Why it ended: the last line of its errors, or its status."""
        status = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        self.end()
        return {"failed": lines[-1][:200] if lines else f"ended with status {status}"}

    def end(self):
        """Stop the process and free what it holds."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        with contextlib.suppress(BrokenPipeError):  # a line that was never read
            self.process.stdin.close()


def interleaved(work, contenders, settings, rounds):
    """Times of all contenders, measured in turn.

    Args:
        work: a key of `contenders.WORK`.
        contenders: names, in the order of a round.
        settings: what the work needs to know.
        rounds: how often each has its turn.

    Returns:
        For each name {"seconds": one number a round, "peak": bytes or None}, or
        {"failed": why} if its process ended.
    """
    results, workers = {}, {}
    try:
        for name in contenders:
            workers[name] = Worker(work, name, settings)
            results[name] = {"seconds": [], "peak": None}
            if workers[name].answer() is None:  # builds and warms up alone
                results[name] = workers.pop(name).failure()
        for _ in range(rounds):
            for name, worker in list(workers.items()):
                answer = worker.turn()
                if answer is None:
                    results[name] = workers.pop(name).failure()
                    continue
                results[name]["seconds"].append(answer["seconds"])
                results[name]["peak"] = answer["peak"]
    finally:
        for worker in workers.values():
            worker.end()
    return results
