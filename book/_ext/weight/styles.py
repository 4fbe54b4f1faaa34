"""One style sheet of all, without the rules that no page of the book needs.

Of the theme's 5,000 rules a few hundred apply. A rule goes if it asks for a class or
an id that stands in no page and in no script, and a variable that nothing asks for goes
too. The book's own rules all stay. The two
typefaces of what is seen first are in it: when a page appears, its letters are there,
and nothing moves.
"""

import base64
import os
import re
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
NAMES = re.compile(r"""\s(?:class|id)=(?:"([^"]*)"|'([^']*)')""")
ASKED = re.compile(r"[.#](-?[A-Za-z_](?:[\w-]|\\.)*)")
INNER = re.compile(r"\([^()]*\)")
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#|https?:)([^)"']+)\1\)""")
SPACE = re.compile(r"\s*([{};,\n])\s*|(:)\s+")
STRING = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
PROPERTY = re.compile(
    rf"(?<=[{{;\s])(--[\w-]+):((?:{STRING}|\([^()]*\)|[^;{{}}\"'])*)(?:;|(?=}}))"
)
VARIABLE = re.compile(r"--[\w-]+")
TOKEN = re.compile(rf"[{{}}]|{STRING}")
EMBEDDED = re.compile(r'url\("(fonts/source-(?:serif-4|sans-3)[\w-]*-normal\.woff2)"\)')
IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?\s*;""")
ICONS = "Font Awesome"  # a typeface; the icons are drawings in the page
GROUPS = ("@media", "@supports", "@layer", "@container")
# What Bootstrap's script adds to a page; it knows the names of much that none has.
MADE = re.compile(r"(?:bs-)?tooltip|fade|show|collaps|dropdown-menu")


def names_in(html):
    """Return the classes and ids of a page."""
    return {name for found in NAMES.findall(html) for name in "".join(found).split()}


def one_sheet(folder, sheets, names, own):
    """Return the style sheets as one, which stands in `folder`.

    Args:
        folder: the built site's `_static`.
        sheets: their paths.
        names: the classes, ids and variables that pages and scripts name.
        own: those sheets whose rules all stay.
    """
    parts = []
    for sheet in with_imported(sheets):
        text = IMPORT.sub("", COMMENT.sub("", sheet.read_text("utf8")))
        text = text.removeprefix('@charset "UTF-8";')
        if sheet.name not in own:
            text = needed(text, names)
        text = tight(text).strip()
        parts.append(ADDRESS.sub(lambda m, at=sheet: moved(m, at, folder), text))
    css = without_idle("\n".join(parts) + "\n", names)
    return EMBEDDED.sub(lambda m: embedded(folder / m[1]), css)


def without_idle(css, names):
    """The sheet without the variables that neither it nor `names` asks for."""
    while True:
        asked = names.union(re.findall(rf"var\(\s*({VARIABLE.pattern})", css))
        less = PROPERTY.sub(lambda m, of=asked: m[0] if m[1] in of else "", css)
        if less == css:
            return css
        css = less  # which may ask for fewer


def tight(text):
    """A style sheet without spaces and last semicolons; strings keep theirs."""
    parts = re.split(f"({STRING})", text)
    parts[::2] = [SPACE.sub(r"\1\2", part) for part in parts[::2]]
    parts[::2] = [part.replace(";}", "}") for part in parts[::2]]
    return "".join(parts)


def embedded(font):
    data = base64.b64encode(font.read_bytes()).decode("ascii")
    return f"url(data:font/woff2;base64,{data})"


def with_imported(sheets):
    """Yield the sheets, each after those that it imports."""
    for sheet in sheets:
        text = COMMENT.sub("", sheet.read_text("utf8"))
        yield from ((sheet.parent / name).resolve() for name in IMPORT.findall(text))
        yield sheet


def moved(match, sheet, folder):
    """An address in a style sheet, as seen from the one that all become."""
    path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", match[2]).groups()
    path = os.path.relpath(sheet.parent / path, folder)
    return f'url("{Path(path).as_posix()}{mark}{rest}")'


def needed(css, names):
    """Return the rules that can apply where these classes and ids are."""
    kept = []
    for head, body in rules(css):
        if body is None:
            kept.append(f"{head};")
        elif head.startswith(GROUPS):
            if inner := needed(body, names):
                kept.append(f"{head}{{{inner}}}")
        elif ICONS in body:
            continue
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = [one for one in split(head) if can_apply(one, names)]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{body}}}")
    return "\n".join(kept)


def rules(css):
    """Yield the head and the body of each rule; the body of an `@import` is None."""
    at = 0
    while found := re.compile(r"[{;]").search(css, at):
        head = css[at : found.start()].strip()
        if found[0] == ";":
            at = found.end()
            yield head, None
            continue
        depth, end = 1, found.end()
        while depth:
            token = TOKEN.search(css, end)
            depth += {"{": 1, "}": -1}.get(token[0], 0)
            end = token.end()
        yield head, css[found.end() : end - 1].strip()
        at = end


def split(head):
    """Return the selectors of a rule; a comma in brackets parts nothing."""
    return [one.strip() for one in re.split(r",(?![^(\[]*[)\]])", head)]


def can_apply(selector, names):
    while INNER.search(selector):  # of what stands in brackets one is enough, or none
        selector = INNER.sub("", selector)
    selector = re.sub(r"\[[^]]*\]", "", selector)
    asked = (name.replace("\\", "") for name in ASKED.findall(selector))
    return all(name in names or MADE.match(name) for name in asked)
