"""The paper's zero-shot heuristics (section 5): tasks as questions of likelihood.

A scorer is a function from pairs of a context and a text to a `Score` for each:
`partial(likelihoods, model, tokenizer)`, or anything like it. Nothing here knows the
labels.
"""

HINT = " very"
"""What the paper appends to a review before it asks for a word."""


def acceptability(scorer, texts):
    """How likely each text is, by its mean log-probability: linguistic acceptability.

    Args:
        scorer: see the top of this file.
        texts: strings.

    Returns:
        A `Score` for each text. The paper takes the mean, and a threshold.
    """
    return scorer([("", text) for text in texts])


def sentiment(scorer, texts, words=("negative", "positive"), hint=HINT):
    """How likely each of some words is to follow each text: sentiment.

    Args:
        scorer: see the top of this file.
        texts: strings; space at their end is taken off.
        words: without a space before them.
        hint: what is appended to each text.

    Returns:
        A list for each text, with a `Score` for each word. The paper compares the
        probabilities of two words that are one token each: the totals.
    """
    contexts = [text.rstrip() + hint for text in texts]
    return _rows(scorer, [[(each, f" {word}") for word in words] for each in contexts])


def answers(scorer, examples, between=" "):
    """How likely each answer is after its document and question; endings of stories.

    Args:
        scorer: see the top of this file.
        examples: for each a context and two choices or more, strings.
        between: what stands between them.

    Returns:
        A list for each example, with a `Score` for each choice. The paper takes the
        mean.
    """
    pairs = [[(c, between + choice) for choice in choices] for c, *choices in examples]
    return _rows(scorer, pairs)


def referents(scorer, examples):
    """How likely the rest of a sentence is, with each reading put for its pronoun.

    Args:
        scorer: see the top of this file.
        examples: for each the sentence before the pronoun, the rest after it, and two
            readings or more, strings.

    Returns:
        A list for each example, with a `Score` for each reading. The paper takes the
        mean.
    """
    return _rows(scorer, [[(b + x, rest) for x in xs] for b, rest, *xs in examples])


def following(scorer, examples, between=" ", both_ways=False):
    """How likely the second of two texts is after the first.

    The paper has no such heuristic for pairs: this is ours, after its for answers.

    Args:
        scorer: see the top of this file.
        examples: two strings for each.
        between: what stands between them.
        both_ways: ask for the first after the second, too.

    Returns:
        A list for each example, with one `Score`, or two.
    """
    ways = [[(a, between + b), (b, between + a)] for a, b in examples]
    return _rows(scorer, ways if both_ways else [way[:1] for way in ways])


def _rows(scorer, rows):
    """Scores of a list of lists of pairs, asked for together."""
    scores = iter(scorer([pair for row in rows for pair in row]))
    return [[next(scores) for _ in row] for row in rows]
