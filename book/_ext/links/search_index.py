"""What the search shows: chapters with their numbers, and each place once.

Sphinx lists the entries of the general index as well, under the title of their page
alone. All of them are listed by name too (`places`, and the package's reference), so
they are left out here.
"""

from sphinx.search import IndexBuilder


def numbered(feed):
    def feed_numbered(self, docname, filename, title, doctree):
        titled = self.env.titles[docname]
        if number := titled.get("secnumber"):
            title = f"{number[0]}. {titled.astext()}"
        feed(self, docname, filename, title, doctree)
        self._all_titles[docname][:1] = [(title, None)]

    return feed_numbered


def by_name(freeze):
    def freeze_by_name(self):
        return {**freeze(self), "indexentries": {}}

    return freeze_by_name


def extend():
    IndexBuilder.feed = numbered(IndexBuilder.feed)
    IndexBuilder.freeze = by_name(IndexBuilder.freeze)
