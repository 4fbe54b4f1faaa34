"""In a chapter's kernel: check shape comments as cells run, then run the solutions.

`nbval_shapes` loads this before the first cell, and calls `Watcher.end` after the last.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

from IPython.core.error import InputRejected

from lib.shapes import ShapeError, Traced
from lib.solutions import solutions


class Watcher:
    """Follow one notebook's cells through the shell that runs them.

    A cell is named as nbval names it, by its number among the cells of code.
    """

    def __init__(self, shell, path: str):
        self.path = Path(path)
        self.cells = json.loads(self.path.read_text("utf8"))["cells"]
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])
        self.code = [cell for cell in self.cells if cell["cell_type"] == "code"]
        self.ran: list[int] = []
        self.traced = Traced(namespace=shell.user_ns)
        self.source = ""
        shell.events.register("pre_run_cell", self.note)
        shell.ast_transformers.append(self)

    def note(self, info) -> None:
        """Remember the text of the cell that comes, and which one it is."""
        self.source = info.raw_cell
        for number in range(max(self.ran, default=-1) + 1, len(self.code)):
            if self.code[number]["source"] == self.source:
                self.ran.append(number)
                return
        raise LookupError(f"{self.path.name} has no such cell to come")

    def visit(self, tree: ast.Module) -> ast.Module:
        """Put the checks into a cell's syntax tree: IPython calls this."""
        source, self.source = self.source, ""
        if source:
            try:
                place = f"{self.path.name}[cell {self.ran[-1]}]"
                self.traced.attach(tree, source, place)
            except ShapeError as error:
                # IPython drops a transformer that raises anything else.
                raise InputRejected(str(error)) from None
        return tree

    def end(self) -> None:
        """Run the solutions; raise unless all that had to be checked was, and holds."""
        faults = [
            f"cell {number} did not run"
            for number, cell in enumerate(self.code)
            if number not in self.ran
            and "nbval-skip" not in cell["metadata"].get("tags", [])
        ]
        for number, (source, checks) in enumerate(solutions(self.cells), start=1):
            place = f"{self.path.name}[solution {number}]"
            try:
                self.solve(source, checks, place)
            except Exception as error:
                faults.append(f"{place}: {type(error).__name__}: {error}")
        # What a cell of tag `raises-exception` hides, or catches itself.
        faults += self.traced.false
        faults += [f"{place}: never reached" for place in self.traced.unreached()]
        if faults:
            raise AssertionError("\n".join(faults))

    def solve(self, source: str, checks: list[tuple[str, str]], place: str) -> None:
        """Run a solution, which has to pass the check of its exercise."""
        from gpt1.check import verdict  # the cells must not find it imported already

        self.traced.run(source, place)
        for name, answer in checks:
            self.traced.example = False
            said = verdict(name, self.traced.namespace[answer])
            self.traced.example = True
            assert said.startswith("right"), f"{name}: {said}"
