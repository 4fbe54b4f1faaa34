"""One set of names for the whole book, and links that lead to them.

On the site every page has names of its own, and a link names a page and a place on it.
In one document a name can be given once: `intro` of the page `04-attention` becomes
`04-attention--intro`, and every link within the book follows.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from scripts.editions.pages import Page

# Attributes that name another element of the same page.
NAMING = ["for", "aria-labelledby", "aria-describedby", "headers"]
URL = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")


class Names:
    """Gives the names and links of one book; pages outside it are at a public address.

    Args:
        pages: the pages of the book.
        site: where the built site is, as an address; pictures are loaded from there.
        public: where the book is on the web.
    """

    def __init__(self, pages: list[Page], site: str, public: str):
        self.pages = {f"{page.name}.html": page for page in pages}
        self.site, self.public = site, public

    def rename(self, page: Page) -> None:
        """Give a page's elements their names in the document, and turn its links."""
        for tag in page.article.find_all(True):
            if tag.get("id"):
                tag["id"] = page.place(tag["id"])
            if tag.name == "a" and tag.get("name"):
                tag["id"] = page.place(tag.attrs.pop("name"))
            for attribute in NAMING:
                if tag.get(attribute):
                    names = tag[attribute]
                    names = names.split() if isinstance(names, str) else names
                    tag[attribute] = " ".join(page.place(n) for n in names)
            if tag.name == "a" and tag.get("href") is not None:
                self.turn(page, tag)
            elif tag.name in ("img", "image") and tag.get("src"):
                tag["src"] = f"{self.site}/{self.path(page, tag['src'])}"
            else:
                self.turn_drawing(page, tag)
        page.article["id"] = page.key

    def turn(self, page: Page, link: Tag) -> None:
        """Turn a link to its place in the document; mark those that leave the book."""
        address = link["href"]
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            shown = link.get_text().strip().rpartition(":")[2]
            kind = "bare" if shown and shown in address else "elsewhere"
            link["class"] = [*link.get("class", []), kind]
            return
        name = self.path(page, unquote(parts.path)) if parts.path else None
        target = self.pages.get(name) if name else page
        if target is None:
            fragment = f"#{parts.fragment}" if parts.fragment else ""
            link["href"] = f"{self.public}/{name}{fragment}"
            return
        # With "=" it is a state that only the page on the web has.
        fragment = "" if "=" in parts.fragment else unquote(parts.fragment)
        link["href"] = f"#{target.place(fragment) if fragment else target.key}"
        if target is not page:
            link["class"] = [*link.get("class", []), "to-page"]

    def turn_drawing(self, page: Page, tag: Tag) -> None:
        """Turn what a drawing's elements name: clips, gradients and re-used shapes."""
        for attribute, value in tag.attrs.items():
            if not isinstance(value, str):
                continue
            if attribute in ("href", "xlink:href") and value.startswith("#"):
                tag[attribute] = f"#{page.place(value[1:])}"
            elif "url(" in value:
                tag[attribute] = URL.sub(rf"url(#{page.key}--\1)", value)

    @staticmethod
    def path(page: Page, address: str) -> str:
        """Return the path from the site's root of what a page names by a path."""
        if urlsplit(address).scheme:
            return address
        return posixpath.normpath(posixpath.join(posixpath.dirname(page.name), address))
