"""Write the table of "How this book is checked" from the last `make test`.

    make checked

The counts are those of that run; nothing is written unless every cell passed in it,
and no chapter has changed since. Each chapter's fingerprint goes with its counts, so
that a test can tell when the table is older than a chapter.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from scripts.project.tests import REPORT
from scripts.site.address import is_setup_cell

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
TABLE = ROOT / "book" / "how-checked-table.md"
PACKAGES = ["torch", "numpy", "matplotlib", "transformers", "safetensors"]
PACKAGES += ["jupyter-book", "sphinx", "ipykernel", "nbval", "pytest"]
DRAWN = {"image/svg+xml", "image/png", "image/jpeg"}


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf8"))["cells"]


def fingerprint(path: Path) -> str:
    """Name what a chapter says and prints, as far as anybody compares it.

    The set-up cell is left out: it follows the repository's address and the version.
    """
    digest = hashlib.sha256()
    for cell in cells(path):
        if is_setup_cell(cell):
            continue
        kept = {key: cell[key] for key in ("cell_type", "metadata", "source")}
        kept["outputs"] = cell.get("outputs", [])
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            kept["outputs"] = []
        for output in kept["outputs"]:
            output.pop("execution_count", None)
        digest.update(json.dumps(kept, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def count(path: Path) -> dict[str, int]:
    """Count a chapter's code cells by what nbval does with them."""
    counts = dict.fromkeys(("compared", "ignored", "skipped", "pictures"), 0)
    for cell in cells(path):
        if cell["cell_type"] != "code":
            continue
        tags = cell["metadata"].get("tags", [])
        ignored = "ignored" if "nbval-ignore-output" in tags else "compared"
        counts["skipped" if "nbval-skip" in tags else ignored] += 1
        drawn = [out for out in cell["outputs"] if DRAWN & set(out.get("data", {}))]
        counts["pictures"] += len(drawn)
    return counts


def outcomes(report: Path, paths: list[Path]) -> dict[str, list[str]]:
    """Read from pytest's report how each cell ended, by the notebook's name.

    Stop where the report is not about these notebooks as they are, or one of them
    failed.
    """
    if not report.exists():
        sys.exit("There is no report of a run: make test")
    suite = ElementTree.parse(report).find("testsuite")
    began = datetime.fromisoformat(suite.get("timestamp")).timestamp()
    if later := [path.name for path in paths if path.stat().st_mtime > began]:
        sys.exit(f"Changed since the last run: {', '.join(later)}: make test")
    found = {path.name: [] for path in paths}
    for case in suite.iter("testcase"):
        room, _, name = case.get("classname").partition(".")
        if room != "notebooks":
            continue
        ended = "passed" if len(case) == 0 else case[0].tag
        if ended not in ("passed", "skipped"):
            sys.exit(f"{name} did not pass: the table stays as it is.")
        if case.get("name").startswith("Cell "):
            found[name].append(ended)
    return found


def row(path: Path, ended: list[str]) -> str:
    """Return a chapter's line of the table; stop if nbval saw other cells than we."""
    counts = count(path)
    run = counts["compared"] + counts["ignored"]
    if (ended.count("passed"), ended.count("skipped")) != (run, counts["skipped"]):
        sys.exit(f"{path.name}: {counts}, but nbval counted {ended}")
    number = path.stem.split("-")[0]
    # The page before the chapters and the appendix have none.
    number = number.lstrip("0") if number.isdigit() else ""
    title = "".join(cells(path)[0]["source"]).split("\n")[0].removeprefix("# ").strip()
    said = [number, f"[{title}](../notebooks/{path.name})", *map(str, counts.values())]
    said += [f"{run} of {run}", f"`{fingerprint(path)}`"]
    return "| " + " | ".join(said) + " |"


def table(paths: list[Path], ended: dict[str, list[str]]) -> str:
    versions = [f"{name} {version(name).split('+')[0]}" for name in PACKAGES]
    heads = ["", "chapter", "compared", "ignored", "not run", "pictures", "passed"]
    lines = [
        f"<!-- Written by `make checked` on {date.today()}; not by hand. -->",
        "| " + " | ".join([*heads, "fingerprint"]) + " |",
        "|---:|---|---:|---:|---:|---:|---:|---|",
        *[row(path, ended[path.name]) for path in paths],
    ]
    machine = f"{platform.system()}, {platform.machine()}"
    python = f"Python {platform.python_version()}"
    run = f"The run was on {machine}, with {', '.join([python, *versions])}."
    return "\n".join(lines) + f"\n\n{run}\n"


def main() -> None:
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    text = table(paths, outcomes(REPORT, paths))
    TABLE.write_text(text, "utf8", newline="\n")
    print("written:", TABLE.relative_to(ROOT))


if __name__ == "__main__":
    main()
