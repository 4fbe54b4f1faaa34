"""The command `gpt1`: `gpt1 train ...`, `gpt1 generate ...`, `gpt1 count ...`."""

import sys
from importlib import import_module

COMMANDS = ("train", "generate", "finetune", "evaluate", "count", "verify")
"""Each is the package of that name, so `python -m gpt1.train` is the same."""

USAGE = """\
usage: gpt1 COMMAND [--flag ...]

  gpt1 train      train a GPT-1: on tales, or on a text of yours
  gpt1 generate   write: a tale with the model that comes with the package, or what
                  yours has learned
  gpt1 finetune   teach a trained model a task, from labelled examples
  gpt1 evaluate   how good a model is: on a text, or on tasks that it was never taught
  gpt1 count      parameters, operations and memory of a GPT-1
  gpt1 verify     is a model GPT-1, and if not, in what does it differ

  gpt1 COMMAND --help   its flags and their defaults
  gpt1 --version        the version
"""


def main(argv=None):
    """Hand over to the sub-command; without one, say which there are.

    Args:
        argv: the arguments; None means those of this process.
    """
    command, *rest = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if command in COMMANDS:
        import_module(f"gpt1.{command}.__main__").main(rest)
    elif command in {"--help", "-h", "help"}:
        print(USAGE, end="")
    elif command == "--version":
        from gpt1 import __version__

        print(f"gpt1 {__version__}")
    else:
        told = f"the commands are {', '.join(COMMANDS)}, got {command!r}"
        print(f"error: {told}; see gpt1 --help", file=sys.stderr)
        raise SystemExit(2)


if __name__ == "__main__":
    main()
