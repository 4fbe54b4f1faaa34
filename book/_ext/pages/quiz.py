"""Make the questions of "Check yourself" answerable in the page.

In the notebooks a question is text that reads well anywhere: a bold line, a list of
choices, and a folded list that explains each choice, the right one in bold.

    **1. How many heads has GPT-1?**

    - (a) 8
    - (b) 12

    <details><summary>Answer</summary>

    - (a) These are the first Transformer's.
    - **(b)** Each is 64 wide.

    </details>

In HTML it becomes a `fieldset` with radio buttons, which `quiz.js` answers with the
explanation of what was chosen. Without scripts the folded list is still there.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from book._ext.raw_html import is_raw, raw

TITLE = "Check yourself"
NUMBER = re.compile(r"(\d+)\. ")
LETTER = re.compile(r"\(([a-z])\) ?")
BUTTON = """<label><input type="radio" name="quiz-{0}" value="{1}" autocomplete="off">\
<span>({1}) """
VERDICT = '<p class="quiz-verdict" role="status" aria-live="polite"></p>'
logger = logging.getLogger(__name__)


class Wrapped(nodes.General, nodes.TextElement):
    """What stands between two pieces of HTML, `start` and `end`."""


class MalformedError(Exception):
    """A question does not have the form that is described above."""


def contents(paragraph):
    """Return what is in a paragraph; the parser leaves empty texts beside bold ones."""
    return [node for node in paragraph if node.astext() or node.children]


def number_of(paragraph):
    """Return a question's number, None for a paragraph that is no question."""
    first = (contents(paragraph) or [paragraph])[0]
    match = isinstance(first, nodes.strong) and NUMBER.match(first.astext())
    return int(match[1]) if match else None


def lettered(item):
    """Take a list item's letter off; return it, whether it is bold, and the rest."""
    if len(item) != 1 or not isinstance(item[0], nodes.paragraph):
        raise MalformedError("a choice is more than one paragraph")
    [paragraph] = item.children
    first, *rest = contents(paragraph)
    match = LETTER.match(first.astext())
    if not match:
        raise MalformedError(f"no letter in {paragraph.astext()!r}")
    if isinstance(first, nodes.Text):
        rest.insert(0, nodes.Text(first.astext()[match.end() :]))
    elif match[0] != first.astext():
        raise MalformedError(f"more than a letter is bold in {paragraph.astext()!r}")
    if not rest:
        raise MalformedError(f"nothing after ({match[1]})")
    if isinstance(rest[0], nodes.Text):
        rest[0] = nodes.Text(rest[0].astext().lstrip())
    return match[1], isinstance(first, nodes.strong), rest


def parts(paragraph):
    """Return the four nodes that follow a question, if they are what they must be."""
    place = paragraph.parent.index(paragraph)
    following = paragraph.parent.children[place + 1 : place + 5]
    if len(following) < 4:
        raise MalformedError("choices or answer are missing")
    choices, opening, answers, closing = following
    if not all(isinstance(node, nodes.bullet_list) for node in (choices, answers)):
        raise MalformedError("choices and answers must be lists")
    if not is_raw(opening, "<details>") or not is_raw(closing, "</details>"):
        raise MalformedError("the answer must be folded in <details>")
    return following


def question(paragraph, number):
    """Return the node that takes the place of a question, and what it is made of."""
    choices, opening, answers, closing = parts(paragraph)
    made = Wrapped(start='<fieldset class="quiz">\n', end="</fieldset>\n")
    asked = contents(paragraph)[0].children
    made += Wrapped("", "", *asked, start="<legend>", end="</legend>\n")
    letters = []
    for item in choices:
        letter, _, rest = lettered(item)
        letters.append(letter)
        start = BUTTON.format(number, letter)
        made += Wrapped("", "", *rest, start=start, end="</span></label>\n")
    explained, right = [], []
    for item in answers:
        letter, bold, rest = lettered(item)
        explained.append(letter)
        right += [letter] * bold
        name = nodes.strong if bold else nodes.inline
        head = name("", f"({letter})", classes=["quiz-letter"])
        item["classes"] += [f"quiz-for-{letter}"] + ["quiz-right"] * bold
        item[0].children = []
        item[0] += [head, nodes.Text(" "), *rest]
    if letters != explained or len(right) != 1:
        raise MalformedError(f"choices {letters}, explained {explained}, right {right}")
    made += raw(VERDICT)
    return made, [opening, answers, closing]


class MakeQuestions(SphinxPostTransform):
    """Put a form in the place of each question."""

    formats = ("html",)
    default_priority = 100

    def run(self, **options):
        for section in list(self.document.findall(nodes.section)):
            if section.next_node(nodes.title).astext() == TITLE:
                self.transform(section)

    def transform(self, section):
        found = [node for node in section if isinstance(node, nodes.paragraph)]
        for paragraph in found:
            number = number_of(paragraph)
            if number is None:
                continue
            try:
                made, answer = question(paragraph, number)
            except MalformedError as error:
                logger.warning("question %d: %s", number, error, location=paragraph)
                continue
            choices = section[section.index(paragraph) + 1]
            for node in [choices, *answer]:
                section.remove(node)
            made += answer
            section.replace(paragraph, made)


def writes(name):
    """A visitor that writes what a node has under this name."""
    return lambda writer, node: writer.body.append(node[name])


def setup(app):
    app.add_node(Wrapped, html=[writes("start"), writes("end")])
    app.add_post_transform(MakeQuestions)
