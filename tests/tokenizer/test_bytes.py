"""Byte-level byte-pair encoding, as GPT-2 has it."""

import json
import sys
import unicodedata

import pytest

from gpt1.tales import generate_tales, join
from gpt1.tokenizer import ByteTokenizer, tokenizer_from_dict
from gpt1.tokenizer.byte_level import END_OF_TEXT, SIGNS, pattern

tokenizers = pytest.importorskip("tokenizers")
TEXT = join(generate_tales(60))
ODD = [
    "",
    " ",
    "\n\n\t \r\n  x",
    "Don't, WE'LL 'tis I'VE  'd'd ''s",
    "日本語のテキスト、中文。",
    "🙂👩‍👩‍👧🏽 e\u0301 é ﬁ ½ ² Ⅷ 一 ٣ x²y3",
    "under_score __init__ a\u00a0b\u2003c \u200b \x1c\x1f\x85 \x00",
    "Fern   and\n\n   Otis  ",
    END_OF_TEXT,
    "".join(map(chr, range(0x20, 0x250))),
]


def theirs(tokenizer):
    """Hugging Face's with the same merges."""
    plain = {t: i for t, i in tokenizer.ids.items() if t not in tokenizer.added}
    other = tokenizers.Tokenizer(tokenizers.models.BPE(plain, tokenizer.merges))
    other.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    other.decoder = tokenizers.decoders.ByteLevel()
    return other


@pytest.fixture(scope="module")
def tokenizer():
    return ByteTokenizer.train(TEXT, 700)


@pytest.mark.parametrize("text", [TEXT[:20_000], *ODD], ids=range(len(ODD) + 1))
def test_ids_are_those_of_hugging_face_and_every_text_comes_back(tokenizer, text):
    ids = tokenizer.encode(text)
    assert ids == theirs(tokenizer).encode(text).ids
    assert tokenizer.decode(ids) == text
    assert max(ids, default=0) < 700
    assert tokenizer.lacking(text) == []


@pytest.mark.weekly
def test_every_character_is_split_as_hugging_face_splits_it():
    """But for those that Python's Unicode does not know yet."""
    split = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    characters = [chr(i) for i in range(sys.maxunicode + 1)]
    unknown = {"Cn", "Cs"}
    for c in characters:
        if unicodedata.category(c) not in unknown:
            text = f"a{c}1 {c}{c}b  {c}?{c}"
            found = [text[i:j] for _, (i, j) in split.pre_tokenize_str(text)]
            assert pattern().findall(text) == found, f"U+{ord(c):04X}"


def test_merges_are_learned_as_hugging_face_learns_them(tokenizer):
    other = tokenizers.Tokenizer(tokenizers.models.BPE())
    other.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=alphabet, show_progress=False
    )
    other.train_from_iterator([TEXT], trainer)
    merges = json.loads(other.to_str())["model"]["merges"]
    assert tokenizer.merges == [tuple(pair) for pair in merges]
    assert tokenizer.vocab_size == 700
    assert set(SIGNS.values()) == set(alphabet)


def test_without_tokenizers_the_merges_are_the_same(monkeypatch):
    text = TEXT[:9000] + " naïve café 🙂"
    want = ByteTokenizer.train(text, 400)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert ByteTokenizer.train([text], 400).merges == want.merges
    assert want.vocab_size == 400


def test_without_merges_ids_are_gpt_2s_numbers_of_bytes():
    """ "!" is 0 and "A" is 32 there, and the bytes that cannot be seen come last."""
    plain = ByteTokenizer([])
    assert plain.encode("!A") == [0, 32]
    assert plain.encode(" \n") == [220, 198]
    assert plain.vocab_size == 256
    assert plain.decode(range(256)) != ""
    with pytest.raises(ValueError, match="256 or more, got 255"):
        ByteTokenizer.train("abc", 255)
    with pytest.raises(ValueError, match="0 to 255, got 256"):
        plain.decode([256])


def test_a_character_that_is_cut_is_shown_when_it_is_whole(tokenizer):
    ids = ByteTokenizer([]).encode("a🙂b")
    plain = ByteTokenizer([])
    assert plain.decode(ids[:3]) == "a\ufffd"
    assert [plain.settled(ids[:n]) for n in range(7)] == ["", *["a"] * 4, "a🙂", "a🙂b"]
    assert plain.parted(ids[:3]) == ("a", ids[1:3])
    assert plain.parted(ids[:2]) == ("a", ids[1:2])
    assert plain.parted(ids) == ("a🙂b", [])
    assert plain.parted(ids[1:2]) == ("", ids[1:2])
    assert plain.parted([]) == ("", [])


def test_saved_tokenizers_give_the_same_ids(tokenizer, tmp_path):
    special = ByteTokenizer(tokenizer.merges, [END_OF_TEXT])
    special.save(tmp_path / "t.json")
    again = tokenizer_from_dict(special.to_dict())
    for loaded in (ByteTokenizer.load(tmp_path / "t.json"), again):
        assert loaded.encode(ODD[5]) == tokenizer.encode(ODD[5])
        assert loaded.vocab_size == tokenizer.vocab_size + 1
        assert loaded.decode([700]) == END_OF_TEXT


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_what_is_saved_for_hugging_face_gives_the_same_ids(tokenizer, tmp_path, text):
    transformers = pytest.importorskip("transformers")
    tokenizer.save_pretrained(tmp_path)
    other = transformers.AutoTokenizer.from_pretrained(tmp_path)
    assert other.encode(text) == tokenizer.encode(text)
    assert other.decode(tokenizer.encode(text)) == text


def files(tokenizer, folder):
    """GPT-2's two files, with the token at the end that no text becomes."""
    ids = {**tokenizer.ids, END_OF_TEXT: tokenizer.vocab_size}
    (folder / "vocab.json").write_text(json.dumps(ids), "utf8")
    lines = ["#version: 0.2", *map(" ".join, tokenizer.merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", "utf8")


def test_gpt_2s_files_are_read_as_transformers_reads_them(tokenizer, tmp_path):
    transformers = pytest.importorskip("transformers")
    files(tokenizer, tmp_path)
    ours = ByteTokenizer.from_pretrained(tmp_path)
    assert ours.added == [END_OF_TEXT]
    assert ours.vocab_size == 701
    other = transformers.GPT2Tokenizer.from_pretrained(tmp_path)
    for text in ODD:
        if text != END_OF_TEXT:  # which is one token there
            assert ours.encode(text) == other.encode(text)


def test_files_of_another_tokenizer_are_refused(tokenizer, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FileNotFoundError, match=r"lacks vocab.json and merges.txt"):
        ByteTokenizer.from_pretrained(tmp_path)
    files(tokenizer, tmp_path)
    ids = json.loads((tmp_path / "vocab.json").read_text("utf8"))
    ids["!"], ids['"'] = ids['"'], ids["!"]
    (tmp_path / "vocab.json").write_text(json.dumps(ids), "utf8")
    with pytest.raises(ValueError, match="is not GPT-2's tokenizer"):
        ByteTokenizer.from_pretrained(tmp_path)
