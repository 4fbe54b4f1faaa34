"""What the two processes of `test_processes.py` do, where it is more than to train."""

import os
import signal
import sys
import time

import torch
from torch import distributed

from gpt1 import GPT, GPTConfig
from gpt1.plumbing import files
from gpt1.train import loop
from gpt1.train.engine import Engine, start_engine
from gpt1.train.run import Loss
from gpt1.train.step import evaluate, train_step
from lib.runs import outcome

CONFIG = GPTConfig(vocab_size=29, context=8, width=16, layers=2, heads=2, dropout=0.0)


def batches():
    """Batches of 5, 2 and 1 rows, each row with another number of targets."""
    dice = torch.Generator().manual_seed(1)
    made = []
    for counts in ((8, 1, 0, 5, 3), (2, 7), (4,), (0, 6)):
        ids, targets = torch.randint(29, (2, len(counts), 8), generator=dice)
        for row, count in enumerate(counts):
            targets[row, count:] = -100
        made.append((ids, targets))
    return made


class Keep(torch.optim.SGD):
    """Keeps the gradients that reach it, and leaves the weights alone."""

    def __init__(self, model):
        super().__init__(model.parameters(), lr=0.0)

    def step(self):
        [group] = self.param_groups
        self.gradients = [p.grad.clone() for p in group["params"]]


def gradients(engine):
    """For each batch and number of pieces what an update finds; the loss of all."""
    torch.manual_seed(0)
    model = GPT(CONFIG)
    loss_of, keep, found = engine.spread(Loss(model)), Keep(model), []
    for pieces in (1, 2, 3):
        for batch in batches():
            loss, norm = train_step(
                loss_of, batch, keep, clip=0.5, pieces=pieces, engine=engine
            )
            [loss] = engine.sum(loss)
            found.append({"gradients": keep.gradients, "norm": norm, "loss": loss})
    return found, evaluate(model, batches(), engine)


def write_gradients():
    """One of two processes: what they found, and their first random numbers."""
    with start_engine("cpu") as engine:
        found = gradients(engine)
        engine.seed(3)
        draws = engine.gather(torch.rand(4))
        torch.save((*found, draws), f"found{engine.rank}")


def leave_at_once():
    """Leave while a thread of the group has tensors to let go of, and needs Python to.

    The other process is late, so the thread cannot be done before.
    """
    signal.alarm(60)  # a process that waits for ever ends by it
    with start_engine("cpu") as engine:
        if engine.rank:
            time.sleep(0.5)
        parts = [torch.zeros(1) for _ in range(2)]
        distributed.all_gather(
            parts, torch.ones(1), group=engine.messages, async_op=True
        )
        del parts


def train_watched(*words):
    """Train, and write down which rows this process got; only the first may write."""
    rows, share = [], Engine.share

    def watching(engine, ids, targets):
        mine = share(engine, ids, targets)
        counts = (mine[1] != -100).any(1)
        rows.append((torch.is_grad_enabled(), ids, mine[0][counts]))
        return mine

    def forbidden(path):
        raise AssertionError(f"process 1 writes {path}")

    Engine.share = watching
    rank = os.environ["RANK"]
    if rank == "1":
        for module in list(sys.modules.values()):
            if getattr(module, "atomic_write", None) is files.atomic_write:
                module.atomic_write = forbidden
    status = outcome(*words)
    torch.save(rows, f"rows{rank}")
    return status


def train_and_die():
    """Under torchrun: train, but process 1 goes without a word after seven updates."""
    step, done = loop.train_step, 0

    def dying(*given, **options):
        nonlocal done
        done += 1
        if done == 8 and os.environ["RANK"] == "1":
            os._exit(9)
        return step(*given, **options)

    loop.train_step = dying
    return outcome(*sys.argv[1:])


if __name__ == "__main__":
    sys.exit(train_and_die())
