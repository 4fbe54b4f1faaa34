"""A reader who solves the labelled tasks: by the grammar, and from the texts alone.

It knows no label. It reads each text back to the plot that can have told it and to the
facts that it tells, and compares. So its accuracy, 1, is the ceiling of each task.
"""

from dataclasses import replace
from functools import cache

from gpt1.tales.plot import Plot, all_plots
from gpt1.tales.reading import readings
from gpt1.tales.tasks import LENT, TASKS, lend


def answer(task: str, texts: tuple[str, ...]) -> int:
    """The label of an example's texts. ValueError if the task can't have such texts."""
    if task not in TASKS:
        raise ValueError(f"expected a task of {', '.join(TASKS)}, got {task!r}")
    return globals()[f"_{task}"](*texts)


def _holds_together(text: str) -> int:
    story, _, ending = text.rpartition("\n")
    return int(_fits(_read(story, "story", late=True), _read(ending, "ending")))


def _in_order(text: str) -> int:
    plots = all_plots()
    return int(any(True for p in plots for _ in readings(p, p.body, text, cut=True)))


def _which_ending(story: str, *endings: str) -> int:
    begun = _read(story, "story")
    fitting = [_fits(begun, _read(ending, "ending")) for ending in endings]
    if sorted(fitting) != [False, True]:
        raise ValueError(f"expected one of two endings to fit {story[:40]!r}...")
    return fitting.index(True)


def _follows(story: str, ending: str) -> int:
    begun, ended = _read(story, "story"), _read(ending, "ending")
    if _fits(begun, ended):
        return 0
    return 1 if any(plot == p for plot, _ in begun for p, _ in ended) else 2


def _same_tale(one: str, other: str) -> int:
    begun, ended = _read(one, "story"), _read(other, "ending")
    if not (begun and ended):
        begun, ended = _read(other, "story"), _read(one, "ending")
    return int(_fits(begun, ended))


def _read(
    text: str, part: str, late: bool = False
) -> list[tuple[Plot, dict[str, int]]]:
    """The plots of which a text can be a part, with the facts that it tells.

    part: "story", of which the text may be the beginning only, or "ending". late:
    whether it is rather the end of the part.
    """
    cut = part == "story" and not late
    return [
        (plot, facts)
        for plot in all_plots()
        for facts, _ in readings(
            _lending(plot), getattr(plot, part), text, cut=cut, late=late
        )
    ]


def _fits(begun, ended) -> bool:
    """Whether some plot can have told both, with the same facts."""
    return any(
        plot == p and all(more[name] == facts[name] for name in more if name in facts)
        for plot, facts in begun
        for p, more in ended
    )


@cache
def _lending(plot: Plot) -> Plot:
    """The plot with all that it can be told of, what other plots lend it included."""
    variables = dict(plot.variables)
    for name in LENT:
        if name in variables:
            others = [p for p in all_plots() if p.is_child == plot.is_child]
            values = [v for p in others for v in p.variables.get(name, ())]
            lent = [lend(value, plot, name) for value in values]
            known = {(v.text, *v.fields.items()): v for v in lent if v is not None}
            variables[name] = tuple(known.values())
    return replace(plot, variables=variables)
