"""The little language in which the tales are written, and its syntax trees.

    [wide|deep|still]     one of these, each as likely as the others; may be nested
    {name} {he} {his}     the hero's name and pronouns; {He} and {His} at a sentence's
                          start
    {thing} {a thing}     a fact of the tale, with its article where asked for
    {helper.his}          a field of a fact
    <phrase>              an entry of the phrase book, put in as it stands

A text is parsed into a tuple of nodes: strings, `Choice` and `Slot`.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(r"[\[\]|]|\{[^{}]*\}|<[^<>]*>|[^\[\]|{}<>]+")
SLOT = re.compile(r"\{(?:([aA]) )?([A-Za-z]+)(?:\.([a-z]+))?\}")
PRONOUNS = {
    "he": {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    "she": {"he": "she", "him": "her", "his": "her", "himself": "herself"},
    "it": {"he": "it", "him": "it", "his": "its", "himself": "itself"},
}
# Words that sound otherwise than they look, for the choice of a or an.
SOUNDS_LIKE_A_VOWEL = ("hour", "honest")
SOUNDS_LIKE_A_CONSONANT = ("one", "uni", "use", "uku")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `options`, each a tuple of nodes, each equally likely."""

    options: tuple


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a field of the fact `variable`; `key` also says in what form.

    The key is the field's name, then "^" for a capital, "+" for an article in
    front, "^+" for an article with a capital.
    """

    variable: str
    key: str


NAME = Slot("name", "")


def parse(source: str, phrases: dict[str, str]) -> tuple:
    """The nodes of a text. ValueError for brackets that do not match."""
    tokens = TOKEN.findall(source)
    if "".join(tokens) != source:
        raise ValueError(f"a stray bracket in {source!r}")
    nodes, rest = _sequence(tokens, 0, phrases)
    if rest != len(tokens):
        raise ValueError(f"a stray {tokens[rest]!r} in {source!r}")
    return nodes


def _sequence(tokens: list[str], at: int, phrases: dict[str, str]) -> tuple[tuple, int]:
    nodes = []
    while at < len(tokens) and tokens[at] not in "|]":
        token = tokens[at]
        at += 1
        if token == "[":
            choice, at = _choice(tokens, at, phrases)
            nodes.append(choice)
        elif token[0] == "<":
            nodes.extend(_phrase(token[1:-1], phrases))
        elif token[0] == "{":
            nodes.append(_slot(token))
        else:
            nodes.append(token)
    return tuple(nodes), at


def _choice(tokens: list[str], at: int, phrases: dict[str, str]) -> tuple[Choice, int]:
    options = []
    while True:
        option, at = _sequence(tokens, at, phrases)
        options.append(option)
        if at == len(tokens):
            raise ValueError(f"a bracket is never closed in {''.join(tokens)!r}")
        at += 1
        if tokens[at - 1] == "]":
            return Choice(tuple(options)), at


def _phrase(name: str, phrases: dict[str, str]) -> tuple:
    if name in phrases:
        return parse(phrases[name], phrases)
    lower = name[0].lower() + name[1:]
    if lower not in phrases:
        raise ValueError(f"no phrase is called <{name}>")
    return capital(parse(phrases[lower], phrases))


def _slot(token: str) -> Slot:
    match = SLOT.fullmatch(token)
    if match is None:
        raise ValueError(f"{token} is not a slot")
    article, variable, field = match.groups()
    form = "" if article is None else "+"
    if article == "A" or variable[0].isupper():
        form = "^" + form
    variable, field = variable.lower(), field or ""
    if variable == "name":
        return NAME
    if variable in PRONOUNS["he"]:
        variable, field = "gender", variable
    return Slot(variable, field + form)


def capital(nodes: tuple) -> tuple:
    """The same nodes with a capital at the start."""
    first, rest = nodes[0], nodes[1:]
    if isinstance(first, str):
        return (first[0].upper() + first[1:], *rest)
    if isinstance(first, Choice):
        return (Choice(tuple(capital(option) for option in first.options)), *rest)
    if first is NAME or "^" in first.key:
        return nodes
    bare = first.key.rstrip("+")
    return (Slot(first.variable, bare + "^" + first.key[len(bare) :]), *rest)


def with_article(words: str) -> str:
    """ "a kite", "an apple"; the first letters decide, with a few exceptions."""
    vowel = words[0].lower() in "aeiou" or words.startswith(SOUNDS_LIKE_A_VOWEL)
    vowel = vowel and not words.startswith(SOUNDS_LIKE_A_CONSONANT)
    return f"{'an' if vowel else 'a'} {words}"


def joined(nodes: tuple) -> tuple:
    """The same nodes with neighbouring strings run together, inside choices too."""
    result = []
    for node in nodes:
        if isinstance(node, Choice):
            node = Choice(tuple(joined(option) for option in node.options))
        if isinstance(node, str) and result and isinstance(result[-1], str):
            result[-1] += node
        elif node != "":
            result.append(node)
    return tuple(result)


def slots(nodes: tuple):
    """Every `Slot` in the nodes, choices opened."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node
        elif isinstance(node, Choice):
            for option in node.options:
                yield from slots(option)
