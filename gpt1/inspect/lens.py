"""Reading each layer by the output matrix: what would be said if the model ended here?

The idea is nostalgebraist's "logit lens" (2020). In GPT-1 what leaves a block comes out
of a LayerNorm, whichever block it is, and the last is what the output matrix is given;
so it can be given the others as they are. Models with pre-norm apply their final
LayerNorm first.
"""

import torch


def lens(model, run):
    """The logits of each layer's state::

        with watched(model, "blocks.0.input", "blocks.*.output") as run:
            model(ids)
        lens(model, run)[1, 0, -1].topk(3)  # behind the first block

    Args:
        model: a `GPT`; its `logits` are used.
        run: what `watched` gave for it.

    Returns:
        (layers + 1, batch, time, vocab): of what enters the first block, then of what
        leaves each; the last are the model's own. Give it few or short texts if the
        vocabulary is large.

    Raises:
        KeyError: the run lacks one of the states.
    """
    names = [f"blocks.{layer}.output" for layer in range(len(model.blocks))]
    states = [run[name] for name in ("blocks.0.input", *names)]
    return model.logits(torch.stack(states))  # (layers + 1, batch, time, vocab)
