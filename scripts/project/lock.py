"""Write constraints.txt, and the versions in environment.yml that follow from it.

    make lock              keep the versions that constraints.txt already has
    make lock ARGS=-U      move every package to its newest version

Needs `uv` on the path: one resolution serves every supported Python and system, and
uv reads the index alone, without downloading what it resolves. A build of torch for
one kind of processor (2.13.0+cpu) satisfies the plain version that is written here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
ENVIRONMENT = ROOT / "environment.yml"
HEADER = """\
# The exact versions that the book is checked with, for every Python from 3.10 on.
# Written by `make lock`; `make` installs with these, the package itself asks for
# nothing but torch>=2.4.
"""
# torch pins its own CUDA packages; the others are not for a machine of ours.
LEFT_OUT = re.compile(r"^(nvidia-|cuda-|triton)|sys_platform == 'emscripten'$")


def compile_constraints(*arguments: str) -> str:
    """Return pinned requirements for `all`, one a line, with their markers."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--extra=all", "--universal"]
    command += ["--python-version=3.10", "--no-header", "--no-annotate", "--quiet"]
    command += ["--output-file", CONSTRAINTS.name, *arguments]
    subprocess.run(command, cwd=ROOT, check=True)
    lines = CONSTRAINTS.read_text("utf8").splitlines()
    kept = [line for line in lines if line[0] != "#" and not LEFT_OUT.search(line)]
    return HEADER + "\n".join(kept) + "\n"


def newest_versions(constraints: str) -> dict[str, str]:
    """Return {name: version}, the one of the newest Python where there are several."""
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", constraints, re.MULTILINE))


def follow(environment: str, versions: dict[str, str]) -> str:
    """Give each pinned package of environment.yml the version of constraints.txt."""
    pinned = r"- ([\w.-]+)==[\w.]+"
    return re.sub(
        pinned, lambda found: f"- {found[1]}=={versions[found[1]]}", environment
    )


def main() -> None:
    if shutil.which("uv") is None:
        sys.exit("make lock needs uv on the path: pip install uv")
    constraints = compile_constraints(*sys.argv[1:])
    CONSTRAINTS.write_text(constraints, "utf8", newline="\n")
    environment = ENVIRONMENT.read_text("utf8")
    environment = follow(environment, newest_versions(constraints))
    ENVIRONMENT.write_text(environment, "utf8", newline="\n")


if __name__ == "__main__":
    main()
