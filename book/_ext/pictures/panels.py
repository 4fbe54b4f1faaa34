"""A plot whose panels stand in one row, cut into one picture for each panel.

On a screen they stand side by side, as matplotlib placed them. On a phone, where each
would be a stamp, they stand one above the other. A panel that shares the numbers of the
one before it then gets them again, and so does each what is written under all of them.
"""

import re
from copy import deepcopy
from itertools import pairwise
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
NARROWEST = 60
"""A bar of colours is narrower: it belongs to the panel before it."""
LETTER = 0.55
"""How wide a letter is beside its height, about."""


def panels(root):
    """Return a plot's panels as pictures of their own, an empty list if it has one.

    Args:
        root: the plot's `<svg>`, with the names that matplotlib gives.
    """
    [figure] = [g for g in root.findall(f"{SVG}g") if g.get("id") == "figure_1"]
    groups = [g for g in figure if g.get("id", "").startswith("axes")]
    _, _, wide, high = map(float, root.get("viewBox").split())
    main = [g for g in groups if box(g)[1] - box(g)[0] > NARROWEST]
    if len(main) < 2 or any(box(g)[2:] != box(main[0])[2:] for g in main):
        return []
    cuts = [0.0, *[left_end(group) for group in main[1:]], wide]
    made = [picture(*ends, high) for ends in pairwise(cuts)]
    over_all = [child for child in figure if child not in groups]
    for group in groups:
        middle = sum(box(group)[:2]) / 2
        place = max(n for n, cut in enumerate(cuts[:-1]) if cut <= middle)
        made[place].append(group)
    for number, (group, panel) in enumerate(zip(main, made, strict=True)):
        share_numbers(main[0], group, panel)
        for text in over_all:
            move = sum(box(group)[:2]) / 2 - wide / 2
            panel.append(again(text, move))
            if number == len(main) - 1:
                text.set("class", "g-wide")
                panel.append(text)
    made[0].extend(root.findall(f"{SVG}defs"))
    return made


def box(group):
    """Left, right, top and bottom of an axes, rounded."""
    path = group[0].find(f"{SVG}path")
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))]
    across, down = numbers[::2], numbers[1::2]
    return tuple(round(f(n)) for n in (across, down) for f in (min, max))


def left_end(group):
    """Where an axes begins, its numbers and its label among it."""
    left = box(group)[0]
    axis = [g for g in group if g.get("id", "").startswith("matplotlib.axis_")]
    texts = [text for g in axis[1:2] for text in g.iter(f"{SVG}text")]
    return min([left, *map(text_left, texts)]) - 4


def text_left(text):
    """Where the left end of a text is, about; numbers end at their place."""
    size = float(re.search(r"([\d.]+)px", style_of(text))[1])
    moved = re.search(r"translate\((-?[\d.]+)", text.get("transform", ""))
    x = float(moved[1] if moved else text.get("x", 0))
    turned = re.search(r"rotate\(-?90", text.get("transform", ""))
    return x - (size if turned else LETTER * size * len("".join(text.itertext())))


def style_of(text):
    inside = [text, *text.iter(f"{SVG}tspan")]
    return ";".join(filter(None, (element.get("style") for element in inside)))


def picture(left, right, high):
    size = f"{left:g} 0 {right - left:g} {high:g}"
    return ElementTree.Element(f"{SVG}svg", {"viewBox": size})


def again(element, across):
    """A copy that is seen only where panels are stacked.

    What it refers to, such as the marks of a legend, is defined in the original alone.
    """
    attributes = {"class": "g-again", "transform": f"translate({across:.2f})"}
    group = ElementTree.Element(f"{SVG}g", attributes)
    group.append(deepcopy(element))
    for inside in [*group.iter()]:
        for defined in inside.findall(f"{SVG}defs"):
            inside.remove(defined)
    return group


def share_numbers(first, group, panel):
    """Give a panel without numbers at its left those of the first one."""
    sides = []
    for axes in (first, group):
        axis = [g for g in axes if g.get("id", "").startswith("matplotlib.axis_")]
        inside = axis[1].iter(f"{SVG}g") if len(axis) > 1 else []
        sides.append([g for g in inside if g.get("id", "").startswith("text_")])
    if sides[0] and not sides[1]:
        move = box(group)[0] - box(first)[0]
        for text in sides[0]:
            panel.append(again(text, move))
        panel.set("class", "g-shares")
        width = float(panel.get("viewBox").split()[2])
        room = box(first)[0] - 4
        panel.set("style", f"--room:{100 * room / (room + width):.0f}%")
