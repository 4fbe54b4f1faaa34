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


def test_another_size_than_the_configs_is_named(theirs):
    rewrite(theirs, n_positions=32)
    with pytest.raises(
        ValueError, match=r"positions_embed.*\(32, 24\), got \(16, 24\)"
    ):
        GPT.from_pretrained(theirs)


def test_more_blocks_than_the_configs_are_named(theirs):
    rewrite(theirs, n_layer=2)
    with pytest.raises(ValueError, match=r"h\.2\.ln_2\.bias is unknown"):
        GPT.from_pretrained(theirs)


def test_an_embedding_under_neither_name_is_missing(theirs):
    rewrite(theirs, lambda tensors: tensors.pop("transformer.tokens_embed.weight"))
    with pytest.raises(ValueError, match=r"tokens_embed\.weight is missing"):
        GPT.from_pretrained(theirs)


def test_an_untied_output_is_refused(theirs):
    def untie(tensors):
        tensors["lm_head.weight"] = tensors["transformer.tokens_embed.weight"] + 1

    rewrite(theirs, untie)
    with pytest.raises(ValueError, match="output matrix of its own"):
        GPT.from_pretrained(theirs)


@pytest.mark.parametrize("changes", [{"model_type": "gpt2"}, {"afn": "relu"}], ids=str)
def test_another_architecture_is_refused(theirs, changes):
    rewrite(theirs, **changes)
    with pytest.raises(ValueError, match=r"must describe a GPT-1 .*got"):
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


@pytest.mark.parametrize("source", ["./no/such/folder", "/no/such", "a/b/c", ""])
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
