"""The command `gpt1 verify`, or `python -m gpt1.verify`."""

import json
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from gpt1.plumbing.command import option, parse, run
from gpt1.plumbing.writing import hand_over
from gpt1.verify import verify

GROUP = "what cannot be guessed"


@dataclass
class VerifyConfig:
    """Find out whether a model is GPT-1, and if not, in what it differs.

    The exit status is 0 if it is, 1 if something differs, 3 if nothing does but not all
    could be decided, and 2 if nothing could be run.

    Raises:
        ValueError: a number is out of its range.
    """

    target: str = option(
        "",
        "path/to/file.py:Name or package.module:Name, of a class, a function that "
        "makes a model, or a model; or a folder in Hugging Face's layout",
        alone=True,
    )
    markdown: bool = option(False, "print a table in Markdown, for a README")
    tokenizer: str | None = option(
        None, "a folder with the model's tokenizer, to be compared too", metavar="PATH"
    )
    map: str | None = option(
        None,
        "a JSON file with the roles of parameters by their names",
        group=GROUP,
        metavar="FILE",
    )
    heads: int | None = option(None, "the number of attention heads", group=GROUP)
    arguments: str | None = option(
        None,
        "values for the constructor or its config, as JSON, such as '{\"d_ff\": 96}'",
        group=GROUP,
        metavar="JSON",
    )

    def __post_init__(self):
        if not self.target:
            raise ValueError("verify needs a target, got an empty one; see --help")
        if self.heads is not None and self.heads < 1:
            raise ValueError(f"--heads must be at least 1, got {self.heads}")


def dictionary(text, source):
    """A dictionary from JSON.

    Raises:
        ValueError: it is something else.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{source} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{source} must be an object {{...}}, got {text[:40]}")
    return found


def answer(options):
    """Verify what `options` name, and print the report.

    Args:
        options: a `VerifyConfig`.

    Raises:
        SystemExit: with the report's exit code, if that is not 0.
        FileNotFoundError, ValueError, ImportError: see `verify`.
    """
    names = options.map and dictionary(
        Path(options.map).read_text(encoding="utf-8"), options.map
    )
    arguments = options.arguments and dictionary(options.arguments, "--arguments")
    with redirect_stdout(sys.stderr):  # what other people's code says is no report
        report = verify(
            options.target,
            names=names,
            heads=options.heads,
            tokenizer=options.tokenizer,
            arguments=arguments,
        )
    hand_over(f"{report.markdown if options.markdown else report}\n")
    if report.exit_code:
        raise SystemExit(report.exit_code)


def main(argv=None):
    """The command line of `python -m gpt1.verify`."""
    run(lambda: answer(parse(VerifyConfig, argv, prog="gpt1 verify")))


if __name__ == "__main__":
    main()
