"""Figures that a hand can move: their numbers are the package's, and all hands can.

What axe-core says of them, and whether they fit a phone, is in test_pages.py.
"""

import json

import pytest
import torch

from book._ext.pictures.moving import stored
from gpt1.tokenizer import BPETokenizer
from lib.book.chapters import EVERY, ROOT

SCRIPTS = ROOT / "book" / "_static" / "moving"
FIGURES = {
    numbers["name"]: (path.stem, numbers)
    for path in EVERY
    for numbers in stored(path).values()
}
every_figure = pytest.mark.parametrize("name", FIGURES)

# What a key does to each kind of control; the second where the first does nothing.
KEYS = {"range": ["ArrowLeft", "ArrowRight"], "radio": ["ArrowDown"]}
KEYS |= {"checkbox": ["Space"], "text": ["x"], "button": ["Enter"]}
SEEN = "e => e.innerHTML"


@pytest.fixture
def stage(visit):
    """Open a figure's page; return the page and what can be moved in it."""

    def open_stage(name, **options):
        page = visit(f"notebooks/{FIGURES[name][0]}", formulas=False, **options)
        return page, page.locator(f"figure:has([data-moving={name}]) .moving")

    return open_stage


@pytest.fixture
def compute(stage):
    """Let a figure's script compute, as it does for its reader."""

    def numbers(name, *given, method="numbers"):
        page, _ = stage(name)
        call = f"given => moving.figures.{name}.{method}(...given)"
        return [page.evaluate(call, each) for each in given]

    return numbers


def near(found, right, atol=1e-6):
    torch.testing.assert_close(
        torch.tensor(found), torch.as_tensor(right).float(), atol=atol, rtol=1e-5
    )


def test_every_script_has_its_figure():
    assert {path.stem for path in SCRIPTS.glob("*.js")} == {"moving", *FIGURES}


@every_figure
def test_the_numbers_and_the_script_are_small(name):
    assert len(json.dumps(FIGURES[name][1])) < 50_000
    assert (SCRIPTS / f"{name}.js").stat().st_size < 10_000


@every_figure
def test_it_takes_the_still_pictures_place_and_says_what_is_seen(stage, name):
    page, moved = stage(name)
    assert not [url for url in page.failed if "mathjax" not in url]
    assert moved.is_visible()
    assert moved.get_by_role("status").get_attribute("aria-live") == "polite"
    assert len(moved.get_by_role("status").inner_text().split()) > 5
    still = page.locator(
        f"figure:has([data-moving={name}]) > :is(svg, div):first-child"
    )
    assert not still.is_visible()
    page.emulate_media(media="print")
    assert still.is_visible()
    assert not moved.is_visible()


@every_figure
def test_without_scripts_the_still_picture_stays(stage, name):
    page, moved = stage(name, script=False)
    figure = page.locator(f"figure:has([data-moving={name}])")
    assert moved.count() == 0
    assert figure.locator("> :is(svg, div)").first.is_visible()
    assert figure.locator("script").evaluate("e => e.getClientRects().length") == 0


def test_a_page_without_such_a_figure_loads_none_of_this(site):
    page = (site / "notebooks" / "bug-museum.html").read_text("utf8")
    assert "data-moving" in page or "moving/" not in page
    with_one = (site / "notebooks" / f"{FIGURES['belief'][0]}.html").read_text("utf8")
    assert with_one.count("_static/moving/") == 3


@every_figure
@pytest.mark.parametrize("size", ["screen", "phone"])
def test_the_keyboard_moves_every_control_and_each_has_a_name(stage, name, size):
    page, moved = stage(name, size=size)
    controls = moved.locator("input, button").all()
    assert controls
    for control in controls:
        if control.is_disabled() or control.get_attribute("type") == "radio":
            continue
        press(page, moved, control)
    for group in moved.locator("fieldset").all():
        for _ in group.get_by_role("radio").all():
            press(page, moved, group.locator(":checked"))
    for control in controls:
        named = "e => e.labels?.[0]?.innerText || e.innerText"
        assert len(control.evaluate(named).strip()) > 2


def press(page, moved, control):
    control.focus()
    before = moved.evaluate(SEEN)
    for key in KEYS[control.get_attribute("type")]:
        page.keyboard.press(key)
        if moved.evaluate(SEEN) != before:
            return
    raise AssertionError(f"nothing moved: {control.evaluate('e => e.outerHTML')}")


@every_figure
def test_a_finger_can_hit_every_control(stage, name):
    _, moved = stage(name, size="phone", has_touch=True)
    for control in moved.locator("input, button").all():
        box = control.evaluate("""e => {
          const { width, height } = (e.closest("label") ?? e).getBoundingClientRect();
          return [width, height];
        }""")
        assert min(box) >= 24, control.evaluate("e => e.outerHTML")


# --- Chapter 1 ------------------------------------------------------------------------


def test_a_beliefs_cross_entropy_is_torchs(compute):
    cases = [
        ([0.5, 0.25, 0.25], [0.2, 0.4, 0.4]),
        ([0.5, 0.25, 0.25], [0.9, 0.09, 0.01]),
    ]
    for (truth, belief), found in zip(cases, compute("belief", *cases), strict=True):
        truth = torch.tensor(truth)
        cross = torch.nn.functional.cross_entropy(torch.tensor(belief).log(), truth)
        entropy = torch.distributions.Categorical(truth).entropy()
        near(found["cross"], cross)
        near(found["entropy"], entropy)
        near(found["excess"], cross - entropy)


def test_a_finger_drags_the_belief(stage):
    page, moved = stage("belief")
    curve = moved.get_by_role("img").last
    curve.scroll_into_view_if_needed()
    box = curve.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    middle = 40 + (box["width"] - 52) / 2
    page.mouse.move(box["x"] + middle, box["y"] + 60)
    page.mouse.up()
    assert moved.get_by_role("slider").first.input_value() == "0.5"
    assert "excess 0.00" in moved.get_by_role("status").inner_text()


# --- Chapter 2 ------------------------------------------------------------------------


def test_the_steps_end_where_the_packages_tokenizer_ends(compute):
    _, numbers = FIGURES["merges"]
    merges = [tuple(line.split("\t")) for line in numbers["merges"].split("\n")]
    tokenizer = BPETokenizer(list(numbers["characters"]), merges)
    assert len(numbers["used"].split()) == len(merges)
    texts = [
        numbers["text"],
        "the thethe  theatre",
        '"Hold still," he said.\n\nOne day',
    ]
    texts += ["straw_berry 12 é", "", "aaaa"]
    for text, steps in zip(
        texts, compute("merges", *[(t, merges) for t in texts]), strict=True
    ):
        found = [symbol for piece in steps[-1]["pieces"] for symbol in piece]
        known = [symbol if symbol in tokenizer.tokens else "<unk>" for symbol in found]
        assert known == tokenizer.strings(tokenizer.encode(text))
        ranks = [step["rank"] for step in steps]
        assert ranks == sorted(set(ranks)), "the oldest first, each once"
