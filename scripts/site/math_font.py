"""Cut the typeface of formulas down to what the book needs.

    python -m scripts.site.math_font STIXTwoMath-Regular.ttf

The letters and signs are those of book/_static/fonts/stix-two-math.txt; a test says
which are missing there. Three things are set for what browsers do with MathML:

- They keep room for the widest form of a bracket or a root, whatever form is drawn. So
  the tallest forms go, and the others become as narrow as the lowest.
- They do not take the form of a prime that is made for its place; it becomes the only
  one.
- They lower an index under a letter with a descender; here they lower it no further.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[2] / "book" / "_static" / "fonts"
LETTERS, CUT = FONTS / "stix-two-math.txt", FONTS / "stix-two-math.woff2"
PRIME = 0x2032
FORMS = 7  # of a bracket; those that are taller are put together from pieces
WIDER = 1.15  # than the lowest form
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]


def set_metrics(font: TTFont) -> None:
    constants = font["MATH"].table.MathConstants
    constants.SubscriptBaselineDropMin.Value = -30
    variants = font["MATH"].table.MathVariants
    names = font.getBestCmap()
    signs = variants.VertGlyphCoverage.glyphs
    tall = dict(zip(signs, variants.VertGlyphConstruction, strict=True))
    for sign in "√()[]{}⌊⌋⌈⌉⟨⟩":
        construction = tall[names[ord(sign)]]
        most = font["hmtx"][names[ord(sign)]][0] * (1 if sign == "√" else WIDER)
        records = construction.MathGlyphVariantRecord[:FORMS]
        construction.MathGlyphVariantRecord = records
        construction.VariantCount = len(records)
        forms = {record.VariantGlyph for record in records}
        if assembly := construction.GlyphAssembly:
            forms |= {part.glyph for part in assembly.PartRecords}
        for form in forms:
            narrow(font, form, most)


def narrow(font: TTFont, name: str, most: float) -> None:
    """Make a glyph no wider than this, and no lower."""
    wide, left = font["hmtx"][name]
    if wide > most:
        share = most / wide
        font["glyf"][name].coordinates.scale((share, 1))
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = round(wide * share), round(left * share)


def set_prime(font: TTFont) -> None:
    """Give the prime the form that is made for its place beside a letter."""
    made = font.getBestCmap()[PRIME] + ".ssty"
    for table in font["cmap"].tables:
        if PRIME in table.cmap:
            table.cmap[PRIME] = made


def main() -> None:
    font = TTFont(sys.argv[1])
    set_metrics(font)
    set_prime(font)
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False)
    options.name_IDs = NAMES
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS.read_text("utf8"))
    cutter.subset(font)
    subset.save_font(font, CUT, options)
    print(f"{CUT.name}: {CUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
