"""The book's colours: told apart by every reader, on light and dark, in one place."""

import itertools
import json
import re
from pathlib import Path

import pytest
import torch

from gpt1.pictures.colours import (
    BALANCE,
    COLOURS,
    CYCLE,
    MEANING,
    NEUTRALS,
    PALETTE,
    RAMP,
)

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "book" / "_static"
TOGETHER = 5.5
"""The least distance of any two lines; 2 is what a careful eye can just tell apart."""

FIRST, APART = CYCLE[:4], 7.0
"""The colours that plots take first, and their least distance."""

# Machado, Oliveira and Fernandes (2009), full severity, for linear RGB.
EYES = {
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    """Red, green and blue as amounts of light, from 0 to 1."""
    parts = torch.tensor([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    parts = parts.double()
    bright = ((parts + 0.055) / 1.055) ** 2.4
    return torch.where(parts <= 0.04045, parts / 12.92, bright)


def contrast(one, other):
    """The ratio of the WCAG."""
    weights = torch.tensor([0.2126, 0.7152, 0.0722]).double()
    low, high = sorted((weights @ linear(c)).item() for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(light):
    """Ottosson's OKLab, in which distances are even; times 100."""
    to_cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    cones = torch.tensor(to_cones).double() @ light.clamp(0, 1)
    return 100 * torch.tensor(to_lab).double() @ cones ** (1 / 3)


def distance(one, other, eyes):
    seen = torch.tensor(EYES[eyes]).double()
    return (oklab(seen @ linear(one)) - oklab(seen @ linear(other))).norm().item()


def lines(theme):
    dark = theme == "dark"
    kind = "dark_line" if dark else "line"
    found = {name: getattr(colour, kind) for name, colour in PALETTE.items()}
    return found | {"ink": NEUTRALS["ink"][dark]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", EYES)
def test_any_two_lines_are_told_apart(theme, eyes):
    chosen = lines(theme)
    for one, other in itertools.combinations(chosen, 2):
        far = distance(chosen[one], chosen[other], eyes)
        least = APART if {one, other} <= set(FIRST) else TOGETHER
        assert far > least, f"{one} and {other}"
    assert len(set(FIRST)) == 4
    assert set(CYCLE) == set(COLOURS) - {"orange"}


def test_the_distance_knows_pairs_that_colour_blind_readers_confuse():
    assert distance("#d62728", "#2ca02c", "all cones") > 30  # red and green
    assert distance("#c44a40", "#7f7f1a", "deuteranopia") < 6
    assert distance("#0072b2", "#8856a7", "deuteranopia") < 4  # blue and violet


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_stand_out_from_the_card_and_text_from_what_it_lies_on(theme):
    dark = theme == "dark"
    card, ink, soft = (NEUTRALS[name][dark] for name in ("card", "ink", "soft"))
    fills = [(c.fill, c.dark_fill)[dark] for c in PALETTE.values()]
    fills += [NEUTRALS[name][dark] for name in ("muted", "zoom")]
    for name, line in lines(theme).items():
        assert contrast(line, card) >= 3, name
    assert contrast(NEUTRALS["line"][dark], card) >= 3
    for fill in [card, *fills]:
        assert contrast(ink, fill) >= 7
        assert contrast(soft, fill) >= 4.5


def test_heat_maps_grow_darker_step_by_step_and_have_no_hue_of_their_own():
    assert (NEUTRALS["card"][0], COLOURS["blue"]) == RAMP
    low, middle, high = BALANCE
    assert middle == NEUTRALS["card"][0]
    for eyes in EYES:
        assert distance(low, high, eyes) > 15


def test_the_style_sheets_have_the_same_colours():
    light, dark = {}, {}
    sheets = [(STATIC / name).read_text("utf8") for name in ("base.css", "figures.css")]
    text = re.sub(r"/\*.*?\*/", "", "".join(sheets), flags=re.DOTALL)
    for selector, inside in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        found = re.findall(r"--((?:c|g)-[\w-]+): (#\w{6});", inside)
        (dark if "dark" in selector else light).update(found)
    for name, colour in PALETTE.items():
        assert (light[f"c-{name}"], light[f"c-{name}-fill"]) == colour[:2]
        assert (dark[f"c-{name}"], dark[f"c-{name}-fill"]) == colour[2:]
    for name, both in NEUTRALS.items():
        assert (light[f"g-{name}"], dark[f"g-{name}"]) == both


def rules(sheet):
    """The selectors of a style sheet, each with what it sets."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf8"), flags=re.DOTALL)
    return re.findall(r"([^{}]+)\{([^{}]*)\}", text)


def test_orange_is_feed_forward_on_all_pages():
    used = []
    for folder in (STATIC, ROOT / "scripts" / "editions"):
        for sheet in folder.rglob("*.css"):
            used += [name for name, inside in rules(sheet) if "(--c-orange" in inside]
    assert used
    assert [name for name in used if "forward" not in name] == []


def test_orange_is_feed_forward_in_all_pictures():
    assert MEANING["forward"] == "orange"
    assert COLOURS["orange"] not in BALANCE
    orange, drawn = {*PALETTE["orange"][:2]}, 0
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf8"))["cells"]:
            for output in cell.get("outputs", ()):
                svg = "".join(output.get("data", {}).get("image/svg+xml", ()))
                if any(colour in svg for colour in orange):
                    said = "".join(cell["source"]) + svg
                    assert re.search("feed.forward", said), (path.name, cell["id"])
                    drawn += 1
    assert drawn > 3


def test_every_kind_of_part_has_a_colour_of_its_own():
    assert len(set(MEANING.values())) == len(MEANING)
    assert set(MEANING.values()) <= set(PALETTE)
