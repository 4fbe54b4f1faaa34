"""A dataclass as a command line, and one line for a user's mistake.

Each field of the dataclass becomes a flag with its default; `--batch_size` and
`--batch-size` are the same. What this does not do: sub-commands (`cli.py`).
"""

import argparse
import sys
from dataclasses import field, fields


def option(default, help, **details):
    """A dataclass field with what its flag needs.

    Args:
        default: the value where the flag is not given.
        help: one line for `--help`.
        details: anything else for `ArgumentParser.add_argument`; `type` unless the
            default's own type is meant.
    """
    return field(default=default, metadata={"help": help, **details})


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message):
        self.exit(2, f"error: {message}; see {self.prog} --help\n")


def parse(options, argv=None, prog=None):
    """Read a command line into a dataclass.

    Args:
        options: a dataclass whose fields were made by `option`; its docstring's first
            line heads the help.
        argv: the arguments; None means those of this process.
        prog: the command's name in messages.

    Returns:
        An instance of `options`.
    """
    parser = Parser(
        prog=prog, description=options.__doc__.splitlines()[0], allow_abbrev=False
    )
    for entry in fields(options):
        details = {"type": type(entry.default), **entry.metadata}
        if entry.default not in (None, ""):
            details["help"] += f" (default: {entry.default})"
        parser.add_argument(f"--{entry.name}", default=entry.default, **details)
    argv = sys.argv[1:] if argv is None else argv
    return options(**vars(parser.parse_args([_underscored(word) for word in argv])))


def run(main):
    """Run a command; a user's mistake becomes one line and exit status 2."""
    try:
        main()
    except (ValueError, OSError, ImportError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        raise SystemExit(130) from None


def _underscored(word):
    if not word.startswith("--"):
        return word
    name, equals, value = word[2:].partition("=")
    return "--" + name.replace("-", "_") + equals + value
