"""Take the README's picture of the built book: `make book`, then

    python -m scripts.screenshot

It needs Chromium or Chrome on the path, or its path in CHROMIUM.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "_build" / "html" / "book" / "index.html"
PICTURE = ROOT / "book" / "images" / "screenshot.png"
PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "chrome", "msedge"]
OPTIONS = ["--disable-background-networking", "--disable-component-update"]
OPTIONS += ["--disable-gpu", "--disable-sync", "--no-first-run"]
WIDTH, HEIGHT, SCALE = 1600, 1110, 0.8


def main() -> None:
    if not PAGE.exists():
        sys.exit("the book is not built: run  make book  first")
    named = [os.environ.get("CHROMIUM", ""), *PROGRAMS]
    program = next(filter(None, map(shutil.which, filter(None, named))), None)
    if program is None:
        sys.exit("no Chromium or Chrome on the path, and CHROMIUM names none")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    options = [*OPTIONS, *(["--no-sandbox"] if root else [])]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=options)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=SCALE,
            color_scheme="light",
        )
        page.goto(PAGE.as_uri())
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"wrote {PICTURE.relative_to(ROOT)}, {PICTURE.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
