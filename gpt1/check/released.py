"""Exercises about weights that others trained: their layout, and tests of them."""

import math

import torch

from gpt1.check.exercise import Exercise

# The layout of a file.


def fitting(name, tensor):
    if tensor.dim() == 2 and "embed" not in name:
        return tensor.t()
    return tensor


def tensors():
    """Names of a file, and tensors with distinct numbers, some of them square."""

    def case(name, *shape):
        numbers = torch.arange(1.0, 1 + math.prod(shape)).view(shape)
        told = f"{name}, of shape {shape}:"
        return told, (name, numbers)

    block = "transformer.h.0."
    return [
        case(f"{block}attn.c_proj.weight", 2, 2),
        case(f"{block}attn.c_attn.weight", 2, 6),
        case(f"{block}attn.c_attn.bias", 6),
        case("h.1.mlp.c_fc.weight", 2, 8),
        case("h.1.mlp.c_proj.weight", 8, 2),
        case("h.11.ln_2.weight", 2),
        case("transformer.tokens_embed.weight", 5, 2),
        case("transformer.tokens_embed.weight", 3, 3),
        case("positions_embed.weight", 4, 2),
        case("h.1.attn.c_proj.weight", 3, 3),
    ]


FITTING = Exercise(
    name="fitting",
    verified="square matrices and others, embeddings and vectors, with and without the "
    "beginning of the names",
    cases=tensors,
    right=fitting,
    mistakes="""
        ... -> tensor
        tensor.dim() == 2 -> tensor.dim() != 2
        tensor.dim() == 2 -> tensor.dim() == 1
        tensor.dim() == 2 -> tensor.dim() == 3
            you left the blocks' matrices as they are. They need transposing
        "embed" not in name -> "embed" in name
            it's the wrong way round: the matrices inside the blocks need transposing,
            the embeddings don't
        tensor.dim() == 2 and "embed" not in name -> tensor.dim() == 2
        tensor.dim() == 2 and "embed" not in name -> True
        ... -> tensor.t()
            you transposed the embeddings, too. Their rows are looked up, so they stay
            as they are
        tensor.dim() == 2 and -> tensor.dim() == 2 and len(set(tensor.shape)) > 1 and
            you left the square matrix as it is. It needs transposing like the others
        tensor.dim() == 2 and "embed" not in name -> tensor.dim() == 2 and \
            tensor.size(0) < tensor.size(1) and "embed" not in name
            you went by the shape. A matrix that is square or tall may need transposing
            too
        "embed" not in name -> name.startswith("transformer.h.")
            not every file's names begin with transformer. Look for something else in
            them
        "embed" not in name -> name.startswith("h.")
            some files' names begin with transformer. Look for something else in them
        "embed" not in name -> "tokens" not in name
            you transposed the table of positions. Its rows are looked up, too
        "embed" not in name -> "positions" not in name
            you transposed the table of tokens. Its rows are looked up, too
        "embed" not in name -> "c_proj" not in name
        "embed" not in name -> "c_proj" in name
        "embed" not in name -> "attn" in name
        "embed" not in name -> "mlp" in name
            you picked out some of a block's matrices. All four need transposing, and
            the embeddings don't
        tensor.t() -> tensor.flip(0)
            you turned the order of the rows round. Exchange rows and columns
        tensor.t() -> tensor.reshape(tensor.shape[::-1])
            you gave the matrix the other shape, but its numbers are in the wrong
            places. Exchange rows and columns with t()
        ... -> tensor.t() if tensor.dim() == 2 and "embed" not in name else None
            vectors and embeddings have to be returned as well, as they are
    """,
)

# A review, a hint, and two words.


def very(model, review, hint, words):
    ids = torch.tensor([[*review, hint]])
    scores = model(ids)[0, -1]
    first, second = words
    return int(scores[second] > scores[first])


class Table:
    """A model of whole texts: what it says depends on all ids and their order."""

    def __init__(self, vocab, seed, shift=0.0):
        dice = torch.Generator().manual_seed(seed)
        self.last = torch.randn(vocab, vocab, generator=dice) + shift
        self.before = torch.randn(vocab, vocab, generator=dice)
        self.first = torch.randn(vocab, vocab, generator=dice)

    def __call__(self, ids):
        logits = self.last[ids] + self.first[ids[:, :1]]
        logits[:, 1:] += 2 * self.before[ids[:, :-1]]
        return logits


class Even:
    """A model to which all tokens are equally likely."""

    def __init__(self, vocab):
        self.vocab = vocab

    def __call__(self, ids):
        return torch.zeros(*ids.shape, self.vocab)


def reviews():
    """Reviews of several lengths, and both answers; in the last, both are as likely.

    An answer is 0 or 1, so it takes many to tell mistakes apart.
    """
    told = "the review [3, 6] and the hint 2:"
    found = [(told, (Table(9, 1), [3, 6], 2, [4, 5]))]
    dice = torch.Generator().manual_seed(0)
    for seed in range(2, 26):
        order = torch.randperm(9, generator=dice).tolist()
        review, hint, words = order[: 2 + seed % 5], order[6], order[7:]
        found.append((Table(9, seed), review, hint, words))
    told = "a model to which both words are equally likely:"
    found.append((told, (Even(9), [3, 1], 2, [4, 5])))
    return found


VERY = Exercise(
    name="very",
    verified="reviews of several lengths, both answers, and a tie",
    cases=reviews,
    right=very,
    mistakes="""
        [*review, hint] -> [*review]
        [*review, hint] -> review
        model(ids)[0, -1] -> model(ids)[0, -2]
            the hint doesn't count in your answer. Append it to the review, and read the
            scores at the last position
        [*review, hint] -> [hint, *review]
            you put the hint before the review. It comes after it, so that the word
            follows the hint
        model(ids)[0, -1] -> model(ids)[0, 0]
        model(ids)[0, -1] -> model(ids)[0, 1]
            you read the scores at the beginning of the review. The word comes after the
            hint, so read them at the last position
        scores[second] > scores[first] -> scores[second] < scores[first]
        scores[second] > scores[first] -> scores[first] > scores[second]
        first, second = words -> second, first = words
            the places are swapped. The answer is 1 if the second word is likelier
        scores[second] > scores[first] -> scores[second] >= scores[first]
            if both words are equally likely, the answer is 0
        int(scores[second] > scores[first]) \
            -> words[int(scores[second] > scores[first])]
            this is the id of the word. Return its place, 0 or 1
        int(scores[second] > scores[first]) -> int(scores[second] > 0)
            you compared the second word's score with 0. Compare it with the first
            word's
        scores[second] > scores[first] -> scores[second]
        scores[second] > scores[first] -> scores[first]
            this is a single score. Compare the two
        model(ids)[0, -1] -> model(ids)[0].mean(0)
        model(ids)[0, -1] -> model(ids)[0].sum(0)
            these are scores of all positions together. Only the last one predicts the
            word after the hint
        ... -> int(model(torch.tensor([[*review, hint]]))[0, -1].argmax() == words[1])
            you asked whether the second word is the likeliest of all. It only has to be
            likelier than the first
        scores[second] > scores[first] -> second > first
            you compared the ids. Compare their scores
        first, second = words -> first, second = 0, 1
            you took the scores of ids 0 and 1. The ids are in words
    """,
)

# The size of a test.


def examples_needed(accuracy, gap):
    variance = 2 * accuracy * (1 - accuracy)
    return math.ceil(4 * variance / gap**2)


EXAMPLES_NEEDED = Exercise(
    name="examples-needed",
    verified="small and large gaps, accuracies above and below one half",
    cases=lambda: [
        (0.5, 0.3),
        (0.56, 0.022),
        (0.913, 0.013),
        (0.3, 0.05),
        (0.9, 0.1),
        (0.75, 0.007),
    ],
    right=examples_needed,
    mistakes="""
        2 * accuracy -> accuracy
        4 * variance -> 2 * variance
            you have half as many as it takes. Two is squared with the rest, which makes
            4, and both models are uncertain, so the variance counts twice
        4 * variance -> variance
            that's one standard error. The gap should be two
        4 * variance -> 16 * variance
            the gap should be two standard errors, and you asked for four
        gap**2 -> gap
        gap**2 -> (gap * 2)
        gap**2 -> gap**3
            square the gap, because the error falls with the root of n
        / gap**2 ->
            the gap is missing. Divide by its square
        4 * variance -> 4
            the variance is missing. Multiply it by the square of two
        4 * variance -> 4 / variance
            you divided by the variance. The more luck there is, the more examples it
            takes
        4 * variance -> 5 * variance
        4 * variance -> 3 * variance
            the gap is two errors, so the variance is multiplied by the square of two
        2 * accuracy -> 3 * accuracy
            there are two models, so the variance counts twice
        2 * accuracy * (1 - accuracy) -> 2 * accuracy / (1 - accuracy)
        2 * accuracy * (1 - accuracy) -> 2 / accuracy * (1 - accuracy)
            you divided one share by the other. The variance is their product,
            accuracy * (1 - accuracy)
        1 - accuracy -> 1 + accuracy
        1 - accuracy -> 2 - accuracy
        1 - accuracy -> accuracy - 1
        1 - accuracy -> 0 - accuracy
            the share of wrong answers is 1 - accuracy
        math.ceil(4 * variance / gap**2) -> math.floor(4 * variance / gap**2)
        4 * variance / gap**2 -> 4 * variance // gap**2
        math.ceil(4 * variance / gap**2) -> int(4 * variance / gap**2)
            you rounded down. With that many, the gap is a little less than two errors
        math.ceil(4 * variance / gap**2) -> round(4 * variance / gap**2)
            you rounded to the nearest number. Round up, or the gap may be a little less
            than two errors
        math.ceil(4 * variance / gap**2) -> 4 * variance / gap**2
            this isn't a whole number. Round it up
        (1 - accuracy) -> accuracy
            the variance of right and wrong answers is accuracy * (1 - accuracy)
        * (1 - accuracy) ->
            1 - accuracy is missing: the variance is accuracy * (1 - accuracy)
        2 * accuracy * (1 - accuracy) -> 2 * (1 - accuracy)
        2 * accuracy * (1 - accuracy) -> 1 - accuracy
            accuracy is missing: the variance is accuracy * (1 - accuracy)
        2 * accuracy * (1 - accuracy) -> math.sqrt(2 * accuracy * (1 - accuracy))
            you took a root of the variance. If you square both sides, no root is left
        2 * accuracy * (1 - accuracy) -> 0.5
            you took the variance of a coin. It depends on the accuracy
        math.ceil(4 * variance / gap**2) -> math.ceil(4 * variance / gap**2) + 1
            that's one example more than are needed
        math.ceil(4 * variance / gap**2) -> 2 * math.ceil(4 * variance / gap**2)
            these are the examples of both models together. Return the number for each
        4 * variance / gap**2 -> 4 * variance * gap**2
        4 * variance / gap**2 -> gap**2 / (4 * variance)
        4 * variance / gap**2 -> gap**2 / 4 * variance
            the smaller the gap, the more examples it takes. Divide the variance by the
            square of the gap
    """,
)

# How far ahead the known tokens are.


def margins(model, prompt, known):
    ids = torch.tensor([prompt + known])
    logits = model(ids[:, :-1])[0, len(prompt) - 1 :]
    places = torch.tensor(known)[:, None]
    own = logits.gather(1, places)[:, 0]
    others = logits.scatter(1, places, -math.inf)
    return own - others.max(1).values


class Reading:
    """A model that counts how often it's read."""

    def __init__(self, model):
        self.model, self.reads = model, 0

    def __call__(self, ids):
        self.reads += 1
        return self.model(ids)


def and_readings(answer, model, prompt, known):
    """The margins, and how often the model was read."""
    reading = Reading(model)
    returned = answer(reading, prompt, known)
    if returned is None:
        return None
    return {"the margins": returned, "readings of the model": reading.reads}


def continuations():
    """Prompts and what follows; some tokens are ahead of all others, some are not."""
    told = "the prompt [3] and the known token 2:"
    found = [(told, (Table(6, 1), [3], [2]))]
    for seed, prompt, known in (
        (2, [1, 4], [5, 0, 3]),
        (3, [2], [1, 1, 4, 0]),
        (4, [0, 5, 2, 4], [3, 2]),
    ):
        found.append((Table(6, seed, shift=-9.0), prompt, known))
        found.append((Table(6, seed), prompt[::-1], known))
    table, ids = Table(6, 5), [2, 3]
    for _ in range(4):
        ids.append(table(torch.tensor([ids]))[0, -1].argmax().item())
    told = "a prompt of 2 and the model's own greedy continuation:"
    return [*found, (told, (table, ids[:2], ids[2:]))]


MARGINS = Exercise(
    name="margins",
    verified="prompts of several lengths, tokens that are ahead and some that aren't, "
    "with one reading of the model",
    cases=continuations,
    right=margins,
    observe=and_readings,
    mistakes="""
        logits.scatter(1, places, -math.inf) -> logits
            you compared each token with all, itself included, so no margin is above 0.
            Leave the known token out
        model(ids[:, :-1])[0, len(prompt) - 1 :] -> model(ids)[0, len(prompt) :]
            these positions have already read the tokens that they should predict. The
            token at a place is predicted one position before
        model(ids[:, :-1])[0, len(prompt) - 1 :] -> model(ids)[0, -len(known) :]
            these positions have already read the tokens that they should predict. The
            token at a place is predicted one position before
        model(ids[:, :-1])[0, len(prompt) - 1 :] \
            -> model(ids)[0, len(prompt) - 1 : -1]; model(ids)
            you read the model twice. Once is enough, since every position predicts
        own - others.max(1).values -> others.max(1).values - own
            the sign is wrong: a known token that is ahead has a margin above 0
        own - others.max(1).values -> own
            these are the known tokens' own logits. Subtract the best of the others
        own - others.max(1).values -> others.max(1).values
            these are the logits of the best others. Subtract them from the known
            tokens' own
        own - others.max(1).values -> own + others.max(1).values
            you added the two logits. Subtract the others' from the known token's
        others.max(1).values -> others.max(0).values
            you took the largest logit of each token over the positions. Take the
            largest of each position
        others.max(1).values -> others.max()
            you took the largest logit of all positions together. Take one for each
        -math.inf -> math.inf
            the known token has to be out of the running: its logit becomes minus
            infinity
        -math.inf -> 0.0
            a logit of 0 may still be the largest. Put minus infinity there
        others.max(1).values -> others.min(1).values
        others.max(1).values -> logits.min(1).values
            you subtracted the smallest logit. Subtract the largest of the others
        others.max(1).values -> others.max(1).indices
            these are the best others' ids. Subtract their logits
        others.max(1).values -> logits.mean(1)
            you subtracted the mean of the logits. Subtract the largest of the others
        own - others.max(1).values -> (own - others.max(1).values).exp()
        own - others.max(1).values -> own.exp() - others.max(1).values.exp()
            a margin is a difference of logits. Don't take its exponential
        own - others.max(1).values -> (own - others.max(1).values)[:, None]
            there is an axis too many. The result is (len(known),)
        own - others.max(1).values -> (own > others.max(1).values)
            this says whether each token is ahead. Return by how much
        own - others.max(1).values -> (own - others.max(1).values).min()
            this is the smallest margin. Return one for each known token
        prompt + known -> known + prompt
            the known tokens come after the prompt
    """,
)

EXERCISES = (FITTING, VERY, EXAMPLES_NEEDED, MARGINS)
