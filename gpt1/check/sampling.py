"""Exercises about sampling: how a token is drawn, a cache that goes back, guesses."""

import functools
import math

import torch

from gpt1.check.exercise import Exercise
from gpt1.config import GPTConfig
from gpt1.model import GPT

# Two tokenizers.


def per_character(perplexity, length):
    return math.log(perplexity) / length


PER_CHARACTER = Exercise(
    name="per-character",
    verified="nats per character, for five perplexities and lengths",
    cases=lambda: [(2.0, 1.0), (16.0, 4.0), (18.4, 4.5), (6.0, 2.5), (1.0, 3.0)],
    right=per_character,
    mistakes="""
        math.log(perplexity) -> perplexity
            you divided the perplexity; its logarithm, the loss, is what adds up over a
            text and can be shared out among characters
        math.log -> math.log2
            these are bits: nats are natural logarithms
        math.log -> math.log10
            the logarithm to base 10 has no unit here: nats are natural logarithms
        / length ->
            this is the loss per token: the length is not used
        / length -> * length
            you multiplied: a token's nats are shared by its characters, so one
            character has fewer
        ... -> perplexity ** (1 / length)
            this is the perplexity per character; its logarithm is asked for
        math.log(perplexity) / length -> math.log(perplexity / length)
            the logarithm comes first, the division after it
        / length -> // length
            // rounds down to a whole number; / divides
        math.log -> math.exp
            the loss is the logarithm of the perplexity; you took the exponential
    """,
)


# A cut that looks at the best.


def min_p(logits, share):
    best = logits.max(-1, keepdim=True).values
    least = best + math.log(share)
    return logits.masked_fill(logits < least, -math.inf)


def logits_and_shares():
    return [
        (torch.tensor([[0.0, 1.0, 2.0]]), 0.5),
        (torch.tensor([[1.0, 3.0, 3.0, 0.0]]), 1.0),
        (torch.tensor([[0.0, 1.0, 2.0, -1.0], [5.0, 4.5, 3.0, 4.9]]), 0.2),
        (torch.tensor([[-4.0, -3.0, -9.0], [-1.0, -1.5, -2.0]]), 0.3),
        (torch.tensor([[0.3, 0.2, 0.1, 0.0, -1.0, -9.0]]), 0.22),
        (torch.tensor([[300.0, 299.0, 295.0, -300.0]]), 0.1),
    ]


MIN_P = Exercise(
    name="min-p",
    verified="each row keeps what has the share of its own best token's chance",
    cases=logits_and_shares,
    right=min_p,
    mistakes="""
        best + math.log(share) -> best * share
            you took a share of the best logit; a share of a chance is a difference of
            logits
        logits < least -> logits.softmax(-1) < share
            you compare a token's own chance with the share; compare it with the best
            token's chance
        + math.log(share) -> - share
            the share itself is no difference of logits: its logarithm is
        logits.max(-1, keepdim=True).values -> logits.max()
            the best logit is that of the whole batch; each row has its own
        logits.max(-1, keepdim=True) -> logits.max(0)
            the best logit is taken down the batch, axis 0; it is along the vocabulary,
            axis -1
        < -> <=
            with a share of 1 the best token is cut too: what has the share exactly
            stays
        + math.log -> - math.log
            nothing is left: the logarithm of a share is negative already, and you
            subtracted it
        math.log(share) -> share
            nothing is left: no logit is above the best, and yours has to be, by the
            share; the limit is its logarithm, which is negative
        -math.inf -> 0.0
            a logit of 0 is no cut: it is a chance like another; fill with -inf
        < -> >=
        < -> >
            you kept what should go: the tokens below the share
        logits < least -> logits.exp() < share * best.exp()
            right for small logits, but exp(300) is more than float32 holds: compare
            logits
        -math.inf) -> -math.inf).softmax(-1)
        return logits -> return logits.softmax(-1)
        return logits -> return logits.softmax(-1)
        and -math.inf -> 0.0
            these are chances; the logits are asked for, as they were
        ... -> ~min_p(logits, share).isinf()
            this says which tokens stay; the logits are asked for
        + math.log(share) ->
            only the best is left: the share is not used
        best + ->
            the share is a share of the best token's chance: add the best logit
        .masked_fill(logits < least, -math.inf) ->
            nothing is cut: these are the logits as they were
        -math.inf -> math.inf
            plus infinity makes a token certain; -inf is a chance of 0
    """,
)


# Two endings.


def small_model(seed):
    sizes = {"vocab_size": 19, "context": 24, "width": 12, "layers": 2, "heads": 3}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return GPT(GPTConfig(**sizes, init_std=0.5)).eval().requires_grad_(False)


def rewind(cache, length):
    for layer in cache:
        layer.length = length


@functools.cache
def two_endings():
    model = small_model(1)
    text = (torch.arange(12)[None] * 7 + 3) % 19
    found = []
    for begun, first, length in ((3, 2, 3), (5, 4, 5), (2, 1, 1), (6, 3, 4)):
        begin, ending, rest = text.split([begun, first, 12 - begun - first], 1)
        told = f"{begun} tokens of a beginning, {first} of an ending, rewind to"
        case = model, begin, ending, length, rest[:, :3]
        found.append((f"{told} {length}:", case))
    return found


@torch.no_grad()
def after_rewinding(answer, model, begun, first, length, second):
    """What the caches hold, and what the model says of the second ending."""
    cache = model.new_cache()
    model(torch.cat([begun, first], 1), cache=cache)
    answer(cache, length)
    held = [getattr(layer, "length", None) for layer in cache]
    try:
        read = model(second, cache=cache)
    except Exception as error:
        read = f"it stops: {type(error).__name__}"
    return {"positions held": held, "the other ending": read}


REWIND = Exercise(
    name="rewind",
    verified="another ending gets the logits that it gets without the first one",
    cases=two_endings,
    right=rewind,
    observe=after_rewinding,
    mistakes="""
        layer.length = length -> pass
            the caches are as before: change the ones that you are given, a new list or
            a copy does not reach the model
        in cache -> in cache[:1]
            only the first layer's cache goes back; the list has one for each layer
        in cache -> in cache[-1:]
            only the last layer's cache goes back; the list has one for each layer
        layer.length = length -> layer.keys = layer.keys[:, :, :length]; \
            layer.values = layer.values[:, :, :length]
            the keys and values are cut, but `length` still counts what is gone
        layer.length = length -> layer.keys = layer.keys[:, :, :length]; \
            layer.values = layer.values[:, :, :length]; layer.length = length
            `length` goes back, but you cut the keys and values too: their room is for
            the whole context, and now nothing more fits in
        layer.length = length -> layer.keys = layer.keys[:, :length]; \
            layer.values = layer.values[:, :length]
        layer.length = length -> layer.keys = layer.keys[:, :length]; \
            layer.values = layer.values[:, :length]; layer.length = length
            you cut axis 1, the heads; and what lies behind `length` need not be cut
        layer.length = length -> \
            layer.keys[:, :, length:] = 0; layer.values[:, :, length:] = 0
            what you erased still counts: `length` is as before, and keys of zeros get a
            share of the attention
        layer.length = length -> layer.length -= length
            you went back by `length` positions; go back to that many
        = length -> = length - 1
            one position too few is left: `length` is how many are held, not the last
            one's index
        = length -> = length + 1
            one position too many is left: `length` is how many are held, not the last
            one's index
        = length -> = 0
            the caches are empty: the beginning would have to be read again
        for layer in cache: -> del cache[length:]
        and layer.length = length ->
            you cut the list of layers; `length` counts positions
    """,
)


# Noise instead of a draw.

ROWS = 20_000


def race(logits, generator):
    noise = torch.empty_like(logits)
    noise.exponential_(generator=generator)
    return (logits - noise.log()).argmax(-1, keepdim=True)


def rows_of_logits():
    return [
        (f"{ROWS:,} rows, each {row}:", (torch.tensor(row).repeat(ROWS, 1),))
        for row in (
            [0.0, 1.0],
            [0.5, 2.0, -1.0, 1.0, 1.5],
            [1.0] + 9 * [0.0],
            [1.0, 0.5, -math.inf, -0.5],
            [500.0, 499.0, 0.0, -500.0],
        )
    ]


def shares(answer, logits):
    """The shape, what the generator does, and how often each token is drawn."""
    dice = torch.Generator().manual_seed(7)
    drawn = torch.as_tensor(answer(logits.clone(), dice))
    few = [torch.as_tensor(answer(logits[:64].clone(), dice)) for _ in range(8)]
    again = answer(logits.clone(), torch.Generator().manual_seed(7))
    tokens = drawn.flatten().long().clamp(0, logits.size(1))
    return {
        "shape": tuple(drawn.shape),
        "same seed, same tokens": torch.equal(drawn, torch.as_tensor(again)),
        "the next draw differs": any(not torch.equal(few[0], f) for f in few),
        "shares of the tokens": tokens.bincount(minlength=logits.size(1)) / len(logits),
    }


RACE = Exercise(
    name="exponential-race",
    verified="shares as the softmax has them, one seed's tokens again and again",
    cases=rows_of_logits,
    right=race,
    observe=shares,
    tolerance=0.08,
    mistakes="""
        -1, keepdim=True -> -1
            the shape is (batch,); each row's token is asked for as (batch, 1)
        generator=generator ->
            the noise does not come from the generator: the same seed draws other tokens
        generator=generator -> generator=generator.manual_seed(0)
            you seed the generator: a second draw with it gives the same tokens once
            more
        empty_like(logits) -> empty_like(logits[0])
            all rows get the same noise and so the same token: draw a number for each
            token of each row
        - noise.log() ->
            this is greedy: there is no noise, or a row has one number for all of its
            tokens, which leaves their order as it is
        - noise.log() -> + noise.log()
            the logarithm of the noise has the wrong sign: dividing by p turns into
            subtracting, so the smallest e / p has the largest ln p - ln e
        argmax -> argmin
            you take the largest e / p, mostly an unlikely token; the smallest wins
        - noise.log() -> + noise
            you add the noise as it is, or subtract the logarithm of uniform noise; the
            race subtracts the logarithm of exponential noise
        noise.log() -> noise
            the noise is subtracted as it is; beside logits, which are logarithms, its
            logarithm belongs
        logits - noise.log() -> -noise / logits
            you divide by the logits; the race divides by the chances, of which logits
            are the logarithms
        - noise.log() -> + torch.rand(logits.shape, generator=generator)
            uniform noise on the logits: a token that is 1 behind never wins
        - noise.log() -> + torch.randn(logits.shape, generator=generator)
            the noise is normal: its shares are near the softmax's, but not those
        logits - noise.log() -> -noise / logits.exp()
            right for small logits, but exp(500) is more than float32 holds: race with
            logarithms
        logits - noise.log() -> -noise
            every token wins as often as any other: the logits are not used
        argmax(-1 -> argmax(0
            your argmax runs over the batch, axis 0; a row's token is the best along the
            vocabulary, axis -1
        .argmax(-1, keepdim=True) ->
            these are scores; the token of a row is where its largest score is
        noise.log() -> noise.exp()
            you subtract the exponential of the noise; its logarithm belongs
    """,
)


# Guess ahead.


class Counted(GPT):
    """A GPT that counts how often it reads."""

    readings = 0

    def hidden(self, ids, *, cache=None):
        self.readings += 1
        return super().hidden(ids, cache=cache)


@torch.no_grad()
def written(model, ids, count):
    """What greedy writing adds to ids, one reading for each token."""
    start = ids.size(1)
    for _ in range(count):
        ids = torch.cat([ids, model(ids)[:, -1].argmax(-1, keepdim=True)], 1)
    return ids[:, start:]


@functools.cache
def guesses():
    small = small_model(36)
    model = Counted(small.config).eval().requires_grad_(False)
    model.load_state_dict(small.state_dict())
    ids = torch.tensor([[10, 13, 3, 13, 1]])
    greedy = written(small, ids, 8)
    one = greedy[:, :1]
    found = [("1 guess, right:", one), ("1 guess, wrong:", (one + 1) % 19)]
    for right in (0, 3, 7):
        guess = greedy.clone()
        guess[0, right] = (guess[0, right] + 1) % 19
        found.append((f"8 guesses, only number {right + 1} is wrong:", guess))
    found.append(("8 guesses, all right:", greedy))
    cases = [(told, (model, ids, guess)) for told, guess in found]
    other = torch.tensor([[13, 17, 5, 7]])
    guess = written(small, other, 3)
    cases.insert(2, ("3 guesses after another text, all right:", (model, other, guess)))
    return cases


@torch.no_grad()
def judged(answer, model, ids, guess):
    """The number, and whether the model has read once for all, or for each token."""
    number = answer(model, ids, guess)
    often = "one for each token" if model.readings > 2 else "one for all"
    return {"tokens accepted": number, "readings": often}


def accepted(model, ids, guess):
    logits = model(torch.cat([ids, guess[:, :-1]], 1))
    best = logits[:, ids.size(1) - 1 :].argmax(-1)
    return (best == guess).int().cumprod(-1).sum().item()


def one_by_one_until(model, ids, guess):
    for number, token in enumerate(guess[0]):
        if model(ids)[0, -1].argmax() != token:
            return number
        ids = torch.cat([ids, token.view(1, 1)], 1)
    return guess.size(1)


AHEAD = Exercise(
    name="guess-ahead",
    verified="the guesses up to the first slip, found in one reading",
    cases=guesses,
    right=accepted,
    observe=judged,
    mistakes="""
        guess[:, :-1] -> guess
        and ids.size(1) - 1 : -> ids.size(1) :
            each guess is judged by the logits at its own position, one too late: logits
            are about the token after
        ids.size(1) - 1 : -> ids.size(1) - 2 : -1
            each guess is judged one position too early: the last prompt token's logits
            judge the first guess
        torch.cat([ids, guess[:, :-1]], 1) -> ids
            the logits at the last prompt token judge all guesses in yours; each guess
            has its own, at the token before it
        .cumprod(-1) ->
            you count all guesses that are right; after the first slip the model would
            have read another text, so nothing counts any more
        return (best == guess).int().cumprod(-1).sum() -> \
            return (best != guess).int().argmax()
            when all guesses are right you say 0: the argmax of no slip is 0
        .int().cumprod(-1).sum() -> .all()
            this is whether all guesses are right; asked is how many, from the first on
        .item() -> .item() + 1
            you count the token that the model writes in place of the slip, or after the
            last guess; asked is how many guesses stand
        == guess).int().cumprod(-1) -> != guess)
            these are the wrong guesses; asked is how many, from the first on, are right
        torch.cat([ids, guess[:, :-1]], 1) -> guess[:, :-1]
        and logits[:, ids.size(1) - 1 :].argmax(-1) -> logits.argmax(-1)
        and == guess -> == guess[:, 1:]
            the model reads the guesses without the prompt; they continue it
        logits[:, ids.size(1) - 1 :].argmax(-1) -> written(model, ids, guess.size(1))
            the number is right, but the model reads once for each token; one reading of
            the prompt with its guesses judges them all
        ... -> one_by_one_until(model, ids, guess)
            the number is right, but the model reads for each token up to the slip; one
            reading of the prompt with its guesses judges them all
        ids.size(1) - 1 : -> :
        ids.size(1) - 1 : -> 1 :
        ids.size(1) - 1 : -> ids.size(1) - 2 :
        ids.size(1) - 1 : -> ids.size(1) :
        ids.size(1) - 1 : -> ids.size(1) + 1 :
        ids.size(1) - 1 : -> 1 - ids.size(1) :
            what you compare with the guesses is not one token for each: it takes the
            argmax over the vocabulary, from the last prompt token to the last guess but
            one
        argmax -> argmin
            you took the smallest logit; greedy writing takes the token of the largest
        == -> !=
            you count wrong guesses, up to the first that is right
    """,
)


EXERCISES = (PER_CHARACTER, MIN_P, REWIND, RACE, AHEAD)
