"""What is not a GPT-1 is refused with one clear error, and no pickle is ever opened."""

import re

import pytest
import torch

from gpt1 import GPT
from lib.folders import Trap, rewrite, same

pytest.importorskip("safetensors.torch")
pytest.importorskip("transformers")


def test_every_faulty_tensor_is_named_in_one_error(theirs):
    def spoil(tensors):
        del tensors["transformer.h.1.ln_1.bias"]
        del tensors["transformer.h.2.attn.c_proj.weight"]
        tensors["transformer.h.0.mlp.c_fc.weight"] = torch.zeros(96, 24)
        tensors["transformer.ln_f.weight"] = torch.zeros(24)

    rewrite(theirs, spoil)
    with pytest.raises(ValueError, match="does not fit its config") as error:
        GPT.from_pretrained(theirs)
    for fault in (
        "h.1.ln_1.bias is missing",
        "h.2.attn.c_proj.weight is missing",
        "h.0.mlp.c_fc.weight must be (24, 96), got (96, 24)",
        "ln_f.weight is unknown",
    ):
        assert fault in str(error.value)
    assert str(error.value).count(";") == 3


def forget(tensors):
    del tensors["transformer.tokens_embed.weight"]


def untie(tensors):
    tensors["lm_head.weight"] = tensors["transformer.tokens_embed.weight"] + 1


SPOILT = {
    "another size": ({"n_positions": 32}, r"positions_embed.*\(32, 24\), got \(16, 24"),
    "more blocks": ({"n_layer": 2}, r"h\.2\.ln_2\.bias is unknown"),
    "GPT-2": ({"model_type": "gpt2"}, r"must describe a GPT-1 .*got"),
    "another function": ({"afn": "relu"}, r"must describe a GPT-1 .*got"),
    "no embedding": ({"change": forget}, r"tokens_embed\.weight is missing"),
    "untied": ({"change": untie}, "output matrix of its own"),
}


@pytest.mark.parametrize(("changes", "told"), SPOILT.values(), ids=SPOILT)
def test_what_does_not_fit_or_is_another_model_is_named(theirs, changes, told):
    rewrite(theirs, **changes)
    with pytest.raises(ValueError, match=told):
        GPT.from_pretrained(theirs)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"gpt"', "\xff"])
def test_a_broken_config_is_one_clear_error(theirs, text):
    (theirs / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=r"config\.json"):
        GPT.from_pretrained(theirs)


def test_a_missing_config_is_one_clear_error(theirs):
    (theirs / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"needs a config\.json"):
        GPT.from_pretrained(theirs)


@pytest.mark.parametrize("keep", [0, 4, 100, 5000])
def test_a_damaged_file_is_one_clear_error(theirs, keep):
    path = theirs / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"model\.safetensors is not safetensors, or"):
        GPT.from_pretrained(theirs)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
def test_a_pickle_is_never_opened(theirs, tmp_path, name):
    (theirs / "model.safetensors").unlink()
    torch.save({"trap": Trap(tmp_path / "ran")}, theirs / name)
    for source in (theirs, theirs / name):
        with pytest.raises(ValueError, match=rf"{re.escape(name)} is not read.*pickle"):
            GPT.from_pretrained(source)
    assert not (tmp_path / "ran").exists()


def test_a_pickle_beside_safetensors_does_no_harm(small, theirs, tmp_path):
    torch.save({"trap": Trap(tmp_path / "ran")}, theirs / "pytorch_model.bin")
    same(GPT.from_pretrained(theirs), small)
    assert not (tmp_path / "ran").exists()


def test_an_empty_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors.*params_shapes"):
        GPT.from_pretrained(tmp_path)


@pytest.mark.parametrize("source", ["./no/such/folder", "/no/such", "a/b/c"])
def test_a_path_that_is_not_there_is_not_looked_for_on_the_hub(
    source, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        GPT.from_pretrained(source)


def test_without_a_network_a_hub_id_is_one_clear_error(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(FileNotFoundError, match=r"no-such-owner/no-such-model.*hub"):
        GPT.from_pretrained("no-such-owner/no-such-model")


def test_the_hub_gives_a_folder_with_config_and_weights_only(
    small, theirs, monkeypatch
):
    asked = []

    def download(source, *, revision, allow_patterns):
        asked.append((source, revision, sorted(allow_patterns)))
        return str(theirs)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    loaded = GPT.from_pretrained("openai-community/openai-gpt", revision="abc")
    same(loaded, small)
    files = ["config.json", "model-*.safetensors", "model.safetensors"]
    files.append("model.safetensors.index.json")
    assert asked == [("openai-community/openai-gpt", "abc", files)]
