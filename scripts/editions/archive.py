"""A zip that is there whole or not at all: the same files give the same bytes."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

EARLIEST = 315532800  # 1980 begins: a zip knows no earlier date
STORED = "mimetype"  # by which e-readers know an EPUB: its first file, not compressed


def date() -> int:
    """Return the date of all files, in seconds since 1970."""
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", EARLIEST)), EARLIEST)


def write(files: dict[str, bytes], path: Path) -> None:
    """Write the files in their order, under another name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    when = time.gmtime(date())[:6]
    with zipfile.ZipFile(partial, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, when)
            if name != STORED:
                entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content, compresslevel=9)
    partial.replace(path)
