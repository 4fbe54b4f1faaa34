"""The proof that no two derivations tell the same tale.

The whole grammar becomes one finite automaton over characters: a state for every
place in every text, an edge for every letter that may come next. Facts are treated
as chosen anew at each mention, which only adds paths. If no text can be spelled along
two paths of this automaton, then no text has two derivations, provided that every fact
is named somewhere on each path. Both are checked here, for all texts at once.

The check on paths walks two readers through the automaton side by side, letter by
letter. The grammar is ambiguous exactly when two readers who part can meet again.
"""

from collections import deque

from gpt1.tales.grammar import NAME, Choice
from gpt1.tales.plot import Plot, domain

# A state is its list of edges (letter, next state); END has none.
END: list = []


def ambiguous_text(plots) -> str | None:
    """The beginning of a text with two derivations, or None if there is none.

    ValueError if some derivation leaves a fact unsaid.
    """
    for plot in plots:
        unsaid = set(plot.variables) - {"gender"} - said(plot, plot.body)
        if unsaid or not _names_hero(plot, plot.body):
            raise ValueError(f"{plot.title!r} may leave unsaid: {unsaid or 'the name'}")
    stop = [("\n", END)]
    return _meeting([edge for plot in plots for edge in _states(plot, plot.body, stop)])


def said(plot: Plot, nodes: tuple) -> set[str]:
    """The facts that every wording of the nodes makes known."""
    known = set()
    for node in nodes:
        if type(node) is Choice:
            known |= set.intersection(*(said(plot, o) for o in node.options))
        elif type(node) is not str and node is not NAME:
            fields = [value.nodes[node.key] for value in domain(plot, node.variable)]
            if len(set(fields)) == len(fields):
                known.add(node.variable)
            known |= set.intersection(*(said(plot, nodes) for nodes in fields))
    return known


def _names_hero(plot: Plot, nodes: tuple) -> bool:
    """Whether every wording says the hero's name, which also tells the gender."""
    choices = (node.options for node in nodes if type(node) is Choice)
    everywhere = (all(_names_hero(plot, o) for o in options) for options in choices)
    return NAME in nodes or any(everywhere)


def _states(plot: Plot, nodes: tuple, following: list) -> list:
    """The state that spells the nodes and goes on to `following`."""
    for node in reversed(nodes):
        if type(node) is str:
            options = [(node,)]
        elif type(node) is Choice:
            options = node.options
        elif node is NAME:
            options = [(name,) for gender in range(2) for name in plot.names(gender)]
        else:
            values = domain(plot, node.variable)
            options = list(dict.fromkeys(value.nodes[node.key] for value in values))
        if options == [(node,)]:
            for letter in reversed(node):
                following = [(letter, following)]
        else:
            starts = [_states(plot, option, following) for option in options]
            following = [edge for start in starts for edge in start]
    return following


def _meeting(start: list) -> str | None:
    """Walk pairs of states that the same letters reach, until two parted ones meet."""
    waiting = deque([(start, start, None)])
    seen = {(id(start), id(start))}
    while waiting:
        one, other, spelled = waiting.popleft()
        if one is other:
            pairs = _forks(one)
        else:
            pairs = [(a, n, m, True) for a, n in one for b, m in other if a == b]
        for letter, first, second, parted in pairs:
            letters = (letter, spelled)
            if first is second and parted:
                return _spell(letters)
            pair = (id(first), id(second))
            if pair not in seen:
                seen.add(pair)
                waiting.append((first, second, letters))
    return None


def _forks(state: list):
    """Steps of two readers in one state, along one edge or along two alike.

    Yields the letter, where each of them arrives, and whether they have parted.
    """
    for number, (letter, target) in enumerate(state):
        yield letter, target, target, False
        for other, elsewhere in state[:number]:
            if other == letter:
                yield letter, elsewhere, target, True


def _spell(letters) -> str:
    text = ""
    while letters is not None:
        letter, letters = letters
        text = letter + text
    return text
