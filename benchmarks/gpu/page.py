"""The page that `make gpu` writes: what was run, what came of it, what was not."""

CONVENTION = """MFU is the share of the data sheet's dense bf16 peak that the training
step reaches, counted as 6N + 12LHQT FLOPs a token: N are the parameters of matrices
that multiply, and the masked half of attention counts too. AdamW and clipping to norm 1
are part of the step; `MFU` is that of the fastest batch that was tried."""

HOW = """`make gpu` on {device}; {versions}. Each part is a process of its own. The
notebooks and tests ran side by side, so their seconds say little; nothing that they
print is compared here, only that no cell fails and no assertion in it."""

TINY = """**A trial at tiny sizes: its numbers mean nothing.**"""


def page(about, outcomes, tiny=False):
    """The page as Markdown.

    Args:
        about: "device" and "versions", two texts.
        outcomes: one `Outcome` for each part.
        tiny: whether it was a trial.
    """
    rows = [["part", "result", "seconds", "skipped, because"]]
    rows += [["---", "---", "--:", "---"], *map(row, outcomes)]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    parts = ["# On a GPU", *([TINY] if tiny else []), HOW.format(**about), CONVENTION]
    return "\n\n".join([*parts, table]) + "\n"


def row(outcome):
    """The cells of a part."""
    told = outcome.told.replace("|", "\\|")
    if outcome.state == "skipped":
        return [outcome.name, "", "", told]
    result = told if outcome.state == "passed" else f"**failed**: {told}"
    return [outcome.name, result, f"{outcome.seconds:.0f}", ""]
