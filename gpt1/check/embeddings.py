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
            the diagonal is in your mean: each row meets itself there, with a cosine of
            1, and only different rows count
        F.normalize(table[rows], dim=1) -> table[rows]
            these are dot products, which grow with the lengths; a cosine is between
            rows of length 1
        F.normalize(table[rows], dim=1) -> F.normalize(table[rows], dim=0)
            you made the columns as long as 1; the cosine is between rows, dim=1
        table[rows] -> table
        and len(rows) -> len(table)
            you took all rows of the table; only those in rows count
        table[rows] -> table
            you took the cosines of all rows of the table; only those in rows count
        cosines.sum() - count -> cosines.sum()
            the diagonal is in your sum but not in what you divide by: take the cosines
            of rows with themselves out, 1 for each
        count * (count - 1) -> count * count
            the diagonal is in what you divide by but not in your sum: count * (count -
            1) pairs of different rows are left
        count * (count - 1) -> count * (count - 1) / 2
            your result is twice too large: the sum has every pair twice, so divide by
            count * (count - 1)
        count * (count - 1) -> count - 1
        count * (count - 1) -> count
            this is a sum over the partners of a row; divide by the number of pairs,
            count * (count - 1)
        (cosines.sum() - count) / (count * (count - 1)) -> cosines
            this is a table of cosines; the mean of those of different rows is asked for
        (cosines.sum() - count) / (count * (count - 1)) -> cosines.sum() - count
            this is the sum of the cosines of different rows; divide by their number
        (cosines.sum() - count) / -> (count - cosines.sum()) /
        count - 1 -> 1 - count
            the sign is turned: rows that point the same way have a cosine above 0
        unit @ unit.T -> unit.T @ unit
        unit @ unit.T -> unit @ unit
        unit @ unit.T -> unit.T
        unit @ unit.T -> unit
            the cosines of rows with rows are unit @ unit.T
        (cosines.sum() - count) / (count * (count - 1)) -> (count * (count - 1))
        (cosines.sum() - count) / -> count /
            the cosines are not used; their sum is divided by the number of pairs
        / (count * (count - 1)) -> // (count * (count - 1))
            you divide with //, which rounds down; divide with /
        cosines.sum() -> cosines.mean()
            you take the mean and divide again; take the sum
        - count) -> + count)
            you added the diagonal once more; it has to be taken out of the sum
        count - 1 -> count + 1
            a row has count - 1 partners, not count + 1
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
    verified="every window gets the same position rows, from place 0 on",
    cases=states,
    right=first_state,
    mistakes="""
        ids.size(1)] -> ids.size(0), None]
        positions[: ids.size(1)] -> positions[: ids.size(0)][:, None]
            you gave a position to each window; each place in a window has one
        positions[: ids.size(1)] -> positions[ids.clamp(max=len(positions) - 1)]
            you looked up positions by the token's id; a position is a place, 0, 1, 2
        + positions[: ids.size(1)] ->
            the positions are missing
        tokens[ids] + ->
            the tokens are missing
        positions[: ids.size(1)] -> positions[-ids.size(1) :]
            these are the last positions; a window begins at position 0
        positions[: ids.size(1)] -> positions
        ids.size(1)] -> ids.size(1) + 1]
            you took more positions than a window has places: it has ids.size(1)
        ids.size(1)] -> ids.size(1) - 1]
            you took fewer positions than a window has places: it has ids.size(1)
        positions[: ids.size(1)] -> positions[0]
            every place got position 0
        positions[: ids.size(1)] -> positions[ids.size(1) - 1]
            every place got the last position
        positions[: ids.size(1)] -> positions[: ids.size(1)].flip(0)
            your positions count backwards
        tokens[ids] + positions -> tokens[ids] * positions
            you multiplied; the two rows are added
        tokens[ids] + positions -> tokens[ids] - positions
            you subtracted the position; the two rows are added
        ids.size(1)] -> ids.size(0)]
            size(0) is the batch; a window has size(1) places
        ... -> beside(ids, tokens, positions)
            you put token and position side by side; they are added
        ... -> (tokens[ids] + positions[: ids.size(1)])[0]
            this is the first window alone
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
    verified="a row gets the sum over all places where it was read, others get zeros",
    cases=looked_up,
    right=table_gradient,
    mistakes="""
        ... -> last_wins(ids, gradient, vocab)
            of two equal ids the last one wins: result[ids] writes a row once for each
            place, and what counts is the last; a row gets the sum
        ... -> last_wins(ids.flip(0), gradient.flip(0), vocab)
            of two equal ids the first one wins; a row gets the sum over all places
        index_add(0, ids, gradient) \
            -> index_add(0, ids, gradient / ids.bincount()[ids, None])
            you took the mean over the places where a token stood; a row gets the sum
        ids, gradient) -> ids, torch.ones_like(gradient))
            every place sends back ones in yours, as in the chapter's figure; here the
            place sends back its row of gradient
        ... -> gradient
            this has a row for each place; a gradient has the shape of what it belongs
            to, the table: (vocab, width)
        zeros(vocab -> zeros(ids.max() + 1
            your table ends at the largest id that was read; it has vocab rows
        ids, gradient) -> ids, gradient)[ids.unique()]
            this has a row for each different id; the table has vocab rows, and those
            that were not read get zeros
        ids, gradient) -> ids, gradient).T
            rows and columns are exchanged: the table is (vocab, width)
        ... -> gradient.sum(0).expand(vocab, -1)
            every row got the sum over all places; a row's own places count
        ids, gradient) -> ids, -gradient)
            the sign is turned: this is the way downhill, the gradient points uphill
        .index_add(0, ids, gradient) ->
            every row is 0 in yours: add to it what its places send back
        zeros -> ones
            your rows start at 1; start at 0, where those stay that were not read
    """,
)


# Positions from sines.


def sine_positions(context, width):
    rates = 10000 ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(context)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


SINE_POSITIONS = Exercise(
    name="sine-positions",
    verified="sines in even columns, cosines in odd ones, each pair slower than the "
    "one before",
    cases=lambda: [(1, 2), (3, 2), (2, 4), (7, 6), (30, 10), (500, 16)],
    right=sine_positions,
    tolerance=1e-3,
    mistakes="""
        [angles.sin(), angles.cos()] -> [angles.cos(), angles.sin()]
            sines and cosines are exchanged: the even columns, from 0 on, are sines
        angles.cos() -> angles.sin()
            there are no cosines in yours: the odd columns are cosines
        angles.sin() -> angles.cos()
            there are no sines in yours: the even columns are sines
        torch.stack -> torch.cat
            you put all sines first and all cosines after them; here they alternate
        angles.sin(), angles.cos() -> angles, angles.cos()
        angles.sin(), angles.cos() -> angles.sin(), angles
            half of your columns are the angles themselves: take their sine or cosine
        angles.sin(), angles.cos() -> angles.sin()
        angles.sin(), angles.cos() -> angles.cos()
            you have one column for each pair; there are two, a sine and a cosine
        .flatten(1) ->
        flatten(1) -> flatten(2)
            there is an axis too many: the two of a pair are columns side by side, and
            flatten(1) puts them there
        flatten(1) -> flatten(0)
        flatten(1) -> flatten()
            everything is in one row; each position has a row of its own
        dim=-1 -> dim=1
        dim=-1 -> dim=-2
            you put all sines first and all cosines after them; here they alternate
        dim=-1 -> dim=0
        dim=-1 -> dim=-3
            rows and pairs are mixed up: the sine and the cosine of an angle go side by
            side, dim=-1
        torch.arange(0, width, 2) / width -> torch.arange(width // 2) / width
            your exponent is i / d; it is 2i / d, where 2i is an even column's number
        torch.arange(0, width, 2) / width -> torch.arange(1, width, 2) / width
            your exponent comes from the odd columns; both of a pair have 2i / d
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 2)
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 2) * width
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 2) // width
            the exponent is 2i / d, a fraction below 1
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 3) / width
        torch.arange(0, width, 2) / width -> torch.arange(0, width) / width
        torch.arange(0, width, 2) / width -> torch.arange(0, width, 1) / width
            there is one rate for each pair of columns, at 2i = 0, 2, 4
        -torch.arange(0 -> torch.arange(0
        * rates -> / rates
            your angles grow with the column: position t is divided by 10000 to the 2i /
            d, so the exponent has a minus
        10000 ** (-torch.arange(0, width, 2) / width) \
            -> 10000 * (-torch.arange(0, width, 2) / width)
        10000 ** (-torch.arange(0, width, 2) / width) \
            -> -torch.arange(0, width, 2) / width
            10000 has the exponent -2i / d: it is raised to that power
        10000 ** (-torch.arange(0, width, 2) / width) -> 10000
        10000 ** (-torch.arange(0, width, 2) / width) -> 10000 ** width
            every pair of columns has the same rate in yours; they are slower and slower
        * rates ->
        * rates -> * 1
            the rates are not used: every pair of columns turns equally fast
        10000 -> 1000
        10000 -> 100000
        10000 -> 10001
        10000 -> 9999
            the number under the exponent is 10000
        torch.arange(context)[:, None] -> torch.arange(1, context + 1)[:, None]
            your first position is 1; positions begin at 0
        torch.arange(context)[:, None] * rates -> rates
            the positions are not used: an angle is position times rate
        * rates -> * rates.deg2rad()
            your angles are in degrees; they are in radians
        ... -> sine_positions(context, width).T
            rows and columns are exchanged: a position is a row, (context, width)
    """,
)


EXERCISES = (LIKENESS, FIRST_STATE, TABLE_GRADIENT, SINE_POSITIONS)
