"""A table's corner, above names of rows and beside names of columns, is no head."""

import re

CORNER = re.compile(r'<th class="head([^"]*)"><p></p></th>')


def mend(app, page, template, context, doctree):
    if "body" in context:
        context["body"] = CORNER.sub(r'<td class="head\1"></td>', context["body"])
