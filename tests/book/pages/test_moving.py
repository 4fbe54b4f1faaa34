"""Figures that a hand can move: their numbers are the package's, and all hands can.

What axe-core says of them, and whether they fit a phone, is in test_pages.py.
"""

import json
import re
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from book._ext.pictures import living
from book._ext.pictures.moving import stored
from gpt1 import GPT
from gpt1.config import GPTConfig
from gpt1.count import (
    activations,
    flops,
    parameters,
    training_flops,
    training_memory,
)
from gpt1.generate.sampling import candidates
from gpt1.inspect.leaks import reach
from gpt1.loading import load_model
from gpt1.model import Block
from gpt1.pictures import model_drawing
from gpt1.pictures.model import TIMES
from gpt1.tales import SEPARATOR
from gpt1.tokenizer import BPETokenizer
from gpt1.train.optimizer import schedule
from gpt1.variants.block import PreNorm
from lib.book.chapters import EVERY, ROOT, cells

SCRIPTS = ROOT / "book" / "_static" / "moving"
FIGURES = {
    numbers["name"]: (path.stem, numbers)
    for path in reversed(EVERY)  # a script of two pages belongs to the first
    for numbers in stored(path).values()
}
every_figure = pytest.mark.parametrize("name", FIGURES)

# What a key does to each kind of control; the second where the first does nothing.
KEYS = {"range": ["ArrowLeft", "ArrowRight"], "radio": ["ArrowDown"]}
KEYS |= {"checkbox": ["Space"], "text": ["x"], "button": ["Enter"]}
SEEN = "e => e.innerHTML"


@pytest.fixture
def stage(visit):
    """Open a figure in its page; return the page and what can be moved in it."""

    def open_stage(name, **options):
        figure = f"figure:has([data-moving={name}])"
        page = visit(f"notebooks/{FIGURES[name][0]}", only=figure, **options)
        return page, page.locator(f"{figure} .moving")

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
        torch.tensor(found).float(),
        torch.as_tensor(right).float(),
        atol=atol,
        rtol=1e-5,
    )


def test_every_script_has_its_figure():
    assert {path.stem for path in SCRIPTS.glob("*.js")} == {
        "moving",
        "drawing",
        *FIGURES,
    }


@every_figure
def test_the_numbers_and_the_script_are_small(name):
    assert len(json.dumps(FIGURES[name][1])) < 50_000
    assert (SCRIPTS / f"{name}.js").stat().st_size < 10_000


@every_figure
def test_it_takes_the_still_pictures_place_and_says_what_is_seen(stage, name):
    page, moved = stage(name)
    assert page.failed == page.wrong == []
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


@pytest.mark.weekly
@every_figure
def test_without_scripts_the_still_picture_stays(stage, name):
    page, moved = stage(name, script=False)
    figure = page.locator(f"figure:has([data-moving={name}])")
    assert moved.count() == 0
    assert figure.locator("> :is(svg, div)").first.is_visible()
    assert figure.locator("script").evaluate("e => e.getClientRects().length") == 0


@every_figure
@pytest.mark.parametrize(
    "size", [pytest.param("screen", marks=pytest.mark.weekly), "phone"]
)
def test_keyboard_and_finger_reach_every_control_and_each_has_a_name(stage, name, size):
    page, moved = stage(name, size=size, has_touch=size == "phone")
    controls = moved.locator("input, button").all()
    assert controls
    if size == "phone":  # and the narrowest of all phones
        page.set_viewport_size({"width": 320, "height": 844})
        empty = "document.querySelector('.moving .moving-picture:empty')"
        page.wait_for_function(f"{empty} === null")
    for control in controls:
        radio = control.get_attribute("type") == "radio"
        if not control.is_disabled() and (not radio or control.is_checked()):
            press(page, moved, control)
        text, width, height = control.evaluate("""e => {
          const { width, height } = (e.closest("label") ?? e).getBoundingClientRect();
          return [e.labels?.[0]?.innerText || e.innerText, width, height];
        }""")
        assert len(text.strip()) > 2
        assert min(width, height) >= 24, "too small for a finger"


def press(page, moved, control):
    control.focus()
    before = moved.evaluate(SEEN)
    for key in KEYS[control.get_attribute("type")]:
        page.keyboard.press(key)
        if moved.evaluate(SEEN) != before:
            return
    raise AssertionError(f"nothing moved: {control.evaluate('e => e.outerHTML')}")


# --- The drawing of the whole model ---------------------------------------------------


@pytest.fixture
def drawing(visit):
    def open_drawing(name="notebooks/05-block", **options):
        drawing = ":has(> [data-moving=drawing])"
        page = visit(name, only=drawing, **options)
        return page, page.locator("[data-moving=drawing] + .moving")

    return open_drawing


@pytest.mark.parametrize("name", ["book/index", "notebooks/07-counting"])
def test_the_keyboard_goes_through_the_boxes_and_each_leads_on(drawing, site, name):
    page, below = drawing(name)
    boxes = page.locator(".moving-cover").get_by_role("radio")
    said = below.get_by_role("status")
    assert "Choose a box" in said.inner_text()
    boxes.first.focus()
    page.keyboard.press("Space")
    texts = []
    for _ in boxes.all():
        texts.append(said.inner_text())
        for link in said.get_by_role("link").all():
            address = link.evaluate("e => e.href").removeprefix(site.as_uri() + "/")
            file, _, place = address.partition("#")
            html = (site / file).read_text("utf8")
            assert not place or f'id="{place}"' in html
        page.keyboard.press("ArrowDown")
    assert len(texts) == 15
    assert len(set(texts)) == 14, "LayerNorm is there twice"
    assert all("chapter" in text for text in texts)


@pytest.mark.parametrize("size", ["screen", "phone"])
def test_a_button_lies_on_each_box(drawing, size):
    page, below = drawing(size=size, has_touch=True)
    attention = page.get_by_role("radio", name="Attention")
    box, svg = attention.bounding_box(), page.locator(".moving-around > svg")
    scale = svg.bounding_box()["width"] / 400
    assert abs(box["width"] - 124 * scale) < 1
    assert abs(box["x"] - svg.bounding_box()["x"] - 226 * scale) < 1
    attention.tap()
    assert "2,362,368" in below.get_by_role("status").inner_text()
    page.emulate_media(media="print")
    assert svg.is_visible()
    assert not below.is_visible()
    assert not attention.is_visible()


def test_without_scripts_the_drawing_is_as_it_was(drawing):
    page, below = drawing(script=False)
    assert page.locator("svg.gpt1-drawing").first.is_visible()
    assert page.locator(".moving-cover").count() == below.count() == 0


def test_what_is_said_of_a_box_is_the_models():
    with torch.device("meta"):
        model = GPT(GPTConfig())
    block = model.blocks[0]
    parts = {
        "token embedding": model.token_embedding,
        "position embedding": model.position_embedding,
        "masked multi-head attention": block.attention,
        "feed-forward": block.feed_forward,
        "LayerNorm": block.attention_norm,
        f"12 {TIMES} block": block,
    }
    facts = living.said()
    for label, part in parts.items():
        size = sum(p.numel() for p in part.parameters())
        assert facts[label].parameters.removesuffix(" in each") == f"{size:,}"
    labels = [label for label, _ in living.boxes(model_drawing("attention").svg)]
    assert set(labels) == set(facts)


# --- Chapter 1 ------------------------------------------------------------------------


def test_a_beliefs_cross_entropy_is_torchs(compute):
    cases = [
        ([0.5, 0.25, 0.25], [0.2, 0.4, 0.4]),
        ([0.5, 0.25, 0.25], [0.9, 0.09, 0.01]),
    ]
    for (truth, belief), found in zip(cases, compute("belief", *cases), strict=True):
        truth = torch.tensor(truth)
        cross = F.cross_entropy(torch.tensor(belief).log(), truth)
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


# --- Chapter 4 ------------------------------------------------------------------------


def test_a_heads_weights_and_output_are_torchs(compute):
    _, head = FIGURES["head"]
    query, key, value = (
        torch.tensor(head[n]).float() for n in ("query", "key", "value")
    )
    cases = [
        {"query": turned, "place": place, "masked": masked, "scaled": scaled}
        for turned in (*head["query"], [-2.5, 1.3])
        for place in range(3)
        for masked in (True, False)
        for scaled in (True, False)
    ]
    given = [[{**case, "key": head["key"], "value": head["value"]}] for case in cases]
    for case, found in zip(cases, compute("head", *given), strict=True):
        asked = torch.tensor([case["query"]]).float()
        seen = torch.arange(3)[None] <= case["place"] if case["masked"] else None
        scale = None if case["scaled"] else 1.0
        attention = F.scaled_dot_product_attention
        right = attention(asked, key, value, attn_mask=seen, scale=scale)[0]
        near(found["output"], right)
        assert abs(sum(found["weights"]) - 1) < 1e-9
    mixed = attention(query, key, value, is_causal=True, scale=1.0)
    own = [[{**head, "query": row, "place": i}] for i, row in enumerate(head["query"])]
    near([found["output"] for found in compute("head", *own)], mixed)


def test_a_query_can_be_dragged(stage):
    page, moved = stage("head")
    plane = moved.get_by_role("img").first
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    unit = box["width"] / 6.4
    page.mouse.move(middle[0] - 2 * unit, middle[1] - unit)
    page.mouse.up()
    assert [s.input_value() for s in moved.get_by_role("slider").all()] == ["-2", "1"]


def attend(mask, x):
    return F.scaled_dot_product_attention(x, x, x, mask)


def test_the_outputs_that_move_are_those_that_reach_finds(compute):
    _, numbers = FIGURES["leaks"]
    x = torch.eye(7)[None]
    masks = {"mask off by one": torch.ones(7, 7).tril(1), "no mask": torch.ones(7, 7)}
    for model in numbers["models"]:
        mask = masks.get(model["name"], torch.ones(7, 7).tril()).bool()
        moved = reach(partial(attend, mask), x)
        assert model["moved"] == moved.tolist()
        found = compute("leaks", *[(model["moved"], j) for j in range(7)])
        for j, each in enumerate(found):
            assert each["outputs"] == moved[:, j].nonzero()[:, 0].tolist()
            assert each["leaks"] == moved[:j, j].nonzero()[:, 0].tolist()


# --- The bug museum -------------------------------------------------------------------


def joined(x):
    """Four heads, joined across time."""
    parts = x.unflatten(-1, (4, 12)).transpose(1, 2)  # (batch, heads, time, head_size)
    mixed = F.scaled_dot_product_attention(parts, parts, parts, is_causal=True)
    return x + mixed.reshape(x.shape)


def crossed(x):
    """A softmax over the queries."""
    future = torch.ones(x.size(1), x.size(1)).triu(1).bool()
    return (x @ x.mT).masked_fill(future, -torch.inf).softmax(-2) @ x


def test_the_museums_models_leak_where_their_mistakes_do():
    numbers = stored(ROOT / "notebooks/bug-museum.ipynb")["fig-museum-leaks"]
    x = torch.rand(1, 8, 48, generator=torch.Generator().manual_seed(0))
    rows = torch.ones(8, 8)
    right = [partial(attend, rows.tril(past).bool()) for past in (0, 1)]
    for model, each in zip(numbers["models"], [*right, joined, crossed], strict=True):
        assert model["moved"] == reach(each, x).tolist(), model["name"]


def test_a_reader_finds_the_leaks_in_the_museum(visit):
    page = visit("notebooks/bug-museum")
    moved = page.locator("figure:has([data-moving=leaks]) .moving")
    moved.get_by_label("heads joined across time").check()
    assert "16 leaks" in moved.get_by_role("status").inner_text()
    assert page.wrong == []


# --- Chapter 5 ------------------------------------------------------------------------


def stream(kind):
    """Yield the RMS of a stream and each part's share of it, after 0 to 12 blocks.

    Each part has a factor of 1, and a share is how fast the stream grows with it.
    """
    torch.manual_seed(0)
    config = GPTConfig(vocab_size=1000, dropout=0.0)
    tables = [nn.Embedding(1000, 768), nn.Embedding(512, 768)]
    blocks = [kind(config) for _ in range(12)]
    for name, parameter in nn.ModuleList([*tables, *blocks]).named_parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.02)
        elif name.endswith("bias"):
            nn.init.zeros_(parameter)
    ids = torch.randint(1000, (1, 128))
    ones = torch.ones(25, dtype=torch.double, requires_grad=True)
    embedding = tables[0](ids) + tables[1].weight[:128]
    x, pre, number = ones[0] * embedding.detach().double(), kind is PreNorm, 0
    for block in [None, *blocks]:
        parts = block and [
            (block.double().attention, block.attention_norm),
            (block.feed_forward, block.feed_forward_norm),
        ]
        for branch, norm in parts or []:
            number += 1
            read = norm(x.detach()) if pre else x.detach()
            x = x + ones[number] * branch(read).detach()
            if not pre:
                root = x.var(-1, correction=0, keepdim=True).add(norm.eps).sqrt()
                x = (x - x.mean(-1, keepdim=True)) / root.detach()
        grown = torch.autograd.grad((x * x.detach()).sum(), ones, retain_graph=True)
        size = x.detach().square()
        yield size.mean().sqrt(), grown[0][: number + 1] / size.sum()


@pytest.mark.parametrize(
    ("number", "kind"),
    [(0, Block), pytest.param(1, PreNorm, marks=pytest.mark.weekly)],
)
def test_the_shares_of_the_stream_are_torchs(compute, number, kind):
    stored = FIGURES["stream"][1]["kinds"][number]
    found = compute("stream", *[(stored, depth) for depth in range(13)])
    for each, (size, shares) in zip(found, stream(kind), strict=True):
        near(each["rms"], size, atol=1e-4)
        near(each["embedding"], shares[0], atol=6e-4)
        pairs = [[b["attention"], b["forward"]] for b in each["blocks"]]
        near(pairs, shares[1:].view(-1, 2).tolist(), atol=6e-4)
        near([b["both"] for b in each["blocks"]], [sum(pair) for pair in pairs])


def test_the_walk_ends_at_the_last_block_and_begins_with_the_embedding(stage):
    page, moved = stage("stream")
    said = moved.get_by_role("status")
    assert "After block 12" in said.inner_text()
    assert "an RMS of 1.00 and pre-norm one of 1.57" in said.inner_text()
    moved.get_by_role("slider").focus()
    page.keyboard.press("Home")
    assert "Before the first block" in said.inner_text()


# --- Chapter 7 ------------------------------------------------------------------------


def test_a_size_is_counted_as_the_package_counts(compute):
    sizes = [
        (12, 768, 40478, 512, 1),
        (1, 64, 256, 64, 1),
        (96, 4096, 100_000, 8192, 64),
    ]
    sizes += [(3, 64, 8192, 128, 2), (24, 1024, 50_257, 1024, 4)]
    names = ("layers", "width", "vocab", "context", "batch")
    given = [[dict(zip(names, size, strict=True))] for size in sizes]
    for size, found in zip(sizes, compute("sizes", *given), strict=True):
        layers, width, vocab, context, batch = size
        model = {"layers": layers, "width": width, "heads": width // 64}
        config = GPTConfig(vocab_size=vocab, context=context, **model)
        counted = parameters(config)
        assert found["parameters"]["total"] == counted.total
        assert found["parameters"]["tokens"] == counted["token embedding"]
        assert found["parameters"]["positions"] == counted["position embedding"]
        assert found["parameters"]["norms"] == counted["two LayerNorms"]
        assert found["flops"] == flops(config).total
        assert found["training"] == training_flops(config)
        assert found["activations"] == activations(config, batch).total
        assert found["memory"] == training_memory(config, batch).total
        assert found["weights"] == 4 * counted.total


def test_it_begins_with_gpt1(stage):
    _, moved = stage("sizes")
    assert "116,534,784 parameters" in moved.get_by_role("status").inner_text()
    config, model = GPTConfig(), FIGURES["sizes"][1]["model"]
    assert model == {
        "layers": config.layers,
        "width": config.width,
        "vocab": config.vocab_size,
        "context": config.context,
    }


# --- Chapter 8 ------------------------------------------------------------------------


def test_a_runs_losses_are_smoothed_and_its_rates_are_the_packages(compute):
    chapter, data = FIGURES["warm"]
    runs = [
        ([float(loss) for loss in line.split()], arm["warmup"])
        for arm in data["arms"]
        for line in arm["losses"]
    ]
    found = compute("warm", *runs)
    for (losses, warmup), each in zip(runs, found, strict=True):
        assert len(losses) == 100
        losses = torch.tensor(losses)
        near(each["smooth"], losses.unfold(0, 5, 1).mean(-1))
        near(each["rates"], [schedule(step, 100, warmup) for step in range(100)])
    [cell] = [
        c
        for c in cells(ROOT / f"notebooks/{chapter}.ipynb")
        if c["id"] == "training-warm"
    ]
    printed = re.findall(r"\b\d\.\d\d(?= )", "".join(cell["outputs"][0]["text"]))
    ends = [float(end) for end in printed[: len(found)]]  # the control has no place
    near([each["end"] for each in found], ends, atol=5.6e-3)


def test_a_cell_of_the_grid_opens_its_run(stage):
    _, moved = stage("warm", size="phone", has_touch=True)
    cells = moved.get_by_role("radio")
    assert cells.count() == 9
    cell = moved.get_by_role("radio", name="post-norm, warm, seed 2: 0.79")
    cell.tap()
    said = moved.get_by_role("status").inner_text()
    assert said.startswith("Post-norm, warm, seed 2: from 2.22 to 0.79 nats.")
    assert "rises for 25 updates" in said
    lines = moved.locator("svg .l-run, svg .l-other")
    assert lines.count() == 9


# --- Chapter 9 ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def starling():
    """The logits of the moment that the sampling desk shows."""
    model, tokenizer = load_model("tales-tiny", "cpu")
    ids = tokenizer.encode(SEPARATOR + FIGURES["sampling"][1]["prompt"])
    with torch.no_grad():
        return model(torch.tensor([ids]))[:, -1], tokenizer


def test_the_kept_chances_are_the_packages(compute, starling):
    logits, tokenizer = starling
    _, data = FIGURES["sampling"]
    ranked = logits[0].argsort(descending=True)[: len(data["names"])].tolist()
    assert [tokenizer.tokens[token] for token in ranked] == data["names"]
    settings = [
        (1.0, 0, 1.0),
        (0.7, 40, 1.0),
        (2.0, 0, 0.9),
        (0.3, 3, 0.5),
        (1.0, 0, 0.9),
    ]
    settings += [(1.5, 20, 0.95), (0.1, 0, 0.1)]
    names = ("temperature", "k", "p")
    given = [(data, dict(zip(names, each, strict=True))) for each in settings]
    for setting, found in zip(settings, compute("sampling", *given), strict=True):
        [right], _ = candidates(logits, *setting)
        near(found[:60], right[:60].tolist(), atol=4e-3)
        assert abs(sum(found) - 1) < 1e-6
        kept, truly = sum(chance > 0 for chance in found), int((right > 0).sum())
        assert (
            abs(kept - truly) <= max(12, 0.02 * truly) if truly > 60 else kept == truly
        )


def test_a_dart_hits_the_stretch_that_it_lands_in(compute):
    chances = [0.5, 0.3, 0.2, 0]
    darts = [0.0, 0.49, 0.5, 0.62, 0.8, 0.9999999]
    hits = compute("sampling", *[(chances, dart) for dart in darts], method="hit")
    ends = torch.tensor(chances).cumsum(0)
    right = torch.searchsorted(ends, torch.tensor(darts), right=True)
    assert hits == right.tolist() == [0, 0, 1, 1, 2, 2]
