"""Right answers to the exercises of the chapter on tokens, in other ways."""

import functools
from bisect import bisect_right
from collections import Counter, defaultdict
from heapq import heappop, heappush
from itertools import accumulate, pairwise

import torch

from gpt1.tokenizer.bpe import apply_merges, join, learn_quickly
from gpt1.tokenizer.trained import PIECES
from lib.verdicts import are_right


def kind_by_bisection(token, zones):
    ends = list(accumulate(zones.values()))
    if token < 0 or token >= ends[-1]:
        raise ValueError
    return list(zones)[bisect_right(ends, token)]


def kind_by_ranges(token, zones):
    start = 0
    for name in zones:
        if token in range(start, start + zones[name]):
            return name
        start += zones[name]
    raise ValueError("no id")


def encode_by_ranks(word, ids, ranks):
    symbols = list(word)
    symbols[-1] += "</w>"
    for pair in sorted(ranks, key=ranks.get):
        symbols = join(symbols, pair)
    return torch.tensor([ids.get(symbol, ids["<unk>"]) for symbol in symbols])


def encode_by_merges(word, ids, ranks):
    symbols = apply_merges([*word[:-1], word[-1] + "</w>"], ranks)
    return tuple(ids.get(symbol, 0) for symbol in symbols)


def pieces_by_number(text):
    return tuple("".join(map(chr, piece.encode())) for piece in PIECES.findall(text))


def pieces_by_match(text):
    return [str(m[0].encode("utf-8"), "iso-8859-1") for m in PIECES.finditer(text)]


def fewest_by_recursion(piece, known):
    @functools.cache
    def best(rest):
        ends = [n for n in range(1, len(rest) + 1) if rest[:n] in known]
        tails = [(rest[:n], best(rest[n:])) for n in ends]
        ways = [(first, *tail) for first, tail in tails if tail is not None]
        return min(ways, key=len, default=None) if rest else ()

    return best(piece)


def fewest_by_search(piece, known):
    border = [(0, [])]
    seen = {0}
    while border:
        start, tokens = border.pop(0)
        if start == len(piece):
            return tokens
        for end in range(len(piece), start, -1):
            if piece[start:end] in known and end not in seen:
                seen.add(end)
                border.append((end, [*tokens, piece[start:end]]))
    return None


def ages(pieces):
    """Every character's place among those of a text."""
    return {c: i for i, c in enumerate(sorted({c for piece in pieces for c in piece}))}


def with_a_queue(pieces, count):
    """Corrects the pairs beside a join alone, and keeps the pairs in a heap."""
    words = [[list(piece), n] for piece, n in Counter(pieces).items()]
    age, counts, where, heap, merges = ages(pieces), Counter(), defaultdict(set), [], []

    def changed(i, old, new):
        before, after = Counter(pairwise(old)), Counter(pairwise(new))
        for pair in before | after:
            counts[pair] += words[i][1] * (after[pair] - before[pair])
            where[pair].add(i)
        return before | after

    def offered(pairs):
        for a, b in pairs:
            heappush(heap, (-counts[a, b], age[a], age[b], (a, b)))

    offered(
        {pair for i, (word, _) in enumerate(words) for pair in changed(i, [], word)}
    )
    while len(merges) < count and heap:
        negative, _, _, best = heappop(heap)
        if counts[best] != -negative or not negative:
            continue  # it was counted anew since
        merges.append(best)
        age.setdefault("".join(best), len(age))
        pairs = set()
        for i in where.pop(best):
            old, words[i][0] = words[i][0], join(words[i][0], best)
            pairs |= changed(i, old, words[i][0]).keys()
        offered(pairs)
    return merges


def with_words_scanned(pieces, count):
    """Keeps the counts, and looks through all words for those that have the pair."""
    words = [([*piece], n) for piece, n in Counter(pieces).items()]
    age, counts, merges = ages(pieces), Counter(), []
    for word, n in words:
        for pair in pairwise(word):
            counts[pair] += n
    while len(merges) < count and +counts:
        best = max(counts, key=lambda p: (counts[p], -age[p[0]], -age[p[1]]))
        merges.append(list(best))
        age.setdefault(best[0] + best[1], len(age))
        for i, (word, n) in enumerate(words):
            new = join(word, best)
            if len(new) < len(word):
                counts.subtract(n * [*pairwise(word)])
                counts.update(n * [*pairwise(new)])
                words[i] = new, n
    return merges


def quickly(pieces, count):
    merges = learn_quickly(pieces, len(set("".join(map("".join, pieces)))) + count)
    return merges[:count]


OTHER_WAYS = {
    "kind-of-id": [kind_by_bisection, kind_by_ranges],
    "encode-word": [encode_by_ranks, encode_by_merges],
    "byte-pieces": [pieces_by_number, pieces_by_match],
    "fewest-tokens": [fewest_by_recursion, fewest_by_search],
    "learn-faster": [with_a_queue, with_words_scanned, quickly],
}
test_another_way_is_right = are_right(OTHER_WAYS)
