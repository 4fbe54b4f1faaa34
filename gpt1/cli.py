"""The command `gpt1`: `gpt1 train ...` and `gpt1 generate ...`."""

import sys

USAGE = """usage: gpt1 COMMAND [--help] ...

commands:
  train     learn from a text file
  generate  continue a prompt with a trained model
"""


def main():
    """Hand over to the sub-command; without one, say which there are."""
    command = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if command == "train":
        from gpt1.train import main as chosen
    elif command == "generate":
        from gpt1.generate import main as chosen
    elif command in {"--help", "-h"}:
        print(USAGE, end="")
        return
    else:
        print(
            f"error: the commands are train and generate, got {command!r}",
            file=sys.stderr,
        )
        raise SystemExit(2)
    chosen(sys.argv[2:])


if __name__ == "__main__":
    main()
