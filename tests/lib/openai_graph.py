"""OpenAI's fine-tuning graph, run once: its weights, its batch and what it gave.

The folder of data lies beside the project and is in no release; who has it gets the
tests. The weights' names are written out here once more, on purpose: the tests must not
rest on `gpt1.weights`.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.finetune.model import FineTuned

FILE = Path(__file__).parents[3] / "shared/data/openai-graph/finetune.npz"
WORDS, SPECIALS, POSITIONS, LAYERS, HEADS = 57, 3, 16, 3, 4

NAMES = {
    "attn/c_attn": "attention.query_key_value",
    "attn/c_proj": "attention.projection",
    "ln_1": "attention_norm",
    "mlp/c_fc": "feed_forward.expand",
    "mlp/c_proj": "feed_forward.contract",
    "ln_2": "feed_forward_norm",
}


def graph():
    """All arrays of the file, by name."""
    if not FILE.is_file():
        pytest.skip(f"there is no {FILE.name} of OpenAI's graph beside the project")
    return dict(np.load(FILE))


def ours(found):
    """From each of our names to the tensors of the graph, turned as ours are."""
    state = {}
    for number, name in enumerate(found["names"].tolist()):
        tensor = torch.from_numpy(found[f"p{number}"])
        name = name.removeprefix("model/").removesuffix(":0")
        if name == "we":
            tokens, places = tensor.split([WORDS + SPECIALS, POSITIONS])
            state["gpt.token_embedding.weight"] = tokens
            state["gpt.position_embedding.weight"] = places
            continue
        module, kind = name.rsplit("/", 1)
        if block := re.fullmatch(r"h(\d+)/(.+)", module):
            module = f"gpt.blocks.{block[1]}.{NAMES[block[2]]}"
        else:
            module = module.replace("clf", "head")
        tensor = tensor[0] if tensor.dim() == 3 else tensor  # a kernel of length 1
        tensor = tensor.T if kind == "w" else tensor
        state[f"{module}.{'weight' if kind in 'wg' else 'bias'}"] = tensor
    return state


def model(found, kind=torch.float32):
    """Our model with the graph's weights, in evaluation mode."""
    width = found["p0"].shape[1]
    sizes = {"context": POSITIONS, "width": width, "layers": LAYERS, "heads": HEADS}
    gpt = GPT(GPTConfig(vocab_size=WORDS + SPECIALS, dropout=0.0, **sizes))
    model = FineTuned(gpt, dropout=0.0, all_rows=True)
    model.load_state_dict(ours(found))
    return model.eval().to(kind)


def batch(found):
    """The graph's batch as ids, targets and labels of ours."""
    ids = torch.from_numpy(found["X"])[..., 0].long()  # (example, choice, position)
    real = torch.from_numpy(found["M"]) > 0
    targets = torch.full_like(ids, -100)
    targets[..., :-1] = ids[..., 1:].where(real[..., 1:], -100)
    return ids, targets, torch.from_numpy(found["Y"]).long()


def texts(found):
    """The two sides of each sequence: what stood between the marks."""
    start, delimiter, extract = range(WORDS, WORDS + SPECIALS)
    for example, masks in zip(found["X"][..., 0], found["M"], strict=True):
        sides = []
        for row, mask in zip(example.tolist(), masks.tolist(), strict=True):
            row = row[: int(sum(mask))]
            assert (row[0], row[-1]) == (start, extract)
            middle = row.index(delimiter)
            sides.append((row[1:middle], row[middle + 1 : -1]))
        yield sides
