"""Exercises about fine-tuning: its loss, its sequences, its head, and its labels."""

import math

import torch

from gpt1.check.exercise import Exercise

# The loss of a batch, of a label's loss and a language model's.


def l3(label_losses, token_losses, weight):
    means = [sum(each) / len(each) for each in token_losses]
    task = sum(label_losses) / len(label_losses)
    return task + weight * sum(means) / len(means)


L3 = Exercise(
    name="two-losses",
    verified="sequences of unequal length, and more sequences than labels",
    cases=lambda: [
        ([1.0], [[2.0, 4.0]], 0.5),
        ([0.0, 3.0], [[6.0], [2.0, 1.0, 3.0]], 0.5),
        ([0.5, 0.25], [[4.0, 5.0], [3.0], [1.0, 1.0, 4.0], [9.0]], 0.25),
        ([0.5, 0.7], [[1.0, 2.0, 6.0], [3.0]], 0.0),
    ],
    right=l3,
    mistakes="""
        ... -> sum(label_losses) / len(label_losses) + weight * sum(sum(each) for each \
            in token_losses) / sum(len(each) for each in token_losses)
            your language model's loss is one mean over all tokens, in which a long
            sequence counts more. Take the mean of each sequence first, then the mean of
            these
        sum(means) / len(means) -> sum(means) / len(label_losses)
            you divided the language model's part by the number of labels. Divide it by
            the number of sequences, which is larger for a choice
        sum(means) / len(means) -> sum(means)
        sum(means) / len(means) -> sum(means) * len(means)
            the language model's part is a sum over the sequences. Take their mean
        sum(each) / len(each) -> sum(each)
        sum(each) / len(each) -> sum(each) * len(each)
            you added up the tokens of each sequence. Take their mean
        sum(label_losses) / len(label_losses) -> sum(label_losses)
        sum(label_losses) / len(label_losses) -> sum(label_losses) * len(label_losses)
            you added up the losses of the labels. Take their mean
        weight * ->
            you left out the weight of the language model's part
        task + weight * sum(means) -> weight * task + sum(means)
            your weight multiplies the labels' part. It belongs to the language model's
        task + weight * sum(means) -> (1 - weight) * task + weight * sum(means)
            you shared the weight between the two parts. The labels' part counts in full
        task + weight * sum(means) / len(means) \
            -> weight * (task + sum(means) / len(means))
            your weight multiplies both parts. The labels' part counts in full
        task + weight * sum(means) -> (task + weight * sum(means))
            you divided the labels' part by the number of sequences too. Divide only the
            language model's
        weight * sum(means) / len(means) -> len(means)
        weight * sum(means) / len(means) -> weight / len(means)
            the means of the sequences are missing from the language model's part
        weight * sum(means) -> weight / sum(means)
            you divided by the sum of the means. Their mean is the sum divided by their
            number
        task + ->
            the labels' part is missing
        ... -> sum(label_losses) / len(label_losses)
            the language model's part is missing
        task + weight -> task - weight
            you subtracted the language model's part. Both parts should be small, so add
            them
        weight * sum(means) -> sum(means) / weight
        ... -> l3(label_losses, token_losses, 1 / weight)
            you divided by the weight. Multiply by it
        sum(each) / len(each) -> sum(each) // len(each)
        sum(label_losses) / len(label_losses) \
            -> sum(label_losses) // len(label_losses)
        sum(means) / len(means) -> sum(means) // len(means)
            a mean is rounded down. Divide with / instead of //
        sum(each) / len(each) -> len(each) / sum(each)
        sum(label_losses) / len(label_losses) -> len(label_losses) / sum(label_losses)
        sum(means) / len(means) -> len(means) / sum(means)
            a mean is upside down. Divide the sum by the number
        sum(each) / len(each) -> len(each)
        sum(label_losses) / len(label_losses) -> len(label_losses)
        sum(means) / len(means) -> len(means)
            you took a number of things where their mean belongs. Divide their sum by it
    """,
)

# Two texts that have to fit into a context together.


def fit(first, second, room):
    first, second = list(first), list(second)
    while len(first) + len(second) > room:
        longer = first if len(first) > len(second) else second
        longer.pop()
    return first, second


def texts():
    """Two texts and a room: one too long, or both, or neither."""
    sizes = [(2, 3, 4), (5, 1, 4), (1, 5, 4), (2, 2, 4), (2, 1, 4), (9, 4, 8)]
    sizes += [(4, 9, 8), (6, 6, 5), (3, 3, 4), (0, 7, 4), (7, 0, 4)]
    return [
        (list(range(10, 10 + one)), list(range(30, 30 + other)), room)
        for one, other, room in sizes
    ]


def and_what_was_given(answer, first, second, room):
    """The texts returned, and the lists given, which are somebody else's."""
    returned = answer(first, second, room)
    if returned is None:
        return None
    return {"the two texts": returned, "the lists you were given": [first, second]}


FIT = Exercise(
    name="longest-first",
    verified="texts that fit, one that is too long, both, equal ones, and empty ones; "
    "the lists given stay as they are",
    cases=texts,
    right=fit,
    observe=and_what_was_given,
    mistakes="""
        first, second = list(first), list(second) -> pass
        list(first), list(second) -> first, list(second)
        list(first), list(second) -> list(first), second
            the texts are right, but you changed the lists that you were given. Work on
            copies
        ... -> (first[: room // 2], second[: room // 2])
            you gave each text half of the room, as the released code does. A short text
            leaves some of its half unused: give it to the other
        len(first) > len(second) -> len(first) >= len(second)
            where both are equally long, cut the second
        len(first) > len(second) -> len(first) < len(second)
            you cut the shorter text, or the first where both are equally long. Cut the
            longer one, and the second where they are equal
        len(first) + len(second) > room -> len(first) + len(second) >= room
            you cut one token too many. Texts that fill the room exactly fit
        longer = first if len(first) > len(second) else second -> longer = second
        ... -> (first, second[: max(room - len(first), 0)])
        ... -> (first, second[: room - len(first)])
            you always cut the second text. Cut whichever is longer at the time
        longer = first if len(first) > len(second) else second -> longer = first
        ... -> (first[: max(room - len(second), 0)], second)
        ... -> (first[: room - len(second)], second)
            you always cut the first text. Cut whichever is longer at the time
        longer.pop() -> longer.pop(0)
            you cut a text at its beginning. Cut it at its end
        longer.pop() -> longer.pop(1)
            you cut the token at place 1. Cut the last one
        while len(first) + len(second) > room \
            -> for _ in range(int(len(first) + len(second) > room))
            you cut at most one token. Go on until both texts fit
        ... -> fit(second, first, room)[::-1]
            where both are equally long, cut the second
        ... -> fit(first, second, room)[0] + fit(first, second, room)[1]
            this is one list. Return the two texts apart
        return first, second -> return second, first
            you've swapped the two texts
        ... -> (first[:room], second[:room])
        len(first) + len(second) > room -> max(len(first), len(second)) > room
            each text fits by itself, but both together don't
        len(first) + len(second) > room -> len(first) > room
        len(first) + len(second) > room -> len(second) > room
        len(first) + len(second) > room -> len(first) - len(second) > room
        len(first) + len(second) > room -> len(second) - len(first) > room
            you looked at the texts one by one. It's their lengths together that have to
            fit into the room
        ... -> (first, second)
        len(second) > room -> len(second) < room
            nothing is cut. Cut a token at a time until both texts fit
        return first, second -> return first
        return first, second -> return second
            this is only one of the texts. Return both
    """,
)

# The state that the head reads.


def read_out(hidden, ids, extract):
    places = (ids == extract).int().argmax(-1)
    rows = torch.arange(len(ids), device=ids.device)
    return hidden[rows, places]


def states():
    """Rows of unequal length, whose extract token has another place in each."""

    def case(*lengths, time, extract=9):
        dice = torch.Generator().manual_seed(len(lengths))
        ids = torch.zeros(len(lengths), time, dtype=torch.long)
        for row, length in enumerate(lengths):
            ids[row, :length] = torch.randint(3, 9, (length,), generator=dice)
            ids[row, length - 1] = extract
        hidden = torch.randn(len(lengths), time, 3, generator=dice)
        return hidden, ids, extract

    simple = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])
    return [
        ("ids [[4, 9, 0]] and extract 9:", (simple, torch.tensor([[4, 9, 0]]), 9)),
        ("two rows, of 3 and of 5 tokens:", case(3, 5, time=5)),
        ("three rows of 2, 6 and 4 tokens:", case(2, 6, 4, time=7)),
        ("two rows, and 2 as the extract token:", case(6, 3, time=8, extract=2)),
    ]


READ_OUT = Exercise(
    name="read-out",
    verified="rows of unequal length, with padding after the extract token",
    cases=states,
    right=read_out,
    mistakes="""
        ... -> hidden[:, -1]
            you read the last column. In all but the longest row, that's the state at a
            pad
        ... -> hidden[:, 0]
        argmax -> argmin
        == extract -> != extract
            you read the first column. At position 0, the model has seen only the start
            token
        ... -> hidden.mean(1)
            this is the mean over all positions. Read one of them, at the extract token
        ... -> hidden[torch.arange(len(ids)), (ids == extract).int().argmax(-1) - 1]
            you read the position before the extract token
        ... -> hidden[torch.arange(len(ids)), (ids == extract).int().argmax(-1) + 1]
            you read the position after the extract token
        ... -> hidden[torch.arange(len(ids)), ids.argmax(-1)]
            you read at the largest id. That's the extract token only as long as no
            other id is larger
        ... -> hidden[:, (ids == extract).int().argmax(-1)]
        hidden[rows, places] -> hidden[:, places]
            you took every row's place in every row. Take one place from each row, by
            pairing the places with torch.arange
        ... -> hidden[0, (ids == extract).int().argmax(-1)]
            you read all states in the first row. Pair each place with its own row
        argmax(-1) -> argmax(0)
            you searched along the batch. The tokens of a row are along the last axis
        ... -> (ids == extract).int().argmax(-1)
        hidden[rows, places] -> places
            these are the places. Return the states at them
        hidden[rows, places] -> hidden[rows]
        hidden[rows, places] -> hidden
            these are the states at all positions. Take the one at the extract token
        ... -> hidden[ids == extract][:, None]
            there is an axis too many. The result is (batch, width)
        hidden[rows, places] -> rows
            these are the numbers of the rows. Return the states
    """,
)

# A score between two classes.


def between(scores, classes):
    numbers = torch.arange(classes, device=scores.device)
    distance = (numbers - scores[:, None]).abs()
    return (1 - distance).clamp(min=0)


BETWEEN = Exercise(
    name="soft-labels",
    verified="whole scores, scores between two classes, and both ends of the scale",
    cases=lambda: [
        (torch.tensor([1.25]), 3),
        (torch.tensor([0.0, 2.0]), 3),
        (torch.tensor([2.25, 0.5, 4.9, 5.0]), 6),
        (torch.tensor([3.6, 0.1, 3.0]), 5),
    ],
    right=between,
    mistakes="""
        ... -> torch.nn.functional.one_hot(scores.round().long(), classes).float()
            you rounded each score to the nearest class. A score between two classes is
            shared by both
        ... -> torch.nn.functional.one_hot(scores.floor().long(), classes).float()
            you rounded each score down. A score between two classes is shared by both
        .clamp(min=0) ->
        clamp(min=0) -> clamp(min=-1)
            some shares are below 0. Classes more than 1 away from the score have the
            share 0
        clamp(min=0) -> clamp(min=1)
        clamp(min=0) -> clamp(max=0)
            your shares stop at the wrong end. The smallest share is 0
        1 - distance -> distance
        (1 - distance).clamp(min=0) -> distance.clamp(max=1)
        (1 - distance).clamp(min=0) -> distance
            the nearer a class is, the smaller is your share of it. A distance of 0
            should give the whole share, 1
        .abs() ->
            the distance to a class below the score is negative. Take its absolute value
        (1 - distance).clamp(min=0) -> (-distance).softmax(-1)
            you made the shares by a softmax. Only the two classes beside the score
            share it, in straight proportion
        (1 - distance).clamp(min=0) -> (1 - distance.square()).clamp(min=0)
            your shares don't add up to 1. They fall in a straight line with the
            distance
        ... -> between(scores, classes).flip(-1)
        ... -> between(scores.ceil() + scores.floor() - scores, classes)
            the two classes have each other's shares. The nearer one gets the larger
        1 - distance -> 1 + distance
        1 - distance -> distance - 1
            the share falls with the distance: it is 1 minus the distance
        1 - distance -> 2 - distance
        1 - distance -> 0 - distance
            a class that the score hits exactly should get the share 1
        numbers - scores[:, None] -> numbers + scores[:, None]
            you added class and score. Their distance is the difference
        numbers - scores[:, None] -> numbers
            this is each class's distance from 0. Take its distance from the score
        numbers - scores[:, None] -> scores[:, None]
            this is each score's distance from 0. Take its distance from the class
        ... -> between(scores, classes + 1)[:, 1:]
        torch.arange(classes, -> torch.arange(1, classes + 1,
            your classes begin at 1. The scale begins at 0
        ... -> between(scores, classes).T
            rows and columns are swapped. The result is (batch, classes)
    """,
)

# How many labels an accuracy takes.


def labels_needed(curve, accuracy):
    (before, low), *rest = curve
    if low >= accuracy:
        return before
    for labels, high in rest:
        if high >= accuracy:
            share = (accuracy - low) / (high - low)
            return before * (labels / before) ** share
        before, low = labels, high
    return math.inf


CURVE = [(30, 0.5), (100, 0.6), (300, 0.8), (1000, 0.85)]

NEEDED = Exercise(
    name="labels-needed",
    verified="at a point, between two, below the first, and beyond the last",
    cases=lambda: [
        ([(10, 0.5), (1000, 0.7)], 0.6),
        (CURVE, 0.6),
        (CURVE, 0.75),
        (CURVE, 0.83),
        (CURVE, 0.5),
        (CURVE, 0.4),
        (CURVE, 0.85),
        (CURVE, 0.9),
        ([(30, 0.5), (100, 0.7), (300, 0.6), (1000, 0.8)], 0.65),
    ],
    right=labels_needed,
    mistakes="""
        before * (labels / before) ** share -> before + (labels - before) * share
            you drew the line over the labels themselves. Over the logarithm of the
            labels, the middle between 10 and 1,000 is 100
        return math.inf -> return before
        return math.inf -> return None
        return math.inf -> pass
            where the curve never gets so high, return math.inf
        before * (labels / before) ** share -> labels
            this is the next number of labels that was measured. Go along the line
            between the two neighbours
        before * (labels / before) ** share -> before
            this is the last number of labels before the accuracy is reached. Go along
            the line between the two neighbours
        (accuracy - low) / (high - low) -> (high - accuracy) / (high - low)
            you went along the line from its far end. At the lower accuracy, the share
            of the way is 0
        return before * (labels / before) ** share \
            -> return math.exp(before * (labels / before) ** share)
        before * (labels / before) ** share \
            -> math.log(before) + share * math.log(labels / before)
            this is the logarithm of the number of labels. Take its exponential
        before * (labels / before) ** share -> before + (labels / before) ** share
        (labels / before) ** share -> labels ** share
        (labels / before) ** share -> before ** share
        (labels / before) ** share -> (labels * before) ** share
        (labels / before) ** share -> (labels // before) ** share
        before * (labels / before) ** share -> (labels / before) ** share
            your labels aren't on the line. Along it, the labels at its beginning are
            multiplied by a power of the ratio of the two numbers of labels
        before * (labels / before) ** share -> before * (labels / before) * share
            you multiplied by the share of the way. On a logarithmic axis it's an
            exponent
        (labels / before) ** share -> (before / labels) ** share
            your line goes to fewer labels. The next point has more
        / (high - low) ->
        / (high - low) -> / high
        / (high - low) -> / low
        (accuracy - low) / (high - low) -> high - low
        (accuracy - low) / (high - low) -> (accuracy - low) * (high - low)
        (accuracy - low) / (high - low) -> (accuracy - low) / (high + low)
            the share of the way is the accuracy gained so far, divided by all that this
            piece of the line gains, high - low
        (accuracy - low) / (high - low) -> (high - low) / (accuracy - low)
            the share of the way is upside down. It should be between 0 and 1
        (accuracy - low) / (high - low) -> (accuracy - low) // (high - low)
            the share of the way is rounded down to 0. Divide with / instead of //
        accuracy - low -> accuracy
        accuracy - low -> low
        accuracy - low -> accuracy + low
            the share of the way is measured from the lower accuracy of this piece, so
            subtract that
        if low >= accuracy: return before -> pass
            the first point may be high enough already. Then return its labels
        before, low = labels, high -> pass
            every piece of your line starts at the first point. Go on from the point
            before
        high >= accuracy -> high > accuracy
            a point that is exactly as high reaches the accuracy
        if low >= accuracy: return before -> return before
            you always return the first number of labels. Do so only if its accuracy is
            high enough
        high >= accuracy -> True
            you only look at the first two points. Go on to the next, as long as the
            accuracy isn't reached
        low >= accuracy -> low <= accuracy
            you return the first point if it's below the accuracy. It's the other way
            round
    """,
)


EXERCISES = (L3, FIT, READ_OUT, BETWEEN, NEEDED)
