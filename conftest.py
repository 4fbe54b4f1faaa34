"""What every run of pytest needs: the variables of the kernels, and nbval's rules."""

import gc
from pathlib import Path

import pytest

from scripts.notebooks.variables import set_variables

ROOT = Path(__file__).parent
SLOW = {"site", "warm", "compiled", "told", "failures"}
"""Fixtures that take seconds: the built book, a process that others fork from, the
compiler, the shipped model's tales, and a run of pytest."""

set_variables()


def pytest_configure(config):
    wanted = ("nbval", "nbval_lax")
    if any(getattr(config.option, name, False) for name in wanted):
        from lib import nbval_shapes

        config.pluginmanager.register(nbval_shapes)
        # One notebook is one kernel: with -n, all its cells go to one worker.
        if config.getoption("dist", None) in ("load", "loadgroup", "worksteal"):
            config.option.dist = "loadfile"
        rules = config.option.nbval_sanitize_with
        config.option.nbval_sanitize_with = rules or str(
            ROOT / "tests" / "nbval_sanitize.cfg"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what uses them as slow, and let the files with slow tests begin.

    One worker builds the book in the first file, while the others run notebooks.
    """
    for item in items:
        if SLOW & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def turn(item):
        builds = item.path.name == "test_site.py"
        return not builds, item.path.suffix != ".ipynb", item.path not in slow

    items.sort(key=turn)


def pytest_collection_finish():
    """Thousands of tests are there to the end: no need to look for garbage in them."""
    gc.freeze()
