"""Exercises about the model: its loss, the tie of its ends, its softmax."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig
from gpt1.model import GPT

# The first loss.


def first_loss(config):
    variance = config.width * config.init_std**2
    return math.log(config.vocab_size) + variance / 2


def configs():
    wide = {"vocab_size": 1000, "width": 96, "init_std": 0.2}
    return [
        ("GPTConfig():", (GPTConfig(),)),
        ("GPTConfig.tiny():", (GPTConfig.tiny(),)),
        ("vocab_size=1000, width=96, init_std=0.2:", (GPTConfig(**wide),)),
    ]


FIRST_LOSS = Exercise(
    name="first-loss",
    verified="the expected loss of three models of different sizes",
    cases=configs,
    right=first_loss,
    mistakes="""
        + variance / 2 ->
            this is the loss of a uniform guess; the logits of a new model spread, and
            that costs a little more
        variance / 2 -> variance
            the mean of exp(z) is exp(variance / 2): halve the second term
        variance / 2 -> variance**0.5 / 2
            the second term is half the logits' variance; you added half their deviation
        init_std**2 -> init_std
            init_std is a deviation: its square is the variance
        config.width * config.init_std**2 -> config.init_std**2
        config.width * config -> config.width / config
            a logit sums width products: its variance is width times that of one weight
        variance / 2 -> 768 * 0.02**2 / 2
            right for GPT-1 only: you took 768 and 0.02 for the width and the deviation
            of every config
        config.width * -> 768 *
            you took 768 for the width of every config; it has width
        ... -> first_loss(GPTConfig())
            your answer is always that of GPT-1: use the config that you are given
        config.init_std**2 -> 0.02**2
            you took 0.02 for the deviation of every config; it has init_std
        ... -> first_loss(config) / math.log(2)
            this is in bits: nats have natural logarithms
        + variance -> - variance
            the spread makes the loss larger, not smaller: add the second term
        config.width * config.init_std**2 -> config.width
        config.init_std**2 -> 2
            init_std is not used: a weight has the variance init_std ** 2
        init_std**2 -> init_std * 2
        init_std**2 -> init_std**3
            the variance of a weight is the square of init_std
        variance / 2 -> 2
            the variance of the logits is not in your second term, which is half of it
        variance / 2 -> variance * 2
        variance / 2 -> variance // 2
        variance / 2 -> variance / 3
        variance / 2 -> 2 / variance
            the second term is half the variance of the logits: variance / 2
        math.log(config.vocab_size) + ->
            the loss of a uniform guess is missing: the logarithm of vocab_size
        math.log(config.vocab_size) -> config.vocab_size
            you add the size of the vocabulary; its logarithm is the loss of a uniform
            guess
    """,
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


def log_probability(model, ids):
    with torch.no_grad():
        rows = model(ids[:, :-1]).log_softmax(-1)
    return rows.gather(-1, ids[:, 1:, None]).sum().item()


def sentences():
    model = small_model()
    return [
        (f"ids [{ids}]:", (model, torch.tensor([ids])))
        for ids in ([3, 7], [3, 7, 1], [3, 7, 1, 3, 0, 10])
    ]


LOG_PROBABILITY = Exercise(
    name="log-probability",
    verified="the sum over all tokens but the first, for texts of 2, 3 and 6 tokens",
    cases=sentences,
    right=log_probability,
    mistakes="""
        ids[:, :-1] -> ids
        and 1:, None -> :, None
            nothing is shifted: you score each token by the row of logits that has
            already read it
        1:, None -> 2:, None
            shifted twice: row 0 belongs to token 1, and you score token 2 by it
        ids[:, :-1] -> ids
        and rows.gather(-1, ids[:, 1: -> rows[:, 1:].gather(-1, ids[:, :-1
            shifted the wrong way: row 0 belongs to token 1, and you score token 0 by
            row 1
        sum -> mean
            this is the mean; the log-probability of a sentence is the sum
        .sum().item() -> .mean().item() * ids.size(1)
            you multiply the mean by the number of tokens; one fewer is predicted, since
            the first is given
        return rows -> return -rows
            the sign is turned: this is the negative log-probability, as in a loss
        return rows -> return -rows
        and sum -> mean
            this is the loss, the mean of the negative log-probabilities; take the sum,
            and keep the sign
        .log_softmax(-1) ->
            these are logits; a softmax makes probabilities of them
        log_softmax -> softmax
            you add up probabilities; their logarithms are to be added
        ... -> math.exp(log_probability(model, ids))
            this is the probability of the sentence; its logarithm is asked for
        log_softmax(-1) -> log_softmax(-2)
            your softmax runs over the positions, axis -2; it belongs to the vocabulary,
            the last axis
        log_softmax(-1) -> log_softmax(0)
            your softmax runs over the batch, axis 0, where one text has all the
            probability; it belongs to the vocabulary, the last axis
        .gather(-1, ids[:, 1:, None]) ->
            you add up whole rows; of each, only the entry of the next token counts
    """,
)


# The loss of a padded batch.


def padded_loss(model, ids, lengths):
    places = torch.arange(ids.size(1))
    real = places < torch.tensor(lengths)[:, None]
    targets = ids.masked_fill(~real, -100)
    with torch.no_grad():
        return model.loss(ids[:, :-1], targets[:, 1:]).item()


def batches():
    model = small_model(seed=2)
    one = torch.tensor([[3, 7, 1]])
    two = torch.tensor([[3, 7, 1, 4, 9], [5, 0, 0, 0, 0]])
    three = torch.tensor([[8, 2, 0, 0, 0], [6, 0, 4, 0, 10], [1, 9, 2, 5, 0]])
    return [
        (f"ids {one.tolist()}, lengths [3]:", (model, one, [3])),
        (f"ids {two.tolist()}, lengths [5, 2]:", (model, two, [5, 2])),
        ("ids of shape (3, 5), lengths [2, 5, 4]:", (model, three, [2, 5, 4])),
    ]


PADDED_LOSS = Exercise(
    name="padded-loss",
    verified="every token but a text's first counts once, and no padding does",
    cases=batches,
    right=padded_loss,
    mistakes="""
        ids[:, :-1], targets[:, 1:] -> ids, targets
            the targets are not shifted: the model is asked for the token that it has
            just read
        ids[:, :-1], targets[:, 1:] -> ids, ids
            the targets are not shifted, and the padding is counted
        ids[:, :-1], targets[:, 1:] -> ids[:, :-2], targets[:, 2:]
            the targets are shifted twice: row 0 of the logits is held against token 2,
            not token 1
        ids[:, :-1], targets[:, 1:] -> ids[:, :-2], ids[:, 2:]
            the targets are shifted twice, and the padding is counted
        targets[:, 1:] -> ids[:, 1:]
            the padding is counted: what follows a text's last token is no target
        places < -> places <=
            one padding token after each text is still a target: n tokens have n - 1
            targets
        places < -> places + 1 <
            the last token of each text is no target of yours: n tokens have n - 1
            targets
        ... -> sum(padded_loss(model, text[None], [n]) \
            for text, n in zip(ids, lengths, strict=True)) / len(ids)
            a mean of means: a token of a short text counts more than one of a long
            text; add up all, then divide once
        item() -> item() * (sum(lengths) - len(ids)) / ids[:, 1:].numel()
            you divide by all positions, padding included; only targets count
        item() -> item() * (sum(lengths) - len(ids)) / sum(lengths)
            you divide by the number of tokens; the first token of each text is no
            target
        ... -> sum(padded_loss(model, text[None], [n]) * n \
            for text, n in zip(ids, lengths, strict=True)) / sum(lengths)
            you weigh a text's mean by its n tokens; it has n - 1 targets
        item() -> item() * (sum(lengths) - len(ids))
            this is the sum; divide by the number of targets
        item() -> item() * (sum(lengths) - len(ids)) / len(ids)
            you divide by the number of texts; divide by the number of targets
        ~real -> ids == 0
            you know padding by its id, but the same id is also a token in these texts:
            go by the lengths
        model.loss(ids[:, :-1], targets[:, 1:]) -> \
            F.cross_entropy(model(ids[:, :-1]).softmax(-1).mT, targets[:, 1:])
            the softmax is taken twice: F.cross_entropy wants logits
        ~real -> real
        places < -> places >
            you keep the padding and take out the texts: a place is real where it is
            less than the length
    """,
)


# Is it tied?


class Copied(GPT):
    """Its output is a matrix of its own, equal to the embedding at first."""

    def __init__(self, config):
        super().__init__(config)
        copy = self.token_embedding.weight.detach().clone()
        self.output = nn.Parameter(copy)

    def logits(self, hidden):
        return hidden @ self.output.T


class Spare(Copied):
    """It has a second matrix and does not use it."""

    logits = GPT.logits


def is_tied(model, ids):
    absent = next(n for n in range(ids.numel() + 1) if n not in ids)
    with torch.no_grad():
        row = model.token_embedding.weight[absent]
        before, kept = model(ids), row.clone()
        row.neg_()
        after = model(ids)
        row.copy_(kept)
    return not torch.allclose(before, after)


def answer_and_trace(answer, model, ids):
    before = [parameter.detach().clone() for parameter in model.parameters()]
    says = answer(model, ids)
    after = model.parameters()
    kept = all(
        torch.allclose(b, a, atol=1e-6) for b, a in zip(before, after, strict=True)
    )
    learns = all(parameter.requires_grad for parameter in model.parameters())
    return {"the answer": says, "the model is as it was": kept, "it learns": learns}


def models():
    """Cases of `is_tied`; token 0 and the last one are read wherever a copy is.

    The text of the first holds 0 to 3: the row to change is not among as many.
    """
    begin, first, second, third = (
        torch.tensor([text])
        for text in ((2, 0, 3, 1), (3, 0, 10, 1), (2, 0, 5, 10), (10, 4, 6, 0, 7))
    )
    copy = small_model(kind=Copied)
    with torch.no_grad():
        copy.output.copy_(copy.token_embedding.weight)
    other, spare = small_model(kind=Copied), small_model(kind=Spare)
    new, new_copy = (small_model(kind=kind, scrambled=False) for kind in (GPT, Copied))
    return [
        ("a tied model:", (small_model(), begin)),
        ("a model whose output is an equal copy:", (copy, first)),
        ("a model with another matrix at the output:", (other, second)),
        ("a tied model with a second matrix, unused:", (spare, third)),
        ("a new tied model:", (new, second)),
        ("a new model whose output is a copy:", (new_copy, third)),
    ]


IS_TIED = Exercise(
    name="is-tied",
    verified="six models, tied, copied and new, told apart and left as they were",
    cases=models,
    right=is_tied,
    observe=answer_and_trace,
    mistakes="""
        ... -> True
            you call a copy tied: the row that you change must belong to a token that
            ids does not contain, or the input end notices
        ... -> False
            your answer is always False: either you changed a copy of the row, or you do
            not look at the logit of the token whose row you changed
        return not torch -> return torch
            True and False are exchanged: a tied model's logits move
        row.copy_(kept) -> pass
            the answers are right, but the row is left changed: put it back
        absent = next -> \
            model.token_embedding.weight.requires_grad_(False); absent = next
            the answers are right, but the weight is left without requires_grad, and
            cannot be trained; change it under torch.no_grad() instead
        ... -> not hasattr(model, "output")
            one of the models has a second matrix and does not use it: judge by what the
            logits do, not by names or numbers of parameters
        ... -> not hasattr(model, "output") or \
            torch.equal(model.output, model.token_embedding.weight)
            equal numbers are no tie: a copy has them too, until it is trained
        row.neg_() -> row.add_(1)
        and before, after -> before, after, atol=1e-3
            a new tied model escapes you: its states have mean 0, so adding one number
            to the whole row moves no logit; change the row unevenly
    """,
)


# The softmax of the released code.


def released_softmax(model, ids, special):
    words = model.token_embedding.weight
    places = model.position_embedding.weight
    matrix = torch.cat([words, special, places])
    return F.linear(model.hidden(ids), matrix).log_softmax(-1)


def released_cases():
    dice = torch.Generator().manual_seed(6)
    model = small_model(seed=3, vocab_size=5, context=4)
    special = torch.randn(3, 12, generator=dice)
    three = torch.tensor([[2, 0, 4], [1, 1, 3]])
    return [
        ("5 tokens, 4 positions, ids [[2]]:", (model, torch.tensor([[2]]), special)),
        ("5 tokens, 4 positions, ids of shape (2, 3):", (model, three, special)),
    ]


RELEASED_SOFTMAX = Exercise(
    name="released-softmax",
    verified="log-probabilities over tokens, special rows and positions, in this order",
    cases=released_cases,
    right=released_softmax,
    mistakes="""
        [words, special, places] -> [words, places, special]
            the rows are in another order: tokens, special rows, positions
        [words, special, places] -> [special, words, places]
            the rows are in another order: tokens come first, then the special rows
        special, places] -> special, places[: ids.size(1)]]
            the softmax runs over the rows of the context, not only over as many
            positions as there are ids
        [words, special, places] -> [words, places]
            the special rows are missing
        [words, special, places] -> [words, special]
            the positions are missing
        [words, special, places] -> [words]
            this is the plain model: the special rows and the positions are missing
        log_softmax -> softmax
            these are probabilities; their logarithms are asked for
        .log_softmax(-1) ->
            these are scores; the softmax is missing
        F.linear(model.hidden(ids), matrix).log_softmax(-1) -> \
            torch.cat([F.linear(model.hidden(ids), part).log_softmax(-1) \
            for part in (words, special, places)], -1)
            three softmaxes, one for each part; the released code has a single one over
            all rows
        log_softmax(-1) -> log_softmax(1)
            your softmax runs over the positions of the text; it belongs to the last
            axis, the rows
        log_softmax(-1) -> log_softmax(0)
            your softmax runs over the batch, axis 0; it belongs to the last axis, the
            rows
    """,
)

EXERCISES = (FIRST_LOSS, LOG_PROBABILITY, PADDED_LOSS, IS_TIED, RELEASED_SOFTMAX)
