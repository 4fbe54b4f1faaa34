"""Find Chromium or Chrome on this machine, and start it for commands and tests.

    with launch() as browser:
        page = browser.new_page()

Nothing is downloaded: any Chromium, Chrome or Edge that is installed serves. `CHROMIUM`
names one that is not on the path.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
PROGRAMS += ["chrome", "msedge", "microsoft-edge"]
# Where macOS and Windows install them, which is on nobody's path.
MAC = "/Applications/{0}.app/Contents/MacOS/{0}"
PLACES = [MAC.format(name) for name in ("Google Chrome", "Chromium", "Microsoft Edge")]
PLACES += [
    rf"%{folder}%\Google\Chrome\Application\chrome.exe"
    for folder in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")
]
PLACES += [r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe"]
# Ask nobody for anything, and look the same on every machine.
QUIET = ["--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-gpu", "--disable-sync", "--no-first-run"]
MISSING = (
    "no Chromium or Chrome is installed, and CHROMIUM names none "
    "(Debian, Ubuntu: apt install chromium)"
)


class BrowserMissingError(RuntimeError):
    """There is no browser, or no driver for it. The text is for the user: one line."""


def find() -> str | None:
    """Return the path of a browser; None where there is none.

    If CHROMIUM is set, it is the only one that is tried.
    """
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    if found := next(filter(None, map(shutil.which, PROGRAMS)), None):
        return found
    places = [os.path.expandvars(place) for place in PLACES]
    return next((place for place in places if Path(place).is_file()), None)


@contextmanager
def launch(
    *options: str, program: str | None = None, driver: Playwright | None = None
) -> Iterator[Browser]:
    """Start the browser, without a window; it is closed at the end of the block.

    Args:
        options: more of the browser's own options, such as `--force-color-profile`.
        program: the path of the browser; None is the one that `find` finds.
        driver: a Playwright that runs already, of which a thread can have one only;
            None starts one for the block.

    Raises:
        BrowserMissingError: no browser is installed, or Playwright is not.
    """
    if (program := program or find()) is None:
        raise BrowserMissingError(MISSING)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        message = 'Playwright is not installed: pip install -e ".[dev]"'
        raise BrowserMissingError(message) from None
    arguments = [*QUIET, *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # root, as in containers, has none
    with nullcontext(driver) if driver else sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
