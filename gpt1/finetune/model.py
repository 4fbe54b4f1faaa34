"""A GPT with a head: what fine-tuning adds to the model, and the loss it learns from.

The new numbers are three rows of the embedding and one linear layer (paper, section
3.2). Everything else was learned before.
"""

from dataclasses import replace

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.finetune.transform import Marks, marks
from gpt1.inputs import check_targets
from gpt1.model import GPT
from gpt1.speed.loss import IGNORED, linear_cross_entropy

STD = 0.02
"""Standard deviation of the rows and weights that are new (OpenAI's train.py)."""


@torch.no_grad()
def transferred(gpt, layers=None, positions=None, dropout=None):
    """A GPT with three tokens more, and as much of another's weights as is wanted.

    Args:
        gpt: a `GPT`, which stays as it is.
        layers: blocks that are taken over, from the first; None for all, 0 for the
            embeddings only, -1 for nothing at all. What is not taken over is drawn
            anew, as a GPT begins.
        positions: how many positions to keep; None for all.
        dropout: the new model's; None for that of `gpt`.

    Returns:
        A `GPT`, on the same device and in training mode.

    Raises:
        ValueError: there are not so many layers or positions.
    """
    config, device = gpt.config, gpt.token_embedding.weight.device
    layers = config.layers if layers is None else layers
    if not -1 <= layers <= config.layers:
        raise ValueError(
            f"layers that are transferred must be -1 (none, and no embedding) to "
            f"{config.layers}, got {layers}"
        )
    if positions is not None and not 1 <= positions <= config.context:
        raise ValueError(f"positions must be 1 to {config.context}, got {positions}")
    changes = {"vocab_size": config.vocab_size + len(Marks._fields)}
    changes["context"] = positions or config.context
    changes["dropout"] = config.dropout if dropout is None else dropout
    new = GPT(replace(config, **changes))
    rows, first = new.token_embedding.weight, config.vocab_size
    if layers >= 0:
        rows[:first] = gpt.token_embedding.weight.cpu()
        rows[first:].normal_(0.0, STD)
        old = gpt.position_embedding.weight[: new.config.context]
        new.position_embedding.weight.copy_(old)
    for block, trained in zip(new.blocks[: max(layers, 0)], gpt.blocks, strict=False):
        block.load_state_dict(trained.state_dict())
    return new.to(device)


class FineTuned(nn.Module):
    """A GPT that answers: a linear layer reads the state at the extract token.

    For a choice it gives one score to each answer. Else it gives one to each class;
    where an example is two sequences, their states are added first.

    Args:
        gpt: a `GPT` whose last three tokens are start, delimiter and extract.
        classes: number of classes; None for a choice.
        dropout: rate of the dropout before the linear layer, 0.1 in the paper.
        lm_weight: the paper's λ, what the language model's loss counts.
        all_rows: whether the language model chooses among the positions' embeddings
            too, as it does in OpenAI's code, where all embeddings are one matrix.
    """

    def __init__(
        self, gpt, classes=None, *, dropout=0.1, lm_weight=0.5, all_rows=False
    ):
        super().__init__()
        self.gpt, self.marks = gpt, marks(gpt.config.vocab_size - len(Marks._fields))
        self.choosing = classes is None
        self.head = nn.Linear(gpt.config.width, classes or 1)
        nn.init.normal_(self.head.weight, std=STD)
        nn.init.zeros_(self.head.bias)
        self.dropout, self.lm_weight, self.all_rows = dropout, lm_weight, all_rows

    @property
    def config(self):
        """The `GPTConfig`."""
        return self.gpt.config

    def forward(self, ids):
        """Scores for the classes, or for the answers.

        Args:
            ids: (batch, sequences, time); what follows the extract token is not seen.

        Returns:
            (batch, classes), or (batch, sequences) for a choice.
        """
        return self.scores(self.hidden(ids), ids)

    def hidden(self, ids):
        """The final states of all sequences, (batch, sequences, time, width)."""
        return self.gpt.hidden(ids.flatten(0, 1)).unflatten(0, ids.shape[:2])

    def scores(self, hidden, ids):
        """`forward`, from the states."""
        place = (ids == self.marks.extract).int().argmax(-1)  # (batch, sequences)
        place = place[..., None, None].expand(*place.shape, 1, hidden.size(-1))
        states = hidden.gather(2, place).squeeze(2)  # (batch, sequences, width)
        if not self.choosing:
            states = states.sum(1, keepdim=True)  # (batch, 1, width)
        # One mask for all answers of an example, as in OpenAI's code.
        mask = states.new_ones(len(states), 1, states.size(-1))
        states = states * F.dropout(mask, self.dropout, self.training)
        return self.head(states).flatten(1)

    def parts(self, ids, targets, labels):
        """The answer, and the two parts of the loss.

        Args:
            ids: as for `forward`.
            targets: what `padded` gave, shaped like `ids`.
            labels: the right class or answer, (batch,); -100 where there is none.
                Floats are scores, see `label_loss`.

        Returns:
            The scores, as `forward` gives them; the mean loss of the labels; and that
            of the language model, the mean over each sequence's targets, then over the
            sequences. The losses are scalars, in nats.
        """
        hidden = self.hidden(ids)  # (batch, sequences, time, width)
        scores = self.scores(hidden, ids)
        language = self.language_loss(hidden, ids, targets)
        return scores, label_loss(scores, labels), language

    def loss(self, ids, targets, labels):
        """What is learned from: L3 = L2 + λ L1 (paper, equation 5), a scalar in nats.

        Arguments as for `parts`.
        """
        _, task, language = self.parts(ids, targets, labels)
        return task + self.lm_weight * language

    def language_loss(self, hidden, ids, targets):
        """The language model's part of `parts`, from the states."""
        ids, targets = ids.flatten(0, 1), targets.flatten(0, 1)  # each (rows, time)
        targets = check_targets(targets, ids, self.config)
        weight = self.gpt.token_embedding.weight
        if self.all_rows:
            weight = torch.cat([weight, self.gpt.position_embedding.weight])
        real = targets != IGNORED  # (rows, time)
        shares = real / real.sum(1, keepdim=True) / len(ids)  # (rows, time)
        shares = shares.flatten()
        return linear_cross_entropy(
            hidden.flatten(0, 2), weight, targets.flatten(), shares
        )


def label_loss(scores, labels):
    """Mean cross-entropy of the labels, a scalar in nats; 0 where there is none.

    Args:
        scores: (batch, classes).
        labels: classes, int64, (batch,), or -100. Floats lie between classes, and are
            shared by the two beside them, as OpenAI's code has it for the scores of
            similar sentences: 2.25 is three quarters of class 2 and a quarter of 3.
    """
    known = labels != IGNORED
    scores, labels = scores.float(), labels.where(known, 0)
    if labels.is_floating_point():
        classes = torch.arange(scores.size(-1), device=scores.device)
        distance = (classes - labels[:, None]).abs()  # (batch, classes)
        labels = (1 - distance).clamp(min=0).to(scores.dtype)  # (batch, classes)
    losses = F.cross_entropy(scores, labels, reduction="none")  # (batch,)
    return (losses * known).sum() / known.sum().clamp(min=1)
