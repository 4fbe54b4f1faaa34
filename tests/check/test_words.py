"""Right answers to the exercises of the chapter on counting words, in other ways."""

import math
from statistics import fmean

import torch
from torch.nn import functional as F

from lib.verdicts import are_right


def perplexity_loop(probabilities):
    return 2 ** (-sum(map(math.log2, probabilities)) / len(probabilities))


def perplexity_tensor(probabilities):
    return torch.tensor(probabilities).log().mean().neg().exp()


def extra_by_cross_entropy(truth, belief):
    paid = floor = 0
    for p, q in zip(truth, belief, strict=True):
        if p > 0:
            paid, floor = paid - p * math.log(q), floor - p * math.log(p)
    return paid - floor


def extra_by_torch(truth, belief):
    truth, belief = torch.tensor(truth), torch.tensor(belief)
    return F.kl_div(belief.log(), truth.float(), reduction="sum")


def extra_by_xlogy(truth, belief):
    p = torch.tensor(truth, dtype=torch.float64)
    q = torch.tensor(belief, dtype=torch.float64)
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def add_one_loop(followers, word, vocab):
    total = sum(followers.values(), vocab)
    return torch.tensor((1 + followers.get(word, 0)) / total, dtype=torch.float64)


def add_one_in_the_counter(followers, word, vocab):
    followers[word] += 1
    return followers[word] / (sum(followers.values()) + vocab - 1)


def guesses_loop(followers, word):
    for tries, guess in enumerate(sorted(followers, key=followers.get)[::-1], 1):
        if guess == word:
            return tries
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


OTHER_WAYS = {
    "perplexity": [perplexity_loop, perplexity_tensor],
    "extra-nats": [extra_by_cross_entropy, extra_by_torch, extra_by_xlogy],
    "add-one": [add_one_loop, add_one_in_the_counter],
    "guesses": [guesses_loop, guesses_by_counting],
    "remember": [remember_slices, remember_tensor],
}
test_another_way_is_right = are_right(OTHER_WAYS)
