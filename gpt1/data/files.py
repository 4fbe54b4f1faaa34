"""What a file, a folder or a pattern of texts means: what trains, what validates.

- A file is one text, and its last tenth validates.
- A folder means the `.txt` files in it and below it, a pattern those that Python's
  `glob` finds for it, in order of name. Hidden files, and those in hidden folders, as
  notebooks' checkpoints are, never count.
- Files that are named after a split, or are in a folder that is, belong to it: see
  `WORDS`. The name is the word alone but for numbers (`val.txt`, `train-00.txt`), or
  differs from another's in the word only (`wiki.train.txt`, `wiki.valid.txt`); so a
  novel may be called `training-day.txt`.
- Where files are held out so, those named after training train, or if none is, all
  that are not held out. Files for testing are left alone. Without files to validate
  with, it is the last tenth of what trains.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import defaultdict
from glob import glob
from itertools import chain, takewhile
from pathlib import Path

WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev", "eval", "evaluation"),
    "test": ("test", "testing"),
}
SPLIT_OF = {word: split for split, words in WORDS.items() for word in words}

HIDDEN = (".", "~$", "__MACOSX")
"""How the names of files begin that a system or a program keeps for itself."""


def text_files(source):
    """The files of a text, by what they are for.

    Args:
        source: path of a file or a folder, or a pattern.

    Returns:
        A dictionary from "train", "validation", "test" and "left out" to lists of
        paths, without those that have none.
    """
    path = Path(source)
    if path.is_file():
        return {"train": [path]}
    if path.is_dir():
        root = path
        found = [file for file in path.rglob("*") if file.suffix.lower() == ".txt"]
    else:
        root = Path(*takewhile(lambda part: not is_pattern(part), path.parts))
        # Path.glob finds no files for `**`.
        found = [Path(file) for file in glob(str(source), recursive=True)]  # noqa: PTH207
    names = {file: file.relative_to(root) for file in sorted(found) if file.is_file()}
    return divide({file: name for file, name in names.items() if not hidden(name)})


def is_pattern(source):
    """Whether a path has one of the marks of `glob`."""
    return any(mark in str(source) for mark in "*?[")


def hidden(name):
    """Whether a file, or a folder on the way to it, is hidden."""
    return any(part.startswith(HIDDEN) for part in name.parts if part != "..")


def divide(names):
    """Files by what they are for: see the top of this file.

    Args:
        names: dictionary from each file to its path as seen from the folder.
    """
    marks = {file: list(split_marks(name)) for file, name in names.items()}
    splits = defaultdict(set)
    for split, place in chain.from_iterable(marks.values()):
        splits[place].add(split)
    parts = defaultdict(list)
    for file, found in marks.items():
        sure = (s for s, place in found if not place[-1] or len(splits[place]) > 1)
        parts[next(filter(None, sure), "left out")].append(file)
    if "train" not in parts:
        parts["train"] = parts.pop("left out", [])
    if not parts["train"] or parts.keys() <= {"train", "left out"}:
        return {"train": list(names)} if names else {}
    return dict(parts)


def split_marks(name):
    """For each part of a path, the split that it names and all else that is in it.

    Args:
        name: the path as seen from the folder.

    Yields:
        The split, None where there is none; and the path up to the part, with the words
        that the part has beside the split's.
    """
    parts = (*name.parts[:-1], name.stem)
    for i, part in enumerate(parts):
        words = re.findall(r"[^\W\d_]+", re.sub(r"\d+-of-\d+", "", part.lower()))
        found = next((word for word in words if word in SPLIT_OF), None)
        rest = " ".join(word for word in words if word != found)
        yield SPLIT_OF.get(found), (*parts[:i], rest)


def told(source, most=3):
    """What trains and what validates, in words; nothing where there are no files."""
    files = text_files(source)
    if not files:
        return ""

    def names(split):
        paths = [str(path) for path in files[split]]
        more = f" and {len(paths) - most:,} more" if len(paths) > most else ""
        return ", ".join(paths[:most]) + more

    held_out = names("validation") if "validation" in files else "the last tenth"
    aside = [names(split) for split in ("test", "left out") if split in files]
    left_out = f"; left out: {', '.join(aside)}" if aside else ""
    return f"train on {names('train')}; validate on {held_out}{left_out}"


def read_text(path):
    """What is in a file: UTF-8, with a byte order mark or without, or UTF-16 with one.

    Returns:
        The text without marks, with line ends as ``\\n``.

    Raises:
        ValueError: it is something else.
    """
    with open(path, "rb") as file:
        marked = file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE)
    try:
        text = Path(path).read_text(encoding="utf-16" if marked else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not {'UTF-16' if marked else 'UTF-8'} (byte {error.start}): "
            f"convert it to UTF-8 first"
        ) from None
    if "\0" in text:
        raise ValueError(
            f"{path} contains NUL characters, so it is UTF-16 or UTF-32 without a "
            f"mark, or not a text file at all: convert it to UTF-8 first"
        )
    return text.replace("\ufeff", "")  # in the middle too, where files were joined
