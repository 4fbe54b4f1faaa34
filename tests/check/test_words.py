"""The exercises about counting words, answered as learners do."""

import math
from collections import Counter
from statistics import fmean

import pytest
import torch
from torch.nn import functional as F

from lib.verdicts import right, said

# Perplexity.


def perplexity_loop(probabilities):
    total = 0
    for p in probabilities:
        total = total + math.log2(p)
    return 2 ** (-total / len(probabilities))


def perplexity_tensor(probabilities):
    return torch.tensor(probabilities).log().mean().neg().exp()


def perplexity_float64(probabilities):
    logs = torch.log10(torch.tensor([probabilities], dtype=torch.float64))
    return 10 ** -logs.mean(dim=-1)


@pytest.mark.parametrize(
    "answer", [perplexity_loop, perplexity_tensor, perplexity_float64]
)
def test_perplexity_in_other_ways_is_right(answer):
    assert right("perplexity", answer)


def perplexity_of_sum(probabilities):
    total = 0
    for p in probabilities:
        total -= math.log(p)
    return math.e**total


def perplexity_of_sum_in_torch(probabilities):
    return torch.exp(-torch.log(torch.tensor(probabilities)).sum())


def perplexity_by_product(probabilities):
    product = 1
    for p in probabilities:
        product *= p
    return (1 / product) ** (1 / len(probabilities))


def perplexity_by_product_in_torch(probabilities):
    p = torch.tensor(probabilities)
    return p.prod() ** (-1 / len(p))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda p: -sum(map(math.log, p)) / len(p), "this is the mean surprise"),
        (lambda p: 2 ** -torch.tensor(p).log().mean(), "you raised 2"),
        (lambda p: torch.tensor(p).log2().mean().neg().exp(), "you raised e"),
        (perplexity_of_sum, "the sum of the surprises"),
        (perplexity_of_sum_in_torch, "the sum of the surprises"),
        (perplexity_by_product, "product of 1,000 probabilities is 0"),
        (perplexity_by_product_in_torch, "product of 1,000 probabilities is 0"),
        (lambda p: math.exp(-sum(x * math.log(x) for x in p)), "you weighted each"),
        (lambda p: len(p) / sum(p), "you averaged the probabilities"),
        (lambda p: (1 / torch.tensor(p)).mean(), "you averaged 1 / p"),
        (lambda p: torch.tensor(p).log().mean().exp(), "the sign is lost"),
    ],
)
def test_a_wrong_perplexity_is_named(answer, told):
    assert told in said("perplexity", answer)


def test_an_unforeseen_perplexity_is_shown():
    told = said("perplexity", lambda probabilities: 1 / max(probabilities))
    assert told.endswith("expected 1.26, got 1")


# What a wrong belief costs.


def extra_by_cross_entropy(truth, belief):
    paid = floor = 0
    for p, q in zip(truth, belief, strict=True):
        if p > 0:
            paid -= p * math.log(q)
            floor -= p * math.log(p)
    return paid - floor


def extra_by_torch(truth, belief):
    truth, belief = torch.tensor(truth), torch.tensor(belief)
    return F.kl_div(belief.log(), truth.float(), reduction="sum")


def extra_by_xlogy(truth, belief):
    p = torch.tensor(truth, dtype=torch.float64)
    q = torch.tensor(belief, dtype=torch.float64)
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


@pytest.mark.parametrize(
    "answer", [extra_by_cross_entropy, extra_by_torch, extra_by_xlogy]
)
def test_extra_nats_in_other_ways_are_right(answer):
    assert right("extra-nats", answer)


def extra_of_zero(truth, belief):
    return sum(p * math.log(p / q) for p, q in zip(truth, belief, strict=True))


def extra_of_zero_in_torch(truth, belief):
    p, q = torch.tensor(truth), torch.tensor(belief)
    return -(p * q.log()).sum() + (p * p.log()).sum()


def extra_exchanged(truth, belief):
    return sum(q * math.log(q / p) for p, q in zip(truth, belief, strict=True))


def extra_exchanged_in_torch(truth, belief):
    p, q = torch.tensor(truth), torch.tensor(belief)
    return (q * (q / p).log()).sum()


def whole_cross_entropy(truth, belief):
    return -sum(p * math.log(q) for p, q in zip(truth, belief, strict=True))


def extra_in_bits(truth, belief):
    p, q = torch.tensor(truth), torch.tensor(belief)
    return (p * (p / q).log2()).sum()


def extra_mean(truth, belief):
    pairs = [(p, q) for p, q in zip(truth, belief, strict=True) if p > 0]
    return fmean(math.log(p) - math.log(q) for p, q in pairs)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (extra_of_zero, "where the truth has a 0"),
        (extra_of_zero_in_torch, "where the truth has a 0"),
        (extra_exchanged, "truth and belief are exchanged"),
        (extra_exchanged_in_torch, "truth and belief are exchanged"),
        (whole_cross_entropy, "the whole cross-entropy"),
        (lambda p, q: whole_cross_entropy(p, p), "the entropy of the truth"),
        (lambda p, q: -extra_by_xlogy(p, q), "the sign is wrong"),
        (extra_in_bits, "this is in bits"),
        (extra_mean, "the plain mean over the words"),
        (lambda p, q: extra_by_xlogy(p, q) / len(p), "divided by the number of words"),
    ],
)
def test_wrong_extra_nats_are_named(answer, told):
    assert told in said("extra-nats", answer)


def test_unforeseen_extra_nats_are_shown():
    told = said("extra-nats", lambda truth, belief: 0.5)
    assert told.endswith("expected 0.1438, got 0.5")


# Add one.


def add_one_loop(followers, word, vocab):
    total = vocab
    for count in followers.values():
        total += count
    count = followers.get(word, 0)
    return torch.tensor((1 + count) / total, dtype=torch.float64)


def add_one_in_the_counter(followers, word, vocab):
    followers[word] += 1
    return followers[word] / (sum(followers.values()) + vocab - 1)


@pytest.mark.parametrize("answer", [add_one_loop, add_one_in_the_counter])
def test_add_one_in_other_ways_is_right(answer):
    assert right("add-one", answer)


def add_one_to_what_came(followers, word, vocab):
    grown = {w: n + 1 for w, n in followers.items()}
    return (followers[word] + 1) / sum(grown.values())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda f, w, v: (1 + f[w]) / sum(f.values()), "the total has not grown"),
        (lambda f, w, v: (1 + f[w]) / (1 + sum(f.values())), "you added 1 to the"),
        (add_one_to_what_came, "for each word that was counted here"),
        (lambda f, w, v: f.get(w, 0) / (v + sum(f.values())), "still has probability"),
        (lambda f, w, v: f[w] / sum(f.values()), "nothing was added"),
        (lambda f, w, v: (f[w] + 1) / (v + len(f)), "how many different words"),
    ],
)
def test_a_wrong_add_one_is_named(answer, told):
    assert told in said("add-one", answer)


def test_an_unforeseen_add_one_is_shown():
    told = said("add-one", lambda followers, word, vocab: 1 / vocab)
    assert told.endswith("expected 0.6667, got 0.5")


# Shannon's game.


def guesses_loop(followers, word):
    left = dict(followers)
    tries = 0
    while left:
        tries += 1
        guess = max(left, key=left.get)
        if guess == word:
            return tries
        del left[guess]
    return None


def guesses_by_counting(followers, word):
    if word not in followers:
        return None
    mine = followers[word]
    return torch.tensor([n >= mine for n in followers.values()]).sum()


@pytest.mark.parametrize("answer", [guesses_loop, guesses_by_counting])
def test_guesses_in_other_ways_are_right(answer):
    assert right("guesses", answer)


def guesses_from_zero(followers, word):
    for i, (w, _) in enumerate(followers.most_common()):
        if w == word:
            return i
    return None


def guesses_in_order(followers, word):
    for i, w in enumerate(followers):
        if w == word:
            return i + 1
    return None


def guesses_rarest_first(followers, word):
    order = sorted(followers, key=lambda w: followers[w])
    return order.index(word) + 1 if word in order else None


def guesses_all(followers, word):
    n = 0
    for w, _ in followers.most_common():
        n += 1
        if w == word:
            break
    return n


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (guesses_from_zero, "the first guess is guess 1"),
        (guesses_in_order, "the order in which they were met"),
        (guesses_rarest_first, "the rarest follower comes first"),
        (guesses_all, "never guessed: that is None"),
        (
            lambda f, w: [x for x, _ in f.most_common()].index(w) + 1,
            "one that never did makes your code stop",
        ),
        (lambda f, w: f.get(w), "this is the word's count"),
    ],
)
def test_wrong_guesses_are_named(answer, told):
    assert told in said("guesses", answer)


def test_unforeseen_guesses_are_shown():
    told = said("guesses", lambda followers, word: 2 if word in followers else None)
    assert told.endswith("expected 1, got 2")


# A model that remembers.


def remember_slices(text, given, share):
    found = []
    for i in range(len(text)):
        p = given[i]
        if i > 0:
            past = text[:i]
            p = p + share * (past.count(text[i]) / len(past) - p)
        found.append(math.log(p))
    return -fmean(found)


def remember_tensor(text, given, share):
    p = torch.tensor(given, dtype=torch.float64)
    same = torch.tensor([[a == b for b in text] for a in text]).tril(-1)
    seen = same.sum(1) / torch.arange(len(text)).clamp(min=1)
    mixed = torch.lerp(p, seen.double(), share)
    mixed[0] = p[0]
    return -mixed.log().mean()


@pytest.mark.parametrize("answer", [remember_slices, remember_tensor])
def test_remembering_in_other_ways_is_right(answer):
    assert right("remember", answer)


def remember_too_early(text, given, share):
    memory, total = Counter(), 0
    for word, p in zip(text, given, strict=True):
        memory[word] += 1
        seen = memory[word] / sum(memory.values())
        total -= math.log((1 - share) * p + share * seen)
    return total / len(text)


def remember_everything(text, given, share):
    seen = [text.count(word) / len(text) for word in text]
    pairs = zip(given, seen, strict=True)
    return fmean(-math.log((1 - share) * p + share * s) for p, s in pairs)


def remember_by(mixture, last=lambda total, n: total / n):
    def answer(text, given, share):
        total = 0
        for i in range(len(text)):
            past = text[:i]
            total -= math.log(mixture(given[i], past, text[i], share, len(text)))
        return last(total, len(text))

    return answer


def of_first(p, past, word, share, length):
    return (1 - share) * p + share * past.count(word) / max(len(past), 1)


def of_itself(p, past, word, share, length):
    if not past:
        return p
    return (1 - share) * p + share * (past.count(word) + 1) / (len(past) + 1)


def by_length(p, past, word, share, length):
    return (1 - share) * p + share * past.count(word) / length


def exchanged(p, past, word, share, length):
    return share * p + (1 - share) * past.count(word) / len(past) if past else p


def of_new(p, past, word, share, length):
    if word not in past:
        return p
    return (1 - share) * p + share * past.count(word) / len(past)


def of_different(p, past, word, share, length):
    if not past:
        return p
    return (1 - share) * p + share * past.count(word) / len(set(past))


def whether(p, past, word, share, length):
    return (1 - share) * p + share * (word in past) if past else p


def unweighted(p, past, word, share, length):
    return p + share * past.count(word) / len(past) if past else p


def one_more(p, past, word, share, length):
    if not past:
        return p
    return (1 - share) * p + share * past.count(word) / (len(past) + 1)


def well(p, past, word, share, length):
    return (1 - share) * p + share * past.count(word) / len(past) if past else p


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (remember_too_early, "the memory has the word before you predict it"),
        (remember_by(of_itself), "the memory has the word before you predict it"),
        (remember_everything, "you looked at the whole tale"),
        (remember_by(of_first), "at the first word nothing has been seen"),
        (remember_by(by_length), "not by the length of the tale"),
        (remember_by(exchanged), "the shares are exchanged"),
        (remember_by(of_new), "keeps the whole of p"),
        (remember_by(of_different), "the number of different words"),
        (remember_by(whether), "only whether the word has come"),
        (remember_by(well, lambda total, n: total), "this is the sum"),
        (remember_by(well, lambda total, n: -total / n), "the sign is lost"),
        (
            remember_by(well, lambda total, n: total / n / math.log(2)),
            "this is in bits",
        ),
        (remember_by(unweighted), "keeps its whole weight"),
        (remember_by(one_more), "yours divides by i + 1"),
    ],
)
def test_wrong_memories_are_named(answer, told):
    assert told in said("remember", answer)


def test_an_unforeseen_memory_is_shown():
    told = said("remember", lambda text, given, share: -fmean(map(math.log, given)))
    assert "remember" not in told
    assert "expected 0.837" in told


def test_an_error_in_a_memory_is_shown_with_its_line():
    def answer(text, given, share):
        memory = Counter()
        for word in text:
            share = memory[word] / memory.total()
        return share

    told = said("remember", answer)
    assert "ZeroDivisionError" in told
    assert "memory.total()" in told
