"""What was found, as text and as a table in Markdown."""

import textwrap
from dataclasses import dataclass, field

from gpt1.count.ledger import aligned

SAME, DIFFERS = "same", "differs"
UNDECIDED, UNASKED = "undecided", "not checked"


@dataclass(frozen=True)
class Finding:
    """One aspect of a model beside GPT-1.

    Args:
        aspect: what was looked at, such as "activation".
        verdict: "same", "differs", "undecided" (it could not be found out) or "not
            checked" (the model has no such thing, or it was not given).
        told: what was found, in a few words.
        variant: a short name for how it differs, where there is one: that of
            `gpt1.variants` if it is one of those.
    """

    aspect: str
    verdict: str
    told: str
    variant: str | None = None


@dataclass
class Report:
    """What `verify` found out. It prints as a table with a sentence below it.

    Attributes:
        name: what was verified.
        findings: list of `Finding`.
        sizes: the sizes of the model that was compared, by the names of `GPTConfig`.
        first: where it first differs, such as "block 1"; None if nowhere.
    """

    name: str
    findings: list
    sizes: dict = field(default_factory=dict)
    first: str | None = None

    def having(self, verdict):
        """The findings with a verdict."""
        return [each for each in self.findings if each.verdict == verdict]

    @property
    def differs(self) -> list:
        """The findings that differ."""
        return self.having(DIFFERS)

    @property
    def undecided(self) -> list:
        """The findings that could not be decided."""
        return self.having(UNDECIDED)

    @property
    def same(self) -> bool:
        """Whether all that was checked is GPT-1's, and all could be decided."""
        return not self.differs and not self.undecided

    @property
    def exit_code(self) -> int:
        """0 if it is GPT-1, 1 if something differs, 3 if nothing does as far as known.

        The command's fourth, 2, is for what could not be run at all.
        """
        return 1 if self.differs else 3 if self.undecided else 0

    @property
    def summary(self) -> str:
        """All of it in a sentence."""
        told = [each.told for each in self.differs if each.aspect != "parameters"]
        told = told or [each.told for each in self.differs]
        if told and self.undecided:
            text = f"what differs: {'; '.join(told)}"
        elif told:
            text = f"the model is GPT-1 but for: {'; '.join(told)}"
        elif self.undecided:
            text = "nothing was found that is not GPT-1's"
        else:
            text = "the model is GPT-1"
        if self.first:
            verb = "differ" if self.first.endswith("s") else "differs"
            text = f"{self.first} {verb} first; {text}"
        if self.undecided:
            text += f". Undecided: {', '.join(each.aspect for each in self.undecided)}"
        return text

    def heading(self):
        """The name, and under it the sizes that were compared."""
        sizes = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in self.sizes.items())
        return f"{self.name}\n{sizes}" if sizes else self.name

    def __str__(self):
        rows = [(each.verdict, each.aspect, "") for each in self.findings]
        lines = []
        for left, each in zip(
            aligned(rows, "<<<").splitlines(), self.findings, strict=True
        ):
            wide = (
                max(len(row[1]) for row in rows) + max(len(row[0]) for row in rows) + 4
            )
            told = textwrap.wrap(each.told, 88 - wide) or [""]
            lines.append(f"{left:{wide}}{told[0]}")
            lines += [" " * wide + line for line in told[1:]]
        return "\n".join(
            [self.heading(), "", *lines, "", textwrap.fill(self.summary, 88)]
        )

    __repr__ = __str__

    @property
    def markdown(self) -> str:
        """A table for a README, under a line with the sentence."""
        marks = {SAME: "✓", DIFFERS: "✗", UNDECIDED: "?", UNASKED: ""}
        lines = ["|  | aspect | found |", "|---|---|---|"]
        for each in self.findings:
            told = each.told.replace("|", "\\|")
            lines.append(f"| {marks[each.verdict]} | {each.aspect} | {told} |")
        return "\n".join([f"**{self.name}**: {self.summary}.", "", *lines])
