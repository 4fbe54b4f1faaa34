"""Mistakes as edits of a right answer: what is typed wrongly, and what to tell of it.

    edits('''
        tril(diagonal=past) -> tril(diagonal=past + 1)
            position 0 can see position 1: the diagonal is one too high
        tril(diagonal=past) -> tril(diagonal=-past)
        past + time -> time - past
            the past is counted backwards
        key.transpose(-2, -1) -> query.transpose(-2, -1)
        and attention_weights(query, key) -> attention_weights(key, key)
            ...
    ''', right)

Lines at the margin are edits, `old -> new`, and the indented lines below them are the
sentence for each of them. What this can say:

- Several edits above one sentence are wrong answers of their own. A line that starts
  with `and` belongs to the edit above it: both are made at once.
- The old text has to occur once. It is compared word by word, so line breaks, spaces,
  comments and a comma before a closing bracket do not matter, nor do docstrings; `past`
  is not found in `passed`, and `<` not in `<=`.
- Nothing behind the arrow takes the old text away; a statement is taken away by `pass`,
  and another is added behind a semicolon.
- `... -> expression` is an answer that returns this expression of the arguments. The
  name of the right answer in it is the right answer.
- A line that is too long is broken with a backslash at its end, as in any string.
- What is not found in the right answer itself is looked for in the functions of this
  package that it calls, and then in those that they call.

An exercise takes such a text, or several, among its mistakes, as edits of its right
answer; `*edits(text, other)` among them are edits of another function.

The right answer is a function or a class: one written with `def` or `class`, where a
function may use variables of a function around it.
"""

import ast
import functools
import inspect
import re
import sys
import textwrap
from dataclasses import dataclass

PIECE = re.compile(
    r"""
    (?P<skipped> \s+ | \#.* )
    | [rbf]*(?: "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )
    | \d(?: [\w.] | (?<=e)- )*
    | \w+
    | \*\*=? | //=? | << | >> | [-+*/%@<>=!&|^:]= | .
    """,
    re.VERBOSE,
)
"""A name, number, string or operator of Python, or what does not count."""


@dataclass(frozen=True)
class Edit:
    """A known mistake: a right answer in which some places are changed.

    Args:
        says: the mistake in the learner's own terms, one sentence.
        right: the function or class that is changed.
        changes: pairs of old text and new text.
    """

    says: str
    right: object
    changes: tuple

    @functools.cached_property
    def answer(self):
        """The function, or class, that makes the mistake; compiled when asked for."""
        return edited(self.right, self.changes)


def edits(text, right):
    """The mistakes that a text describes, in its order: see above.

    Raises:
        ValueError: the text is not written as it should be. Whether an edit fits the
            right answer is only seen where its `answer` is asked for.
    """
    found, waiting, sentence = [], [], []

    def flush():
        if bool(waiting) != bool(sentence):
            raise ValueError(f"edits without a sentence, or the reverse: {waiting}")
        says = " ".join(sentence)
        found.extend(Edit(says, right, tuple(map(change, each))) for each in waiting)
        waiting.clear()
        sentence.clear()

    for line in textwrap.dedent(text).splitlines():
        if line.startswith(" ") and line.strip():
            sentence.append(line.strip())
        elif line.startswith("and ") and waiting:
            waiting[-1].append(line.removeprefix("and "))
        elif line.strip():
            if sentence:
                flush()
            waiting.append([line])
    flush()
    return found


def change(line):
    """Old and new text of a line."""
    old, arrow, new = line.partition("->")
    if not arrow:
        raise ValueError(f"an edit is written old -> new, got {line!r}")
    return old.strip(), new.strip()


def edited(right, changes):
    """A right answer with changes made to it.

    Raises:
        ValueError: a change does not fit the code, or leaves it as it is.
    """
    [first, *others] = changes
    if first[0] == "..." and not others:
        return instead(right, first[1])
    places = {}
    for old, new in changes:
        part, start, stop = place(right, old)
        places.setdefault(part, []).append((start, stop, new))
    sources = {part: rewritten(source(part), spans) for part, spans in places.items()}
    for part, text in sources.items():
        if ast.dump(python(text)) == ast.dump(python(source(part))):
            raise ValueError(f"{changes} changes nothing in {part.__name__}")
    if set(sources) == {right}:
        return compiled(right, sources[right])[right.__name__]
    return with_helpers(right, sources)


def instead(right, expression):
    """A function with the arguments of the right answer that returns an expression."""
    tree = ast.parse(source(right))
    tree.body[0].body = python(f"return {expression}").body
    space = compiled(right, ast.unparse(tree))
    answer, space[right.__name__] = space[right.__name__], right
    return answer


def with_helpers(right, sources):
    """The right answer, with functions that it calls changed, or that they call."""
    parts = family(right)
    spaces = {part: compiled(part, sources.get(part, source(part))) for part in parts}
    changed = {id(part): space[part.__name__] for part, space in spaces.items()}
    for space in spaces.values():
        space.update({k: changed[id(v)] for k, v in space.items() if id(v) in changed})
    return changed[id(right)]


def place(right, old):
    """The function that a text occurs in, once, with its first and last character."""
    for part in family(right):
        found = occurrences(source(part), old)
        if len(found) == 1:
            return part, *found[0]
        if found:
            break
    raise ValueError(
        f"{old!r} has to occur once in {part.__name__}, not {len(found)} times:\n\n"
        + "\n".join(map(source, family(right) if not found else [part]))
    )


def occurrences(text, old):
    """Where a text occurs in another, word by word: pairs of start and stop."""
    have, want = pieces(text), [word for word, _, _ in pieces(old)]
    if not want:
        raise ValueError("there is no text in front of an arrow")
    words = [word for word, _, _ in have]
    starts = range(len(words) - len(want) + 1)
    runs = [n for n in starts if words[n : n + len(want)] == want]
    return [(have[n][1], have[n + len(want) - 1][2]) for n in runs]


def pieces(text):
    """The words of some code that count, each with where it starts and stops."""
    found = [each for each in PIECE.finditer(text) if each["skipped"] is None]
    after = [each[0] for each in found[1:]] + ["the end"]
    return [
        (each[0], *each.span())
        for each, following in zip(found, after, strict=False)
        if each[0] != "," or following not in (")", "]", "}")
    ]


def rewritten(text, spans):
    """A text with new ones in place of some spans of it."""
    for start, stop, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def python(text):
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"an edit leaves what is no Python:\n\n{text}") from error


@functools.cache
def source(part):
    """The code of a function or a class, without docstrings."""
    if getattr(part, "__name__", "<lambda>") == "<lambda>":
        raise ValueError(f"only what has a name can be edited, not {part!r}")
    lines = textwrap.dedent(inspect.getsource(part)).splitlines()
    kinds = (ast.FunctionDef, ast.ClassDef)
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, kinds) and ast.get_docstring(node):
            text = node.body[0]
            first = " " * text.col_offset + "pass" if len(node.body) == 1 else ""
            rest = [""] * (text.end_lineno - text.lineno)
            lines[text.lineno - 1 : text.end_lineno] = [first, *rest]
    return "\n".join(lines)


@functools.cache
def family(right):
    """The right answer and what it calls of its own package, the nearest first."""
    found = [right]
    for part in found:  # which grows as we go
        tree = ast.walk(ast.parse(source(part)))
        names = [node.id for node in tree if isinstance(node, ast.Name)]
        near = map(surroundings(part).get, names)
        found += [each for each in near if helps(each, right) and each not in found]
    return list(dict.fromkeys(found))


def helps(value, right):
    """Whether something is a function of the package that the right answer is in."""
    named = inspect.isfunction(value) and value.__name__ != "<lambda>"
    return named and value.__module__.split(".")[0] == right.__module__.split(".")[0]


def surroundings(part):
    """The names that a function or a class can use, with what they stand for."""
    if isinstance(part, type):
        return dict(vars(sys.modules[part.__module__]))
    return {**part.__globals__, **inspect.getclosurevars(part).nonlocals}


def compiled(part, text):
    """The names around a function or a class after running other code for it."""
    space = surroundings(part)
    exec(compile(text, f"<{part.__name__}, edited>", "exec"), space)
    return space
