"""Every figure is described, fits a phone, follows the theme, and stays small."""

import re
from io import StringIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from book._ext.pages.cells import read
from book._ext.pictures.page_plots import (
    LARGER,
    is_plot,
    page_plot,
    share_style,
    short,
    turned,
)
from gpt1.pictures.colours import NEUTRALS, PALETTE
from gpt1.pictures.model import model_drawing
from lib.book.chapters import EVERY, ROOT, code_cells, name
from scripts.site.icons import DRAWING

SVG = "{http://www.w3.org/2000/svg}"
PHONE, LEAST = 340, 8
"""How wide a drawing is on a phone of 390 pixels, and how high its text must be."""
LEAST_IN_PLOTS = 11
SIDES = re.compile(r"\b(Left|Middle|Right):|\b[Oo]n the (left|right)\b")


def pictures(path):
    """The cells of a notebook that show something, each with its SVGs and bitmaps."""
    for cell in read(path.read_text("utf8")).cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for kind in data:
                if kind.startswith("image/"):
                    yield cell, kind, "".join(data[kind])


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_plot_has_a_caption_and_words_for_who_cannot_see_it(path):
    for cell, kind, picture in pictures(path):
        assert kind == "image/svg+xml", cell["source"][-200:]
        about = cell["metadata"].get("mystnb", {})
        if is_plot(picture):
            assert len(about["image"]["alt"]) > 60, cell["source"][:100]
            assert len(about["figure"]["caption"]) > 60, cell["source"][:100]
            assert about["figure"]["name"]
        else:
            assert 'class="gpt1-drawing' in picture


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_drawing_is_stored_with_words_and_not_as_html_which_github_drops(path):
    for _, _, picture in pictures(path):
        if not is_plot(picture):
            root = ElementTree.fromstring(picture)
            for svg in root.findall(f"{SVG}svg") or [root]:
                assert svg.get("role") == "img"
                assert len(svg.get("aria-label")) > 60
                assert len(svg.findtext(f"{SVG}title")) > 3
                assert len(svg.findtext(f"{SVG}desc")) > 40
    for output in [out for cell in code_cells(path) for out in cell["outputs"]]:
        assert "<svg" not in "".join(output.get("data", {}).get("text/html", ""))


def smallest_text(svg):
    """The height of the smallest text of a drawing on a phone, in pixels."""
    root = ElementTree.fromstring(svg)
    units = float(root.get("viewBox").split()[2])
    scale = min(PHONE, float(root.get("width"))) / units
    sizes = [float(text.get("font-size")) for text in root.iter(f"{SVG}text")]
    return scale * min(sizes, default=99.0)


def drawings(picture):
    """The SVGs that a page shows for a stored drawing, each by itself."""
    root = ElementTree.fromstring(picture)
    inner = root.findall(f"{SVG}svg") or [root]
    return [ElementTree.tostring(svg, encoding="unicode") for svg in inner]


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_text_in_drawings_can_be_read_on_a_phone(path):
    drawn = [p for _, _, p in pictures(path) if not is_plot(p)]
    sizes = [smallest_text(svg) for picture in drawn for svg in drawings(picture)]
    assert min(sizes, default=LEAST) >= LEAST


SEEN = """() => [...document.querySelectorAll(".gpt1-plot")]
  .filter((plot) => plot.checkVisibility()).map((plot) => {
  const texts = [...plot.querySelectorAll("text")].filter((e) => e.checkVisibility());
  const heights = texts.map((e) => {
    const { a, b } = e.getScreenCTM();
    return Math.hypot(a, b) * parseFloat(getComputedStyle(e).fontSize);
  });
  const panels = [...plot.querySelectorAll("svg")].filter((e) => e.checkVisibility());
  return {
    least: Math.min(...heights),
    lefts: panels.map((e) => e.getBoundingClientRect().left),
    tops: panels.map((e) => e.getBoundingClientRect().top),
  };
})"""


@pytest.mark.parametrize("page", ["01-predicting-the-next-word", "05-block"])
def test_text_in_plots_is_readable_on_a_phone_where_panels_are_stacked(visit, page):
    phone = visit(f"notebooks/{page}", "phone", only="figure")
    plots = phone.evaluate(SEEN)
    assert len(plots) > 1
    assert min(plot["least"] for plot in plots) >= LEAST_IN_PLOTS
    cut = [plot["tops"] for plot in plots if plot["tops"]]
    assert cut
    assert all(tops == sorted(set(tops)) for tops in cut)
    plots = visit(f"notebooks/{page}", only="figure").evaluate(SEEN)
    assert all(len(set(plot["tops"])) <= 1 for plot in plots)
    assert all(plot["lefts"] == sorted(set(plot["lefts"])) for plot in plots)


DRAWN = """() => [...document.querySelectorAll("svg.gpt1-drawing")].map((drawing) => {
  const box = (e) => e.getBoundingClientRect();
  const texts = [...drawing.querySelectorAll("text")].filter((e) => box(e).width);
  const boxes = [...drawing.querySelectorAll("rect:not(.g-heat)")].map(box);
  const scale = drawing.getScreenCTM().a;
  return {
    least: scale * Math.min(
      ...texts.map((e) => parseFloat(getComputedStyle(e).fontSize))),
    crossing: texts.filter((e) => {
      if (e.hasAttribute("transform")) return false;  // turned, beside a line
      const { left, right, top, bottom } = box(e);
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      const around = boxes.filter((b) =>
        b.left < x && x < b.right && b.top < y && y < b.bottom);
      const inner = Math.min(...around.map((b) => b.width));
      return around.some((b) =>
        b.width === inner && (left < b.left || right > b.right));
    }).map((e) => e.textContent),
  };
})"""


@pytest.mark.parametrize(
    "page", ["04-attention", "07-counting", "13-fine-tuning", "15-looking-inside"]
)
def test_text_in_drawings_is_readable_on_a_phone_and_stays_in_its_box(visit, page):
    drawn = visit(f"notebooks/{page}", "phone", only=".gpt1-drawing").evaluate(DRAWN)
    assert len(drawn) > 1
    assert min(each["least"] for each in drawn) >= LEAST_IN_PLOTS
    assert [text for each in drawn for text in each["crossing"]] == []


CROSSING = """() => [...document.querySelectorAll(".gpt1-plot")].flatMap((plot) => {
  const { left, right } = plot.getBoundingClientRect();
  return [...plot.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < left || box.right > right);
  }).map((text) => text.textContent);
})"""


@pytest.mark.parametrize("page", ["10-training-faster", "14-what-matters"])
def test_larger_labels_stay_inside_their_plots_on_a_phone(visit, page):
    phone = visit(f"notebooks/{page}", "phone", only="figure")
    assert phone.evaluate(CROSSING) == []


def test_lines_of_a_label_end_beside_the_axis_where_one_line_ends():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    file = StringIO()
    with pyplot.rc_context({"svg.fonttype": "none"}):
        figure, axes = pyplot.subplots(2)
        axes[1].set_yticks([0, 1], ["one", "the\nother"])
        figure.savefig(file, format="svg")
    pyplot.close(figure)
    root = ElementTree.fromstring(page_plot(file.getvalue(), ""))
    words = {text.text: text for text in root.iter("text")}
    ends = [words[word] for word in ("one", "the", "other")]
    assert all("text-anchor:end" in text.get("style") for text in ends)
    assert len({text.get("x") for text in ends}) == 1


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_no_caption_has_a_left_and_a_right_where_a_phone_has_neither(path):
    for cell, _, picture in pictures(path):
        if is_plot(picture) and "gpt1-panels" in page_plot(picture, ""):
            caption = cell["metadata"]["mystnb"]["figure"]["caption"]
            assert not SIDES.search(caption), caption[:200]


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_stored_figures_are_small(path):
    sizes = [len(picture) for _, _, picture in pictures(path)]
    assert max(sizes, default=0) < 250_000
    assert path.stat().st_size < 1_000_000


def test_the_drawing_that_pages_include_is_the_one_that_the_package_draws():
    assert DRAWING.read_text("utf8") == model_drawing().svg + "\n", "run: make icons"


@pytest.fixture(scope="module")
def plot():
    """A plot as matplotlib writes it, with all that the pages change."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    import matplotlib

    from gpt1.pictures.colours import COLOURS
    from gpt1.pictures.plots import plot_style

    with matplotlib.rc_context():
        plot_style()
        plot_style()  # as where a cell is run again: without a warning
        figure, (left, right) = pyplot.subplots(1, 2)
        left.semilogy([1, 10, 100], color=COLOURS["green"])
        left.set_xlabel("steps")
        left.text(0, 1, "code", family="monospace", color="#123456")
        right.imshow([[0, 1], [1, 0]])
        file = StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        pyplot.close(figure)
    return file.getvalue()


def test_a_plot_takes_the_pages_colours_and_typefaces(plot):
    shown = page_plot(plot, 'What "it" <shows>')
    green = PALETTE["green"].line
    assert f"stroke:var(--c-green,{green})" in shown
    assert f"var(--g-ink,{NEUTRALS['ink'][0]})" in shown
    assert f"light-dark(#123456,{turned('#123456')})" in shown
    assert shown.count("font-family") == shown.count("var(--mono)") == 1
    assert 'aria-label="What &quot;it&quot; &lt;shows&gt;"' in shown
    assert f"font-size:calc({11 * LARGER:.4g}px*var(--larger,1))" in shown
    assert "<tspan>10</tspan>" in shown
    for unwanted in ("<style", "<metadata", "xmlns", "figure_1", "DejaVu"):
        assert unwanted not in shown


def test_two_plots_on_a_page_share_no_name(plot):
    other = plot.replace(PALETTE["green"].line, PALETTE["red"].line)
    ids = [set(re.findall(r'id="([^"]+)"', page_plot(p, ""))) for p in (plot, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("colour", ["#ffffff", "#dbe4ee", "#123456", "#000000"])
def test_an_unknown_colour_is_turned_from_light_to_dark(colour):
    def lightness(c):
        return sum(int(c[i : i + 2], 16) for i in (1, 3, 5))

    assert (lightness(turned(colour)) > 380) == (lightness(colour) < 380)


def test_plots_are_not_compared_byte_for_byte_but_our_drawings_are(plot):
    rules = (ROOT / "tests" / "nbval_sanitize.cfg").read_text("utf8")
    pairs = re.findall(r"^regex: (.*)\nreplace: (.*)$", rules, re.MULTILINE)
    drawing = model_drawing("attention").svg

    def compared(text):
        for pattern, replacement in pairs:
            text = re.sub(pattern, replacement, text)
        return text

    assert len(pairs) == rules.count("regex:")
    assert compared(plot).strip() == "PLOT"
    assert compared(drawing) == drawing


def test_the_steps_of_a_long_curve_lead_to_its_points():
    points = [(0.7 * i - 3, (37 * i % 91) / 7) for i in range(100)]
    path = short("M " + " \nL ".join(f"{x:.6f} {y:.6f}" for x, y in points))
    assert len(path) < 14 * len(points)
    numbers = re.findall(r"-?[\d.]+", path)
    across, down = (0, 0)
    for (x, y), right, below in zip(points, numbers[::2], numbers[1::2], strict=True):
        across, down = across + float(right), down + float(below)
        assert abs(across - x) < 0.006
        assert abs(down - y) < 0.006
    assert short("M 1.234567 2 \nL 3 4") == "M 1.23 2 L 3 4"


def test_points_that_nobody_could_tell_apart_go_and_the_ends_stay():
    points = [(i / 10, 100 + i % 2 / 10) for i in range(400)]
    path = short("M " + " L ".join(f"{x:.2f} {y:.2f}" for x, y in points))
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
    across = [sum(numbers[0 : 2 * i + 1 : 2]) for i in range(len(numbers) // 2)]
    assert len(across) < 120
    assert across[0] == 0
    assert abs(across[-1] - 39.9) < 0.006
    gaps = [b - a for a, b in pairwise(across)]
    assert max(gaps) < 0.7


def test_the_marks_of_a_line_have_their_style_from_their_group():
    use = f'<use xmlns="{SVG[1:-1]}" style="fill:red" x="1.26" y="2"/>'
    group = ElementTree.fromstring(f'<g xmlns="{SVG[1:-1]}">{use * 3}</g>')
    share_style(group)
    assert group.get("style") == "fill:red"
    assert [mark.get("style") for mark in group] == [None] * 3
    assert {mark.get("x") for mark in group} == {"1.3"}
    other = use.replace("red", "blue")
    mixed = ElementTree.fromstring(f'<g xmlns="{SVG[1:-1]}">{use * 2}{other}</g>')
    share_style(mixed)
    assert [mark.get("style") for mark in mixed] == ["fill:red"] * 2 + ["fill:blue"]
