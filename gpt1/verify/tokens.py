"""Is a tokenizer GPT-1's? A handful of texts, and the ids that OpenAI's gives them."""

from pathlib import Path

from gpt1.verify.report import DIFFERS, SAME, UNASKED, Finding
from gpt1.verify.sizes import told

SIZE = 40478
TEXTS = {
    "The cat sat on the mat.": (
        [481, 3387, 1305, 504, 481, 7677, 239],
        "the words of GPT-1's vocabulary",
    ),
    "the president is a very good man.": (
        [481, 4735, 544, 246, 963, 870, 762, 239],
        "the words of GPT-1's vocabulary",
    ),
    "THE CAT": ([481, 3387], "capitals put in lower case"),
    "I'm sure he is": ([249, 719, 881, 487, 544], "spaCy's split of words, I 'm"),
    "a very good man.\nthe cat": (
        [246, 963, 870, 762, 239, 40477, 481, 3387],
        "a token for the end of a line",
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
        ValueError: it encodes nothing.
    """
    aspect = "tokenizer"
    if tokenizer is None:
        return [Finding(aspect, UNASKED, "none was given")]
    size, wrong = size_of(tokenizer), []
    if size is not None and size != SIZE:
        wrong.append(f"{size:,} tokens (GPT-1's has {SIZE:,})")
    for text, (want, what) in TEXTS.items():
        try:
            got = ids_of(tokenizer, text)
        except Exception as error:
            raise ValueError(
                f"the tokenizer fails on {text!r}: {told(error)}"
            ) from error
        if got != want and f"not {what}" not in wrong:
            wrong.append(f"not {what}")
    if wrong:
        return [
            Finding(
                aspect, DIFFERS, f"a tokenizer that is not GPT-1's: {', '.join(wrong)}"
            )
        ]
    return [
        Finding(aspect, SAME, f"{SIZE:,} tokens; {len(TEXTS)} texts have GPT-1's ids")
    ]


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
