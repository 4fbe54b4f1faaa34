"""What the tests of the page with the live model share: opening it, and reading it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

PAGE = "book/play"
CHIPS = ".play-story label:not([hidden])"
THERE = "document.querySelector('.play-bars:not(.is-empty)')"
IDLE = """() => document.querySelector('.play-bars:not(.is-empty)') &&
  [...document.querySelectorAll('.play button')].some((e) => e.innerText === 'Write')"""
DATA = re.compile(
    r'(<script type="application/json" data-moving="play">)(.*?)(</script>)'
)


@contextmanager
def playing(browser, site: Path) -> Iterator[Callable]:
    """Let the block open the page, with a state in its address or other data in it."""
    contexts = []

    def opened(state="", *, change=None, routes=(), width=1280, script=None, **options):
        view = {"width": width, "height": 900}
        options = {"reduced_motion": "reduce", "viewport": view} | options
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        if script:
            page.add_init_script(script)
        address = (site / f"{PAGE}.html").as_uri()
        if change:
            html = DATA.sub(change, (site / f"{PAGE}.html").read_text("utf8"))
            page.route(address, lambda route: route.fulfill(**as_html(html)))
        for pattern, answer in routes:
            page.route(pattern, answer)
        page.goto(address + state)
        page.play = page.locator(".moving.play")
        page.say = page.play.get_by_role("status")
        return page

    yield opened
    for context in contexts:
        context.close()


def as_html(text):
    return {"body": text, "content_type": "text/html; charset=utf-8"}


def state(**values):
    """The part of an address that names a state."""
    return "#" + urlencode(values)


def tokens(page):
    """The story, token by token."""
    found = page.locator(f"{CHIPS} > span").evaluate_all(
        "all => all.map((e) => e.textContent)"
    )
    return [token.replace("⏎", "\n") for token in found]


def bars(page):
    """What is written beside the bars: token, chance, and the grammar's if there is."""
    rows = page.locator(".play-bars li:not([hidden]) button").evaluate_all(
        """all => all.map((e) => [".play-word", ".play-chance", ".play-truth"]
          .map((part) => e.querySelector(part).textContent))"""
    )
    return [[row[0].replace("␣", " ").replace("⏎", "\n"), *row[1:]] for row in rows]


def focused(page):
    return page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
