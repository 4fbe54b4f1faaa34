"""Exercises about looking inside: an edit, a measure of a head, both ways to patch."""

import math

import torch

from gpt1.check.exercise import Exercise

# The mean instead of zero.


def mean_ablated(made, head):
    changed = made.clone()
    changed[:, head] = made[:, head].mean(dim=(0, 1))
    return changed


def what_heads_make():
    """Tensors (batch, heads, time, head_size), and the head that is meant."""
    dice = torch.Generator().manual_seed(0)
    small = torch.tensor([[1.0, 3.0], [5.0, 11.0]]).view(2, 1, 2, 1)
    shapes = [(2, 3, 5, 4, 1), (1, 2, 4, 3, 0), (3, 4, 2, 5, 3)]
    return [(small, 0)] + [
        (torch.randn(shape, generator=dice), head) for *shape, head in shapes
    ]


def look_at_both(answer, made, head):
    """What is returned, and whether what was given is as it was."""
    given = made.clone()
    found = answer(given, head)
    if found is None:
        return None
    return {"what you return": found, "what was given": given}


MEAN_ABLATED = Exercise(
    name="mean-ablated",
    verified="the head is at its mean over texts and positions, the others are as "
    "they were, and so is what was given",
    cases=what_heads_make,
    right=mean_ablated,
    observe=look_at_both,
    mistakes="""
        made[:, head].mean(dim=(0, 1)) -> 0
            you set the head to zero. Put its mean there
        dim=(0, 1) -> dim=1, keepdim=True
            this is the mean of each text by itself, which still tells one text from
            another. Take the mean over the texts, too: dim=(0, 1)
        dim=(0, 1) -> dim=0
            this is a mean over the texts for each position, so it still varies with
            the position. Take the mean over the positions, too: dim=(0, 1)
        .mean(dim=(0, 1)) -> .mean()
            you took the mean over everything, the numbers of a vector included. Each of
            the head_size numbers keeps a mean of its own: dim=(0, 1)
        .mean(dim=(0, 1)) -> .mean(dim=-1, keepdim=True)
        .mean(dim=(0, 1)) -> .mean(dim=2, keepdim=True)
            you averaged over the numbers of each vector. Average over texts and
            positions, and keep those numbers apart: dim=(0, 1)
        made[:, head].mean(dim=(0, 1)) -> made.mean(dim=1)
            this is the mean over the heads. Take that of the one head, over texts and
            positions
        made[:, head].mean(dim=(0, 1)) -> made.mean(dim=(0, 1, 2))
            this is the mean of all heads together. Pick the one head first:
            made[:, head]
        changed[:, head] = -> changed[:] =
            every head gets the mean. Change the one head only: changed[:, head]
        changed[:, head] -> changed[:, :, head]
        and made[:, head] -> made[:, :, head]
            you picked a position instead of a head. The axes are (batch, heads, time,
            head_size), so the heads are the second: made[:, head]
        changed[:, head] -> changed[head]
        and made[:, head] -> made[head]
            you picked a text instead of a head. The axes are (batch, heads, time,
            head_size), so the heads are the second: made[:, head]
        .mean(dim=(0, 1)) -> .sum(dim=(0, 1))
            this is the sum over texts and positions. Divide by how many there are, or
            use mean
        .mean(dim=(0, 1)) -> .median(dim=0).values.median(dim=0).values
            this is a median. Take the mean
        changed[:, head] = -> changed[:, head] -=
            you subtracted the mean, so only what varies is left. It's the other way
            round: leave the mean, and remove what varies
        changed[:, head] = -> changed[:, head] +=
            you added the mean to what the head makes. Put it in its place
        changed[:, head] = made[:, head].mean(dim=(0, 1)) -> pass
            nothing has changed: the head still makes what it made
        made.clone() -> made
            what was given has changed, too, since a second name for a tensor is no
            copy. Work on made.clone()
        ... -> made[:, head].mean(dim=(0, 1))
            this is the mean alone. Return a tensor of the shape of `made`, with the
            mean in the head's place
    """,
)


# How far from the truth.


def extra_surprise(p, q):
    pairs = zip(p, q, strict=True)
    return sum(a * math.log(a / b) for a, b in pairs if a > 0)


def two_distributions():
    return [
        ([0.5, 0.5], [0.9, 0.1]),
        ([0.5, 0.5], [0.5, 0.5]),
        ([1.0, 0.0], [0.25, 0.75]),
        ([0.7, 0.2, 0.1], [0.1, 0.3, 0.6]),
        ([0.0, 0.4, 0.6, 0.0], [0.1, 0.2, 0.3, 0.4]),
    ]


EXTRA_SURPRISE = Exercise(
    name="extra-surprise",
    verified="0 for the truth itself, more for anything else, also where something "
    "cannot happen",
    cases=two_distributions,
    right=extra_surprise,
    mistakes="""
        a * math.log(a / b) -> b * math.log(a / b)
            you weighed by what is believed. The mean is over what really happens, so
            weigh by p
        ... -> sum(b * math.log(b / a) for a, b in zip(p, q) if a > 0)
        zip(p, q, strict=True) -> zip(q, p, strict=True)
            the two are swapped: this is how far p is from q where q is true. Weigh by
            p, and put p above q
        math.log(a / b) -> math.log(b / a)
            the sign is wrong, or the fraction upside down: p belongs above q
        a * math.log(a / b) -> -a * math.log(b)
            this is the whole surprise, the cross-entropy. Subtract what the truth
            itself costs, or take the logarithm of p / q
        a * math.log(a / b) -> -a * math.log(a)
            this is what the truth itself costs, the entropy. Take the logarithm of
            p / q
        a * math.log(a / b) -> math.log(a / b)
            you forgot to weigh. Each logarithm counts as often as p says that it
            happens
        math.log(a / b) -> math.log2(a / b)
            these are bits. Nats have the natural logarithm, math.log
        a * math.log(a / b) -> abs(a * math.log(a / b))
            some of the terms are below 0, and have to stay so. Only their sum is never
            below 0
        a * math.log(a / b) -> a * (a / b)
            you forgot the logarithm
        a * math.log(a / b) -> (a - b) ** 2
            this is a squared distance. Take the logarithm of p / q, weighed by p
        math.log(a / b) -> math.log(a - b)
        math.log(a / b) -> math.log(a * b)
            inside the logarithm, divide p by q
        math.log(a / b) -> math.log(a + b)
            inside the logarithm, divide p by q
        math.log(a / b) -> math.log(a)
        math.log(a / b) -> math.log(b)
            the sign is wrong, and one of the two is missing in the logarithm: divide p
            by q
        ... -> extra_surprise(p, q) / len(p)
            you divided by how many there are. The weights p are a mean already
        a * math.log(a / b) -> a / math.log(a / b)
            you divided by the logarithm. Multiply it by p
        a * math.log(a / b) -> a + math.log(a / b)
            you added p to the logarithm. Multiply them
        a * math.log(a / b) -> a
            the sum of p alone is 1. Each has to be multiplied by the logarithm of p / q
        a > 0 -> a >= 0
        if a > 0 ->
            where p is 0, its logarithm doesn't exist, and nothing is to be added: what
            never happens costs nothing
        a > 0 -> a > 1
        a > 0 -> a < 0
            you left out what does happen. Leave out only where p is 0
    """,
)


# Who attends to what came after the same token.


def prefix_score(weights, ids):
    found = []
    for i, token in enumerate(ids):
        after = [j + 1 for j in range(i) if ids[j] == token]
        if after:
            found.append(weights[:, i, after].sum(dim=-1))
    return torch.stack(found).mean(dim=0)


def weights_and_ids():
    """Causal weights of some heads, and ids in which some come again."""
    dice = torch.Generator().manual_seed(1)
    found = []
    for heads, ids in [
        (1, [5, 8, 5]),
        (2, [4, 7, 9, 4, 7]),
        (3, [1, 2, 1, 3, 1, 2, 2, 6]),
        (2, [3, 3, 3, 8]),
    ]:
        scores = torch.randn(heads, len(ids), len(ids), generator=dice)
        future = torch.ones(len(ids), len(ids)).triu(1).bool()
        found.append((scores.masked_fill(future, -torch.inf).softmax(-1), ids))
    return found


PREFIX_SCORE = Exercise(
    name="prefix-score",
    verified="the weight on what followed the same token, several times or once, a "
    "mean over the positions whose token had occurred",
    cases=weights_and_ids,
    right=prefix_score,
    mistakes="""
        j + 1 for j -> j for j
            you added up the weight on the earlier occurrences themselves. It's the
            position after each of them that counts: j + 1
        j + 1 for j -> j - 1 for j
            you went one position back from the earlier occurrence. Go one on: j + 1
        j + 1 for j -> j + 2 for j
        ids[j] == token -> ids[j + 1] == token
        ids[j] == token -> ids[j - 1] == token
            you are one position too far, or short of it. The earlier occurrence is at
            j, where ids[j] is the token, and what follows it is at j + 1
        range(i) -> range(i - 1)
            you left out the position just before. It may have the same token, too:
            range(i)
        range(i) -> range(1, i)
            you left out position 0. It may be an earlier occurrence, too: range(i)
        weights[:, i, after].sum(dim=-1) -> weights[:, i, after].mean(dim=-1)
            where a token has occurred several times, you averaged over what followed.
            Add these weights up: together they are what the head gives
        weights[:, i, after].sum(dim=-1) -> weights[:, i, after[-1]]
            you took the last earlier occurrence only. Add up what follows each of them
        weights[:, i, after].sum(dim=-1) -> weights[:, i, after[0]]
            you took the first occurrence only. Add up what follows each of them
        weights[:, i, after].sum(dim=-1) -> weights[:, i, after].amax(dim=-1)
            you took the largest of the weights. Add them up
        weights[:, i, after] -> weights[:, after, i]
            you have query and key the wrong way round. Row i of the weights is what
            position i attends to: weights[:, i, after]
        torch.stack(found).mean(dim=0) -> torch.stack(found).sum(dim=0)
            this is the sum over the positions. Divide it by their number
        torch.stack(found).mean(dim=0) -> torch.stack(found).sum(dim=0) / len(ids)
            you divided by the number of all positions. Where a token is new there is
            nothing before it, so leave these positions out of the mean
        torch.stack(found).mean(dim=0) -> torch.stack(found).mean()
            this is one number for all heads. Keep the heads apart: mean(dim=0)
        torch.stack(found).mean(dim=0) -> torch.stack(found).mean(dim=-1)
        torch.stack(found).mean(dim=0) -> torch.stack(found).mean(dim=1)
            you averaged over the heads, which leaves a number for each position.
            Average over the positions: mean(dim=0)
        if after -> if not after
            you kept the positions whose token is new. Keep the others
        sum(dim=-1) -> sum(dim=0)
            you added up over the heads. Add up over the positions that follow, and keep
            the heads apart: sum(dim=-1)
        ids[j] == token -> ids[j] != token
            you looked for other tokens than the current one. Look for the same
        if ids[j] == token ->
            you took all earlier positions. Only those with the same token count
        j + 1 for j -> 1 for j
            you looked at position 1 each time. What follows the occurrence at j is at
            j + 1
        .sum(dim=-1) -> .sum()
            you added up over the heads, too. Keep them apart: sum(dim=-1)
    """,
)


# Denoising and noising.


def both_directions(gap, clean, corrupted, place):
    high, low = gap(clean), gap(corrupted)
    denoised, noised = corrupted.clone(), clean.clone()
    denoised[place] = clean[place]
    noised[place] = corrupted[place]
    restored = (gap(denoised) - low) / (high - low)
    lost = (high - gap(noised)) / (high - low)
    return restored, lost


def either(states):
    """Any row is enough."""
    return states[:, 0].max()


def every(states):
    """All rows are needed."""
    return states[:, 0].min()


def weighed(states):
    """Each row counts by itself, and the first two together once more."""
    sizes = torch.arange(1.0, len(states) + 1)
    return sizes @ states[:, 0] + 2 * states[0, 0] * states[1, -1]


def patches():
    """Gaps, clean and corrupted states, and the row that is meant."""
    dice = torch.Generator().manual_seed(2)
    one = torch.tensor([[9.0], [9.0]]), torch.tensor([[-8.0], [-8.0]])
    some = [torch.randn(2, 4, 3, generator=dice) for _ in range(3)]
    return [
        ("two rows of which either is enough, and place 0:", (either, *one, 0)),
        ("two rows that are both needed, and place 1:", (every, *one, 1)),
        *[
            (f"four rows of three numbers, and place {n}:", (weighed, *pair, n))
            for n, pair in enumerate(some)
        ],
    ]


def look_at_states(answer, gap, clean, corrupted, place):
    """What is returned, and whether the states are as they were."""
    given = clean.clone(), corrupted.clone()
    found = answer(gap, *given, place)
    if found is None:
        return None
    restored, lost = found
    return {
        "restored": restored,
        "lost": lost,
        "the clean states": given[0],
        "the corrupted states": given[1],
    }


BOTH_DIRECTIONS = Exercise(
    name="both-directions",
    verified="what a row restores and what is lost without it, where one row is "
    "enough, where all are needed, where they add up",
    cases=patches,
    right=both_directions,
    observe=look_at_states,
    mistakes="""
        return restored, lost -> return lost, restored
            the two are swapped. Restored comes first: corrupted states with the clean
            row
        denoised[place] = clean[place] -> denoised[place] = corrupted[place]
        and noised[place] = corrupted[place] -> noised[place] = clean[place]
            you put each row where it came from, so nothing has changed. The corrupted
            states get the clean row, and the clean states the corrupted one
        denoised, noised = corrupted.clone(), clean.clone() -> \
            denoised, noised = clean.clone(), corrupted.clone()
        corrupted.clone(), clean.clone() -> clean.clone(), clean.clone()
        corrupted.clone(), clean.clone() -> corrupted.clone(), corrupted.clone()
            you patched the wrong states. Restoring starts from the corrupted ones,
            losing from the clean ones
        denoised[place] = clean[place] -> pass
        denoised[place] = clean[place] -> denoised[place] = corrupted[place]
            the corrupted states have kept their own row. Put the clean row there
        noised[place] = corrupted[place] -> pass
        noised[place] = corrupted[place] -> noised[place] = clean[place]
            the clean states have kept their own row. Put the corrupted row there
        denoised, noised = corrupted.clone(), clean.clone() -> \
            denoised, noised = corrupted, clean
        corrupted.clone(), clean -> corrupted, clean
        , clean.clone() -> , clean
            what was given has changed, since you wrote into it. Patch clones: otherwise
            the second patch, and whoever uses the states next, gets wrong ones
        (gap(denoised) - low) / (high - low) -> gap(denoised) - low
        (high - gap(noised)) / (high - low) -> high - gap(noised)
            this is a difference of gaps. Divide it by the whole difference, high - low
        (gap(denoised) - low) / (high - low) -> (gap(denoised) - low) * (high - low)
        (high - gap(noised)) / (high - low) -> (high - gap(noised)) * (high - low)
            you multiplied by the whole difference. Divide by it
        (gap(denoised) - low) / (high - low) -> (gap(denoised) - low) // (high - low)
        (high - gap(noised)) / (high - low) -> (high - gap(noised)) // (high - low)
            // rounds down to a whole number. Divide with / instead
        (gap(denoised) - low) / (high - low) -> (high - low) / (gap(denoised) - low)
        (high - gap(noised)) / (high - low) -> (high - low) / (high - gap(noised))
            your fraction is upside down: the whole difference comes below
        (gap(denoised) - low) / (high - low) -> (gap(denoised) - low) / (high + low)
        (high - gap(noised)) / (high - low) -> (high - gap(noised)) / (high + low)
            you divided by the sum of the two gaps. Divide by their difference, high -
            low
        (gap(denoised) - low) / (high - low) -> high - low
        (high - gap(noised)) / (high - low) -> high - low
            this is the whole difference, and nothing of the patch is in it
        (gap(denoised) - low) / (high - low) -> low / (high - low)
        (high - gap(noised)) / (high - low) -> high / (high - low)
            the patched states don't count here. Compare their gap with the one that you
            started from
        (gap(denoised) - low) / (high - low) -> (gap(denoised) + low) / (high - low)
        (high - gap(noised)) / (high - low) -> (high + gap(noised)) / (high - low)
            you added two gaps. Subtract one from the other
        (gap(denoised) - low) / (high - low) -> (denoised - low) / (high - low)
        (high - gap(noised)) / (high - low) -> (high - noised) / (high - low)
            you took the patched states themselves. Ask for their gap first:
            gap(...) of them
        = gap(clean), gap(corrupted) -> = clean, gap(corrupted)
        = gap(clean), gap(corrupted) -> = gap(clean), corrupted
            you took states in place of their gap. Give them to gap first
        (gap(denoised) - low) / (high - low) -> gap(denoised) / (high - low)
        (gap(denoised) - low) / (high - low) -> gap(denoised) / high
            you forgot where the corrupted run starts. Subtract its gap first
        (high - gap(noised)) / (high - low) -> (gap(noised) - low) / (high - low)
            this is what is left of the clean run's lead, not what is lost. Subtract the
            patched gap from the clean one
        (high - gap(noised)) / (high - low) -> gap(noised) / (high - low)
        (high - gap(noised)) / (high - low) -> gap(noised) / high
            you forgot to compare with the clean run. What is lost is the clean gap
            minus the patched one
        (gap(denoised) - low) / (high - low) -> (gap(denoised) - low) / high
        (high - gap(noised)) / (high - low) -> (high - gap(noised)) / high
        (gap(denoised) - low) / (high - low) -> (gap(denoised) - low) / low
        (high - gap(noised)) / (high - low) -> (high - gap(noised)) / low
            you divided by one of the two gaps. Divide by the whole difference between
            them, high - low
        (gap(denoised) - low) / (high - low) -> (low - gap(denoised)) / (high - low)
        (high - gap(noised)) / (high - low) -> (gap(noised) - high) / (high - low)
        (gap(denoised) - low) / (high - low) -> (gap(denoised) - low) / (low - high)
        (high - gap(noised)) / (high - low) -> (high - gap(noised)) / (low - high)
        high, low = gap(clean), gap(corrupted) -> high, low = gap(corrupted), gap(clean)
            the sign or the direction is wrong. Both shares are positive where the clean
            row pushes the gap towards the clean run
        (gap(denoised) - low) -> (gap(denoised) - high)
            you measured from the clean run's gap. What is restored is measured from the
            corrupted run's
        (high - gap(noised)) -> (low - gap(noised))
            you measured from the corrupted run's gap. What is lost is measured from the
            clean run's
        gap(denoised) -> gap(noised)
            you used the same patched states twice. Restoring is measured on the
            corrupted states with the clean row
        gap(noised) -> gap(denoised)
            you used the same patched states twice. Losing is measured on the clean
            states with the corrupted row
        denoised[place] -> denoised[:]
            you wrote the one row into all rows. Replace the one row: denoised[place]
        clean[place] -> clean[place + 1]
        denoised[place] -> denoised[:, place]
        and clean[place] -> clean[:, place]
            you took a row that isn't meant, or a column. The rows are the first axis:
            clean[place]
    """,
)

EXERCISES = (MEAN_ABLATED, EXTRA_SURPRISE, PREFIX_SCORE, BOTH_DIRECTIONS)
