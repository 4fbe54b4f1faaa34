"""Run the notebooks as Colab would, and compare what they print with what is stored.

    make colab                                all of them
    make colab ARGS=04-attention              one of them
    make colab ARGS="--versions pip-freeze.txt --python python3.13"

A fresh environment has Colab's versions of what the notebooks import (tests/colab.txt,
or a whole list of Colab's), and no `gpt1`. Each notebook is copied alone into an empty
folder and run there, under Colab's variables instead of ours. Its set-up cell runs as
it is: pip fetches the package from the public address, which git is told to look for in
a copy of this folder. nbval compares the outputs, with our rules, and the set-up cell
has to be silent and take less than a minute.

Not Colab: its machine, its GPU, its page, and all its packages that we do not import.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from scripts.site.address import project, tracked
from scripts.site.checked import count

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "_build" / "colab"
VERSIONS = ROOT / "tests" / "colab.txt"
LIMIT = 60
"""Seconds that the set-up cell may take."""

IMPORTED = ["torch", "numpy", "matplotlib", "transformers", "huggingface-hub"]
IMPORTED += ["safetensors", "tokenizers", "spacy", "ftfy", "tqdm", "pillow"]
IMPORTED += ["ipykernel", "ipython", "ipywidgets", "jupyter-client", "tornado"]
IMPORTED += ["pyzmq", "traitlets"]
"""What is installed beforehand, as far as Colab's list has it."""

COLAB = {
    "COLAB_RELEASE_TAG": "release-colab-external-images",
    "COLAB_GPU": "",
    "COLUMNS": "100",
    "CLICOLOR": "1",
    "LANG": "en_US.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PAGER": "cat",
    "PYTHONWARNINGS": "ignore:::pip._internal.cli.base_command",
    "SHELL": "/bin/bash",
    "TERM": "xterm-color",
}
"""Variables that Colab's kernels see."""

KEPT = ["PATH", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT"]
KEPT += ["REQUESTS_CA_BUNDLE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"]
KEPT += ["OMP_NUM_THREADS", "OMP_WAIT_POLICY"]
KEPT += ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]
"""Variables of this machine: what pip needs, and threads where somebody limits them."""


def named(name: str) -> str:
    """Return a package's name in the one spelling that all its spellings mean."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Return the versions in a list of pip's, by name, without their local part."""
    found = {}
    for line in text.splitlines():
        frozen = re.match(r"([\w.-]+)==([^+\s;]+)", line)
        fetched = re.match(r"(torch) @ \S*/torch-([\d.]+)", line)
        if match := frozen or fetched:
            found[named(match[1])] = match[2].rstrip(".")
    return found


def colabs_python(text: str) -> str | None:
    """Return the Python that the comments of a list name."""
    said = re.search(r"^# Python (\d\.\d+)$", text, re.MULTILINE)
    return said and f"python{said[1]}"


class Environment:
    """The Python that stands for Colab's."""

    def __init__(self, folder: Path, python: str, versions: dict[str, str]):
        self.folder = folder / "environment"
        self.python = self.folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        self.base = python
        self.versions = versions

    def run(self, *command: str, **how) -> subprocess.CompletedProcess:
        command = [self.python, "-m", "pip", *command, "--disable-pip-version-check"]
        return subprocess.run(command, check=True, env=outside(), **how)

    def make(self) -> None:
        """Install what Colab has, unless that was done before."""
        wanted = [f"{name}=={version}" for name, version in self.versions.items()]
        stamp, state = self.folder / "stamp", "\n".join([self.base, *IMPORTED, *wanted])
        if stamp.exists() and stamp.read_text("utf8") == state:
            return
        command = [self.base, "-m", "venv", "--clear", str(self.folder)]
        subprocess.run(command, check=True)
        constraints = self.folder / "constraints.txt"
        constraints.write_text("\n".join(wanted) + "\n", "utf8")
        names = [name for name in IMPORTED if name in self.versions]
        self.run("install", "--quiet", "--constraint", str(constraints), *names)
        stamp.write_text(state, "utf8")

    def installed(self) -> dict[str, str]:
        listed = self.run(
            "list", "--format=json", capture_output=True, text=True
        ).stdout
        return {named(one["name"]): one["version"] for one in json.loads(listed)}

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Take off afterwards what a set-up cell installed, and refuse changes."""
        before = self.installed()
        if before.pop("gpt1", None):
            self.run("uninstall", "--quiet", "--yes", "gpt1")
        yield
        after = self.installed()
        if moved := [name for name in before if after.get(name) != before[name]]:
            sys.exit(f"the set-up cell changed what Colab has: {moved}")
        if added := sorted(after.keys() - before.keys()):
            self.run("uninstall", "--quiet", "--yes", *added)


def outside() -> dict[str, str]:
    """Return the variables that a process sees which knows nothing of this project."""
    variables = {name: os.environ[name] for name in KEPT if name in os.environ}
    return variables | {"PIP_CONFIG_FILE": os.devnull, "PYTHONNOUSERSITE": "1"}


def publish(folder: Path) -> dict[str, str]:
    """Make a repository of the files as they are, and the variables that lead to it.

    With them, git fetches this one whenever it is asked for the public address.
    """
    for path in tracked():
        name = path.relative_to(ROOT)
        if name.parts[0] == "gpt1" or len(name.parts) == 1:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
    address, version = project()
    git = ["git", "-c", "user.name=colab", "-c", "user.email=colab@localhost"]
    say = ["commit", "--quiet", "--message", "what the public address has"]
    for command in (["init", "--quiet"], ["add", "-A"], say, ["tag", f"v{version}"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{folder.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
    }


def kernel(folder: Path, python: Path) -> None:
    """Describe Colab's kernel to Jupyter, under `folder`."""
    shutil.copy(Path(__file__).with_name("colab_kernel.py"), folder / "start.py")
    described = folder / "kernels" / "colab"
    described.mkdir(parents=True)
    command = [str(python), str(folder / "start.py"), "-f", "{connection_file}"]
    text = {"argv": command, "display_name": "Colab", "language": "python"}
    (described / "kernel.json").write_text(json.dumps(text), "utf8")


def run(path: Path, variables: dict[str, str], folder: Path) -> tuple[bool, list]:
    """Run a copy of the notebook; return whether all is well and its line's fields."""
    alone = folder / path.stem
    alone.mkdir()
    shutil.copy(path, alone)
    report = folder / f"{path.stem}.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "--quiet", "--no-header"]
    command += ["-p", "no:cacheprovider", "--nbval-kernel-name=colab", "--tb=short"]
    command += ["--nbval-cell-timeout=300", f"--junitxml={report}", path.name]
    command += [f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}"]
    done = subprocess.run(command, cwd=alone, env=variables, capture_output=True)
    cases = list(ElementTree.parse(report).iter("testcase"))
    seconds = [float(case.get("time")) for case in cases]
    passed, counts = sum(len(case) == 0 for case in cases), count(path)
    quick = bool(seconds) and seconds[0] < LIMIT
    if done.returncode:
        print(done.stdout.decode("utf8", "replace"))
    elif not quick:
        print(f"{path.name}: the set-up cell took {seconds[0]:.0f} s")
    compared, ran = counts["compared"], counts["compared"] + counts["ignored"]
    row = [path.stem, ran, compared, passed, seconds[0], sum(seconds)]
    return done.returncode == 0 and quick, row


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="the notebooks to run; default: all")
    parser.add_argument("--versions", type=Path, default=VERSIONS)
    parser.add_argument("--python", help="the Python that Colab has")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    text = chosen.versions.read_text("utf8")
    python = chosen.python or colabs_python(text) or sys.executable
    if shutil.which(python) is None:
        print(f"{python} is not here; the Python is this one instead of Colab's")
        python = sys.executable
    environment = Environment(chosen.folder.resolve(), python, pins(text))
    environment.make()
    names = [Path(name).stem for name in chosen.names] or ["*"]
    paths = sorted(p for n in names for p in (ROOT / "notebooks").glob(f"{n}.ipynb"))
    has = environment.installed()
    print("Colab's:", *(f"{name} {has[name]}" for name in IMPORTED if name in has))
    print(f"{'notebook':28}   run compared passed  set-up    all")
    well = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("home", "jupyter", "public"):
            (folder / part).mkdir()
        kernel(folder / "jupyter", environment.python)
        places = {"HOME": str(folder / "home"), "JUPYTER_PATH": str(folder / "jupyter")}
        variables = outside() | publish(folder / "public") | COLAB | places
        for path in paths:
            with environment.unchanged():
                good, row = run(path, variables, folder)
            well.append(good)
            print("{:28} {:5} {:8} {:6} {:6.1f}s {:5.1f}s".format(*row), flush=True)
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
