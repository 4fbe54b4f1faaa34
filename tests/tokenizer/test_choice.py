"""A tokenizer by name, as `gpt1 train --tokenizer` takes it."""

import pytest

from gpt1.tokenizer import BPETokenizer, CharTokenizer, GPT1Tokenizer
from gpt1.tokenizer.choice import HUB, make_tokenizer, tokenizer_from_dict

TEXT = "the cat sat on the mat. " * 9


def nothing():
    raise AssertionError("the text is not needed")


def test_characters_and_bpe_learn_from_the_text():
    letters = make_tokenizer("characters", lambda: TEXT, 3)
    assert letters.to_dict() == CharTokenizer.train(TEXT).to_dict()
    pairs = make_tokenizer("bpe", lambda: TEXT, 20)
    assert pairs.to_dict() == BPETokenizer.train(TEXT, 20).to_dict()
    assert pairs.vocab_size == 20


@pytest.mark.parametrize("kind", ["characters", "bpe"])
def test_a_saved_one_is_read_from_its_file(tmp_path, kind):
    made = make_tokenizer(kind, lambda: TEXT, 20)
    made.save(tmp_path / "mine.json")
    read = make_tokenizer(str(tmp_path / "mine.json"), nothing, 7)
    assert type(read) is type(made)
    assert read.encode(TEXT) == made.encode(TEXT)
    assert tokenizer_from_dict(made.to_dict()).encode(TEXT) == made.encode(TEXT)


def test_gpt1_is_the_one_of_the_hub_and_a_folder_has_one_too(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(GPT1Tokenizer, "from_pretrained", asked.append)
    make_tokenizer("gpt1", nothing, 7)
    make_tokenizer(str(tmp_path), nothing, 7)
    assert asked == [HUB, str(tmp_path)]


@pytest.mark.parametrize(
    ("content", "error", "told"),
    [
        (None, FileNotFoundError, "expected characters, bpe, gpt1, or the file"),
        (b"words", ValueError, "expected JSON"),
        (b'{"kind": "runes"}', ValueError, "'runes'"),
        (b"[1]", ValueError, "no tokenizer of kind None"),
        (b'{"kind": "characters"}', ValueError, "file.json"),
        (b"\x80\x02\xff", ValueError, "is not a tokenizer"),
    ],
)
def test_what_is_no_tokenizer_is_said(tmp_path, content, error, told):
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=told):
        make_tokenizer(str(path), nothing, 7)
