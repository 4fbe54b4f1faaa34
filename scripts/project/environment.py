"""Make the project's own environment, `.venv`, or bring it up to date.

    python3 scripts/project/environment.py [EXTRAS] [CONSTRAINTS] [FOLDER]

Installs the package in place with its extras at the versions of constraints.txt, and
does nothing when neither has changed since the last time; without CONSTRAINTS it takes
the newest versions, and looks for newer ones each day. Nothing outside `.venv` is
written. (Old Pythons must be able to read this file, to say that they are too old.)
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys
import time

LOWEST = (3, 10)
VENV = sys.argv[3] if len(sys.argv) > 3 else ".venv"
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
STAMP = os.path.join(VENV, "installed.txt")


def main():
    if sys.version_info < LOWEST:
        sys.exit(
            "This needs Python %d.%d or newer; %s is Python %d.%d.\n"
            "Name another one, for example: make book PYTHON=python3.12"
            % (LOWEST + (sys.executable,) + tuple(sys.version_info[:2]))
        )
    extras = sys.argv[1] if len(sys.argv) > 1 else "all"
    constraints = sys.argv[2] if len(sys.argv) > 2 else "constraints.txt"
    wanted = fingerprint(extras, constraints)
    if read(STAMP) == wanted and works():
        return
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not works():
        print("Making the environment in " + VENV, flush=True)
        create()
    print("Installing what it needs into %s: minutes, once" % VENV, flush=True)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--editable", ".[%s]" % extras]
    if constraints:
        command += ["--constraint", constraints]
    else:
        command += ["--upgrade", "--upgrade-strategy", "eager"]
    if subprocess.call(command) != 0:
        sys.exit("The installation failed; pip's message is above.")
    with open(STAMP, "w") as file:
        file.write(wanted)


def fingerprint(extras, constraints):
    """Name everything that the installed environment depends on."""
    digest = hashlib.sha256()
    project = read("pyproject.toml").split("\n[tool.")[0]
    versions = read(constraints) if constraints else time.strftime("%Y-%m-%d")
    for part in (extras, constraints, project, versions):
        digest.update((part + "\0").encode())
    return digest.hexdigest()


def read(path):
    if not path or not os.path.exists(path):
        return ""
    with open(path, "rb") as file:
        return file.read().decode("utf8")


def works():
    """Tell whether .venv has a Python that runs and is new enough."""
    check = "import sys, pip; sys.exit(sys.version_info < %r)" % (LOWEST,)
    try:
        return subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def create():
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        sys.exit(
            "Python could not make an environment. On Debian and Ubuntu the missing "
            "piece is the package python3-venv."
        )


if __name__ == "__main__":
    main()
