"""Give the pages with the live model their scripts, their data and the model.

The weights are made from the package's own file when the book is built. They are in
`_static/play/weights.js`, which the page asks for when its reader does: half precision,
so that the page computes what the chapters do. Numbers of this kind hold 16 bits, but
in these few of the bits for their size are ever used, and deflate finds that out once
the bytes with these bits stand together: 3.7 MB of 4.4, or 4.9 as base 64.
"""

import base64
import hashlib
import json
import re
import zlib
from functools import cache
from html import unescape
from pathlib import Path

from gpt1.plumbing.files import load_checkpoint
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.weights import SHIPPED_FILES

PAGE, WELCOME, MODEL = "book/play", "book/index", "tales-small"
FOLDER = "play"
HERE = Path(__file__).parents[2] / "_static" / FOLDER
SCRIPTS = {
    PAGE: ["moving/moving.css", f"{FOLDER}/play.css", "moving/moving.js"],
    WELCOME: [f"{FOLDER}/brain.js", f"{FOLDER}/welcome.js"],
}
PARTS = ["words", "tale", "story", "draws", "next", "heads", "things"]
"""What the page's own script puts together."""
SCRIPTS[PAGE] += [f"{FOLDER}/{name}.js" for name in ["engine", "brain", *PARTS, "page"]]
TRUTH = HERE / "truth.json"
"""The grammar's chances in some tales; without it the page has the model's alone."""
BEGIN = "Fern, a plump marmot with bright eyes, lived in a small house on the hill"
SEED = 0
"""The seed with which the page's own scripts write the story on the welcome page."""
PLACE = '<div class="play-still docutils">'
DATA = '<script type="application/json" data-moving="play">{}</script>'
STORY = re.compile(r'<div class="story live-story docutils">\n(.*?)</div>', re.DOTALL)
ROW = re.compile(r'<div class="live-row screen-only docutils">\n<p>(.*?)</p>\n</div>')
BUTTONS = """<div class="live-row screen-only">
<button type="button">Write another · {megabytes} MB</button>
<button type="button">Stop</button>
{link}
<noscript><style>.live button {{ display: none }}</style></noscript>
<script type="application/json">{data}</script>
</div>"""


def script(name, value):
    """A script that stores a value in the page's `gpt1`."""
    return f"gpt1.{name} = {json.dumps(value, separators=(',', ':'))};\n"


def stored(checkpoint):
    """The weights of a checkpoint in half precision, packed into a string.

    Returns:
        A dictionary with `config`; `sizes`, how many numbers each parameter has, in
        order; and `packed`: the high bytes of all numbers, then the low ones, deflated,
        in base 64.

    Raises:
        ValueError: the checkpoint is not in half precision.
    """
    parameters = checkpoint["model"]
    if kinds := {str(p.dtype) for p in parameters.values()} - {"torch.float16"}:
        raise ValueError(f"expected weights in torch.float16, got {sorted(kinds)}")
    arrays = [p.numpy().astype("<f2") for p in parameters.values()]
    numbers = b"".join(array.tobytes() for array in arrays)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FILTERED)
    squeezed = squeeze.compress(numbers[1::2] + numbers[::2]) + squeeze.flush()
    sizes = {name: p.numel() for name, p in parameters.items()}
    packed = base64.b64encode(squeezed).decode("ascii")
    return {"config": checkpoint["config"], "sizes": sizes, "packed": packed}


def tokenizer(checkpoint):
    """The tokenizer of a checkpoint, as the page's script reads it."""
    saved = checkpoint["tokenizer"]
    merges = "\n".join("\t".join(pair) for pair in saved["merges"])
    return {"characters": saved["characters"], "merges": merges}


def checked(truth, bpe):
    """The grammar's chances, as the page reads them.

    Args:
        truth: what the file holds: `model`, and `tales`, each with its `ids` and
            `truth`, where `truth[k]` has pairs of an id and its chance after
            `ids[: k + 1]`.
        bpe: the model's tokenizer.

    Returns:
        The same, each tale with the empty line before it that the model wants.

    Raises:
        ValueError: it is for another model, or a tale and its chances do not fit.
    """
    if truth["model"] != MODEL:
        raise ValueError(f"expected chances for {MODEL}, got {truth['model']!r}")
    before = bpe.encode("\n\n")
    tales = []
    for number, tale in enumerate(truth["tales"]):
        ids, chances = tale["ids"], tale["truth"]
        if not all(0 <= i < bpe.vocab_size for i in ids):
            raise ValueError(f"tale {number} has ids outside the vocabulary")
        if not len(ids) - 1 <= len(chances) <= len(ids):
            raise ValueError(
                f"tale {number} has {len(ids)} ids and chances after {len(chances)}: "
                f"expected as many, or one less"
            )
        if ids[: len(before)] != before:
            ids, chances = [*before, *ids], [[] for _ in before] + chances
        tales.append({"ids": ids, "truth": chances})
    return {"tales": tales}


@cache
def made():
    """What stands in the page itself, and the files that it asks for later.

    Returns:
        A dictionary, and the texts of scripts by the names of their files.
    """
    checkpoint = load_checkpoint(SHIPPED_FILES[MODEL])
    own = tokenizer(checkpoint)
    weights = script("tokenizer", own) + script("stored", stored(checkpoint))
    scripts, tales = {"weights.js": weights}, []
    if TRUTH.is_file():
        bpe = tokenizer_from_dict(checkpoint["tokenizer"])
        truth = checked(json.loads(TRUTH.read_text("utf8")), bpe)
        scripts["truth.js"] = script("truth", truth)
        tales = [bpe.decode(tale["ids"][:16]).strip() + " …" for tale in truth["tales"]]
    files = [versioned(name, text) for name, text in scripts.items()]
    data = {"begin": BEGIN, "config": checkpoint["config"], "files": files}
    data |= {"megabytes": round(len(weights) / 1e6), "tales": tales}
    return {**data, "tokenizer": own}, scripts


def versioned(name, text):
    """The address of a file, which is another once its text is."""
    return f"{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def as_json(data):
    """Data as it can stand in a script of the page."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c")


def story(html):
    """The story on the welcome page, as the model reads and wrote it.

    Args:
        html: the page's article.

    Returns:
        A dictionary with the `ids`, in empty lines; the `pieces` between these; and the
        `seed`.
    """
    bpe = tokenizer_from_dict(load_checkpoint(SHIPPED_FILES[MODEL])["tokenizer"])
    paragraphs = re.findall("<p>(.*?)</p>", STORY.search(html)[1], re.DOTALL)
    lines = [" ".join(unescape(paragraph).split()) for paragraph in paragraphs]
    text = "\n".join(lines).translate({0x201C: '"', 0x201D: '"', 0x2019: "'"})
    pieces, end = bpe.strings(bpe.encode(text)), bpe.encode("\n\n")
    return {"ids": [*end, *bpe.encode(text), *end], "pieces": pieces, "seed": SEED}


def filled(html, page):
    """A page's article with the data that its script reads."""
    data, _ = made()
    if page == PAGE:
        pattern, new = re.compile(re.escape(PLACE)), PLACE + DATA
        new = new.format(as_json(data))
    else:
        found = ROW.search(html)
        engine = versioned("engine.js", (HERE / "engine.js").read_text("utf8"))
        own = {**story(html), "files": [engine, data["files"][0]]}
        own["megabytes"] = megabytes = data["megabytes"]
        link = found[1] if found else ""
        pattern = ROW
        new = BUTTONS.format(megabytes=megabytes, link=link, data=as_json(own))
    html, count = pattern.subn(lambda _: new, html)
    if count != 1:
        raise ValueError(
            f"{page} has no place for the model: expected {pattern.pattern}"
        )
    return html


def load(app, page, template, context, doctree):
    """Put the data and the scripts into the page."""
    if page not in SCRIPTS or app.builder.format != "html" or not doctree:
        return
    context["body"] = filled(context["body"], page)
    for name in SCRIPTS[page]:
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, loading_method="defer")


def write(app, exception):
    """Put what the page asks for beside its scripts; the chances are in it."""
    if exception is None and app.builder.name == "html":
        folder = Path(app.outdir) / "_static" / FOLDER
        _, scripts = made()
        for name, text in scripts.items():
            (folder / name).write_text(text, "utf8", newline="\n")
        (folder / TRUTH.name).unlink(missing_ok=True)


def setup(app):
    app.connect("html-page-context", load)
    # After the others, which look through all scripts.
    app.connect("build-finished", write, priority=950)
