"""A roll call: names sprinkled over the first windows, so that copying is learned.

A tale keeps its names, and to do so a model has to look back for them. Looking back
pays only when attention has found the names *and* the values carry which one it is: two
things that are useless one without the other, for the sake of 4 % of the tokens. Left
alone, a small GPT does not learn it within a laptop's run. So in the first updates the
windows are cut short, each gets one or two names of its own, and these take the places
of other tokens, so many of them that nothing pays more than to copy. The share of the
names falls, and the tales are left as they are.

That a model copies names does not make it copy the things and the places of a tale,
whose words are more, and each of them rarer. They can be called too: `CALLED`.

The paper has nothing of the kind; benchmarks/recipes.md says what it does for tales.
"""

import re
from contextlib import suppress

import torch

from gpt1.plumbing.device import short
from gpt1.tales.mentions import naming
from gpt1.tales.words import ANIMALS, CHILDREN

SHARE = 0.3
"""The part of the tokens that become names, in the first half of the roll call."""

LENGTH = 128
"""Tokens of the short windows."""


def name_ids(tokenizer):
    """The ids of the names that are one token, sorted."""
    names = (name for names in (*CHILDREN, *ANIMALS) for name in names)
    return sorted(_whole(names, tokenizer))


LITTLE = """
    above against among and behind beneath beside between beyond for from inside made
    near outside round the through under with without
"""
"""Words in the names of things and places that name nothing."""


def fact_ids(tokenizer):
    """The ids of the words for heroes, things, places and helpers, sorted.

    Of those that are one token and have three letters or more. The names of the heroes
    are among them, and so are words that tales have elsewhere too.
    """
    words = {word for value in naming() for word in re.findall("[A-Za-z]{3,}", value)}
    return sorted(_whole(words - set(LITTLE.split()), tokenizer))


def _whole(words, tokenizer):
    """The ids of those words that are one token."""
    for word in words:
        with suppress(ValueError):  # one of its characters is unknown
            ids = tokenizer.encode(f" {word}")
            if len(ids) == 1:
                yield ids[0]


CALLED = {"names": name_ids, "facts": fact_ids}
"""What a roll call can sprinkle, and which ids that is in a tokenizer."""


class RollCall:
    """Sprinkles names over the windows of a run's first updates.

    It keeps nothing from one update to the next, so a run that was stopped goes on with
    the same names.

    Args:
        names: ids of names; with fewer than two there is no roll call.
        updates: how many it lasts.
        seed: of the names and their places.
    """

    def __init__(self, names, updates, seed=0):
        self.names = torch.tensor(names, dtype=torch.long)
        self.updates = updates if len(names) > 1 else 0
        self.seed = seed

    def share(self, step):
        """The part of the tokens that are names in the update after `step` updates."""
        if step >= self.updates:
            return 0.0
        return SHARE * min(1.0, 2 * (1 - step / self.updates))

    def __call__(self, step, ids, targets):
        """The windows of an update, with names.

        Args:
            step: updates done.
            ids: (batch, time); targets likewise, one token further.

        Returns:
            Ids and targets, cut into windows of `LENGTH` tokens if that divides time.
        """
        share = self.share(step)
        if not share:
            return ids, targets
        length = LENGTH if ids.size(1) % LENGTH == 0 else ids.size(1)
        ids, targets = ids.reshape(-1, length), targets.reshape(-1, length)
        text = torch.cat([ids, targets[:, -1:]], 1)
        dice = torch.Generator().manual_seed(short(1_000_003 * self.seed + step))
        rows, columns = text.shape
        own = self.names[torch.randint(len(self.names), (rows, 2), generator=dice)]
        alone = torch.rand(rows, 1, generator=dice) < 0.5
        which = torch.randint(2, (rows, columns), generator=dice)
        names = own.gather(1, which.masked_fill(alone, 0))
        places = torch.rand(rows, columns, generator=dice) < share
        text = torch.where(places, names, text)
        return text[:, :-1], text[:, 1:]
