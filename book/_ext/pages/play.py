"""Give the page with the live model its tokenizer, its scripts and the model.

The weights are made from the package's own file when the book is built. They are in
`_static/play/weights.js`, which the page asks for when its reader does: half precision,
so that the page computes what the chapters do. Numbers of this kind hold 16 bits, but
in these few of the bits for their size are ever used, and deflate finds that out once
the bytes with these bits stand together: 3.7 MB of 4.4, or 4.9 as base 64.
"""

import base64
import hashlib
import json
import zlib
from functools import cache
from pathlib import Path

from gpt1.plumbing.files import load_checkpoint
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.weights import SHIPPED_FILES

PAGE, MODEL = "book/play", "tales-small"
FOLDER = "play"
TRUTH = Path(__file__).parents[2] / "_static" / FOLDER / "truth.json"
"""The grammar's chances in some tales; without it the page has the model's alone."""
BEGIN = "Fern, a plump marmot with bright eyes, lived in a small house on the hill"
PLACE = '<div class="play-still docutils">'
DATA = '<script type="application/json" data-moving="play">{}</script>'


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
    weights = script("stored", stored(checkpoint))
    scripts, tales = {"weights.js": weights}, []
    if TRUTH.is_file():
        bpe = tokenizer_from_dict(checkpoint["tokenizer"])
        truth = checked(json.loads(TRUTH.read_text("utf8")), bpe)
        scripts["truth.js"] = script("truth", truth)
        tales = [bpe.decode(tale["ids"][:16]).strip() + " …" for tale in truth["tales"]]
    files = {}
    for name, text in scripts.items():
        version = hashlib.sha256(text.encode()).hexdigest()[:8]
        files[name.removesuffix(".js")] = f"{name}?v={version}"
    data = {"begin": BEGIN, "config": checkpoint["config"], "files": files}
    data |= {"megabytes": round(len(weights) / 1e6, 1), "tales": tales}
    return {**data, "tokenizer": tokenizer(checkpoint)}, scripts


def load(app, page, template, context, doctree):
    """Put the data and the scripts into the page."""
    if page != PAGE or app.builder.format != "html" or not doctree:
        return
    data, _ = made()
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    place, found, rest = context["body"].partition(PLACE)
    if not found:
        raise ValueError(f"{page} has no place for the model: expected {PLACE}")
    html = DATA.format(text.replace("<", "\\u003c"))
    context["body"] = f"{place}{found}{html}{rest}"
    for name in ("moving/moving.css", f"{FOLDER}/play.css"):
        app.add_css_file(name)
    for name in ("moving/moving.js", f"{FOLDER}/engine.js", f"{FOLDER}/page.js"):
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
