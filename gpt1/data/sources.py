"""Where text comes from: built in, local files, or Hugging Face's hub.

The paper's own corpus, BooksCorpus, is not among the sources: its copies on the hub are
lower-cased, cut into sentences and of doubtful licence. WikiText-103 can stand in for
it where there is a network; `tales` is the book's own, with a known entropy.
"""

import sys
from functools import partial
from pathlib import Path

from gpt1.data.files import hidden, is_pattern, read_text, text_files
from gpt1.plumbing.hub import is_hub_name, missing
from gpt1.plumbing.waiting import watched

TALES = {"train": 20_000, "validation": 1_000, "test": 1_000}
"""Stories in each split of `tales`."""

WIKITEXT = {
    "wikitext-2": ("Salesforce/wikitext", "wikitext-2-raw-v1"),
    "wikitext-103": ("Salesforce/wikitext", "wikitext-103-raw-v1"),
}
BUILT_IN = ("tales", "python-docs")
HELD_OUT = 0.1
"""Share of a text without splits of its own that is kept for validation."""

SPLITS = ("train", "validation", "test")


def load_text(
    source, split="train", *, column="text", config=None, streaming=False, tales=None
):
    """One split of a corpus as one string.

    Args:
        source: "tales"; "python-docs", the reference that every CPython carries;
            "wikitext-2" or "wikitext-103"; a text file, a folder or a glob, see
            `gpt1.data.files`; a folder of parquet files in the hub's layout; or the id
            of a data set on the hub.
        split: "train", "validation" or "test". Where no files are named after them, the
            last tenth is kept for validation, and for test; so it is of python-docs.
            For tales, "test" are those with combinations that training never shows.
        column: the column of a hub data set that holds the text.
        config: the configuration of a hub data set that has several.
        streaming: fetch a hub data set row by row; it is not kept on disk. What does
            not fit into memory is for `gpt1.data.token_ids`, not for this function.
        tales: how many tales the training part of "tales" has; None means 20,000,
            which are the first of any greater number.

    Returns:
        The text, with line ends as ``\\n``.

    Raises:
        FileNotFoundError: there is nothing of that name, or no network to fetch it.
        ValueError: a file is neither UTF-8 nor UTF-16, the text is empty, or the column
            does not exist or holds no text.
        ImportError: datasets is needed and missing.
    """
    where = {"column": column, "config": config, "streaming": streaming}
    text = "".join(iterate_text(source, split, **where, tales=tales))
    if not text.strip():
        raise ValueError(
            f"the {split} part of {source} is empty: expected some text (its last "
            f"tenth is kept for validation, unless a file is named after it)"
        )
    return text


def iterate_text(
    source, split="train", *, column="text", config=None, streaming=False, tales=None
):
    """One split of a corpus piece by piece, for what does not fit into memory.

    Args:
        source: as for `load_text`, and so are the others and the errors.

    Returns:
        An iterator of strings; all but the last end where a line ends.
    """
    source = str(source)
    if not source:
        raise ValueError("a text needs a name, got an empty one")
    if split not in SPLITS:
        raise ValueError(f"split must be {', '.join(SPLITS)}, got {split!r}")
    if source == "tales":
        return _tales(split, tales)
    if tales is not None:
        raise ValueError(f"a number of tales is for tales only, not for {source}")
    if source == "python-docs":
        return _part(_python_docs(), split)
    if source in WIKITEXT:
        return _rows(*WIKITEXT[source], split, column, streaming)
    if has_parquet(source):
        return _rows(source, config, split, column, streaming)
    if files := text_files(source):
        return _of_files(files, source, split)
    if is_pattern(source) or Path(source).exists() or not is_hub_name(source):
        raise FileNotFoundError(
            f"no text file at {source}: give a file, a folder with .txt files or a "
            f"glob, or {' or '.join(BUILT_IN)}, which need no file"
        )
    return _rows(source, config, split, column, streaming)


def _of_files(files, source, split):
    """The text of a split's files; see `gpt1.data.files` for which they are."""
    if split == "test" and "validation" in files and "test" not in files:
        raise FileNotFoundError(
            f"{source} has no test split, because none of its files is named after it"
        )
    whole = split in files and (split != "train" or "validation" in files)
    text = "\n".join(map(read_text, files[split if whole else "train"]))
    return iter([text]) if whole else _part(text, split)


def _tales(split, count):
    from gpt1.tales import generate_tales, join

    combinations = "heldout" if split == "test" else split
    watch = partial(watched, what="making tales")
    count = count if count and split == "train" else TALES[split]
    yield join(generate_tales(count, split=combinations, watch=watch))


def _python_docs():
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def _part(text, split):
    """The part of a text that a split gets, cut where a line ends if one ends near."""
    cut = round(len(text) * (1 - HELD_OUT))
    cut = text.rfind("\n", cut * 9 // 10, cut) + 1 or cut
    yield text[:cut] if split == "train" else text[cut:]


def has_parquet(source):
    """Whether something is a folder of parquet files, as data sets of the hub are."""
    path = Path(source)
    found = path.rglob("*.parquet") if path.is_dir() else ()
    return any(not hidden(file.relative_to(path)) for file in found)


def table(name, config, split, *, streaming=False, revision=None, otherwise=""):
    """The rows of a data set in the hub's layout, each a dictionary.

    Args:
        name: its id on the hub, or a folder of parquet files.
        config: its configuration, where it has several.
        split: as it is called there.
        streaming: fetch it row by row, and keep nothing on disk.
        revision: branch, tag or commit; None means the main branch.
        otherwise: what to do where it cannot be had, for the message.

    Raises:
        FileNotFoundError: it could not be loaded.
        ImportError: datasets is missing.
    """
    try:
        import datasets
    except ImportError:
        raise missing("datasets", "data") from None
    how = {"split": split, "streaming": streaming}
    try:
        return datasets.load_dataset(name, config, revision=revision, **how)
    except Exception as error:  # foreign files and networks can raise anything
        raise _not_loaded(name, split, error, otherwise) from None


def _not_loaded(name, split, error, otherwise):
    reason = " ".join(str(error).split())
    here = "" if Path(name).exists() else f"no file or folder {name} here, and "
    return FileNotFoundError(
        f"{here}the {split} split of {name} could not be loaded: {reason:.200}"
        f"{otherwise}"
    )


def _rows(name, config, split, column, streaming):
    otherwise = f"; {' and '.join(BUILT_IN)} need no network"
    data = table(name, config, split, streaming=streaming, otherwise=otherwise)
    try:
        columns = data.column_names or list(next(iter(data), [column]))
    except Exception as error:
        raise _not_loaded(name, split, error, otherwise) from None
    if column not in columns:
        raise ValueError(
            f"{name} has no column {column!r}: name one of {', '.join(columns)}"
        )
    return _lines(data, name, split, column)


def _lines(data, name, split, column):
    """The texts of rows, each with one line end; rows that have none are told."""
    empty = []
    for number, row in enumerate(data):
        text = row[column]
        if text is None:
            empty.append(number)
        elif isinstance(text, str):
            yield text.rstrip("\n") + "\n"
        else:
            raise ValueError(
                f"the column {column!r} of {name} ({split}) must hold text, got "
                f"{type(text).__name__} in row {number}: name another column"
            )
    if empty:
        note = f"{len(empty):,} rows of {name} ({split}) have no text and are left out"
        print(f"note: {note}; the first is row {empty[0]}", file=sys.stderr)
