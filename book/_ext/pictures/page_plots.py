"""A plot of matplotlib, as SVG, made fit to stand in a page.

matplotlib writes colours and typefaces into each element and names elements alike in
every plot. Here colours become the page's variables, so that a plot follows the theme;
text takes the page's typeface; what nothing refers to goes; what stays is named after
the plot, so that any number of plots fits on one page. On a phone text is larger, as
`--phone` says, and panels stand one above the other.
"""

import colorsys
import hashlib
import re
from copy import deepcopy
from math import ceil
from xml.etree import ElementTree

from book._ext.pictures.panels import panels, text_left
from gpt1.pictures.colours import NEUTRALS, PALETTE

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
LARGER = 1.15
"""The page's typeface is narrower and lower than the one that matplotlib measured."""
PHONE, LEAST = 348, 11.1
"""How wide a plot is on a phone of 390 pixels, and how high its text has to be."""
WIDE, TALL = (640, 480), 0.75
"""How wide a plot is on a screen, one that is wide and one that is tall; text keeps the
size that it was drawn in."""
STACKED = 1.25
"""How many pixels one of matplotlib's points has in a panel above another."""

BEGINS = re.compile(r"translate\([-\d.]+ ([-\d.]+)\)")
URL = re.compile(r"url\(#([^)]+)\)")
CURVE = re.compile(r"M -?[\d.]+ -?[\d.]+(?: L -?[\d.]+ -?[\d.]+){50,}")

VARIABLES = {
    **{colour.line: f"--c-{name}" for name, colour in PALETTE.items()},
    **{colour.fill: f"--c-{name}-fill" for name, colour in PALETTE.items()},
    **{light: f"--g-{name}" for name, (light, _) in NEUTRALS.items()},
    "#000000": "--g-ink",
}
"""The page's name of each colour of the book."""

ElementTree.register_namespace("", SVG[1:-1])


def is_plot(svg: str) -> bool:
    """Tell whether this is a plot of matplotlib, not a drawing of ours."""
    return svg.startswith("<?xml") and 'id="figure_1"' in svg


def page_plot(svg: str, alt: str) -> str:
    """Return a plot as HTML for a page.

    Args:
        svg: what matplotlib wrote.
        alt: what the plot shows, in words.
    """
    root = ElementTree.fromstring(svg)
    unwrap(root)
    end_lines(root)
    _, _, wide, high = map(float, root.get("viewBox").split())
    parts = panels(root)
    prefix = "p" + hashlib.sha256(svg.encode()).hexdigest()[:8] + "-"
    if parts:
        root = ElementTree.Element("div")
        root.extend(parts)
        complete(parts)
    for number, part in enumerate(parts or [root]):
        rename(part, f"{prefix}{number}-" if parts else prefix)
    for element in root.iter():
        element.tail = None
        if element.text is not None and not element.text.strip():
            element.text = None
        if element.tag == f"{SVG}path":
            element.set("d", short(element.get("d")))
        if element.tag == f"{SVG}text":
            set_text(element)
            set_place(element)
        if {child.tag for child in element} == {f"{SVG}image"}:
            element.set("class", "g-raster")
        if element.tag in {f"{SVG}svg", "div"}:
            continue
        if "style" in element.attrib:
            element.set("style", page_style(element.get("style")))
    for element in root.iter():
        share_style(element)
    for part in parts or [root]:
        view = part.get("viewBox")
        width = float(view.split()[2])
        on_phone = min(PHONE, STACKED * width) if parts else PHONE
        if not parts and (room := room_left(part, enlarged(part, on_phone / width))):
            wide = width = width + room
            view = f"{-room} 0 {width:g} {high:g}"
        larger = f"--phone:{enlarged(part, on_phone / width):.3g}"
        style = f"{part.get('style', '')};{larger}".strip(";")
        shown = part.get("class")
        part.attrib.clear()
        part.attrib.update(viewBox=view, style=style)
        if parts:
            part.set("aria-hidden", "true")
            part.set("class", shown or "g-panel")
            part.set("style", f"{style};--stacked:{on_phone:.0f}px;flex-grow:{width:g}")
    classes = ["gpt1-plot"] + ["gpt1-panels"] * bool(parts)
    classes += ["gpt1-tall"] * (high > TALL * wide)
    root.set("class", " ".join(classes))
    root.set("role", "img")
    root.set("aria-label", alt)
    column = WIDE[high > TALL * wide]
    style = f"{root.get('style', '')};--screen:{min(1.0, wide * 4 / 3 / column):.3g}"
    root.set("style", style.strip(";"))
    text = ElementTree.tostring(root, encoding="unicode")
    # HTML knows these without the declarations.
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r"\bns\d+:href", "href", text)
    return re.sub(r"(</?)ns\d+:", r"\1", text)


def enlarged(svg, scale):
    """How much larger its text has to be on a phone.

    In a panel that stands by itself it may be smaller.
    """
    sizes = [font_size(text) for text in svg.iter(f"{SVG}text")]
    factor = LEAST / scale / min(filter(None, sizes), default=LEAST / scale)
    return max(0.85 if scale > 1 else 1.0, factor)


def room_left(svg, larger):
    """How much wider than its margin the widest label beside its axis is, about."""
    rooms = [0]
    for text in svg.iter(f"{SVG}text"):
        turned = "transform" in text.attrib
        if "text-anchor:end" in text.get("style", "") and not turned:
            end = float(text.get("x"))
            rooms.append(ceil(larger * (end - text_left(text)) - end))
    return max(rooms)


def unwrap(root):
    """Take out what speaks to other programs, and the paper under the plot."""
    for name in ("metadata", "defs"):
        for element in root.findall(f"{SVG}{name}"):
            if name == "metadata" or element.find(f"{SVG}style") is not None:
                root.remove(element)
    [figure] = [g for g in root.findall(f"{SVG}g") if g.get("id") == "figure_1"]
    paper = figure[0]
    if paper.get("id") == "patch_1":
        figure.remove(paper)


def end_lines(root):
    """Let each line of a label beside an axis end where the labels of one line end.

    matplotlib tells where such a line begins, so that a larger one ran into the axis.
    """
    for axis in root.iter(f"{SVG}g"):
        ticks = [g for g in axis if g.get("id", "").startswith("ytick_")]
        texts = [text for tick in ticks for text in tick.iter(f"{SVG}text")]
        ends = [t.get("x") for t in texts if "text-anchor: end" in t.get("style", "")]
        for text in texts if ends else []:
            if begins := BEGINS.fullmatch(text.get("transform", "")):
                del text.attrib["transform"]
                text.set("x", ends[0])
                text.set("y", begins[1])
                text.set("style", f"{text.get('style')}; text-anchor: end")


def referred_in(root):
    """The ids that something in it refers to."""
    referred = set()
    for element in root.iter():
        for value in element.attrib.values():
            referred.update(URL.findall(value))
        if element.get(LINK, "").startswith("#"):
            referred.add(element.get(LINK)[1:])
    return referred


def complete(parts):
    """Give each picture a copy of what it refers to in another one."""
    known = {e.get("id"): e for part in parts for e in part.iter() if e.get("id")}
    for part in parts:
        own = {element.get("id") for element in part.iter()}
        copies = [deepcopy(known[name]) for name in sorted(referred_in(part) - own)]
        if copies:
            ElementTree.SubElement(part, f"{SVG}defs").extend(copies)


def share_style(group):
    """Write a style that all marks of a line have once, for their group."""
    marks = [child for child in group if child.tag == f"{SVG}use"]
    styles = {mark.get("style") for mark in marks}
    if group.tag == f"{SVG}g" and len(marks) == len(group) > 2 and len(styles) == 1:
        own = [group.get("style"), styles.pop()]
        group.set("style", ";".join(filter(None, own)))
        for mark in marks:
            mark.attrib.pop("style", None)
    for mark in marks:
        for side in ("x", "y"):
            if side in mark.attrib:
                mark.set(side, f"{float(mark.get(side)):.1f}")


def rename(root, prefix):
    """Keep only the ids that something refers to, and make them the plot's own."""
    names = {old: f"{prefix}{n}" for n, old in enumerate(sorted(referred_in(root)))}
    for element in root.iter():
        if element.get("id") in names:
            element.set("id", names[element.get("id")])
        else:
            element.attrib.pop("id", None)
        for key, value in list(element.attrib.items()):
            element.set(key, URL.sub(lambda found: f"url(#{names[found[1]]})", value))
        target = element.get(LINK, "")
        if target.startswith("#"):
            element.set(LINK, f"#{names[target[1:]]}")


def short(path):
    """A path with at most two decimals, on one line; a long curve's points as steps."""
    path = " ".join(re.sub(r"-?\d+\.\d+", two_decimals, path).split())
    return steps(thinned(path)) if CURVE.fullmatch(path) else path


def two_decimals(number):
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def steps(path):
    """A curve's points, each as the way from the one before, in hundredths exactly."""
    numbers = [round(100 * float(number)) for number in re.findall(r"[-\d.]+", path)]
    ways = numbers[:2] + [b - a for a, b in zip(numbers, numbers[2:], strict=False)]
    words = [re.sub(r"^(-?)0\.", r"\1.", two_decimals([n / 100])) for n in ways]
    return f"M{' '.join(words[:2])}l{' '.join(words[2:])}".replace(" -", "-")


def thinned(path):
    """A line without the points that are less than half a point from the last one."""
    points = re.findall(r"([ML]) ([^ML]*)", path)
    kept, before = [], (0.0, 0.0)
    for number, (letter, place) in enumerate(points):
        x, y = map(float, place.split())
        last = number == len(points) - 1
        if letter == "L" and not last and abs(x - before[0]) + abs(y - before[1]) < 0.5:
            continue
        before = x, y
        kept.append(f"{letter} {place.strip()}")
    return " ".join(kept)


def set_place(text):
    """Where a text stands, in tenths of a point; most are not turned."""
    if text.get("transform", "").startswith("rotate(-0 "):
        text.attrib.pop("transform")
    for side in ("x", "y"):
        if side in text.attrib:
            text.set(side, f"{float(text.get(side)):.1f}")


def set_text(text):
    """Join the letters of mathematics again, which matplotlib places one by one."""
    letters = text.findall(f"{SVG}tspan")
    if not letters:
        return
    size = max(font_size(letter) for letter in letters)
    height = max(float(letter.get("y").split()[0]) for letter in letters)
    text.set("style", f"font-size: {size:g}px; " + (text.get("style") or ""))
    before, now = None, 0.0
    for letter in letters:
        y = float(letter.get("y").split()[0]) - height
        raised = y if abs(y) > 1.5 else 0.0
        own = font_size(letter)
        if before is not None and (raised, own) == before[1:]:
            before[0].text += letter.text or ""
            text.remove(letter)
            continue
        before = letter, raised, own
        letter.attrib.clear()
        if own < 0.95 * size:
            letter.set("style", f"font-size: {0.8 * size:g}px")
        if raised != now:
            letter.set("dy", f"{(raised - now) * LARGER:.2f}")
        now = raised


def font_size(element):
    found = re.search(r"font(?:-size)?:[^;]*?([\d.]+)px", element.get("style") or "")
    return float(found[1]) if found else 0.0


def page_style(style):
    """The style of one element, in the page's colours and typefaces."""
    kept = []
    for part in style.split(";"):
        key, _, value = (piece.strip() for piece in part.partition(":"))
        if key == "font":
            family = value
            size = re.search(r"([\d.]+)px", value)[1]
            kept.append(font_style(float(size)))
            key, value = "font-family", family
        elif key == "font-size":
            kept.append(font_style(float(value.removesuffix("px"))))
            continue
        if key == "font-family":
            if "mono" not in value.lower():
                continue
            value = "var(--mono)"
        if value.startswith("#"):
            kept.append(f"{key}:{themed(value)}")
        elif key:
            kept.append(f"{key}:{value}")
    return ";".join(kept)


def font_style(size):
    return f"font-size:calc({size * LARGER:.4g}px*var(--larger,1))"


def themed(colour):
    """A colour as the page's variable, or with a dark form that fits it."""
    colour = colour.lower()
    if colour in VARIABLES:
        return f"var({VARIABLES[colour]},{colour})"
    return f"light-dark({colour},{turned(colour)})"


def turned(colour):
    """A colour with its lightness turned round, for the dark theme."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    rgb = colorsys.hls_to_rgb(hue, 0.12 + 0.83 * (1 - light), full)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
