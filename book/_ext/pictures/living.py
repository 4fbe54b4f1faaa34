"""Let a reader ask the drawing of the whole model what each of its boxes is.

Below the drawing go the places of its boxes and what is to be said of them: what comes
in and out, parameters, the equation and the chapter. `moving/drawing.js` lays a radio
button over each box.
"""

import re
from typing import NamedTuple
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book._ext.pictures.moving import numbers_html
from book._ext.raw_html import raw
from gpt1.config import GPTConfig
from gpt1.count import parameters
from gpt1.inspect.equations import EQUATIONS
from gpt1.pictures.look import LARGE
from gpt1.pictures.model import SENTENCE, TIMES, TOKENS

SVG = "{http://www.w3.org/2000/svg}"
CHAPTER = dict(zip("PTEABMCLS", (f"{n:02}" for n in range(1, 10)), strict=True))
DRAWING = re.compile(r'<svg [^>]*aria-label="GPT-1, drawn.*</svg>', re.DOTALL)


class Said(NamedTuple):
    """What is said of a box; the equation's letter names its chapter."""

    name: str
    words: str
    parameters: str
    equation: str


def said(config=None):
    """Return what is said of each box, by its label; `(batch, time)` is a shape."""
    config = config or GPTConfig()
    each = {row.component: f"{row.each:,}" for row in parameters(config).rows}
    number = {row.component: row.each for row in parameters(config).rows}
    forward = number["feed-forward expand"] + number["feed-forward contract"]
    attention = number["query, key, value"] + number["attention projection"]
    norms = number["two LayerNorms"]
    width, inner, layers = config.width, config.feed_forward, config.layers
    ids, states = "(batch, time)", f"(batch, time, {width})"
    scores = f"(batch, time, {config.vocab_size:,})"
    of = EQUATIONS
    rows = {f"“{SENTENCE}”": Said("Text", "A string.", "", "P1")}
    rows["tokens"] = Said("Tokens", f"The text as ids {ids}.", "", "T1")
    words = f"Ids {ids} become rows {states}, {width} numbers for each token."
    size = each["token embedding"]
    rows["token embedding"] = Said("Token embedding", words, size, "E2")
    words = f"To each row, the {width} numbers of its place are added: {states}."
    size = each["position embedding"]
    rows["position embedding"] = Said("Position embedding", words, size, "E5")
    words = f"States {states} keep their shape; in training, some numbers become 0."
    rows["dropout"] = Said("Dropout", words, "none", of["Dropout"])
    words = f"States {states} go in and come out, {layers} times in a row."
    size = f"{attention + forward + norms:,} in each"
    rows[f"{layers} {TIMES} block"] = Said("Block", words, size, of["Block"])
    words = f"In {config.heads} heads, states {states} collect from earlier ones."
    name, size = "masked multi-head attention", f"{attention:,}"
    rows[name] = Said("Attention", words, size, of["MultiHeadAttention"])
    words = f"The {width} numbers of each state get mean 0 and variance 1, then a scale"
    size = f"{norms // 2:,} in each"
    rows["LayerNorm"] = Said("LayerNorm", f"{words}.", size, of["LayerNorm"])
    words = f"Each state by itself: {width} numbers, {inner:,} inside, {width} again."
    size = f"{forward:,}"
    rows["feed-forward"] = Said("Feed-forward", words, size, of["FeedForward"])
    words = f"States {states} times the token embedding give scores {scores}."
    rows["logits"] = Said("Logits", words, "none of its own", of["GPT"])
    words = f"Scores {scores} become probabilities of the next token."
    rows["softmax"] = Said("Softmax", words, "none", "P6")
    words = "One number: the mean surprise at the true next tokens."
    rows["loss"] = Said("Loss", words, "none", "M2")
    words = "Every weight moves a little against its gradient."
    rows["training"] = Said("Training", words, "none", "L3")
    words = "One token is chosen and appended, and the model reads again."
    rows["sampling"] = Said("Sampling", words, "none", "S1")
    return rows


def boxes(svg):
    """Return the boxes of a drawing: a label and x, y, width, height, top to bottom."""
    found, words, place = [], [], None
    for element in [*ElementTree.fromstring(svg), None]:
        tag = "" if element is None else element.tag.removeprefix(SVG)
        large = tag == "text" and float(element.get("font-size")) == LARGE
        if large and place:
            words.append(element.text)
        elif tag != "text":
            if words:
                found.append((" ".join(words), place))
            words, place = [], None
            if tag == "rect":
                size = ("x", "y", "width", "height")
                place = [float(element.get(name)) for name in size]
    tokens = [place for label, place in found if label in TOKENS]
    x, y, right = tokens[0][0], tokens[0][1], tokens[-1][0] + tokens[-1][2]
    one = ("tokens", [x, y, right - x, tokens[0][3]])
    rest = [box for box in found if box[0] not in TOKENS]
    return [rest[0], one, *rest[1:]]


class Living(SphinxPostTransform):
    """Put what is to be said below each drawing of GPT-1."""

    # After the drawings stand in the page.
    default_priority = 620
    formats = ("html",)

    def run(self, **_):
        for node in list(self.document.findall(nodes.raw)):
            if drawing := DRAWING.search(node.astext()):
                place = node.parent.index(node) + 1
                data = {"boxes": list(self.told(drawing[0]))}
                html = numbers_html(self.document, "drawing", data)
                node.parent.insert(place, raw(html))

    def told(self, svg):
        facts, there = said(), self.app.builder.get_relative_uri
        chapters = {name.split("/")[-1][:2]: name for name in self.env.all_docs}
        _, _, *size = map(float, re.search(r'viewBox="(.+?)"', svg)[1].split())
        for label, place in boxes(svg):
            if label not in facts:
                continue
            fact = facts[label]
            page = chapters[CHAPTER[fact.equation[0]]]
            address = there(self.env.docname, page)
            shares = zip(place, size * 2, strict=True)
            yield {
                **fact._asdict(),
                "at": [round(100 * part / whole, 2) for part, whole in shares],
                "there": f"{address}#eq-{fact.equation.lower()}",
                "chapter": self.env.titles[page].astext(),
                "page": address,
            }
