"""Build the site: every warning is an error, and every reference must lead somewhere.

    make book

Unchanged pages are kept from the last build, unless something changed that all pages
share, such as a title; `make test` forgets them all first.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts.notebooks.variables import set_variables

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
SITE = BUILD / "html" / "index.html"
STAMP = BUILD / "shared-inputs.txt"
SHARED = ["_config.yml", "_toc.yml", "constraints.txt", "book/references.bib"]
# Chapters link to these, and say what stands there.
SHARED += ["book/glossary.md", "book/bibliography.md"]
SHARED += ["book/_static/**/*", "book/_templates/*", "book/_ext/**/*.py"]
SHARED += ["gpt1/**/*.py"]
PAGES = ["book/*.md", "notebooks/*.ipynb"]
# Headings, labels, numbers and anchors: other pages show them, or lead to them.
PLACES = re.compile(r"^#+ .+|^\([\w-]+\)=|\\tag\{\w+\}|\{#[\w-]+", re.MULTILINE)
# To look for garbage again and again among Sphinx's trees takes a third of a build.
# Without, it takes 0.9 GB of memory instead of 0.5.
PROGRAM = "import gc; gc.disable(); from jupyter_book.cli.main import main; main()"
COMMAND = [sys.executable, "-c", PROGRAM, "build", ".", "--quiet"]
STRICT = ["-W", "-n", "--keep-going"]


def shared_inputs() -> str:
    """Name what all pages depend on: SHARED, the pages there are, and their places."""
    digest = hashlib.sha256()
    for pattern in SHARED:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for path in sorted(path for pattern in PAGES for path in ROOT.glob(pattern)):
        digest.update("\0".join([path.name, *places(path)]).encode())
    return digest.hexdigest()


def places(page: Path) -> list[str]:
    """Return what other pages may show of a page."""
    text = page.read_text("utf8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) + "\n" for cell in cells)
    return PLACES.findall(text)


def build() -> int:
    """Build into _build/html and return the exit code of the build."""
    inputs = shared_inputs()
    if not STAMP.exists() or STAMP.read_text("utf8") != inputs:
        forget()
    # The kernels' date, 1970, would become the year of the copyright.
    dated = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
    told = {"encoding": "utf8", "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run([*COMMAND, *STRICT], cwd=ROOT, env=dated, **told)
    if done.returncode:
        print(done.stdout)
        # A page that was read once does not warn again: read them all next time.
        forget()
    else:
        STAMP.write_text(inputs, "utf8")
    return done.returncode


def forget() -> None:
    """Remove the last build, so that the next one reads every page."""
    for name in ("html", ".doctrees"):
        shutil.rmtree(BUILD / name, ignore_errors=True)
    STAMP.unlink(missing_ok=True)


def main() -> int:
    set_variables()
    os.chdir(ROOT)
    start = time.perf_counter()
    code = build()
    seconds = time.perf_counter() - start
    if code:
        print(f"The book has errors, named above ({seconds:.0f} s).", flush=True)
        return 1
    print(f"The book is built ({seconds:.0f} s). Open it in a browser:")
    print(f"  {SITE.relative_to(ROOT)}\n  {SITE.as_uri()}")
    if (jupyter := Path(sys.executable).with_name("jupyter")).is_relative_to(ROOT):
        print("Run its chapters:")
        print(f"  {jupyter.relative_to(ROOT)} lab notebooks", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
