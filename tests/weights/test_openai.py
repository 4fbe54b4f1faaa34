"""OpenAI's files: one flat vector in ten pieces, and a list of shapes."""

import json
import re

import numpy as np
import pytest

from gpt1 import GPT, GPTConfig
from lib.checks import SMALL, check_against_numpy
from lib.folders import Trap, same
from lib.weights import numpy_weights

BLOCK = ["attn.c_attn", "attn.c_proj", "ln_1", "mlp.c_fc", "mlp.c_proj", "ln_2"]


def write_openai(folder, weights, files=10):
    """Write `numpy_weights` as OpenAI published GPT-1; returns the list of shapes.

    One flat vector is cut into params_N.npy, and `params_shapes.json` lists the shapes
    in order: positions first, then the tokens, then twelve tensors for each block, with
    linear matrices as convolution kernels (1, in, out).
    """
    names = ["transformer.positions_embed.weight", "transformer.tokens_embed.weight"]
    for layer in range(sum(name.endswith("ln_1.bias") for name in weights)):
        for part in BLOCK:
            name = f"transformer.h.{layer}.{part}"
            names += [f"{name}.weight", f"{name}.bias"]
    assert sorted(names) == sorted(weights)
    shapes = []
    for name in names:
        kernel = weights[name].ndim == 2 and "embed" not in name
        shapes.append([1] * kernel + list(weights[name].shape))
    flat = np.concatenate([weights[name].ravel() for name in names])
    # Cut anywhere, as theirs are: a tensor may begin in one file and end in the next.
    for number, part in enumerate(np.array_split(flat, files)):
        np.save(folder / f"params_{number}.npy", part)
    (folder / "params_shapes.json").write_text(json.dumps(shapes))
    return shapes


def test_openais_files_load_bit_for_bit(small, small_weights, tmp_path, ids):
    shapes = write_openai(tmp_path, small_weights)
    assert shapes[:4] == [[16, 24], [61, 24], [1, 24, 72], [72]]
    loaded = GPT.from_pretrained(tmp_path, heads=SMALL.heads)
    same(loaded, small)
    check_against_numpy(loaded, small_weights, ids)


def test_openais_files_are_joined_in_the_order_of_their_numbers(
    small, small_weights, tmp_path
):
    write_openai(tmp_path, small_weights, files=12)  # 10 must not come before 2
    same(GPT.from_pretrained(tmp_path, heads=4), small)


def test_openais_files_have_twelve_heads_unless_told(tmp_path):
    config = GPTConfig(**{**SMALL.to_dict(), "heads": 12})
    write_openai(tmp_path, numpy_weights(config))
    assert GPT.from_pretrained(tmp_path).config == config
    assert GPT.from_pretrained(tmp_path, dropout=0.0).config.dropout == 0.0


@pytest.mark.parametrize("missing", [0, 4, 9])
def test_a_missing_file_of_openais_is_noticed(small_weights, tmp_path, missing):
    write_openai(tmp_path, small_weights)
    (tmp_path / f"params_{missing}.npy").unlink()
    with pytest.raises(ValueError, match=r"in 9 files: is a params_\*\.npy missing"):
        GPT.from_pretrained(tmp_path, heads=4)


def test_no_file_of_openais_at_all_is_noticed(small_weights, tmp_path):
    write_openai(tmp_path, small_weights)
    for path in tmp_path.glob("params_*.npy"):
        path.unlink()
    with pytest.raises(FileNotFoundError, match=r"no params_0\.npy"):
        GPT.from_pretrained(tmp_path)


SHAPES = ["", "[]", "{}", "3", "[[16, 24]]", "[[16], [61]]", "[[-1]]", "[[{total}]]"]


@pytest.mark.parametrize("shapes", SHAPES)
def test_broken_shapes_of_openais_are_one_clear_error(small_weights, tmp_path, shapes):
    write_openai(tmp_path, small_weights)
    total = sum(array.size for array in small_weights.values())
    shapes = shapes.format(total=total) if "total" in shapes else shapes
    (tmp_path / "params_shapes.json").write_text(shapes)
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        GPT.from_pretrained(tmp_path, heads=4)


def test_pickled_arrays_are_not_read(small_weights, tmp_path):
    write_openai(tmp_path, small_weights)
    trap = np.array([Trap(tmp_path / "ran")], dtype=object)
    np.save(tmp_path / "params_3.npy", trap, allow_pickle=True)
    with pytest.raises(ValueError, match="pickle"):
        GPT.from_pretrained(tmp_path, heads=4)
    assert not (tmp_path / "ran").exists()
