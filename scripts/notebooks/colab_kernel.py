"""Start a notebook's kernel as Colab's is, as far as a notebook can tell.

`scripts/notebooks/colab.py` copies this file beside the notebook and runs it there,
with a Python that has no part of this project.
"""

import os
import runpy
import socket
import sys
import types

HERE = ("127.", "::1", "localhost")


def pretend() -> None:
    """Put the modules in place by which notebooks recognise Colab."""
    google = sys.modules.setdefault("google", types.ModuleType("google"))
    google.colab = types.ModuleType("google.colab")
    sys.modules["google.colab"] = google.colab


def stay_here() -> None:
    """Refuse this process every connection to another machine.

    The set-up cell may fetch the package: pip is a process of its own.
    """
    connect = socket.socket.connect

    def guarded(self, address):
        far = self.family in (socket.AF_INET, socket.AF_INET6)
        if far and not str(address[0]).startswith(HERE):
            raise OSError(f"a notebook asked the network for {address[0]}")
        return connect(self, address)

    socket.socket.connect = guarded


if __name__ == "__main__":
    # With this variable, which pytest sets, ipykernel would lose what pip prints.
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    sys.path[0] = ""
    pretend()
    stay_here()
    runpy.run_module("ipykernel_launcher", run_name="__main__")
