"""nbval's one run of a chapter also checks its shape comments and its solutions.

A plugin of pytest, which the root's `conftest.py` registers. What it finds wrong in a
cell is that cell's failure; the rest is that of one more item, which comes last.
"""

from pathlib import Path

import pytest
from nbval.plugin import IPyNbFile

TESTS = Path(__file__).parents[1]
# In a namespace of its own: the cells see nothing of it.
START = f"""
import sys
sys.path.append({str(TESTS)!r})
from lib import kernel_shapes
sys.path.remove({str(TESTS)!r})
kernel_shapes.watcher = kernel_shapes.Watcher(shell, {{path!r}})
"""
END = "from lib import kernel_shapes; kernel_shapes.watcher.end()"


class Chapter(IPyNbFile):
    """A notebook whose kernel is watched."""

    def setup(self):
        super().setup()
        self.tell_kernel(START.format(path=str(self.path)))

    def collect(self):
        yield from super().collect()
        yield Ending.from_parent(self, name="shapes and solutions")

    def tell_kernel(self, code: str) -> None:
        """Execute code beside the cells: it counts as none, and prints nothing."""
        reply = self.kernel.kc.execute_interactive(
            f"exec({code!r}, {{'shell': get_ipython()}})",
            silent=True,
            allow_stdin=False,
            timeout=self.config.option.nbval_cell_timeout,
            output_hook=lambda message: None,
        )
        said = reply["content"]
        if said["status"] != "ok":
            known = said["ename"] == "AssertionError"
            lines = [said["evalue"]] if known else said["traceback"]
            raise AssertionError("\n".join(lines))


class Ending(pytest.Item):
    """What can be said about a chapter once all its cells have run."""

    def runtest(self):
        self.parent.tell_kernel(END)

    def repr_failure(self, excinfo):
        return str(excinfo.value)

    def reportinfo(self):
        return self.path, None, f"{self.parent.name}: {self.name}"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    found = yield
    return [
        Chapter.from_parent(parent, path=file_path)
        if isinstance(node, IPyNbFile)
        else node
        for node in found
    ]
