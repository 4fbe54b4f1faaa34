"""Exercises about reading: a cache that goes back, guesses that are read together."""

import functools

import torch

from gpt1.check.exercise import Exercise, Mistake
from gpt1.config import GPTConfig
from gpt1.model import GPT

# Two endings.


def small_model(seed):
    config = GPTConfig(
        vocab_size=19, context=24, width=12, layers=2, heads=3, init_std=0.5
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return GPT(config).eval().requires_grad_(False)


def rewind(cache, length):
    for layer in cache:
        layer.length = length


@functools.cache
def two_endings():
    model = small_model(1)
    text = (torch.arange(12)[None] * 7 + 3) % 19
    found = []
    for begun, first, length in ((3, 2, 3), (5, 4, 5), (2, 1, 1), (6, 3, 4)):
        parts = text.split([begun, first, 12 - begun - first], 1)
        told = f"{begun} tokens of a beginning, {first} of an ending, rewind to"
        found.append(
            (f"{told} {length}:", (model, *parts[:2], length, parts[2][:, :3]))
        )
    return found


@torch.no_grad()
def after_rewinding(answer, model, begun, first, length, second):
    """What the caches hold, and what the model says of the second ending."""
    cache = model.new_cache()
    model(torch.cat([begun, first], 1), cache)
    answer(cache, length)
    held = [getattr(layer, "length", None) for layer in cache]
    try:
        read = model(second, cache)
    except Exception as error:
        read = f"it stops: {type(error).__name__}"
    return {"positions held": held, "the other ending": read}


def only(layers):
    def answer(cache, length):
        for layer in cache[layers]:
            layer.length = length

    return answer


def cut_room(cache, length):
    for layer in cache:
        layer.keys = layer.keys[:, :, :length]
        layer.values = layer.values[:, :, :length]


def cut_room_and_length(cache, length):
    cut_room(cache, length)
    rewind(cache, length)


def cut_axis_of_heads(cache, length):
    for layer in cache:
        layer.keys, layer.values = layer.keys[:, :length], layer.values[:, :length]


def cut_axis_of_heads_and_length(cache, length):
    cut_axis_of_heads(cache, length)
    rewind(cache, length)


def erase(cache, length):
    for layer in cache:
        layer.keys[:, :, length:] = 0
        layer.values[:, :, length:] = 0


def back_by(cache, length):
    for layer in cache:
        layer.length -= length


def cut_list(cache, length):
    del cache[length:]


REWIND = Exercise(
    name="rewind",
    verified="another ending gets the logits that it gets without the first one",
    cases=two_endings,
    right=rewind,
    observe=after_rewinding,
    mistakes=(
        Mistake(
            "the caches are as before: change the ones that you are given, a new list "
            "or a copy does not reach the model",
            lambda cache, length: None,
        ),
        Mistake(
            "only the first layer's cache goes back; the list has one for each layer",
            only(slice(0, 1)),
        ),
        Mistake(
            "only the last layer's cache goes back; the list has one for each layer",
            only(slice(-1, None)),
        ),
        Mistake(
            "the keys and values are cut, but `length` still counts what is gone",
            cut_room,
        ),
        Mistake(
            "`length` goes back, but you cut the keys and values too: their room is "
            "for the whole context, and now nothing more fits in",
            cut_room_and_length,
        ),
        Mistake(
            "you cut axis 1, the heads; and what lies behind `length` need not be cut",
            cut_axis_of_heads,
        ),
        Mistake(
            "you cut axis 1, the heads; and what lies behind `length` need not be cut",
            cut_axis_of_heads_and_length,
        ),
        Mistake(
            "what you erased still counts: `length` is as before, and keys of zeros "
            "get a share of the attention",
            erase,
        ),
        Mistake(
            "you went back by `length` positions; go back to that many",
            back_by,
        ),
        Mistake(
            "one position too few is left: `length` is how many are held, not the "
            "last one's index",
            lambda cache, length: rewind(cache, length - 1),
        ),
        Mistake(
            "one position too many is left: `length` is how many are held, not the "
            "last one's index",
            lambda cache, length: rewind(cache, length + 1),
        ),
        Mistake(
            "the caches are empty: the beginning would have to be read again",
            lambda cache, length: rewind(cache, 0),
        ),
        Mistake(
            "you cut the list of layers; `length` counts positions",
            cut_list,
        ),
    ),
)


# Guess ahead.


class Counted(GPT):
    """A GPT that counts how often it reads."""

    readings = 0

    def hidden(self, ids, cache=None):
        self.readings += 1
        return super().hidden(ids, cache)


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
    found = [
        ("1 guess, right:", greedy[:, :1]),
        ("1 guess, wrong:", (greedy[:, :1] + 1) % 19),
    ]
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
    often = model.readings > 2
    return {
        "tokens accepted": number,
        "readings": "one for each token" if often else "one for all",
    }


def matches(model, ids, guess, behind=1):
    """Which guesses are right: logits `behind` positions before each judge it."""
    rows = model(torch.cat([ids, guess], 1)).argmax(-1)
    start = ids.size(1) - behind
    return rows[:, start : start + guess.size(1)] == guess


def leading(right):
    return right.int().cumprod(-1).sum().item()


def accepted(model, ids, guess):
    return leading(matches(model, ids, guess))


def one_by_one(model, ids, guess):
    return leading(written(model, ids, guess.size(1)) == guess)


def one_by_one_until(model, ids, guess):
    for number, token in enumerate(guess[0]):
        if model(ids)[0, -1].argmax() != token:
            return number
        ids = torch.cat([ids, token.view(1, 1)], 1)
    return guess.size(1)


def judged_by_the_prompt(model, ids, guess):
    return leading(model(ids)[:, -1:].argmax(-1) == guess)


def first_slip(model, ids, guess):
    return (~matches(model, ids, guess)).int().argmax().item()


def without_prompt(model, ids, guess):
    right = model(guess[:, :-1]).argmax(-1) == guess[:, 1:]
    return leading(right)


AHEAD = Exercise(
    name="guess-ahead",
    verified="the guesses up to the first slip, found in one reading",
    cases=guesses,
    right=accepted,
    observe=judged,
    mistakes=(
        Mistake(
            "each guess is judged by the logits at its own position, one too late: "
            "logits are about the token after",
            lambda *given: leading(matches(*given, behind=0)),
        ),
        Mistake(
            "each guess is judged one position too early: the last prompt token's "
            "logits judge the first guess",
            lambda *given: leading(matches(*given, behind=2)),
        ),
        Mistake(
            "the logits at the last prompt token judge all guesses in yours; each "
            "guess has its own, at the token before it",
            judged_by_the_prompt,
        ),
        Mistake(
            "you count all guesses that are right; after the first slip the model "
            "would have read another text, so nothing counts any more",
            lambda *given: matches(*given).sum().item(),
        ),
        Mistake(
            "when all guesses are right you say 0: the argmax of no slip is 0",
            first_slip,
        ),
        Mistake(
            "this is whether all guesses are right; asked is how many, from the first "
            "on",
            lambda *given: matches(*given).all().item(),
        ),
        Mistake(
            "you count the token that the model writes in place of the slip, or after "
            "the last guess; asked is how many guesses stand",
            lambda *given: accepted(*given) + 1,
        ),
        Mistake(
            "these are the wrong guesses; asked is how many, from the first on, are "
            "right",
            lambda *given: (~matches(*given)).sum().item(),
        ),
        Mistake(
            "the model reads the guesses without the prompt; they continue it",
            without_prompt,
        ),
        Mistake(
            "the number is right, but the model reads once for each token; one "
            "reading of the prompt with its guesses judges them all",
            one_by_one,
        ),
        Mistake(
            "the number is right, but the model reads for each token up to the slip; "
            "one reading of the prompt with its guesses judges them all",
            one_by_one_until,
        ),
    ),
)
