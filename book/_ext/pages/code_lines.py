"""Each line of code in an element of its own, to be folded under its indent.

A style sheet cannot know how far a line is indented; here each line says it, in
letters, as `--in`. What of a line does not fit then goes on below it, a little further
in (`book/_static/anatomy.css`), and no code has to be scrolled sideways. A line that is
wider than a phone may be parted behind a bracket, a dot or an equals sign, rather than
within a name.
"""

import re

from pygments.formatters import HtmlFormatter
from sphinx.highlighting import PygmentsBridge

BLANKS = re.compile(r"(?:<[^>]*>)*( +)")
TAG = re.compile(r"<[^>]*>")
JOINT = re.compile(r'(<span class="[op]">[^<]*[(\[{.=]</span>)(?=<)')
WHOLE = re.compile(r"(?<![\w-])(--?\w[\w-]*|\d[\d.]*e-\d+)(?=[^<>]*(?:<|$))")
"""A flag of a command, or a number: no line ends at its hyphen."""
PHONE = 36
"""So many letters of code fit side by side on a telephone."""


class Lines(HtmlFormatter):
    def _format_lines(self, tokens):
        for is_code, line in super()._format_lines(tokens):
            yield is_code, marked(line) if is_code else line


def marked(line):
    """A line of HTML, without its end, as an element that says its indent."""
    text = line.removesuffix("\n")
    blanks = BLANKS.match(text)
    indent = f' style="--in:{len(blanks[1])}"' if blanks else ""
    text = WHOLE.sub(r'<span class="unbroken">\1</span>', text)
    if len(TAG.sub("", text)) > PHONE:
        text = JOINT.sub(r"\1<wbr>", text)
    return f'<span class="line"{indent}>{text}\n</span>'


def setup():
    PygmentsBridge.html_formatter = Lines
