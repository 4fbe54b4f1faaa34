"""The command `gpt1 train`, or `python -m gpt1.train`."""

import os
from pathlib import Path

from gpt1.plumbing.command import given, run
from gpt1.plumbing.writing import ERRORS
from gpt1.speed.memory import keep_freed_memory
from gpt1.train.engine import LAUNCHER, launched
from gpt1.train.pretraining import train
from gpt1.train.recipe import RECIPES, TrainConfig, resumed
from gpt1.train.run import read_run

LESS = (
    "a larger --grad_accumulation, which does not change what is learned and works "
    "with --resume, a smaller --batch_size or a shorter --context"
)
"""What needs less memory."""


def main(argv=None):
    """The command line of `python -m gpt1.train`."""
    rank, *_ = launched() or (0,)
    run(lambda: start(argv), less=LESS, speaks=rank == 0)


def start(argv):
    """Train as a command line says."""
    keep_freed_memory()
    if launched() is None and (stray := [n for n in LAUNCHER if os.environ.get(n)]):
        ERRORS.line(
            f"note: training in one process: several need all of "
            f"{', '.join(LAUNCHER)}, but this environment has only {', '.join(stray)}"
        )
    flags = given(TrainConfig, argv, "gpt1 train", RECIPES)
    if "resume" not in flags:
        preset = flags.pop("preset", "tiny")
        make = TrainConfig.tiny if preset == "tiny" else TrainConfig
        train(make(preset=preset, **flags))
        return
    path = Path(flags["resume"] or flags.get("out", TrainConfig.out))
    saved = read_run(path)
    flags.setdefault("out", str(path if path.is_dir() else path.parent))
    train(resumed(saved["options"], flags), saved)


if __name__ == "__main__":
    main()
