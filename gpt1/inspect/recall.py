"""Does a model know what it has read? `recall` asks at each fact that a tale repeats.

A low loss does not tell: nearly all of a tale can be had from its phrases, and a model
that exchanges the hero for another pays for a few tokens only.
"""

import re
from collections import defaultdict

import torch

from gpt1.tales import SEPARATOR
from gpt1.tales.mentions import mentions


@torch.no_grad()
def recall(model, tokenizer, tales):
    """How often a model knows the facts of a tale where they are named again.

    The model reads the tale as it stands. Where a fact is named that was named before,
    the words of its other values compete with the right ones: at each token of the
    right words, and at the one after them, the model has to find the right token more
    probable than each that another value would have there, if it agrees with the right
    words so far. Then the fact is recalled: a reader who chooses among the values token
    by token, always the most probable, says the right one. Tokens that no value has do
    not compete, so that a model may expect "she" in place of the name.

    Args:
        model: maps ids (1, time) to logits (1, time, vocab); put it into eval mode.
        tokenizer: of the model; it has to keep words apart.
        tales: a list, each `Tale` with its empty lines within the model's context.

    Returns:
        A dictionary from fact to how often it was recalled and how often it was named
        again, two integers; `Mention` has the names of the facts.

    Raises:
        ValueError: the tokenizer joins the words of a fact with those around them.
    """
    counts = defaultdict(lambda: [0, 0])
    known = {}

    def encode(text):
        if text not in known:
            known[text] = tokenizer.encode(text)
        return known[text]

    for tale in tales:
        ids = tokenizer.encode(SEPARATOR + tale.text + SEPARATOR)
        logits = model(torch.tensor([ids]))[0]  # (time, vocab)
        for mention in mentions(tale):
            if mention.again:
                place, right, others = _tokens(tale.text, mention, ids, encode)
                counts[mention.fact][0] += _chosen(logits, ids, place, right, others)
                counts[mention.fact][1] += 1
    return {fact: tuple(pair) for fact, pair in counts.items()}


def _tokens(text, mention, ids, encode):
    """Where a mention begins among the ids; its own ids, and those of the others."""
    before, after = text[: mention.start], re.match(r"\w*", text[mention.end :])[0]
    space = " " if before.endswith(" ") else ""
    place = len(encode(SEPARATOR + before.removesuffix(space)))
    words = text[mention.start : mention.end]
    right, *others = (encode(space + w + after) for w in (words, *mention.others))
    if ids[place : place + len(right)] != right:
        raise ValueError(f"the tokenizer joins {words!r} with the words around it")
    return place, right, others


def _chosen(logits, ids, place, right, others):
    """Whether the right ids win, token by token, against all that agree so far."""
    for i in range(len(right) + 1):
        rivals = {o[i] for o in others if len(o) > i and o[:i] == right[:i]}
        token = ids[place + i]
        scores = logits[place + i - 1]  # (vocab,)
        rivals.discard(token)
        if rivals and scores[token] <= scores[list(rivals)].max():
            return False
    return True
