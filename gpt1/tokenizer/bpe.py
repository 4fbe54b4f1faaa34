"""Byte-pair encoding: the algorithm, in plain Python.

Sennrich, Haddow & Birch (2016): begin with characters; again and again, join the pair
of neighbours that is most frequent in the text; remember the joins in order. To encode,
repeat the joins in the same order. Joins never cross the pieces into which the text was
split before.

This is the readable form, and the reference: `tokenizers`, which does the work in
`BPETokenizer`, learns the same joins and gives the same ids (tested). `learn_merges`
counts every pair anew for each join; `learn_quickly`, which serves where `tokenizers`
is missing, keeps the counts, and a join corrects those of the words that it changes.
"""

from collections import Counter, defaultdict
from itertools import pairwise


def learn_merges(pieces, count):
    """The joins that byte-pair encoding learns from a text.

    Args:
        pieces: the text's pieces, each a string; a `Counter` of pieces saves time.
        count: how many joins to learn; fewer if no pair is left.

    Returns:
        A list of pairs of symbols, in the order learned. Of pairs that are equally
        frequent, the one whose symbols are oldest comes first.
    """
    words = [(list(piece), often) for piece, often in Counter(pieces).items()]
    characters = sorted({symbol for word, _ in words for symbol in word})
    age = {symbol: i for i, symbol in enumerate(characters)}
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, often in words:
            for pair in pairwise(word):
                pairs[pair] += often
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], age[pair[0]], age[pair[1]]))
        merges.append(best)
        # Two joins can give one symbol; it keeps its first age.
        age.setdefault("".join(best), len(age))
        words = [(join(word, best), often) for word, often in words]
    return merges


def join(symbols, pair):
    """Symbols with every occurrence of the pair made one, from left to right.

    Args:
        symbols: list of strings.
        pair: two strings.

    Returns:
        A new list.
    """
    joined, i = [], 0
    while i < len(symbols):
        found = tuple(symbols[i : i + 2]) == pair
        joined.append("".join(pair) if found else symbols[i])
        i += 2 if found else 1
    return joined


def apply_merges(symbols, ranks):
    """Join neighbours until no learned pair is left, the earliest learned first.

    Args:
        symbols: list of strings, such as the characters of a word.
        ranks: dictionary from pair of strings to its place among the merges.

    Returns:
        A list of strings whose concatenation is that of `symbols`.
    """
    while len(symbols) > 1:
        best = min(pairwise(symbols), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        symbols = join(symbols, best)
    return symbols


def learn_quickly(pieces, symbols):
    """The joins of byte-pair encoding, until there is a number of different symbols.

    Args:
        pieces: the text's pieces, each a string; a `Counter` of pieces saves time.
        symbols: characters and what the joins make of them, counted together. Two
            joins can give one symbol, so there may be more joins than new symbols.

    Returns:
        A list of pairs of symbols, as `learn_merges` gives them.
    """
    words = {tuple(piece): often for piece, often in Counter(pieces).items()}
    characters = sorted({character for word in words for character in word})
    age = {character: i for i, character in enumerate(characters)}
    counts, places = Counter(), defaultdict(set)

    def count(word, often):
        for pair in pairwise(word):
            counts[pair] += often
            places[pair].add(word)

    for word, often in words.items():
        count(word, often)
    merges = []
    while len(age) < symbols:
        counts = +counts  # without the pairs that are gone
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], age[pair[0]], age[pair[1]]))
        merges.append(best)
        age.setdefault("".join(best), len(age))
        for word in places.pop(best):
            if word in words:  # it may have been joined elsewhere since
                often = words.pop(word)
                count(word, -often)
                joined = tuple(join(list(word), best))
                words[joined] = often
                count(joined, often)
    return merges
