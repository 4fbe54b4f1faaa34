"""Freed memory stays with the process that asks for it, and importing asks nothing."""

import platform
import subprocess
import sys

import pytest

from gpt1.speed import memory

pytestmark = pytest.mark.slow
needs_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="a setting of glibc"
)
FAULTS = """
import resource, torch
from gpt1.speed.memory import keep_freed_memory
{setting}
faults = []
for _ in range(20):
    x = torch.ones(2**24)
    del x
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(faults[-1] - faults[-6])
"""


def page_faults(setting):
    code = FAULTS.format(setting=setting)
    return int(subprocess.check_output([sys.executable, "-c", code], text=True))


@pytest.mark.weekly
@needs_glibc
def test_a_tensor_of_the_same_size_finds_its_pages_again():
    assert page_faults("") > 5 * 100
    assert page_faults("assert keep_freed_memory() is True") < 100


@pytest.mark.parametrize(
    ("system", "library"),
    [("darwin", None), ("win32", None), ("linux", lambda name: object())],
)
def test_elsewhere_it_does_nothing_and_says_so(monkeypatch, system, library):
    monkeypatch.setattr(memory.sys, "platform", system)
    monkeypatch.setattr(memory.ctypes, "CDLL", library)
    assert memory.keep_freed_memory() is False


def test_an_older_glibc_gets_what_it_takes(monkeypatch):
    """It refuses a threshold above 32 MB."""
    taken = {}

    class Older:
        gnu_get_libc_version = None

        def mallopt(self, what, size):
            if what == memory.M_MMAP_THRESHOLD and size > 2**25:
                return 0
            taken[what] = size
            return 1

    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: Older())
    assert memory.keep_freed_memory() is True
    assert taken[memory.M_MMAP_THRESHOLD] == 2**25
    assert set(taken) == {-1, -2, -3}


def test_importing_the_package_sets_nothing():
    code = "import ctypes, torch; ctypes.CDLL = None; import gpt1, gpt1.speed.memory"
    subprocess.run([sys.executable, "-c", code], check=True)
