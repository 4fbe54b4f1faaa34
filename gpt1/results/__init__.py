"""What long runs came to: numbers that chapters draw, which would take them hours.

Each file beside this one is written by a command that it names itself, with the seeds
and the versions of each run in it.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).parent


def load_results(name):
    """The runs of one experiment, as its command wrote them.

    Args:
        name: of the file, such as "zero-shot".

    Returns:
        A dictionary with `command`, the command that makes them again; `versions`; and
        `runs`, a list of dictionaries, one for each run, with its `seed`.

    Raises:
        FileNotFoundError: there is none; the message lists those there are.
    """
    path = FOLDER / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.json")))
        raise FileNotFoundError(f"expected results of {known}, got {name!r}")
    return json.loads(path.read_text("utf8"))
