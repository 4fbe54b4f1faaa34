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
            this is the loss of a uniform guess. The logits of a new model aren't all
            equal, which makes its loss a little higher
        variance / 2 -> variance
            you added the whole variance. The mean of exp(z) is exp(variance / 2), so
            halve the second term
        variance / 2 -> variance**0.5 / 2
            you added half the standard deviation of the logits. The second term is half
            their variance
        init_std**2 -> init_std
            you used init_std as a variance. It is a standard deviation, so square it
        config.width * config.init_std**2 -> config.init_std**2
        config.width * config -> config.width / config
            a logit is a sum of width products, so its variance is width times the
            variance of one weight
        variance / 2 -> 768 * 0.02**2 / 2
            this is right for GPT-1 only, because you used 768 and 0.02 for every
            config. Read width and init_std from the config
        config.width * -> 768 *
            you used a width of 768 for every config. Use config.width
        ... -> first_loss(GPTConfig())
            you always return GPT-1's answer. Use the config that you are given
        config.init_std**2 -> 0.02**2
            you used a standard deviation of 0.02 for every config. Use config.init_std
        ... -> first_loss(config) / math.log(2)
            this is in bits. For nats, use the natural logarithm
        + variance -> - variance
            you subtracted the second term. Unequal logits make the loss larger, so add
            it
        config.width * config.init_std**2 -> config.width
        config.init_std**2 -> 2
            you don't use init_std. The variance of a weight is init_std ** 2
        init_std**2 -> init_std * 2
        init_std**2 -> init_std**3
            the variance of a weight is the square of init_std
        variance / 2 -> 2
            your second term doesn't contain the variance of the logits. It should be
            half of that variance
        variance / 2 -> variance * 2
        variance / 2 -> variance // 2
        variance / 2 -> variance / 3
        variance / 2 -> 2 / variance
            the second term should be half the variance of the logits: variance / 2
        math.log(config.vocab_size) + ->
            the loss of a uniform guess is missing. Add the logarithm of vocab_size
        math.log(config.vocab_size) -> config.vocab_size
            you added vocab_size itself. The loss of a uniform guess is its logarithm
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
    verified="the sum over all tokens except the first, for texts of 2, 3 and 6 tokens",
    cases=sentences,
    right=log_probability,
    mistakes="""
        ids[:, :-1] -> ids
        and 1:, None -> :, None
            you didn't shift anything, so each token is scored by a row of logits that
            has already read it. Use the row before
        1:, None -> 2:, None
            you shifted twice: row 0 predicts token 1, but you used it to score token 2
        ids[:, :-1] -> ids
        and rows.gather(-1, ids[:, 1: -> rows[:, 1:].gather(-1, ids[:, :-1
            you shifted the wrong way: row 0 predicts token 1, but you used row 1 to
            score token 0
        sum -> mean
            this is the mean. The log-probability of a sentence is the sum
        .sum().item() -> .mean().item() * ids.size(1)
            you multiplied the mean by the number of tokens. The first token is given,
            so one fewer is predicted
        return rows -> return -rows
            this is the negative log-probability, as in a loss. Flip the sign
        return rows -> return -rows
        and sum -> mean
            this is the loss, the mean of the negative log-probabilities. Return the sum
            of the log-probabilities instead
        .log_softmax(-1) ->
            you added up logits. Turn them into log-probabilities first, with
            log_softmax
        log_softmax -> softmax
            you added up probabilities. Add up their logarithms
        ... -> math.exp(log_probability(model, ids))
            this is the probability of the sentence. Return its logarithm
        log_softmax(-1) -> log_softmax(-2)
            your softmax runs over the positions, axis -2. It should run over the
            vocabulary, the last axis
        log_softmax(-1) -> log_softmax(0)
            your softmax runs over the batch, axis 0, where a single text gets all the
            probability. It should run over the vocabulary, the last axis
        .gather(-1, ids[:, 1:, None]) ->
            you added up whole rows. From each row, take only the entry of the next
            token
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
    verified="every token counts once except the first of each text, and padding "
    "never counts",
    cases=batches,
    right=padded_loss,
    mistakes="""
        ids[:, :-1], targets[:, 1:] -> ids, targets
            you didn't shift the targets, so the model is asked to predict the token
            that it has just read. Shift them by one
        ids[:, :-1], targets[:, 1:] -> ids, ids.clone()
            you didn't shift the targets, and you counted the padding. Shift them by
            one, and leave the padding out
        ids[:, :-1], targets[:, 1:] -> ids[:, :-2], targets[:, 2:]
            you shifted the targets twice, so row 0 of the logits is compared with token
            2. It should be compared with token 1
        ids[:, :-1], targets[:, 1:] -> ids[:, :-2], ids[:, 2:]
            you shifted the targets twice, and you counted the padding. Shift them once,
            and leave the padding out
        targets[:, 1:] -> ids[:, 1:]
            you counted the padding. Whatever comes after the last token of a text is
            not a target
        places < -> places <=
            one padding token after each text still counts as a target. A text of n
            tokens has n - 1 targets
        places < -> places + 1 <
            you left out the last token of each text. It is a target too: n tokens have
            n - 1 targets
        ... -> sum(padded_loss(model, text[None], [n]) \
            for text, n in zip(ids, lengths, strict=True)) / len(ids)
            you took a mean of means, so a token in a short text counts for more than
            one in a long text. Add up all the losses, then divide once
        item() -> item() * (sum(lengths) - len(ids)) / ids[:, 1:].numel()
            you divided by the number of all positions, padding included. Divide by the
            number of targets
        item() -> item() * (sum(lengths) - len(ids)) / sum(lengths)
            you divided by the number of tokens. The first token of each text is not a
            target, so don't count it
        ... -> sum(padded_loss(model, text[None], [n]) * n \
            for text, n in zip(ids, lengths, strict=True)) / sum(lengths)
            you weighted the mean of each text by its n tokens. It has only n - 1
            targets, so use those
        item() -> item() * (sum(lengths) - len(ids))
            this is the sum of the losses. Divide it by the number of targets
        item() -> item() * (sum(lengths) - len(ids)) / len(ids)
            you divided by the number of texts. Divide by the number of targets
        ~real -> ids == 0
            you recognise padding by its id, but in these texts the same id is also a
            real token. Use the lengths instead
        model.loss(ids[:, :-1], targets[:, 1:]) -> \
            F.cross_entropy(model(ids[:, :-1]).softmax(-1).mT, targets[:, 1:])
            you applied the softmax twice. F.cross_entropy takes logits and applies it
            itself
        ~real -> real
        places < -> places >
            you kept the padding and left out the texts. A place is real when it is less
            than the length
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
    verified="six models, tied, copied and new, are told apart and left unchanged",
    cases=models,
    right=is_tied,
    observe=answer_and_trace,
    mistakes="""
        ... -> True
            you call a copy tied. Change the row of a token that isn't in ids, because
            otherwise a changed input moves the logits too
        ... -> False
            you always return False. Change the row in place, not in a copy of it, and
            compare the logits of the token whose row you changed
        return not torch -> return torch
            you've swapped True and False. If the logits change, the model is tied
        row.copy_(kept) -> pass
            the answers are right, but you left the row changed. Put the old values back
        absent = next -> \
            model.token_embedding.weight.requires_grad_(False); absent = next
            the answers are right, but you left the weight without requires_grad, so it
            can't be trained any more. Change it under torch.no_grad() instead
        ... -> not hasattr(model, "output")
            one of the models has a second matrix that it doesn't use. Look at whether
            the logits change, not at the names or number of parameters
        ... -> not hasattr(model, "output") or \
            torch.equal(model.output, model.token_embedding.weight)
            equal numbers don't make a tie, because a copy has equal numbers too until
            it is trained. Change the embedding and see whether the logits change
        row.neg_() -> row.add_(1)
        and before, after -> before, after, atol=1e-3
            you miss a new tied model. Its states have mean 0, so adding one number to a
            whole row changes no logit. Change the row unevenly
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
            your rows are in a different order. They should be tokens, then special
            rows, then positions
        [words, special, places] -> [special, words, places]
            your rows are in a different order. Tokens come first, then the special
            rows, then positions
        special, places] -> special, places[: ids.size(1)]]
            you used only as many positions as there are ids. The softmax runs over all
            the rows of the position table
        [words, special, places] -> [words, places]
            the special rows are missing. They come after the tokens
        [words, special, places] -> [words, special]
            the positions are missing. They come after the special rows
        [words, special, places] -> [words]
            this is the plain model. The special rows and the positions are missing
        log_softmax -> softmax
            these are probabilities. Return their logarithms
        .log_softmax(-1) ->
            these are scores. Apply log_softmax to them
        F.linear(model.hidden(ids), matrix).log_softmax(-1) -> \
            torch.cat([F.linear(model.hidden(ids), part).log_softmax(-1) \
            for part in (words, special, places)], -1)
            you used three softmaxes, one for each part. The released code uses a single
            softmax over all the rows
        log_softmax(-1) -> log_softmax(1)
            your softmax runs over the positions of the text. It should run over the
            last axis, the rows of the matrix
        log_softmax(-1) -> log_softmax(0)
            your softmax runs over the batch, axis 0. It should run over the last axis,
            the rows of the matrix
    """,
)

EXERCISES = (FIRST_LOSS, LOG_PROBABILITY, PADDED_LOSS, IS_TIED, RELEASED_SOFTMAX)
