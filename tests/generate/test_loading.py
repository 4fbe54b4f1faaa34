"""Models and their tokenizers, from every place where a trained one may lie."""

import json

import pytest
import torch

from gpt1 import GPT, GPTConfig, loading
from gpt1.loading import load_model
from gpt1.plumbing.files import save_checkpoint
from gpt1.tokenizer import CharTokenizer, GPT1Tokenizer
from lib.folders import Trap, same

LETTERS = CharTokenizer("\n abcdefgh")
SIZES = {"context": 16, "width": 8, "layers": 1, "heads": 2}
FITTING = {"vocab_size": LETTERS.vocab_size, **SIZES}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GPT(GPTConfig(**FITTING)).eval()


def contents(model, /, **changes):
    """What a checkpoint holds."""
    whole = {"model": model.state_dict(), "config": model.config.to_dict()}
    return {**whole, "tokenizer": LETTERS.to_dict(), **changes}


@pytest.fixture
def checkpoint(model, tmp_path):
    path = tmp_path / "best_model.pth"
    save_checkpoint(path, contents(model))
    return path


@pytest.fixture
def exported(model, tmp_path):
    """A folder as `gpt1 train --export` writes it."""
    folder = tmp_path / "exported"
    model.save_pretrained(folder)
    LETTERS.save(folder / "gpt1_tokenizer.json")
    return folder


def test_a_checkpoint_gives_its_model_and_its_tokenizer(checkpoint, model):
    loaded, tokenizer = load_model(checkpoint, "cpu")
    same(loaded, model)
    assert tokenizer.to_dict() == LETTERS.to_dict()
    assert not loaded.training


def test_in_the_folder_of_a_run_the_best_model_is_taken_or_else_the_last(
    checkpoint, model
):
    same(load_model(checkpoint.parent, "cpu")[0], model)
    last = checkpoint.with_name("last.pth")
    save_checkpoint(last, {"another": "one"})
    same(load_model(checkpoint.parent, "cpu")[0], model)
    checkpoint.replace(last)
    same(load_model(checkpoint.parent, "cpu")[0], model)


@pytest.mark.parametrize("name", ["", "model.safetensors"])
def test_an_exported_folder_gives_both(exported, model, name):
    loaded, tokenizer = load_model(exported / name, "cpu")
    same(loaded, model)
    assert tokenizer.to_dict() == LETTERS.to_dict()


@pytest.fixture
def original(tmp_path):
    """A model, whose folder has a vocabulary and merges as Hugging Face names them."""
    tokens = ["<unk>", "a", "b", "a</w>", "b</w>", "ab</w>", "\n</w>"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    (tmp_path / "vocab.json").write_text(json.dumps(vocabulary))
    (tmp_path / "merges.txt").write_text("#version: 0.2\na b</w>\n")
    model = GPT(GPTConfig(vocab_size=len(tokens), **SIZES)).eval()
    model.save_pretrained(tmp_path)
    return model


def test_a_folder_of_hugging_faces_brings_gpt1s_tokenizer(original, tmp_path):
    loaded, tokenizer = load_model(tmp_path, "cpu")
    same(loaded, original)
    assert isinstance(tokenizer, GPT1Tokenizer)
    assert tokenizer.encode("ab\nb") == [5, 6, 4]


def test_an_id_of_the_hub_is_fetched_with_all_that_is_needed(
    original, tmp_path, monkeypatch
):
    asked = []

    def hub_folder(source, files, revision=None):
        asked.append((source, set(files)))
        return tmp_path

    monkeypatch.setattr(loading, "hub_folder", hub_folder)
    same(load_model("someone/a-gpt", "cpu")[0], original)
    names = {"config.json", "model.safetensors", "gpt1_tokenizer.json", "vocab.json"}
    names |= {"model.safetensors.index.json", "model-*.safetensors", "merges.txt"}
    assert asked == [("someone/a-gpt", names | {"tokenizer.json", "added_tokens.json"})]


def test_a_file_of_ones_own_goes_before_the_shipped_model(
    checkpoint, model, monkeypatch
):
    monkeypatch.setitem(loading.SHIPPED_FILES, "tales-tiny", checkpoint)
    monkeypatch.chdir(checkpoint.parent)
    same(load_model("tales-tiny", "cpu")[0], model)
    own = GPT(model.config)  # with other weights
    save_checkpoint("tales-tiny/best_model.pth", contents(own))
    same(load_model("tales-tiny", "cpu")[0], own)


@pytest.mark.parametrize("name", ["no.pth", "runs/no.pth", "no.safetensors", "no.json"])
def test_a_missing_file_is_not_looked_for_on_the_hub(name, monkeypatch):
    asked = "huggingface_hub.snapshot_download"
    monkeypatch.setattr(asked, lambda *_, **__: pytest.fail("asked the hub"))
    with pytest.raises(FileNotFoundError, match=name):
        load_model(name)


@pytest.mark.parametrize("name", ["someone/no-such-model", "no-such-model"])
def test_what_is_nowhere_is_told(name):
    with pytest.raises(FileNotFoundError, match=f"no file or directory {name}, and"):
        load_model(name)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"neither model\.safetensors"):
        load_model(tmp_path)


def test_weights_without_a_tokenizer_are_told(exported):
    (exported / "gpt1_tokenizer.json").unlink()
    with pytest.raises(FileNotFoundError, match="weights but no tokenizer: expected"):
        load_model(exported)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"kind": "bpe"}', '{"kind": "runes"}']
)
def test_a_broken_tokenizer_is_told(exported, text):
    (exported / "gpt1_tokenizer.json").write_text(text)
    with pytest.raises(ValueError, match=r"gpt1_tokenizer\.json contains no tokenizer"):
        load_model(exported)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"config": None}, "does not fit its config"),
        ({"config": {"width": 8, "colour": 3}}, "does not fit its config: .*colour"),
        ({"model": None}, "does not fit its config"),
        ({"model": {}}, "does not fit its config"),
        ({"tokenizer": None}, "contains no tokenizer"),
        ({"tokenizer": {"kind": "characters"}}, "contains no tokenizer"),
        (
            {"tokenizer": CharTokenizer("ab").to_dict()},
            "10 tokens, but the tokenizer has 2",
        ),
        ({"config": {**FITTING, "layers": 2}}, r"fit its config: .*blocks\.1"),
    ],
)
def test_a_checkpoint_whose_parts_do_not_fit_is_told(model, tmp_path, changes, message):
    path = tmp_path / "odd.pth"
    save_checkpoint(path, contents(model, **changes))
    with pytest.raises(ValueError, match=message):
        load_model(path)


def test_weights_that_are_no_numbers_are_told(model, tmp_path):
    path = tmp_path / "broken.pth"
    model.state_dict()["token_embedding.weight"][3] = torch.nan
    save_checkpoint(path, contents(model))
    with pytest.raises(ValueError, match="not finite"):
        load_model(path)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_text("Once upon a time"),
        lambda path: path.write_bytes(b""),
        lambda path: torch.save([1, 2], path),
        lambda path: torch.save({"weights": torch.ones(3)}, path),
    ],
    ids=["text", "nothing", "a list", "other keys"],
)
def test_another_file_is_told(tmp_path, write):
    path = tmp_path / "a.pth"
    write(path)
    with pytest.raises(ValueError, match=r"a\.pth .*expected a file written by"):
        load_model(path)


def test_a_file_that_would_run_code_does_not(tmp_path):
    path = tmp_path / "trap.pth"
    torch.save({"model": Trap(tmp_path / "sprung")}, path)
    with pytest.raises(ValueError, match="not a checkpoint"):
        load_model(path)
    assert not (tmp_path / "sprung").exists()
