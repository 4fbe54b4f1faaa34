"""GPT-1's own tokenizer: what the paper's text went through before its first number.

The steps (paper, section 4.1; OpenAI's released code): ftfy mends broken Unicode;
dashes, ellipses and runs of marks are standardised; spaCy's English rules split words;
each word is put in lower case and joined by GPT-1's 40,000 merges, its last character
carrying `</w>`. A line end is a token of its own.

What is lost on the way, and no decoder can bring back: capitals, the kind of quotes and
dashes, how much white space there was and whether there was any before a mark, and
every character that the vocabulary lacks (id 0).
"""

import json
import re
from itertools import pairwise, takewhile
from pathlib import Path

from gpt1.plumbing.hub import hub_folder, missing
from gpt1.plumbing.waiting import watched
from gpt1.tokenizer.base import Tokenizer

END, NEWLINE, UNKNOWN = "</w>", "\n</w>", "<unk>"
FILES = (("vocab.json", "merges.txt"), ("encoder_bpe_40000.json", "vocab_40000.bpe"))
"""Vocabulary and merges as Hugging Face names them, and as OpenAI did."""

ENGINE, ADDED = "tokenizer.json", "added_tokens.json"
"""The tokenizers library's file, which has all; tokens added by older versions."""

DASHES = "\u2014\u2013\u2015"
REPLACED = {**dict.fromkeys(DASHES, "-"), "\u2026": "...", "\u00b4": "'"}
RUNS = re.compile(r"""(([-~!";?+,)(/*\[\]}{|_])\2*)""")
"""Marks that stand apart. No backslash: OpenAI's pattern writes one in a string that is
not raw, where it means another plus."""


def standardise(text):
    """Text as GPT-1's word splitter expects it: marks apart, white space in order.

    Args:
        text: a string.

    Returns:
        A string in which runs of a mark stand between spaces, line ends too, and no
        other white space is longer than one space.
    """
    text = RUNS.sub(r" \1 ", text.translate(str.maketrans(REPLACED)))
    text = re.sub(r"\s*\n\s*", " \n ", text)
    return re.sub(r"[^\S\n]+", " ", text).strip()


class GPT1Tokenizer(Tokenizer):
    """GPT-1's text pipeline with its vocabulary of 40,478.

    Args:
        vocabulary: dictionary from token to id; ids are 0, 1, 2, ... and `<unk>` is 0.
        merges: pairs of symbols in the order learned.

    Raises:
        ValueError: the vocabulary's ids have gaps.
        ImportError: ftfy, spaCy or tokenizers is missing; without the first two, ids
            would be others.
    """

    kind = "gpt1"

    def __init__(self, vocabulary, merges):
        try:
            import ftfy
            import spacy
            import tokenizers
        except ImportError:
            raise missing("ftfy, spacy and tokenizers", "tokenizer") from None
        self.ids = dict(vocabulary)
        self.tokens = sorted(self.ids, key=self.ids.get)
        if [self.ids[token] for token in self.tokens] != list(range(len(self.tokens))):
            raise ValueError(
                f"the vocabulary must have the ids 0 to {len(self.tokens) - 1}, "
                f"each once"
            )
        self.merges = [tuple(pair) for pair in merges]
        self.known = {}
        self.between = (self.ids.get(NEWLINE, 0),)
        # The same joins as `apply_merges`, which is the reference, in compiled code.
        model = tokenizers.models.BPE(
            self.ids, self.merges, unk_token=UNKNOWN, end_of_word_suffix=END
        )
        self.engine = tokenizers.Tokenizer(model)
        self.mend = ftfy.fix_text
        self.split = spacy.blank("en").tokenizer

    @classmethod
    def from_pretrained(cls, source):
        """Read vocabulary and merges.

        Args:
            source: a directory with `vocab.json` and `merges.txt`, with the
                `tokenizer.json` that transformers writes for GPT-1, or with OpenAI's
                `encoder_bpe_40000.json` and `vocab_40000.bpe`; or the id of a model on
                the hub, such as "openai-community/openai-gpt". Tokens that were added
                have ids; no text becomes one of them.

        Raises:
            FileNotFoundError: they are not there.
            ValueError: a file is not what its name says.
        """
        folder = Path(source)
        if not folder.is_dir():
            folder = hub_folder(str(source), (*FILES[0], ENGINE, ADDED))
        for vocabulary, merges in FILES:
            if (folder / vocabulary).is_file() and (folder / merges).is_file():
                found, pairs = read_merges(folder / vocabulary, folder / merges)
                if (folder / ADDED).is_file():
                    found = {**_read_json(folder / ADDED), **found}
                return cls(found, pairs)
        if (folder / ENGINE).is_file():
            return cls(*_read_engine(folder / ENGINE))
        raise FileNotFoundError(
            f"{folder} must have {' and '.join(FILES[0])}, or {ENGINE}, or "
            f"{' and '.join(FILES[1])}"
        )

    def encode(self, text):
        """The ids of a text.

        Args:
            text: a string of any length.

        Returns:
            A list of integers.
        """
        lines = standardise(self.mend(text)).split(" \n ")
        ids = []
        for number, line in enumerate(watched(lines, "text to tokens")):
            if number:
                ids += self.between
            for word in self.split(line):
                ids += self.encode_word(word.text.lower())
        return ids

    def words(self, text):
        """The words that the pipeline sees, before they become symbols.

        Args:
            text: a string.

        Returns:
            A list of strings in lower case; line ends are "\\n".
        """
        lines = standardise(self.mend(text)).split(" \n ")
        split = ([word.text.lower() for word in self.split(line)] for line in lines)
        return [word for line in split for word in ("\n", *line)][1:]

    def lacking(self, text):
        """The characters that there is no token for, after the pipeline's first steps.

        These make one character of a letter and its accent, and mend what is broken.
        """
        symbols = (s for word in self.words(text) for s in [*word[:-1], word[-1] + END])
        return list(dict.fromkeys(s[0] for s in symbols if s not in self.ids))

    def encode_word(self, word):
        """The ids of one word of the pipeline; remembered.

        Args:
            word: a string in lower case, not empty.
        """
        if word not in self.known:
            self.known[word] = self.engine.encode(word).ids
        return self.known[word]

    def decode(self, ids):
        """Readable text: words apart, marks and contractions where they belong.

        The text is in lower case, and its spacing is a guess by the rules of English
        print (see the top of this file for what is lost).

        Args:
            ids: integers, or a tensor (tokens,).

        Raises:
            ValueError: an id outside the vocabulary.
        """
        return tidy("".join(self.readable(ids)))

    def readable(self, ids):
        """The tokens with a space where a word ends, a list of strings."""
        tokens = (f"{UNKNOWN} " if t == UNKNOWN else t for t in self.strings(ids))
        return [token.replace(END, " ") for token in tokens]

    def settled(self, ids):
        """The beginning of `decode(ids)` that stays, whatever ids follow.

        The last word may still grow, the one before it may lose the space after it, and
        a quote that is open may yet be closed, which moves the spaces inside it.

        Raises:
            ValueError: an id outside the vocabulary.
        """
        tokens = self.readable(ids)
        ends = [i for i, token in enumerate(tokens, 1) if token.endswith(" ")]
        if len(ends) < 2:
            return ""
        texts = (closed("".join(tokens[:end])) for end in ends[-2:])
        same = takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False))
        return "".join(character for character, _ in same)

    def parted(self, ids):
        """See `Tokenizer.parted`: cut at a line end, or between two words of letters
        outside quotes, since no space on either side depends on what is beyond.
        """
        tokens = self.readable(ids)
        ends = [0, *(i for i, token in enumerate(tokens, 1) if token.endswith(" "))]
        words = ["".join(tokens[i:j])[:-1] for i, j in pairwise(ends)]
        quoted = next((i for i, word in enumerate(words) if '"' in word), len(words))
        places = [
            (place, before == "\n" or place <= quoted)
            for place, (before, after) in enumerate(pairwise(words[:-1]), 1)
            if before == "\n" or (before.isalpha() and after.isalpha())
        ]
        sure = [place for place, safe in places if safe]
        for place in [*(place for place, _ in places[-1:]), *sure[-1:]]:
            text = " ".join(words[:place])
            if place in sure or closed(text) == tidy(text):
                space = "" if text.endswith("\n") else " "
                return tidy(text) + space, ids[ends[place] :]
        return "", ids

    def to_dict(self):
        """What `from_dict` needs, as plain values."""
        merges = [list(pair) for pair in self.merges]
        return {"kind": self.kind, "tokens": self.tokens, "merges": merges}

    @classmethod
    def from_dict(cls, values):
        """The inverse of `to_dict`."""
        vocabulary = {token: i for i, token in enumerate(values["tokens"])}
        return cls(vocabulary, values["merges"])


CLOSING = re.compile(r" ([.,!?;:%)\]}]+|\.\.\.)(?= |\n|$)")
OPENING = re.compile(r"([(\[{$#]) ")
CONTRACTED = re.compile(r" (n't|'(?:s|m|d|re|ve|ll|t|em))\b")
QUOTED = re.compile(r'(^|[\s(\[{])" ?(.*?) ?"(?=$|[\s.,!?;:)\]}])', re.MULTILINE)


def tidy(text):
    """Put spaces as in print: `do n't stop , " he said` becomes `don't stop," he said`.

    Args:
        text: words with a space between any two.

    Returns:
        A string.
    """
    return QUOTED.sub(r'\1"\2"', spaced(text))


def spaced(text):
    """The part of `tidy` that needs to look at two words only: all but quotes."""
    text = re.sub(r" *\n *", "\n", text).strip(" ")
    text = CONTRACTED.sub(r"\1", text)
    return OPENING.sub(r"\1", CLOSING.sub(r"\1", text))


def closed(text):
    """What `tidy` makes of a text up to a quote that is still open at its end."""
    text = spaced(text)
    line = text.rfind("\n") + 1
    pairs = QUOTED.sub(lambda pair: "-" * len(pair[0]), text)
    opened = pairs.find('"', line)
    text = text if opened < 0 else text[:opened].rstrip(" ")
    return QUOTED.sub(r'\1"\2"', text)


def read_merges(vocabulary_path, merges_path):
    """Vocabulary, a dictionary from token to id, and the merges, a list of pairs."""
    vocabulary = _read_json(vocabulary_path)
    lines = merges_path.read_text(encoding="utf-8").split("\n")
    pairs = [tuple(line.split(" ")) for line in lines if line]
    if pairs and pairs[0][0].startswith("#version"):
        pairs = pairs[1:]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{merges_path} must have two symbols on each line")
    return vocabulary, pairs


def _read_json(path):
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} must be a dictionary, got {type(values).__name__}")
    return values


def _read_engine(path):
    """Vocabulary and merges from a file of the tokenizers library."""
    values = _read_json(path)
    model = values.get("model") or {}
    if model.get("type") != "BPE" or model.get("end_of_word_suffix") != END:
        raise ValueError(
            f"{path} is not GPT-1's tokenizer: expected byte-pair encoding whose words "
            f"end in {END}, got {model.get('type')} with "
            f"{model.get('end_of_word_suffix')!r}"
        )
    added = {
        token["content"]: token["id"] for token in values.get("added_tokens") or []
    }
    pairs = [
        pair.split(" ") if isinstance(pair, str) else pair for pair in model["merges"]
    ]
    return {**added, **model["vocab"]}, pairs
