"""The exercises about counting words, answered as learners do.

The answers are right, or wrong in ways that `check/test_mutants.py` does not make.
"""

import math
from collections import Counter
from statistics import fmean

import pytest
import torch
from torch.nn import functional as F

from lib.verdicts import right, said


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


def add_one_loop(followers, word, vocab):
    total = vocab
    for count in followers.values():
        total += count
    count = followers.get(word, 0)
    return torch.tensor((1 + count) / total, dtype=torch.float64)


def add_one_in_the_counter(followers, word, vocab):
    followers[word] += 1
    return followers[word] / (sum(followers.values()) + vocab - 1)


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


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("perplexity", perplexity_loop),
        ("perplexity", perplexity_tensor),
        ("perplexity", perplexity_float64),
        ("extra-nats", extra_by_cross_entropy),
        ("extra-nats", extra_by_torch),
        ("extra-nats", extra_by_xlogy),
        ("add-one", add_one_loop),
        ("add-one", add_one_in_the_counter),
        ("guesses", guesses_loop),
        ("guesses", guesses_by_counting),
        ("remember", remember_slices),
        ("remember", remember_tensor),
    ],
)
def test_other_ways_are_right(name, answer):
    assert right(name, answer)


def perplexity_of_sum_in_torch(probabilities):
    return torch.exp(-torch.log(torch.tensor(probabilities)).sum())


def perplexity_by_product(probabilities):
    product = 1
    for p in probabilities:
        product *= p
    return (1 / product) ** (1 / len(probabilities))


def extra_of_zero_in_torch(truth, belief):
    p, q = torch.tensor(truth), torch.tensor(belief)
    return -(p * q.log()).sum() + (p * p.log()).sum()


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("perplexity", perplexity_of_sum_in_torch, "the sum of the surprises"),
        ("perplexity", perplexity_by_product, "product of 1,000 probabilities is 0"),
        ("perplexity", lambda p: 1 / max(p), "expected 1.26, got 1"),
        ("extra-nats", extra_of_zero_in_torch, "where the truth has a 0"),
        ("extra-nats", lambda truth, belief: 0.5, "expected 0.1438, got 0.5"),
        ("add-one", lambda f, word, vocab: 1 / vocab, "expected 0.6667, got 0.5"),
        ("guesses", lambda f, w: 2 if w in f else None, "expected 1, got 2"),
        ("remember", lambda text, given, share: 1, "expected 0.6931, got 1"),
    ],
)
def test_a_wrong_answer_is_named_or_shown(name, answer, told):
    assert told in said(name, answer)


def test_an_error_in_a_memory_is_shown_with_its_line():
    def answer(text, given, share):
        memory = Counter()
        for word in text:
            share = memory[word] / memory.total()
        return share

    told = said("remember", answer)
    assert "ZeroDivisionError" in told
    assert "memory.total()" in told
