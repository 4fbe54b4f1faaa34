"""The exercises about tokens, answered as learners do."""

import functools
from bisect import bisect_right
from collections import Counter, defaultdict
from heapq import heapify, heappop, heappush
from itertools import accumulate, pairwise

import pytest
import torch

from gpt1.tokenizer.bpe import apply_merges, join, learn_merges, learn_quickly
from gpt1.tokenizer.trained import PIECES
from lib.verdicts import right, said

# What an id is.


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


@pytest.mark.parametrize("answer", [kind_by_bisection, kind_by_ranges])
def test_a_kind_found_in_other_ways_is_right(answer):
    assert right("kind-of-id", answer)


def kind_one_too_far(token, zones):
    if token < 0:
        raise ValueError
    for name, count in zones.items():
        if token <= count:
            return name
        token -= count
    raise ValueError


def kind_by_size(token, zones):
    for name, count in zones.items():
        if 0 <= token < count:
            return name
    raise ValueError


def kind_of_negative(token, zones):
    for name, count in zones.items():
        if token < count:
            return name
        token = token - count
    raise ValueError("too large")


def kind_or_none(token, zones):
    end = 0
    for name, count in zones.items():
        start, end = end, end + count
        if start <= token < end:
            return name
    return None


def kind_in_numbers(token, zones):
    if token == 0:
        return "unknown"
    if 1 <= token <= 238:
        return "inside"
    if 239 <= token <= 476:
        return "at an end"
    if 477 <= token <= 40476:
        return "merge"
    if token == 40477:
        return "line end"
    raise ValueError(token)


def kind_with_else(token, zones):
    for name, count in zones.items():
        if token < count:
            return name
        token -= count
    return "line end"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (kind_one_too_far, "each zone reaches one id too far"),
        (kind_by_size, "a zone begins where the one before ends"),
        (kind_of_negative, "-1 is no id"),
        (kind_or_none, "yours returns None"),
        (kind_in_numbers, "right for GPT-1 alone"),
        (kind_with_else, "neither end is watched"),
    ],
)
def test_a_wrong_kind_is_named(answer, told):
    assert told in said("kind-of-id", answer)


def test_an_unforeseen_kind_is_shown():
    told = said("kind-of-id", lambda token, zones: "merge")
    assert "kind(0, zones), GPT-1's zones:" in told
    assert told.endswith("expected 'unknown', got 'merge'")


# One word of GPT-1's.


def encode_by_ranks(word, ids, ranks):
    symbols = list(word)
    symbols[-1] += "</w>"
    for pair in sorted(ranks, key=ranks.get):
        symbols = join(symbols, pair)
    return torch.tensor([ids.get(symbol, ids["<unk>"]) for symbol in symbols])


def encode_in_place(word, ids, ranks):
    found = []
    for symbol in apply_merges([*word[:-1], word[-1] + "</w>"], ranks):
        try:
            found.append(ids[symbol])
        except KeyError:
            found.append(0)
    return tuple(found)


@pytest.mark.parametrize("answer", [encode_by_ranks, encode_in_place])
def test_a_word_encoded_in_other_ways_is_right(answer):
    assert right("encode-word", answer)


def encoded(spell):
    def answer(word, ids, ranks):
        return [ids.get(s, 0) for s in apply_merges(spell(word), ranks)]

    return answer


def encode_late(word, ids, ranks):
    symbols = apply_merges(list(word), ranks)
    symbols[-1] += "</w>"
    return [ids.get(symbol, 0) for symbol in symbols]


def encode_leftmost(word, ids, ranks):
    symbols = [*word[:-1], word[-1] + "</w>"]
    i = 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) in ranks:
            symbols = [*symbols[:i], symbols[i] + symbols[i + 1], *symbols[i + 2 :]]
            i = 0
        else:
            i += 1
    return [ids.get(symbol, 0) for symbol in symbols]


def encode_known(word, ids, ranks):
    symbols = apply_merges([*word[:-1], word[-1] + "</w>"], ranks)
    return [ids[symbol] for symbol in symbols if symbol in ids]


def encode_strictly(word, ids, ranks):
    symbols = apply_merges([*word[:-1], word[-1] + "</w>"], ranks)
    return [ids[symbol] for symbol in symbols]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (encoded(list), "the mark </w> is missing"),
        (encoded(lambda word: [*word, "</w>"]), "a symbol of its own"),
        (encoded(lambda word: [*word[:-1], "</w>"]), "has taken the place of the last"),
        (encoded(lambda word: [*(word + "</w>")]), "fell apart"),
        (encoded(lambda word: [c + "</w>" for c in word]), "every character has"),
        (encode_late, "the mark comes too late"),
        (encode_leftmost, "the leftmost pair that is known"),
        (encode_known, "left out in yours"),
        (encode_strictly, "stops your code; it becomes id 0"),
    ],
)
def test_a_wrongly_encoded_word_is_named(answer, told):
    assert told in said("encode-word", answer)


def test_an_unforeseen_encoding_is_shown():
    told = said("encode-word", lambda word, ids, ranks: [7] * len(word))
    assert "the word 'a':" in told
    assert "got [7]" in told


# Nothing unknown.


def pieces_by_number(text):
    found = []
    for piece in PIECES.findall(text):
        spelled = ""
        for byte in piece.encode():
            spelled += chr(byte)
        found.append(spelled)
    return tuple(found)


def pieces_by_match(text):
    return [str(m[0].encode("utf-8"), "iso-8859-1") for m in PIECES.finditer(text)]


@pytest.mark.parametrize("answer", [pieces_by_number, pieces_by_match])
def test_byte_pieces_in_other_ways_are_right(answer):
    assert right("byte-pieces", answer)


def bytes_first(text):
    return PIECES.findall("".join(map(chr, text.encode())))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda text: list(PIECES.findall(text)), "the pieces as they were"),
        (bytes_first, "first the pieces, then their bytes"),
        (lambda text: [p.encode() for p in PIECES.findall(text)], "bytes objects"),
        (lambda text: "".join(pieces_by_number(text)), "this is one string"),
        (lambda text: list("".join(pieces_by_number(text))), "each byte is a piece"),
        (lambda text: [[*p.encode()] for p in PIECES.findall(text)], "of numbers"),
        (
            lambda text: [p.encode("latin-1").decode() for p in PIECES.findall(text)],
            "the encodings are exchanged",
        ),
        (
            lambda text: [
                str(p.encode("latin-1"), "latin-1") for p in PIECES.findall(text)
            ],
            "latin-1 has no ł",
        ),
        (
            lambda text: ["".join(map(chr, p.encode())) for p in text.split()],
            "white space is lost",
        ),
    ],
)
def test_wrong_byte_pieces_are_named(answer, told):
    assert told in said("byte-pieces", answer)


def test_unforeseen_byte_pieces_are_shown():
    told = said("byte-pieces", lambda text: [p.upper() for p in pieces_by_number(text)])
    assert "expected ['a', ' cat'], got ['A', ' CAT']" in told


# The fewest tokens.


def fewest_by_recursion(piece, known):
    @functools.cache
    def best(rest):
        if not rest:
            return ()
        found = None
        for n in range(1, len(rest) + 1):
            if rest[:n] in known:
                tail = best(rest[n:])
                if tail is not None and (found is None or len(tail) + 1 < len(found)):
                    found = (rest[:n], *tail)
        return found

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


@pytest.mark.parametrize("answer", [fewest_by_recursion, fewest_by_search])
def test_the_fewest_in_other_ways_are_right(answer):
    assert right("fewest-tokens", answer)


def greedy(piece, known):
    tokens = []
    while piece:
        for n in range(len(piece), 0, -1):
            if piece[:n] in known:
                tokens.append(piece[:n])
                piece = piece[n:]
                break
        else:
            return None
    return tokens


def greedy_from_right(piece, known):
    tokens = []
    while piece:
        n = next((n for n in range(len(piece)) if piece[n:] in known), None)
        if n is None:
            return None
        tokens.insert(0, piece[n:])
        piece = piece[:n]
    return tokens


def better_of_both(piece, known):
    ways = [greedy(piece, known), greedy_from_right(piece, known)]
    return min((way for way in ways if way is not None), key=len, default=None)


def test_the_better_of_two_greedy_ways_is_not_enough():
    told = said("fewest-tokens", better_of_both)
    assert "at 'number of tokens': expected 4, got 5" in told


def with_falsy(piece, known):
    best = [[]] + [None] * len(piece)
    for end in range(1, len(piece) + 1):
        for start in range(end):
            if piece[start:end] in known and best[start]:
                new = best[start] + [piece[start:end]]
                if not best[end] or len(new) < len(best[end]):
                    best[end] = new
    return best[-1]


def never_none(piece, known):
    return fewest_by_search(piece, known) or []


def how_many(piece, known):
    tokens = fewest_by_search(piece, known)
    return None if tokens is None else len(tokens)


def empty_is_none(piece, known):
    return fewest_by_search(piece, known) or None


def backwards(piece, known):
    tokens = fewest_by_search(piece, known)
    return tokens if tokens is None else list(reversed(tokens))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (greedy, "the longest token from the left"),
        (greedy_from_right, "the longest token from the right"),
        (with_falsy, "an empty list counts as false"),
        (never_none, "return None"),
        (how_many, "this is how many tokens"),
        (empty_is_none, "that is an empty list, not None"),
        (backwards, "turn the list round"),
    ],
)
def test_wrong_fewest_tokens_are_named(answer, told):
    assert told in said("fewest-tokens", answer)


def test_unforeseen_tokens_are_shown():
    told = said("fewest-tokens", lambda piece, known: ["at", "at"])
    assert "at 'joined': expected 'at', got 'atat'" in told


# Learn faster.


def with_a_queue(pieces, count):
    """Corrects the pairs beside a join alone, and keeps the pairs in a heap."""
    words = [[list(piece), n] for piece, n in Counter(pieces).items()]
    age = {c: i for i, c in enumerate(sorted({c for word, _ in words for c in word}))}
    counts, where = defaultdict(int), defaultdict(set)
    for i, (word, n) in enumerate(words):
        for a, b in pairwise(word):
            counts[a, b] += n
            where[a, b].add(i)
    heap = [(-n, age[a], age[b], (a, b)) for (a, b), n in counts.items()]
    heapify(heap)
    merges = []
    while len(merges) < count and heap:
        negative, _, _, best = heappop(heap)
        if counts[best] != -negative or not negative:
            continue  # it was counted anew since
        merges.append(best)
        age.setdefault("".join(best), len(age))
        changed = set()
        for i in where.pop(best):
            word, n = words[i]
            words[i][0] = new = join(word, best)
            before, after = Counter(pairwise(word)), Counter(pairwise(new))
            for pair in before | after:
                if before[pair] != after[pair]:
                    counts[pair] += n * (after[pair] - before[pair])
                    where[pair].add(i)
                    changed.add(pair)
        for a, b in changed:
            heappush(heap, (-counts[a, b], age[a], age[b], (a, b)))
    return merges


def with_words_scanned(pieces, count):
    """Keeps the counts, and looks through all words for those that have the pair."""
    words = [([*piece], n) for piece, n in Counter(pieces).items()]
    age = {}
    for symbol in sorted({symbol for word, _ in words for symbol in word}):
        age[symbol] = len(age)
    counts = defaultdict(int)
    for word, n in words:
        for pair in pairwise(word):
            counts[pair] += n
    merges = []
    for _ in range(count):
        if not counts:
            break
        best = max(counts, key=lambda p: (counts[p], -age[p[0]], -age[p[1]]))
        merges.append(list(best))
        age.setdefault(best[0] + best[1], len(age))
        for i, (word, n) in enumerate(words):
            new = join(word, best)
            if len(new) == len(word):
                continue
            for pair in pairwise(word):
                counts[pair] -= n
                if counts[pair] == 0:
                    del counts[pair]
            for pair in pairwise(new):
                counts[pair] += n
            words[i] = new, n
    return merges


def quickly(pieces, count):
    merges = learn_quickly(pieces, len(set("".join(map("".join, pieces)))) + count)
    return merges[:count]


@pytest.mark.parametrize("answer", [with_a_queue, with_words_scanned, quickly])
def test_fast_learning_in_other_ways_is_right(answer):
    assert right("learn-faster", answer)


def by_age(p, n, age):
    return n[p], -age[p[0]], -age[p[1]]


def slow(pieces, count, choose=by_age, least=1, counted=pairwise):
    """`learn_merges` as a learner would type it again, with parts to get wrong."""
    words = {tuple(piece): n for piece, n in Counter(pieces).items()}
    age = {c: i for i, c in enumerate(sorted(set().union(*words)))}
    merges = []
    for _ in range(count):
        pairs = Counter()
        for word, n in words.items():
            for pair in counted(word):
                pairs[pair] += n
        if not pairs or max(pairs.values()) < least:
            break
        best = max(pairs, key=functools.partial(choose, n=pairs, age=age))
        merges.append(best)
        age.setdefault("".join(best), len(age))
        words = {tuple(join(list(word), best)): n for word, n in words.items()}
    return merges


def young_again(pieces, count):
    words = [(list(p), n) for p, n in Counter(pieces).items()]
    age = {c: i for i, c in enumerate(sorted({c for word, _ in words for c in word}))}
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, n in words:
            for pair in pairwise(word):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], age[p[0]], age[p[1]]))
        merges.append(best)
        age["".join(best)] = len(age)
        words = [(join(word, best), n) for word, n in words]
    return merges


def never_subtracted(pieces, count):
    words = [(list(p), n) for p, n in Counter(pieces).items()]
    age = {c: i for i, c in enumerate(sorted({c for word, _ in words for c in word}))}
    pairs = Counter()
    for word, n in words:
        for pair in pairwise(word):
            pairs[pair] += n
    merges = []
    while pairs and len(merges) < count:
        best = min(pairs, key=lambda p: (-pairs[p], age[p[0]], age[p[1]]))
        del pairs[best]
        merges.append(best)
        age.setdefault("".join(best), len(age))
        for i, (word, n) in enumerate(words):
            new = join(word, best)
            for pair in pairwise(new):
                if "".join(best) in pair and new != word:
                    pairs[pair] += n
            words[i] = new, n
    return merges


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (young_again, "keeps its first age"),
        (
            lambda p, c: with_words_scanned(list(map("".join, p)), c),
            "each of them stays whole",
        ),
        (slow, "each costs a walk through the pairs of all words"),
        (
            lambda p, c: slow(list(dict.fromkeys(p)), c),
            "each different piece counts once",
        ),
        (lambda p, c: slow(p, c, counted=lambda w: {*pairwise(w)}), "stands twice"),
        (lambda p, c: slow(p, c, lambda p, n, age: n[p]), "met first, or last"),
        (
            lambda p, c: slow(p, c, lambda p, n, age: (n[p], -age[p[1]], -age[p[0]])),
            "ask the right symbols first",
        ),
        (lambda p, c: slow(p, c, least=2), "you stop when no pair comes twice"),
        (never_subtracted, "a join also ends the pairs with the neighbours"),
        (lambda p, c: list(map("".join, slow(p, c))), "return the pairs"),
    ],
)
def test_wrong_learning_is_named(answer, told):
    assert told in said("learn-faster", answer)


def test_unforeseen_merges_are_shown():
    told = said("learn-faster", lambda pieces, count: learn_merges(pieces, count)[:2])
    assert "the length is not right: expected 4:" in told
