"""A roll call: names sprinkled over the first windows, so that copying is learned.

A tale keeps its names, and to do so a model has to look back for them. Looking back
pays only when attention has found the names *and* the values carry which one it is: two
things that are useless one without the other, for the sake of 4 % of the tokens. Left
alone, a small GPT does not learn it within a laptop's run. So in the first updates the
windows are cut short, each gets one or two names of its own, and these take the places
of other tokens, so many of them that nothing pays more than to copy. The share of the
names falls, and the tales are left as they are.

That a model copies names does not make it copy the things and the places of a tale,
whose words are more, and each of them rarer. They can be called too: `CALLED`. And a
place comes back in other words than it came in, "the mill" as "at the mill", so that
what came before it does not help to find it: of places, each form can be called.

The paper has nothing of the kind; benchmarks/recipes.md says what it does for tales.
"""

from contextlib import suppress
from statistics import fmean

import torch

from gpt1.plumbing.device import short
from gpt1.tales.mentions import forms, naming
from gpt1.tales.words import ANIMALS, CHILDREN

SHARE = 0.3
"""The part of the tokens that become names, in the first half of the roll call."""

LENGTH = 128
"""Tokens of the short windows."""


def name_ids(tokenizer):
    """The ids of the names that are one token, sorted."""
    found = []
    for name in (name for names in (*CHILDREN, *ANIMALS) for name in names):
        with suppress(ValueError):  # one of its characters is unknown
            ids = tokenizer.encode(f" {name}")
            found += ids if len(ids) == 1 else []
    return sorted(found)


def fact_ids(tokenizer):
    """What names a hero, a thing, a place and a helper: four lists of lists of ids."""
    variables = ("name", "thing", "place", "helper")
    return [encoded(tokenizer, sorted(naming(variable))) for variable in variables]


def place_ids(tokenizer):
    """What names a place: for each a list of its forms, which are lists of ids."""
    return [ids for words in forms("place") if (ids := encoded(tokenizer, words))]


def encoded(tokenizer, words):
    """The ids of each, with a space before it; unknown characters leave it out."""
    found = []
    for each in words:
        with suppress(ValueError):  # one of its characters is unknown
            found.append(tokenizer.encode(f" {each}"))
    return found


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
        text = self.sprinkled(text, share, dice)
        return text[:, :-1], text[:, 1:]

    def sprinkled(self, text, share, dice):
        """Windows (batch, time) of which a share of the tokens have become names."""
        rows, columns = text.shape
        own = self.names[torch.randint(len(self.names), (rows, 2), generator=dice)]
        alone = torch.rand(rows, 1, generator=dice) < 0.5
        which = torch.randint(2, (rows, columns), generator=dice)
        names = own.gather(1, which.masked_fill(alone, 0))
        places = torch.rand(rows, columns, generator=dice) < share
        return torch.where(places, names, text)


class FactCall(RollCall):
    """A roll call of heroes, things, places and helpers, each as often as the others.

    What names one of them stands in its places as a whole, token by token. A value may
    have several forms; then each place has one of them, and each as often.

    Args:
        groups: lists of values, each a list of forms, which are lists of ids.
        updates: how many it lasts.
        seed: of what is called, and where.
    """

    def __init__(self, groups, updates, seed=0):
        values = [forms for group in groups for forms in group]
        super().__init__(range(len(values)), updates, seed)
        self.sizes = torch.tensor([len(group) for group in groups])
        self.forms = torch.tensor([len(forms) for forms in values])
        self.first = self.forms.cumsum(0) - self.forms
        flat = [ids for forms in values for ids in forms]
        self.lengths = torch.tensor([len(ids) for ids in flat])
        self.usual = torch.tensor([fmean(map(len, forms)) for forms in values])
        self.tokens = torch.zeros(len(flat), max(self.lengths), dtype=torch.long)
        for row, ids in zip(self.tokens, flat, strict=True):
            row[: len(ids)] = torch.tensor(ids)

    def sprinkled(self, text, share, dice):
        """Windows (batch, time) of which a share of the tokens name facts."""
        rows, columns = text.shape
        group = torch.randint(len(self.sizes), (rows, 2), generator=dice)
        inside = (torch.rand(rows, 2, generator=dice) * self.sizes[group]).long()
        own = (self.sizes.cumsum(0) - self.sizes)[group] + inside
        alone = torch.rand(rows, 1, generator=dice) < 0.5
        own[:, 1] = torch.where(alone[:, 0], own[:, 0], own[:, 1])
        which = torch.randint(2, (rows, columns), generator=dice)
        chance = torch.rand(rows, columns, generator=dice)
        called = own.gather(1, which)
        form = torch.rand(rows, columns, generator=dice) * self.forms[called]
        called = self.first[called] + form.long()
        begins = chance < share / self.usual[own].mean(1, keepdim=True)
        for k in reversed(range(self.tokens.size(1))):
            # The token k of what began k places before; a later beginning covers it.
            there = slice(columns - k)
            here = begins[:, there] & (self.lengths[called[:, there]] > k)
            tokens = self.tokens[called[:, there], k]
            text[:, k:] = torch.where(here, tokens, text[:, k:])
        return text


def call(kind, tokenizer, updates, seed):
    """The roll call of a run.

    Args:
        kind: one of `CALLED`.
        tokenizer: of the tales.
        updates: how many it lasts.
        seed: of what is called, and where.
    """
    if kind == "facts":
        groups = [[[ids] for ids in group] for group in fact_ids(tokenizer)]
        return FactCall(groups, updates, seed)
    if kind == "places":
        return FactCall([place_ids(tokenizer)], updates, seed)
    return RollCall(name_ids(tokenizer), updates, seed)


CALLED = ("names", "facts", "places")
"""What a roll call can sprinkle."""
