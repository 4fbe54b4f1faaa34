"""What recurs in each chapter, given a look: its head, its asides, its exercises.

The notebooks hold plain Markdown, which reads well on Colab and GitHub too. Here

- the title gets its part above it and, below, minutes, exercises and ways to run it;
- a quotation that opens with one of four bold leads becomes an aside with a label:
  "From the paper.", "From the code.", "What has changed since.", and
  "Get it wrong on purpose: mask off by one.", whose second half is the aside's title;
- a section "Exercise 3: ..." is set apart, and its line of difficulty gets a mark.
"""

import re
from html import escape

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book._ext.raw_html import raw

LEADS = {
    "From the paper": "paper",
    "From the code": "code",
    "Get it wrong on purpose": "wrong",
    "What has changed since": "since",
}
EXERCISE = re.compile(r"Exercise \d+: ")
DIFFICULTY = re.compile(
    r"Difficulty: (easy|medium|hard) · (\d+) minutes"
    r"(?: · (recommended if you do only two))?"
)
DOTS = {"easy": 1, "medium": 2, "hard": 3}
READING = re.compile(r"Reading takes about (\d+) minutes")
MARK = """<p class="difficulty difficulty-{level}">\
<span class="dots" aria-hidden="true">{dots}</span> {level}\
<span class="minutes">{minutes} minutes</span>{choice}</p>"""
CHOICE = ' <span class="to-do">{}</span>'
ROMAN = ["", "I", "II", "III", "IV", "V"]
COLAB = "https://colab.research.google.com"


def quoted_lead(quotation):
    """Return the bold lead of a quotation and the paragraph that it opens, or None."""
    first = quotation.next_node(nodes.paragraph)
    if first is None or first.parent is not quotation:
        return None
    inside = [node for node in first.children if node.astext().strip()]
    if not inside or not isinstance(inside[0], nodes.strong):
        return None
    return inside[0], first


class Asides(SphinxPostTransform):
    """Turn quotations with a known lead into asides with a label."""

    default_priority = 600
    formats = ("html",)

    def run(self, **_):
        for quotation in list(self.document.findall(nodes.block_quote)):
            if found := quoted_lead(quotation):
                strong, paragraph = found
                label, _, title = strong.astext().rstrip(".").partition(": ")
                if label in LEADS:
                    self.set(quotation, LEADS[label], label, title, strong, paragraph)

    def set(self, quotation, kind, label, title, strong, paragraph):
        head = f'<p class="aside-label">{escape(label)}</p>'
        opening = [raw(f'<div class="aside aside-{kind}" role="note">{head}')]
        if title:
            opening.append(self.title_of(strong, title))
        paragraph.remove(strong)
        while paragraph.children and not paragraph.children[0].astext().strip():
            paragraph.pop(0)
        if not paragraph.children:
            quotation.remove(paragraph)
        elif isinstance(text := paragraph.children[0], nodes.Text):
            paragraph.replace(text, nodes.Text(text.astext().lstrip()))
        parts = [*opening, *quotation.children, raw("</div>")]
        quotation.replace_self(parts)

    def title_of(self, strong, title):
        """The words after the colon, code and mathematics kept, with a capital."""
        made = nodes.paragraph(classes=["aside-title"])
        rest = list(strong.children)
        while rest and ": " not in rest[0].astext():
            rest.pop(0)
        head = rest.pop(0).astext().partition(": ")[2]
        made += nodes.Text(head[:1].upper() + head[1:])
        made += [node.deepcopy() for node in rest]
        last = made.children[-1]
        if isinstance(last, nodes.Text):
            made.replace(last, nodes.Text(last.astext().rstrip(".")))
        return made


class Exercises(SphinxPostTransform):
    """Set exercises apart and mark their difficulty."""

    default_priority = 610
    formats = ("html",)

    def run(self, **_):
        for section in self.document.findall(nodes.section):
            title = section.next_node(nodes.title)
            if title is not None and EXERCISE.match(title.astext()):
                section["classes"].append("exercise")
                self.mark(section)

    def mark(self, section):
        for paragraph in section.findall(nodes.paragraph):
            if match := DIFFICULTY.fullmatch(paragraph.astext()):
                level, minutes, words = match.groups()
                filled = DOTS[level]
                dots = f"<i>{'●' * filled}</i>{'○' * (3 - filled)}"
                choice = CHOICE.format(words) if words else ""
                made = MARK.format(
                    level=level, dots=dots, minutes=minutes, choice=choice
                )
                paragraph.replace_self(raw(made))
                return


class ChapterHead(SphinxPostTransform):
    """Put the part above a chapter's title, and times and ways to run it below."""

    default_priority = 605
    formats = ("html",)

    def run(self, **_):
        name = self.env.docname
        title = self.document.next_node(nodes.title)
        if not name.startswith("notebooks/") or title is None:
            return
        minutes = READING.search(self.document.astext())
        section = title.parent
        place = section.index(title)
        facts = [f"{minutes[1]} min to read"] if minutes else []
        texts = [node.astext() for node in self.document.findall(nodes.paragraph)]
        each = [int(found[2]) for found in map(DIFFICULTY.fullmatch, texts) if found]
        facts += [f"{len(each)} exercises, {sum(each)} min"] if each else []
        spans = "".join(f"<li>{fact}</li>" for fact in facts)
        section.insert(place + 1, raw(self.strip(name, spans)))
        number, part = self.part(name)
        if part:
            mark = f'<p class="chapter-part part-{number}">{escape(part)}</p>'
            section.insert(place, raw(mark))

    def strip(self, name, facts):
        options = self.config.html_theme_options
        address = options["repository_url"].removeprefix("https://github.com/")
        branch = options["repository_branch"]
        colab = f"{COLAB}/github/{address}/blob/{branch}/{name}.ipynb"
        file = f"../_sources/{name}.ipynb"
        return (
            f'<div class="chapter-strip"><ul class="facts">{facts}</ul>'
            f'<p class="ways"><a class="way" href="{colab}">Run on Colab</a>'
            f'<a class="way" href="{file}" download>Download notebook</a></p></div>'
        )

    def part(self, name):
        """The part of a page, its number first: 2, "Part II · The architecture"."""
        number = 0
        for part in self.env.external_site_map.root.subtrees:
            number += bool(part.numbered)
            if name in part.items:
                if part.numbered:
                    return number, f"Part {ROMAN[number]} · {part.caption}"
                return 0, part.caption
        return 0, None
