"""GPT-1's text pipeline, step by step as OpenAI's code has it, beside the package's."""

import json
import random
import re
from itertools import pairwise

import pytest

from gpt1.generate.texts import lacking
from gpt1.tokenizer import GPT1Tokenizer

ftfy = pytest.importorskip("ftfy")
spacy = pytest.importorskip("spacy")

# As released: the pattern is no raw string, so `\\+` in it is one literal plus.
MARKS = '(-+|~+|!+|"+|;+|\\?+|\\++|,+|\\)+|\\(+|\\+|\\/+|\\*+|\\[+|\\]+|}+|{+|\\|+|_+)'
REPLACED = {"\u2014": "-", "\u2013": "-", "\u2015": "-", "\u2026": "...", "\xb4": "'"}
SPACES = "\n, \n ,\r\n,\t, ,  ,\x0b,\x1c,\x85,\xa0,\u2028"
MARKED = """\\ \\\\ + ++ \\+ \\n / | _ ~ ? !! " ' '' - -- ( ) [ ]] { } * ; ,, . : :-)
50% $3.50 2018 10km a/b C:\\new x@y.org http://a.b/c?d=e and/or <unk> </w> &amp; &lt; km
don't It's U.S. Mr. we'll o'clock the Cat A z \u200b \ufeff \x00 e\u0301 \u0301
\ufb01 \u0130 \xdf \u03a3 \u6f22 \U0001f642 \xe2\u20ac\u2122 No\xc3\xabl"""
ODD = [*REPLACED, *SPACES.split(","), *re.split("[ \n]", MARKED)]


def small():
    """Every character of the odd texts but some, and merges of a few words."""
    symbols = dict.fromkeys("".join(ODD).lower() + "".join(REPLACED.values()))
    symbols = [
        mark
        for mark in symbols
        if not mark.isspace() and mark not in "\u6f22\U0001f642"
    ]
    merges = [("t", "h"), ("th", "e</w>"), ("n", "'"), ("n'", "t</w>"), ("\\", "n</w>")]
    merges += [("-", "-</w>"), ("a", "t</w>"), ("c", "at</w>"), ("o", "r</w>")]
    tokens = ["<unk>", *symbols, *(f"{mark}</w>" for mark in symbols)]
    tokens += [*map("".join, merges), "\n</w>"]
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}, merges


def joined(word, ranks):
    """Byte-pair encoding of a word as the released code does it."""
    symbols = [*word[:-1], f"{word[-1]}</w>"]
    while len(symbols) > 1:
        pairs = set(pairwise(symbols))
        best = min(pairs, key=lambda pair: ranks.get(pair, float("inf")))
        if best not in ranks:
            break
        merged, i = [], 0
        while i < len(symbols):
            both = tuple(symbols[i : i + 2]) == best
            merged.append("".join(best) if both else symbols[i])
            i += 1 + both
        symbols = merged
    return ["\n</w>"] if symbols == ["\n", " </w>"] else symbols


def original_ids(text, vocabulary, ranks, split):
    """The steps, with spaCy reading the whole text at once."""
    text = ftfy.fix_text(text)
    for old, new in REPLACED.items():
        text = text.replace(old, new)
    text = re.sub(MARKS, r" \1 ", text)
    text = re.sub(r"\s*\n\s*", " \n ", text)
    text = re.sub(r"[^\S\n]+", " ", text)
    words = (word.text.lower() for word in split(text.strip()))
    return [vocabulary.get(s, 0) for word in words for s in joined(word, ranks)]


def texts(count):
    """Odd texts: marks, words, white space and broken Unicode, in any order."""
    dice = random.Random(0)
    for _ in range(count):
        text = "".join(dice.choices(ODD, k=dice.randint(1, 16)))
        yield text if dice.random() < 0.7 else " ".join(text.split("."))


@pytest.mark.slow
def test_the_ids_of_5000_odd_texts_are_those_of_the_released_steps():
    vocabulary, merges = small()
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    ours, split = GPT1Tokenizer(vocabulary, merges), spacy.blank("en").tokenizer
    seen = set()
    for text in texts(5000):
        ids = original_ids(text, vocabulary, ranks, split)
        assert ours.encode(text) == ids, json.dumps(text)
        seen.update(ids)
    assert len(seen) > 100


def test_a_backslash_stays_in_its_word():
    vocabulary, merges = small()
    words = GPT1Tokenizer(vocabulary, merges).words(r"and\or \\ a+\b")
    assert words == ["and\\or", "\\\\", "a", "+", "\\b"]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("cafe\u0301 &amp; caf\xe9", ""),
        ("NO\xc3\u2039L", ""),  # ftfy reads it as UTF-8, and it is put in lower case
        ("cafe\u0301 \U0001f642 \u6f22\U0001f642", "\U0001f642\u6f22"),
        ("", ""),
        ("a\n\nb", ""),
    ],
)
def test_a_text_lacks_the_characters_that_became_id_0(text, lost):
    symbols = "abcefnol&\xe9\xeb"
    tokens = ["<unk>", *symbols, *(f"{mark}</w>" for mark in symbols), "\n</w>"]
    tokenizer = GPT1Tokenizer({token: i for i, token in enumerate(tokens)}, [])
    assert lacking(tokenizer, text) == list(lost)
    assert (0 in tokenizer.encode(text)) == bool(lost)
