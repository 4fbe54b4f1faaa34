"""What the book says of itself: title, authors, version, licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from scripts.site.address import pages_address, project

SUBTITLE = "The model of Radford et al. (2018), rebuilt in PyTorch from a blank page"
IMPRINT = """\
Copyright © {year} {authors}. This edition: version {version}.

Text, drawings, notebooks and code are under the MIT licence: you may copy, change and
share them, also for money, as long as the copyright and the licence stay with them. The
typefaces are {typefaces}
and Adobe, and STIX Two Math, by the STIX Fonts Project, under the SIL Open Font
License.

Every number and every output in this book was printed by the notebook that it stands
in, and is compared again whenever the book is checked.

{edition}
"""


@dataclass
class About:
    """What title page, imprint and the PDF's properties say."""

    title: str
    subtitle: str
    authors: str
    version: str
    edition: str
    imprint: list[str]
    address: str
    keywords: str


def read_about(root: Path, edition: str, typefaces: str) -> About:
    """Read it from _config.yml and pyproject.toml, the only places where it stands.

    Args:
        root: the project.
        edition: what the imprint says of reading the book in this form.
        typefaces: those that this form brings along, and who drew them.
    """
    config = yaml.safe_load((root / "_config.yml").read_text("utf8"))
    repository, version = project()
    authors, year = config["author"], config["copyright"]
    said = {"year": year, "authors": authors, "version": version, "edition": edition}
    return About(
        title=config["title"],
        subtitle=SUBTITLE,
        authors=authors[:1].upper() + authors[1:],
        version=version,
        edition=f"Version {version} · {year}",
        imprint=IMPRINT.format(**said, typefaces=typefaces).strip().split("\n\n"),
        address=pages_address(repository),
        keywords="GPT, transformer, language model, PyTorch, deep learning, education",
    )
