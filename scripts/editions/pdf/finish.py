"""What the PDF says of itself, and whether its links lead somewhere."""

from __future__ import annotations

import io
import logging
import os
import re
import time

from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

from scripts.editions.about import About

# Chromium counts its objects a little too low, which pypdf says each time.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def finish(printed: bytes, about: About) -> bytes:
    """Return the PDF with its properties: title, authors, subject, language."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    writer.pdf_header = "%PDF-1.7"
    writer.metadata = None
    said = {"/Title": about.title, "/Author": about.authors}
    said["/Keywords"] = about.keywords
    said["/Subject"] = f"{about.subtitle}. Version {about.version}."
    writer.add_metadata({**said, "/CreationDate": date(), "/ModDate": date()})
    tidy_bookmarks(writer)
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject("en")
    root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    root[NameObject("/ViewerPreferences")] = shown
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def tidy_bookmarks(writer: PdfWriter) -> None:
    """Part numbers from titles, which stand in lines of their own on the page.

    Chromium joins the lines of a heading without a space, and says a heading twice
    that it has laid out twice.
    """
    waiting = [writer.root_object.get("/Outlines")]
    while waiting:
        item = waiting.pop()
        if item is None:
            continue
        item = item.get_object()
        if title := item.get("/Title"):
            item[NameObject("/Title")] = TextStringObject(bookmark(str(title)))
        waiting += [item.get("/First"), item.get("/Next")]


def bookmark(title: str) -> str:
    """Return the title of a bookmark: "4Attention" is "4 Attention"."""
    half = title[: len(title) // 2]
    if title == half + half:
        title = half
    return re.sub(r"^(\d+)(?=[^\d.\s])", r"\1 ", title)


def date() -> str:
    """Return today as a PDF has it, or SOURCE_DATE_EPOCH if that is set."""
    seconds = float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    return time.strftime("D:%Y%m%d%H%M%S+00'00'", time.gmtime(seconds))


def dead_links(reader: PdfReader) -> list[str]:
    """Return where links within the PDF lead that is no place in it."""
    names, dead = reader.named_destinations, []
    for number, page in enumerate(reader.pages, 1):
        for annotation in page.get("/Annots", None) or []:
            annotation = annotation.get_object()
            target = annotation.get("/Dest") or annotation.get("/A", {}).get("/D")
            if isinstance(target, str) and target not in names:
                dead.append(f"page {number}: {target}")
    return dead
