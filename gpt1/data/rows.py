"""The rows of a file, a folder or a data set on the hub, each a dictionary."""

import csv
import io
import json
from pathlib import Path

from gpt1.data.files import read_text
from gpt1.data.sources import has_parquet, table
from gpt1.plumbing.hub import is_hub_name

ENDINGS = (".csv", ".tsv", ".jsonl")


def column(row, names):
    """The value of a column.

    Args:
        row: a dictionary.
        names: the column's name; of several, between `|`, the first that there is.

    Raises:
        ValueError: there is none of them.
    """
    for name in names.split("|"):
        if name in row:
            return row[name]
    raise ValueError(
        f"there is no column {names.replace('|', ' or ')!r}: the columns are "
        f"{', '.join(map(str, row))}"
    )


def listed(row, names):
    """The value of a column that holds lists of texts.

    Raises:
        ValueError: it is something else, or there is no such column.
    """
    value = column(row, names)
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise ValueError(
            f"the column {names!r} must hold lists of two texts or more, got "
            f"{value!r:.60}"
        )
    return list(value)


def rows_of(source, split, headless=()):
    """The rows of a file, a folder or a data set on the hub, and how to call them."""
    path, source = Path(source), str(source)
    if not source:
        raise ValueError("a task needs the name of a file, got an empty one")
    if path.is_file():
        if path.suffix.lower() not in ENDINGS:
            raise ValueError(
                f"{path} must end in {', '.join(ENDINGS)}: convert it to one of these"
            )
        text = read_text(path)
        if path.suffix.lower() == ".jsonl":
            return _of_json(text, path), str(path)
        return _of_table(text, path, headless), str(path)
    if has_parquet(path) or (is_hub_name(source) and not path.exists()):
        return table(source, None, split), f"{source} ({split})"
    raise FileNotFoundError(
        f"no examples at {source}: give a file that ends in {', '.join(ENDINGS)}, a "
        f"folder of parquet files, or the id of a data set on the hub"
    )


def _of_json(text, path):
    """One JSON object in each line."""
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise ValueError(
                f"{path}, line {number}, is not a JSON object: expected one in each "
                f'line, such as {{"text": "...", "label": 1}}'
            )
        rows.append(row)
    return rows


def _of_table(text, path, headless):
    """The rows of a .csv or a .tsv; in the latter, as in GLUE's, quotes are text."""
    if path.suffix.lower() == ".tsv":
        how = {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    else:
        how = {}
    reader = csv.reader(io.StringIO(text, newline=""), **how)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from None
    if not rows:
        return []
    header = [name.strip() for name in rows[0][1]]
    if headless and len(header) == len(headless) and not set(header) & set(headless):
        header = list(headless)
    else:
        rows = rows[1:]
    for number, row in rows:
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {number}, has {len(row)} fields: expected "
                f"{len(header)}, one for each column"
            )
    return [dict(zip(header, row, strict=True)) for _, row in rows]
