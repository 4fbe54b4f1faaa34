"""The theme's icons as drawings in the page.

The theme names its icons by classes, `<i class="fas fa-rocket">`, and a script of
1.5 MB with three fonts draws them. All icons are in that script as paths: those that
the pages name are put in their place.
"""

import re
from functools import cache

ICON = re.compile(r'<(i|span) class="([^"]*\bfa-[^"]*)"([^>]*)></\1>')
PATH = r'[{{,]"?{}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"\]'
SETS = re.compile(r"fa[bsr]|fa-(?:solid|regular|brands)")


class Icons:
    """The icons of Font Awesome, read from its own script."""

    def __init__(self, script):
        self.script = script

    @cache  # noqa: B019
    def path(self, name):
        """Return width, height and path; of several forms the solid, which is last."""
        found = re.findall(PATH.format(re.escape(name)), self.script)
        return found[-1] if found else None

    def inline(self, html):
        """Put a drawing in the place of each icon."""
        return ICON.sub(self.drawing, html)

    def drawing(self, match):
        classes, more = match[2].split(), match[3]
        names = [c[3:] for c in classes if c.startswith("fa-")]
        found = next(filter(None, map(self.path, names)), None)
        if found is None:
            raise ValueError(f"the theme has no icon {match[2]!r}")
        wide, high, path = found
        kept = [c for c in classes if not SETS.fullmatch(c)]
        more = re.sub(r'\s*title="[^"]*"', "", more).rstrip()
        names, box = " ".join(["svg-inline--fa", *kept]), f"0 0 {wide} {high}"
        return (
            f'<svg class="{names}"{more} viewBox="{box}" aria-hidden="true">'
            f'<path fill="currentColor" d="{path}"/></svg>'
        )
