"""What is right but packed otherwise, as other tools write weights and tokenizers."""

import json

import pytest
import torch

from gpt1 import GPT
from gpt1.loading import load_model
from gpt1.plumbing.files import save_checkpoint
from gpt1.tokenizer import GPT1Tokenizer
from lib.checks import SMALL
from lib.folders import rewrite, same

safetensors = pytest.importorskip("safetensors.torch")
transformers = pytest.importorskip("transformers")
WRAPPERS = ["_orig_mod.", "module.", "module._orig_mod.", "_fsdp_wrapped_module."]


@pytest.fixture
def shards(theirs, tmp_path):
    model = transformers.OpenAIGPTLMHeadModel.from_pretrained(theirs)
    model.save_pretrained(tmp_path / "shards", max_shard_size="20KB")
    assert len(list((tmp_path / "shards").glob("model-*.safetensors"))) > 2
    return tmp_path / "shards"


def test_weights_in_several_files_load(small, shards):
    same(GPT.from_pretrained(shards), small)
    same(GPT.from_pretrained(shards / "model.safetensors.index.json"), small)


def test_a_file_that_is_missing_of_several_is_named(shards):
    gone = sorted(shards.glob("model-*.safetensors"))[1]
    gone.unlink()
    with pytest.raises(FileNotFoundError, match=rf"lacks {gone.name}"):
        GPT.from_pretrained(shards)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weight_map": 3}'])
def test_a_broken_index_is_one_clear_error(shards, text):
    (shards / "model.safetensors.index.json").write_text(text)
    with pytest.raises(ValueError, match=r"index\.json must have a weight_map"):
        GPT.from_pretrained(shards)


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_names_that_wrappers_put_before_a_tensors_are_taken_off(
    small, theirs, tmp_path, wrapper
):
    def wrap(tensors):
        for name in list(tensors):
            tensors[wrapper + name] = tensors.pop(name)

    rewrite(theirs, wrap)
    same(GPT.from_pretrained(theirs), small)
    state = {wrapper + name: tensor for name, tensor in small.state_dict().items()}
    contents = {"model": state, "config": small.config.to_dict()}
    save_checkpoint(tmp_path / "best_model.pth", contents)
    same(GPT.from_pretrained(tmp_path / "best_model.pth"), small)
    same(GPT.from_pretrained(tmp_path), small)


def test_a_block_that_was_compiled_alone_loads(small, theirs):
    def wrap(tensors):
        for name in [name for name in tensors if ".h.1." in name]:
            tensors[name.replace(".h.1.", ".h.1._orig_mod.")] = tensors.pop(name)

    rewrite(theirs, wrap)
    same(GPT.from_pretrained(theirs), small)


def test_a_tensor_that_is_there_twice_is_refused(theirs):
    name = "transformer.h.0.ln_1.bias"
    rewrite(theirs, lambda t: t.update({f"module.{name}": t[name] + 1}))
    with pytest.raises(ValueError, match="twice, with and without"):
        GPT.from_pretrained(theirs)


def test_a_long_list_of_faults_is_cut(theirs):
    rewrite(theirs, lambda tensors: [tensors.pop(n) for n in list(tensors)[:20]])
    with pytest.raises(ValueError, match=r"and \d+ more$") as error:
        GPT.from_pretrained(theirs)
    assert len(str(error.value)) < 900


def test_half_precision_loads_and_whole_numbers_do_not(small, theirs):
    rewrite(theirs, lambda t: t.update({n: t[n].half() for n in t}))
    same(GPT.from_pretrained(theirs), small.half().float())
    rewrite(theirs, lambda t: t.update({n: t[n].to(torch.int8) for n in t}))
    with pytest.raises(ValueError, match=r"must hold floats, got torch\.int8"):
        GPT.from_pretrained(theirs)


@pytest.mark.parametrize("rate", [0.0, None])
def test_what_matters_in_training_alone_stops_no_one(theirs, rate):
    rewrite(theirs, initializer_range=rate, resid_pdrop=rate)
    config = GPT.from_pretrained(theirs).config
    assert (config.dropout, config.init_std) == (0.0, 0.02)


# --- tokenizers -----------------------------------------------------------------------


def their_tokenizer(folder, added=()):
    """GPT-1's tokenizer as transformers writes it, of as many tokens as the model."""
    size = SMALL.vocab_size - 2
    tokens = ["<unk>", "a", "b", "a</w>", "b</w>", "\n</w>", "ab</w>"]
    tokens += [f"{chr(200 + i)}</w>" for i in range(size - len(tokens))]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    if int(transformers.__version__.split(".")[0]) < 5:
        # It is made from files, and writes them too unless told not to.
        files = [folder / "their_vocabulary", folder / "their_merges"]
        files[0].write_text(json.dumps(vocabulary))
        files[1].write_text("#version: 0.2\na b</w>\n")
        tokenizer = transformers.OpenAIGPTTokenizerFast(*map(str, files))
        how = {"legacy_format": False}
    else:
        merges, how = [("a", "b</w>")], {}
        tokenizer = transformers.OpenAIGPTTokenizer(vocab=vocabulary, merges=merges)
    tokenizer.add_tokens(["<pad>", "_classify_"])
    tokenizer.save_pretrained(folder, **how)
    return [*tokens, "<pad>", "_classify_"], vocabulary


def test_the_one_file_that_transformers_writes_gives_gpt1s_tokenizer(small, theirs):
    tokens, _ = their_tokenizer(theirs)
    assert not (theirs / "vocab.json").exists()
    loaded, tokenizer = load_model(theirs, "cpu")
    same(loaded, small)
    assert isinstance(tokenizer, GPT1Tokenizer)
    assert tokenizer.tokens == tokens
    assert tokenizer.encode("ab\nb <pad>")[:3] == [6, 5, 4]


def test_tokens_that_older_versions_added_have_their_ids(theirs):
    tokens, vocabulary = their_tokenizer(theirs)
    (theirs / "tokenizer.json").unlink()
    (theirs / "vocab.json").write_text(json.dumps(vocabulary))
    (theirs / "merges.txt").write_text("#version: 0.2\na b</w>\n")
    added = {"<pad>": len(tokens) - 2, "_classify_": len(tokens) - 1}
    (theirs / "added_tokens.json").write_text(json.dumps(added))
    assert load_model(theirs, "cpu")[1].tokens == tokens


@pytest.mark.parametrize("change", [{"type": "Unigram"}, {"end_of_word_suffix": None}])
def test_another_tokenizer_is_not_taken_for_gpt1s(theirs, change):
    their_tokenizer(theirs)
    path = theirs / "tokenizer.json"
    values = json.loads(path.read_text())
    values["model"] |= change
    path.write_text(json.dumps(values))
    with pytest.raises(ValueError, match=r"tokenizer\.json is not GPT-1's tokenizer"):
        load_model(theirs, "cpu")
