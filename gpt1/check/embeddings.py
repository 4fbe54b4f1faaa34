"""Exercises about embeddings and positions."""

import torch
from torch.nn import functional as F

from gpt1.check.exercise import Exercise

# How alike is a group?


def likeness(table, rows):
    unit = F.normalize(table[rows], dim=1)
    cosines = unit @ unit.T
    count = len(rows)
    return (cosines.sum() - count) / (count * (count - 1))


def groups():
    dice = torch.Generator().manual_seed(3)

    def random(vocab, width):
        return torch.randn(vocab, width, generator=dice)

    corner = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]])
    return [
        ("rows [1, 0] and [0, 2] of a table:", (corner, [0, 1])),
        ("rows [1, 0] and [3, 3] of a table:", (corner, [0, 2])),
        ("rows 0, 1 and 2 of a table of 3:", (corner, [0, 1, 2])),
        ("rows 1, 4, 5 and 2 of a table of 7:", (random(7, 3), [1, 4, 5, 2])),
        ("rows 6 and 3 of a table of 11:", (random(11, 5) + 1, [6, 3])),
        ("all rows of a table of 5:", (random(5, 13), [0, 1, 2, 3, 4])),
    ]


def mean_of_all(table, rows):
    unit = F.normalize(table[rows], dim=1)
    return (unit @ unit.T).mean()


LIKENESS = Exercise(
    name="likeness",
    verified="the mean cosine of different rows, whatever their lengths",
    cases=groups,
    right=likeness,
    mistakes="""
        ... -> mean_of_all(table, rows)
        (cosines.sum() - count) / (count * (count - 1)) -> cosines.mean()
            your mean includes the diagonal, where each row meets itself with a cosine
            of 1. Use only pairs of different rows
        F.normalize(table[rows], dim=1) -> table[rows]
            these are dot products, which grow with the lengths of the rows. Normalise
            the rows to length 1 first, to get cosines
        F.normalize(table[rows], dim=1) -> F.normalize(table[rows], dim=0)
            you normalised the columns to length 1. The cosines are between rows, so use
            dim=1
        table[rows] -> table
        and len(rows) -> len(table)
            you used all the rows of the table. Use only those listed in rows
        table[rows] -> table
            you took the cosines of all the rows of the table. Use only those listed in
            rows
        cosines.sum() - count -> cosines.sum()
            your sum includes the diagonal, but your divisor doesn't. Subtract the
            cosines of the rows with themselves, 1 for each row
        count * (count - 1) -> count * count
            your divisor includes the diagonal, but your sum doesn't. There are count *
            (count - 1) pairs of different rows
        count * (count - 1) -> count * (count - 1) / 2
            your result is twice too large. The sum contains every pair twice, so divide
            by count * (count - 1)
        count * (count - 1) -> count - 1
        count * (count - 1) -> count
            you divided by too little. Divide the sum by the number of pairs of
            different rows, count * (count - 1)
        (cosines.sum() - count) / (count * (count - 1)) -> cosines
            this is a table of cosines. Return one number, the mean over the pairs of
            different rows
        (cosines.sum() - count) / (count * (count - 1)) -> cosines.sum() - count
            this is the sum over the pairs of different rows. Divide it by their number
        (cosines.sum() - count) / -> (count - cosines.sum()) /
        count - 1 -> 1 - count
            your sign is flipped. Rows that point the same way have a cosine above 0
        unit @ unit.T -> unit.T @ unit
        unit @ unit.T -> unit @ unit
        unit @ unit.T -> unit.T
        unit @ unit.T -> unit
            the cosines of all rows with one another are unit @ unit.T
        (cosines.sum() - count) / (count * (count - 1)) -> (count * (count - 1))
        (cosines.sum() - count) / -> count /
            you don't use the cosines. Divide their sum by the number of pairs
        / (count * (count - 1)) -> // (count * (count - 1))
            // rounds down. Divide with / instead
        cosines.sum() -> cosines.mean()
            you took the mean and then divided again. Start from the sum
        - count) -> + count)
            you added the diagonal a second time. Subtract it from the sum
        count - 1 -> count + 1
            you counted too many pairs. Each row has count - 1 partners, not count + 1
    """,
)


# The first state.


def first_state(ids, tokens, positions):
    return tokens[ids] + positions[: ids.size(1)]


def beside(ids, tokens, positions):
    rows = positions[: ids.size(1)].expand(len(ids), -1, -1)
    return torch.cat([tokens[ids], rows], dim=-1)


def states():
    dice = torch.Generator().manual_seed(5)

    def case(batch, time, vocab, context, width):
        ids = torch.randint(vocab, (batch, time), generator=dice)
        tokens = torch.randn(vocab, width, generator=dice)
        return ids, tokens, torch.randn(context, width, generator=dice)

    sizes = [(1, 1, 3, 2, 2), (1, 3, 5, 4, 2), (2, 3, 5, 7, 2), (2, 5, 11, 5, 3)]
    sizes += [(3, 3, 5, 7, 2)]  # where the wrong axis raises no error
    said = "a batch of {} and a time of {}, vocab {}, context {}, width {}:"
    return [(said.format(*size), case(*size)) for size in sizes]


FIRST_STATE = Exercise(
    name="first-state",
    verified="every window gets the same positions, starting at position 0",
    cases=states,
    right=first_state,
    mistakes="""
        ids.size(1)] -> ids.size(0), None]
        positions[: ids.size(1)] -> positions[: ids.size(0)][:, None]
            you gave each window a position. Give one to each place inside a window
        positions[: ids.size(1)] -> positions[ids.clamp(max=len(positions) - 1)]
            you looked up positions by the token's id. A position is a place in the
            window: 0, 1, 2 and so on
        + positions[: ids.size(1)] ->
            the positions are missing. Add them to the token embeddings
        tokens[ids] + ->
            the token embeddings are missing. Look them up and add them to the positions
        positions[: ids.size(1)] -> positions[-ids.size(1) :]
            you used the last positions. A window starts at position 0
        positions[: ids.size(1)] -> positions
        ids.size(1)] -> ids.size(1) + 1]
            you took more positions than a window has places. It has ids.size(1) of them
        ids.size(1)] -> ids.size(1) - 1]
            you took fewer positions than a window has places. It has ids.size(1) of
            them
        positions[: ids.size(1)] -> positions[0]
            every place got position 0. Give each place its own position
        positions[: ids.size(1)] -> positions[ids.size(1) - 1]
            every place got the last position. Give each place its own position
        positions[: ids.size(1)] -> positions[: ids.size(1)].flip(0)
            your positions count backwards. The first place has position 0
        tokens[ids] + positions -> tokens[ids] * positions
            you multiplied the two rows. Add them
        tokens[ids] + positions -> tokens[ids] - positions
            you subtracted the position. Add it to the token embedding
        ids.size(1)] -> ids.size(0)]
            you used size(0), which is the batch size. A window has size(1) places
        ... -> beside(ids, tokens, positions)
            you put token and position side by side. Add them instead
        ... -> (tokens[ids] + positions[: ids.size(1)])[0]
            this is only the first window. Return all of them
    """,
)


# The backward pass of a look-up.


def table_gradient(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(-1))
    return result.index_add(0, ids, gradient)


def last_wins(ids, gradient, vocab):
    result = torch.zeros(vocab, gradient.size(-1))
    for place, row in enumerate(ids.tolist()):
        result[row] = gradient[place]
    return result


def looked_up():
    dice = torch.Generator().manual_seed(4)

    def case(ids, width, vocab):
        return torch.tensor(ids), torch.randn(len(ids), width, generator=dice), vocab

    return [
        ("ids [1], vocab 3:", case([1], 2, 3)),
        ("ids [2, 0], vocab 4:", case([2, 0], 3, 4)),
        ("ids [1, 1], vocab 2:", case([1, 1], 2, 2)),
        ("ids [0, 1, 2, 3, 0, 4, 5], vocab 11:", case([0, 1, 2, 3, 0, 4, 5], 5, 11)),
        ("ids [3, 1, 3, 3, 1], vocab 5:", case([3, 1, 3, 3, 1], 3, 5)),
    ]


TABLE_GRADIENT = Exercise(
    name="table-gradient",
    verified="each row gets the sum over all the places where it was read, and the "
    "other rows get zeros",
    cases=looked_up,
    right=table_gradient,
    mistakes="""
        ... -> last_wins(ids, gradient, vocab)
            when two ids are equal, the last one overwrites the first, because
            result[ids] writes each row once per place. Add up all the places instead
        ... -> last_wins(ids.flip(0), gradient.flip(0), vocab)
            when two ids are equal, only the first one counts in yours. A row gets the
            sum over all its places
        index_add(0, ids, gradient) \
            -> index_add(0, ids, gradient / ids.bincount()[ids, None])
            you averaged over the places where a token came. A row gets the sum over
            them
        ids, gradient) -> ids, torch.ones_like(gradient))
            every place sends back ones, as in the chapter's figure. Here, each place
            sends back its own row of gradient
        ... -> gradient
            this has a row for each place. The gradient should have the shape of the
            table, (vocab, width)
        zeros(vocab -> zeros(ids.max() + 1
            your table ends at the largest id that was read. It needs vocab rows
        ids, gradient) -> ids, gradient)[ids.unique()]
            you returned a row only for each id that was read. Return all vocab rows,
            with zeros for the others
        ids, gradient) -> ids, gradient).T
            you've swapped rows and columns. The table is (vocab, width)
        ... -> gradient.sum(0).expand(vocab, -1)
            every row got the sum over all places. Add up only the places where that row
            was read
        ids, gradient) -> ids, -gradient)
            your sign is flipped. This points downhill, but a gradient points uphill
        .index_add(0, ids, gradient) ->
            every row is 0 in yours. Add to each row what its places send back
        zeros -> ones
            your rows start at 1. Start them at 0, because rows that were never read
            stay at 0
    """,
)


# Positions from sines.


def sine_positions(context, width):
    rates = 10000 ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(context)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


SINE_POSITIONS = Exercise(
    name="sine-positions",
    verified="sines in even columns, cosines in odd ones, and each pair slower than "
    "the one before",
    cases=lambda: [(1, 2), (3, 2), (2, 4), (7, 6), (30, 10), (500, 16)],
    right=sine_positions,
    tolerance=1e-3,
    mistakes="""
        [angles.sin(), angles.cos()] -> [angles.cos(), angles.sin()]
            you've swapped sines and cosines. The even columns, counting from 0, are
            sines
        angles.cos() -> angles.sin()
            there are no cosines in yours. The odd columns should be cosines
        angles.sin() -> angles.cos()
            there are no sines in yours. The even columns should be sines
        torch.stack -> torch.cat
            you put all the sines first and then all the cosines. They should alternate
        angles.sin(), angles.cos() -> angles, angles.cos()
        angles.sin(), angles.cos() -> angles.sin(), angles
            half of your columns are the bare angles. Take their sine or cosine
        angles.sin(), angles.cos() -> angles.sin()
        angles.sin(), angles.cos() -> angles.cos()
            you have one column for each pair. There should be two, a sine and a cosine
        .flatten(1) ->
        flatten(1) -> flatten(2)
            your result has one axis too many. The sine and cosine of a pair are columns
            side by side, which flatten(1) does
        flatten(1) -> flatten(0)
        flatten(1) -> flatten()
            everything is in one row. Each position should have its own row
        dim=-1 -> dim=1
        dim=-1 -> dim=-2
            you put all the sines first and then all the cosines. They should alternate
        dim=-1 -> dim=0
        dim=-1 -> dim=-3
            your rows and pairs are mixed up. Stack with dim=-1, so that the sine and
            cosine of an angle are side by side
        torch.arange(0, width, 2) / width -> torch.arange(width // 2) / width
            your exponent is i / d. It should be 2i / d, where 2i is the number of the
            even column
        torch.arange(0, width, 2) / width -> torch.arange(1, width, 2) / width
            your exponent uses the odd columns. Both columns of a pair use the even
            column's number, 2i / d
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 2)
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 2) * width
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 2) // width
            the exponent should be 2i / d, a fraction below 1
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 3) / width
        torch.arange(0, width, 2) / width -> torch.arange(0, width) / width
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 1) / width
            there should be one rate for each pair of columns, at 2i = 0, 2, 4 and so on
        -torch.arange(0 -> torch.arange(0
        * rates -> / rates
            your angles grow with the column number. Position t is divided by 10000 **
            (2i / d), so the exponent needs a minus sign
        10000 ** (-torch.arange(0, width, 2) / width) \
            -> 10000 * (-torch.arange(0, width, 2) / width)
        10000 ** (-torch.arange(0, width, 2) / width) \
            -> -torch.arange(0, width, 2) / width
            10000 should be raised to the power of -2i / d
        10000 ** (-torch.arange(0, width, 2) / width) -> 10000
        10000 ** (-torch.arange(0, width, 2) / width) -> 10000 ** width
            every pair of columns has the same rate in yours. Each pair should turn more
            slowly than the one before
        * rates ->
        * rates -> * 1
            you don't use the rates, so every pair of columns turns equally fast.
            Multiply the positions by them
        10000 -> 1000
        10000 -> 100000
        10000 -> 10001
        10000 -> 9999
            the base of the power should be 10000
        torch.arange(context)[:, None] -> torch.arange(1, context + 1)[:, None]
            your first position is 1. Positions start at 0
        torch.arange(context)[:, None] * rates -> rates
            you don't use the positions. An angle is a position times a rate
        * rates -> * rates.deg2rad()
            you treated the angles as degrees. They are already in radians
        ... -> sine_positions(context, width).T
            you've swapped rows and columns. Each position is a row: (context, width)
    """,
)


EXERCISES = (LIKENESS, FIRST_STATE, TABLE_GRADIENT, SINE_POSITIONS)
