"""What the tests in a browser share: the pages, the sizes, a server, and axe-core."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lib.book.chapters import CONTENTS

# Not in the contents. The page for what is not found has addresses from a server's
# root: test_sharing.py looks at it there.
MADE = ["genindex", "py-modindex", "search"]
PAGES = [*CONTENTS, *MADE]
SIZES = {"screen": (1280, 900), "phone": (390, 844)}
# What may be wider than the column scrolls in one of these.
BOXES = "pre, .cell_output .output, .pst-scrollable-table-container, div.math > math"
AXE = Path(__file__).parents[2] / "vendor" / "axe-core" / "axe.min.js"

# A page whose article has its headings, where the contents lead, and what a selector
# names.
CUT = """([html, only]) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const kept = [...page.querySelectorAll(`article :is(${only})`)];
  for (const e of page.querySelectorAll("article *:not(section, h1, h2, h3)"))
    if (!kept.some((k) => k.contains(e) || e.contains(k))) e.remove();
  return "<!doctype html>" + page.documentElement.outerHTML;
}"""
CUTS: dict[tuple, str] = {}
"""What was cut out of a page, by its file, that file's time and the part's selector."""

OPENED = "!document.documentElement.matches('.is-opening')"
"""All of a page is laid out; custom.js does it after the first screens."""


class Silent(SimpleHTTPRequestHandler):
    """Serve files, as any static server does, and say nothing."""

    def log_message(self, *_):
        pass


class Late(Silent):
    """The same, but typefaces come half a second late, as from far away."""

    def do_GET(self):
        if self.path.endswith(".woff2"):
            time.sleep(0.5)
        super().do_GET()


@contextmanager
def serving(folder: Path, handler: type = Silent) -> Iterator[str]:
    """Serve a folder on a free port; the block gets the address."""
    handler = partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@contextmanager
def visits(browser, site: Path) -> Iterator[Callable]:
    """Let the block open pages of the book, and close them at its end.

    Each page has a list of its requests, `asked`, what went wrong
    with them, `failed`, and what the browser calls an error, `wrong`.
    A chapter takes a second or two; who looks at a part of it names the part in
    `only`, a selector, and gets the page with headings and nothing else in its article.
    """
    contexts = []

    def cut(name, only):
        path = site / f"{name}.html"
        key = path, path.stat().st_mtime_ns, only
        if key not in CUTS:
            contexts.append(browser.new_context())
            given = [path.read_text("utf8"), only]
            CUTS[key] = contexts[-1].new_page().evaluate(CUT, given)
        return CUTS[key]

    def open_page(name, size="screen", *, at=None, script=True, only=None, **options):
        view = dict(zip(("width", "height"), SIZES[size], strict=True))
        options |= {"viewport": view, "java_script_enabled": script}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.failed, page.wrong = [], [], []
        page.on("console", lambda said: note_error(page, said))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.failed.append(str(error)))
        page.on("requestfailed", lambda request: note_failure(page, request))
        page.on("response", lambda answer: note_status(page, answer))
        address = f"{at or site.as_uri()}/{name}.html"
        if only:
            html = {"body": cut(name, only), "content_type": "text/html; charset=utf-8"}
            page.route(address, lambda route: route.fulfill(**html))
        page.goto(address)
        if script:
            page.wait_for_function(OPENED)
        return page

    yield open_page
    for context in contexts:
        context.close()


def note_failure(page, request) -> None:
    """Write down what did not come, but for what the browser gives up on leaving."""
    if request.failure != "net::ERR_ABORTED":
        page.failed.append(request.url)


def note_error(page, said) -> None:
    if said.type == "error":
        page.wrong.append(said.text)


def note_status(page, answer) -> None:
    if answer.status >= 400:
        page.failed.append(answer.url)


# A chapter has ten thousand elements, most of them in code and formulas, and axe-core
# takes seconds for them. Formulas, which it knows nothing about, are emptied. Code and
# the headings of the package's reference keep the first of all words that look alike:
# elements of the same classes within elements of the same classes. Boxes keep their
# size. Of drawings, the title and the description are left:
# axe-core does not judge the colours in them. Nor does it on a shade, which goes, too.
THIN_OUT = """() => {
  const seen = new Set(), empty = [...document.querySelectorAll("math")];
  const boxes = [...document.querySelectorAll("pre, dt.sig")], repeated = [];
  for (const box of boxes) {
    let above = "", isNew = false;
    for (let e = box; e; e = e.parentElement) above += e.className + ">";
    const shown = box.checkVisibility();
    for (const e of [box, ...box.querySelectorAll("*")]) {
      const look = [e.className, e.parentElement.className, above].join();
      if (shown && e.textContent && !seen.has(look)) isNew = seen.add(look);
      else if (e !== box && !e.firstElementChild) repeated.push(e);
    }
    if (!isNew) empty.push(box);
  }
  const heights = boxes.map((e) => e.getBoundingClientRect().height);
  const sizes = empty.map((e) => e.getBoundingClientRect());
  document.querySelectorAll("svg > :not(title, desc)").forEach((e) => e.remove());
  repeated.forEach((e) => e.remove());
  boxes.forEach((e, i) => {
    // It judges no colours above a picture, such as the line beside code that goes on.
    for (const part of [e, ...e.querySelectorAll("*")]) {
      part.style.backgroundImage = "none";
    }
    e.style.minHeight = `${heights[i]}px`;
  });
  empty.forEach((e, i) => {
    const { width, height } = sizes[i];
    e.replaceChildren();
    const size = `width: ${width}px; height: ${height}px`;
    if (width) e.style = `display: inline-block; ${size}`;
  });
}"""
RUN = """async (options) => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"], ...options
  });
  return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => [
    impact, id, node.target.flat().join(" "), node.html.slice(0, 200),
    [...node.any, ...node.all, ...node.none].map((c) => c.message).join("; "),
  ]));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]


LIGHT = ("light", {})
DARK = ("dark", {"runOnly": {"type": "rule", "values": COLOURS}})
# Links and buttons have to be large enough (WCAG 2.2; axe-core leaves this rule off).
FINGERS = {"target-size": {"enabled": True}}
FINGERS = ("light", {"rules": FINGERS | {rule: {"enabled": False} for rule in COLOURS}})


def violations(page, *judged: tuple[str, dict]) -> list[tuple[str, ...]]:
    """Return what axe-core has against an open page.

    The themes have the same elements in the same places, and a phone the same colours
    as a screen. The theme is switched as the page's own button does. The page has to be
    without transitions (`reduced_motion`), else the colours on the way would be judged.

    Args:
        page: an open page of the book.
        judged: of `LIGHT` (all rules), `DARK` (those about colours) and `FINGERS` (on
            a phone: all others, and the size of what is touched).

    Returns:
        One tuple for each finding: impact, rule, place, element and what is wrong.
    """
    page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    page.evaluate(THIN_OUT)
    found = []
    for theme, rules in judged:
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        found += [(*f, theme) for f in page.evaluate(RUN, rules)]
    return found
