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
            you divided the perplexity. Take its logarithm first, because only the loss
            adds up over a text and can be shared among characters
        math.log -> math.log2
            this is in bits. For nats, use the natural logarithm
        math.log -> math.log10
            you took the logarithm to base 10. For nats, use the natural logarithm
        / length ->
            this is the loss per token. Divide it by the length
        / length -> * length
            you multiplied by the length. A token's nats are shared among its
            characters, so divide
        ... -> perplexity ** (1 / length)
            this is the perplexity per character. Return its logarithm
        math.log(perplexity) / length -> math.log(perplexity / length)
            you divided before taking the logarithm. Take the logarithm first, then
            divide
        / length -> // length
            // rounds down to a whole number. Divide with / instead
        math.log -> math.exp
            you took the exponential of the perplexity. The loss is its logarithm
    """,
)


# A cut that looks at the best.


def min_p(logits, share):
    best = logits.max(-1, keepdim=True).values
    least = best + math.log(share)
    return logits.masked_fill(logits < least, -math.inf)


def logits_and_shares():
    """No token is at the limit, where rounding decides, but for the best themselves."""
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
    verified="each row keeps the tokens with at least that share of its best token's "
    "probability",
    cases=logits_and_shares,
    right=min_p,
    mistakes="""
        best + math.log(share) -> best * share
            you multiplied the best logit by the share. The share is of a probability,
            so among logits it's a difference: add its logarithm
        logits < least -> logits.softmax(-1) < share
            you compared each token's own probability with the share. Compare it with
            that share of the best token's probability
        + math.log(share) -> - share
            you subtracted the share itself. Among logits, a share of a probability is a
            difference of log(share)
        logits.max(-1, keepdim=True).values -> logits.max()
            you used the best logit of the whole batch. Each row has its own best logit
        logits.max(-1, keepdim=True) -> logits.max(0)
            you took the best logit down the batch, axis 0. Take it along the
            vocabulary, axis -1
        < -> <=
            with a share of 1, you cut even the best token. Keep the tokens that have
            exactly the share, so use < here
        + math.log -> - math.log
            nothing is left, because you subtracted the logarithm of the share. It's
            already negative, so add it
        math.log(share) -> share
            nothing is left, because your limit is above the best logit. Add the
            logarithm of the share, which is negative, not the share
        -math.inf -> 0.0
            a logit of 0 isn't a cut, because it still has a probability. Fill with -inf
            instead
        < -> >=
        < -> >
            you kept the tokens below the limit. Those are the ones to cut
        logits < least -> logits.exp() < share * best.exp()
            this is right for small logits, but exp(300) is too large for float32.
            Compare logits instead
        -math.inf) -> -math.inf).softmax(-1)
        return logits -> return logits.softmax(-1)
        return logits -> return logits.softmax(-1)
        and -math.inf -> 0.0
            these are probabilities. Return the logits, with -inf for the tokens you cut
        ... -> ~min_p(logits, share).isinf()
            this says which tokens to keep. Return the logits, with -inf for the others
        + math.log(share) ->
            only the best token is left, because you don't use the share. Add its
            logarithm to the best logit
        best + ->
            your limit is the logarithm of the share alone. It's a share of the best
            token's probability, so add the best logit
        .masked_fill(logits < least, -math.inf) ->
            you didn't cut anything: these are the logits as they were. Fill those below
            the limit with -inf
        -math.inf -> math.inf
            plus infinity makes a token certain. Use -inf, which gives it a probability
            of 0
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
    verified="the other ending gets the same logits as if the first had never been "
    "read",
    cases=two_endings,
    right=rewind,
    observe=after_rewinding,
    mistakes="""
        layer.length = length -> pass
            the caches haven't changed. Change the caches that you are given, because a
            new list or a copy doesn't reach the model
        in cache -> in cache[:1]
            you rewound only the first layer's cache. The list has one for each layer,
            so rewind them all
        in cache -> in cache[-1:]
            you rewound only the last layer's cache. The list has one for each layer, so
            rewind them all
        layer.length = length -> layer.keys = layer.keys[:, :, :length]; \
            layer.values = layer.values[:, :, :length]
            you cut the keys and values, but `length` still counts the positions that
            are gone. Set `length` instead
        layer.length = length -> layer.keys = layer.keys[:, :, :length]; \
            layer.values = layer.values[:, :, :length]; layer.length = length
            you set `length`, but you cut the keys and values too. They hold room for
            the whole context, so now nothing more fits in. Setting `length` is enough
        layer.length = length -> layer.keys = layer.keys[:, :length]; \
            layer.values = layer.values[:, :length]
        layer.length = length -> layer.keys = layer.keys[:, :length]; \
            layer.values = layer.values[:, :length]; layer.length = length
            you cut axis 1, the heads. You don't need to cut anything: setting `length`
            is enough
        layer.length = length -> \
            layer.keys[:, :, length:] = 0; layer.values[:, :, length:] = 0
            the positions you erased still count, because `length` hasn't changed, and
            keys of zeros still get some attention. Set `length`
        layer.length = length -> layer.length -= length
            you rewound by `length` positions. Rewind to `length` positions
        = length -> = length - 1
            you kept one position too few. `length` is how many positions are held, not
            the index of the last one
        = length -> = length + 1
            you kept one position too many. `length` is how many positions are held, not
            the index of the last one
        = length -> = 0
            you emptied the caches, so the beginning would have to be read again. Keep
            the first `length` positions
        for layer in cache: -> del cache[length:]
        and layer.length = length ->
            you cut the list of layers. `length` counts positions, so set it in the
            cache of every layer
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
    verified="tokens come as often as the softmax says, and the same seed draws the "
    "same tokens",
    cases=rows_of_logits,
    right=race,
    observe=shares,
    tolerance=0.08,
    mistakes="""
        -1, keepdim=True -> -1
            your result has the shape (batch,). It should be (batch, 1), with one token
            for each row
        generator=generator ->
            your noise doesn't come from the generator, so the same seed draws different
            tokens. Pass the generator on
        generator=generator -> generator=generator.manual_seed(0)
            you seed the generator yourself, so a second draw gives the same tokens
            again. Use it as it is
        empty_like(logits) -> empty_like(logits[0])
            all rows get the same noise, and so the same token. Draw a number for each
            token of each row
        - noise.log() ->
            this is greedy decoding: either there is no noise, or all tokens of a row
            share one number, which keeps their order. Draw one for each token
        - noise.log() -> + noise.log()
            the logarithm of the noise has the wrong sign. The smallest e / p is where
            ln p - ln e is largest, so subtract it
        argmax -> argmin
            you picked the largest e / p, which is mostly an unlikely token. The
            smallest one wins
        - noise.log() -> + noise
            you added the noise itself, or subtracted the logarithm of uniform noise.
            Subtract the logarithm of exponential noise
        noise.log() -> noise
            you subtracted the noise itself. Logits are logarithms, so subtract the
            logarithm of the noise
        logits - noise.log() -> -noise / logits
            you divided by the logits. Divide by the probabilities instead, of which the
            logits are the logarithms
        - noise.log() -> + torch.rand(logits.shape, generator=generator)
            you added uniform noise to the logits, so a token that is 1 behind can never
            win. Use exponential noise
        - noise.log() -> + torch.randn(logits.shape, generator=generator)
            your noise is normal, so the shares come close to the softmax's but don't
            match them. Use exponential noise
        logits - noise.log() -> -noise / logits.exp()
            this is right for small logits, but exp(500) is too large for float32. Work
            with logarithms instead
        logits - noise.log() -> -noise
            every token wins equally often, because you don't use the logits
        argmax(-1 -> argmax(0
            your argmax runs over the batch, axis 0. Take it along the vocabulary, axis
            -1
        .argmax(-1, keepdim=True) ->
            these are scores. Return the index of the largest score in each row
        noise.log() -> noise.exp()
            you subtracted the exponential of the noise. Subtract its logarithm
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
    verified="the number of guesses before the first wrong one, found in a single "
    "reading",
    cases=guesses,
    right=accepted,
    observe=judged,
    mistakes="""
        guess[:, :-1] -> guess
        and ids.size(1) - 1 : -> ids.size(1) :
            you checked each guess with the logits at its own position, one too late.
            Logits predict the next token, so use those one position earlier
        ids.size(1) - 1 : -> ids.size(1) - 2 : -1
            you checked each guess one position too early. The logits of the last prompt
            token predict the first guess
        torch.cat([ids, guess[:, :-1]], 1) -> ids
            you checked all guesses with the logits of the last prompt token. Each guess
            is predicted by the logits at the token before it
        .cumprod(-1) ->
            you counted every guess that is right. After the first wrong one the model
            would have read a different text, so stop counting there
        return (best == guess).int().cumprod(-1).sum() -> \
            return (best != guess).int().argmax()
            when all guesses are right, you return 0, because argmax gives 0 if nothing
            is wrong. Return the number of guesses then
        .int().cumprod(-1).sum() -> .all()
            this says whether all guesses are right. Return how many are right, counting
            from the first
        .item() -> .item() + 1
            you also counted the token that the model writes itself, after the guesses
            it accepts. Count only the accepted guesses
        == guess).int().cumprod(-1) -> != guess)
            these are the wrong guesses. Return how many are right, counting from the
            first up to the first wrong one
        torch.cat([ids, guess[:, :-1]], 1) -> guess[:, :-1]
        and logits[:, ids.size(1) - 1 :].argmax(-1) -> logits.argmax(-1)
        and == guess -> == guess[:, 1:]
            your model reads the guesses without the prompt. Join them, because the
            guesses continue the prompt
        logits[:, ids.size(1) - 1 :].argmax(-1) -> written(model, ids, guess.size(1))
            the number is right, but the model reads once for each token. One reading of
            the prompt with the guesses is enough to check them all
        ... -> one_by_one_until(model, ids, guess)
            the number is right, but the model reads again for each token up to the
            wrong one. One reading of the prompt with the guesses is enough to check
            them all
        ids.size(1) - 1 : -> :
        ids.size(1) - 1 : -> 1 :
        ids.size(1) - 1 : -> ids.size(1) - 2 :
        ids.size(1) - 1 : -> ids.size(1) :
        ids.size(1) - 1 : -> ids.size(1) + 1 :
        ids.size(1) - 1 : -> 1 - ids.size(1) :
            you compared the guesses with the wrong positions. Use the argmax over the
            vocabulary, from the last prompt token to the last guess but one
        argmax -> argmin
            you picked the smallest logit. Greedy decoding picks the token with the
            largest one
        == -> !=
            you counted the wrong guesses up to the first right one. Count the right
            guesses up to the first wrong one
    """,
)


EXERCISES = (PER_CHARACTER, MIN_P, REWIND, RACE, AHEAD)
