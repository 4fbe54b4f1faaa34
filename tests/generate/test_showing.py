"""Text that appears while it is written equals the text at the end."""

import io
import random

import pytest

from gpt1.generate.showing import Printer, Shown
from gpt1.tokenizer import BPETokenizer, CharTokenizer, GPT1Tokenizer

LETTERS = CharTokenizer(" \nabc.")


def pieces():
    """A tokenizer whose tokens hold several characters, line ends among them."""
    merges = [("a", "b"), ("ab", "c"), ("\n", "\n"), (".", "\n")]
    return BPETokenizer("\n abc.", merges)


def grown(tokenizer, prompt, ids, stop=""):
    """A `Shown` after all ids, and what could be shown after each."""
    text = Shown(tokenizer, prompt, len(ids), stop)
    parts = [text.take()]
    for token in ids:
        text.add(token)
        parts.append(text.take())
    return text, parts


def cut(text, begin, stop):
    """The text up to the first `stop` that ends after `begin`, by the plain rule."""
    for end in range(begin + 1, len(text) + 1):
        if stop and text[:end].endswith(stop):
            return text[: end - len(stop)]
    return text


@pytest.mark.parametrize("stop", ["", "\n\n", "abc", "a", "aab", ".\n\n"])
@pytest.mark.parametrize("make", [lambda: LETTERS, pieces], ids=["characters", "bpe"])
def test_what_is_shown_adds_up_to_the_text_before_the_stop(make, stop):
    tokenizer = make()
    dice = random.Random(0)
    ends = 0
    for _ in range(300):
        ids = [dice.randrange(1, tokenizer.vocab_size) for _ in range(14)]
        prompt, written = ids[:3], ids[3:]
        begin = tokenizer.decode(prompt)
        text, parts = grown(tokenizer, prompt, written, stop)
        want = cut(tokenizer.decode(ids), len(begin), stop)
        assert "".join(parts) == want
        assert text.ended
        ends += want != tokenizer.decode(ids)
    assert (ends > 2) == bool(stop)


def test_each_token_is_shown_as_soon_as_it_is_there():
    ids = LETTERS.encode("a cab. a\n b")
    _, parts = grown(LETTERS, ids[:2], ids[2:])
    assert parts == ["a ", *"cab. a\n b"]


def test_the_beginning_of_a_stop_is_held_back_until_it_is_no_stop():
    ids = LETTERS.encode("a\nb\n\nc")
    text, parts = grown(LETTERS, [], ids, "\n\n")
    assert parts == ["", "a", "", "\nb", "", "", ""]
    assert (text.text, text.ended) == ("a\nb", True)
    _, parts = grown(LETTERS, [], LETTERS.encode("ab\n"), "\n\n")
    assert parts[-1] == "\n"  # half a stop at the end


def test_the_prompt_is_shown_at_once_and_a_stop_may_begin_but_not_end_in_it():
    text = Shown(LETTERS, LETTERS.encode("a\n\nb"), 5, "\n\n")
    assert (text.take(), text.ended) == ("a\n\nb", False)
    text = Shown(LETTERS, LETTERS.encode("a.\n"), 5, "\n\n")
    text.add(LETTERS.ids["\n"])
    assert (text.text, text.ended) == ("a.", True)


def test_what_comes_after_the_end_is_left_out():
    text, _ = grown(LETTERS, [], LETTERS.encode("a\n\nb"), "\n\n")
    text.add(2)
    assert text.text == "a"
    text = Shown(LETTERS, [], 1)
    text.add(2)
    text.add(3)
    assert text.text == "a"


MARKS = ['"', ".", ",", "!", "?", "(", ")", "$", "\n", "'s", "n't", "'re", "...", "'"]
WORDS = ["he", "do", "hello", "said", "5", "a"]


@pytest.fixture(scope="module")
def original():
    whole = [f"{word}</w>" for word in [*MARKS, *WORDS]]
    tokens = ["<unk>", "th", "x", '"', ".", *whole]
    return GPT1Tokenizer({token: i for i, token in enumerate(tokens)}, [])


def sentences(tokenizer):
    """Random lines, full of the marks whose spacing has rules."""
    ids = [*range(tokenizer.vocab_size), *[tokenizer.ids['"</w>']] * 6]
    for seed in range(2_000):
        dice = random.Random(seed)
        yield [dice.choice(ids) for _ in range(dice.randint(2, 20))]


@pytest.mark.slow
def test_settled_text_stays_whatever_follows(original):
    shown = 0
    for ids in sentences(original):
        whole = original.decode(ids)
        for end in range(len(ids) + 1):
            settled = original.settled(ids[:end])
            assert whole.startswith(settled), (ids, end)
        shown += len(settled) > 0.5 * len(whole)
    assert shown > 800


@pytest.mark.slow
def test_a_gpt1_text_that_grows_is_the_decoded_text(original):
    for ids in sentences(original):
        _, parts = grown(original, ids[:2], ids[2:])
        assert "".join(parts) == original.decode(ids)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("he_ said_ th a_ ._", ["", "", "he", "", " said", " tha."]),
        (
            '"_ he_ \n_ a_ said_ he_ a_',  # left open, it holds back its own line only
            ["", "", "", "", '" he\n', "a", " said", " he a"],
        ),
        (
            'he_ said_ "_ do_ n\'t_ "_ a_ a_',
            ["", "", "he", " said", "", "", "", ' "don\'t"', " a a"],
        ),
    ],
)
def test_a_word_waits_for_the_next_and_a_quote_until_it_is_closed(
    original, words, shown
):
    tokens = [word.replace("_", "</w>") for word in words.split(" ")]
    assert grown(original, [], [original.ids[t] for t in tokens])[1] == shown


@pytest.mark.slow
def test_a_gpt1_text_is_parted_where_neither_side_knows_the_other(original):
    cuts = 0
    for ids in sentences(original):
        for end in range(len(ids) + 1):
            certain, rest = original.parted(ids[:end])
            assert certain + original.settled(rest) == original.settled(ids[:end]), ids
            assert certain + original.decode(rest + ids[end:]) == original.decode(ids)
        cuts += bool(certain)
    assert cuts > 500


LONG = {
    "words": ["he</w>", "said</w>"],
    "marks": [".</w>"],
    "one word": ["th"],
    "an open quote": ['"</w>', *["he</w>"] * 3_999],
    "a stray quote": ["x", '"', *["he</w>"] * 3_999],
    "quotes": ["a</w>", '"</w>', "he</w>", '"</w>'],
    "line ends": ["he</w>", "\n</w>"],
}


@pytest.mark.parametrize("text", LONG)
def test_a_long_text_is_read_in_a_time_that_grows_with_its_length(
    original, text, monkeypatch
):
    read = []
    readable = original.readable
    monkeypatch.setattr(
        original, "readable", lambda ids: read.append(len(ids)) or readable(ids)
    )
    ids = [original.ids[token] for token in LONG[text]] * 4_000
    shown, parts = grown(original, [], ids[:4_000], "no such text")
    assert sum(read) < 100 * 4_000  # looking at the whole each time makes it 8 million
    assert "".join(parts) == original.decode(ids[:4_000])


def test_a_long_text_of_characters_is_read_once(monkeypatch):
    read = []
    decode = LETTERS.decode
    monkeypatch.setattr(
        LETTERS, "decode", lambda ids: read.append(len(ids)) or decode(ids)
    )
    text, parts = grown(LETTERS, [2] * 50, [2, 3] * 5_000, "cc")
    assert (text.text, len(parts)) == ("a" * 50 + "ab" * 5_000, 10_001)
    assert sum(read) == 10_100


def test_texts_are_printed_in_their_order_as_far_as_they_are_ready(capsys):
    texts = [Shown(LETTERS, [], 3) for _ in range(3)]
    printer = Printer(texts, ["one\n", "two\n", "three\n"])
    told = []
    for row, token in [(0, 2), (1, 3), (2, 4), (1, 3), (0, 2), (1, 3), (0, 2), (2, 4)]:
        texts[row].add(token)
        printer.update()
        told.append(capsys.readouterr().out)
    assert told == ["one\na", "", "", "", "a", "", "a\ntwo\nbbb\nthree\nc", "c"]


def test_what_the_terminal_cannot_encode_is_replaced(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", out)
    Printer.put("a\N{SNOWMAN}b")
    assert out.buffer.getvalue() == b"a?b"
