"""The command `gpt1 train`, or `python -m gpt1.train`."""

from pathlib import Path

from gpt1.plumbing.command import given, run
from gpt1.speed.memory import keep_freed_memory
from gpt1.train.pretraining import train
from gpt1.train.recipe import RECIPES, TrainConfig, resumed
from gpt1.train.run import read_run


def main(argv=None):
    """The command line of `python -m gpt1.train`."""
    run(lambda: start(argv))


def start(argv):
    """Train as a command line says."""
    keep_freed_memory()
    flags = given(TrainConfig, argv, "gpt1 train", RECIPES)
    if "resume" not in flags:
        preset = flags.pop("preset", "tiny")
        train(TrainConfig(preset=preset, **{**RECIPES[preset], **flags}))
        return
    path = Path(flags["resume"] or flags.get("out", TrainConfig.out))
    saved = read_run(path)
    flags.setdefault("out", str(path if path.is_dir() else path.parent))
    train(resumed(saved["options"], flags), saved)


if __name__ == "__main__":
    main()
