"""Exercises about the loss of a model."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig
from gpt1.model import GPT

# The first loss.


def first_loss(config):
    return math.log(config.vocab_size) + config.width * config.init_std**2 / 2


def configs():
    wide = {"vocab_size": 1000, "width": 96, "init_std": 0.2}
    return [
        ("GPTConfig():", (GPTConfig(),)),
        ("GPTConfig.tiny():", (GPTConfig.tiny(),)),
        ("vocab_size=1000, width=96, init_std=0.2:", (GPTConfig(**wide),)),
    ]


def second_term(of):
    return lambda config: math.log(config.vocab_size) + of(config)


FIRST_LOSS = Exercise(
    name="first-loss",
    verified="the expected loss of three models of different sizes",
    cases=configs,
    right=first_loss,
    mistakes=(
        Mistake(
            "this is the loss of a uniform guess; the logits of a new model spread, "
            "and that costs a little more",
            second_term(lambda config: 0),
        ),
        Mistake(
            "the mean of exp(z) is exp(variance / 2): halve the second term",
            second_term(lambda config: config.width * config.init_std**2),
        ),
        Mistake(
            "the second term is half the logits' variance; you added half their "
            "deviation",
            second_term(lambda config: config.width**0.5 * config.init_std / 2),
        ),
        Mistake(
            "init_std is a deviation: its square is the variance",
            second_term(lambda config: config.width * config.init_std / 2),
        ),
        Mistake(
            "a logit sums width products: its variance is width times that of one "
            "weight",
            second_term(lambda config: config.init_std**2 / 2),
        ),
        Mistake(
            "right for GPT-1 only: you took 768 and 0.02 for the width and the "
            "deviation of every config",
            second_term(lambda config: 768 * 0.02**2 / 2),
        ),
        Mistake(
            "you took 768 for the width of every config; it has width",
            second_term(lambda config: 768 * config.init_std**2 / 2),
        ),
        Mistake(
            "your answer is always that of GPT-1: use the config that you are given",
            lambda config: first_loss(GPTConfig()),
        ),
        Mistake(
            "you took 0.02 for the deviation of every config; it has init_std",
            second_term(lambda config: config.width * 0.02**2 / 2),
        ),
        Mistake(
            "this is in bits: nats have natural logarithms",
            lambda config: first_loss(config) / math.log(2),
        ),
        Mistake(
            "the spread makes the loss larger, not smaller: add the second term",
            second_term(lambda config: -config.width * config.init_std**2 / 2),
        ),
    ),
)


# The probability of a sentence.


def small_model(seed=1, kind=GPT, scrambled=True, **sizes):
    """A model whose gains and biases matter, unless it is to be a new one."""
    config = GPTConfig.tiny(
        **{"vocab_size": 11, "context": 6, "width": 12, "layers": 2, "heads": 3} | sizes
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = kind(config).eval()
        for name, parameter in model.named_parameters():
            if scrambled:
                around = 1.0 if name.endswith("norm.weight") else 0.0
                nn.init.normal_(parameter, around, 0.5)
    return model


def rows_and_next(model, ids, shift=1):
    """Rows of logits and the tokens that are `shift` further on, of one text."""
    logits = model(ids)[0]
    if shift < 0:
        return logits[-shift:], ids[0, :shift]
    return logits[: len(logits) - shift], ids[0, shift:]


def picked(shift=1, score=lambda rows: rows.log_softmax(-1), end=torch.sum):
    """Scores of the next tokens, added up, with a slip."""

    @torch.no_grad()
    def answer(model, ids):
        rows, following = rows_and_next(model, ids, shift)
        return end(score(rows).gather(-1, following[:, None])).item()

    return answer


log_probability = picked()


def sentences():
    model = small_model()
    return [
        ("ids [[3, 7]]:", (model, torch.tensor([[3, 7]]))),
        ("ids [[3, 7, 1]]:", (model, torch.tensor([[3, 7, 1]]))),
        ("ids [[3, 7, 1, 3, 0, 10]]:", (model, torch.tensor([[3, 7, 1, 3, 0, 10]]))),
    ]


def negated(rows):
    return -rows.log_softmax(-1)


LOG_PROBABILITY = Exercise(
    name="log-probability",
    verified="the sum over all tokens but the first, for texts of 2, 3 and 6 tokens",
    cases=sentences,
    right=log_probability,
    mistakes=(
        Mistake(
            "nothing is shifted: you score each token by the row of logits that has "
            "already read it",
            picked(shift=0),
        ),
        Mistake(
            "shifted twice: row 0 belongs to token 1, and you score token 2 by it",
            picked(shift=2),
        ),
        Mistake(
            "shifted the wrong way: row 0 belongs to token 1, and you score token 0 by "
            "row 1",
            picked(shift=-1),
        ),
        Mistake(
            "this is the mean; the log-probability of a sentence is the sum",
            picked(end=torch.mean),
        ),
        Mistake(
            "you multiply the mean by the number of tokens; one fewer is predicted, "
            "since the first is given",
            lambda model, ids: picked(end=torch.mean)(model, ids) * ids.size(1),
        ),
        Mistake(
            "the sign is turned: this is the negative log-probability, as in a loss",
            picked(score=negated),
        ),
        Mistake(
            "this is the loss, the mean of the negative log-probabilities; take the "
            "sum, and keep the sign",
            picked(score=negated, end=torch.mean),
        ),
        Mistake(
            "these are logits; a softmax makes probabilities of them",
            picked(score=lambda rows: rows),
        ),
        Mistake(
            "you add up probabilities; their logarithms are to be added",
            picked(score=lambda rows: rows.softmax(-1)),
        ),
        Mistake(
            "this is the probability of the sentence; its logarithm is asked for",
            lambda model, ids: math.exp(log_probability(model, ids)),
        ),
        Mistake(
            "your softmax runs over the positions, axis -2; it belongs to the "
            "vocabulary, the last axis",
            picked(score=lambda rows: rows.log_softmax(-2)),
        ),
    ),
)


# The loss of a padded batch.


def texts(model, ids, lengths, shift=1, more=0):
    """The loss of every token, a tensor for each text; `more` tokens at its end."""
    found = []
    for text, length in zip(ids, lengths, strict=True):
        text = text[: length + more]
        rows, following = rows_and_next(model, text[None], shift)
        found.append(F.cross_entropy(rows, following, reduction="none"))
    return found


def over_texts(end=lambda found: torch.cat(found).mean(), **slips):
    @torch.no_grad()
    def answer(model, ids, lengths):
        return end(texts(model, ids, lengths, **slips)).item()

    return answer


def mean_of_means(found):
    return torch.stack([losses.mean() for losses in found]).mean()


def mean_of_sums(found):
    return torch.stack([losses.sum() for losses in found]).mean()


def over_everything(model, ids, lengths):
    places = ids.size(0) * (ids.size(1) - 1)
    return torch.cat(texts(model, ids, lengths)).sum() / places


@torch.no_grad()
def over_all_tokens(model, ids, lengths):
    return torch.cat(texts(model, ids, lengths)).sum() / sum(lengths)


@torch.no_grad()
def by_length(model, ids, lengths):
    """Means of texts, weighed by their tokens instead of their targets."""
    means = [losses.mean() for losses in texts(model, ids, lengths)]
    weighed = [mean * n for mean, n in zip(means, lengths, strict=True)]
    return sum(weighed) / sum(lengths)


def known_by_id(model, ids, lengths):
    rows, following = model(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten()
    return F.cross_entropy(rows, following, ignore_index=0)


def softmax_twice(model, ids, lengths):
    found = []
    for text, length in zip(ids, lengths, strict=True):
        rows, following = rows_and_next(model, text[None, :length])
        found.append(F.cross_entropy(rows.softmax(-1), following, reduction="none"))
    return torch.cat(found).mean()


def batches():
    model = small_model(seed=2)
    one = torch.tensor([[3, 7, 1]])
    two = torch.tensor([[3, 7, 1, 4, 9], [5, 0, 0, 0, 0]])
    three = torch.tensor([[8, 2, 0, 0, 0], [6, 0, 4, 0, 10], [1, 9, 2, 5, 0]])
    return [
        ("ids [[3, 7, 1]], lengths [3]:", (model, one, [3])),
        (
            "ids [[3, 7, 1, 4, 9], [5, 0, 0, 0, 0]], lengths [5, 2]:",
            (model, two, [5, 2]),
        ),
        ("ids of shape (3, 5), lengths [2, 5, 4]:", (model, three, [2, 5, 4])),
    ]


PADDED_LOSS = Exercise(
    name="padded-loss",
    verified="every token but a text's first counts once, and no padding does",
    cases=batches,
    right=over_texts(),
    mistakes=(
        Mistake(
            "the targets are not shifted: the model is asked for the token that it "
            "has just read",
            over_texts(shift=0),
        ),
        Mistake(
            "the targets are not shifted, and the padding is counted",
            over_texts(shift=0, more=99),
        ),
        Mistake(
            "the targets are shifted twice: row 0 of the logits is held against token "
            "2, not token 1",
            over_texts(shift=2),
        ),
        Mistake(
            "the targets are shifted twice, and the padding is counted",
            over_texts(shift=2, more=99),
        ),
        Mistake(
            "the padding is counted: what follows a text's last token is no target",
            over_texts(more=99),
        ),
        Mistake(
            "one padding token after each text is still a target: n tokens have n - 1 "
            "targets",
            over_texts(more=1),
        ),
        Mistake(
            "the last token of each text is no target of yours: n tokens have n - 1 "
            "targets",
            over_texts(more=-1),
        ),
        Mistake(
            "a mean of means: a token of a short text counts more than one of a long "
            "text; add up all, then divide once",
            over_texts(mean_of_means),
        ),
        Mistake(
            "you divide by all positions, padding included; only targets count",
            over_everything,
        ),
        Mistake(
            "you divide by the number of tokens; the first token of each text is no "
            "target",
            over_all_tokens,
        ),
        Mistake(
            "you weigh a text's mean by its n tokens; it has n - 1 targets",
            by_length,
        ),
        Mistake(
            "this is the sum; divide by the number of targets",
            over_texts(lambda found: torch.cat(found).sum()),
        ),
        Mistake(
            "you divide by the number of texts; divide by the number of targets",
            over_texts(mean_of_sums),
        ),
        Mistake(
            "you know padding by its id, but the same id is also a token in these "
            "texts: go by the lengths",
            known_by_id,
        ),
        Mistake(
            "the softmax is taken twice: F.cross_entropy wants logits",
            softmax_twice,
        ),
    ),
)
