"""GPT-2: Hugging Face's numbers on the same weights, its sizes, its files."""

import json
from dataclasses import replace

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.generate import generate
from gpt1.inspect import leaks
from gpt1.model import Block
from gpt1.variants.gpt2 import GPT2, SIZES, PreNormGPT
from gpt1.variants.model import scaled_by_depth
from gpt1.variants.swapping import swap
from lib.checks import SMALL, close
from lib.weights import random_ids

transformers = pytest.importorskip("transformers")
pytest.importorskip("safetensors")
CONFIG = replace(SMALL, dropout=0.0)


def their_config(config=CONFIG, **changes):
    return transformers.GPT2Config(
        vocab_size=config.vocab_size,
        n_positions=config.context,
        n_embd=config.width,
        n_layer=config.layers,
        n_head=config.heads,
        layer_norm_epsilon=config.norm_eps,
        resid_pdrop=config.dropout,
        **{"bos_token_id": 0, "eos_token_id": 0, **changes},
    )


@pytest.fixture(scope="module")
def theirs():
    """Hugging Face's, with weights so large that a slip anywhere shows."""
    torch.manual_seed(0)
    model = transformers.GPT2LMHeadModel(their_config()).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            size = 1.0 if parameter.dim() < 2 else parameter.size(0) ** 0.5
            parameter.normal_(float("ln_" in name and "weight" in name), 1.2 / size)
            if parameter.dim() < 2:
                parameter.copy_(1 + (parameter - 1) / 3)
    return model


@pytest.fixture(scope="module")
def folder(theirs, tmp_path_factory):
    place = tmp_path_factory.mktemp("gpt2")
    theirs.save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def ours(folder):
    return GPT2.from_pretrained(folder)


@pytest.fixture
def ids():
    return random_ids(CONFIG, 3, 16)


@torch.no_grad()
def test_states_and_logits_are_hugging_faces(theirs, ours, ids):
    wanted = theirs(ids, output_hidden_states=True)
    x = ours.token_embedding(ids) + ours.position_embedding(torch.arange(16))
    for layer, block in enumerate(ours.blocks):
        close(x, wanted.hidden_states[layer], f"what block {layer} is given")
        x = block(x)
    close(ours.hidden(ids), wanted.hidden_states[-1], "the last states")
    close(ours(ids), wanted.logits, "logits")
    assert ours(ids).std() > 0.3


def test_loss_and_gradients_are_hugging_faces(theirs, ours, ids):
    loss, wanted = ours.loss(ids), theirs(ids, labels=ids).loss
    close(loss.detach(), wanted.detach(), "loss", 1e-6)
    loss.backward()
    wanted.backward()
    pairs = {
        "token_embedding.weight": theirs.transformer.wte.weight.grad,
        "final_norm.bias": theirs.transformer.ln_f.bias.grad,
        "blocks.0.attention_norm.weight": theirs.transformer.h[0].ln_1.weight.grad,
        "blocks.2.feed_forward.expand.weight": theirs.transformer.h[
            2
        ].mlp.c_fc.weight.grad.T,
    }
    for name, want in pairs.items():
        close(ours.get_parameter(name).grad, want, name)


@torch.no_grad()
def test_it_writes_what_hugging_faces_writes_with_a_cache_and_without(theirs, ours):
    start = random_ids(CONFIG, 2, 3)
    wanted = theirs.generate(
        start,
        attention_mask=torch.ones_like(start),
        max_new_tokens=10,
        min_new_tokens=10,
        do_sample=False,
        pad_token_id=0,
        eos_token_id=None,
    )
    for cache in (True, False):
        found = generate(ours, start, 10, temperature=0, cache=cache)
        assert found == wanted.tolist()
    assert len(wanted.unique()) > 4


@torch.no_grad()
def test_a_cache_goes_on_where_the_text_stood(ours, ids):
    cache = ours.new_cache()
    parts = [ours(part, cache=cache) for part in ids.split([9, 4, 1, 2], dim=1)]
    close(torch.cat(parts, dim=1), ours(ids), "logits")


def test_it_does_not_look_ahead(ours):
    assert not leaks(ours)


@pytest.mark.parametrize("wrong", ["post-norm", "no final norm", "another epsilon"])
@torch.no_grad()
def test_the_comparison_notices_a_model_that_is_wrong_in_one_way(
    folder, theirs, ids, wrong
):
    model = GPT2.from_pretrained(folder)
    if wrong == "post-norm":
        swap(model, type(model.blocks[0]), Block)
    elif wrong == "no final norm":
        model.final_norm = torch.nn.Identity()
    else:
        model.final_norm.eps = 1e-2
    with pytest.raises(AssertionError, match="logits"):
        close(model(ids), theirs(ids).logits, "logits")


def test_the_published_sizes_to_the_unit():
    """transformers counts as many; so does the release of the larger three."""
    counts = {}
    for name, config in SIZES.items():
        with torch.device("meta"):
            counts[name] = sum(p.numel() for p in GPT2(config).parameters())
    assert counts == {
        "gpt2": 124_439_808,
        "gpt2-medium": 354_823_168,
        "gpt2-large": 774_030_080,
        "gpt2-xl": 1_557_611_200,
    }
    with torch.device("meta"):
        small = transformers.GPT2LMHeadModel(transformers.GPT2Config())
    assert sum(p.numel() for p in small.parameters()) == counts["gpt2"]
    assert SIZES["gpt2"] == GPTConfig(vocab_size=50257, context=1024)


def test_it_begins_as_gpt_1_with_smaller_branches():
    """The last matrices of both branches by √(2 layers), and nothing else."""
    config, sizes = replace(CONFIG, width=48, layers=8), {}
    for kind in (GPT, PreNormGPT, GPT2):
        torch.manual_seed(0)
        model = kind(config)
        for name, parameter in model.named_parameters():
            sizes.setdefault(name, []).append(parameter.detach())
    for name, found in sizes.items():
        if name.startswith("final_norm"):
            assert found[-1].unique().item() == float(name.endswith("weight"))
        elif "projection.weight" in name or "contract.weight" in name:
            ratio = found[1].std() / found[2].std()
            assert ratio.item() == pytest.approx(4, rel=0.02), name
        elif found[0].dim() > 1:
            assert found[2].std().item() == pytest.approx(0.02, rel=0.1), name
        else:
            assert torch.equal(found[0], found[2]), name
    torch.manual_seed(0)
    scaled = scaled_by_depth(PreNormGPT(config))
    for name, parameter in scaled.named_parameters():
        assert torch.equal(parameter.detach(), sizes[name][-1]), name


def test_from_pretrained_says_what_is_not_a_gpt_2(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FileNotFoundError, match="could not be fetched"):
        GPT2.from_pretrained("no-such-model-anywhere")
    with pytest.raises(FileNotFoundError, match=r"needs a config\.json"):
        GPT2.from_pretrained(tmp_path)
    wrong = [
        ({"model_type": "openai-gpt"}, "'openai-gpt'"),
        ({"activation_function": "relu"}, "'relu'"),
        ({"n_layer": 2}, "h.2.attn.c_attn.weight is unknown"),
        ({"n_embd": 25}, "not the config of a GPT-2: heads must divide width"),
    ]
    values = json.loads((folder / "config.json").read_text("utf8"))
    (tmp_path / "model.safetensors").hardlink_to(folder / "model.safetensors")
    for changes, said in wrong:
        (tmp_path / "config.json").write_text(json.dumps(values | changes), "utf8")
        with pytest.raises(ValueError, match=said):
            GPT2.from_pretrained(tmp_path)
    with pytest.raises(ValueError, match="GPT-1"):
        GPT.from_pretrained(folder)


def test_a_missing_norm_at_the_end_is_said(folder, tmp_path):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    tensors = {name: t for name, t in tensors.items() if "ln_f" not in name}
    save_file(tensors, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(ValueError, match=r"ln_f.weight is missing; ln_f.bias"):
        GPT2.from_pretrained(tmp_path)


def test_loading_draws_no_random_numbers_and_takes_dropout(folder):
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    model = GPT2.from_pretrained(folder, dropout=0.25)
    assert torch.equal(torch.rand(3), wanted)
    assert model.config.dropout == model.dropout.p == 0.25
    assert not model.training


def test_what_it_cannot_write_it_says(ours, tmp_path):
    with pytest.raises(NotImplementedError, match=r"torch\.save"):
        ours.save_pretrained(tmp_path)
