"""The book's colours, set once: for drawings, for plots, and by test for its pages.

Each colour has a meaning and four forms: a line and a filling, on white and on dark.
The lines are told apart by colour-blind readers and stand out from both cards; a test
simulates it. `book/_static` has the same numbers as CSS variables.

One colour, one meaning. Where parts of the model are shown, each has the colour that
`MEANING` gives it. Where none is:

- blue is what a picture is about, and ink what stands beside it, such as a second line
  or the truth; grey is what a mistake is compared with, or what is left out;
- red is what is wrong: a leak, a run with a mistake, a warning; and the loss;
- green is what is right, or as good as can be: a check, a floor;
- yellow marks a place, as a pen does;
- orange is feed-forward and never anything else, on no page and in no plot; a test
  looks at all of them.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour: its line and its filling on white, then both on dark."""

    line: str
    fill: str
    dark_line: str
    dark_fill: str


PALETTE = {
    "blue": Colour("#0072b2", "#d9eaf7", "#5dbcf3", "#0f3651"),
    "orange": Colour("#c94f00", "#fce3d4", "#ea874a", "#4a2711"),
    "green": Colour("#009e73", "#d5efe5", "#5ce4b9", "#0b3d30"),
    "purple": Colour("#693886", "#ebe3f4", "#a27fc6", "#352848"),
    "yellow": Colour("#b8860b", "#fbf0d3", "#e3b43e", "#40330c"),
    "red": Colour("#a82a55", "#fbe0e6", "#d27289", "#47202b"),
    "grey": Colour("#64748b", "#e8edf3", "#92a5be", "#2b3646"),
}

FILLS = {name: colour.fill for name, colour in PALETTE.items()}
"""For areas behind text."""

MEANING = {
    "text": "grey",
    "embeddings": "yellow",
    "attention": "blue",
    "forward": "orange",
    "norm": "purple",
    "output": "green",
    "loss": "red",
}
"""Which colour each kind of part has."""

NEUTRALS = {
    "ink": ("#1c2530", "#e6eaef"),
    "soft": ("#4b5563", "#b4bcc9"),
    "line": ("#75808f", "#8d97a8"),
    "faint": ("#c3c9d2", "#4a5362"),
    "card": ("#ffffff", "#191d24"),
    "card-edge": ("#dcdfe4", "#343c48"),
    "muted": ("#f6f7f9", "#232932"),
    "zoom": ("#f8f9fb", "#20252e"),
}
"""Text, lines and cards, on white and on dark."""

COLOURS = {name: colour.line for name, colour in PALETTE.items()}
COLOURS["ink"] = NEUTRALS["ink"][0]
"""For the lines and points of plots."""

CYCLE = ("blue", "ink", "green", "purple", "yellow", "red", "grey")
"""In this order a plot takes them for its lines."""

RAMP = ("#ffffff", COLOURS["blue"])
"""From nothing to much, in heat maps."""

BALANCE = (COLOURS["red"], "#ffffff", COLOURS["blue"])
"""From below to above, in heat maps with a middle."""
