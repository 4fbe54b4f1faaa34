"""Everything for reading without a network, in one archive: `make offline`.

Writes _build/offline/gpt1-from-scratch-VERSION.zip with the built site, the notebooks,
the package as a wheel, tales, the small model, and the sums of all these files. The
same sources give the same archive to the byte; SOURCE_DATE_EPOCH dates its files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from gpt1.tales import generate_tales, join
from scripts.editions.archive import date, write
from scripts.editions.command import ROOT, SITE, EditionError, run
from scripts.site.address import pages_address, project

FOLDER = ROOT / "_build" / "offline"
SUMS = "SHA256SUMS"
TALES = {"train": 2000, "validation": 500, "heldout": 500}
# What no page asks for: maps for debuggers, the theme's translations, build records.
NEEDLESS = ["*.map", "_static/locales/*", ".buildinfo*", "objects.inv"]
PACKAGE = ["LICENSE", "README.md", "pyproject.toml", "gpt1"]
BUILD = "import sys; from setuptools.build_meta import build_wheel as b; b(sys.argv[1])"
ABOUT = """\
GPT-1 From Scratch, version {version}
{line}

The whole book, for reading and running without a network.

  site/       the book. Open  site/index.html  in a browser: no server is needed.
  notebooks/  its chapters as notebooks, with their outputs
  wheel/      the package gpt1 that the chapters build, with a small trained model
  tales/      stories of the corpus it was trained on: train, validation, held-out
  model/      that small model once more, as files: its config and its weights

Install the package, beside PyTorch 2.4 or newer, and have it write a story:

  python -m pip install --no-deps wheel/{wheel}
  gpt1 generate

Without --no-deps, pip fetches PyTorch where it is missing, which needs a network. The
notebooks run in Jupyter, and draw with matplotlib.

Check that all files arrived whole. On Linux, then on macOS, then anywhere:

  sha256sum --check {sums}
  shasum -a 256 --check {sums}
  {check}

The book on the web: {address}
Text and code are under the MIT licence, see LICENSE. The typefaces, icons and scripts
in site/_static have their own licences beside them.
"""
CHECK = (
    'python -c "from hashlib import sha256; from pathlib import Path; [print(n, '
    "'ok' if sha256(Path(n).read_bytes()).hexdigest() == h else 'WRONG') "
    f"for h, n in map(str.split, open('{SUMS}'))]\""
)


def is_needed(path: Path) -> bool:
    name = path.relative_to(SITE).as_posix()
    return not any(fnmatch(name, pattern) for pattern in NEEDLESS)


def site_files() -> dict[str, bytes]:
    """Return the built site's files by their names in the archive."""
    paths = [path for path in SITE.rglob("*") if path.is_file() and is_needed(path)]
    return {f"site/{p.relative_to(SITE).as_posix()}": p.read_bytes() for p in paths}


def build_wheel() -> tuple[str, bytes]:
    """Build the package from a copy of its sources; return the wheel's name and bytes.

    The environment's own setuptools builds it, so that nothing is fetched.

    Raises:
        EditionError: setuptools is missing, too old, or does not like the sources.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "source"), Path(folder, "out")
        source.mkdir()
        out.mkdir()
        for name in PACKAGE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, source / name)
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(out)],
            cwd=source,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(date())},
            capture_output=True,
            encoding="utf8",
        )
        made = list(out.glob("*.whl"))
        if done.returncode or not made:
            last = done.stderr.strip().splitlines()[-1:] or ["no message"]
            raise EditionError(f"the wheel does not build: {last[0]}")
        return made[0].name, made[0].read_bytes()


def collect() -> dict[str, bytes]:
    """Return all files of the archive by their names, the sums last."""
    repository, version = project()
    wheel, built = build_wheel()
    files = site_files() | {f"wheel/{wheel}": built}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        files[f"notebooks/{path.name}"] = path.read_bytes()
    for path in (ROOT / "gpt1" / "assets").iterdir():
        files[f"model/{path.name}"] = path.read_bytes()
    for split, count in TALES.items():
        text = join(generate_tales(count, split=split))
        files[f"tales/{split}.txt"] = text.encode()
    files["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    line = "=" * len(f"GPT-1 From Scratch, version {version}")
    address = pages_address(repository)
    said = {"version": version, "line": line, "wheel": wheel, "address": address}
    files["README.txt"] = ABOUT.format(**said, sums=SUMS, check=CHECK).encode()
    return files | {SUMS: sums(files)}


def sums(files: dict[str, bytes]) -> bytes:
    """Return the sums of the files, in the form that sha256sum reads."""
    each = ((sha256(files[name]).hexdigest(), name) for name in sorted(files))
    return "".join(f"{value}  {name}\n" for value, name in each).encode()


def make(path: Path | None = None) -> Path:
    """Write the archive, into _build/offline if nothing else is said, and return it.

    Raises:
        EditionError: the book is not built, or the wheel cannot be.
    """
    if not (SITE / "book" / "index.html").exists():
        raise EditionError("the book is not built: run  make book  first")
    path = path or FOLDER / f"gpt1-from-scratch-{project()[1]}.zip"
    files = collect()
    write({f"{path.stem}/{name}": files[name] for name in sorted(files)}, path)
    return path


def told(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries) / 1e6
    return f"The book to take along: {len(entries)} files, {unpacked:.1f} MB unpacked"


def main() -> int:
    return run("The archive", make, told)


if __name__ == "__main__":
    sys.exit(main())
