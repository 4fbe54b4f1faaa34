"""What others see of a page: its description, and a card where its link is shared.

Every page gets a description (its first paragraph, shortened), its full address, the
social card and the icons. The site gets a first page that leads to the welcome page,
and a page for addresses that lead nowhere, `404.html`, which GitHub Pages shows at any
depth and which therefore names everything from the root of the host.

The book's address is the `baseurl` of _config.yml, which `make address` keeps.
"""

import re
from html import escape
from pathlib import Path

from docutils import nodes

NOT_FOUND = Path(__file__).with_name("not_found.html")
CARD = "_static/social-card.png"
CARD_SIZE = (1200, 630)
CARD_ALT = "GPT-1 From Scratch: the title, and a drawing of the whole model"
ICONS = {"alternate icon": "favicon.png", "apple-touch-icon": "apple-touch-icon.png"}
LONGEST = 240
DEFAULT = "A book of notebooks that rebuilds GPT-1 in PyTorch from a blank page."

FIRST_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{tags}
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{address}">
<link rel="icon" href="_static/favicon.svg">
</head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""


def shortened(text):
    """Return the sentences that fit, or as many words as do, on one line."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    text = text[:LONGEST]
    ends = [match.end() for match in re.finditer(r"[.?!](?= [A-Z])", text)]
    if ends and ends[-1] > LONGEST / 3:
        return text[: ends[-1]]
    return text.rpartition(" ")[0].rstrip(",;:") + " …"


def first_paragraph(doctree):
    """Return the first paragraph of running text, as text."""
    for paragraph in doctree.findall(nodes.paragraph):
        inside = (nodes.section, nodes.document, nodes.container)
        words = paragraph.astext()
        if isinstance(paragraph.parent, inside) and len(words) > 40:
            return words
    return DEFAULT


def tag(kind, name, content):
    return f'<meta {kind}="{name}" content="{escape(str(content))}">'


def card(title, description, address, site):
    """Return the tags that describe a page to search engines and to other sites."""
    width, height = CARD_SIZE
    tags = {
        "og:type": "website",
        "og:site_name": site["title"],
        "og:title": title,
        "og:description": description,
        "og:url": address,
        "og:image": site["address"] + CARD,
        "og:image:width": width,
        "og:image:height": height,
        "og:image:alt": CARD_ALT,
    }
    made = [tag("name", "description", description)]
    made += [tag("property", name, content) for name, content in tags.items()]
    return "\n".join([*made, tag("name", "twitter:card", "summary_large_image")])


def site_of(app):
    """The book's title, and its address on the web."""
    return {"title": app.config.html_title, "address": app.config.html_baseurl}


def describe(app, name, template, context, doctree):
    """Add a page's tags to its head."""
    title = app.env.titles.get(name)
    title = title.astext() if title is not None else context.get("title", "")
    site = site_of(app)
    if title != site["title"]:
        title = f"{re.sub('<.*?>', '', title)} · {site['title']}"
    described = shortened(first_paragraph(doctree)) if doctree else DEFAULT
    address = f"{site['address']}{name}.html"
    icons = [
        f'<link rel="{kind}" href="{context["pathto"](f"_static/{file}", 1)}">'
        for kind, file in ICONS.items()
    ]
    tags = "\n".join([card(title, described, address, site), *icons])
    context["metatags"] = f"{context.get('metatags', '')}\n{tags}\n"


def write_pages(app, exception):
    """Write the first page of the site and the page for addresses that lead nowhere."""
    if exception or app.builder.name != "html":
        return
    site, root = site_of(app), app.config.root_doc
    page = f"{root}.html"
    described = shortened(first_paragraph(app.env.get_doctree(root)))
    address = site["address"] + page
    first = FIRST_PAGE.format(
        title=escape(site["title"]),
        tags=card(site["title"], described, address, site),
        page=page,
        address=address,
    )
    out = Path(app.outdir)
    (out / "index.html").write_text(first, "utf8", newline="\n")
    base = "/" + site["address"].partition("//")[2].partition("/")[2]
    lost = NOT_FOUND.read_text("utf8").replace("{base}", base)
    lost = lost.replace("{title}", escape(site["title"]))
    (out / "404.html").write_text(lost, "utf8", newline="\n")


def setup(app):
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
