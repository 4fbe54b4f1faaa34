"""Give the page with the live model its tokenizer, its scripts and the model.

The weights are made from the package's own file when the book is built. They are in
`_static/play/weights.js`, which the page asks for when its reader does: half precision,
so that the page computes what the chapters do. Numbers of this kind hold 16 bits, but
in these few of the bits for their size are ever used, and deflate finds that out once
the bytes with these bits stand together: 3.7 MB of 4.4, or 4.9 as base 64.
"""

import base64
import json
import zlib

PAGE, MODEL = "book/play", "tales-small"
FOLDER = "play"
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
