"""Write "GPT-1 on one page" as one file, from the lessons of its notebook.

    make one-page

The file, notebooks/gpt1_one_page.py, has the code of the notebook's imports and lessons
in their order, each part under its title and the chapter that explains it. One thing is
added: the text may come from a file that the command line names. Checks and pictures,
which need the package, are left out.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from textwrap import indent

from scripts.site.address import is_setup_cell, pages_address, project

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "00-one-page.ipynb"
FILE = ROOT / "notebooks" / "gpt1_one_page.py"
HEAD = '''\
"""GPT-1 on one page: tokens, model, training, sampling, in PyTorch.

    python gpt1_one_page.py story.txt    learns from a text and writes
    python gpt1_one_page.py              the same with gpt1's tales

The first needs PyTorch alone, the second the package gpt1 too. With
the tales it takes about a minute on two CPU cores. Each part has a
chapter in the book "GPT-1 From Scratch", which explains it:
{site}

MIT licence. Made from notebooks/00-one-page.ipynb by `make one-page`.
"""
'''
MORE = {"import re\n": "import re\nimport sys\n"}
MORE |= {"from textwrap": "from pathlib import Path\nfrom textwrap"}
"""What the file imports besides, by what stands there in the notebook."""
CHOICE = """\
if len(sys.argv) > 1:
    text = Path(sys.argv[1]).read_text("utf8")
else:
{tales}
"""
EXPLAINED = re.compile(r"\[([^]]+)\]\((\d\d)-[\w-]+\.ipynb\)")


def parts(notebook: dict) -> list[tuple[str, str]]:
    """Return the comment above each cell that goes into the file, and its code."""
    found, above = [], ""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            above = comment(source) or above
        elif "lesson" in tags or ("setup" in tags and not is_setup_cell(cell)):
            source = re.sub(r"\A# @title .*\n", "", source)
            tells = "import generate_tales" in source
            found.append((above, choice(source) if tells else source))
            above = ""
    return found


def comment(text: str) -> str:
    """Return a section's title as a comment, with the last chapter that it names."""
    title = re.search(r"^## (.+)$", text, re.MULTILINE)
    if title is None:
        return ""
    said = title[1]
    if found := EXPLAINED.findall(text, title.end()):
        name, number = found[-1]
        said += f": chapter {int(number)}, {name}"
    return f"# --- {said} ---\n"


def choice(source: str) -> str:
    """Return the cell that makes the tales, for when no other text is named."""
    made, shown = source.split("\nprint(")
    return CHOICE.format(tales=indent(made, "    ")) + "print(" + shown


def one_file(notebook: dict) -> str:
    """Return the text of the file."""
    head = HEAD.format(site=pages_address(project()[0]))
    (_, imports), *rest = parts(notebook)
    for there, more in MORE.items():
        imports = imports.replace(there, more, 1)
    body = [above + code.strip("\n") for above, code in rest]
    return f"{head}\n{imports.strip()}\n\n" + "\n\n\n".join(body) + "\n"


def main() -> int:
    text = one_file(json.loads(NOTEBOOK.read_text("utf8")))
    if FILE.exists() and FILE.read_text("utf8") == text:
        print(f"{FILE.name}: unchanged")
        return 0
    FILE.write_text(text, "utf8", newline="\n")
    print(f"{FILE.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
