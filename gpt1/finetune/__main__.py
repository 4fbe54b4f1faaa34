"""The command `gpt1 finetune`, or `python -m gpt1.finetune`."""

from pathlib import Path

from gpt1.finetune.finetuning import finetune
from gpt1.finetune.recipe import FREE, RECIPES, FineTuneConfig
from gpt1.plumbing.command import given, run
from gpt1.speed.memory import keep_freed_memory
from gpt1.train.engine import launched
from gpt1.train.recipe import resumed
from gpt1.train.run import read_run

LESS = (
    "a larger --grad_accumulation, which does not change what is learned and works "
    "with --resume, or a smaller --batch_size"
)
"""What needs less memory."""


def main(argv=None):
    """The command line of `python -m gpt1.finetune`."""
    rank, *_ = launched() or (0,)
    run(lambda: start(argv), less=LESS, speaks=rank == 0)


def start(argv):
    """Fine-tune as a command line says."""
    keep_freed_memory()
    flags = given(FineTuneConfig, argv, "gpt1 finetune", RECIPES)
    if "resume" not in flags:
        preset = flags.pop("preset", "tiny")
        make = FineTuneConfig.tiny if preset == "tiny" else FineTuneConfig
        finetune(make(preset=preset, **flags))
        return
    path = Path(flags["resume"] or flags.get("out", FineTuneConfig.out))
    saved = read_run(path)
    flags.setdefault("out", str(path if path.is_dir() else path.parent))
    finetune(resumed(saved["options"], flags, FineTuneConfig, FREE), saved)


if __name__ == "__main__":
    main()
