"""Which equation of the book defines which part of the model: the one map of both.

The chapters mark their equations with a letter and a number, such as (A8): the letter
stands for the chapter, so a plain number always means an equation of the paper. The
tests hold this map to the chapters.
"""

CHAPTERS = {"P": "Predicting the next word", "T": "Tokens", "E": "Embeddings"}
CHAPTERS |= {"A": "Attention", "B": "The block", "M": "The model", "C": "Counting"}
CHAPTERS |= {"L": "Training", "S": "Sampling", "F": "Training faster"}
CHAPTERS |= {"R": "Long runs", "Z": "What it already knows", "D": "Fine-tuning"}
CHAPTERS |= {"I": "Looking inside", "W": "The real GPT-1"}
CHAPTERS |= {"N": "From GPT-1 to GPT-2"}
"""The letters, and the titles of the chapters that they stand for."""

EQUATIONS = {
    "GPT": "M1",
    "GPT.token_embedding": "M1",
    "GPT.position_embedding": "M1",
    "GPT.@ token_embedding.weight": "M1",
    "Block": "B1",
    "MultiHeadAttention": "A8",
    "MultiHeadAttention.query_key_value": "A5",
    "MultiHeadAttention.scores": "A7",
    "MultiHeadAttention.weighted values": "A7",
    "MultiHeadAttention.projection": "A8",
    "FeedForward": "B4",
    "FeedForward.expand": "B4",
    "FeedForward.contract": "B4",
    "LayerNorm": "B5",
    "Dropout": "B8",
}
"""Equations by class, and by class and attribute, or product of matrices."""


def equation(module, holder, attribute):
    """The equation that defines a part, "" if the book has none.

    Args:
        module: the part; None for a product of matrices.
        holder: the module that it belongs to, or None.
        attribute: its name there.
    """
    names = [f"{kind.__name__}.{attribute}" for kind in type(holder).__mro__]
    names += [kind.__name__ for kind in type(module).__mro__]
    return next((EQUATIONS[name] for name in names if name in EQUATIONS), "")


def legend(found):
    """What the letters of some equations stand for, "" if there are none."""
    letters = sorted({number[:1] for number in found if number})
    chapters = ", ".join(f"{letter} in {CHAPTERS[letter]}" for letter in letters)
    return f"equations: {chapters}" if chapters else ""
