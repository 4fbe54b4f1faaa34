"""How an entry of the bibliography is printed: who, when, what, where, and links.

Titles keep their capitals, and a work on arXiv leads there.
"""

from pybtex.plugin import register_plugin
from pybtex.style.formatting import BaseStyle, toplevel
from pybtex.style.sorting.author_year_title import SortingStyle
from pybtex.style.template import (
    field,
    first_of,
    href,
    join,
    names,
    optional,
    sentence,
    tag,
    words,
)

KINDS = ["article", "inproceedings", "misc", "techreport"]
NAME = "book"


class ByName(SortingStyle):
    """By last names and year; braces, which keep a name whole, do not count."""

    def person_key(self, person):
        return super().person_key(person).replace("{", "").replace("}", "")


class Style(BaseStyle):
    """Authors (year). *Title*. Journal 3. arXiv:1706.03762."""

    default_name_style = "plain"
    default_sorting_style = NAME
    default_label_style = "number"

    def template(self, _):
        authors = names("author", sep=", ", sep2=" and ", last_sep=" and ")
        place = first_of[
            optional[words[field("journal"), optional[field("volume")]]],
            optional[field("booktitle")],
            optional[words[field("institution"), optional[field("number")]]],
            optional[field("howpublished")],
        ]
        return toplevel[
            sentence[join[authors, " (", field("year"), ")"]],
            sentence[tag("em")[field("title")]],
            optional[sentence[place]],
            self.links(),
        ]

    @staticmethod
    def links():
        eprint, doi = field("eprint", raw=True), field("doi", raw=True)
        arxiv = href[join["https://arxiv.org/abs/", eprint], join["arXiv:", eprint]]
        digital = href[join["https://doi.org/", doi], join["doi:", doi]]
        online = href[field("url", raw=True), "Read it online"]
        return first_of[
            optional[sentence[arxiv]],
            optional[sentence[digital]],
            optional[sentence[online]],
            "",
        ]


for kind in KINDS:
    setattr(Style, f"get_{kind}_template", Style.template)


def register():
    register_plugin("pybtex.style.formatting", NAME, Style)
    register_plugin("pybtex.style.sorting", NAME, ByName)
