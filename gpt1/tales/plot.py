"""Plots: what varies in a tale, and how it is told.

A plot is written as plain text:

    plot: a name for the plot
    hero: child                         or animals: mouse | hedgehog
    mood: happy                         or {turn.mood}
    @thing: kite | red balloon (it)     a fact and its values; a pronoun in brackets
    @place: in the park | on the hill   gives {place}, "the park", and {place.at}
    @helper: $elders                    a list of the word book
    @turn(early, late, mood):           a fact whose values have several fields
      - asked Mum first; Mum smiled.; proud
    opening: a beat of the tale, told in the little language of grammar.py;
      indented lines go on with it
                                        an empty line between beats starts a paragraph
    end: the last paragraph
    ? A claim about it. = The same in other words.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from gpt1.tales import words
from gpt1.tales.grammar import PRONOUNS, capital, joined, parse, slots, with_article
from gpt1.tales.phrases import PHRASES

MOODS = ("happy", "proud", "thankful", "relieved", "sorry", "wistful")
PREPOSITIONS = re.compile(
    r"(above|against|along|among|at|behind|beneath|beside|between|beyond|by|in|near"
    r"|on|outside|round|through|under) "
)


@dataclass(eq=False)
class Value:
    """One value of a fact: its fields as written, and as parsed for each slot's key."""

    text: str
    fields: dict[str, str]
    nodes: dict[str, tuple] = field(default_factory=dict)

    def prepare(self, key: str) -> tuple:
        """Parse the field that `key` asks for, once; returns its nodes."""
        if key not in self.nodes:
            name = key.rstrip("^+")
            if name not in self.fields:
                raise ValueError(f"{self.text!r} has no field {name!r}")
            source = self.fields[name]
            if "+" in key:
                source = with_article(source)
            nodes = parse(source, PHRASES)
            self.nodes[key] = joined(capital(nodes) if "^" in key else nodes)
        return self.nodes[key]


GENDERS = tuple(Value(word, {**PRONOUNS[word], "": word}) for word in ("she", "he"))
# What {kind} is in a tale about a child, by gender.
CHILD_KINDS = (Value("girl", {"": "girl"}), Value("boy", {"": "boy"}))


@dataclass(eq=False)
class Plot:
    """A plot, parsed.

    `variables` has the facts' values in the order drawn, `beats` the labels of the
    beats. `story`, `ending` (the last paragraph) and `body` (both) are nodes, and so
    are the two forms of each claim.
    """

    title: str
    mood: str
    variables: dict[str, tuple[Value, ...]]
    beats: tuple[str, ...]
    story: tuple
    ending: tuple
    body: tuple
    claims: tuple[tuple[tuple, tuple], ...]

    @property
    def is_child(self) -> bool:
        return "kind" not in self.variables

    def names(self, gender: int) -> tuple[str, ...]:
        """The hero's possible names, for gender 0 (she) or 1 (he)."""
        pools = words.CHILDREN if self.is_child else words.ANIMALS
        return pools[gender]


def read_value(text: str, names: tuple[str, ...] = ()) -> Value:
    """A value from its line: fields after semicolons, a pronoun in brackets."""
    first, *more = [part.strip() for part in text.split(";")]
    if len(more) != max(0, len(names) - 1):
        raise ValueError(f"{text!r} should have the fields {names}")
    fields = dict(zip(names[1:], more, strict=True))
    pronoun = re.search(r" \((he|she|it)\)$", first)
    if pronoun:
        fields |= PRONOUNS[pronoun[1]]
        first = first[: pronoun.start()]
    if PREPOSITIONS.match(first) and not names:
        fields["at"] = first
        first = first.split(" ", 1)[1]
    fields[""] = fields[names[0] if names else ""] = first
    return Value(first, fields)


def read_plots(source: str) -> list[Plot]:
    """All plots in a text. ValueError names the plot that is at fault."""
    plots = []
    for block in re.split(r"^plot: ", source, flags=re.MULTILINE)[1:]:
        title, _, rest = block.partition("\n")
        try:
            plots.append(_read_plot(title.strip(), rest))
        except (ValueError, KeyError, AssertionError) as error:
            raise ValueError(f"in the plot {title!r}: {error}") from error
    return plots


def _read_plot(title: str, rest: str) -> Plot:
    header = {"hero": "", "mood": ""}
    variables, beats, claims, paragraphs = {}, [], [], [[]]
    for line in _whole_lines(rest):
        if not line:
            paragraphs.append([])
        elif line[0] == "@":
            name, values = _variable(line[1:])
            variables[name] = values
        elif line[0] == "?":
            forms = line[1:].strip().split(" = ")
            claims.append(tuple(capital(_nodes(form)) for form in forms))
        else:
            label, _, text = line.partition(": ")
            if label in header:
                header[label] = text
            else:
                beats.append(label)
                paragraphs[-1].append(text)
    told = [" ".join(paragraph) for paragraph in paragraphs if paragraph]
    story, ending = _nodes("\n".join(told[:-1])), _nodes(told[-1])
    variables = _hero(header["hero"]) | variables
    texts = story, ending, joined((*story, "\n", *ending))
    plot = Plot(title, header["mood"], variables, tuple(beats), *texts, tuple(claims))
    _check(plot)
    return plot


def _whole_lines(text: str) -> list[str]:
    """Lines with their indented continuations joined on; list items after a "\\n"."""
    lines = []
    for line in text.split("\n"):
        if line.startswith("  - "):
            lines[-1] += "\n" + line[4:]
        elif line.startswith("  "):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip())
    return lines


def _nodes(text: str) -> tuple:
    return joined(parse(text, PHRASES))


def _variable(line: str) -> tuple[str, tuple[Value, ...]]:
    head, _, values = line.partition(":")
    if "(" in head:
        name, _, names = head.rstrip(")").partition("(")
        fields = tuple(part.strip() for part in names.split(","))
        items = values.strip().split("\n")
        return name, tuple(read_value(item, fields) for item in items)
    items = values.strip().split(" | ")
    if items[0].startswith("$"):
        items = words.LISTS[items[0][1:]]
    return head, tuple(read_value(item) for item in items)


def _hero(kinds: str) -> dict[str, tuple[Value, ...]]:
    """The facts about the hero: gender (0 she, 1 he) and, for animals, kind."""
    if kinds == "child":
        return {"gender": GENDERS}
    assert kinds, "no hero"
    return {"gender": GENDERS} | dict([_variable(f"kind:{kinds}")])


def _check(plot: Plot) -> None:
    """Prepare every field that the plot can reach; complain about what is missing."""
    for name in ("thing", "place"):
        assert name in plot.variables, f"no {name}"
    waiting, seen = list(slots(plot.body)), set()
    for claim in plot.claims:
        assert len(claim) == 2, "a claim needs two forms"
        for form in claim:
            waiting.extend(slots(form))
    while waiting:
        slot = waiting.pop()
        if slot in seen or slot.variable == "name":
            continue
        seen.add(slot)
        for value in domain(plot, slot.variable):
            waiting.extend(slots(value.prepare(slot.key)))
    assert set(moods(plot)) <= set(MOODS), f"moods {moods(plot)}"


def domain(plot: Plot, variable: str) -> tuple[Value, ...]:
    """The values that a variable may have."""
    if variable == "kind" and plot.is_child:
        return CHILD_KINDS
    return plot.variables[variable]


def with_kind(plot: Plot, facts: dict[str, Value]) -> dict[str, Value]:
    """The facts, and for a child its kind, which follows from the gender."""
    if not plot.is_child:
        return facts
    return facts | {"kind": CHILD_KINDS[GENDERS.index(facts["gender"])]}


def moods(plot: Plot) -> tuple[str, ...]:
    """The moods in which the plot can end."""
    if not plot.mood.startswith("{"):
        return (plot.mood,)
    variable, name = plot.mood.strip("{}").split(".")
    return tuple(value.fields[name] for value in plot.variables[variable])


@cache
def all_plots() -> tuple[Plot, ...]:
    """Every plot of the book, in a fixed order; read on first use."""
    from gpt1.tales.plots import SOURCES

    return tuple(plot for source in SOURCES for plot in read_plots(source))
