"""Tokenizers in the form that Hugging Face's libraries read, with the same ids.

Characters and trained merges have an exact form there. GPT-1's own has none, since
nothing there splits words as spaCy does: its file is refused when it is opened, with
the reason, for a tokenizer that is nearly the same would feed a model other ids.
transformers 5 gives the reason from the version in the file, transformers 4 from the
name of a class that it looks for before it opens the file.
"""

import json
from pathlib import Path

from gpt1.plumbing.files import atomic_write

FILE, CONFIG = "tokenizer.json", "tokenizer_config.json"
REFUSED = (
    "none: GPT-1's own tokenizer splits words by spaCy, which Hugging Face's cannot; "
    "use gpt1.loading.load_model(folder), see README.md"
)


def write(tokenizer, folder):
    """Write `tokenizer.json` and `tokenizer_config.json`.

    Args:
        tokenizer: one of `gpt1.tokenizer`.
        folder: created if need be.
    """
    values = {
        "version": "1.0",
        **dict.fromkeys(("truncation", "padding", "normalizer", "post_processor")),
        "added_tokens": [],
        **FORMS[tokenizer.kind](tokenizer),
    }
    # The class that adds nothing to what is in the file. No special token is named: it
    # would be found in texts that hold its letters.
    plain = values["version"] != REFUSED
    config = {"tokenizer_class": "PreTrainedTokenizerFast" if plain else REFUSED}
    config |= {"clean_up_tokenization_spaces": False}
    for name, contents in ((FILE, values), (CONFIG, config)):
        with atomic_write(Path(folder) / name) as temporary:
            text = json.dumps(contents, ensure_ascii=False, indent=1)
            temporary.write_text(text + "\n", encoding="utf-8")


def _characters(tokenizer):
    """Each character alone; one that is not known is an error there too."""
    return {
        "pre_tokenizer": _split(r"[\s\S]"),
        "model": {"type": "WordLevel", "vocab": tokenizer.ids, "unk_token": "<none>"},
        "decoder": {"type": "Fuse"},
    }


def _merges(tokenizer):
    """The pieces of `gpt1.tokenizer.trained.PIECES`, and the joins within each.

    The characters of words and marks are listed, since languages of patterns differ in
    what they call a letter. What the vocabulary lacks is joined to nothing anyway.
    """
    word = [mark for mark in tokenizer.characters if mark.isalnum() or mark == "_"]
    space = [mark for mark in tokenizer.characters if mark.isspace()]
    marks = [m for m in tokenizer.characters if m not in {*word, *space}]
    pieces = [f" ?[{_listed(each)}]{{1,128}}" for each in (word, marks) if each]
    pieces += [f"[{_listed(space)}]"] if space else []
    return {
        "pre_tokenizer": _split("|".join(pieces)),
        "model": {
            "type": "BPE",
            "unk_token": tokenizer.tokens[0],
            "vocab": tokenizer.ids,
            "merges": tokenizer.merges,
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {
                    "type": "Replace",
                    "pattern": {"String": tokenizer.tokens[0]},
                    "content": "\ufffd",
                },
                {"type": "Fuse"},
            ],
        },
    }


def _bytes(tokenizer):
    """GPT-2's form, which their library has a splitter and a decoder for."""
    tokens, added = tokenizer.tokens, len(tokenizer.added)
    plain = tokens[: len(tokens) - added]
    return {
        "pre_tokenizer": {
            "type": "ByteLevel",
            "add_prefix_space": False,
            "trim_offsets": True,
            "use_regex": True,
        },
        "model": {
            "type": "BPE",
            "vocab": {token: tokenizer.ids[token] for token in plain},
            "merges": tokenizer.merges,
        },
        "decoder": {
            "type": "ByteLevel",
            "add_prefix_space": True,
            "trim_offsets": True,
            "use_regex": True,
        },
    }


def _refused(_tokenizer):
    """A file of no known version, which is what its reader then says."""
    model = {"type": "BPE", "vocab": {}, "merges": []}
    return {"version": REFUSED, "pre_tokenizer": None, "model": model, "decoder": None}


FORMS = {"characters": _characters, "bpe": _merges, "bytes": _bytes, "gpt1": _refused}


def _split(pattern):
    return {
        "type": "Split",
        "pattern": {"Regex": pattern},
        "behavior": "Isolated",
        "invert": False,
    }


def _listed(characters):
    return "".join(f"\\x{{{ord(character):X}}}" for character in characters)
