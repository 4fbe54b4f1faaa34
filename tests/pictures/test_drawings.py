"""The drawings: well formed, named, the same every time, and honest about numbers."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.count.ledgers import parameters
from gpt1.inspect.leaks import leaks
from gpt1.inspect.trace import trace
from gpt1.pictures.colours import COLOURS, FILLS
from gpt1.pictures.head import head_drawing
from gpt1.pictures.look import TINTS
from gpt1.pictures.marked import marked_text
from gpt1.pictures.model import PARTS, attention_map, model_drawing

SVG = "{http://www.w3.org/2000/svg}"
TOKENS = ["the", "cat", "sat", "on", "the", "mat", "."]
HEAD = torch.tensor(
    [
        [[0.0, 0], [1, 0], [0, 1]],
        [[0, 0], [0, 1], [1, 0]],
        [[0, 0], [1, 0], [0, 1]],
        [[0, 0], [3, 1], [1, 0]],
    ]
).tolist()
"""Rows, and the queries, keys and values that a head makes of them."""


def causal(*shape):
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(*shape, generator=generator)
    future = torch.ones(shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(-1)


def drawn():
    yield from (model_drawing(part) for part in [None, *PARTS])
    yield model_drawing("counting", GPTConfig.tiny())
    yield attention_map(causal(7, 7), TOKENS)
    yield attention_map(causal(3, 7, 7), TOKENS, title='Layer 3 <&> "all"')
    yield head_drawing(["a", "<b>", "&"], *HEAD)
    yield marked_text(torch.eye(2, 7), [f" {token}" for token in TOKENS], "Marked <&>")
    model = GPT(GPTConfig.tiny(layers=2)).eval()
    yield leaks(model).drawing()
    yield leaks(lambda ids: model(ids.flip(1))).drawing("Backwards <&>")
    with trace(model, show=False) as ledger:
        model(torch.zeros(1, 5, dtype=torch.long))
    yield ledger.drawing()


@pytest.fixture(scope="module")
def drawings():
    return list(drawn())


def words(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_drawing_is_well_formed_and_has_an_accessible_name(drawings):
    for drawing in drawings:
        for svg in (drawing.svg, *drawing.svgs):
            root = ElementTree.fromstring(svg)
            assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
            assert root[0].tag == f"{SVG}title"
            assert len(root[0].text) > 5
            assert root.get("aria-label").startswith(root[0].text)
            if svg in drawing.svgs:
                assert root[1].tag == f"{SVG}desc"
                assert len(root[1].text) > 40


def test_every_drawing_is_self_contained_and_has_nothing_to_collide(drawings):
    for drawing in drawings:
        outside = r'<script|<style|\b(id|href|src)="|url\('
        assert not re.search(outside, drawing.html)


def test_the_same_call_gives_the_same_bytes(drawings):
    for first, second in zip(drawings, drawn(), strict=True):
        assert first.svg == second.svg
        assert first.html == second.html
        assert repr(first) == repr(second)
        assert "0x" not in repr(first)


def test_every_part_lights_something_else():
    shown = [model_drawing(part).svg for part in [None, *PARTS]]
    names = r'aria-label="[^"]*"|<title>.*?</title>'
    assert len({re.sub(names, "", svg) for svg in shown}) == len(shown)


def test_every_colour_has_a_dark_one(drawings):
    css = Path(__file__).parents[2] / "book/_static/figures.css"
    dark = set(re.findall(r"\.(g-[\w-]+)", css.read_text("utf8")))
    for drawing in drawings:
        assert set(re.findall(r'class="(g-[\w-]+)"', drawing.svg)) <= dark


def test_a_part_that_is_not_lit_is_grey():
    lit = model_drawing("attention").svg
    assert 'class="g-attention"' in lit
    for tint in set(TINTS) - {"attention"}:
        assert f'class="g-{tint}"' not in lit


def test_an_unknown_part_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValueError, match=r"'atention'.*text, tokens, .*sampling"):
        model_drawing("atention")


@pytest.mark.parametrize("config", [GPTConfig(), GPTConfig.tiny(layers=1)])
def test_counting_writes_numbers_that_add_up(config):
    written = words(model_drawing("counting", config).svg)
    figures = (word.replace(",", "") for word in written)
    numbers = [int(word) for word in figures if word.isdecimal()]
    ids = {481, 3387, 1305, 504, 7677, 239}
    token, position, *block = (number for number in numbers if number not in ids)
    assert len(block) == 4
    block = sum(block)
    assert f"{config.layers} \u00d7 {block:,}" in written
    total = parameters(config).total
    assert token + position + config.layers * block == total
    assert f"{total:,} parameters in all" in written


def test_a_small_model_is_drawn_with_its_own_sizes():
    written = words(model_drawing(None, GPTConfig.tiny()).svg)
    assert "4 \u00d7 block" in written
    assert "512 \u00d7 128" in written


def test_the_map_colours_each_cell_by_its_weight_and_says_it():
    weights = causal(7, 7)
    root = ElementTree.fromstring(attention_map(weights, TOKENS).svg)
    cells = [cell for cell in root.iter(f"{SVG}rect") if cell.get("class") == "g-heat"]
    assert len(cells) == 49
    for index, cell in enumerate(cells):
        query, key = divmod(index, 7)
        weight = f"{weights[query, key].item():.2f}"
        assert float(cell.get("fill-opacity")) == float(weight)
        assert cell[0].text == f"{TOKENS[query]} looks at {TOKENS[key]}: {weight}"


def test_a_notebook_keeps_one_svg_image_and_no_html(drawings):
    for drawing in drawings:
        bundle = {"image/svg+xml": drawing.svg, "text/plain": repr(drawing)}
        assert drawing._repr_mimebundle_() == bundle
        assert not hasattr(drawing, "_repr_html_")


@pytest.mark.parametrize("heads", [1, 3])
def test_a_page_shows_each_map_by_itself_so_that_they_wrap_on_a_phone(heads):
    drawing = attention_map(causal(heads, 7, 7), TOKENS)
    assert len(drawing.svgs) == heads
    assert heads == 1 or "head 2" in drawing.svgs[2]
    page = r"<div [^>]*flex-wrap:wrap[^>]*>(.*)</div>"
    inside = re.fullmatch(page, drawing.html, re.DOTALL)[1]
    assert inside == "".join(drawing.svgs)


def test_several_maps_in_one_image_do_not_overlap_and_do_not_leave_it():
    root = ElementTree.fromstring(attention_map(causal(5, 7, 7), TOKENS).svg)
    _, _, wide, high = map(float, root.get("viewBox").split())
    places = []
    for svg in root.findall(f"{SVG}svg"):
        sides = "x", "y", "width", "height"
        x, y, width, height = (float(svg.get(name)) for name in sides)
        assert x + width <= wide <= 780
        assert y + height <= high + 0.01
        for left, top, right, bottom in places:
            assert x >= right or x + width <= left or y >= bottom or y + height <= top
        places.append((x, y, x + width, y + height))
    assert len(places) == 5
    rows = [y for _, y, _, _ in places]
    assert rows == sorted(rows)
    assert 1 < len(set(rows)) < 5


def test_long_slanted_tokens_stay_inside_the_map():
    tokens = ["a", "b", "extraordinarily"]
    root = ElementTree.fromstring(attention_map(causal(2, 3, 3), tokens).svg)
    svg = root.find(f"{SVG}svg")
    width = float(svg.get("viewBox").split()[2])
    last = [t for t in svg.iter(f"{SVG}text") if t.text == tokens[-1]][-1]
    assert "rotate(-45" in last.get("transform")
    assert float(last.get("x")) + 0.7 * 6.2 * len(tokens[-1]) < width


def test_lists_draw_like_tensors_and_tokens_are_escaped():
    weights = causal(2, 2)
    tensor = attention_map(weights, ["<b>", "a&b"])
    assert tensor.svg == attention_map(weights.tolist(), ["<b>", "a&b"]).svg
    assert "<b>" not in tensor.svg


@pytest.mark.parametrize("shape", [(7,), (6, 7), (8, 8), (1, 1, 7, 7), (0, 0)])
def test_weights_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(heads, time, time\).*[07] tokens"):
        attention_map(torch.zeros(shape), TOKENS if shape[0] else [])


@pytest.mark.parametrize("wrong", [-0.5, 1.5, float("nan"), float("-inf")])
def test_scores_in_place_of_weights_are_refused(wrong):
    with pytest.raises(ValueError, match="after the softmax"):
        attention_map(torch.full((7, 7), wrong), TOKENS)


def test_the_colours_are_the_books_colours():
    fills, edges = map(set, zip(*TINTS.values(), strict=True))
    lines = {line for name, line in COLOURS.items() if name != "ink"}
    assert (fills, edges) == (set(FILLS.values()), lines)


def test_a_head_is_drawn_with_the_numbers_that_attention_computes():
    x, query, key, value = map(torch.tensor, HEAD)
    scores = (query @ key.T).masked_fill(torch.ones(3, 3).triu(1).bool(), -torch.inf)
    weights = scores.softmax(-1)
    written = words(head_drawing(["the", "cat", "sat"], *HEAD).svg)
    for table in (x, query, key, value, weights.tril(), weights @ value):
        for row in table.tolist():
            for number in row:
                assert f"{number:.2f}".rstrip("0").rstrip(".") in written
    assert written.count("\u2212\u221e") == 3


def test_a_head_of_another_size_is_not_drawn():
    with pytest.raises(ValueError, match="three rows of two; got key"):
        head_drawing(["a", "b", "c"], HEAD[0], HEAD[1], HEAD[2][:2], HEAD[3])


def test_a_marked_text_is_the_text_in_lines_with_its_weights():
    tokens = ["Once", " there", " was", *[" word"] * 40, ".\n"]
    weights = torch.arange(len(tokens)) / len(tokens)
    root = ElementTree.fromstring(marked_text(weights[None], tokens, "A text").svg)
    said = [one.text for one in root.iter(f"{SVG}text")]
    assert said == ["head 0", *(token.strip() for token in tokens)]
    marks = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "g-heat"]
    opacities = [float(one.get("fill-opacity")) for one in marks]
    assert opacities == pytest.approx(weights.tolist(), abs=0.006)
    assert all(float(one.get("x")) + float(one.get("width")) < 400 for one in marks)
    assert len({one.get("y") for one in marks}) > 2


def test_a_marked_text_has_the_labels_that_it_is_given():
    names = ["before layer 0", "after layer 0"]
    drawn = marked_text(torch.eye(2), ["a", " b"], "A text", names)
    said = [one.text for one in ElementTree.fromstring(drawn.svg).iter(f"{SVG}text")]
    assert said == [names[0], "a", "b", names[1], "a", "b"]
    with pytest.raises(ValueError, match="takes 2 labels, got"):
        marked_text(torch.eye(2), ["a", " b"], "A text", names[:1])


@pytest.mark.parametrize("weights", [[[0.5]], [[0.5, 1.5]], [[0.5, 0.5, 0.0]]])
def test_weights_that_do_not_fit_a_text_are_refused(weights):
    with pytest.raises(ValueError, match="for each of 2 tokens"):
        marked_text(weights, ["a", " b"], "A text")


def test_the_mark_of_a_wide_letter_is_wide():
    svg = marked_text([[0.0] * 4], ["n", "m", "F", "f"], "Letters").svg
    marks = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    wide = (m.get("width") for m in marks if m.get("class") == "g-heat")
    n, m, large, small = map(float, wide)
    assert m > 1.4 * n
    assert large > small == n
