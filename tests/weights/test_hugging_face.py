"""Weights go in and out of Hugging Face's layout, bit for bit."""

import sys

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.weights import hugging_face, layouts
from lib.checks import SMALL, check_against_numpy, check_tied
from lib.folders import rewrite, same
from lib.weights import numpy_weights, our_model, their_config, their_model

safetensors = pytest.importorskip("safetensors.torch")
transformers = pytest.importorskip("transformers")


def test_a_folder_of_hugging_faces_loads_bit_for_bit(small, theirs):
    same(GPT.from_pretrained(theirs), small)
    same(GPT.from_pretrained(str(theirs)), small)
    same(GPT.from_pretrained(theirs / "model.safetensors"), small)


def test_what_is_loaded_computes_and_trains(small_weights, theirs, ids):
    model = GPT.from_pretrained(theirs)
    assert not model.training
    check_against_numpy(model, small_weights, ids)
    check_tied(model, ids)
    assert all(p.requires_grad and p.is_leaf for p in model.parameters())
    assert all(p.is_contiguous() for p in model.parameters())
    model.loss(ids).backward()
    torch.optim.AdamW(model.parameters()).step()


def test_a_saved_folder_loads_in_transformers_bit_for_bit(
    small, small_weights, tmp_path, ids
):
    small.save_pretrained(tmp_path / "ours")
    model, report = transformers.OpenAIGPTLMHeadModel.from_pretrained(
        tmp_path / "ours", output_loading_info=True
    )
    for name, found in report.items():
        assert not found, f"{name}: {found}"
    reference = their_model(SMALL, small_weights)
    ours, wanted = model.state_dict(), reference.state_dict()
    assert ours.keys() == wanted.keys()
    for name, tensor in wanted.items():
        assert torch.equal(ours[name], tensor), name
    assert model.lm_head.weight is model.transformer.tokens_embed.weight
    with torch.no_grad():
        assert torch.equal(model.eval()(ids).logits, reference(ids).logits)
    for field in ("n_positions", "n_embd", "n_layer", "n_head", "vocab_size", "afn"):
        assert getattr(model.config, field) == getattr(reference.config, field), field


def test_automatic_classes_of_transformers_know_a_saved_folder(small, tmp_path):
    small.save_pretrained(tmp_path)
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path)
    assert type(model) is transformers.OpenAIGPTLMHeadModel


def test_there_and_back_changes_no_bit(small, theirs, tmp_path):
    GPT.from_pretrained(theirs).save_pretrained(tmp_path / "ours")
    same(GPT.from_pretrained(tmp_path / "ours"), small)
    files = [folder / "model.safetensors" for folder in (theirs, tmp_path / "ours")]
    before, after = (safetensors.load_file(file) for file in files)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": 1, "heads": 1, "width": 4},
        {"dropout": 0.0, "norm_eps": 1e-6, "init_std": 0.5},
        {"vocab_size": 7, "context": 3},
        {"layers": 11},  # two digits: 10 must not sort before 2
    ],
    ids=str,
)
def test_the_config_comes_back_whole(changes, tmp_path):
    config = GPTConfig(**{**SMALL.to_dict(), "feed_forward": None, **changes})
    model = our_model(config, numpy_weights(config))
    model.save_pretrained(tmp_path)
    same(GPT.from_pretrained(tmp_path), model)


KINDS = ["Model", "DoubleHeadsModel", "ForSequenceClassification"]


@pytest.mark.parametrize("kind", KINDS)
def test_folders_of_the_other_models_load_without_their_heads(
    small, theirs, tmp_path, kind
):
    folder = tmp_path / "a folder with spaces"
    model = getattr(transformers, f"OpenAIGPT{kind}").from_pretrained(theirs)
    model.save_pretrained(folder)
    names = safetensors.load_file(folder / "model.safetensors")
    prefixed = any(name.startswith("transformer.") for name in names)
    assert prefixed == (kind != "Model")
    same(GPT.from_pretrained(folder), small)


def test_the_embedding_under_the_heads_name_alone_loads(small, theirs):
    def move(tensors):
        tensors["lm_head.weight"] = tensors.pop("transformer.tokens_embed.weight")

    rewrite(theirs, move)
    same(GPT.from_pretrained(theirs), small)


def test_buffers_of_older_versions_are_ignored(small, theirs):
    def add(tensors):
        mask = torch.ones(1, 1, 16, 16)
        tensors["transformer.position_ids"] = torch.arange(16)
        tensors |= {f"transformer.h.{i}.attn.bias": mask.clone() for i in range(3)}

    rewrite(theirs, add)
    same(GPT.from_pretrained(theirs), small)


def test_half_precision_becomes_float32(small, theirs):
    def halve(tensors):
        tensors |= {name: tensor.bfloat16() for name, tensor in tensors.items()}

    rewrite(theirs, halve)
    loaded = GPT.from_pretrained(theirs)
    same(loaded, small.bfloat16().float())


def test_dropout_may_be_chosen(theirs):
    assert GPT.from_pretrained(theirs).config.dropout == SMALL.dropout
    assert GPT.from_pretrained(theirs, dropout=0.3).config.dropout == 0.3
    rewrite(theirs, attn_pdrop=0.0, embd_pdrop=0.5, resid_pdrop=0.2)
    assert GPT.from_pretrained(theirs).config.dropout == 0.2
    assert GPT.from_pretrained(theirs, dropout=0.0).config.dropout == 0.0


def test_saving_makes_the_folders_it_needs_and_nothing_else(small, tmp_path):
    small.save_pretrained(tmp_path / "a" / "b")
    names = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert names == ["config.json", "model.safetensors"]


@pytest.mark.parametrize("moment", ["weights", "config"])
def test_a_save_that_fails_half_way_leaves_the_old_folder(
    small, theirs, monkeypatch, moment
):
    before = {path.name: path.read_bytes() for path in theirs.iterdir()}

    def fail(*_args, **_options):
        raise OSError("no space left on device")

    if moment == "weights":
        monkeypatch.setattr("safetensors.torch.save_file", fail)
    else:
        monkeypatch.setattr("pathlib.Path.write_text", fail)
    with pytest.raises(OSError, match="no space"):
        small.save_pretrained(theirs)
    assert {path.name: path.read_bytes() for path in theirs.iterdir()} == before


def test_saving_again_replaces_the_old_model(small, tmp_path):
    other = GPT(GPTConfig(**{**SMALL.to_dict(), "layers": 1}))
    other.save_pretrained(tmp_path)
    small.save_pretrained(tmp_path)
    same(GPT.from_pretrained(tmp_path), small)


def test_a_feed_forward_that_the_layout_cannot_hold_is_refused(tmp_path):
    model = GPT(GPTConfig.tiny(feed_forward=7))
    with pytest.raises(ValueError, match=r"feed_forward = 4 \* width = 512, got 7"):
        model.save_pretrained(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_without_safetensors_the_error_says_how_to_get_it(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)
    for action in (
        lambda: small.save_pretrained(tmp_path),
        lambda: hugging_face.read_tensors(tmp_path),
    ):
        with pytest.raises(ImportError, match=r"safetensors: install it with"):
            action()


def test_gpt1_has_the_names_and_shapes_of_hugging_faces():
    with torch.device("meta"):
        model = GPT(GPTConfig())
        wanted = transformers.OpenAIGPTLMHeadModel(their_config(GPTConfig()))
    wanted = {name: tensor.shape for name, tensor in wanted.state_dict().items()}
    assert wanted.pop("lm_head.weight") == (40478, 768)
    assert {
        f"transformer.{layouts.their_name(name)}": layouts.to_theirs(name, tensor).shape
        for name, tensor in model.state_dict().items()
    } == wanted
