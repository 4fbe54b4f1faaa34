"""The plots, written in the little language of `plot.py`; the order is part of a seed.

Each module holds one text, `SOURCE`.
"""

from gpt1.tales.plots import fields, home, outdoors, town, woods

SOURCES = (home.SOURCE, town.SOURCE, outdoors.SOURCE, woods.SOURCE, fields.SOURCE)
