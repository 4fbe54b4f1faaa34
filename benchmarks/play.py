"""How large and how fast the page is on which the model writes.

    python -m benchmarks.play

It opens the built book in a browser and prints a table. Frames are those that the
browser shows, before and while the model writes at its usual pace; without a graphics
card they are painted by the processor, which also computes. The page's own time for a
token is that of its main thread: script, layout and paint, without the model.
"""

from __future__ import annotations

import sys

from book._ext.pages.play import PAGE as NAME, SCRIPTS
from scripts.site.browser import BrowserMissingError, launch
from scripts.site.build import BUILD

PAGE = BUILD / "html" / f"{NAME}.html"
FILES = BUILD / "html" / "_static" / "play"
STATE = "#begin=Fern&temperature=0.7&k=40"
THERE = "document.querySelector('.play-bars:not(.is-empty)')"

# The model once more, beside the page's own, whose worker nobody can ask for times.
COMPUTE = """async (tokens) => {
  const { src } = document.querySelector("script[src*='weights.js']");
  const script = document.createElement("script");
  await new Promise((onload) => {
    document.head.append(Object.assign(script, { src, onload }));
  });
  const start = performance.now();
  const model = gpt1.makeModel(gpt1.stored.config, await gpt1.unpack(gpt1.stored));
  const unpacked = performance.now();
  const times = [];
  for (let id = 1; id <= tokens; id += 1) {
    const start = performance.now();
    model.step(id);
    gpt1.candidates(model.logits(id - 1), { temperature: 0.7, k: 40 });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return [unpacked - start, times[tokens >> 1], times[Math.floor(0.95 * tokens)]];
}"""
FRAMES = """(milliseconds) => new Promise((done) => {
  const times = [], start = performance.now();
  function note(time) {
    times.push(time);
    if (performance.now() - start < milliseconds) requestAnimationFrame(note);
    else done((1000 * (times.length - 1)) / (times.at(-1) - times[0]));
  }
  requestAnimationFrame(note);
})"""
WRITE = """[...document.querySelectorAll(".play button")]
  .find((button) => button.innerText === "Write").click()"""
COUNT = "document.querySelectorAll('.play-story label:not([hidden])').length"


def measure(browser, tokens=200, milliseconds=4000):
    """The rows of the table: what was measured, and its value.

    Args:
        browser: one that is running, see `scripts.site.browser.launch`.
        tokens: how many the model reads, up to its context.
        milliseconds: how long frames are counted.

    Raises:
        FileNotFoundError: the book is not built.
    """
    if not PAGE.is_file():
        raise FileNotFoundError("the book is not built: run  make book  first")
    size = (FILES / "weights.js").stat().st_size
    scripts = [
        FILES.parent / name for name in SCRIPTS[NAME] if name.startswith("play/")
    ]
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(PAGE.as_uri() + STATE)
    page.wait_for_function(THERE)
    unpack, median, slow = page.evaluate(COMPUTE, tokens)
    still = page.evaluate(FRAMES, milliseconds)
    own = page.context.new_cdp_session(page)
    own.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = busy(own), page.evaluate(COUNT)
    page.evaluate(WRITE)
    frames = page.evaluate(FRAMES, milliseconds)
    written = page.evaluate(COUNT) - before[1]
    spent = 1000 * (busy(own) - before[0])
    page.close()
    return {
        "model, MB": f"{size / 1e6:.2f}",
        "scripts and style, KB": f"{sum(f.stat().st_size for f in scripts) / 1e3:.0f}",
        "unpacking, ms": f"{unpack:.0f}",
        f"a token, ms (median of {tokens})": f"{median:.1f}",
        "a token, ms (95 of 100 take less)": f"{slow:.1f}",
        "the page's own time for a token, ms": f"{spent / max(written, 1):.1f}",
        "frames a second before it writes": f"{still:.0f}",
        "frames a second while it writes": f"{frames:.0f}",
    }


def busy(session):
    """The seconds that a page's main thread has computed."""
    found = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in found if one["name"] == "TaskDuration")


def main():
    try:
        with launch() as browser:
            rows = measure(browser)
    except (FileNotFoundError, BrowserMissingError) as error:
        sys.exit(str(error))
    print("| what | value |\n|---|---|")
    for row in rows.items():
        print("| {} | {} |".format(*row))


if __name__ == "__main__":
    main()
