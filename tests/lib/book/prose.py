"""The running text of a chapter: what is neither code nor a formula nor set apart."""

import re

from lib.book.chapters import markdown

SECTIONS = re.compile(r"(?ms)^## (?:Check yourself|What to read)\n.*?(?=^## |\Z)")
FOLDED = re.compile(r"(?s)<details>.*?</details>")
APART = re.compile(
    r"(?m)(?s:\$\$.*?\$\$|```.*?```)|\$[^$\n]+\$|`[^`\n]+`"
    r"|\*\*.+?\*\*|!?\[[^\]\n]*\]\([^)\n]*\)|^#.*|^\|.*"
)


def running_text(path):
    """Return the sentences of a notebook, with … for links, code and formulas."""
    text = FOLDED.sub("", SECTIONS.sub("", markdown(path)))
    return APART.sub("…", text)
