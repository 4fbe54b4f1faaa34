"""A dataclass as a command line, and one line for a user's mistake.

Each field of the dataclass becomes a flag with its type and its default; `--batch_size`
and `--batch-size` are the same. What this does not do: sub-commands (`gpt1.__main__`).
"""

import argparse
import errno
import os
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import field, fields
from itertools import pairwise
from typing import get_args

from gpt1.plumbing.writing import ERRORS, OUT

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
ENDING = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
"""The signals that ask a program to end: Ctrl-C, `kill`, a terminal that closes."""

MEMORY = re.compile(
    "out of memory|(can.t|cannot) allocate memory|not enough memory|ALLOC_FAILED",
    re.IGNORECASE,
)
"""What PyTorch's messages have in them where memory ran out."""


CHOSEN = "chosen for the text"
"""What the help has for a default that a preset leaves open."""


def option(default, help, **details):
    """A dataclass field with what its flag needs.

    Args:
        default: the value where the flag is not given; with False the flag stands
            alone, with True the flag is `--no_name`.
        help: one line for `--help`.
        details: `group`, the heading that the flag stands under; `empty`, whether an
            empty text is a value; `alone`, whether the value stands without a flag, and
            has to be there; anything else for `ArgumentParser.add_argument`.
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
            `--help`, None where the program chooses; the first is the one that holds
            where the flag is not given.

    Returns:
        A dictionary of the flags that were given.
    """
    refuse_empty(options, sys.argv[1:] if argv is None else argv)
    parser = Parser(
        prog=prog,
        description=options.__doc__.splitlines()[0],
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    groups, flags = {None: parser}, {"--help": 0}
    for entry in fields(options):
        details = dict(entry.metadata)
        told = details["help"] + _defaults(entry, presets or {})
        details["help"] = told.replace("%", "%%")  # argparse fills in what % begins
        details.pop("empty", None)
        if details.pop("alone", False):
            parser.add_argument(entry.name, **details)
            continue
        heading = details.pop("group", None)
        if heading not in groups:
            groups[heading] = parser.add_argument_group(heading)
        name, kind = entry.name, _kind(entry.type)
        if kind is bool:
            details["action"] = "store_false" if entry.default else "store_true"
            details["dest"] = name
            name = f"no_{name}" if entry.default else name
        else:
            details["type"] = _as_typed(kind)
            if kind in (int, float):
                details.setdefault("metavar", "N")
        action = groups[heading].add_argument(f"--{name}", **details)
        flags[f"--{name}"] = action.nargs
    argv = sys.argv[1:] if argv is None else argv
    return vars(parser.parse_args(_joined(argv, flags)))


def refuse_empty(options, argv):
    """Raise ValueError for a flag with an empty value, such as an unset variable's."""
    empty = {entry.name for entry in fields(options) if entry.metadata.get("empty")}
    for word, value in pairwise([*argv, None]):
        flag, equals, inside = word.partition("=")
        name = flag.removeprefix("--").replace("-", "_")
        nothing = not inside if equals else value == ""
        if flag.startswith("--") and nothing and name not in empty:
            raise ValueError(f"--{name} needs a value, but got an empty one")


def _kind(annotation):
    """The type of a flag's value: of `int | None` it is `int`."""
    return next(iter(get_args(annotation)), annotation)


def _defaults(entry, presets):
    """A flag's default in words; that of each preset where they differ."""
    if entry.name == "preset" and presets:
        return f" (default {next(iter(presets))})"
    found = {name: it.get(entry.name, entry.default) for name, it in presets.items()}
    for name, it in presets.items():
        if entry.name in it and it[entry.name] is None:
            found[name] = CHOSEN
    if len(set(found.values())) < 2:
        found = {"": next(iter(found.values()), entry.default)}
    told = [
        f"default {value}" + (f" in {preset}" if preset else "")
        for preset, value in found.items()
        if value not in (None, "") and not isinstance(value, bool)
    ]
    return f" ({', '.join(told)})" if told else ""


def run(main, *, less="", speaks=True):
    """Run a command; what a user can mend becomes one line and exit status 2.

    Args:
        main: the command.
        less: what to give instead where memory ran out.
        speaks: whether this process tells of mistakes: of several, the first does. What
            the others alone can know, each tells for itself.
    """
    try:
        main()
    except BrokenPipeError:  # who read the output has left, as `head` does
        OUT.leave()
        raise SystemExit(1) from None
    except KeyboardInterrupt as stop:
        if speaks:
            ERRORS.line(str(stop) or "stopped")
        raise SystemExit(130) from None
    except Exception as error:
        told = in_words(error, less)
        if told is None:
            raise
        if speaks or isinstance(error, ConnectionError) or out_of_memory(error):
            ERRORS.line(f"error: {told}")
        raise SystemExit(2) from None


def in_words(error, less=""):
    """An error as one line, if a user can mend it; else None.

    Args:
        error: an exception.
        less: see `run`.
    """
    told = " ".join(str(error).split("\n"))
    if out_of_memory(error):
        wanted = re.search(r"tried to allocate ([\d.]+ \w+)", told, re.IGNORECASE)
        wanted = f": {wanted[1]} more were needed" if wanted else ""
        return f"out of memory{wanted}{less and '; give '}{less}"
    if type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
        reason = str(error).strip().partition("\n")[0]
        if "C++ compiler" in told or "Cxx" in told:
            reason = "no C++ compiler was found"
        return f"the model could not be compiled: {reason}; leave --compile out"
    mine = (ValueError, OSError, ImportError, FloatingPointError)
    return told if isinstance(error, mine) else None


def out_of_memory(error):
    """Whether an error says so: Python's, the system's or one of PyTorch's devices'."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and bool(MEMORY.search(str(error)))
    )


def quoted(path):
    """A path as it can be pasted into a command line."""
    shell = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return shell([str(path)])


def _joined(argv, flags):
    """Each flag by its name with underscores, and joined to its value by `==`.

    So a value is what follows its flag, whatever it begins with, but for the name of
    another flag. The second `=` keeps argparse from taking a value `--` for its own;
    `_as_typed` takes it off again.

    Args:
        argv: the words typed.
        flags: what argparse calls `nargs`, for each flag.
    """
    words, rest = [], list(argv)
    while rest:
        word = rest.pop(0)
        flag, equals, value = _underscored(word).partition("=")
        if flag not in flags:
            words.append(word)
            continue
        nargs = flags[flag]
        if rest and not equals and nargs != 0:
            named = _underscored(rest[0]).partition("=")[0] in flags
            if not (rest[0].startswith("-") if nargs == "?" else named):
                equals, value = "=", rest.pop(0)
        words.append(flag + equals + ("=" if equals and nargs != 0 else "") + value)
    return words


def _underscored(word):
    """A word whose name, if it is a flag's, has underscores."""
    if not word.startswith("--"):
        return word
    name, equals, value = word[2:].partition("=")
    return f"--{name.replace('-', '_')}{equals}{value}"


def _as_typed(kind):
    """The type of a value that `_joined` gave its flag."""

    def typed(word):
        try:
            return kind(word.removeprefix("="))
        except ValueError:
            told = f"invalid {kind.__name__} value: {word.removeprefix('=')!r}"
            raise argparse.ArgumentTypeError(told) from None

    return typed
