"""Byte-pair encoding, and GPT-1's own tokenizer."""

import json
import sys
from pathlib import Path

import pytest

from gpt1.tales import generate_tales, join as join_tales
from gpt1.tokenizer import (
    BPETokenizer,
    CharTokenizer,
    GPT1Tokenizer,
    Tokenizer,
    tokenizer_from_dict,
)
from gpt1.tokenizer.bpe import apply_merges, join, learn_merges, learn_quickly
from gpt1.tokenizer.trained import PIECES

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_vocabulary = pytest.mark.skipif(
    not (DATA / "gpt1-bpe").is_dir(), reason="GPT-1's vocabulary is not at hand"
)
needs_shakespeare = pytest.mark.skipif(
    not (DATA / "tinyshakespeare").is_dir(), reason="Tiny Shakespeare is not at hand"
)
TEXT = (
    "The cat sat.\n\tThe  cat's mat, the fat cat's — oh! that mat.\nNaïve Ångström 🙂."
)


def test_a_pair_is_joined_from_left_to_right_and_once():
    assert join(list("aaaa"), ("a", "a")) == ["aa", "aa"]
    assert join(list("aaa"), ("a", "a")) == ["aa", "a"]
    assert join(list("abcab"), ("a", "b")) == ["ab", "c", "ab"]
    assert join(["a"], ("a", "b")) == ["a"]


def test_the_most_frequent_pair_is_learned_first_and_the_older_of_equals():
    # Wikipedia's example: aaabdaaabac.
    merges = learn_merges(["aaabdaaabac"], 3)
    assert merges == [("a", "a"), ("a", "b"), ("aa", "ab")]
    assert learn_merges(["cd", "ab"], 1) == [("a", "b")]


def test_merges_are_applied_in_the_order_learned():
    ranks = {("b", "c"): 0, ("a", "b"): 1, ("a", "bc"): 2}
    assert apply_merges(list("abc"), ranks) == ["abc"]
    assert apply_merges(list("abd"), ranks) == ["ab", "d"]


def test_joins_do_not_cross_pieces():
    assert learn_merges(["a", "b", "a", "b"], 9) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "vocab_size"), [(TEXT * 3, 70), (join_tales(generate_tales(40)), 400)]
)
def test_merges_and_ids_are_those_of_hugging_face(text, vocab_size):
    """The same merges in their library, which joins by its own code."""
    tokenizers = pytest.importorskip("tokenizers")
    ours, pieces = BPETokenizer.train(text, vocab_size), PIECES.findall(text)
    assert "".join(pieces) == text
    assert learn_merges(pieces, len(ours.merges)) == ours.merges
    model = tokenizers.models.BPE(ours.ids, ours.merges, unk_token="<unk>")
    theirs = tokenizers.Tokenizer(model)
    for piece in set(pieces):
        assert ours.encode(piece) == theirs.encode(piece).ids, piece


@pytest.mark.parametrize("text", [TEXT * 3, "abab cdcd abcd ab", "aaaa aaa aa a"])
@pytest.mark.parametrize("size", [20, 45, 70, 200])
def test_learning_quickly_gives_the_same_merges(text, size):
    pieces = PIECES.findall(text)
    quick = learn_quickly(pieces, size)
    assert quick == learn_merges(pieces, len(quick))
    assert quick == learn_merges(pieces, 1000)[: len(quick)]
    symbols = len(set(text).union(map("".join, quick)))
    assert symbols == max(size, len(set(text))) or quick == learn_merges(pieces, 1000)


def test_without_tokenizers_the_merges_are_the_same(monkeypatch):
    texts = [tale.text for tale in generate_tales(60)]
    with_it = BPETokenizer.train(texts, 600)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    without = BPETokenizer.train(texts, 600)
    assert without.vocab_size == 600
    assert without.to_dict() == with_it.to_dict()


def test_what_a_tokenizer_cannot_do_is_said():
    tokenizer = CharTokenizer.train("abc")
    with pytest.raises(ValueError, match="'z'"):
        tokenizer.encode("az")
    with pytest.raises(ValueError, match="0 to 2, got 3"):
        tokenizer.decode([0, 3])
    with pytest.raises(ValueError, match="at least one"):
        CharTokenizer.train("")
    with pytest.raises(ValueError, match="must be above 3"):
        BPETokenizer.train("abc", 3)


def test_text_of_known_characters_comes_back_as_it_was():
    letters = CharTokenizer.train(TEXT)
    assert letters.decode(letters.encode(TEXT)) == TEXT
    assert sorted(set(letters.encode(TEXT))) == list(range(letters.vocab_size))
    tokenizer = BPETokenizer.train([TEXT, "Another."], 60)
    assert tokenizer.decode(tokenizer.encode(TEXT)) == TEXT
    assert tokenizer.vocab_size == 60
    assert len(tokenizer.encode(TEXT)) < len(TEXT)
    assert BPETokenizer.train("ab ab", 100).vocab_size < 100


def test_an_unknown_character_becomes_id_0_and_the_rest_stays():
    tokenizer = BPETokenizer.train(TEXT, 60)
    assert tokenizer.decode(tokenizer.encode("the cat ☃ sat")) == "the cat \ufffd sat"


@pytest.mark.parametrize("cls", [CharTokenizer, BPETokenizer])
def test_saved_tokenizers_give_the_same_ids(cls, tmp_path):
    tokenizer = cls.train(TEXT, *[80] * (cls is BPETokenizer))
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    for loaded in (cls.load(path), tokenizer_from_dict(tokenizer.to_dict())):
        assert loaded.encode(TEXT) == tokenizer.encode(TEXT)
        assert loaded.vocab_size == tokenizer.vocab_size


def test_a_file_of_another_kind_is_refused(tmp_path):
    CharTokenizer.train("abc").save(tmp_path / "t.json")
    with pytest.raises(ValueError, match="'bpe', got 'characters'"):
        BPETokenizer.load(tmp_path / "t.json")
    with pytest.raises(ValueError, match="no tokenizer of kind None"):
        tokenizer_from_dict([])
    with pytest.raises(FileNotFoundError):
        BPETokenizer.load(tmp_path / "nowhere")
    assert issubclass(BPETokenizer, Tokenizer)


@pytest.fixture(scope="module")
def original():
    pytest.importorskip("ftfy")
    pytest.importorskip("spacy")
    return GPT1Tokenizer.from_pretrained(DATA / "gpt1-bpe")


# What OpenAI's released encoder makes of these lines; `_` stands for "ends a word".
PIPELINE = {
    "The cat sat on the mat.": "the_ cat_ sat_ on_ the_ mat_ ._",
    "Hello, World! Isn't it great?": "hello_ ,_ world_ !_ is_ n't_ it_ great_ ?_",
    "don't can't I'm we'll": "do_ n't_ ca_ n't_ i_ 'm_ we_ 'll_",
    "café naïve Ångström": "café_ naïve_ å ng str ö m_",
    "line one\nline two": "line_ one_ \n_ line_ two_",
    "line one \n\n\n  line two": "line_ one_ \n_ line_ two_",
    "wait... what?! -- yes": "wait_ ..._ what_ ?_ !_ --_ yes_",
    "a\u2014b \u201cquoted\u201d \u2018x\u2019": "a_ -_ b_ \"_ quoted_ \"_ '_ x_ '_",
    "$3.50 is 50% off": "$_ 3. 50_ is_ 50_ %_ off_",
    "Mr. Smith's U.S. trip": "mr._ smith_ 's_ u.s._ trip_",
    "state-of-the-art; two  spaces\tand tab; emoji 🙂 here": (
        "state_ -_ of_ -_ the_ -_ art_ ;_ two_ spaces_ and_ tab_ ;_ emo ji_ <unk> here_"
    ),
}


@needs_vocabulary
@pytest.mark.parametrize("text", PIPELINE)
def test_the_pipeline_gives_the_tokens_of_the_original(original, text):
    tokens = original.strings(original.encode(text))
    assert tokens == [
        token[:-1] + "</w>" if token.endswith("_") else token
        for token in PIPELINE[text].split(" ")
    ]


@needs_vocabulary
def test_the_vocabulary_is_gpt1s(original):
    assert original.vocab_size == 40478
    assert original.tokens[0] == "<unk>"
    assert original.tokens[40477] == "\n</w>"
    assert [t + "</w>" for t in original.tokens[1:239]] == original.tokens[239:477]
    assert len(original.merges) == 40_000
    assert original.tokens[477:40477] == ["".join(pair) for pair in original.merges]
    ids = original.encode("The cat sat on the mat.")
    assert ids == [481, 3387, 1305, 504, 481, 7677, 239]


@pytest.mark.slow
@needs_vocabulary
@needs_shakespeare
def test_the_merges_act_as_the_readable_algorithm_does(original):
    text = (DATA / "tinyshakespeare" / "input.txt").read_text(encoding="utf-8")
    words = sorted(set(original.words(text[:300_000])) - {"\n"})
    assert len(words) > 5_000
    ranks = {pair: rank for rank, pair in enumerate(original.merges)}
    for word in [*words, "naïve", "🙂", "a🙂b", "☃☃", "'", "3.50"]:
        symbols = apply_merges([*word[:-1], word[-1] + "</w>"], ranks)
        readable = [original.ids.get(symbol, 0) for symbol in symbols]
        assert original.encode_word(word) == readable, word


@needs_vocabulary
def test_readable_text_comes_back(original):
    text = (
        '"don\'t go," she said (softly). "i\'ll miss you!"\n'
        "it was tom's; they've $3 and 50% of mr. smith's u.s. maps... why?"
    )
    assert original.decode(original.encode(text)) == text


@needs_vocabulary
def test_saved_and_loaded_it_gives_the_same_ids(original, tmp_path):
    original.save(tmp_path / "t.json")
    loaded = GPT1Tokenizer.load(tmp_path / "t.json")
    for text in PIPELINE:
        assert loaded.encode(text) == original.encode(text)


def small_files(folder, names, version=False):
    tokens = ["<unk>", "a", "b", "a</w>", "b</w>", "ab</w>", "\n</w>"]
    (folder / names[0]).write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / names[1]).write_text("#version: 0.2\n" * version + "a b</w>\n")


@pytest.mark.parametrize(
    "names",
    [("vocab.json", "merges.txt"), ("encoder_bpe_40000.json", "vocab_40000.bpe")],
)
@pytest.mark.parametrize("version", [True, False])
def test_both_names_of_the_files_are_read(tmp_path, names, version):
    pytest.importorskip("spacy")
    small_files(tmp_path, names, version)
    tokenizer = GPT1Tokenizer.from_pretrained(tmp_path)
    assert tokenizer.encode("ab\n ba? A") == [5, 6, 2, 3, 0, 3]
    assert tokenizer.encode("") == []


def test_files_that_are_not_there_or_not_right_are_said(tmp_path):
    pytest.importorskip("spacy")
    with pytest.raises(FileNotFoundError, match=r"vocab\.json and merges\.txt"):
        GPT1Tokenizer.from_pretrained(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file or directory"):
        GPT1Tokenizer.from_pretrained(tmp_path / "nowhere")
    small_files(tmp_path, ("vocab.json", "merges.txt"))
    (tmp_path / "merges.txt").write_text("a b c\n")
    with pytest.raises(ValueError, match="two symbols"):
        GPT1Tokenizer.from_pretrained(tmp_path)
    with pytest.raises(ValueError, match="ids 0 to 1"):
        GPT1Tokenizer({"a": 0, "b": 7}, [])


@pytest.mark.parametrize("absent", ["ftfy", "spacy", "tokenizers"])
def test_without_its_libraries_the_error_says_what_to_install(monkeypatch, absent):
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(ImportError, match=r"gpt1\[tokenizer\]"):
        GPT1Tokenizer({"a": 0}, [])
