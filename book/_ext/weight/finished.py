"""What is done to the pages when all of them are written.

Each page names one style sheet and one script instead of fifty, and the scripts of the
figures that can be moved on it; its icons are drawings, and code is marked only where
it has a colour. A page that was not written anew is left as it is, but for the
addresses of style sheet and script, which follow their content.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path

from book._ext.weight.icons import Icons
from book._ext.weight.styles import VARIABLE, names_in, one_sheet

SHEET = re.compile(r'\s*<link [^>]*?href="([^"]+)"[^>]*rel="stylesheet"[^>]*>')
SHEET_TOO = re.compile(r'\s*<link [^>]*?rel="stylesheet"[^>]*href="([^"]+)"[^>]*>')
SCRIPT = re.compile(r'\s*<script\b[^>]*\bsrc="([^"]+)"[^>]*></script>')
PRELOAD = re.compile(r'\s*<link rel="preload" as="script"[^>]*>')
SET = re.compile(r"\s*<script>\s*DOCUMENTATION_OPTIONS\.[^<]*</script>")
OURS = re.compile(r"(_static/book\.(?:css|js))\?v=\w*")
# What the style sheet of code gives the colour of all code.
PLAIN = re.compile(r'<span class="(?:n|nn|nx|p|pm|w)">([^<]*)</span>')
AS_IT_IS = re.compile(
    r"(<pre\b.*?</pre>|<script\b.*?</script>|<style\b.*?</style>)", re.DOTALL
)
# Typefaces that are wanted soon, beside those in the style sheet. A page that was
# opened as a file may not preload.
FONTS = ["source-serif-4-latin-wght-italic", "source-code-pro-latin-wght-normal"]
MATH = "stix-two-math"
PRELOAD_FONTS = """<script>
if (location.protocol !== "file:") for (const name of {names}) {{
  const [rel, as, type] = ["preload", "font", "font/woff2"];
  const href = `{root}_static/fonts/${{name}}.woff2`;
  const link = document.createElement("link");
  document.head.append(Object.assign(link, {{ rel, as, type, crossOrigin: "", href }}));
}}
</script>
"""
# Those in the style sheet are unpacked while the page is read, not when it is shown.
READY = """<script>
for (const face of ["Serif 4", "Sans 3"]) document.fonts.load(`1em "Source ${face}"`);
</script>
"""
# A page that opens at its top, not at a place that was left or linked to.
OPENING = """<script>
const [opened] = performance.getEntriesByType("navigation");
if (!location.hash && opened?.type === "navigate")
  document.documentElement.classList.add("is-opening");
</script>
"""
# A licence, `/*!`, stays.
LINES = re.compile(
    r"^[ \t]*//.*\n|^[ \t]*/\*(?!!)[\s\S]*?\*/[ \t]*\n|^[ \t]+", re.MULTILINE
)
# What no page asks for any more.
NEEDLESS = ["scripts/fontawesome.js*", "vendor/fontawesome", "**/*.map"]
ICONS = ["scripts/fontawesome.js", "vendor/fontawesome/*/js/all.min.js"]
# What is printed keeps its lines, and needs no element for each.
PRINTED = re.compile(
    r'(<div class="output [^"]*"><div class="highlight"><pre>)(.*?)(?=</pre>)',
    re.DOTALL,
)
LINE = re.compile(r'<span class="line"[^>]*>([^<]*)</span>')
# Folders of styles and scripts that only the pages with their figures ask for.
APART = {"moving", "play"}
# Sphinx's own search, which the book's has replaced, and what no page has a use for.
UNUSED = {"searchtools.js", "language_data.js", "searchindex.js", "sphinx_highlight.js"}
UNUSED |= {"togglebutton.js", "design-tabs.js"}


def finish(app, exception):
    """Make all pages light, once the site is whole."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    texts = {path: path.read_text("utf8") for path in pages(out)}
    written = {path for path, text in texts.items() if is_new(text)}
    if written:
        script = next(path for one in ICONS for path in static.glob(one))
        icons = Icons(script.read_text("utf8"))
        sheets, scripts = [], []
        for path in sorted(written):
            texts[path] = light(path, texts[path], out, sheets, scripts)
            texts[path] = icons.inline(texts[path])
        js = together(scripts)
        theirs = {"bootstrap", "fontawesome"}  # which know of much that no page has
        speaking = [path for path in scripts if path.stem not in theirs]
        speaking += apart(static, ".js")
        said = "".join(path.read_text("utf8") for path in speaking)
        names = set(re.findall(r"[\w-]+", said)).union(*map(names_in, texts.values()))
        names.update(*map(VARIABLE.findall, texts.values()))
        own = {Path(name).name for name, _ in app.config.html_css_files}
        css = one_sheet(static, sheets, names, own)
        versions = {}
        for name, content in [("book.css", css), ("book.js", js)]:
            (static / name).write_text(content, "utf8", newline="\n")
            digest = hashlib.sha256(content.encode()).hexdigest()[:8]
            versions[f"_static/{name}"] = digest
        for path, text in texts.items():
            text = OURS.sub(lambda m: f"{m[1]}?v={versions[m[1]]}", text)
            path.write_text(text, "utf8", newline="\n")
    for path in apart(static, ".js", ".css"):
        path.write_text(LINES.sub("", path.read_text("utf8")), "utf8", newline="\n")
    for pattern in NEEDLESS:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def apart(static, *kinds):
    """Return the files that only some pages ask for."""
    found = (path for folder in APART for path in (static / folder).iterdir())
    return sorted(path for path in found if path.suffix in kinds)


def pages(out):
    """Return the built pages; those in `_static` are the theme's."""
    found = (path.relative_to(out) for path in out.rglob("*.html"))
    return [out / path for path in found if path.parts[0] != "_static"]


def is_new(text):
    return "</head>" in text and "pydata-sphinx-theme.css" in text


def light(path, text, out, sheets, scripts):
    """Return a page with one style sheet and one script; note which these were."""
    head, end, body = text.partition("</head>")
    root = "../" * (len(path.relative_to(out).parts) - 1)
    for pattern in (SHEET, SHEET_TOO):
        head = take(pattern, head, path, sheets)
    head = PRELOAD.sub("", head)
    names = json.dumps([*FONTS, MATH] if "<math" in body else FONTS)
    head = head.replace(
        "<title>", PRELOAD_FONTS.format(names=names, root=root) + "<title>", 1
    )
    head += f'<link rel="stylesheet" href="{root}_static/book.css?v=">\n{READY}'
    head += OPENING
    head = take(SCRIPT, SET.sub("", head), path, scripts)
    body = take(SCRIPT, body, path, scripts)
    head += f'<script defer src="{root}_static/book.js?v="></script>\n'
    body = PRINTED.sub(lambda m: m[1] + LINE.sub(r"\1", m[2]), body)
    return trimmed(head + end + PLAIN.sub(r"\1", body))


def trimmed(text):
    """Return a page without indentation and empty lines, but for what is set as is."""
    parts = AS_IT_IS.split(text)
    parts[::2] = [re.sub(r"\s*\n\s*", "\n", part) for part in parts[::2]]
    return "".join(parts).replace('<svg xmlns="http://www.w3.org/2000/svg"', "<svg")


def take(pattern, text, path, taken):
    """Take out what a pattern finds, and note its file."""

    def note(match):
        file = (path.parent / match[1].partition("?")[0]).resolve()
        if file.parent.name in APART:
            return match[0]
        if file not in taken and file.name not in UNUSED:
            taken.append(file)
        return ""

    return pattern.sub(note, text)


def together(scripts):
    """Return the scripts as one, without indents and comments on lines of their own."""
    left = [path for path in scripts if "fontawesome" not in path.as_posix()]
    texts = (LINES.sub("", path.read_text("utf8")).strip() for path in left)
    return "".join(f"{text}\n;\n" for text in texts)


def setup(app):
    # After the theme, which writes its colours of code then.
    app.connect("build-finished", finish, priority=900)
