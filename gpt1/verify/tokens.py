"""Is a tokenizer GPT-1's? A handful of texts, and the ids that OpenAI's gives them."""

from pathlib import Path

from gpt1.verify.report import DIFFERS, SAME, UNASKED, Finding
from gpt1.verify.sizes import told

SIZE = 40478
TEXTS = {
    "The cat sat on the mat.": (
        [481, 3387, 1305, 504, 481, 7677, 239],
        "other ids for plain words",
    ),
    "the president is a very good man.": (
        [481, 4735, 544, 246, 963, 870, 762, 239],
        "other ids for plain words",
    ),
    "THE CAT": ([481, 3387], "capitals are kept"),
    "I'm sure he is": (
        [249, 719, 881, 487, 544],
        "words split otherwise than by spaCy (I 'm)",
    ),
    "a very good man.\nthe cat": (
        [246, 963, 870, 762, 239, 40477, 481, 3387],
        "no token for the end of a line",
    ),
}


def ids_of(tokenizer, text):
    """The ids of a text, whatever `encode` returns."""
    try:
        made = tokenizer.encode(text, add_special_tokens=False)
    except TypeError:
        made = tokenizer.encode(text)
    return [int(each) for each in getattr(made, "ids", made)]


def size_of(tokenizer):
    """How many tokens a tokenizer has, or None."""
    for name in ("vocab_size", "n_vocab", "get_vocab_size"):
        value = getattr(tokenizer, name, None)
        if value is not None:
            return value() if callable(value) else value
    return None


def tokenizer_findings(tokenizer):
    """How a tokenizer differs from GPT-1's.

    Args:
        tokenizer: what has `encode`; None if it was not given.

    Raises:
        ValueError: it has no `encode`.
    """
    aspect = "tokenizer"
    if tokenizer is None:
        return [Finding(aspect, UNASKED, "none was given")]
    if not callable(getattr(tokenizer, "encode", None)):
        raise ValueError(f"a tokenizer has encode, {type(tokenizer).__name__} has none")
    size, wrong = size_of(tokenizer), []
    if size is not None and size != SIZE:
        wrong.append(f"{size:,} tokens (GPT-1's: {SIZE:,})")
    for text, (want, what) in TEXTS.items():
        try:
            what = what if ids_of(tokenizer, text) != want else None
        except Exception as error:
            what = f"it fails on {text!r}: {told(error)}"
        if what and what not in wrong:
            wrong.append(what)
    if wrong:
        told_all = f"a tokenizer that is not GPT-1's: {', '.join(wrong)}"
        return [Finding(aspect, DIFFERS, told_all)]
    ids = f"{SIZE:,} tokens; {len(TEXTS)} texts have GPT-1's ids"
    return [Finding(aspect, SAME, ids)]


def load_tokenizer(folder):
    """A tokenizer from a folder: GPT-1's own files, or what transformers reads.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError, ImportError: nothing can be read from it.
    """
    if not Path(folder).is_dir():
        raise FileNotFoundError(f"there is no folder {folder} with a tokenizer")
    try:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(folder)
    except Exception as error:
        first = error
    from gpt1.tokenizer import GPT1Tokenizer

    try:
        return GPT1Tokenizer.from_pretrained(folder)
    except FileNotFoundError:
        raise ValueError(f"{folder} has no tokenizer: {told(first)}") from None
