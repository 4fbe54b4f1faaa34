"""The book's drawings: the whole model with one part lit, and attention as a heat map.

Both are inline SVG, made of text alone: no plotting library, no script, nothing from a
network. They look the same in a notebook, in print and on any site, shrink to fit a
phone, and follow the book's dark theme.
"""

from itertools import chain

from gpt1.config import GPTConfig
from gpt1.count.ledgers import parameters
from gpt1.pictures.attention import attention_map
from gpt1.pictures.colours import NEUTRALS
from gpt1.pictures.look import FAINT, LARGE, RADIUS, TINTS
from gpt1.pictures.pen import Pen
from gpt1.pictures.svg import Drawing, canvas, element, frame, note, rectangle, text

__all__ = ["Drawing", "attention_map", "model_drawing"]

BLOCK = {"stack", "attention", "forward", "norm"}
PARTS = {
    "text": {"text"},
    "tokens": {"tokens"},
    "embeddings": {"embeddings"},
    "attention": {"attention"},
    "block": BLOCK,
    "model": {"embeddings", "logits"} | BLOCK,
    "counting": {"embeddings", "logits"} | BLOCK,
    "loss": {"softmax", "loss"},
    "training": {"loss", "training"},
    "sampling": {"softmax", "sampling"},
    "finetuning": {"tokens", "embeddings", "loss", "training"} | BLOCK,
}
"""What each chapter lights."""

ZOOM = NEUTRALS["zoom"][0]
TIMES, MINUS = "\u00d7", "\u2212"
SENTENCE = "The cat sat on the mat."
TOKENS = ["the", "cat", "sat", "on", "the", "mat", "."]
IDS = [481, 3387, 1305, 504, 481, 7677, 239]
WIDTH, MIDDLE = 400, 200
LEFT, RIGHT, SKIP = 114, 288, 366
"""The column of the model, that of the block beside it, and the residual path."""


def model_drawing(lit=None, config=None):
    """The recurring drawing of the whole model, with one part lit.

    Args:
        lit: "text", "tokens", "embeddings", "attention", "block", "model", "counting",
            "loss", "training", "sampling" or "finetuning"; None colours everything.
            "counting" also writes the number of parameters of each part.
        config: the `GPTConfig` whose sizes are written; None is GPT-1.

    Returns:
        A `Drawing`.

    Raises:
        ValueError: there is no such part.
    """
    if lit is not None and lit not in PARTS:
        raise ValueError(f"no part {lit!r}; lit may be one of: {', '.join(PARTS)}")
    config = GPTConfig() if config is None else config
    sizes = (counts if lit == "counting" else shapes)(config)
    pen = Pen(PARTS.get(lit))
    parts = [zoom(), words(pen), embeddings(pen, sizes), stack(pen, sizes)]
    parts += [block(pen, sizes), output(pen, sizes), total(sizes)]
    title = "GPT-1, drawn" if config == GPTConfig() else "A GPT, drawn"
    title += " as a whole" if lit is None else f" with one part lit: {lit}"
    height = 606 if "total" in sizes else 562
    body = chain.from_iterable(parts)
    return Drawing([canvas(WIDTH, height, body, title, description(config))], title)


def description(config):
    """The drawing in words."""
    return (
        f"From top to bottom: the sentence “{SENTENCE}” becomes tokens with their ids; "
        f"token embedding and position embedding are added, then dropout; "
        f"{config.layers} blocks follow, each made of masked multi-head attention, a "
        f"residual sum, LayerNorm, feed-forward, a residual sum and LayerNorm; no norm "
        f"comes after the last block; the transposed token embedding, the same matrix "
        f"as at the start, makes the logits, and softmax the probabilities of the next "
        f"token, which serve the loss and training, or sampling, whose choice is "
        f"appended to the tokens."
    )


def shapes(config):
    """What the small lines say: the sizes of each part."""
    width = config.width
    return {
        "token": f"{config.vocab_size:,} {TIMES} {width}",
        "position": f"{config.context:,} {TIMES} {width}",
        "stack": f"width {width}",
        "attention": f"{config.heads} heads of {config.head_size}",
        "forward": f"{width} → {config.feed_forward:,} → {width}",
        "norm": None,
        "logits": "times the token embedding",
        "layers": config.layers,
    }


def counts(config):
    """What the small lines say instead when parameters are counted."""
    ledger = parameters(config)
    each = {row.component: row.each for row in ledger.rows}
    token, position = each.pop("token embedding"), each.pop("position embedding")
    block, norms = sum(each.values()), each["two LayerNorms"]
    forward = sum(n for name, n in each.items() if name.startswith("feed-forward"))
    return {
        "token": f"{token:,}",
        "position": f"{position:,}",
        "stack": f"{config.layers} {TIMES} {block:,}",
        "attention": f"{block - forward - norms:,}",
        "forward": f"{forward:,}",
        "norm": f"{norms // 2:,}",
        "logits": "0 of its own",
        "layers": config.layers,
        "total": f"{ledger.total:,} parameters in all",
    }


def words(pen):
    """The sentence, and the tokens it becomes."""
    yield from pen.box("text", "text", MIDDLE - 95, 14, 190, 26, f"“{SENTENCE}”")
    yield from pen.arrow((MIDDLE, 40), (MIDDLE, 54))
    x = MIDDLE - 135
    for token, token_id in zip(TOKENS, IDS, strict=True):
        width = 24 if token == "." else 36
        yield from pen.box("tokens", "text", x, 54, width, 24, token)
        yield note(x + width / 2, 92, str(token_id))
        x += width + 5
    ends = MIDDLE - 135, MIDDLE + 135
    bracket = [(ends[0], 98), (ends[0], 104), (ends[1], 104), (ends[1], 98)]
    yield from pen.arrow(*bracket, tip=False)


def embeddings(pen, sizes):
    """Two look-ups, their sum, and dropout."""
    for name, middle, side in (("token", LEFT - 46, -8), ("position", LEFT + 46, 8)):
        yield from pen.arrow((middle, 104), (middle, 120))
        box = ("embeddings", "embeddings", middle - 43, 120, 86, 54)
        yield from pen.box(*box, name, "embedding", small=sizes[name])
        yield from pen.arrow((middle, 174), (middle, 196), (LEFT + side, 196))
    yield from pen.plus(LEFT, 196)
    yield from pen.arrow((LEFT, 204), (LEFT, 220))
    yield from pen.box("embeddings", "embeddings", LEFT - 41, 220, 82, 26, "dropout")


def stack(pen, sizes):
    """The blocks, as a pile of cards."""
    for offset in (12, 6):
        yield from pen.box("stack", "text", 44 + offset, 284 - offset, 128, 66)
    name, small = f"{sizes['layers']} {TIMES} block", sizes["stack"]
    yield from pen.box("stack", "text", 44, 284, 128, 66, name, small=small)
    yield from pen.arrow((LEFT, 246), (LEFT, 272))
    yield from pen.arrow((LEFT, 350), (LEFT, 390))
    yield note(LEFT + 8, 368, "no final", "start")
    yield note(LEFT + 8, 380, "norm", "start")


def zoom():
    """The card that shows the inside of one block."""
    line = {"stroke": FAINT, "stroke_width": 1.5, "stroke_dasharray": "4 3"}
    edges = "M184 272L212 122M172 350L212 464"
    yield element("path", class_="g-edge", d=edges, fill="none", **line)
    yield frame(212, 120, 166, 354, ZOOM, "g-zoom")
    yield note(222, 138, "inside one block", "start")


def block(pen, sizes):
    """Attention and feed-forward, each with its residual sum and a norm after it."""
    x, wide = RIGHT - 62, 124
    yield from pen.arrow((RIGHT, 143), (RIGHT, 162))
    yield from pen.arrow((RIGHT, 151), (SKIP, 151), (SKIP, 284), (RIGHT + 8, 284))
    attention = ("attention", "attention", x, 162, wide, 104)
    lines = ("masked", "multi-head", "attention")
    yield from pen.box(*attention, *lines, small=sizes["attention"], below=36)
    yield from mask(pen, RIGHT - 14.5, 230)
    yield from pen.arrow((RIGHT, 266), (RIGHT, 276))
    yield from pen.plus(RIGHT, 284)
    yield from pen.arrow((RIGHT, 292), (RIGHT, 302))
    norm = {"small": sizes["norm"]}
    yield from pen.box("norm", "norm", x, 302, wide, 34, "LayerNorm", **norm)
    yield from pen.arrow((RIGHT, 336), (RIGHT, 356))
    yield from pen.arrow((RIGHT, 344), (SKIP, 344), (SKIP, 410), (RIGHT + 8, 410))
    forward = ("forward", "forward", x, 356, wide, 36, "feed-forward")
    yield from pen.box(*forward, small=sizes["forward"])
    yield from pen.arrow((RIGHT, 392), (RIGHT, 402))
    yield from pen.plus(RIGHT, 410)
    yield from pen.arrow((RIGHT, 418), (RIGHT, 428))
    yield from pen.box("norm", "norm", x, 428, wide, 34, "LayerNorm", **norm)


def mask(pen, x, y):
    """A small causal mask: the lower triangle of a square."""
    on = pen.lit is None or "attention" in pen.lit
    for row in range(5):
        for column in range(5):
            seen, lit = column <= row, column <= row and on
            shape = {"class_": "g-seen" if lit else "g-unseen", "x": x + 6 * column}
            shape |= {"y": y + 6 * row, "width": 5, "height": 5, "rx": 1}
            fill = TINTS["attention"][1] if lit else FAINT
            yield element(
                "rect", **shape, fill=fill, fill_opacity=None if seen else 0.4
            )


def output(pen, sizes):
    """Logits by the tied embedding, probabilities, and what they are used for."""
    x, wide = LEFT - 85, 170
    logits = ("logits", "embeddings", x, 390, wide, 40, "logits")
    yield from pen.box(*logits, small=sizes["logits"])
    yield from pen.arrow((LEFT - 89, 147), (18, 147), (18, 410), (x, 410), dashed=True)
    yield note(13, 278, "the same matrix", transform="rotate(-90 13 278)")
    yield from pen.arrow((LEFT, 430), (LEFT, 446))
    yield from pen.box("softmax", "output", x, 446, wide, 28, "softmax")
    yield from pen.arrow((LEFT, 474), (LEFT, 492), (74, 492), (74, 506))
    yield from pen.arrow((LEFT, 492), (327, 492), (327, 506))
    for part, tint, x, wide, small in (
        ("loss", "loss", 18, 112, f"{MINUS}log p(true next)"),
        ("training", "loss", 150, 114, "change all weights"),
        ("sampling", "output", 276, 102, "choose the next"),
    ):
        yield from pen.box(part, tint, x, 506, wide, 42, part, small=small)
    yield from pen.arrow((130, 527), (150, 527))
    yield from pen.arrow((378, 527), (389, 527), (389, 66), (MIDDLE + 140, 66))


def total(sizes):
    """The sum, under the rest, when parameters are counted."""
    if "total" in sizes:
        yield rectangle(18, 562, 360, 30, RADIUS, *TINTS["output"], "g-output")
        yield text(MIDDLE - 2, 581.5, sizes["total"], LARGE, font_weight=600)
