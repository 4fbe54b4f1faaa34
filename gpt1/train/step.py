"""One update of the weights, and one look at how good they are.

The two halves of every training loop; `engine.py` says how they are computed.
"""

import torch

from gpt1.speed.loss import IGNORED
from gpt1.train.engine import Engine


def counted(targets):
    """How many targets there are to predict, without those that are -100."""
    return int((targets != IGNORED).sum())


@torch.no_grad()
def total_loss(model, batches, engine=None):
    """The loss summed over all tokens, and their number.

    Args:
        model: a `GPT`, or another with a `loss`; its mode is restored afterwards.
        batches: pairs of ids and targets, each (batch, time), or other tensors that
            `model.loss` takes, of which the last are the targets.
        engine: how to compute it; of several processes each does its share. None
            means alone, in float32, where the model is.

    Returns:
        Nats and tokens.
    """
    engine = engine or Engine(next(model.parameters()).device)
    training = model.training
    model.eval()
    nats, tokens = 0.0, 0
    for batch in batches:
        batch = engine.share(*batch)
        here = counted(batch[-1])
        with engine.autocast():
            nats += model.loss(*batch).item() * here
        tokens += here
    model.train(training)
    return engine.sum(nats, tokens)


def evaluate(model, batches, engine=None):
    """Mean loss over all batches, each token counting once.

    Args:
        model: as for `total_loss`, and so are the others.

    Returns:
        Nats per token.

    Raises:
        ValueError: there is no target in them, as in a generator that was used before.
    """
    nats, tokens = total_loss(model, batches, engine)
    if not tokens:
        raise ValueError("got no target: was a generator used before?")
    return nats / tokens


def train_step(loss_of, batch, optimizer, *, clip=1.0, pieces=1, engine=None):
    """One update of the weights.

    Args:
        loss_of: gives the mean loss of a batch: `model.loss`, or what `engine.spread`
            made of it.
        batch: ids and targets, each (batch, time), or other tensors of as many rows, of
            which the last are the targets; those of -100 do not count.
        optimizer: over the model's parameters.
        clip: the largest norm of the whole gradient; 0 or infinity for no clipping.
        pieces: parts in which the gradient is computed. Each counts by its tokens, so
            the gradient is that of the whole batch.
        engine: how to compute it; of several processes each does its share. None means
            alone, in float32, where the parameters are.

    Returns:
        This process's part of the mean loss of the batch (alone: all of it), and the
        norm of the gradient before clipping; scalar tensors.

    Raises:
        ValueError: no target counts.
    """
    engine = engine or Engine(optimizer.param_groups[0]["params"][0].device)
    total = counted(batch[-1])
    if not total:
        raise ValueError("got no target: is every one of them -100?")
    shares = engine.share(*batch)
    parts = list(zip(*(tensor.chunk(pieces) for tensor in shares), strict=True))
    mean = torch.zeros((), device=engine.device)
    for number, part in enumerate(parts, start=1):
        share = counted(part[-1]) / total
        with engine.part(loss_of, last=number == len(parts)):
            with engine.autocast():
                loss = loss_of(*part) * share
            engine.backward(loss)
        mean += loss.detach()
    return mean, engine.step(optimizer, clip)
