"""Where text comes from: built in, local files, or Hugging Face's hub.

The paper's own corpus, BooksCorpus, is not among the sources: its copies on the hub are
lower-cased, cut into sentences and of doubtful licence. WikiText-103 can stand in for
it where there is a network; `tales` is the book's own, with a known entropy.
"""

from pathlib import Path

from gpt1.plumbing.hub import missing

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


def load_text(source, split="train", *, column="text", config=None, streaming=False):
    """One split of a corpus as one string.

    Args:
        source: "tales"; "python-docs", the reference that every CPython carries;
            "wikitext-2" or "wikitext-103"; a text file, a folder (its .txt files, or a
            data set in the hub's layout) or a glob; or the id of a data set on the hub.
        split: "train", "validation" or "test". Files and python-docs have no splits of
            their own: their last tenth is kept for validation, and for test. For tales,
            "test" are those with combinations that training never shows.
        column: the column of a hub data set that holds the text.
        config: the configuration of a hub data set that has several.
        streaming: fetch a hub data set row by row; it is not kept on disk. What does
            not fit into memory is for `gpt1.data.token_ids`, not for this function.

    Returns:
        The text, with line ends as ``\\n``.

    Raises:
        FileNotFoundError: there is nothing of that name, or no network to fetch it.
        ValueError: a file is not UTF-8 or the text is empty, or the column or split
            does not exist.
        ImportError: datasets is needed and missing.
    """
    where = {"column": column, "config": config, "streaming": streaming}
    text = "".join(iterate_text(source, split, **where))
    if not text.strip():
        raise ValueError(f"{source} ({split}) is empty: expected text")
    return text


def iterate_text(source, split="train", *, column="text", config=None, streaming=False):
    """One split of a corpus piece by piece, for what does not fit into memory.

    Args:
        source: as for `load_text`, and so are the others and the errors.

    Returns:
        An iterator of strings; all but the last end where a line ends.
    """
    source = str(source)
    if split not in SPLITS:
        raise ValueError(f"split must be {', '.join(SPLITS)}, got {split!r}")
    if source == "tales":
        return _tales(split)
    if source == "python-docs":
        return _part(_python_docs(), split)
    if source in WIKITEXT:
        return _rows(*WIKITEXT[source], split, column, streaming)
    if _is_hub_layout(Path(source)):
        return _rows(source, config, split, column, streaming)
    paths = _files(source)
    if paths:
        return _part("\n".join(map(_read, paths)), split)
    if source.count("/") > 1 or source.endswith(".txt") or Path(source).exists():
        raise FileNotFoundError(
            f"no text file at {source}: give a file, a folder with .txt files or a "
            f"glob, or {' or '.join(BUILT_IN)}, which need no file"
        )
    return _rows(source, config, split, column, streaming)


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8 (byte {error.start}): convert it first"
        ) from None


def _tales(split):
    from gpt1.tales import generate_tales, join

    combinations = "heldout" if split == "test" else split
    yield join(generate_tales(TALES[split], split=combinations))


def _python_docs():
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def _part(text, split):
    """The part of a text that a split gets, cut where a line ends if one ends near."""
    cut = round(len(text) * (1 - HELD_OUT))
    cut = text.rfind("\n", cut * 9 // 10, cut) + 1 or cut
    yield text[:cut] if split == "train" else text[cut:]


def _files(source):
    path = Path(source)
    if path.is_dir():
        return sorted(path.rglob("*.txt"))
    if path.is_file() or not any(mark in source for mark in "*?["):
        return [path] if path.is_file() else []
    fixed = [part for part in path.parts if not any(mark in part for mark in "*?[")]
    root = Path(*path.parts[: len(fixed)])
    pattern = str(path.relative_to(root))
    return sorted(found for found in root.glob(pattern) if found.is_file())


def _is_hub_layout(path):
    """A folder of parquet files, or of texts that are named after their splits."""
    if not path.is_dir():
        return False
    named = [text.name for text in path.rglob("*.txt")]
    trained = any(name.startswith("train") for name in named)
    held_out = any(name.startswith(SPLITS[1:]) for name in named)
    return any(path.rglob("*.parquet")) or (trained and held_out)


def _rows(name, config, split, column, streaming):
    try:
        import datasets
    except ImportError:
        raise missing("datasets", "data") from None
    try:
        data = datasets.load_dataset(name, config, split=split, streaming=streaming)
        columns = data.column_names or list(next(iter(data)))
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise FileNotFoundError(
            f"no {split} split of {name} to be had: {reason:.200}; "
            f"{' and '.join(BUILT_IN)} need no network"
        ) from None
    if column not in columns:
        raise ValueError(
            f"{name} has no column {column!r}: name one of {', '.join(columns)}"
        )
    return (row[column].rstrip("\n") + "\n" for row in data)
