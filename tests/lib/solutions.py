"""The folded solutions of a chapter's exercises."""

from __future__ import annotations

import re


def solutions(cells: list[dict]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The Python of each folded solution, with the checks of its exercise's cell."""
    found, checks = [], []
    for cell in cells:
        text = "".join(cell["source"])
        if "exercise" in cell["metadata"].get("tags", []):
            checks = re.findall(r'^check\("([a-z0-9-]+)", (\w+)\)$', text, re.MULTILINE)
        for fold in re.findall(r"(?s)<summary>Solution</summary>(.*?)</details>", text):
            for code in re.findall(r"(?s)```python\n(.*?)```", fold):
                found.append((code, checks))
                checks = []
    return found
