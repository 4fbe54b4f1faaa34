"""A corpus as token ids: computed once, kept on disk, mapped into memory."""

import ctypes
import hashlib
import json
from pathlib import Path

import torch

from gpt1.data.sources import iterate_text, load_text
from gpt1.plumbing.files import atomic_write, temporary_file


def token_ids(source, tokenizer, split="train", *, cache=None, **where):
    """A corpus as token ids, computed once.

    Args:
        source: see `gpt1.data.sources.load_text`.
        tokenizer: any of `gpt1.tokenizer`.
        split: "train", "validation" or "test".
        cache: a folder for the ids, one file for each text and tokenizer, from where
            they are mapped into memory; None keeps them in memory only. Several
            processes may use the same folder at once.
        where: `column`, `config` and `streaming` of `load_text`. With `streaming` and a
            cache, never more than a piece of the text is in memory; it is read again
            on every call.

    Returns:
        A tensor (tokens,), uint16 where the vocabulary allows it, else int32.

    Raises:
        FileNotFoundError, ValueError, ImportError: see `load_text`.
    """
    kind = torch.uint16 if tokenizer.vocab_size <= 2**16 else torch.int32
    if where.get("streaming") and cache is not None:
        path = _stream(iterate_text(source, split, **where), tokenizer, kind, cache)
        return _mapped(path, kind)
    text = load_text(source, split, **where)
    if cache is None:
        return torch.tensor(tokenizer.encode(text), dtype=kind)
    path = Path(cache) / f"{_key(tokenizer, [text])}.ids"
    if not path.is_file():
        with atomic_write(path) as temporary:
            temporary.write_bytes(_bytes(tokenizer.encode(text), kind))
    return _mapped(path, kind)


def digest(ids):
    """A hash of token ids: what text it is, wherever it lies.

    Args:
        ids: any integer type, which does not count, (tokens,).
    """
    sha = hashlib.sha256()
    for piece in ids.split(2**22):
        sha.update(_bytes(piece, torch.int32))
    return sha.hexdigest()


def _stream(pieces, tokenizer, kind, cache):
    """Encode piece by piece into a file; returns its path, named when all is known."""
    parts = []
    with temporary_file(Path(cache) / "stream.ids") as temporary:
        with open(temporary, "wb") as file:
            for piece in _large(pieces):
                ids = tokenizer.encode(piece)
                parts.append(hashlib.sha256(piece.encode()).hexdigest())
                between = tokenizer.between if file.tell() and ids else ()
                file.write(_bytes([*between, *ids], kind))
        if not temporary.stat().st_size:
            raise ValueError("the text is empty: expected at least one token")
        return temporary.replace(Path(cache) / f"{_key(tokenizer, parts)}.ids")


def _large(pieces, characters=2**20):
    """The pieces joined to about a million characters each."""
    held, length = [], 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= characters:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)


def _bytes(ids, kind):
    ids = torch.as_tensor(ids, dtype=kind).contiguous()
    return ctypes.string_at(ids.data_ptr(), ids.nbytes)


def _mapped(path, kind):
    count = path.stat().st_size // kind.itemsize
    return torch.from_file(str(path), shared=False, size=count, dtype=kind)


def _key(tokenizer, parts):
    """A name for these texts under this tokenizer, from the content of both."""
    tokens = json.dumps(tokenizer.to_dict(), sort_keys=True)
    digest = hashlib.sha256(tokens.encode())
    for part in parts:
        digest.update(part.encode())
    return digest.hexdigest()[:32]
