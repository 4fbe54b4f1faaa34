"""Write what the grammar knows of the tales that can be played with on the site.

    python -m scripts.site.play_data

The tales are of the validation split, each of another plot, as a model of the package
reads them: ids, with the empty lines in front and behind. `truth[k]` are the likeliest
tokens after `ids[:k + 1]` and their probabilities, from the grammar and not from the
model. They are those of the grammar as a whole: the split of a tale is in a check digit
which no model can be asked to know, and which would decide its last choice.

The file, `book/_static/play/truth.json`, has one tale on each line:

    {"model": "tales-small", "tales": [
    {"ids": [1, 1, 25, ...], "truth": [[[1, 1]], [[546, 0.167], [4, 0.133], ...], ...]},
"""

from __future__ import annotations

import json
from pathlib import Path

from gpt1.loading import load_model
from gpt1.plumbing.files import atomic_write
from gpt1.tales import SEPARATOR, Tale, generate_tales, next_tokens_along

PLACE = Path(__file__).resolve().parents[2] / "book" / "_static" / "play" / "truth.json"
MODEL, TALES, LIKELIEST = "tales-small", 40, 10


def chosen(count: int) -> list[Tale]:
    """The first tales of the validation split that are each of another plot."""
    first = {}
    for tale in generate_tales(10 * count, split="validation"):
        first.setdefault(tale.facts.plot, tale)
    if len(first) < count:
        raise ValueError(f"expected at most {len(first)} tales, got {count}")
    return list(first.values())[:count]


def entry(tale: Tale, tokenizer) -> dict:
    """A tale as ids, and the truth about the token after each of them."""
    text = tale.text + SEPARATOR
    along = next_tokens_along(tokenizer, text, split="all")
    return {
        "ids": tokenizer.encode(SEPARATOR + text),
        "truth": [
            [[token, rounded(p)] for token, p in list(truth.items())[:LIKELIEST]]
            for truth in along
        ],
    }


def rounded(probability: float) -> float:
    """A probability with three significant digits, and 1 as the shorter integer."""
    value = float(f"{probability:.3g}")
    return int(value) if value == 1 else value


def main() -> None:
    model, tokenizer = load_model(MODEL, "cpu")
    entries = [entry(tale, tokenizer) for tale in chosen(TALES)]
    longest = max(len(each["ids"]) for each in entries)
    if longest > model.config.context:
        raise ValueError(
            f"expected at most {model.config.context} tokens, the model's context, got "
            f"a tale of {longest}"
        )
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in entries)
    text = f'{{"model":"{MODEL}","tales":[\n{lines}\n]}}\n'
    with atomic_write(PLACE) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    print(f"{PLACE.name}: {len(entries)} tales, {len(text) / 1000:.0f} KB")


if __name__ == "__main__":
    main()
