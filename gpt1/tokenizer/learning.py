"""Learning joins quickly, in plain Python: `BPETokenizer` without `tokenizers`.

The result is that of `learn_merges` in `bpe.py`, which counts every pair anew for each
join. Here the counts are kept, and a join corrects those of the words that it changes.
"""

from collections import Counter, defaultdict
from itertools import pairwise

from gpt1.tokenizer.bpe import join


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
