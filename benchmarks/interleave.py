"""Run contenders in turn, so that a slow moment of the machine meets all of them."""

import contextlib
import multiprocessing

from benchmarks.worker import take_turns

# Where it can be, a fork of a process that has imported nothing: none inherits
# memory that another has used.
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if FORKS else "spawn")
HEAVY = ["transformers.models.openai.modeling_openai"]
HEAVY += ["transformers.models.gpt2.modeling_gpt2", "transformers.generation.utils"]


def share_imports():
    """Let all workers be forks of one that has imported everything: for trying out."""
    if FORKS:
        PROCESSES.set_forkserver_preload(["benchmarks.worker", *HEAVY])


class Worker:
    """A process that waits for its turn; see `worker.take_turns`.

    Args:
        job: work, contender and settings.
    """

    def __init__(self, *job):
        self.connection, theirs = PROCESSES.Pipe()
        arguments = (theirs, *job)
        self.process = PROCESSES.Process(target=take_turns, args=arguments, daemon=True)
        self.process.start()
        theirs.close()  # now the pipe ends with the process

    def answer(self):
        """The next thing that the process says; {"failed": why} if it has ended."""
        try:
            return self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            return {"failed": f"ended with status {self.process.exitcode}"}

    def turn(self):
        """Let it work once; what it answers."""
        with contextlib.suppress(BrokenPipeError):  # then the answer says why
            self.connection.send("go")
        return self.answer()

    def end(self):
        """Stop the process and free what it holds."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.connection.close()


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
            keep(results, workers, name, workers[name].answer())  # it warms up alone
        for _ in range(rounds):
            for name, worker in list(workers.items()):
                answer = worker.turn()
                if keep(results, workers, name, answer):
                    results[name]["seconds"].append(answer["seconds"])
                    results[name]["peak"] = answer["peak"]
    finally:
        for worker in workers.values():
            worker.end()
    return results


def keep(results, workers, name, answer):
    """Tell whether a worker goes on; one that cannot is ended, and its result why."""
    if "failed" in answer:
        results[name] = answer
        workers.pop(name).end()
    return name in workers
