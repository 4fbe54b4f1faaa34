"""What every run of pytest needs: the variables of the kernels, and nbval's rules."""

from pathlib import Path

from scripts.notebooks.variables import set_variables

ROOT = Path(__file__).parent

set_variables()


def pytest_configure(config):
    if getattr(config.option, "nbval", False):
        rules = config.option.nbval_sanitize_with
        config.option.nbval_sanitize_with = rules or str(
            ROOT / "tests" / "nbval_sanitize.cfg"
        )
