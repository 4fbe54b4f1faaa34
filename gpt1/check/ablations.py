"""Exercises about comparing models: pairs of runs, honest rates, luck, sizes."""

import math
from itertools import product
from statistics import fmean, stdev

from gpt1.check.exercise import Exercise

# Differences of runs with the same seed.


def paired(ours, theirs):
    gaps = [ours[seed] - theirs[seed] for seed in ours if seed in theirs]
    return fmean(gaps), stdev(gaps) / math.sqrt(len(gaps))


def unpaired(ours, theirs):
    gap = fmean(ours.values()) - fmean(theirs.values())
    parts = [stdev(each.values()) ** 2 / len(each) for each in (ours, theirs)]
    return gap, math.sqrt(sum(parts))


def in_order(ours, theirs):
    gaps = [a - b for a, b in zip(ours.values(), theirs.values(), strict=False)]
    return fmean(gaps), stdev(gaps) / math.sqrt(len(gaps))


def runs():
    return [
        ({0: 70, 1: 60}, {0: 68, 1: 59}),
        ({0: 70, 1: 60, 2: 80}, {2: 77, 0: 68, 1: 59}),
        ({3: 61.5, 1: 58.0, 4: 66.5}, {1: 60.0, 4: 64.0, 3: 55.0, 9: 10.0}),
        ({0: 50, 7: 90, 2: 58, 5: 54}, {5: 55, 2: 53, 0: 52}),
        ({s: 80 + s for s in range(5)}, {s: 82 - s * s for s in range(5)}),
    ]


PAIRED = Exercise(
    name="paired-difference",
    verified="two seeds and more, in any order, and seeds that only one of them has",
    cases=runs,
    right=paired,
    mistakes="""
        ... -> unpaired(ours, theirs)
            these are two rows with a spread each. Subtract run by run, with the same
            seed, before you take the mean and the deviation
        ... -> in_order(ours, theirs)
            you paired the runs by their order in the dictionaries. Pair them by seed
        ours[seed] - theirs[seed] -> theirs[seed] - ours[seed]
            the sign is wrong: subtract theirs from ours
        ours[seed] - theirs[seed] -> abs(ours[seed] - theirs[seed])
            you took absolute values. A difference that changes its sign from seed to
            seed has to cancel out in the mean
        ours[seed] - theirs[seed] -> ours[seed] + theirs[seed]
            you added the two accuracies. Subtract theirs from ours
        ours[seed] - theirs[seed] -> ours[seed]
            you left out `theirs`. Subtract it, seed by seed
        ours[seed] - theirs[seed] -> theirs[seed]
            you left out `ours`. Subtract theirs from ours, seed by seed
        stdev(gaps) / math.sqrt(len(gaps)) -> stdev(gaps)
            this is the standard deviation of the differences. Their mean is more
            certain than one of them: divide by the square root of their number
        stdev(gaps) / math.sqrt(len(gaps)) -> stdev(gaps) / len(gaps)
            you divided by the number of seeds. Divide by its square root
        stdev(gaps) / math.sqrt(len(gaps)) -> stdev(gaps) * math.sqrt(len(gaps))
            you multiplied by the root. With more seeds the mean gets more certain, so
            divide
        stdev(gaps) / math.sqrt(len(gaps)) -> math.sqrt(len(gaps)) / stdev(gaps)
            your fraction is upside down. The standard deviation comes first
        stdev(gaps) / math.sqrt(len(gaps)) -> math.sqrt(len(gaps))
            the standard deviation of the differences is missing
        stdev(gaps) / math.sqrt(len(gaps)) -> stdev(gaps) // math.sqrt(len(gaps))
            `//` rounds down. Divide with `/`
        math.sqrt(len(gaps)) -> math.sqrt(len(gaps) - 1)
            the 1 is already taken off inside `stdev`. Divide by the square root of the
            number of differences
        stdev(gaps) / -> stdev(gaps) * math.sqrt(1 - 1 / len(gaps)) /
            you divided the squares by their number. The mean was taken from the same
            few differences, so divide by one less, as `statistics.stdev` does
        stdev(gaps) / math.sqrt -> stdev(gaps) ** 2 / math.sqrt
            this is made of the variance. Take its root, the standard deviation
        math.sqrt(len(gaps)) -> math.sqrt(len(ours))
            you divided by the root of all seeds of `ours`. Count only those that both
            have
        fmean(gaps), stdev -> gaps, stdev
            you returned all differences. Return their mean
        fmean(gaps), stdev -> sum(gaps), stdev
            this is the sum of the differences. Divide it by their number
        ... -> (paired(ours, theirs)[1], paired(ours, theirs)[0])
            the two numbers are exchanged: first the mean, then its standard error
        ... -> paired(ours, theirs)[0]
            the standard error is missing. Return two numbers
    """,
)

# The rate that is chosen, and what choosing it on the test would gain.


def honest(trials):
    best = max(trials, key=lambda trial: trial[1])
    flattered = max(test for _, _, test in trials)
    return best[2], flattered - best[2]


def trials():
    return [
        ([(0.1, 0.7, 0.6)],),
        ([(0.1, 0.7, 0.6), (0.3, 0.6, 0.65)],),
        ([(0.1, 0.6, 0.7), (0.3, 0.8, 0.62), (1.0, 0.7, 0.75)],),
        ([(3.0, 0.5, 0.9), (1.0, 0.9, 0.5), (0.1, 0.8, 0.95)],),
        ([(0.1, 0.7, 0.61), (0.3, 0.7, 0.66)],),
        ([(0.3, 0.75, 0.74), (0.1, 0.65, 0.5), (1.0, 0.6, 0.7)],),
    ]


HONEST = Exercise(
    name="honest-rate",
    verified="one rate and several, in any order, and a tie for the best one",
    cases=trials,
    right=honest,
    mistakes="""
        key=lambda trial: trial[1] -> key=lambda trial: trial[2]
            you chose the rate by the test. That's the very mistake that this exercise
            is about: choose it on the development examples
        key=lambda trial: trial[1] -> key=lambda trial: trial[0]
        max(trials, key=lambda trial: trial[1]) -> max(trials)
            you took the highest rate. Take the rate with the best accuracy on the
            development examples
        max(trials, key=lambda trial: trial[1]) -> min(trials)
            you took the lowest rate. Take the rate with the best accuracy on the
            development examples
        max(trials, key=lambda trial: trial[1]) -> min(trials, \
            key=lambda trial: trial[1])
            you took the rate that is worst on the development examples
        max(trials, key=lambda trial: trial[1]) -> max(trials[::-1], \
            key=lambda trial: trial[1])
            in a tie on the development examples, take the trial that comes first
        max(trials, key=lambda trial: trial[1]) -> trials[0]
            you took the first trial. Take the one that is best on the development
            examples
        return best[2], flattered -> return best[1], flattered
        and flattered - best[2] -> flattered - best[1]
        return best[2], flattered -> return best[1], flattered
            you reported the accuracy on the development examples. Report the one on the
            test
        return best[2], flattered -> return best[0], flattered
            this is a rate. Return its accuracy on the test
        flattered - best[2] -> flattered - best[1]
            the gain is the difference of two accuracies on the test, and the second of
            yours is on the development examples
        flattered - best[2] -> flattered - best[0]
            you subtracted a rate. Subtract the accuracy on the test that is reported
        flattered - best[2] -> best[2] - flattered
            the gain has the wrong sign: choosing on the test never loses
        flattered - best[2] -> flattered
            this is the best accuracy on the test. The gain is how much it is above the
            one that is reported
        flattered - best[2] -> flattered + best[2]
            you added the two accuracies. The gain is their difference
        flattered - best[2] -> best[2]
            you returned the same accuracy twice. The second number is the gain
        max(test for _, _, test in trials) -> min(test for _, _, test in trials)
            you took the worst accuracy on the test. Whoever chooses on the test takes
            the best one
        max(test for _, _, test in trials) -> max(dev for _, dev, _ in trials)
            you took the best accuracy on the development examples. Whoever chooses on
            the test takes the best one there
        ... -> honest(trials)[0]
            the gain is missing. Return two numbers
    """,
)

# How often chance alone does as much.


def by_chance(gaps):
    seen = abs(sum(gaps))
    extreme = 0
    for signs in product((1, -1), repeat=len(gaps)):
        flipped = sum(s * gap for s, gap in zip(signs, gaps, strict=True))
        extreme += abs(flipped) >= seen
    return extreme / 2 ** len(gaps)


def drawn(gaps):
    """Whether each sum is at least as far from 0 in the same direction only."""
    seen, extreme = sum(gaps), 0
    for signs in product((1, -1), repeat=len(gaps)):
        extreme += sum(s * gap for s, gap in zip(signs, gaps, strict=True)) >= seen
    return extreme / 2 ** len(gaps)


def differences():
    return [
        ([3],),
        ([4, 2],),
        ([5, -1],),
        ([3, 4, 1],),
        ([2, -5, 1, 1],),
        ([4, 3, 6, 5, 8],),
        ([-4, -3, -6, 1, -8],),
        ([10, -2, 3, 0, 1],),
        ([0, 0, 0],),
        ([7, 1, -2, 4, 4, 3, -1],),
    ]


BY_CHANCE = Exercise(
    name="flipped-signs",
    verified="one difference to seven, negative ones and zeros",
    cases=differences,
    right=by_chance,
    mistakes="""
        abs(flipped) >= seen -> abs(flipped) > seen
            you counted only the sums that are further from 0. Those that are as far
            count too, and the signs as they are give one of them
        abs(flipped) >= seen -> abs(flipped) <= seen
            you counted the sums that are nearer to 0, or as near. Count those that are
            as far from it as the real one, or further
        abs(flipped) >= seen -> abs(flipped) < seen
            you counted the sums that are nearer to 0. Count those that are as far from
            it as the real one, or further
        abs(flipped) >= seen -> abs(flipped) == seen
            you counted only the sums that are as far from 0. Those that are further
            count too
        ... -> drawn(gaps)
            you looked in one direction only. Before you had the numbers, either model
            could have been the better one: compare absolute values
        seen = abs(sum(gaps)) -> seen = sum(gaps)
            the real sum may be negative. Compare absolute values, its own too
        abs(flipped) >= seen -> flipped >= seen
            a sum that is as far below 0 counts too: take its absolute value
        seen = abs(sum(gaps)) -> seen = abs(fmean(gaps))
            you compared sums with a mean. Compare sums with the sum, or means with the
            mean
        seen = abs(sum(gaps)) -> seen = sum(map(abs, gaps))
            this is the largest sum that there can be. Take the absolute value of the
            sum, not the sum of absolute values
        seen = abs(sum(gaps)) -> seen = max(map(abs, gaps))
            you compared with the largest difference. Compare with the sum of all
        product((1, -1), repeat=len(gaps)) -> product((1, 0), repeat=len(gaps))
        product((1, -1), repeat=len(gaps)) -> product((0, -1), repeat=len(gaps))
            you left differences out. Give each of them the factor 1 or -1
        product((1, -1), repeat=len(gaps)) -> product((1, -2), repeat=len(gaps))
        product((1, -1), repeat=len(gaps)) -> product((2, -1), repeat=len(gaps))
            a flipped sign leaves a difference as large as it was: the factors are 1 and
            -1
        s * gap -> gap
            no sign is ever flipped. Multiply each difference by its sign, 1 or -1
        sum(s * gap for s, gap in zip(signs, gaps, strict=True)) -> sum(signs)
            you added the signs. Multiply each difference by its sign, and add these
        s * gap -> s + gap
            you added the signs to the differences. Multiply by them
        extreme += abs(flipped) >= seen -> extreme = abs(flipped) >= seen
        extreme += abs(flipped) >= seen -> extreme -= abs(flipped) >= seen
            you have to count: add 1 for each way that gives a sum as large
        extreme += abs(flipped) >= seen -> pass
            nothing is counted
        extreme = 0 -> extreme = 1
            your count doesn't begin at 0. The signs as they are come up with the others
        extreme = 0 -> extreme = -1
            your count doesn't begin at 0. If you left out the signs as they are, count
            them: they are one way among the others
        extreme / 2 ** len(gaps) -> extreme
            this is a number of ways. Divide it by how many there are
        extreme / 2 ** len(gaps) -> extreme / len(gaps)
            you divided by the number of differences. There are 2 to that power ways of
            giving them signs
        extreme / 2 ** len(gaps) -> extreme / (2 * len(gaps))
            each difference doubles the number of ways, so it is 2 ** n, not 2 * n
        extreme / 2 ** len(gaps) -> (extreme - 1) / (2 ** len(gaps) - 1)
            the signs as they are count as one of the ways
        extreme / 2 ** len(gaps) -> extreme // 2 ** len(gaps)
            `//` rounds down. Divide with `/`
        2 ** len(gaps) -> 3 ** len(gaps)
            each difference has two signs, so the number of ways is a power of 2
        extreme / 2 ** len(gaps) -> 2 ** len(gaps) / extreme
            your fraction is upside down
        extreme / 2 ** len(gaps) -> extreme * 2 ** len(gaps)
            divide by the number of ways instead of multiplying by it
        extreme / 2 ** len(gaps) -> 2 ** len(gaps)
            this is the number of all ways. Which share of them gives a sum as far from
            0?
        extreme / 2 ** len(gaps) -> extreme / 2
            two is the number of signs. There are 2 ** n ways for n differences
    """,
)

# What an LSTM is made of.


def lstm_parameters(vocab, width, cells):
    gates = 4 * cells * (width + cells + 2)
    projection = (cells + 1) * width
    return vocab * width + gates + projection


def sizes():
    some = ((1, 1, 1), (5, 2, 3), (7, 8, 5), (50, 12, 20), (4096, 192, 484))
    return [
        (f"vocab {vocab:,}, width {width}, cells {cells}:", each)
        for each in some
        for vocab, width, cells in [each]
    ]


LSTM_PARAMETERS = Exercise(
    name="lstm-parameters",
    verified="LSTMs of 1 to 484 cells, the one of this chapter among them",
    cases=sizes,
    right=lstm_parameters,
    tolerance=1e-9,
    mistakes="""
        width + cells + 2 -> width + cells + 1
            PyTorch's LSTM has two biases for each number of a gate, one with each
            matrix
        width + cells + 2 -> width + cells
            the biases of the gates are missing. PyTorch's LSTM has two for each number
        width + cells + 2 -> width + cells + 3
            you counted three biases for each number of a gate. PyTorch's LSTM has two
        width + cells + 2 -> width + cells - 2
        width + cells + 2 -> width - cells + 2
            the parts of a gate add up, biases too
        4 * cells * (width + cells + 2) -> cells * (width + cells + 2)
        4 * cells -> 4 // cells
        4 * cells -> 4 / cells
            you counted one gate. There are four, each with a number for each cell
        4 * cells * -> 3 * cells *
            you counted three gates. There are four
        4 * cells * -> 5 * cells *
            you counted five gates. There are four
        width + cells + 2 -> width + width + 2
            a gate's second matrix reads the state, which has as many numbers as there
            are cells
        width + cells + 2 -> cells + cells + 2
            a gate's first matrix reads a vector of the embedding's size
        4 * cells * (width + cells + 2) -> width + cells + 2
            this is a gate with one cell. There are four gates, with as many cells as
            the state has numbers
        4 * cells * (width + cells + 2) -> 4 * (width + cells + 2)
            a gate has a number for each cell, and a row of its matrices for each number
        width + cells + 2 -> width + 2
            the matrix that reads the state is missing
        width + cells + 2 -> cells + 2
            the matrix that reads the embedding's vector is missing
        width + cells + 2 -> 2
            both matrices of the gates are missing
        width + cells + 2 -> width * cells + 2
            each gate has two matrices. Add their sizes
        4 * cells * (width + cells + 2) -> 4 * cells / (width + cells + 2)
        4 * cells * (width + cells + 2) -> 4 * cells
            a gate has a row of both matrices, and two biases, for each cell: multiply
        4 * cells * (width + cells + 2) -> 4 * cells + (width + cells + 2)
            a gate has a row of both matrices, and two biases, for each cell: multiply
        (cells + 1) * width -> cells * width
            the projection's bias is missing
        (cells + 1) * width -> cells * (width + 1)
            the projection has a bias for each number that it gives, and it gives
            vectors of the embedding's size
        (cells + 1) * width -> (cells + 2) * width
            the projection has only one bias for each number that it gives
        (cells + 1) * width -> (cells - 1) * width
            the projection's bias comes on top of its matrix
        (cells + 1) * width -> (cells + 1) * cells
            the projection gives vectors of the embedding's size, not of the state's
        (cells + 1) * width -> width
        (cells + 1) * width -> 1 * width
            the projection's matrix is missing
        (cells + 1) * width -> cells + 1
        (cells + 1) * width -> (cells + 1) / width
            the projection has a row, and a bias, for each number that it gives:
            multiply by the embedding's size
        return vocab * width + gates + projection -> return gates + projection
            the embedding is missing. It's counted once, since the output uses the same
            matrix
        return vocab * width + gates -> return 2 * vocab * width + gates
            you counted the embedding twice. The output uses the same matrix
        return vocab * width + gates -> return vocab + gates
        return vocab * width + gates -> return width + gates
        return vocab * width + gates -> return vocab / width + gates
        return vocab * width + gates -> return vocab + width + gates
            the embedding has a row for each token, as wide as a vector: multiply
        return vocab * width + gates -> return vocab * cells + gates
            the embedding's rows have the embedding's size, not the state's
        return vocab * width + gates + projection -> return vocab * width + gates
            the projection back to the embedding's size is missing
        return vocab * width + gates + projection -> return vocab * width + projection
            the four gates are missing
        return vocab * width + gates + projection \
            -> return vocab * width + gates - projection
        return vocab * width + gates + projection \
            -> return vocab * width - gates + projection
            all parts add up
        return vocab * width + gates + projection -> return projection
            you returned the projection alone. Add the embedding and the gates
        return vocab * width + gates + projection -> return vocab * width
            you returned the embedding alone. Add the gates and the projection
    """,
)

EXERCISES = (PAIRED, HONEST, BY_CHANCE, LSTM_PARAMETERS)
