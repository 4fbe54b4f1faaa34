"""The exact entropy of the tales, computed from the grammar and not from samples.

Every choice is uniform, the facts are independent of each other, and no two
derivations give the same text (`ambiguity.py` proves it). So the entropy of the texts
is the entropy of the derivations: a sum over choices, each weighted by how likely it
is to be reached.
"""

import math

from gpt1.tales.grammar import NAME, Choice
from gpt1.tales.plot import Plot, all_plots, domain
from gpt1.tales.tell import SEPARATOR, allowed_positions, generate_tales, stream_of


def entropy_per_tale(split: str = "train") -> float:
    """The entropy of one tale in nats: no model's mean loss per tale can be lower.

    ValueError for an unknown split. Exact, but for the rounding of floats (1e-12).
    """
    stream_of(split)
    plots = all_plots()
    mean = math.fsum(_of_plot(plot, split) for plot in plots) / len(plots)
    return math.log(len(plots)) + mean


def floor(
    tokenizer, *, split: str = "train", count: int = 1000, seed: int = 0
) -> float:
    """Nats per token that no model can go under on tales cut up by a tokenizer.

    tokenizer: anything with encode(text) -> list of ids. The entropy per tale is
    exact; tokens per tale are the mean over `count` tales of `seed`, each with the
    empty line that follows it. ValueError for an unknown split or no tales.
    """
    if count < 1:
        raise ValueError(f"expected a count of 1 or more, got {count}")
    tales = generate_tales(count, seed=seed, split=split)
    tokens = sum(len(tokenizer.encode(tale.text + SEPARATOR)) for tale in tales)
    return entropy_per_tale(split) * count / tokens


def _of_plot(plot: Plot, split: str) -> float:
    facts = [math.log(len(values)) for values in plot.variables.values()]
    names = math.log(len(allowed_positions(len(plot.names(0)), split, 0, 0)))
    return math.fsum([*facts, names, _of_nodes(plot, plot.body)])


def _of_nodes(plot: Plot, nodes: tuple) -> float:
    return math.fsum(_of_node(plot, node) for node in nodes if type(node) is not str)


def _of_node(plot: Plot, node) -> float:
    if node is NAME:
        return 0.0  # counted where it is chosen
    if type(node) is Choice:
        options, chosen = node.options, math.log(len(node.options))
    else:
        values = domain(plot, node.variable)
        options, chosen = [value.nodes[node.key] for value in values], 0.0
    return chosen + math.fsum(_of_nodes(plot, o) for o in options) / len(options)
