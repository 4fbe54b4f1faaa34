"""A dataclass as a command line, and one line for a user's mistake.

Each field of the dataclass becomes a flag with its default; `--batch_size` and
`--batch-size` are the same. What this does not do: sub-commands (`cli.py`).
"""

import argparse
import os
import sys
from dataclasses import field, fields


def option(default, help, **details):
    """A dataclass field with what its flag needs.

    Args:
        default: the value where the flag is not given; with False the flag stands
            alone, with True the flag is `--no_name`.
        help: one line for `--help`.
        details: `group`, the heading that the flag stands under; `example`, a value to
            show; anything else for `ArgumentParser.add_argument`; `type` unless the
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
    return options(**given(options, argv, prog))


def given(options, argv=None, prog=None, presets=None):
    """The fields that a command line sets, for what depends on more than defaults.

    Args:
        options: as for `parse`, and so are `argv` and `prog`.
        presets: for each value of `--preset` the defaults that it changes, for
            `--help`; the first is the one that holds where the flag is not given.

    Returns:
        A dictionary of the flags that were given.
    """
    parser = Parser(
        prog=prog,
        description=options.__doc__.splitlines()[0],
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    groups = {None: parser}
    for entry in fields(options):
        details = dict(entry.metadata)
        heading = details.pop("group", None)
        if heading not in groups:
            groups[heading] = parser.add_argument_group(heading)
        example = details.pop("example", None)
        details["help"] += _told(entry, example, presets or {})
        name = entry.name
        if isinstance(entry.default, bool):
            details["action"] = "store_false" if entry.default else "store_true"
            details["dest"] = name
            name = f"no_{name}" if entry.default else name
        else:
            details = {"type": type(entry.default), **details}
            if details["type"] in (int, float):
                details.setdefault("metavar", "N")
        groups[heading].add_argument(f"--{name}", **details)
    argv = sys.argv[1:] if argv is None else argv
    return vars(parser.parse_args([_underscored(word) for word in argv]))


def _told(entry, example, presets):
    """What the help says after a flag's own line: its defaults, and an example."""
    name, default = entry.name, entry.default
    values = {preset: changes.get(name, default) for preset, changes in presets.items()}
    if name == "preset" and presets:
        values = {"": next(iter(presets))}
    if len(set(values.values())) < 2:
        values = {"": next(iter(values.values()), default)}
    parts = [
        f"default {value}" + (f" in {preset}" if preset else "")
        for preset, value in values.items()
        if value not in (None, "") and not isinstance(value, bool)
    ]
    if example is not None:
        parts.append(f"e.g. --{name} {example}".rstrip())
    return f" ({', '.join(parts)})".replace("%", "%%") if parts else ""


def run(main):
    """Run a command; a user's mistake becomes one line and exit status 2."""
    try:
        main()
    except BrokenPipeError:  # who read the output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (ValueError, OSError, ImportError, FloatingPointError) as error:
        # Of several processes the first speaks, but for what the others alone can know.
        if os.environ.get("RANK", "0") == "0" or isinstance(error, ConnectionError):
            print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt as stop:
        if os.environ.get("RANK", "0") == "0":
            print(str(stop) or "stopped", file=sys.stderr)
        raise SystemExit(130) from None


def _underscored(word):
    if not word.startswith("--"):
        return word
    name, equals, value = word[2:].partition("=")
    return "--" + name.replace("-", "_") + equals + value
