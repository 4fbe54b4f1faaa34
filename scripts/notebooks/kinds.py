"""Which cells are folded, and how Jupyter and Colab are told so.

The book folds what Jupyter folds: `book/_ext/pages/cells.py`.
"""

FOLDED = {"setup", "picture", "proof"}
"""Kinds of cells that are no lesson."""

FOLD = {"cellView": "form", "jupyter": {"source_hidden": True}}
"""What their metadata say: Colab makes a form of them, Jupyter collapses the code."""

KEY = {"jupyter": {"outputs_hidden": True, "source_hidden": True}}
"""And those of the key of "Check yourself", whose output would answer the questions."""
