"""What a reader's eye would stumble over: widths, contrast, places, stray messages."""

import re

import pytest

from lib.book.chapters import ROOT

STATIC = ROOT / "book" / "_static"


def contrast(one, other):
    """The contrast of two colours, as WCAG defines it."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_marks_have_contrast(scheme):
    lost = (ROOT / "book" / "_templates" / "not_found.html").read_text("utf8")
    asked = re.findall(r"--asked: (#\w{6})", lost)[scheme == "dark"]
    paper = re.findall(r"--page: (#\w{6})", lost)[scheme == "dark"]
    base = (STATIC / "base.css").read_text("utf8")
    dots = re.findall(r"--c-green-text: (#\w{6})", base)[scheme == "dark"]
    assert contrast(asked, paper) >= 4.5
    assert contrast(dots, paper) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_comments_are_neither_the_loudest_words_of_code_nor_the_quietest(visit, scheme):
    page = visit("notebooks/04-attention", color_scheme=scheme)
    colours = page.evaluate("""() => {
      const found = {};
      for (const e of document.querySelectorAll("article .cell_input pre .line > span"))
        found[e.className] = getComputedStyle(e).color;
      found[""] = getComputedStyle(document.querySelector("article .highlight")).color;
      return found;
    }""")
    shades = {
        kind: contrast(hexed(colour), {"light": "#f5f2ec", "dark": "#1b2028"}[scheme])
        for kind, colour in colours.items()
    }
    comment = shades.pop("c1")
    assert min(shades.values()) - 1.5 < comment < max(shades.values()) - 1.5


def hexed(colour):
    return "#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", colour)[:3])


def test_a_first_visit_says_nothing_in_the_console(browser, server):
    context = browser.new_context()
    page, said = context.new_page(), []
    page.on("console", lambda m: said.append(m.text) if m.type != "log" else None)
    page.goto(f"{server}/book/index.html")
    page.wait_for_load_state("networkidle")
    context.close()
    assert said == []


def test_the_button_of_the_themes_speaks_british_english(visit):
    page = visit("book/index")
    button = page.locator(".theme-switch-button").first
    assert button.get_attribute("aria-label") == "Colour mode"
    assert button.get_attribute("data-bs-title") in (None, "Colour mode")


@pytest.mark.parametrize("name", ["01-predicting-the-next-word", "05-block"])
def test_plots_have_two_widths_and_captions_begin_where_they_do(visit, name):
    page = visit(f"notebooks/{name}")
    boxes = page.evaluate("""() => [...document.querySelectorAll("figure")]
      .filter((e) => e.querySelector(".gpt1-plot")).map((e) => {
        const plot = e.querySelector(".gpt1-plot").getBoundingClientRect();
        const words = e.querySelector("figcaption").getBoundingClientRect();
        return [Math.round(plot.width), plot.left - words.left];
      }).filter(([width]) => width)""")  # not those in whose place one can be moved
    assert len(boxes) > 2
    assert len({width for width, _ in boxes}) <= 2
    assert max(abs(apart) for _, apart in boxes) <= 8


def test_every_caption_begins_where_its_drawing_does_and_is_as_wide(visit):
    page = visit("notebooks/05-block")
    figure = page.locator("figure:has(> div > .gpt1-drawing)").first
    drawing = figure.locator(".gpt1-drawing").first.bounding_box()
    words = figure.locator("figcaption").bounding_box()
    assert abs(words["x"] - drawing["x"]) <= 8
    assert abs(words["width"] - drawing["width"]) <= 16
    short = page.locator("figcaption p").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().left"
        " - e.parentElement.getBoundingClientRect().left)"
    )
    assert max(short) <= 8, "none is centred"


def test_the_museums_figures_have_the_names_that_its_text_gives_them(visit):
    page = visit("notebooks/bug-museum")
    names = page.locator("figcaption .caption-number").all_inner_texts()
    assert [name.strip() for name in names] == [f"Figure M.{n}" for n in range(1, 8)]


def test_a_page_that_opens_is_laid_out_to_its_end_before_long(visit, site):
    end = "section:has(> h2):last-of-type"
    skipped = f"document.querySelectorAll('article {end}')[0].checkVisibility({{"
    skipped += "contentVisibilityAuto: true})"
    page = visit("notebooks/05-block")
    assert page.evaluate(skipped)
    high = page.evaluate("document.documentElement.scrollHeight")
    place = f"{site.as_uri()}/notebooks/05-block.html#what-to-read"
    page.goto("about:blank")
    page.goto(place)
    assert not page.evaluate("document.documentElement.matches('.is-opening')")
    assert page.evaluate("document.documentElement.scrollHeight") == high
    assert page.locator("#what-to-read").evaluate(
        "e => e.getBoundingClientRect().top < innerHeight"
    )


def test_what_the_model_writes_stands_on_paper(visit):
    page = visit("notebooks/08-training")
    stories = page.locator(".cell_output .story.sheet")
    assert stories.count() > 3
    assert stories.first.locator("p").count() > 0
    assert page.locator(".cell_output pre .story").count() == 0


def test_an_equation_has_a_link_to_itself_and_is_marked_when_led_to(visit):
    page = visit("notebooks/04-attention")
    links = page.locator(".equation > a.headerlink")
    assert links.count() >= 8
    link = links.nth(1)
    link.evaluate("e => e.click()")
    place = page.locator(".equation:target")
    assert "#" + place.get_attribute("id") == link.get_attribute("href")
    marked = "e => getComputedStyle(e).backgroundColor"
    assert place.evaluate(marked) != links.nth(2).evaluate(
        "e => getComputedStyle(e.parentElement).backgroundColor"
    )


def test_code_of_the_welcome_page_stands_under_the_sentence_that_announces_it(visit):
    page = visit("book/index")
    for name in ("what-you-will-have-built", "on-your-own-machine"):
        sentence = page.locator(f"#{name} > p").first.bounding_box()
        code = page.locator(f"#{name} > [class*=highlight-]").bounding_box()
        assert abs(sentence["x"] - code["x"]) < 2
        assert 0 <= code["y"] - sentence["y"] - sentence["height"] < 40


def test_the_benchmark_has_bars_and_this_package_stands_out(visit):
    page = visit("book/benchmarks")
    rates = page.locator("table.bars td.bar")
    assert rates.count() > 20
    found = rates.evaluate_all("""(cells) => cells.map((e) => [
      parseFloat(e.textContent.replace(",", "")),
      parseFloat(getComputedStyle(e, "::after").width),
    ])""")
    (rate, width), (other, shorter) = found[:2]
    assert shorter / width == pytest.approx(other / rate, abs=0.02)
    own = page.locator("tr.own th").first
    assert own.inner_text() == "this package"
    assert own.evaluate("e => getComputedStyle(e).fontWeight") == "700"


def test_the_benchmark_is_cards_with_words_on_a_phone(visit):
    page = visit("book/benchmarks", "phone")
    for box in page.locator("table.bars").all():
        assert box.evaluate("e => e.scrollWidth <= e.parentElement.clientWidth")
    label = 'e => getComputedStyle(e, "::before").content'
    cells = page.locator("table.bars td:visible").all()[:12]
    said = {cell.evaluate(label).strip('"') for cell in cells}
    assert {"tokens/s", "times as fast", "share of the limit"} <= said
