"""Sequences of different lengths as one tensor, and what is to be predicted in it."""

import hashlib
import json

import torch
from torch.utils.data import Dataset

from gpt1.speed.loss import IGNORED

PAD = 0
"""The id that fills a row. It comes after the text, where no token looks."""


def padded(sequences):
    """Sequences as rows, and the token that follows each position.

    The targets are those of OpenAI's code: delimiter and extract token are predicted,
    the start token, before which nothing comes, and what fills a row never are.

    Args:
        sequences: lists of token ids.

    Returns:
        Ids and targets, each int64, (sequences, time); a target is -100 where there is
        nothing to predict.
    """
    time = max(map(len, sequences))
    ids = torch.full((len(sequences), time), PAD)
    targets = torch.full((len(sequences), time), IGNORED)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence)
        targets[row, : len(sequence) - 1] = torch.tensor(sequence[1:])
    return ids, targets


class Examples(Dataset):
    """Labelled examples as sequences; a batch is as long as its longest one.

    Args:
        sequences: for each example a list of sequences, as many for each.
        labels: a number from 0 for each example; of floats for scores.
    """

    def __init__(self, sequences, labels):
        self.sequences, self.labels = sequences, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        """The sequences of one example, and its label."""
        return self.sequences[index], self.labels[index]

    @staticmethod
    def collate(examples):
        """A batch of examples.

        Args:
            examples: pairs of `__getitem__`.

        Returns:
            Ids and targets, each (batch, sequences, time), and labels, (batch,).
        """
        several, labels = zip(*examples, strict=True)
        ids, targets = padded([each for one in several for each in one])
        shape = len(several), -1, ids.size(1)
        return ids.view(shape), targets.view(shape), torch.tensor(labels)

    @property
    def longest(self):
        """Tokens of the longest sequence."""
        return max(len(each) for several in self.sequences for each in several)

    def digest(self):
        """A hash of all that is in them."""
        whole = json.dumps([self.sequences, self.labels])
        return hashlib.sha256(whole.encode()).hexdigest()
