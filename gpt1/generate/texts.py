"""From a string to a longer string: prompts, and where a text begins without one."""

import torch

from gpt1.generate.sampling import stream
from gpt1.generate.showing import Shown

EMPTY_LINE = "\n\n"
"""What stands between two tales."""


def start_ids(tokenizer):
    """The ids from which a text begins that has no prompt: those of an empty line.

    Tales stand between empty lines, and so do the paragraphs of most texts. GPT-1's
    tokenizer has one token for line ends. Where a tokenizer knows no line end, its
    first token stands in.
    """
    if tokenizer.between:
        return list(tokenizer.between)
    return tokenizer.encode(EMPTY_LINE) if "\n" in tokenizer.ids else [0]


def lacking(tokenizer, text):
    """The characters of a text that a tokenizer has no token for."""
    return tokenizer.lacking(text)


def write_text(
    model, tokenizer, prompt="", new_tokens=1000, *, stop="", seed=0, **sampling
):
    """Continue one prompt, from string to string.

    Args:
        model: a `GPT` in evaluation mode, or what `faster` made of one.
        tokenizer: the model's.
        prompt: a string; where it is empty, see `start_ids`.
        new_tokens: how many to write at most.
        stop: the text ends before this string; for a tale, two line ends.
        seed: the same seed writes the same text, here and on the command line.
        sampling: temperature, top_k and top_p, see `gpt1.generate.sampling.next_token`.

    Returns:
        The prompt and what follows, as `gpt1 generate` prints them; it writes with
        `faster(model)`, which of a large model rounds differently.

    Raises:
        ValueError: see `gpt1.generate.sampling.stream`.
    """
    ids = tokenizer.encode(prompt)
    text = Shown(tokenizer, ids, new_tokens, stop)
    dice = torch.Generator(model.token_embedding.weight.device).manual_seed(seed)
    start = [ids or start_ids(tokenizer)]
    for _, token in stream(model, start, new_tokens, generator=[dice], **sampling):
        text.add(token)
        if text.ended:
            break
    return text.text
