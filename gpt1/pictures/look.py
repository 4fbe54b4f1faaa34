"""What all drawings look like on white: type, corners, colours."""

from gpt1.pictures.colours import MEANING, NEUTRALS, PALETTE

LARGE, MIDDLE, SMALL = 12.5, 11.5, 10.5
"""The sizes of text: the smallest is 8 pixels high or more on a phone."""

RADIUS = 6
"""The corners of boxes."""

INK, SOFT, LINE, FAINT, CARD, CARD_EDGE = (
    NEUTRALS[name][0] for name in ("ink", "soft", "line", "faint", "card", "card-edge")
)
MUTED = (NEUTRALS["muted"][0], FAINT)
TINTS = {part: PALETTE[name][1::-1] for part, name in MEANING.items()}
"""Fill and edge of each kind of part, on white."""
